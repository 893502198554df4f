"""The times of a block's lines: taken from the place where they stood in the lines before, else found by expression.

An expression that looks for the time of every line costs more than all the rest of reading. Logs are regular: where
one line has its time at byte 1, 23 bytes wide and followed by a blank, the next has it there too. So the bytes at that
place are read as a time; only where they are none, or the line begins otherwise, the expression decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import ParsedColumn, layout
from workbench.readers.line_heads import flush_left, heads, matches
from workbench.readers.times import TimeReader

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns
    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared
    from workbench.readers.times import EpochReader, TimeColumns
    from workbench.readers.written_times import WrittenTimes

    Times = TimeReader | EpochReader | WrittenTimes

    Bytes = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]

LONGEST_PREFIX = 8  # bytes before a time that may be learned: "[", "<14>"
_ENDS_TIME = re.compile(rb"[ \]\t;|)]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line's time stands: after these bytes, so many bytes wide, and followed by this one."""

    prefix: bytes
    width: int
    next: int
    may_go_on: bool  # an offset may follow after a blank: then the expression decides


@dataclass(frozen=True, slots=True)
class LineTimes:
    """For each line of a block: does a pattern match it, and its time."""

    matched: Mask
    times: TimeColumns


class LineTimeReader:
    """Reads one source's blocks in turn."""

    def __init__(self, declared: Declared, times: Times) -> None:
        self._declared, self._times = declared, times
        self._place: Place | None = None
        layouts = [layout(text) for text in declared.times]
        self._abbreviated = any("Z" in each.variable for each in layouts)
        self._offset = any("z" in each.variable for each in layouts)

    def read(self, block: Block) -> LineTimes:
        """The block's lines, in order."""
        if isinstance(self._times, TimeReader):
            rows, table = self._candidates(block)
            if len(rows):
                return self._by_place(self._times, block, rows, table)
        matched, texts = self._by_expression(block, np.arange(len(block)))
        found = LineTimes(matched, self._times.read(texts))
        self._learn(block, matched & found.times.valid, texts)
        return found

    def _by_expression(self, block: Block, rows: type_ns) -> tuple[Mask, pl.Series]:
        if self._declared.flush_left:
            flush = flush_left(block)[rows]
            if not flush.all():
                matched = np.zeros(len(rows), dtype=np.bool_)
                texts = pl.repeat(None, len(rows), dtype=pl.String, eager=True).alias("time")
                if not flush.any():
                    return matched, texts
                matched[flush], found = heads(self._declared, block.lines().gather(rows[flush]))
                return matched, texts.scatter(pl.Series(np.flatnonzero(flush), dtype=pl.UInt32), found)
        lines = block.lines()
        return heads(self._declared, lines if len(rows) == len(lines) else lines.gather(rows))

    def _learn(self, block: Block, begins: Mask, texts: pl.Series) -> None:
        """Keeps where the first event of the block has its time, if the expression leaves no other place for it."""
        if not begins.any() or self._declared.time_between or self._declared.epoch or self._abbreviated:
            return
        first = int(np.argmax(begins))
        text, time = block.text(first).encode(), str(texts[first]).encode()
        at = text.index(time)
        after = text[at + len(time) : at + len(time) + 1]
        if at <= LONGEST_PREFIX and _ENDS_TIME.match(after) and self._only_place(text[:at].decode()):
            self._place = Place(text[:at], len(time), after[0], may_go_on=self._offset)

    def _only_place(self, prefix: str) -> bool:
        """Whether some pattern has exactly this before its time, as its own beginning."""
        befores = (pattern.regex[1:].split("(?P<time>", 1)[0] for pattern in self._declared.patterns)
        return any(_is_whole(before, prefix) for before in befores)

    def _candidates(self, block: Block) -> tuple[type_ns, Bytes]:
        """The lines with something at the place of the time, and the bytes that stand there."""
        raw = np.frombuffer(block.data, dtype=np.uint8)[: block.stop]
        none: type_ns = np.zeros(0, dtype=np.int64)
        if self._declared.time_between:
            mark, width = self._declared.time_between
            at = _after_mark(raw, block.starts, mark.encode())
            rows = np.flatnonzero(at + width <= block.ends)
        elif self._place is not None:
            width = self._place.width
            at = block.starts + len(self._place.prefix)
            rows = np.flatnonzero(at + width < block.ends)
            rows = rows[_fits(self._place, raw, block.starts[rows])]
        else:
            return none, np.zeros((0, 0), dtype=np.uint8)
        if not len(rows):
            return none, np.zeros((0, width), dtype=np.uint8)
        windows = np.lib.stride_tricks.sliding_window_view(raw, width)
        return rows, windows[at if len(rows) == len(at) else at[rows]]

    def _by_place(self, reader: TimeReader, block: Block, rows: type_ns, table: Bytes) -> LineTimes:
        heads_of_runs, counts = _runs(table)
        parsed = reader.read_table(table if len(heads_of_runs) == len(table) else table[heads_of_runs])
        matched = self._matched(block, rows, np.repeat(parsed.valid, counts))
        rest = np.flatnonzero(~matched)
        more, texts = self._by_expression(block, rest) if len(rest) else (np.zeros(0, dtype=np.bool_), None)
        if len(rows) == len(block) and not more.any():
            return LineTimes(matched, reader.settled(parsed).repeated(counts))
        whole = ParsedColumn.blank(len(block), has_year=parsed.year is not None)
        whole.put(rows, parsed, np.repeat(np.arange(len(counts)), counts))
        if texts is not None:
            matched[rest] = more
            whole.put(rest, reader.read_column(texts))
        return LineTimes(matched, reader.settled(whole))

    def _matched(self, block: Block, rows: type_ns, valid: Mask) -> Mask:
        """Which of all lines begin with a valid time at the usual place and go on as a pattern says."""
        matched = np.zeros(len(block), dtype=np.bool_)
        kept = rows[valid]
        if self._declared.time_alone:
            matched[kept] = True
        elif len(kept):
            lines = block.lines()
            matched[kept] = matches(self._declared, lines if len(kept) == len(lines) else lines.gather(kept))
        return matched


