"""Hand-overs: when command, another role or the page went from one person to another during the response.

Three things tell: somebody says in chat or on a call that they hand over or take over, somebody takes command that
another held, and the pager assigns or escalates the incident to another person. What is only planned or asked is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.facts import MINUTE
from workbench.analysis.lexicon import COMMAND
from workbench.analysis.people import assigned, commander
from workbench.analysis.phrases import sentences, statements
from workbench.analysis.veto import is_retracted, objection
from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.analysis.facts import Fact
    from workbench.analysis.milestones import Findings
    from workbench.model import Evidence

PAGE = "page"
_IC = "incident_commander"
_ROLE = (
    r"(?i:(?:the )?(?P<role>ic|incident command(?:er)?|command|tech(?:nical)? lead|comms(?: lead)?"
    r"|communications(?: lead)?|scribe|on-?call|pager|page)(?: role)?)"
)
# A handle or a first name, and the capitals of more names behind it.
_NAME = r"@?(?P<name>[^\W\d_][\w.'\u2019-]*(?: [A-Z\u00c0-\u00de][\w.'\u2019-]*){0,2})"
# Somebody gives a role, or all of it, to another; takes it from another; is said to take it.
_GIVES = re.compile(
    r"\b(?i:(?:hand|pass|transferr?|turn|giv)(?:ing|ed|e|s)?|gave)(?i: over)?"
    rf"(?: {_ROLE})?(?i: over| off)?(?i: to) {_NAME}"
)
_TAKES = re.compile(
    r"(?:^\W*(?i:(?:yes|yep|ok|okay|sure|ack),? )?|\b(?i:i(?:'m| am|'ll| will|'ve| have)? (?:now )?))"
    rf"(?i:(?:tak(?:e|ing|en)|took)(?: over)?)(?:(?i: as)? {_ROLE})?(?i: over)?(?i: from) {_NAME}"
)
_ARROW = re.compile(
    rf"(?i:\bhand-?over\b)[^\n:]{{0,12}}:? {_NAME} (?:->|=>|\u2192|(?i:to)) @?(?P<to>[^\W\d_][\w.' \u2019-]{{1,40}})"
)
_TAKEN = re.compile(
    rf"{_NAME} (?i:(?:is |has )?(?:now )?(?:tak(?:es|ing|en)|took|has)(?: over)?(?: as| for)?)"
    rf" {_ROLE}(?i: over| now)?\b"
)
_OVER = re.compile(r"\bover\b|\boff\b", re.IGNORECASE)
_NAMED_ROLES = {
    "ic": _IC, "in": _IC, "co": _IC, "te": "technical_lead", "sc": "scribe", "on": PAGE, "pa": PAGE,
}  # fmt: skip
_ONE = 10 * MINUTE  # two that say the same within it tell of one hand-over
_AFTERWARDS = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A role (or the page) that went from one person to another, when (UTC ns), and where that stands."""

    role: str
    giver: str
    taker: str
    time: int
    how: str  # said, assigned or escalated
    evidence: tuple[Evidence, ...]

    def to_json(self) -> dict[str, Any]:
        """The hand-over as in ``metrics --json``; ``from`` is null where nobody is known to have held it."""
        return {
            "role": self.role, "from": self.giver or None, "to": self.taker, "time": format_utc(self.time),
            "how": self.how, "evidence": [str(place) for place in self.evidence],
        }  # fmt: skip


def find_handovers(findings: Findings) -> tuple[Handover, ...]:
    """The hand-overs of the response in order."""
    rows = [fact for fact in findings.rows if _within(fact, findings)]
    said = [*_said(rows), *_commands(rows)]
    return tuple(sorted([*_once(said), *_paged(rows, findings)], key=lambda one: (one.time, one.role, one.taker)))


def _within(fact: Fact, findings: Findings) -> bool:
    known = [one.time for one in findings.milestones.values() if one.time is not None]
    return bool(known) and min(known) - MINUTE <= fact.time <= max(known) + _AFTERWARDS


# ---- what people say


def _said(rows: Sequence[Fact]) -> Iterator[Handover]:
    """Who says that a role goes from one to another."""
    people = {fact.actor for fact in rows if fact.actor and not fact.by_bot}
    for fact in rows:
        if fact.kind in ("chat", "speech") and fact.actor and not fact.by_bot and not is_retracted(fact.message):
            for sentence in sentences(fact.message):
                if one := _in_sentence(sentence, fact, people):
                    yield one


