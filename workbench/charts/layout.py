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
    """A label's left edge in pixels and its lane, 0 nearest the marks; ``before`` where it ends at its mark."""

    x: float
    lane: int
    text: str
    before: bool = False


def flags(labels: Iterable[Label], *, width: float, size: float, gap: float = 8) -> tuple[Placed, ...]:
    """Labels as flags at their marks, in the order of time; no line from a raised label down to its mark crosses words.

    Of labels that are near one another the first few may end at their marks and the others begin at theirs, as takes
    the fewest lanes. Those that begin stand the higher the earlier they are, those that end the higher the later.
    """
    rows = sorted(labels, key=lambda one: (one.at, one.text))
    lengths = [text_width(one.text, size) for one in rows]
    found: list[Placed] = []
    first = 0
    for after in range(1, len(rows) + 1):
        apart = after == len(rows) or rows[after].at - rows[after - 1].at > lengths[after - 1] + lengths[after] + gap
        if apart:
            found += _cluster(rows[first:after], lengths[first:after], width, gap)
            first = after
    return tuple(found)


def _cluster(rows: Sequence[Label], lengths: Sequence[float], width: float, gap: float) -> list[Placed]:
    """The way of all splits that takes the fewest lanes; with as few as possible that end at their marks."""
    fitting = [
        at for at in range(len(rows) + 1) if all(one.at >= long for one, long in zip(rows[:at], lengths, strict=False))
    ]
    ways = (
        [
            *_before(rows[:split], lengths[:split], gap),
            *_behind(rows[split:], lengths[split:], width, gap),
        ]
        for split in fitting
    )
    return min(ways, key=lanes_of)


def _before(rows: Sequence[Label], lengths: Sequence[float], gap: float) -> list[Placed]:
    """Each ends at its mark, over all earlier marks that it reaches."""
    placed: list[Placed] = []
    for row, long in zip(rows, lengths, strict=True):
        over = [one.lane for other, one in zip(rows, placed, strict=False) if other.at >= row.at - long - gap]
        placed.append(Placed(x=round(row.at - long, 1), lane=max(over, default=-1) + 1, text=row.text, before=True))
    return placed


def _behind(rows: Sequence[Label], lengths: Sequence[float], width: float, gap: float) -> list[Placed]:
    """Each begins at its mark, over all later marks that it reaches; at the edge it is moved as far as it must."""
    placed: list[tuple[float, Placed]] = []
    for row, long in zip(rows[::-1], lengths[::-1], strict=True):
        left = max(0.0, min(row.at, width - long))
        over = [one.lane for at, one in placed if min(at, one.x) <= left + long + gap]
        placed.append((row.at, Placed(x=round(left, 1), lane=max(over, default=-1) + 1, text=row.text)))
    return [one for _, one in placed[::-1]]


def lanes_of(placed: Sequence[Placed]) -> int:
    """How many lanes the labels need."""
    return max((one.lane for one in placed), default=-1) + 1
