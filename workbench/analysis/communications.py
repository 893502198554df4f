"""How often customers were told: the updates of the status page, and the longest silence between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from workbench.analysis.candidates import status_updates
from workbench.analysis.targets import Verdict, severity_step, verdict
from workbench.clock import format_utc
from workbench.model import DEFAULT_SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.analysis.facts import Fact
    from workbench.analysis.milestones import Findings
    from workbench.model import Incident, SeverityScale

MINUTE = 60_000_000_000
DOUBLE_POST = 2 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Communications:
    """Distinct public updates and the longest time without one from the declaration to the end, both ends included."""

    updates: int
    first_update: int | None = None
    longest_gap_minutes: float | None = None
    low: float | None = None
    high: float | None = None
    limit_minutes: float | None = None
    verdict: Verdict | None = None
    kept_percent: float | None = None
    times: tuple[int, ...] = ()
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """The communications as in ``metrics --json``."""
        return {
            "updates": self.updates,
            "first_update": format_utc(self.first_update) if self.first_update is not None else None,
            "longest_gap_minutes": self.longest_gap_minutes,
            "low": self.low,
            "high": self.high,
            "limit_minutes": self.limit_minutes,
            "verdict": str(self.verdict) if self.verdict else None,
            "kept_percent": self.kept_percent,
            "why": self.why,
        }


def distinct(updates: Sequence[Fact]) -> list[Fact]:
    """The updates without double posts: the same status and words again within two minutes."""
    kept: list[Fact] = []
    for fact in updates:
        words = _normal(fact.message)
        if not any(
            one.action == fact.action and _normal(one.message) == words and fact.time - one.time <= DOUBLE_POST
            for one in kept
        ):
            kept.append(fact)
    return kept


def _normal(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def communications(findings: Findings, incident: Incident, scale: SeverityScale = DEFAULT_SCALE) -> Communications:
    """The cadence of updates against the limit that the severity sets."""
    updates = distinct(status_updates(findings.rows, findings.scope))
    step = severity_step(incident, scale)
    limit = float(step.update_minutes) if step and step.update_minutes is not None else None
    first = updates[0].time if updates else None
    times = tuple(fact.time for fact in updates)
    begin, end = findings.milestones["declared"], findings.milestones["resolved"]
    if begin.time is None or end.time is None:
        missing = " ".join(f"{one.name} is missing: {one.why}" for one in (begin, end) if one.time is None)
        return Communications(
            updates=len(updates),
            first_update=first,
            limit_minutes=limit,
            times=times,
            why=missing,
            verdict=Verdict.UNDECIDED if limit is not None else None,
        )
    inside = [fact for fact in updates if begin.time < fact.time < end.time]
    marks = [
        (begin.earliest or begin.time, begin.time, begin.latest or begin.time),
        *((one.earliest, one.time, one.latest) for one in inside),
        (end.earliest or end.time, end.time, end.latest or end.time),
    ]
    pairs = list(pairwise(marks))
    gap, low, high = (
        max(_minutes(span) for span in spans)
        for spans in (
            [later[1] - sooner[1] for sooner, later in pairs],
            [later[0] - sooner[2] for sooner, later in pairs],
            [later[2] - sooner[0] for sooner, later in pairs],
        )
    )
    found = verdict(low, high, limit) if limit is not None else None
    why = "" if limit is not None else "The severity sets no cadence of updates."
    if found is Verdict.MET and not updates:  # over before one was due: that nothing was said is no cadence kept
        found, why = Verdict.UNDECIDED, "The sources hold no update for customers."
    return Communications(
        updates=len(updates),
        first_update=first,
        longest_gap_minutes=gap,
        low=max(0.0, low),
        high=high,
        limit_minutes=limit,
        verdict=found,
        kept_percent=_kept(marks, limit),
        times=times,
        why=why,
    )


def _kept(marks: Sequence[tuple[int, int, int]], limit: float | None) -> float | None:
    """The share of the time in which the last update was no older than the limit."""
    whole = marks[-1][1] - marks[0][1]
    if limit is None or whole <= 0:
        return None
    spans = [later[1] - sooner[1] for sooner, later in pairwise(marks)]
    return round(100 * sum(min(span, limit * MINUTE) for span in spans) / whole, 1)


def _minutes(ns: int) -> float:
    return round(ns / MINUTE, 3)
