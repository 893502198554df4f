"""Where things stand on a time axis: labels that never collide, ticks at round times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUTE = 60_000_000_000
# Steps between ticks, in minutes.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200)
# The widest digits and capitals of Arial are 0.72 em; an average line of label text is near 0.56.
_EM = 0.58


def text_width(text: str, size: float) -> float:
    """The width in pixels that a label surely fits in."""
    wide = sum(1.0 if ord(sign) > 0x2E80 else _EM for sign in text)
    return wide * size + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A stretch of time on a stretch of pixels; times in UTC ns."""

    start: int
    end: int
    width: float

    def at(self, ns: int) -> float:
        """The pixel of a time."""
        return (ns - self.start) / (self.end - self.start) * self.width

    def ticks(self, spacing: float = 72) -> list[int]:
        """Round times about ``spacing`` pixels apart or more."""
        most = max(2, int(self.width // spacing))
        length = (self.end - self.start) / MINUTE
        step = next((step for step in _STEPS if length / step <= most), _STEPS[-1]) * MINUTE
        return list(range(-(-self.start // step) * step, self.end + 1, step))

    @property
    def crosses_midnight(self) -> bool:
        """Whether more than one UTC day is on it."""
        return (
            datetime.fromtimestamp(self.start // 10**9, UTC).date()
            != datetime.fromtimestamp((self.end - 1) // 10**9, UTC).date()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label to place: the pixel it belongs to and its words."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A label's left edge in pixels and its lane, 0 nearest the marks."""

    x: float
    lane: int
    text: str


def flags(labels: Iterable[Label], *, width: float, size: float, gap: float = 8) -> tuple[Placed, ...]:
    """Labels as flags: each begins at its mark, and the earlier stands higher, so that no staff crosses another's words.

    ``x`` is the left edge. Near the right edge a flag is moved to the left as far as it must.
    """
    placed: list[tuple[float, Placed]] = []
    for label in sorted(labels, key=lambda one: (-one.at, one.text)):
        length = text_width(label.text, size)
        left = max(0.0, min(label.at, width - length))
        over = [other.lane for at, other in placed if min(at, other.x) <= left + length + gap]
        placed.append((label.at, Placed(x=round(left, 1), lane=max(over, default=-1) + 1, text=label.text)))
    return tuple(one for _, one in placed[::-1])


def lanes_of(placed: Sequence[Placed]) -> int:
    """How many lanes the labels need."""
    return max((one.lane for one in placed), default=-1) + 1
