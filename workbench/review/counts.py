"""How many incidents there were: by severity, service, team, week and month, as rates with their intervals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.review.durations import rounded
from workbench.review.period import day_of, months_in, week_of, weeks_in
from workbench.statistics.comparison import Verdict
from workbench.statistics.rate import Rate, RateRatio, dispersion, rate, ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.review.period import Period
    from workbench.review.record import Record

UNSAID = "(none named)"
ALPHA = 0.05
_FEWEST = 6  # incidents in both periods together that can be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The incidents of a period, counted; ``clusters`` is the variance of the weeks over their mean, and its chance."""

    total: int
    weekly: Rate
    versus: RateRatio | None
    by_severity: dict[str, int]
    by_service: dict[str, int]
    by_team: dict[str, int]
    by_week: dict[str, int]
    by_month: dict[str, int]
    by_trigger: dict[str, int]
    by_cause: dict[str, int]
    by_factor: dict[str, int]
    clusters: tuple[float, float] | None

    @property
    def verdict(self) -> Verdict:
        """Whether there were more or fewer; where they come in clusters, an interval of single ones says too much."""
        if self.versus is None or self.versus.low is None:
            return Verdict.FEW
        if self.clustered:
            return Verdict.FEW if self.versus.p < ALPHA else Verdict.SAME
        return Verdict.CHANGED if self.versus.p < ALPHA else Verdict.SAME

    @property
    def clustered(self) -> bool:
        """Whether incidents come in clusters."""
        return self.clusters is not None and self.clusters[0] > 1 and self.clusters[1] < ALPHA

    def to_json(self) -> dict[str, Any]:
        """The rate a week, as in ``review --json``."""
        one = self.versus
        return {
            "weekly": {"rate": rounded(self.weekly.value), "low": rounded(self.weekly.low),
                       "high": rounded(self.weekly.high), "weeks": rounded(self.weekly.exposure)},
            "versus_previous": None if one is None else {
                "ratio": rounded(one.value), "low": rounded(one.low), "high": rounded(one.high),
                "p": rounded(one.p, 4), "verdict": str(self.verdict)},
            "clusters": None if self.clusters is None else {
                "variance_over_mean": rounded(self.clusters[0]), "p": rounded(self.clusters[1], 4)},
        }  # fmt: skip


def counts(
    now: Sequence[Record], before: Sequence[Record], period: Period, previous: Period, names: Sequence[str]
) -> Counts:
    """All counts of a period; ``names`` are the severities of the scale, each of which is there, if only with 0."""
    weeks = dict.fromkeys(weeks_in(period), 0) | Counter(week_of(one.began) for one in now if one.began is not None)
    months = dict.fromkeys(months_in(period), 0)
    months |= Counter(day_of(one.began).strftime("%Y-%m") for one in now if one.began is not None)
    weekly = rate(len(now), period.weeks)
    compared = len(now) + len(before) >= _FEWEST and bool(before)
    return Counts(
        total=len(now), weekly=weekly, versus=ratio(weekly, rate(len(before), previous.weeks)) if compared else None,
        by_severity=dict.fromkeys(names, 0) | Counter(one.severity for one in now),
        by_service=_most(service for one in now for service in one.services or (UNSAID,)),
        by_team=_most(one.team or UNSAID for one in now), by_week=dict(sorted(weeks.items())), by_month=months,
        by_trigger=_most(one.trigger or UNSAID for one in now),
        by_cause=_most(cause_class(one.cause) or UNSAID for one in now),
        by_factor=_most(kind for one in now for kind in one.factor_kinds),
        clusters=dispersion([weeks[week] for week in weeks_in(period)]),
    )  # fmt: skip


def cause_class(cause: str) -> str:
    """The sort of a cause: what stands before its first colon (``capacity`` of ``capacity:db-pool``)."""
    return cause.partition(":")[0].strip().casefold()


def _most(names: Iterable[str]) -> dict[str, int]:
    """Each name with its count, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
