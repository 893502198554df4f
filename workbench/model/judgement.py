"""One judgement that a person made on an event: a line of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Verb(StrEnum):
    """What was judged."""

    PIN = "pin"
    UNPIN = "unpin"
    HIDE = "hide"
    UNHIDE = "unhide"
    RELABEL = "relabel"
    NOTE = "note"
    MILESTONE = "milestone"
    MERGE = "merge"
    REJECT = "reject"
    TELL = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Who said what of which event, when: ``id`` is unique to the line, ``value`` plain JSON, ``time`` RFC 3339."""

    id: str
    event: str
    verb: Verb
    value: Any = None
    author: str = ""
    time: str


_VALUED = {
    Verb.RELABEL: "label", Verb.NOTE: "note", Verb.MILESTONE: "milestone", Verb.MERGE: "merged",
    Verb.REJECT: "rejected", Verb.TELL: "told",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Standing:
    """What holds of one event after all judgements: the judgement that says so, None where none does."""

    pinned: Judgement | None = None
    hidden: Judgement | None = None
    label: Judgement | None = None
    note: Judgement | None = None
    milestone: Judgement | None = None
    merged: Judgement | None = None
    rejected: Judgement | None = None
    told: Judgement | None = None
    last: Judgement | None = None

    def hear(self, said: Judgement) -> None:
        """Takes the next judgement: the last of its kind holds, and a value of nothing withdraws."""
        valued = said if said.value else None
        if said.verb in {Verb.PIN, Verb.UNPIN}:
            self.pinned = said if said.verb is Verb.PIN else None
        elif said.verb in {Verb.HIDE, Verb.UNHIDE}:
            self.hidden = said if said.verb is Verb.HIDE else None
        else:
            setattr(self, _VALUED[said.verb], valued)
        self.last = said


def standing(judgements: Iterable[Judgement]) -> dict[str, Standing]:
    """What holds of each event that was judged; the judgements are in the order of the journal."""
    found: dict[str, Standing] = {}
    for each in judgements:
        found.setdefault(each.event, Standing()).hear(each)
    return found


def named(said: Judgement | None) -> tuple[str, ...]:
    """The milestones that a judgement names: the value is one name, or a list of several."""
    value = said.value if said else None
    found = value if isinstance(value, list) else [value]
    return tuple(str(each) for each in found if isinstance(each, str) and each)


def marked(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """Which judgement says of which event that it is a milestone, by the milestone: the last one that still holds."""
    judgements = tuple(judgements)
    holding = {one.milestone.id for one in standing(judgements).values() if one.milestone}
    return {name: said for said in judgements if said.id in holding for name in named(said)}


def merges(judgements: Iterable[Judgement]) -> dict[str, str]:
    """For each event that is said to be the same as another, the one that stays, over as many steps as there are.

    Where two people merged two events into each other, the one who said so first is followed: a circle has no end.
    """
    judgements = tuple(judgements)
    holding = {one.merged.id for one in standing(judgements).values() if one.merged}
    into: dict[str, str] = {}
    for said in judgements:
        if said.id in holding and isinstance(said.value, str) and said.event not in _way(said.value, into):
            into[said.event] = said.value
    return {event: list(_way(event, into))[-1] for event in into}


def _way(event: str, into: dict[str, str]) -> Iterator[str]:
    """The event, what it was merged into, and so on."""
    yield event
    while event in into:
        event = into[event]
        yield event
