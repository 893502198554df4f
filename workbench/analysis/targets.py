"""What was promised against what happened: met, missed, or undecided where the honest interval straddles the limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from workbench.analysis.intervals import between
from workbench.model import DEFAULT_SCALE, Basis, Milestone, PhaseTargets, SeverityScale, severity_of

if TYPE_CHECKING:
    from workbench.analysis.intervals import Interval
    from workbench.analysis.milestones import Findings
    from workbench.model import Incident, Severity

POSTMORTEM_MINUTES = 48 * 60.0
DEFAULT_PHASES = PhaseTargets()
_POSTMORTEM_STEPS = 2  # the two worst severities owe a post-mortem


class Verdict(StrEnum):
    """Whether a limit was kept."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One limit, the interval that it is held against, and the verdict with its reason where there is none."""

    name: str
    limit_minutes: float
    verdict: Verdict
    minutes: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """The target as in ``metrics --json``."""
        out = {
            "name": self.name,
            "limit_minutes": self.limit_minutes,
            "verdict": str(self.verdict),
            "minutes": self.minutes,
            "low": self.low,
            "high": self.high,
        }
        return out | ({"why": self.why} if self.why else {})


def verdict(low: float | None, high: float | None, limit: float) -> Verdict:
    """Met when even the longest reading keeps the limit, missed when even the shortest breaks it."""
    if low is None or high is None:
        return Verdict.UNDECIDED
    if high <= limit:
        return Verdict.MET
    return Verdict.MISSED if low > limit else Verdict.UNDECIDED


def severity_step(incident: Incident, scale: SeverityScale = DEFAULT_SCALE) -> Severity | None:
    """The incident's step on the team's scale; None where its severity is not on it."""
    name = severity_of(incident.severity, scale)
    return scale.named(name) if name else None


def _held(name: str, limit: float, span: Interval) -> Target:
    found = verdict(span.low, span.high, limit)
    why = span.why or (
        f"The interval {span.low:g} to {span.high:g} min straddles the limit." if found is Verdict.UNDECIDED else ""
    )
    return Target(
        name=name, limit_minutes=limit, verdict=found, minutes=span.minutes, low=span.low, high=span.high, why=why
    )


def _response(findings: Findings) -> Interval:
    """From detection to the first response: the acknowledgement or the declaration, whichever came first."""
    moments = findings.milestones
    known = [one for one in (moments["acknowledged"], moments["declared"]) if one.time is not None]
    first = min(known, key=lambda one: one.time or 0) if known else moments["acknowledged"]
    return between("response", moments["detected"], first)


def targets(
    findings: Findings, incident: Incident, scale: SeverityScale = DEFAULT_SCALE, phases: PhaseTargets = DEFAULT_PHASES
) -> list[Target]:
    """The limits that the severity sets: response, and for the worst two the post-mortem within two days.

    And those of the first phases, whatever the severity is: detection, and triage until somebody declares.
    """
    return [*_of_severity(findings, incident, scale), *_of_phases(findings, phases)]


def _of_phases(findings: Findings, phases: PhaseTargets) -> list[Target]:
    moments = findings.milestones
    detection = between("detection", moments["started"], moments["detected"])
    triage = between("triage", moments["detected"], moments["declared"])
    return [
        _held("detection", phases.detection_minutes, detection),
        _held("triage", phases.triage_minutes, triage),
    ]


def _of_severity(findings: Findings, incident: Incident, scale: SeverityScale) -> list[Target]:
    step = severity_step(incident, scale)
    out: list[Target] = []
    if step is None:
        return out
    if step.response_minutes is not None:
        out.append(_held("response", float(step.response_minutes), _response(findings)))
    if scale.rank(step.name) < _POSTMORTEM_STEPS:
        out.append(
            _held(
                "postmortem",
                POSTMORTEM_MINUTES,
                between("postmortem", findings.milestones["resolved"], _postmortem(incident)),
            )
        )
    return out


def _postmortem(incident: Incident) -> Milestone:
    held = incident.milestones.get("postmortem_held")
    if held is None:
        return Milestone(name="postmortem_held", why="Nobody has written when the post-mortem was held.")
    return Milestone(
        name="postmortem_held",
        time=held,
        earliest=held,
        latest=held,
        basis=Basis.CONFIRMED,
        confidence=1.0,
        rule="written in incident.toml",
    )
