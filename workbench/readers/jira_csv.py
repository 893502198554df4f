"""Jira: issues as CSV ("Export CSV, all fields"), with comments, attachments and work; it has no history of changes.

Schema: https://support.atlassian.com/jira-software-cloud/docs/export-issues. Columns repeat (Comment, Attachment),
cells hold `date;author;text`, and times are in the zone of whoever exported, which the file does not name.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.clock.zone import SECOND
from workbench.events.schema import Kind
from workbench.readers.csv_records import CsvRecordReader
from workbench.readers.json_records import RecordError, instant

if TYPE_CHECKING:
    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source
    from workbench.readers.csv_records import Row

# The names of the columns in the languages that Jira speaks most; what is not here stays unread, not misread.
_KEY = (
    "issue key", "vorgangsschlüssel", "vorgangs-schlüssel", "clé de ticket", "clé du ticket", "clave de incidencia",
    "chave da item", "chave do item", "ключ проблемы", "ключ задачи", "課題キー", "이슈 키", "问题关键字",
)  # fmt: skip
_SUMMARY = ("summary", "zusammenfassung", "résumé", "resumen", "resumo", "тема", "要約", "요약", "概要")
_CREATED = ("created", "erstellt", "création", "creada", "criado", "создано", "作成日", "作成", "만듦", "创建日期")
_UPDATED = ("updated", "aktualisiert", "mise à jour", "actualizada", "atualizado", "обновлено", "更新日", "更新")
_RESOLVED = ("resolved", "erledigt", "résolu", "résolue", "resuelta", "resolvido", "дата решения", "解決日")
_COMMENT = ("comment", "comments", "kommentar", "commentaire", "comentario", "comentário", "комментарий", "コメント")
_ATTACHED = ("attachment", "anhang", "pièce jointe", "adjunto", "anexo", "вложение", "вложения", "添付ファイル")
_WORK = ("log work", "arbeit protokollieren", "журнал работ", "作業ログ")
_STATUS = ("status", "état", "estado", "статус", "ステータス", "상태")
_REPORTER = ("reporter", "rapporteur", "informador", "relator", "автор", "報告者", "creator", "ersteller")
_PEOPLE = ("reporter", "assignee", "creator", "project lead")
_SIGNS = {*_SUMMARY, *_CREATED, "issue id", "project key", "issue type"}
_PASTED = re.compile(r"image-(\d{8}-\d{6})\.\w{3,4}")
_MENTION = re.compile(r"\[~(?:accountid:)?([^\[\]\s]{1,100})\]")
_QUARTER = 900  # s: zones differ by no less
_FARTHEST = 14 * 3600


class _Unfolder:
    """The issues of one source; people are known by the ids that rows before named."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[str, ...]] = set()
        self._people: dict[str, str] = {}
        self._offsets: Counter[int] = Counter()  # s east of UTC that pasted images tell
        self._undated = 0

    def __call__(self, rows: EventRows, number: int, row: Row) -> None:
        key = row.first(*_KEY)
        if not key:
            raise RecordError("a row without an issue key")
        self._meet(row)
        created = self.instant(row.first(*_CREATED))
        if created is None:
            raise RecordError(f"no usable time: created is {str(row.first(*_CREATED))[:80]!r}")
        issue = _Issue(self, rows, number, row, key)
        issue.add(created, "issue.created", issue.summary, row.first(*_REPORTER), description=row.first("description"))
        self._undated += sum(not issue.comment(cell) for cell in row.all(*_COMMENT))
        for cell in row.all(*_ATTACHED):
            issue.attachment(cell)
        for cell in row.all(*_WORK):
            issue.work(cell)
        issue.over(row)

    def _meet(self, row: Row) -> None:
        for role in _PEOPLE:
            for name, account in zip(row.all(role), row.all(f"{role} id"), strict=False):
                self._people[account] = name

    def instant(self, text: str | None) -> Instant | None:
        """The time of a cell."""
        return instant(text, self._assumption)

    def person(self, account: str | None) -> str | None:
        """The name of an account, where a row named it."""
        return self._people.get(account, account) if account else None

    def repeats(self, *identity: str) -> bool:
        """Whether an earlier row said the same."""
        repeated = identity in self._seen
        self._seen.add(identity)
        return repeated

    def pasted(self, cell: str, when: Instant) -> None:
        """What an image's name, which is its time in UTC, says of the zone of the cell's time."""
        if (match := _PASTED.search(cell)) and (taken := _utc(match[1])):
            offset = round((when.ns - taken) / SECOND / _QUARTER) * _QUARTER
            if abs(offset) <= _FARTHEST:
                self._offsets[offset] += 1

    def notes(self) -> list[str]:
        """The zone that the file hints at, and comments without a time."""
        notes = []
        if self._undated:
            notes.append(f"Comments without a date of their own: {self._undated}; they are no events.")
        if self._assumption.zone is None and self._offsets:
            (offset, count), *_ = self._offsets.most_common(1)
            east = f"{'-' if offset < 0 else '+'}{abs(offset) // 3600:02d}:{abs(offset) % 3600 // 60:02d}"
            pasted = f"Names of pasted images (UTC) beside the times of {count} attached files or comments"
            notes.append(f"{pasted} suggest the zone {east}; say so with --zone.")
        return notes


