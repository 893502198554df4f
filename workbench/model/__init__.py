"""The nouns of an incident, as plain frozen values: no frames, no files."""

from __future__ import annotations

from workbench.model.action_item import ActionItem, ActionKind, ActionStatus, Priority
from workbench.model.evidence import Evidence
from workbench.model.factor import AcceptedRisk, Explains, Factor, FactorKind
from workbench.model.incident import STATED_IN, ImpactFacts, Incident, IncidentStatus, People, Slo
from workbench.model.judgement import Judgement, Standing, Verb, marked, merges, named, standing
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
from workbench.model.told import TOLD_ACTION, TOLD_ID, TOLD_KINDS, Told, told_of

__all__ = [
    "ASSUMED_MAX_SKEW_SECONDS",
    "DEFAULT_SCALE",
    "MILESTONES",
    "NO_CLOCKS",
    "STATED_IN",
    "TOLD_ACTION",
    "TOLD_ID",
    "TOLD_KINDS",
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
    "Told",
    "Unrecognised",
    "Verb",
    "marked",
    "merges",
    "named",
    "notes_of",
    "severity_of",
    "standing",
    "told_of",
]
