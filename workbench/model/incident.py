"""The incident as people state it in incident.toml: facts that no export holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class IncidentStatus(StrEnum):
    """Whether the incident is over."""

    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who held which role, by the names that were written; empty where nobody was named."""

    incident_commander: str = ""
    technical_lead: str = ""
    communications_lead: str = ""
    scribe: str = ""
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactFacts:
    """What no file holds about the harm done; None where it is not known, which is not 0."""

    customers_total: int | None = None
    revenue_per_failed_order: float | None = None
    currency: str = ""
    support_tickets: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """The objective as it was written: ``target`` in percent (99.9) or as a share (0.999)."""

    target: float
    window_days: int = 30

    @property
    def share(self) -> float:
        """The target as a share of good requests, 0..1."""
        return self.target / 100 if self.target > 1 else self.target


STATED_IN = "incident.toml"  # where people state what they know


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident's facts; ``milestones`` are UTC ns by name, each confirmed by the person who wrote it in a line."""

    id: str
    title: str
    severity: str
    services: tuple[str, ...] = ()
    team: str = ""
    status: IncidentStatus | None = None
    summary: str = ""
    trigger: str = ""
    cause: str = ""
    tags: tuple[str, ...] = ()
    milestones: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)  # of incident.toml, by the milestone's name
    people: People = field(default_factory=People)
    impact: ImpactFacts = field(default_factory=ImpactFacts)
    slo: Slo | None = None
