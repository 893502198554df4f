"""The spans between the moments, with the interval that they honestly lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.selection import ORDER
from workbench.clock import format_utc
from workbench.model import NO_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.analysis.milestones import Findings
    from workbench.model import ClockSlacks, Milestone

MINUTE = 60_000_000_000
DEFINITIONS = {
    "time_to_detect": "From the first failing request to the first alert or report on an affected service.",
    "time_to_acknowledge": "From the page (the detection, where none is known) to its acknowledgement by a person.",
    "time_to_mitigate": "From the first failing request until a mitigation was in place.",
    "time_to_resolve": "From the first failing request until the incident was declared over.",
    "duration": "From the first failing request until requests succeeded again: what customers lived through.",
}
_ENDS = {
    "time_to_detect": ("started", "detected"),
    "time_to_acknowledge": ("detected", "acknowledged"),
    "time_to_mitigate": ("started", "mitigated"),
    "time_to_resolve": ("started", "resolved"),
    "duration": ("started", "recovered"),
}
PAGED = "paged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Minutes between two moments, at least ``low`` and at most ``high``; None with the reason where one is missing."""

    name: str
    start: str
    end: str
    minutes: float | None = None
    low: float | None = None
    high: float | None = None
    start_time: int | None = None
    end_time: int | None = None
    why: str = ""

    @property
    def definition(self) -> str:
        """What the interval means."""
        return DEFINITIONS.get(self.name, "")

    def to_json(self) -> dict[str, Any]:
        """The interval as in ``metrics --json``."""
        if self.minutes is None or self.start_time is None or self.end_time is None:
            return {"minutes": None, "why": self.why, "from": self.start, "to": self.end}
        return {
            "minutes": self.minutes,
            "low": self.low,
            "high": self.high,
            "from": self.start,
            "to": self.end,
            "from_time": format_utc(self.start_time),
            "to_time": format_utc(self.end_time),
        }


def _minutes(ns: int) -> float:
    return round(ns / MINUTE, 3)


def between(name: str, first: Milestone, second: Milestone, clocks: ClockSlacks = NO_CLOCKS) -> Interval:
    """The interval from one moment to another; an order that must hold keeps it from being negative.

    Where one clock told both, it does not matter how far it was off.
    """
    missing = [one for one in (first, second) if one.time is None]
    if missing:
        said = " ".join(f"{one.name} is missing: {one.why}" for one in missing)
        return Interval(name=name, start=first.name, end=second.name, why=said)
    begin, end = _by_one_clock(first, second, clocks) or (_bounds(first), _bounds(second))
    low, high = end[0] - begin[1], end[1] - begin[0]
    span = (second.time or 0) - (first.time or 0)
    if (first.name, second.name) in ORDER and high >= 0:
        low, span = max(0, low), max(0, span)
    return Interval(
        name=name,
        start=first.name,
        end=second.name,
        minutes=_minutes(span),
        low=_minutes(low),
        high=_minutes(high),
        start_time=first.time,
        end_time=second.time,
    )


def _by_one_clock(
    first: Milestone, second: Milestone, clocks: ClockSlacks
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The bounds of both without what their clock may be off, where one source told both."""
    if not (first.evidence and second.evidence) or first.evidence[0].source != second.evidence[0].source:
        return None
    before, after = clocks.get(first.evidence[0].source, (0, 0))
    bounds = [(low + before, high - after) for low, high in map(_bounds, (first, second))]
    inside = all(low <= (one.time or 0) <= high for one, (low, high) in zip((first, second), bounds, strict=True))
    return (bounds[0], bounds[1]) if inside else None


def _bounds(one: Milestone) -> tuple[int, int]:
    return one.earliest or 0, one.latest or 0


def intervals(findings: Findings, clocks: ClockSlacks = NO_CLOCKS) -> dict[str, Interval]:
    """All intervals by name, each with minutes or the reason why not."""
    moments: Mapping[str, Milestone] = findings.milestones
    out = {name: between(name, moments[start], moments[end], clocks) for name, (start, end) in _ENDS.items()}
    paged, acknowledged = findings.paged, moments["acknowledged"]
    if paged.time is not None and acknowledged.time is not None and paged.time <= acknowledged.time:
        out["time_to_acknowledge"] = between("time_to_acknowledge", paged, acknowledged, clocks)
    return out
