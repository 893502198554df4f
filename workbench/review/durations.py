"""How long things took in a period: what is typical, what is still open, and whether it changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.statistics.comparison import Comparison, compared, corrected, judged_again
from workbench.statistics.mix import Mix, mix
from workbench.statistics.survival import Survival, survival
from workbench.statistics.typical import Mean, Typical, mean, typical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.review.record import Record

MINUTE = 60_000_000_000
NAMES = {
    "time_to_detect": "Time to detect",
    "time_to_acknowledge": "Time to acknowledge",
    "time_to_mitigate": "Time to mitigate",
    "time_to_resolve": "Time to resolve",
    "impact": "Impact on customers",
}
_ENDS = {
    "time_to_detect": "detected", "time_to_acknowledge": "acknowledged", "time_to_mitigate": "mitigated",
    "time_to_resolve": "resolved",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One incident's duration in minutes with its interval; of an open one, how long it has lasted so far."""

    id: str
    title: str
    severity: str
    rank: int
    began: int
    minutes: float
    low: float
    high: float
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """One duration over a period. ``typical`` is of those that are over; ``estimate`` is the median with the open ones.

    ``unknown`` counts incidents that are over and whose moments nobody recorded: they are in no figure.
    """

    name: str
    points: tuple[Point, ...]
    unknown: int
    typical: Typical
    estimate: tuple[float | None, float | None, float | None]
    curve: Survival
    mean: Mean | None
    versus: Comparison
    mix: Mix | None

    @property
    def open(self) -> int:
        """How many are not over."""
        return self.curve.censored

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``; minutes."""
        return {
            "n": self.typical.n, "open": self.open, "unknown": self.unknown, "median": rounded(self.typical.median),
            "low": rounded(self.typical.low), "high": rounded(self.typical.high), "p90": rounded(self.typical.p90),
            "with_open": dict(zip(("median", "low", "high"), map(rounded, self.estimate), strict=True)),
            "mean": {"minutes": rounded(self.mean.value), "longest_share": rounded(self.mean.top_share), "note":
                     "A mean is ruled by its longest incidents: do not compare two of them."} if self.mean else None,
            "versus_previous": comparison_json(self.versus),
            "by_severity": {
                name: {"n": one.n, "median": rounded(one.median), "low": rounded(one.low), "high": rounded(one.high)}
                for name, one in self.by_severity().items()
            },
        }  # fmt: skip

    def by_severity(self) -> dict[str, Typical]:
        """What is typical of each severity, the worst first."""
        found: dict[tuple[int, str], list[float]] = defaultdict(list)
        for point in self.points:
            if not point.open:
                found[point.rank, point.severity].append(point.minutes)
        return {name: typical(found[rank, name]) for rank, name in sorted(found)}


def comparison_json(one: Comparison) -> dict[str, Any]:
    """A comparison as in ``review --json``."""
    return {
        "ratio": rounded(one.ratio), "low": rounded(one.low), "high": rounded(one.high), "p": rounded(one.p, 4),
        "smallest_visible": rounded(one.smallest_visible), "verdict": str(one.verdict),
    }  # fmt: skip


def rounded(value: float | None, digits: int = 3) -> float | None:
    """A figure with no more digits than it means."""
    return None if value is None else round(value, digits)


def durations(now: Sequence[Record], before: Sequence[Record], as_of: int, begins: int) -> dict[str, Duration]:
    """Every duration of a period beside the one before; ``begins`` is when the period does, for what is open then.

    The comparisons are made at once, and their chances corrected for that.
    """
    found = {name: _duration(name, now, before, as_of, begins) for name in NAMES}
    chances = corrected([one.versus.p for one in found.values()])
    return {
        name: replace(one, versus=judged_again(one.versus, chance))
        for (name, one), chance in zip(found.items(), chances, strict=True)
    }


def _duration(name: str, now: Sequence[Record], before: Sequence[Record], as_of: int, begins: int) -> Duration:
    points = [point for record in now if (point := _point(name, record, as_of))]
    earlier = [point for record in before if (point := _point(name, record, begins))]
    closed, open_ = [one.minutes for one in points if not one.open], [one.minutes for one in points if one.open]
    curve = survival(closed, open_)
    return Duration(
        name=name, points=tuple(points), unknown=len(now) - len(points), typical=typical(closed),
        estimate=curve.quantile(0.5) if open_ else _closed(closed), curve=curve, mean=mean(closed),
        versus=compared(_groups(points), _groups(earlier)), mix=mix(_groups(points), _groups(earlier)),
    )  # fmt: skip


def _closed(closed: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Where nothing is open, the estimate is the plain median."""
    told = typical(closed)
    return told.median, told.low, told.high


def _point(name: str, record: Record, as_of: int) -> Point | None:
    """What an incident says of a duration; one that was not over at ``as_of`` had lasted until then."""
    began = record.began
    if began is None:
        return None
    if name == "impact":
        minutes = record.impact_minutes
        return None if minutes is None else _made(record, began, minutes, minutes, minutes)
    span, end = record.spans.get(name), record.moments.get(_ENDS[name])
    if span is not None and (end is None or end.time <= as_of):
        return _made(record, began, span.minutes, span.low, span.high)
    if span is not None or (record.open and name == "time_to_resolve"):
        so_far = max(0.0, (as_of - began) / MINUTE)
        return _made(record, began, so_far, so_far, so_far, open_=True)
    return None


def _made(record: Record, began: int, minutes: float, low: float, high: float, *, open_: bool = False) -> Point:
    return Point(
        id=record.id, title=record.title, severity=record.severity, rank=record.rank, began=began, minutes=minutes,
        low=low, high=high, open=open_,
    )  # fmt: skip


def _groups(points: Sequence[Point]) -> dict[Any, list[float]]:
    """The durations of those that are over, by severity."""
    found: dict[Any, list[float]] = defaultdict(list)
    for point in points:
        if not point.open:
            found[point.severity].append(point.minutes)
    return found
