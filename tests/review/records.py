"""Incidents for the review's tests, in memory: each has what its line says and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.model import Team
from workbench.review.gathered import Gathered
from workbench.review.period import quarter
from workbench.review.quarterly import Review, Wanted, review
from workbench.review.record import Moment, Record, Span
from workbench.review.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable

MINUTE = 60_000_000_000
DAY = 1440 * MINUTE
Q3, Q4 = quarter("2025Q3"), quarter("2025Q4")
ENDS = {"detected": "time_to_detect", "mitigated": "time_to_mitigate", "resolved": "time_to_resolve"}


def incident(
    name: str, *, day: float = 1, period: Any = Q4, severity: int = 2, cause: str = "", **minutes: float | None
) -> Record:
    """An incident that began on a day of a quarter; ``resolved=30`` says that it took 30 minutes, None that it is open."""
    began = period.start + round(day * DAY)
    known = {each: began + round(count * MINUTE) for each, count in minutes.items() if count is not None}
    return Record(
        id=name, title=f"{name} failed", severity=f"SEV-{severity}", rank=severity - 1, folder=name, cause=cause,
        open="resolved" in minutes and minutes["resolved"] is None, wanted=severity < 3,
        due=known["resolved"] + 2 * DAY if "resolved" in known else None,
        moments={each: moment(time) for each, time in {"started": began, **known}.items()},
        spans={ENDS[each]: span(count) for each, count in minutes.items() if count is not None and each in ENDS},
    )  # fmt: skip


def moment(time: int) -> Moment:
    """A moment that is known to the nanosecond."""
    return Moment(time=time, earliest=time, latest=time, basis="confirmed")


def span(minutes: float) -> Span:
    """A duration without doubt."""
    return Span(minutes=minutes, low=minutes, high=minutes)


def reviewed(records: Iterable[Record], *, as_of: int = Q4.end, tables: Tables | None = None, **wanted: str) -> Review:
    """The review of the fourth quarter of 2025."""
    ordered = sorted(records, key=lambda one: (one.began or 0, one.id))
    found = Gathered(root=".", records=tuple(ordered), tables=tables or Tables(), team=Team())
    return review(found, Wanted(period=Q4, **wanted), as_of)
