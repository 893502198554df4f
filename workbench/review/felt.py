"""What customers felt in a period: for how long, how many requests failed, and what of the error budgets that used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.review.durations import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.review.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """Sums over the incidents of a period of which the figure is known; the others are counted, never taken as zero.

    Customers are not added up: those of one incident may be those of the next. ``of_period`` is the budget that was
    used as a percentage of what the whole period allows: a budget is of its own window of days.
    """

    known: tuple[Record, ...]  # of which anything is known, the most budget first, then the most failed requests
    total: int
    minutes: float | None
    timed: int
    failed: float | None
    counted: int
    budget: float | None
    budgets: int
    of_period: float | None

    def to_json(self) -> dict[str, Any]:
        """``error_budget`` as in ``review --json``."""
        told = {one.id: one.budget_percent for one in self.known if one.budget_percent is not None}
        return {
            "known": self.budgets, "unknown": self.total - self.budgets, "used_percent": rounded(self.budget),
            "of_period_percent": rounded(self.of_period), "by_incident": told,
        }  # fmt: skip


def felt(records: Sequence[Record], days: float) -> Felt:
    """The sums; ``days`` is how long the period is."""
    told = [one for one in records if _known(one)]
    timed = [one.impact_minutes for one in records if one.impact_minutes is not None]
    failed = [one.failed for one in records if one.failed is not None]
    budgets = [(one.budget_percent, one.budget_days) for one in records if one.budget_percent is not None]
    return Felt(
        known=tuple(sorted(told, key=lambda one: (-(one.budget_percent or 0), -(one.failed or 0), one.id))),
        total=len(records), minutes=sum(timed) if timed else None, timed=len(timed),
        failed=sum(failed) if failed else None, counted=len(failed),
        budget=sum(used for used, _ in budgets) if budgets else None, budgets=len(budgets),
        of_period=sum(used * window / days for used, window in budgets) if budgets and days else None,
    )  # fmt: skip


def _known(one: Record) -> bool:
    return any(figure is not None for figure in (one.impact_minutes, one.failed, one.customers, one.budget_percent))
