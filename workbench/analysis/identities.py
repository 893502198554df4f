"""Who is meant by the names, logins, addresses and ids of an incident's sources: accounts joined to people."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.analysis.facts import Fact
    from workbench.model import Team

# What can be somebody's name, login or address; a text with other signs is none, and would make words of it names.
_NAME = re.compile(r"(?=.*[^\W\d_])[\w .,'\u2019@+()\u00b7-]{2,120}")
_WORDS = re.compile(r"[^\W\d_]+")
# What a source tells of the one who acted, besides the name.
_KEYS = ("actor_email", "user", "user_id", "login", "username")
# Whom a source names who did nothing in it: those a ticket or a page was given to, and who opened it.
_NAMED = ("assignee", "reporter", "to", "assignees")
# A person's name, told from a team's, a queue's or a program's: two words or more, or the login or address of one.
_PERSON = re.compile(r"(?:[^\W\d_][\w.'\u2019-]* ){1,4}[^\W\d_][\w'\u2019-]*|[^\W\d_]+\.[^\W\d_]+|[\w.+-]+@[\w.-]+")
_NO_PERSON = re.compile(
    r"(?i)\b(?:team|teams|bot|automation|on[ -]?call|oncall|service|services|support|admin|administrator|system|user"
    r"|unassigned|nobody|none|queue|group|desk|platform|engineering|operations|ops|sre|policy|schedule|escalation|api"
    r"|default|integration|monitoring|alerts?|jira|github|slack|primary|secondary|rotation|level)\b"
)


@dataclass(slots=True)
class Identity:
    """One person: the name that stands for them, and every spelling seen."""

    name: str
    spellings: set[str] = field(default_factory=set)


def identities(rows: Iterable[Fact], names: Iterable[str], team: Team) -> list[Identity]:
    """The people of an incident: those who acted in its sources, those whom its files name, those of the team.

    Accounts are one person where the team's file says so, where they share an e-mail address, or where their names are
    the same words (``marek.novak`` and Marek Novák).
    """
    found: dict[str, Identity] = {}
    for person in team.people:
        found[_same(person.name)] = Identity(name=person.name, spellings=set(person.spellings))
    owner = {spelling.casefold(): key for key, one in found.items() for spelling in one.spellings}
    told = list(rows)
    for name, others in [*_accounts(told), *_named(told), *((name, set()) for name in names)]:
        spellings = {each for each in (name, *others) if _NAME.fullmatch(each)}
        if not spellings or _is_no_person(name, team):
            continue
        key = next((owner[each.casefold()] for each in spellings if each.casefold() in owner), _same(name))
        one = found.setdefault(key, Identity(name=name))
        one.spellings |= spellings
        owner |= {each.casefold(): key for each in spellings}
    return list(found.values())


def _is_no_person(name: str, team: Team) -> bool:
    """Whether a name is a team's or a queue's: hiding its words would take them out of every sentence."""
    teams = {one.team.casefold() for one in team.services}
    return name.casefold() in teams or bool(_NO_PERSON.search(name) and team.person(name) is None)


def _accounts(rows: Iterable[Fact]) -> list[tuple[str, set[str]]]:
    """Each acting person with what else the source calls them; programs are none."""
    seen: dict[str, set[str]] = {}
    for fact in rows:
        if fact.actor and not fact.by_bot:
            told = {value for key in _KEYS if (value := _text(fact.attributes.get(key)))}
            seen.setdefault(fact.actor, set()).update(told, _texts(fact.attributes.get("also_called")))
    return sorted(seen.items())


def _named(rows: Iterable[Fact]) -> list[tuple[str, set[str]]]:
    """Those whom somebody mentioned by id, with what else they are called, and whom tickets and pages name."""
    seen: dict[str, set[str]] = {}
    for fact in rows:
        for mentioned in fact.attributes.get("mentions") or ():
            for name in _texts(mentioned)[:1]:
                seen.setdefault(name, set()).update(_texts(mentioned))
        for value in (fact.attributes.get(key) for key in _NAMED):
            for name in _texts(value if isinstance(value, list) else [value]):
                if _PERSON.fullmatch(name) and not _NO_PERSON.search(name):
                    seen.setdefault(name, set())
    return sorted(seen.items())


def _texts(value: object) -> list[str]:
    return [text for one in value if (text := _text(one))] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _same(name: str) -> str:
    """The words of a name without accents and in order, the local part of an address alone."""
    local = name.split("@", 1)[0] if "@" in name else name
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", local) if not unicodedata.combining(sign))
    return " ".join(sorted(word.casefold() for word in _WORDS.findall(plain))) or name.casefold()
