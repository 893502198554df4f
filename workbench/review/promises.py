"""What was promised and kept: post-mortems within 48 hours, status updates in time, and actions that came too late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.review.durations import rounded
from workbench.review.similar import alike
from workbench.statistics.proportion import Share, share
from workbench.statistics.typical import typical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.review.record import Item, Record

HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """The post-mortems of incidents that want one and are over; ``running`` have time left at the review's moment."""

    within: Share
    held: int
    late: tuple[str, ...]
    missing: tuple[str, ...]
    running: int
    hours: float | None  # the median from the end of the incident to its post-mortem

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        return {
            "due": self.within.total, "held": self.held, "within_48h": self.within.n,
            "percent": rounded(self.within.percent), "low": rounded(self.within.low), "high": rounded(self.within.high),
            "late": list(self.late), "not_held": list(self.missing), "not_due_yet": self.running,
            "median_hours": rounded(self.hours),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """How customers were told; ``decided`` are the incidents whose cadence is met or missed."""

    met: Share
    undecided: int
    none: int  # incidents without any update that a severity asks for
    longest: tuple[tuple[str, float, float | None], ...]  # incident, minutes, limit

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        return {
            "decided": self.met.total, "met": self.met.n, "missed": self.met.total - self.met.n,
            "percent": rounded(self.met.percent), "low": rounded(self.met.low), "high": rounded(self.met.high),
            "undecided": self.undecided, "without_updates": self.none,
            "longest_silences": [
                {"incident": name, "minutes": rounded(minutes), "limit_minutes": limit}
                for name, minutes, limit in self.longest
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An action that was due before a later incident of the same cause began, and was not done by then."""

    item: Item
    promised_by: str
    later: str
    why: str


def reviews(records: Sequence[Record], as_of: int) -> Reviews:
    """Who held a post-mortem within 48 hours of the end, of those that want one."""
    wanted = [one for one in records if one.wanted and one.due is not None and not one.open]
    held = {one.id: moment.time for one in wanted if (moment := one.moments.get("postmortem_held"))}
    over = [one for one in wanted if one.id in held or _due(one) <= as_of]
    good = [one for one in over if one.id in held and held[one.id] <= _due(one)]
    hours = [(held[one.id] - one.moments["resolved"].time) / HOUR for one in over if one.id in held]
    return Reviews(
        within=share(len(good), len(over)), held=len(held),
        late=tuple(one.id for one in over if one.id in held and one not in good),
        missing=tuple(one.id for one in over if one.id not in held), running=len(wanted) - len(over),
        hours=typical(hours).median,
    )  # fmt: skip


def _due(record: Record) -> int:
    assert record.due is not None
    return record.due


def updates(records: Sequence[Record]) -> Updates:
    """Whether the status page was updated as often as each severity asks."""
    asked = [one for one in records if one.limit_minutes is not None]
    met, missed = (sum(one.cadence == word for one in asked) for word in ("met", "missed"))
    gaps = [
        (one.id, one.longest_gap_minutes, one.limit_minutes) for one in asked if one.longest_gap_minutes is not None
    ]
    gaps.sort(key=lambda gap: -gap[1] / (gap[2] or gap[1]))
    return Updates(
        met=share(met, met + missed), undecided=len(asked) - met - missed,
        none=sum(not one.updates for one in asked), longest=tuple(gaps[:5]),
    )  # fmt: skip


def broken(records: Sequence[Record], everything: Sequence[Record]) -> list[Broken]:
    """Actions of earlier incidents that might have touched these: overdue when a like incident began.

    It is a proposal for people to look at: whether an action would have helped, nobody can compute.
    """
    found: list[Broken] = []
    for later in records:
        began = later.began
        for earlier in everything if began is not None else ():
            why = alike(earlier, later) if earlier.id != later.id and (earlier.began or 0) < (began or 0) else ""
            found += [
                Broken(item=item, promised_by=earlier.id, later=later.id, why=why)
                for item in (earlier.actions if why else ())
                if item.due and item.status != "cancelled" and _end_of(item.due) < (began or 0)
                and (item.done_at is None or item.done_at > (began or 0)) and not _over(item)
            ]  # fmt: skip
    return found


def _end_of(day: str) -> int:
    from workbench.clock import parse_rfc3339

    return parse_rfc3339(f"{day}T23:59:59Z")


def _over(item: Item) -> bool:
    """Whether it was done in time as far as anybody knows: done on an unknown day is not called broken."""
    return item.status == "done" and item.done_at is None
