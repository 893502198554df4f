"""What became of the action items: done, done in time, overdue, and how long they stay open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc
from workbench.review.durations import rounded
from workbench.statistics.proportion import Share, share
from workbench.statistics.survival import Survival, survival
from workbench.statistics.typical import typical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.review.record import Item, Record

DAY = 86_400_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """An item that should be done and is not, with how many days it is late."""

    incident: str
    item: Item
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The action items of a period's incidents as they stand at ``as_of``; cancelled ones are not counted."""

    done: Share
    in_time: Share  # of those done that had a day
    overdue: tuple[Overdue, ...]
    reopened: int
    without_owner: int
    without_day: int
    cancelled: int
    open_days: float | None  # the median age of the open ones
    curve: Survival  # days until an item is done
    ages: tuple[float, ...]  # days that those not done have been open
    as_of: int

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        median, low, high = self.curve.quantile(0.5)
        return {
            "total": self.done.total, "done": self.done.n, "on_time": self.in_time.n, "overdue": len(self.overdue),
            "percent": rounded(self.done.percent), "low": rounded(self.done.low), "high": rounded(self.done.high),
            "reopened": self.reopened, "without_owner": self.without_owner, "without_due_day": self.without_day,
            "cancelled": self.cancelled, "median_age_of_open_days": rounded(self.open_days),
            "days_to_done": {"median": rounded(median), "low": rounded(low), "high": rounded(high)},
            "as_of": format_utc(self.as_of),
        }  # fmt: skip


def completion(records: Sequence[Record], as_of: int) -> Completion:
    """The items of these incidents, each issue once; what was done after ``as_of`` was open then."""
    held = {(item.key, item.title, item.created): (record, item) for record in records for item in record.actions}
    pairs = list(held.values())
    wanted = [(record, item) for record, item in pairs if item.status != "cancelled"]
    done = [(record, item) for record, item in wanted if is_done(item, as_of)]
    open_ = [pair for pair in wanted if pair not in done]
    today = date.fromisoformat(format_utc(as_of - 1)[:10])
    late = [(record, item) for record, item in open_ if item.due and date.fromisoformat(item.due) < _next(as_of)]
    ages = [max(0.0, (as_of - item.created) / DAY) for _, item in open_ if item.created is not None]
    times = [(item.created, item.done_at) for _, item in done]
    closed = [(end - start) / DAY for start, end in times if start is not None and end is not None]
    days = [(record.id, item, (today - date.fromisoformat(item.due)).days) for record, item in late]
    overdue = [Overdue(incident=name, item=item, days=count) for name, item, count in days]
    return Completion(
        done=share(len(done), len(wanted)), in_time=share(sum(in_time(item) for _, item in done), len(done)),
        overdue=tuple(sorted(overdue, key=lambda one: (-one.days, one.item.key))),
        reopened=sum(item.reopened > 0 for _, item in wanted), without_owner=sum(not item.owner for _, item in wanted),
        without_day=sum(not item.due for _, item in wanted), cancelled=len(pairs) - len(wanted),
        open_days=typical(ages).median, curve=survival([max(0.0, one) for one in closed], ages), ages=tuple(ages),
        as_of=as_of,
    )  # fmt: skip


def _next(as_of: int) -> date:
    """The day of a moment: what was due on a day before it is late."""
    return date.fromisoformat(format_utc(as_of)[:10])


def is_done(item: Item, as_of: int) -> bool:
    """Whether it was done at a moment; one without a day of its own is taken to have been."""
    return item.status == "done" and (item.done_at is None or item.done_at <= as_of)


def in_time(item: Item) -> bool:
    """Whether a done item was done by its day; without one it is, where at least somebody knows when it was done."""
    if not item.due or item.done_at is None:
        return item.done_at is not None and not item.due
    return format_utc(item.done_at)[:10] <= item.due
