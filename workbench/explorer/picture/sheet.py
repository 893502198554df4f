"""The sheet that the picture grows on, from top to bottom, and what all its parts share: the axis and its clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.charts.layout import MINUTE
from workbench.explorer.picture.drawing import END, word

if TYPE_CHECKING:
    from workbench.charts.layout import Axis

WIDE, LEFT, BIN = 960, 264, 3
BINS = (WIDE - LEFT - 8) // BIN
NUMBERS = (208, 252)  # where the numbers of events and of errors end
HEAD = 46
MILLI = 1_000_000  # ns
_SECOND = 1000 * MILLI
_DAY = 86_400 * _SECOND
# Steps between ticks of less than a minute, in ns; longer ones are the report's.
_FINE = tuple(one * unit for unit in (1_000, MILLI, _SECOND) for one in (1, 2, 5, 10, 20, 50, 100, 200, 500))


@dataclass(kw_only=True)
class Sheet:
    """The parts so far; ``y`` is where the next one begins."""

    axis: Axis
    parts: list[str] = field(default_factory=list)
    y: float = HEAD

    def x(self, ms: float) -> float:
        """The pixel of a moment in ms."""
        return LEFT + self.axis.at(in_ns(ms))

    def within(self, ms: float) -> bool:
        """Whether a moment is in the picture."""
        return self.axis.start <= in_ns(ms) <= self.axis.end

    def add(self, *parts: str) -> None:
        """Draws over what is there."""
        self.parts += parts

    def named(self, words: str, base: float, more: str = "") -> None:
        """The name of a row on the left, with a figure at its end."""
        self.add(word(0, base, words, "quiet"), word(NUMBERS[1], base, more, "quiet", more=END))


def in_ns(ms: float) -> int:
    """The browser's milliseconds as UTC ns; a product of the whole number would lose the last digits."""
    return math.floor(ms) * MILLI + round(ms % 1 * MILLI)


def ticks(axis: Axis) -> list[int]:
    """Round times (UTC ns), so far apart that their words do not touch."""
    length = axis.end - axis.start
    if length > 90 * _DAY:
        return _months(axis)
    if length > 4 * MINUTE:
        return axis.ticks(84)
    step = next((one for one in _FINE if length / one <= 7), MINUTE)
    return list(range(-(-axis.start // step) * step, axis.end + 1, step))


def _months(axis: Axis) -> list[int]:
    """First days of months, of quarters, of years, or of every tenth year."""
    first, last = (datetime.fromtimestamp(each // _SECOND, UTC) for each in (axis.start, axis.end))
    months = 12 * (last.year - first.year) + last.month - first.month
    step = next(one for one in (1, 2, 3, 6, 12, 24, 60, 120, 240, 1200) if months / one <= 8)
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    starts = (datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC) for at in numbers if at % step == 0)
    return [round(each.timestamp()) * _SECOND for each in starts if each >= first]


def tick_words(ns: int, axis: Axis) -> str:
    """What stands at a tick: a clock, or a date at midnight and where days are looked at."""
    when, length = datetime.fromtimestamp(ns // _SECOND, UTC), axis.end - axis.start
    if length > 90 * _DAY:
        return f"{when:%b %Y}"
    if ns % _DAY == 0:
        return f"{when.day} {when:%b}"
    if length > 4 * MINUTE:
        return f"{when:%H:%M}"
    return f"{when:%H:%M:%S}" + (f".{ns % _SECOND // 1000:06d}".rstrip("0") if ns % _SECOND else "")


def clock(ms: float) -> str:
    """A moment to the second."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%H:%M:%S}"


def stretch(start: float, end: float) -> str:
    """From when to when, in ms; its day once where it is one."""
    first, last = (datetime.fromtimestamp(each // 1000, UTC) for each in (start, end))
    form = "%H:%M" if end - start > 20 * 60_000 else "%H:%M:%S"
    if first.date() == last.date():
        return f"{first.day} {first:%b %Y}, {first:{form}} to {last:{form}}"
    return f"{first.day} {first:%b %Y} {first:{form}} to {last.day} {last:%b %Y} {last:{form}}"
