"""A stretch of text that a reader of a finished file could find in it, and where it stands there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a stretch of text is searched."""

    PROSE = "prose"  # what people read: by all rules
    CODE = "code"  # scripts and styles: by the rules that know a value by its own shape
    RAW = "raw"  # the file as it is written: for known values in any disguise
    CLOSED = "closed"  # what cannot be looked into; the text says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """``member`` is the file within a file, ``where`` the place in words."""

    text: str
    where: str
    member: str = ""
    kind: Kind = Kind.PROSE
