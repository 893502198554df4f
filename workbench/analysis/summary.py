"""The whole of ``metrics --json``, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.analysis.alerts import AlertSummary, summarise_alerts
from workbench.analysis.communications import Communications, communications
from workbench.analysis.definitions import Variant, variants
from workbench.analysis.handovers import Handover, find_handovers
from workbench.analysis.intervals import Interval, intervals
from workbench.analysis.milestones import Findings, find_milestones
from workbench.analysis.people import PeopleFound, find_people
from workbench.analysis.targets import DEFAULT_PHASES, Target, targets
from workbench.clock import format_utc
from workbench.model import DEFAULT_SCALE, NO_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from workbench.analysis.impact import Impact
    from workbench.model import Candidate, ClockSlacks, Incident, Judgement, Milestone, PhaseTargets, SeverityScale


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Everything that is measured of how the incident was handled."""

    findings: Findings
    intervals: dict[str, Interval]
    targets: list[Target]
    communications: Communications
    alerts: list[AlertSummary]
    people: PeopleFound
    variants: list[Variant] = field(default_factory=list)
    handovers: tuple[Handover, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``metrics --json``."""
        return {
            "milestones": {name: milestone_json(one) for name, one in self.findings.milestones.items()},
            "intervals": {name: one.to_json() for name, one in self.intervals.items()},
            "targets": [one.to_json() for one in self.targets],
            "definitions": [one.to_json() for one in self.variants],
            "communications": self.communications.to_json(),
            "alerts": [one.to_json() for one in self.alerts],
            "people": self.people.to_json()
            | {"handovers": [one.to_json() for one in self.handovers]}
            | {"command": milestone_json(self.findings.command)},
        }


def measure(
    events: pd.DataFrame,
    incident: Incident,
    impact: Impact,
    judgements: Iterable[Judgement] = (),
    *,
    scale: SeverityScale = DEFAULT_SCALE,
    clocks: ClockSlacks = NO_CLOCKS,
    phases: PhaseTargets = DEFAULT_PHASES,
) -> Metrics:
    """All metrics of an incident from its events, its facts and its impact.

    ``clocks`` are how far (ns) a source's events may be before and after what they say, for its clock alone.
    """
    findings = find_milestones(events, incident, impact, judgements)
    return Metrics(
        findings=findings,
        intervals=intervals(findings, clocks),
        targets=targets(findings, incident, scale, phases),
        communications=communications(findings, incident, scale),
        alerts=summarise_alerts(findings.rows, findings.scope),
        people=find_people(findings, incident),
        variants=variants(findings, clocks),
        handovers=find_handovers(findings),
    )


def milestone_json(milestone: Milestone) -> dict[str, Any]:
    """A moment as in ``metrics --json``: its time, or null and the reason."""
    out: dict[str, Any] = {
        "time": _stamp(milestone.time), "earliest": _stamp(milestone.earliest), "latest": _stamp(milestone.latest),
        "basis": str(milestone.basis), "confidence": milestone.confidence, "rule": milestone.rule or None,
        "evidence": [str(place) for place in milestone.evidence],
        "runners_up": [_candidate_json(one) for one in milestone.runners_up],
    }  # fmt: skip
    if milestone.rejected:
        out["rejected"] = [_candidate_json(one) for one in milestone.rejected]
    if flip := milestone.flip:
        out["flip"] = {"time": _stamp(flip[0].time), "weight": flip[1]}
    return out | ({"why": milestone.why} if milestone.why else {})


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "time": _stamp(candidate.time),
        "confidence": candidate.weight,
        "rule": candidate.rule,
        "evidence": [str(place) for place in candidate.evidence],
    }


def _stamp(ns: int | None) -> str | None:
    return format_utc(ns) if ns is not None else None
