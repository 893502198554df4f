"""The text engine: reads a declared line format block by block, all lines of a block at once."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption
from workbench.readers.base import Batch, Claim, Head, Source
from workbench.readers.blocks import CARRY_BYTES, Blocks
from workbench.readers.day_order import UNDECIDED, DayOrder, DayOrders
from workbench.readers.expression import without_groups
from workbench.readers.inner import unwrapped
from workbench.readers.line_events import BlockLines
from workbench.readers.line_fields import LineFields
from workbench.readers.line_heads import goes_on, heads, joins, time_text
from workbench.readers.line_later import LaterTimeReader
from workbench.readers.line_roles import counted_lines, shape_of
from workbench.readers.line_times import LineTimeReader
from workbench.readers.repeats import Repeats
from workbench.readers.times import EpochReader, TimeReader
from workbench.readers.written_times import WrittenTimes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared
    from workbench.readers.line_times import Times
    from workbench.readers.times import TimeColumns

MIN_SHARE = 0.6


class TextReader:
    """A reader made of a declared text format."""

    structured = False

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name, self.title, self.kind = declared.name, declared.title, declared.kind
        self.example, self.unfolds = declared.example, declared.unfolds
        self.version: int | str = f"{declared.version}-{declared.digest}"

    def identify(self, head: Head) -> Claim | None:
        """The share of lines that begin an event, continuation lines left out of the count."""
        lines = [line for line in head.lines if line.strip()][:400]
        if not lines or head.members:
            return None
        if not may_begin(self.declared, lines, self._times(Assumption(year_hint=2000))):
            return None
        telling = replace(self.declared, patterns=tuple(each for each in self.declared.patterns if not each.stray))
        texts = pl.Series("line", lines)
        if not texts.str.contains("|".join(f"(?:{without_groups(each.regex)})" for each in telling.patterns)).any():
            return None
        valid = self._begins(telling, lines, texts)
        counted = counted_lines(self.declared, lines, valid)
        share = float(valid.sum()) / counted if counted else 0.0
        return Claim(self.declared.certainty, share) if share >= MIN_SHARE else None

    def _begins(self, telling: Declared, lines: list[str], texts: pl.Series) -> npt.NDArray[np.bool_]:
        """Which lines of a head begin an event."""
        times = self._times(Assumption(year_hint=2000))
        if telling.time_later:
            block = next(iter(Blocks(io.BytesIO("".join(f"{line}\n" for line in lines).encode()))))
            read = LaterTimeReader(telling, times).read(block)
            return read.matched & read.times.valid
        found = LineFields(telling).extract(texts)
        begins: npt.NDArray[np.bool_] = found.head.is_not_null().to_numpy() & times.read(found.columns["time"]).valid
        return begins

    def read(self, source: Source) -> Iterator[Batch]:
        """Batches of about 4 MB of lines; an event that is cut by a block's edge goes on in the next."""
        order = self._day_order(source) if self.declared.written else None
        if order:
            yield Batch(notes=[order.sentence])
        with source.open() as stream:
            times = self._times(source.assumption, order or UNDECIDED)
            yield from self._batches(stream, times, lasting=source.lasting)

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The batches of a stream of bytes, read with what is known of its clock."""
        yield from self._batches(stream, self._times(assumption), lasting=False)

    def _day_order(self, source: Source) -> DayOrder | None:
        """How the dates of the source are written, read until that is sure; only its start where none is in numbers."""
        orders = DayOrders()
        with source.open() as stream:
            for block in Blocks(stream):
                orders.take(heads(self.declared, block.lines())[1])
                if (found := orders.found(source.assumption.zone)) is None or found.by_number:
                    break
        return orders.found(source.assumption.zone)

    def _batches(self, stream: IO[bytes], times: Times, *, lasting: bool) -> Iterator[Batch]:
        yield from Blocks(stream).made(_Reading(self.declared, times, lasting=lasting).take)

    def decoded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of events that were kept as text, and of what stands inside of a wrapper's message."""
        found = self.fields(frame)
        return unwrapped(found) if self.declared.wraps else found

    def fields(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of this format alone: the reading schema and attribute columns."""
        return LineFields(self.declared).decoded(frame)

    def _times(self, assumption: Assumption, order: DayOrder = UNDECIDED) -> Times:
        if self.declared.written:
            return WrittenTimes(order, assumption, zone=self.declared.zone)
        if self.declared.epoch:
            return EpochReader(None if self.declared.epoch == "auto" else self.declared.epoch)
        return TimeReader(self.declared.times, assumption, zone=self.declared.zone)


class _Reading:
    """One pass over one source: the clock, and what the blocks before said."""

    def __init__(self, declared: Declared, times: Times, *, lasting: bool) -> None:
        self._declared = declared
        self._times = LaterTimeReader(declared, times) if declared.time_later else LineTimeReader(declared, times)
        self._carries = declared.continuation != "none" or declared.partial is not None
        self._lasting, self._begun, self._shape = lasting, False, ""
        self._repeats = Repeats()

    def take(self, block: Block) -> tuple[Batch, int]:
        """The block's events but the last, which may go on in the next block; and how many lines they took."""
        found = self._times.read(block)
        matched, begins = found.matched, found.matched & found.times.valid
        if self._declared.partial:
            texts = block.lines()
            begins &= ~goes_on(self._declared, texts, matched)
            joined = joins(self._declared, texts, matched, found.times.time)
            begins &= ~joined | (np.cumsum(begins & ~joined) == 0)
        cut = self._cut(block, begins) if self._carries and not block.last else len(block)
        self._shape = self._shape or time_shape(self._declared, block, begins)
        if not cut:
            return Batch(), 0
        lines = BlockLines(
            block.head(cut) if cut < len(block) else block,
            begins[:cut],
            matched[:cut],
            self._declared,
            self._begun,
            self._shape,
        )
        return self._assembled(lines, found.times.sliced(cut)), cut

    def _cut(self, block: Block, begins: np.ndarray) -> int:
        """The line at which the last event begins: from there on the block is given back."""
        found = np.flatnonzero(begins)
        if len(found) and block.stop - int(block.starts[found[-1]]) <= CARRY_BYTES:
            return int(found[-1])
        return 0 if not len(found) and block.stop <= CARRY_BYTES and not self._begun else len(block)

    def _assembled(self, lines: BlockLines, times: TimeColumns) -> Batch:
        found = np.flatnonzero(lines.begins)
        roles = lines.roles
        batch = Batch(
            lines=len(lines.block),
            continuations=int(roles.continuation.sum()),
            blank=int(roles.blank.sum()),
            rejected=lines.rejected(times),
        )
        if len(found):
            self._begun = True
            line = pl.Series("line", found + lines.block.first_line, dtype=pl.Int64)
            # A shipper repeats lines, not events: the line with the time tells, unless it may be like any other's.
            heads = lines.wholes(found) if self._declared.time_later else lines.block.lines()
            duplicate = self._repeats.among(heads if len(found) == len(heads) else heads.gather(found))
            texts = lines.texts(found, lasting=self._lasting)
            batch.events = times.taken(found).frame().with_columns(line, duplicate, *texts)
        return batch


def may_begin(declared: Declared, lines: list[str], times: Times) -> bool:
    """Whether any line has a time after the format's mark, where it has one: no expression is compiled."""
    if not declared.time_between:
        return True
    mark, width = declared.time_between
    texts = [line.partition(mark)[2][:width] for line in lines]
    return bool(times.read(pl.Series("time", texts)).valid.any())


def time_shape(declared: Declared, block: Block, begins: np.ndarray) -> str:
    """How lines of this source begin, up to the end of their time: letters as ``a``, digits as ``9``."""
    if not begins.any():
        return ""
    text = block.text(int(np.argmax(begins)))
    time = time_text(declared, text)
    return shape_of(text[: text.index(time) + len(time)]) if time else ""
