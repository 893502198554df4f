"""The nouns of an incident, as plain frozen values: no frames, no files."""

from __future__ import annotations

from workbench.model.action_item import ActionItem, ActionKind, ActionStatus, Priority
from workbench.model.evidence import Evidence
from workbench.model.factor import AcceptedRisk, Factor, FactorKind
from workbench.model.incident import ImpactFacts, Incident, IncidentStatus, People, Slo
from workbench.model.judgement import Judgement, Verb
from workbench.model.milestone import MILESTONES, WRITABLE, Basis, Candidate, Milestone
from workbench.model.severity import DEFAULT_SCALE, Severity, SeverityScale, severity_of
from workbench.model.source import ClockOffset, OffsetPiece, RejectedLine, SourceEntry, SourceReport, Unrecognised
from workbench.model.team import OncallHours, Person, RedactionSettings, ReportSettings, Service, Team

__all__ = [
    "DEFAULT_SCALE",
    "MILESTONES",
    "WRITABLE",
    "AcceptedRisk",
    "ActionItem",
    "ActionKind",
    "ActionStatus",
    "Basis",
    "Candidate",
    "ClockOffset",
    "Evidence",
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
    "Priority",
    "RedactionSettings",
    "RejectedLine",
    "ReportSettings",
    "Service",
    "Severity",
    "SeverityScale",
    "Slo",
    "SourceEntry",
    "SourceReport",
    "Team",
    "Unrecognised",
    "Verb",
    "severity_of",
]