class _Issue:
    """One row on its way to events."""

    def __init__(self, source: _Unfolder, rows: EventRows, number: int, row: Row, key: str) -> None:
        self._source, self._rows, self._number, self._key = source, rows, number, key
        self.summary = row.first(*_SUMMARY) or key
        self._told: set[int] = set()
        self._about: dict[str, Any] = {
            "key": key, "summary": self.summary, "status": row.first(*_STATUS), "priority": row.first("priority"),
            "resolution": row.first("resolution"), "type": row.first("issue type"), "project": row.first("project key"),
            "assignee": row.first("assignee"), "labels": row.all("labels"), "due": row.first("due date"),
            "components": row.all("component/s", "components"), "sprint": row.all("sprint"),
        }  # fmt: skip

    def comment(self, cell: str) -> bool:
        """`date;author;text`; False where the cell begins with no date."""
        date, author, text = [*cell.split(";", 2), "", ""][:3]
        when = self._source.instant(date)
        if when:
            self._source.pasted(text, when)
            said = _MENTION.sub(lambda match: f"@{self._source.person(match[1])}", text).strip()
            self.add(when, "issue.commented", said or "(empty comment)", author)
        return when is not None

    def attachment(self, cell: str) -> None:
        """`date;author;name;address`."""
        date, author, name, address = [*cell.split(";", 3), "", "", ""][:4]
        if when := self._source.instant(date):
            self._source.pasted(name, when)
            self.add(
                when, "issue.attached", f"{self._key}: {name or 'a file'} attached", author, file=name, url=address
            )

    def work(self, cell: str) -> None:
        """`text;date;author;seconds`."""
        text, date, author, seconds = ["", "", "", *cell.rsplit(";", 3)][-4:]
        if when := self._source.instant(date):
            spent = f" ({int(seconds) // 60} min)" if seconds.isdigit() else ""
            self.add(when, "issue.worked", f"{self._key}: {text.strip() or 'work'}{spent}", author)

    def over(self, row: Row) -> None:
        """Resolved, and the last change where nothing else is told of its time."""
        if resolved := self._source.instant(row.first(*_RESOLVED)):
            outcome = row.first("resolution") or row.first(*_STATUS) or "resolved"
            self.add(resolved, "issue.resolved", f"{self._key} {outcome}: {self.summary}", None)
        updated = self._source.instant(row.first(*_UPDATED))
        if updated and updated.ns not in self._told:
            self.add(updated, "issue.changed", f"{self._key} last changed: {self.summary}", None)

    def add(self, when: Instant, action: str, message: str, author: str | None, **attributes: Any) -> None:
        """An event of the issue."""
        self._told.add(when.ns)
        components = self._about["components"]
        self._rows.add(
            when, line=self._number, kind=Kind.TICKET, action=action, message=message,
            actor=self._source.person(author), service=components[0] if len(components) == 1 else None,
            duplicate=self._source.repeats(self._key, action, str(when.ns), message), **self._about | attributes,
        )  # fmt: skip


def _utc(stamp: str) -> int | None:
    try:
        return int(datetime.strptime(stamp, "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()) * SECOND
    except ValueError:
        return None


def _fits(header: frozenset[str]) -> bool:
    return bool(header & set(_KEY)) and len(header & _SIGNS) >= 2


READER = CsvRecordReader(
    name="jira_csv",
    title="Jira issues (CSV export)",
    example="Jira.csv",
    unfolds="an issue created, each comment, attachment and work log, resolved, last changed",
    kind=Kind.TICKET,
    fits=_fits,
    start=_Unfolder,
)
