"""Who held which role, and who took part, by the names that the sources use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.facts import MINUTE
from workbench.analysis.lexicon import COMMAND
from workbench.analysis.phrases import sentences, statements
from workbench.analysis.veto import objection
from workbench.clock import format_utc

if TYPE_CHECKING:
    from workbench.analysis.facts import Fact
    from workbench.analysis.milestones import Findings
    from workbench.model import Evidence, Incident

ROLES = ("incident_commander", "technical_lead", "communications_lead", "scribe")
_ASSIGNED = re.compile(
    r"@?([^\W\d_@][^,;|:@\n]{1,40}?) (?:is |as )?(?:the )?"
    r"(tech(?:nical)? lead|comms(?: lead)?|communications(?: lead)?|scribe)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\bIC(?: is)?: ?@?([^|,;\n]{2,40}?)\s*(?:[|,;\n]|$)", re.IGNORECASE)
_MADE = re.compile(r"@([^,|@\n]{2,40}?) is(?: now)?(?: the)? (?:IC|incident commander)\b", re.IGNORECASE)
_ROLE_GIVEN = re.compile(
    r"\bassigned (?:\W*@)?([^,.|*_]{2,40}?)\W* (?:as|to)(?: the)?(?: role(?: of)?)?:? \W*"
    r"(?:incident )?(?:lead|commander|manager)\b",
    re.IGNORECASE,
)
_IS_IC = re.compile(
    r"^\W*([^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*){0,2}) is(?: now)?(?: the)? (?:IC|incident commander)\b", re.IGNORECASE
)
_COMMS = re.compile(
    r"\bi(?:'ll| will|'m| am|'ve got| can| got)?"
    r"(?: (?:do|doing|take|taking|handle|handling|run|own|on)\b(?: [\w+&/]+){0,4})? comms\b"
    r"|\bcomms(?: lead)? (?:is|are|=|:) ?(?:me|mine)\b|^\W*(?:taking|doing|got) (?:the )?comms\b"
    r"|^\W*comms(?: lead)? here\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:requested|assigned to|assigned) ([^\W\d_][^,;\n]{1,40}?)(?: as incident commander|\.|$)", re.IGNORECASE
)
_MARKS = re.compile(r"[*_~]")
_NO_NAMES = {"who", "he", "she", "they", "it", "that", "this", "there", "what"}
_APART = 5 * MINUTE
_ROLE_OF = {"tech": "technical_lead", "comm": "communications_lead", "scri": "scribe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who held a role, since when (UTC ns), and where that stands."""

    name: str
    person: str
    basis: str  # confirmed or found
    since: int | None = None
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The role as in ``metrics --json``."""
        return {
            "name": self.person,
            "basis": self.basis,
            "since": format_utc(self.since) if self.since is not None else None,
            "evidence": [str(place) for place in self.evidence],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFound:
    """The roles by name, who first acknowledged, and everybody who took part."""

    roles: dict[str, Role]
    acknowledged_by: str = ""
    participants: tuple[str, ...] = ()
    activity: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()  # who spoke or acted, from when to when (UTC ns)

    def to_json(self) -> dict[str, Any]:
        """The people as in ``metrics --json``; a role that nobody is known to have held is null."""
        held = {name: self.roles[name].to_json() if name in self.roles else None for name in ROLES}
        return (
            held
            | {"acknowledged_by": self.acknowledged_by or None, "participants": list(self.participants)}
            | {
                "activity": {
                    name: [[format_utc(begin), format_utc(end)] for begin, end in spans]
                    for name, spans in self.activity
                }
            }
        )


def find_people(findings: Findings, incident: Incident) -> PeopleFound:
    """Roles as people wrote them, else as they were taken or handed out in the sources."""
    roles = _found(findings)
    for name in ROLES:
        if written := getattr(incident.people, name):
            since = roles[name].since if name in roles and roles[name].person == written else None
            roles[name] = Role(name=name, person=written, basis="confirmed", since=since)
    return PeopleFound(
        roles=roles,
        acknowledged_by=_acknowledger(findings),
        participants=(present := _participants(findings, incident, roles)),
        activity=_activity(findings, present),
    )


def _activity(findings: Findings, present: tuple[str, ...]) -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    """When each of those who took part spoke or acted; what is less than five minutes apart is one stretch."""
    start, end = _span(findings)
    times: dict[str, list[int]] = {name: [] for name in present}
    for fact in findings.rows:
        if (
            fact.actor in times
            and start <= fact.time <= end
            and fact.kind in ("chat", "speech", "page", "deploy", "change")
        ):
            times[fact.actor].append(fact.time)
    spans = {name: _stretches(sorted(own)) for name, own in times.items() if own}
    return tuple(sorted(spans.items(), key=lambda item: (item[1][0], item[0])))


def _stretches(times: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for time in times:
        if found and time - found[-1][1] < _APART:
            found[-1] = (found[-1][0], time)
        else:
            found.append((time, time))
    return tuple(found)


def _found(findings: Findings) -> dict[str, Role]:
    command = findings.command
    if command.time is None:
        return {}
    places = {str(place): place for place in command.evidence}
    facts = [fact for fact in findings.rows if str(fact.evidence) in places]
    ordered = sorted(facts, key=lambda fact: (commander(fact) == "", abs(fact.time - (command.time or 0))))
    holder = commander(ordered[0]) if ordered else ""
    roles = (
        {
            "incident_commander": Role(
                name="incident_commander",
                person=holder,
                basis="found",
                since=command.time,
                evidence=command.evidence,
            )
        }
        if holder
        else {}
    )
    for fact in _speaking(findings.rows, holder, command.time):
        for person, role in _ASSIGNED.findall(fact.message):
            name = _ROLE_OF[role[:4].lower()]
            roles.setdefault(
                name, Role(name=name, person=person.strip(), basis="found", since=fact.time, evidence=(fact.evidence,))
            )
    for fact in findings.rows if "communications_lead" not in roles else ():
        if _takes_comms(fact, findings):
            roles["communications_lead"] = Role(
                name="communications_lead", person=fact.actor, basis="found", since=fact.time, evidence=(fact.evidence,)
            )
            break
    return roles


def _takes_comms(fact: Fact, findings: Findings) -> bool:
    """Whether somebody says that the communications are theirs, while the incident is on."""
    start, end = _span(findings)
    if fact.kind not in ("chat", "speech") or not fact.actor or fact.by_bot or not start <= fact.time <= end:
        return False
    return any(
        (match := _COMMS.search(sentence)) and not objection(sentence, match.start(), match.end(), COMMAND)
        for sentence in sentences(fact.message)
    )


def _speaking(rows: tuple[Fact, ...], holder: str, since: int) -> list[Fact]:
    """What the commander says while taking command, which is when the other roles are handed out."""
    return [
        fact
        for fact in rows
        if fact.kind in ("chat", "speech") and fact.actor == holder and holder and abs(fact.time - since) <= 10 * MINUTE
    ]


def commander(fact: Fact) -> str:
    """Whom an event makes commander: its author who says so, the one it names, or the one it is assigned to."""
    if fact.kind in ("chat", "speech"):
        said = _MARKS.sub("", fact.message)
        if named := _TOPIC.search(said) or _MADE.search(said) or _ROLE_GIVEN.search(said) or _is_ic(said):
            return named[1].strip()
        return (
            fact.actor
            if any(one.moment == COMMAND for one in statements(fact.message, bot=fact.by_bot)) and not fact.by_bot
            else ""
        )
    return assigned(fact)


def _is_ic(said: str) -> re.Match[str] | None:
    found = _IS_IC.search(said)
    return found if found and found[1].lower() not in _NO_NAMES else None


def assigned(fact: Fact) -> str:
    """Whom the pager gives an incident or a role to, by its own words; "" where it names nobody."""
    to = fact.attributes.get("to") or fact.attributes.get("assignees")
    if isinstance(to, list) and to:
        return str(to[0])
    named = _NAMED.search(fact.message)
    return named[1].strip() if named else ""


def _acknowledger(findings: Findings) -> str:
    """Who acknowledged first, by the event that the moment rests on."""
    places = [str(place) for place in findings.milestones["acknowledged"].evidence]
    actors = {str(fact.evidence): fact.actor for fact in findings.rows if fact.actor and not fact.by_bot}
    return next((actors[place] for place in places if place in actors), "")


def _participants(findings: Findings, incident: Incident, roles: dict[str, Role]) -> tuple[str, ...]:
    """Those whom people wrote, else everybody who spoke or acted in the incident's channels, calls and pages."""
    if incident.people.participants:
        return incident.people.participants
    milestones = findings.milestones
    places = {str(place) for one in (*milestones.values(), findings.command) for place in one.evidence}
    channels = {
        fact.channel for fact in findings.rows if fact.kind == "chat" and str(fact.evidence) in places and fact.channel
    }
    own = {page.key for page in findings.scope.pages}
    start, end = _span(findings)
    found = {role.person for role in roles.values()}
    for fact in findings.rows:
        inside = start <= fact.time <= end and fact.actor and not fact.by_bot
        spoke = fact.kind == "speech" or (
            fact.kind == "chat" and fact.channel in channels and fact.action in ("message.posted", "message.replied")
        )
        if inside and (spoke or (fact.kind == "page" and fact.incident_key in own and not fact.by_machine)):
            found.add(fact.actor)
    return tuple(sorted(name for name in found if name))


def _span(findings: Findings) -> tuple[int, int]:
    known = [one.time for name, one in findings.milestones.items() if name != "started" and one.time is not None]
    return (min(known) - MINUTE, max(known) + MINUTE) if known else (0, 0)
