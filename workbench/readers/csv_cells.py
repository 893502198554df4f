"""The cells of a table's rows, a block of the file at a time: quoted cells over several lines, and each row's own line.

RFC 4180, and what is written besides it: quotes within cells that are not doubled, rows too short or too long.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from workbench.readers.blocks import BLOCK_BYTES, LINE_FEED, Block, Blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from workbench.clock.zone import type_ns

LINE = "\0line"
LONGEST_ROW = 8 * 1024 * 1024  # a quote that is not closed within so many bytes is no quote
_LONGEST_CELL = 64 * 1024 * 1024
_QUOTE, _RETURN = ord('"'), 13


class Misfit(NamedTuple):
    """A row with more cells than the header: its line, how many cells, and its text."""

    line: int
    cells: int
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as text columns under the header's names, with the line of each; and those that do not fit."""

    cells: pl.DataFrame
    misfits: list[Misfit]


class TableRows:
    """The rows of a stream, blank rows and, of a ``headed`` table, the header left out."""

    def __init__(
        self,
        stream: IO[bytes],
        names: list[str],
        delimiter: str,
        *,
        headed: bool = True,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self._blocks, self._names, self._delimiter = Blocks(stream, size=block_bytes), names, delimiter
        self._header_seen = not headed

    def __iter__(self) -> Iterator[Rows]:
        for block in self._blocks:
            spans = _spans(block, self._delimiter)
            if spans.stop < len(block):
                self._blocks.give_back(block, spans.stop)
            spans = spans.filled(block)
            if not self._header_seen and len(spans.starts):
                self._header_seen, spans = True, spans.after(1)
            if len(spans.starts):
                yield self._rows(block, spans)

    def _rows(self, block: Block, spans: _Spans) -> Rows:
        text, lines = spans.text(block), pl.Series(LINE, spans.line + block.first_line, dtype=pl.Int64)
        if spans.sound and bool((spans.cells == len(self._names)).all()):
            frame = self._parsed(text)
            if frame is not None and len(frame) == len(lines):
                return Rows(_without_empty(frame.with_columns(lines)), [])
        return self._one_by_one(block, spans)

    def _parsed(self, text: bytes) -> pl.DataFrame | None:
        schema = dict.fromkeys(self._names, pl.String)
        try:
            frame = pl.read_csv(text, has_header=False, schema=schema, separator=self._delimiter)
        except pl.exceptions.PolarsError:
            return None
        return frame.with_columns(pl.all().fill_null(""))

    def _one_by_one(self, block: Block, spans: _Spans) -> Rows:
        """Rows that are not all of one width, by the standard library: short ones are filled up, long ones told."""
        csv.field_size_limit(_LONGEST_CELL)
        width, fitting, lines, misfits = len(self._names), [], [], []
        for start, end, line in zip(spans.starts.tolist(), spans.ends.tolist(), spans.line.tolist(), strict=True):
            text = block.data[start:end].decode("utf-8").rstrip("\r\n")
            cells = _cells(text, self._delimiter)
            if any(cell.strip() for cell in cells[width:]):
                misfits.append(Misfit(line + block.first_line, len(cells), text))
            else:
                fitting.append([*cells[:width], *[""] * (width - len(cells))])
                lines.append(line + block.first_line)
        frame = pl.DataFrame(fitting, schema=dict.fromkeys(self._names, pl.String), orient="row")
        return Rows(_without_empty(frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64))), misfits)


