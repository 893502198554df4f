"""The nouns of an incident, as plain frozen values: no frames, no files."""

from __future__ import annotations

from workbench.model.action_item import ActionItem, ActionKind, ActionStatus, Priority
from workbench.model.evidence import Evidence
from workbench.model.factor import AcceptedRisk, Explains, Factor, FactorKind
from workbench.model.incident import ImpactFacts, Incident, IncidentStatus, People, Slo
from workbench.model.judgement import Judgement, Standing, Verb, standing
from workbench.model.milestone import MILESTONES, WRITABLE, Basis, Candidate, Milestone
from workbench.model.severity import DEFAULT_SCALE, Severity, SeverityScale, severity_of
from workbench.model.source import (
    NO_CLOCKS,
    ClockOffset,
    ClockSlacks,
    OffsetPiece,
    RejectedLine,
    SetOffset,
    SourceEntry,
    SourceReport,
    Unrecognised,
    notes_of,
)
from workbench.model.team import (
    ASSUMED_MAX_SKEW_SECONDS,
    OncallHours,
    Person,
    PhaseTargets,
    RedactionSettings,
    ReportSettings,
    Service,
    Team,
)

__all__ = [
    "ASSUMED_MAX_SKEW_SECONDS",
    "DEFAULT_SCALE",
    "MILESTONES",
    "NO_CLOCKS",
    "WRITABLE",
    "AcceptedRisk",
    "ActionItem",
    "ActionKind",
    "ActionStatus",
    "Basis",
    "Candidate",
    "ClockOffset",
    "ClockSlacks",
    "Evidence",
    "Explains",
    "Factor",
    "FactorKind",
    "ImpactFacts",
    "Incident",
    "IncidentStatus",
    "Judgement",
    "Milestone",
    "OffsetPiece",
    "OncallHours",
    "People",
    "Person",
    "PhaseTargets",
    "Priority",
    "RedactionSettings",
    "RejectedLine",
    "ReportSettings",
    "Service",
    "SetOffset",
    "Severity",
    "SeverityScale",
    "Slo",
    "SourceEntry",
    "SourceReport",
    "Standing",
    "Team",
    "Unrecognised",
    "Verb",
    "notes_of",
    "severity_of",
    "standing",
]
