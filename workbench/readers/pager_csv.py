"""Incidents of PagerDuty and alerts of Opsgenie as CSV: a row is an incident, its dates and durations are its events.

Schema: PagerDuty's incidents export and Insights tables (https://support.pagerduty.com/main/docs/insights), Opsgenie's
"Download as CSV" (the columns of the alert API's ``report``). Columns are known by their letters alone, because their
spelling changes from one product page to the next (``created_on``, ``Created On``, ``CreatedAt``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.csv_records import CsvRecordReader
from workbench.readers.json_records import RecordError, instant

if TYPE_CHECKING:
    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source
    from workbench.readers.csv_records import Row

_SECOND, _MILLISECOND = 1_000_000_000, 1_000_000
_LONGEST = 3660 * 86_400 * _SECOND
_PRIORITIES = {"p1": "fatal", "p2": "error", "p3": "warn", "p4": "info", "p5": "info", "low": "info"}
_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pager:
    """Which columns hold what; all names are of letters and digits only."""

    key: tuple[str, ...]
    title: tuple[str, ...]
    service: tuple[str, ...]
    began: tuple[str, ...]
    dates: tuple[tuple[tuple[str, ...], str, str, tuple[str, ...]], ...]  # columns, action, what happened, by whom
    durations: tuple[tuple[tuple[str, ...], int, str, str, tuple[str, ...]], ...]  # columns, ns of one, and the same
    about: tuple[str, ...]

    def start(self, source: Source) -> _Unfolder:
        """What makes events of the rows of a source."""
        return _Unfolder(self, source)


class _Unfolder:
    """The incidents of one source."""

    def __init__(self, pager: _Pager, source: Source) -> None:
        self._pager, self._assumption = pager, source.assumption
        self._seen: set[tuple[str, str, int]] = set()

    def __call__(self, rows: EventRows, number: int, row: Row) -> None:
        pager, row = self._pager, row.renamed(_letters)
        began = instant(row.first(*pager.began), self._assumption)
        if began is None:
            raise RecordError(f"no usable time: {pager.began[0]} is {str(row.first(*pager.began))[:80]!r}")
        self._add(rows, number, row, began, "incident.triggered", "triggered", ())
        told = set()
        for columns, action, what, by in pager.dates:
            if when := instant(row.first(*columns), self._assumption):
                told.add(action)
                self._add(rows, number, row, when, action, what, by)
        for columns, unit, action, what, by in pager.durations:
            if action not in told and (when := _later(began, row.first(*columns), unit)):
                self._add(rows, number, row, when, action, what, by, derived=f"from {columns[0]}")

    def _add(
        self, rows: EventRows, number: int, row: Row, when: Instant, action: str, what: str, by: tuple[str, ...],
        derived: str | None = None,
    ) -> None:  # fmt: skip
        pager = self._pager
        key, title = row.first(*pager.key), row.first(*pager.title) or "no title"
        identity = (str(key), action, when.ns)
        urgency = row.first("urgency", "priority", "priorityname")
        rows.add(
            when, line=number, kind=Kind.PAGE, action=action, duplicate=identity in self._seen,
            message=f"{title} {what}", actor=row.first(*by) if by else None, service=row.first(*pager.service),
            level="info" if action == "incident.resolved" else _level(urgency), key=key, derived=derived,
            **{name: row.first(name) for name in pager.about},
        )  # fmt: skip
        self._seen.add(identity)

    def notes(self) -> list[str]:
        """Nothing that the rows do not say."""
        return []


def _later(began: Instant, text: str | None, unit: int) -> Instant | None:
    """The end of a duration that is stated as a number of units of so many ns; nothing where it is none, or zero."""
    try:
        span = round(float(text or "")) * unit
    except (ValueError, OverflowError):
        return None
    if not 0 < span < _LONGEST:
        return None
    return began.shifted(span / _SECOND).widened(unit / _SECOND)


def _level(urgency: str | None) -> str | None:
    return _PRIORITIES.get(str(urgency).lower()) or level_of(urgency)


def _letters(name: str) -> str:
    return _LETTERS.sub("", name)


def _is_pagerduty(header: frozenset[str]) -> bool:
    names = set(map(_letters, header))
    return bool(names & {"incidentnumber", "incidentid"}) and bool(names & {"createdon", "createdat"}) and bool(
        names & {"urgency", "escalationpolicyname", "secondstofirstack", "servicename"}
    )  # fmt: skip


def _is_opsgenie(header: frozenset[str]) -> bool:
    names = set(map(_letters, header))
    return {"tinyid", "createdat", "message"} <= names


_PAGERDUTY = _Pager(
    key=("incidentnumber", "id", "incidentid"),
    title=("description", "title", "incidenttitle"),
    service=("servicename", "service"),
    began=("createdon", "createdat", "created"),
    dates=(
        (("firstackon", "acknowledgedon", "acknowledgedat"), "incident.acknowledged", "acknowledged",
         ("acknowledgedbyusername", "acknowledgedby", "acknowledgedusernames")),
        (("resolvedon", "resolvedat", "resolved"), "incident.resolved", "resolved",
         ("resolvedbyusername", "resolvedby")),
    ),
    durations=(
        (("secondstofirstack",), _SECOND, "incident.acknowledged", "acknowledged",
         ("acknowledgedbyusername", "acknowledgedby", "acknowledgedusernames")),
        (("secondstoresolve",), _SECOND, "incident.resolved", "resolved", ("resolvedbyusername", "resolvedby")),
    ),
    about=("id", "urgency", "priorityname", "status", "escalationpolicyname", "teamname", "assignedtousername"),
)  # fmt: skip
_OPSGENIE = _Pager(
    key=("tinyid", "id"),
    title=("message",),
    service=("entity",),
    began=("createdat",),
    dates=(
        (("acknowledgedat", "ackat"), "incident.acknowledged", "acknowledged", ("acknowledgedby", "ackedby", "owner")),
        (("closedat",), "incident.resolved", "closed", ("closedby",)),
    ),
    durations=(
        (("acktime", "reportacktime"), _MILLISECOND, "incident.acknowledged", "acknowledged",
         ("acknowledgedby", "reportacknowledgedby", "ackedby", "owner")),
        (("closetime", "reportclosetime"), _MILLISECOND, "incident.resolved", "closed", ("closedby", "reportclosedby")),
    ),
    about=("id", "alias", "status", "priority", "source", "owner", "tags", "teams", "responders", "count"),
)  # fmt: skip

PAGERDUTY = CsvRecordReader(
    name="pagerduty_csv",
    title="PagerDuty incidents (CSV export)",
    example="incidents.csv",
    unfolds="an incident triggered, acknowledged, resolved",
    kind=Kind.PAGE,
    fits=_is_pagerduty,
    start=_PAGERDUTY.start,
)
OPSGENIE = CsvRecordReader(
    name="opsgenie_csv",
    title="Opsgenie alerts (CSV export)",
    example="alerts.csv",
    unfolds="an alert fired, acknowledged, closed",
    kind=Kind.PAGE,
    fits=_is_opsgenie,
    start=_OPSGENIE.start,
)