def _is_whole(expression: str, text: str) -> bool:
    try:
        return re.fullmatch(expression, text) is not None
    except re.error:  # an expression of another dialect, or cut within a group
        return False


def _fits(place: Place, raw: Bytes, starts: type_ns) -> Mask:
    """Which lines have the place's prefix before and its byte after the time."""
    fits: Mask = raw[starts + len(place.prefix) + place.width] == place.next
    for offset, byte in enumerate(place.prefix):
        fits &= raw[starts + offset] == byte
    if place.may_go_on:
        beyond = raw[np.minimum(starts + len(place.prefix) + place.width + 1, len(raw) - 1)]
        fits &= (beyond != ord("+")) & (beyond != ord("-"))
    return fits


def _after_mark(raw: Bytes, starts: type_ns, mark: bytes) -> type_ns:
    """For each line the byte after the first mark in it, or beyond all lines where it has none."""
    marks = np.flatnonzero(raw == mark[0])
    for offset in range(1, len(mark)):
        marks = marks[raw[np.minimum(marks + offset, len(raw) - 1)] == mark[offset]]
    marks = np.append(marks, 2 * len(raw) + 1)
    found: type_ns = marks[np.searchsorted(marks, starts)] + len(mark)
    return found


def _runs(table: Bytes) -> tuple[type_ns, type_ns]:
    """Where runs of equal rows begin, and how long they are: a busy log has the same second line after line."""
    begins = np.ones(len(table), dtype=np.bool_)
    begins[1:] = (table[1:] != table[:-1]).any(axis=1)
    rows = np.flatnonzero(begins)
    return rows, np.diff(np.append(rows, len(table)))
