"""The post-mortem meeting: when it can be held, who is asked, what is asked of each moment, and two agendas."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from workbench.documents.views import moment_of
from workbench.model import MILESTONES
from workbench.report.wording import MINUTE, clock, minutes, moment, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.report.facts import Facts

LENGTH = 60  # minutes
_REST = 12 * 60 * MINUTE  # nobody is asked to a meeting sooner after the end
_STEP = 30 * MINUTE
_FIRST_HOUR, _LAST_HOUR = 9, 17  # UTC, Monday to Friday

# What each part is for, and how many minutes it takes: 60 in all.
AGENDAS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "playbook": (
        (5, "Opening", "Why we are here; we look at the system and never for someone to blame."),
        (10, "Timeline", "Read it together; add what no file holds."),
        (15, "Causes", "Five whys, down to conditions and missing controls."),
        (10, "What went well, what could be improved", "Also where we got lucky."),
        (15, "Action items", "Each with an owner, a due day and how we see that it is done."),
        (5, "Close", "Who finishes the document, and who gets it."),
    ),
    "learning": (
        (5, "Opening", "What we hope to learn; nobody has to justify anything."),
        (20, "How it looked from where you were", "Each responder tells what they saw, expected and tried, in order."),
        (10, "What surprised us", "Signals that misled, knowledge that only one person had, what nearly went worse."),
        (10, "How the work is done on a good day", "What makes it succeed most of the time, and what was different."),
        (10, "What others should know", "Themes, not fixes: who would gain from hearing this?"),
        (5, "Close", "Action items are worked out afterwards, by those who own the systems."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """Who is asked, and why; ``email`` is empty where no source gives it."""

    name: str
    why: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When the meeting is; times are UTC ns. ``basis`` says where the time is from."""

    start_ns: int
    end_ns: int
    start: str
    end: str
    due: str
    basis: str
    held: bool  # or only proposed
    invitees: tuple[Invitee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an agenda."""

    clock: str  # empty where no time for the meeting is known
    minutes: int
    title: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about one milestone."""

    milestone: str
    text: str
    refs: tuple[str, ...] = ()


def meeting_of(facts: Facts) -> Meeting | None:
    """The meeting as it was held, else a proposal within 48 hours of the end; None where the end is not known."""
    held = facts.incident.milestones.get("postmortem_held")
    if held is not None:
        return replace(_meeting(facts, held, "It was held at this time (incident.toml)."), held=True)
    resolved = facts.moment("resolved")
    if resolved is None or facts.due_ns is None:
        return None
    length = LENGTH * MINUTE
    first = -(-(resolved + _REST) // _STEP) * _STEP
    slots = range(first, facts.due_ns - length + 1, _STEP)
    found = next((at for at in slots if _is_working_time(at)), None)
    if found is not None:
        return _meeting(
            facts, found, "A proposal: the first hour between 09:00 and 17:00 UTC, twelve hours or more after the end."
        )
    last = (facts.due_ns - length) // _STEP * _STEP
    return _meeting(
        facts, last, "A proposal: the last hour before the 48 hours are over; none of them is a working hour."
    )


def _is_working_time(at: int) -> bool:
    start = datetime.fromtimestamp(at // 1_000_000_000, UTC)
    end = start + timedelta(minutes=LENGTH)
    is_in_time = start.hour >= _FIRST_HOUR and (end.hour, end.minute) <= (_LAST_HOUR, 0)
    return start.weekday() < 5 and start.date() == end.date() and is_in_time


def _meeting(facts: Facts, start: int, basis: str) -> Meeting:
    end = start + LENGTH * MINUTE
    return Meeting(
        start_ns=start, end_ns=end, start=moment(start), end=clock(end), basis=basis, held=False,
        due=moment(facts.due_ns) if facts.due_ns else "", invitees=tuple(_invitees(facts)),
    )  # fmt: skip


def _invitees(facts: Facts) -> Iterator[Invitee]:
    """Everyone with a role, who took part, or who owns an action; each once, for the first of these reasons."""
    people = facts.incident.people
    roles = ("incident_commander", "technical_lead", "communications_lead", "scribe")
    reasons = [(getattr(people, role), role.replace("_", " ")) for role in roles]
    reasons += [(name, "took part in the response") for name in (*people.participants, *facts.activity)]
    reasons += [(one.owner, "owns an action item") for one in facts.actions]
    seen: dict[str, tuple[str, str]] = {}
    for name, why in reasons:
        if name:
            seen.setdefault(_key(name), (name, why))
    return (Invitee(name=name, why=why, email=facts.addresses.get(name, "")) for name, why in seen.values())


def _key(name: str) -> str:
    """What is the same in Marek Novák, marek.novak, @marek.novak and his address."""
    login = name.strip().lstrip("@").partition("@")[0]
    letters = (sign for sign in unicodedata.normalize("NFKD", login) if not unicodedata.combining(sign))
    return " ".join(re.split(r"[\s._-]+", "".join(letters).casefold()))


def agenda_of(facts: Facts, name: str) -> list[Part]:
    """The parts of an agenda, with their times where the meeting has one; LookupError for a name that is none."""
    if name not in AGENDAS:
        raise LookupError(f"{name!r} is no agenda; there are {', '.join(AGENDAS)}")
    meeting = meeting_of(facts)
    parts, passed = [], 0
    for length, title, about in AGENDAS[name]:
        at = clock(meeting.start_ns + passed * MINUTE) if meeting else ""
        parts.append(Part(clock=at, minutes=length, title=title, about=about))
        passed += length
    return parts


# What is worth asking of each moment, whoever was there. {gap} is the time since the moment before it.
_ASKED = {
    "started": "What was different from the day before, and where could it be seen at the time?",
    "detected": "What did the system show before this, and to whom? How would a customer have seen the first sign?",
    "acknowledged": "What did the page tell you, and what did you have to find out yourself?",
    "declared": "What made you sure enough to declare it, and what would have made it easier?",
    "identified": "Which other explanations did you look at first, and what made them plausible at the time?",
    "communicated": "What did customers know until then, and from whom?",
    "mitigated": "Which other mitigations were at hand, and what spoke for this one?",
    "recovered": "How did you know that customers were well again?",
    "resolved": "What are we still watching?",
}
# How the time of a milestone that nothing shows is asked for, where its name alone does not do.
_WHEN = {
    "started": "When did customers begin to feel it?",
    "communicated": "When were customers told?",
    "mitigated": "When was a mitigation in place?",
    "recovered": "When were customers well again?",
    "identified": "When was the cause known?",
    "resolved": "When was it over?",
    "acknowledged": "When did someone acknowledge it?",
    "declared": "When was it declared an incident?",
}
# How the moment before is called where its name is not the end of "since it was ...".
_SINCE = {
    "started": "since it began",
    "communicated": "since customers were told",
    "mitigated": "since the mitigation",
    "recovered": "since customers were well again",
    "identified": "since the cause was known",
}
_LONG = 5.0  # minutes between two moments that are worth a question


def questions(facts: Facts) -> list[Question]:
    """For each milestone what to ask: what it looked like, what took the time, or when it was."""
    known = sorted((at, name) for name in MILESTONES if (at := facts.moment(name)) is not None)
    before = {name: (known[place - 1] if place else None) for place, (_, name) in enumerate(known)}
    asked = [_question(facts, name, before[name]) for _, name in known]
    missing = [name for name in MILESTONES if facts.moment(name) is None]
    return asked + [
        Question(
            milestone=name, text=f"{_WHEN.get(name, f'When was it {name}?')} {sentence(moment_of(facts, name).why)}"
        )
        for name in missing
    ]


def _when(name: str) -> str:
    return f"When was it {name}?"


def _question(facts: Facts, name: str, before: tuple[int, str] | None) -> Question:
    one = facts.milestones[name]
    text = _ASKED[name]
    if before is not None and one.time is not None and (gap := (one.time - before[0]) / MINUTE) >= _LONG:
        text = f"{minutes(gap)} passed {_SINCE.get(before[1], f'since it was {before[1]}')}: what filled them? {text}"
    other = next((each for each in one.runners_up if abs(each.time - (one.time or 0)) >= MINUTE), None)
    if other is not None and str(one.basis) == "found":
        text += f" It could also have been at {clock(other.time)} ({other.rule}): which is right?"
    return Question(milestone=name, text=text, refs=facts.refs_of(name)[:1])