def _cells(text: str, delimiter: str) -> list[str]:
    *lines, last = text.split("\n")
    try:
        return next(csv.reader([*(f"{line}\n" for line in lines), last], delimiter=delimiter), [])
    except csv.Error:  # a carriage return within a cell without quotes
        return text.split(delimiter)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Where the rows of a block begin and end (line feed excluded), the line of each, and how many cells it has.

    ``stop`` is the line before which the last row ends; ``sound`` says that quotes stand only around cells.
    """

    starts: type_ns
    ends: type_ns
    line: type_ns
    cells: type_ns
    stop: int
    sound: bool

    def chosen(self, rows: type_ns) -> _Spans:
        """Some of the rows."""
        return _Spans(self.starts[rows], self.ends[rows], self.line[rows], self.cells[rows], self.stop, self.sound)

    def after(self, count: int) -> _Spans:
        """The rows but the first ones."""
        return self.chosen(np.arange(count, len(self.starts)))

    def filled(self, block: Block) -> _Spans:
        """The rows that hold anything."""
        raw = np.frombuffer(block.data, dtype=np.uint8)
        length = self.ends - self.starts
        bare = (length == 0) | ((length == 1) & (raw[np.minimum(self.starts, len(raw) - 1)] == _RETURN))
        return self.chosen(np.flatnonzero(~bare)) if bare.any() else self

    def text(self, block: Block) -> bytes:
        """The rows' bytes; copied one by one only where something was left out between them."""
        if bool((self.starts[1:] == self.ends[:-1] + 1).all()):
            return block.data[int(self.starts[0]) : int(self.ends[-1])]
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return b"\n".join(block.data[start:end] for start, end in pairs)


def _spans(block: Block, delimiter: str) -> _Spans:
    """The rows of a block: lines, or several lines where a quoted cell goes on."""
    raw = np.frombuffer(block.data, dtype=np.uint8, count=block.stop)
    marks, quotes = raw == ord(delimiter), raw == _QUOTE
    if not quotes.any():
        return _of_lines(block, np.arange(len(block)), marks, sound=True)
    outside = np.cumsum(quotes, dtype=np.int64) % 2 == 0
    if not _is_sound(raw, np.flatnonzero(quotes), delimiter):
        return _of_lines(block, _row_ends(block, delimiter), marks, sound=False)
    return _of_lines(block, np.flatnonzero(outside[np.minimum(block.ends, len(raw) - 1)]), marks & outside, sound=True)


def _is_sound(raw: np.ndarray, quotes: type_ns, delimiter: str) -> bool:
    """Whether quotes stand around cells only: what opens one follows a mark, what closes one precedes a mark."""
    near = np.zeros(256, dtype=np.bool_)
    near[[ord(delimiter), LINE_FEED, _RETURN, _QUOTE]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = near[raw[np.maximum(opening - 1, 0)]] | (opening == 0)
    after = near[raw[np.minimum(closing + 1, len(raw) - 1)]] | (closing == len(raw) - 1)
    return bool(before.all() and after.all())


def _row_ends(block: Block, delimiter: str) -> type_ns:
    """The lines on which rows end, where quotes stand anywhere: as the standard library reads them."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = [block.text(at).replace("\r", " ") + "\n" for at in range(len(block))]  # a return within a cell ends no row
    reader = csv.reader(lines, delimiter=delimiter)
    ends, begun = [], 0
    for _ in reader:
        ends.append(reader.line_num - 1)
        begun = ends[-2] + 1 if len(ends) > 1 else 0
    if len(list(csv.reader([*lines[begun:], "one more\n"], delimiter=delimiter))) < 2:
        ends.pop()  # its last row is still open, and takes whatever comes
    return np.array(ends, dtype=np.int64)


def _of_lines(block: Block, ends: type_ns, marks: np.ndarray, *, sound: bool) -> _Spans:
    """The rows that end on these lines; what is left over goes on in the next block, within bounds."""
    stop = int(ends[-1]) + 1 if len(ends) else 0
    if stop < len(block) and block.last:
        ends, stop, sound = np.append(ends, len(block) - 1), len(block), False
    elif stop < len(block) and block.stop - int(block.starts[stop]) > LONGEST_ROW:
        ends, stop, sound = np.append(ends, np.arange(stop, len(block))), len(block), False
    first = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64) if len(ends) else np.zeros(0, dtype=np.int64)
    starts, upto = block.starts[first], block.ends[ends] if len(ends) else first
    counted = np.concatenate(([0], np.cumsum(marks, dtype=np.int64)))
    return _Spans(starts, upto, first, counted[upto] - counted[starts] + 1, stop, sound)


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows whose cells are all blank say nothing."""
    cells = [pl.col(name).str.strip_chars() != "" for name in frame.columns if name != LINE]
    return frame.filter(pl.any_horizontal(cells))
