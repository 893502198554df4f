"""Definitions: how the headline, the duration, moves with each other start and end that somebody could defend.

The figures of incidents depend on where their authors put the ends (VOID report 2022): the reader sees by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.intervals import between
from workbench.model import NO_CLOCKS

if TYPE_CHECKING:
    from workbench.analysis.intervals import Interval
    from workbench.analysis.milestones import Findings
    from workbench.model import ClockSlacks

HEADLINE = ("started", "recovered")
STARTS, ENDS = ("detected", "acknowledged", "declared"), ("mitigated", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The duration between other moments, and how far it is from the headline (minutes)."""

    interval: Interval
    change: float

    def to_json(self) -> dict[str, Any]:
        """As in ``metrics --json``."""
        return self.interval.to_json() | {"change": self.change}


def variants(findings: Findings, clocks: ClockSlacks = NO_CLOCKS) -> list[Variant]:
    """Each other start with the usual end, each other end with the usual start; the one that moves most comes first."""
    moments = findings.milestones
    headline = between("duration", moments[HEADLINE[0]], moments[HEADLINE[1]], clocks)
    if headline.minutes is None:
        return []
    pairs = [(start, HEADLINE[1]) for start in STARTS] + [(HEADLINE[0], end) for end in ENDS]
    found = [between("duration", moments[start], moments[end], clocks) for start, end in pairs]
    told = [
        Variant(interval=each, change=round(each.minutes - headline.minutes, 3))
        for each in found
        if each.minutes is not None and each.minutes >= 0
    ]
    return sorted(told, key=lambda one: -abs(one.change))
