"""Issues of Linear and GitLab as CSV: a row is an issue, and its dated columns are its events.

Schema: https://linear.app/docs/exporting-data and https://docs.gitlab.com/user/project/issues/csv_export.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.events.schema import Kind
from workbench.readers.csv_records import CsvRecordReader
from workbench.readers.json_records import RecordError, instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows, Source
    from workbench.readers.csv_records import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tracker:
    """Which columns hold what."""

    key: tuple[str, ...]
    author: tuple[str, ...]
    dates: tuple[tuple[str, str, str], ...]  # column, action, what happened; the first is needed
    about: tuple[str, ...]  # attributes, under the columns' own names
    url: str | None = None
    suffix: str = ""  # the zone that the header states

    def start(self, source: Source) -> _Unfolder:
        """What makes events of the rows of a source."""
        return _Unfolder(self, source)


class _Unfolder:
    """The issues of one source."""

    def __init__(self, tracker: _Tracker, source: Source) -> None:
        self._tracker, self._assumption = tracker, source.assumption
        self._seen: set[tuple[str, ...]] = set()

    def __call__(self, rows: EventRows, number: int, row: Row) -> None:
        tracker = self._tracker
        key, title = row.first(*tracker.key), row.first("title")
        if not key:
            raise RecordError("a row without an issue's number")
        key = f"#{key}" if key.isdigit() else key
        about = {name.replace(" ", "_"): row.first(name) for name in tracker.about}
        for at, (column, action, what) in enumerate(tracker.dates):
            when = instant(f"{stated}{tracker.suffix}" if (stated := row.first(column)) else None, self._assumption)
            if when is None:
                if at == 0:
                    raise RecordError(f"no usable time: {column} is {str(stated)[:80]!r}")
                continue
            identity = (key, column, str(when.ns))
            rows.add(
                when, line=number, kind=Kind.TICKET, action=action, duplicate=identity in self._seen,
                message=f"{key} {what}: {title or 'no title'}", actor=row.first(*tracker.author) if at == 0 else None,
                key=key, title=title, description=row.first("description") if at == 0 else None,
                url=row.first(tracker.url) if tracker.url else None, **about,
            )  # fmt: skip
            self._seen.add(identity)

    def notes(self) -> list[str]:
        """Nothing that the rows do not say."""
        return []


def _with(*names: str) -> Callable[[frozenset[str]], bool]:
    return lambda header: set(names) <= header


_LINEAR = _Tracker(
    key=("id",),
    author=("creator",),
    dates=(
        ("created", "issue.created", "created"), ("triaged", "issue.status_changed", "triaged"),
        ("started", "issue.status_changed", "started"), ("completed", "issue.resolved", "completed"),
        ("canceled", "issue.status_changed", "canceled"), ("archived", "issue.changed", "archived"),
    ),
    about=("team", "status", "priority", "project", "assignee", "labels", "due date", "cycle number", "parent issue"),
)  # fmt: skip
_GITLAB = _Tracker(
    key=("issue id",),
    author=("author", "author username"),
    dates=(
        ("created at (utc)", "issue.created", "created"), ("closed at (utc)", "issue.resolved", "closed"),
        ("updated at (utc)", "issue.changed", "last changed"),
    ),
    about=("state", "assignee", "labels", "milestone", "due date", "weight"),
    url="url",
    suffix=" UTC",
)  # fmt: skip

LINEAR = CsvRecordReader(
    name="linear_csv",
    title="Linear issues (CSV export)",
    example="Export.csv",
    unfolds="an issue created, triaged, started, completed, canceled, archived",
    kind=Kind.TICKET,
    fits=_with("id", "team", "cycle number", "created"),
    start=_LINEAR.start,
)
GITLAB = CsvRecordReader(
    name="gitlab_csv",
    title="GitLab issues (CSV export)",
    example="issues.csv",
    unfolds="an issue created, closed, last changed",
    kind=Kind.TICKET,
    fits=_with("issue id", "state", "created at (utc)"),
    start=_GITLAB.start,
)
