"""What the workbench found and would use where nobody wrote a fact, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.analysis.people import ROLES, find_people
from workbench.clock import format_utc
from workbench.clock.zone import SECOND
from workbench.explorer.fact_fields import moment_text
from workbench.model import MILESTONES, Basis, IncidentStatus, People

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.analysis.people import Role
    from workbench.model import Candidate, Evidence, Milestone
    from workbench.postmortem import Postmortem

_FEW = 3  # places that are named
Pair = tuple[str, "Found"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value as the form shows it and as it sends it, why it is that, and where it stands."""

    text: str
    value: Any
    why: str
    evidence: tuple[str, ...] = ()
    used: bool = True  # documents have it as long as nobody writes another one

    def as_json(self) -> dict[str, Any]:
        """As the browser gets it."""
        return {
            "text": self.text, "value": self.value, "why": self.why, "evidence": list(self.evidence[:_FEW]),
            "more": max(0, len(self.evidence) - _FEW), "used": self.used,
        }  # fmt: skip


def found_facts(pm: Postmortem) -> dict[str, Found]:
    """What was found, by the name of its field; also where a person wrote something else."""
    return dict([*_milestones(pm), *_people(pm), *_services(pm), *_status(pm), *_tickets(pm)])


def people_known(pm: Postmortem) -> list[str]:
    """The names that could be meant: of the incident's people first, then the team's."""
    held = pm.incident.people
    written = [held.incident_commander, held.technical_lead, held.communications_lead, held.scribe, *held.participants]
    found = pm.measures.people.participants
    return list(dict.fromkeys(filter(None, [*written, *found, *(person.name for person in pm.team.people)])))


def services_known(pm: Postmortem) -> list[str]:
    """The services that the team, the impact or the events name."""
    named = [*pm.impact.services, *(service.name for service in pm.team.services)]
    seen = pm.events["service"].dropna().unique() if "service" in pm.events.columns else ()
    return list(dict.fromkeys(filter(None, [*named, *map(str, seen)])))[:200]


def _milestones(pm: Postmortem) -> Iterator[Pair]:
    for name in MILESTONES:
        one = pm.measures.findings.milestones[name]
        if name in pm.incident.milestones:
            if one.runners_up:
                yield f"milestones.{name}", _moment(one.runners_up[0], used=False)
        elif one.time is not None:
            yield f"milestones.{name}", _moment(one, used=True)


def _moment(one: Milestone | Candidate, *, used: bool) -> Found:
    assert one.time is not None
    wide = one.earliest is not None and one.latest is not None and one.latest - one.earliest >= 2 * SECOND
    between = f", between {_clock(one.earliest)} and {_clock(one.latest)}" if wide else ""
    return Found(
        text=_clock(one.time), value=format_utc(one.time, digits=0), why=f"{one.rule}{between}",
        evidence=_places(one.evidence), used=used,
    )  # fmt: skip


def _clock(ns: int | None) -> str:
    """To the second: what lies below it is in the value."""
    return moment_text((ns or 0) // SECOND * SECOND)


def _people(pm: Postmortem) -> Iterator[Pair]:
    """The roles as the sources have them, whoever is written."""
    found = find_people(pm.measures.findings, replace(pm.incident, people=People()))
    for name in ROLES:
        if role := found.roles.get(name):
            used = not getattr(pm.incident.people, name)
            yield f"people.{name}", _role(role, used=used)
    if found.participants:
        why = "who spoke or acted in the incident's channels, calls and pages"
        used = not pm.incident.people.participants
        people = list(found.participants)
        yield "people.participants", Found(text=", ".join(people), value=people, why=why, used=used)


def _role(role: Role, *, used: bool) -> Found:
    since = f"took or was given the role at {_clock(role.since)} UTC" if role.since is not None else "named"
    return Found(text=role.person, value=role.person, why=since, evidence=_places(role.evidence), used=used)


def _services(pm: Postmortem) -> Iterator[Pair]:
    services = list(pm.impact.services)
    written = pm.incident.services
    if services:
        evidence = _places(pm.impact.start.evidence) if pm.impact.start else ()
        yield "services", Found(
            text=", ".join(services), value=services, why="their requests failed, the worst first",
            evidence=evidence, used=not written,
        )  # fmt: skip
    named = [one for name in (written or services) if (one := pm.team.service(name)) and one.team]
    if named:
        why = f"workbench.toml gives {named[0].name} to this team"
        yield "team", Found(text=named[0].team, value=named[0].team, why=why, used=False)


def _status(pm: Postmortem) -> Iterator[Pair]:
    resolved = pm.measures.findings.milestones["resolved"]
    if resolved.time is not None:
        why = "it was resolved" if resolved.basis is Basis.CONFIRMED else f"resolved: {resolved.rule}"
        status = str(IncidentStatus.RESOLVED)
        used = pm.incident.status is None
        yield "status", Found(text=status, value=status, why=why, evidence=_places(resolved.evidence), used=used)


def _tickets(pm: Postmortem) -> Iterator[Pair]:
    if pm.incident.impact.support_tickets is None and pm.impact.tickets is not None:
        count = str(pm.impact.tickets)
        yield "impact.support_tickets", Found(text=count, value=count, why=pm.impact.tickets_basis.rstrip("."))


def _places(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    return tuple(map(str, evidence))
