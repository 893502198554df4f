"""One judgement that a person made on an event: a line of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Who said what of which event, when: ``id`` is unique to the line, ``value`` plain JSON, ``time`` RFC 3339."""

    id: str
    event: str
    verb: Verb
    value: Any = None
    author: str = ""
    time: str


@dataclass(slots=True, kw_only=True)
class Standing:
    """What holds of one event after all judgements: the judgement that says so, None where none does."""

    pinned: Judgement | None = None
    hidden: Judgement | None = None
    label: Judgement | None = None
    note: Judgement | None = None
    milestone: Judgement | None = None
    last: Judgement | None = None

    def hear(self, said: Judgement) -> None:
        """Takes the next judgement: the last of its kind holds, and a value of nothing withdraws."""
        valued = said if said.value else None
        if said.verb in {Verb.PIN, Verb.UNPIN}:
            self.pinned = said if said.verb is Verb.PIN else None
        elif said.verb in {Verb.HIDE, Verb.UNHIDE}:
            self.hidden = said if said.verb is Verb.HIDE else None
        elif said.verb is Verb.RELABEL:
            self.label = valued
        elif said.verb is Verb.NOTE:
            self.note = valued
        elif said.verb is Verb.MILESTONE:
            self.milestone = valued
        self.last = said


def standing(judgements: Iterable[Judgement]) -> dict[str, Standing]:
    """What holds of each event that was judged; the judgements are in the order of the journal."""
    found: dict[str, Standing] = {}
    for each in judgements:
        found.setdefault(each.event, Standing()).hear(each)
    return found
