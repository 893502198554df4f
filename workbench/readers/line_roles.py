"""What a line is that begins no event: blank, the continuation of one, or rejected with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.readers.declared import Declared

    Mask = npt.NDArray[np.bool_]

MIN_READABLE = 24  # letters and digits that a line with unreadable bytes needs to be taken as text
_BANNER = re.compile(r"^[-=*#]{3,}.*[-=*#]{3,}\s*$")
_UNREADABLE = re.compile(r"\\x[0-9a-f]{2}|\x00|\ufffd")


@dataclass(slots=True)
class Roles:
    """One flag a line; exactly one of them, or the line begins an event."""

    blank: Mask
    continuation: Mask
    rejected: Mask
    reasons: dict[int, str] = field(default_factory=dict)

    @classmethod
    def none(cls, count: int) -> Roles:
        """No role for any of so many lines."""
        blank, continuation, rejected = (np.zeros(count, dtype=np.bool_) for _ in range(3))
        return cls(blank, continuation, rejected)


def counted_lines(declared: Declared, lines: Sequence[str], begins: Mask) -> int:
    """How many of the lines a reader must answer for: all but the continuations of the events among them."""
    begun, counted = False, 0
    for line, begin in zip(lines, begins, strict=True):
        begun |= bool(begin)
        continued = not begin and begun and rejection(declared, line, begun=True) is None
        counted += not continued and not _is_ignored(declared, line)
    return counted


def shape_of(text: str) -> str:
    """A text with its letters as ``a`` and its digits as ``9``."""
    return "".join("9" if char.isdigit() else "a" if char.isalpha() else char for char in text)


def rejection(declared: Declared, line: str, *, begun: bool, shape: str = "") -> str | None:
    """Why a line that begins no event is rejected; None where it continues the event before it."""
    if _is_ignored(declared, line):
        return "a header or a notice, no event"
    if declared.continuation == "none":
        return f"not a line of {declared.title}"
    if not begun:
        return "no event begins here, and none came before"
    if line[0] in " \t":
        return None
    if declared.continuation == "indented":
        return f"not a line of {declared.title}, and not indented as a continuation"
    return _junk(line, shape)


def _is_ignored(declared: Declared, line: str) -> bool:
    return any(re.match(pattern, line) for pattern in declared.ignore)


def _junk(line: str, shape: str) -> str | None:
    """Why a flush-left line is not taken as continuation although the format has such."""
    own = shape_of(line[: len(shape)])
    if shape and shape.startswith(own):
        # It begins as an event does and is none: a shipper cut it, within its time or after.
        return "cut off: it begins like an event, and is not whole"
    if _UNREADABLE.search(line) and sum(map(str.isalnum, _UNREADABLE.sub("", line))) < MIN_READABLE:
        return "bytes that are no text"
    return "a banner, no event" if _BANNER.match(line) else None