def _in_sentence(sentence: str, fact: Fact, people: Iterable[str]) -> Handover | None:
    if (arrow := _ARROW.search(sentence)) and not objection(sentence, arrow.start(), arrow.end(), COMMAND):
        giver, taker = _known(arrow["name"], people), _known(arrow["to"].strip(), people)
        return _handover(_IC, giver, taker, fact, "said") if giver and taker else None
    for pattern in (_GIVES, _TAKES, _TAKEN):
        match = pattern.search(sentence)
        if not match or objection(sentence, match.start(), match.end(), COMMAND):
            continue
        other = _known(match["name"], people)
        role = match["role"]
        if not other or (not role and not _OVER.search(match[0])):
            continue
        giver, taker = (other, fact.actor) if pattern is _TAKES else (fact.actor, other)
        if pattern is _TAKEN:
            giver = ""
        if not same_person(giver, taker):
            return _handover(_role(role), giver, taker, fact, "said")
    return None


def _role(words: str | None) -> str:
    """The role that a word names; command, where it names none."""
    text = (words or "ic").lower()
    return "communications_lead" if text.startswith("comm") and text[:7] != "command" else _NAMED_ROLES[text[:2]]


def _commands(rows: Sequence[Fact]) -> Iterator[Handover]:
    """Who takes command that another held."""
    holder, people = "", {fact.actor for fact in rows if fact.actor and not fact.by_bot}
    for fact in rows:
        named = commander(fact) if fact.kind in ("chat", "speech") and _is_of_command(fact) else ""
        taker = _known(named, people) or named
        if not taker:
            continue
        if holder and not same_person(holder, taker):
            yield _handover(_IC, holder, taker, fact, "said")
        holder = taker


def _is_of_command(fact: Fact) -> bool:
    return any(one.moment == COMMAND for one in statements(fact.message, bot=fact.by_bot))


def _once(said: Sequence[Handover]) -> list[Handover]:
    """Each hand-over once: what two people say of it within minutes is one, with the evidence of both."""
    kept: list[Handover] = []
    for one in sorted(said, key=lambda each: each.time):
        at = next((at for at, other in enumerate(kept) if _alike(other, one)), None)
        if at is None:
            kept.append(one)
        else:
            kept[at] = _both(kept[at], one)
    return kept


def _alike(one: Handover, other: Handover) -> bool:
    givers = not one.giver or not other.giver or same_person(one.giver, other.giver)
    return one.role == other.role and same_person(one.taker, other.taker) and givers and other.time - one.time <= _ONE


def _both(one: Handover, other: Handover) -> Handover:
    places = tuple(dict.fromkeys((*one.evidence, *other.evidence)))
    return Handover(
        role=one.role, giver=one.giver or other.giver, taker=one.taker, time=one.time, how=one.how, evidence=places
    )  # fmt: skip


# ---- what the pager does


def _paged(rows: Sequence[Fact], findings: Findings) -> Iterator[Handover]:
    """Whom the incident's own pages went to, one after the other."""
    own = {page.key for page in findings.scope.pages}
    holder: dict[str, str] = {}
    how: dict[str, str] = {}
    for fact in rows:
        if fact.kind != "page" or fact.incident_key not in own:
            continue
        if fact.action == "incident.escalated":
            how[fact.incident_key] = "escalated"
        taker = assigned(fact) if fact.action in ("incident.assigned", "incident.escalated") else ""
        if not taker:
            continue
        before = holder.get(fact.incident_key, "")
        if before and not same_person(before, taker):
            yield _handover(PAGE, before, taker, fact, how.pop(fact.incident_key, "assigned"))
        holder[fact.incident_key] = taker


def _handover(role: str, giver: str, taker: str, fact: Fact, how: str) -> Handover:
    return Handover(role=role, giver=giver, taker=taker, time=fact.time, how=how, evidence=(fact.evidence,))


# ---- names


def _known(name: str, people: Iterable[str]) -> str:
    """The person whom a name or a handle means, of those who spoke; "" where that is nobody or more than one."""
    words = name.split()
    for count in range(len(words), 0, -1):
        found = {each for each in people if same_person(each, " ".join(words[:count]))}
        if len(found) == 1:
            return found.pop()
    return ""


def same_person(one: str, other: str) -> bool:
    """Whether two names may be of one person: all words of the shorter are among those of the longer."""
    few, many = sorted((_words(one), _words(other)), key=len)
    return bool(few) and few <= many


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[\s._@'\u2019-]+", name.casefold()) if word}
