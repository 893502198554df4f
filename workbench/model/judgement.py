"""One judgement that a person made on an event: a line of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
