"""The text engine: reads a declared line format block by block, all lines of a block at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption
from workbench.readers.base import Batch, Claim, Head, Source
from workbench.readers.blocks import Block, blocks
from workbench.readers.line_events import BlockLines
from workbench.readers.line_fields import LineFields
from workbench.readers.line_heads import goes_on, heads
from workbench.readers.line_roles import counted_lines, shape_of
from workbench.readers.repeats import Repeats
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock.zone import type_ns
    from workbench.readers.declared import Declared

CARRY_BYTES = 8 * 1024 * 1024
MIN_SHARE = 0.6


class TextReader:
    """A reader made of a declared text format."""

    structured = False

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name, self.title, self.kind = declared.name, declared.title, declared.kind
        self.version: int | str = f"{declared.version}-{declared.digest}"

    def identify(self, head: Head) -> Claim | None:
        """The share of lines that begin an event, continuation lines left out of the count."""
        lines = [line for line in head.lines if line.strip()][:400]
        if not lines or head.members:
            return None
        telling = replace(self.declared, patterns=tuple(each for each in self.declared.patterns if not each.stray))
        found = LineFields(telling).extract(pl.Series("line", lines))
        matched = found.head.is_not_null().to_numpy()
        valid = matched & self._times(Assumption(year_hint=2000)).read(found.columns["time"]).valid
        counted = counted_lines(self.declared, lines, valid)
        share = float(valid.sum()) / counted if counted else 0.0
        return Claim(self.declared.certainty, share) if share >= MIN_SHARE else None

    def read(self, source: Source) -> Iterator[Batch]:
        """Batches of about 4 MB of lines; an event that is cut by a block's edge goes on in the next."""
        with source.open() as stream:
            yield from self.read_stream(stream, source.assumption)

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The batches of a stream of bytes, read with what is known of its clock."""
        reading = _Reading(self.declared, self._times(assumption))
        for block in blocks(stream):
            yield reading.take(block)
        if reading.carried is not None:
            yield reading.finish()

    def decoded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of events that were kept as text: the reading schema and attribute columns."""
        return LineFields(self.declared).decoded(frame)

    def _times(self, assumption: Assumption) -> TimeReader | _EpochReader:
        if self.declared.epoch:
            return _EpochReader(None if self.declared.epoch == "auto" else self.declared.epoch)
        return TimeReader(self.declared.times, assumption, zone=self.declared.zone)


@dataclass(frozen=True, slots=True)
class _EpochReader:
    unit: str | None

    def read(self, texts: pl.Series) -> TimeColumns:
        return epoch_columns(texts, unit=self.unit)


class _Reading:
    """One pass over one source: the clock, and what the last block left over."""

    def __init__(self, declared: Declared, times: TimeReader | _EpochReader) -> None:
        self._declared, self._times = declared, times
        self._carries = declared.continuation != "none" or declared.partial is not None
        self._begun = False
        self._repeats = Repeats()
        self._shape = ""
        self.carried: Block | None = None

    def take(self, block: Block) -> Batch:
        """The events of the block and of what was carried over, except the last, which may go on."""
        return self._batch(joined(self.carried, block), final=not self._carries)

    def finish(self) -> Batch:
        """The events that were still carried when the source ended."""
        assert self.carried is not None
        return self._batch(self.carried, final=True)

    def _batch(self, block: Block, *, final: bool) -> Batch:
        self.carried = None
        matched, texts = heads(self._declared, block)
        times = self._times.read(texts)
        begins = matched & times.valid
        if self._declared.partial:
            begins &= ~goes_on(self._declared, block.lines(), matched)
        cut = self._cut(block, begins) if not final else len(block)
        if cut < len(block):
            self.carried = tail_of(block, cut)
            block, begins, matched = head_of_block(block, cut), begins[:cut], matched[:cut]
            texts, times = texts[:cut], times.sliced(cut)
        self._shape = self._shape or time_shape(block, np.flatnonzero(begins), texts)
        return self._assemble(
            BlockLines(block, begins, matched, self._declared, self._begun, self._shape), texts, times
        )

    def _cut(self, block: Block, begins: np.ndarray) -> int:
        """The line at which the last event begins: from there on the block is carried over."""
        found = np.flatnonzero(begins)
        if len(found) and len(block.data) - int(block.starts[found[-1]]) <= CARRY_BYTES:
            return int(found[-1])
        return 0 if not len(found) and len(block.data) <= CARRY_BYTES and not self._begun else len(block)

    def _assemble(self, lines: BlockLines, texts: pl.Series, times: TimeColumns) -> Batch:
        found = np.flatnonzero(lines.begins)
        roles = lines.roles
        batch = Batch(
            lines=len(lines.block),
            continuations=int(roles.continuation.sum()),
            blank=int(roles.blank.sum()),
            rejected=lines.rejected(texts, times),
        )
        if len(found):
            self._begun = True
            line = pl.Series("line", found + lines.block.first_line, dtype=pl.Int64)
            duplicate = self._repeats.among(
                lines.block.lines().gather(found) if len(found) < len(lines.block) else lines.block.lines()
            )
            batch.events = times.taken(found).frame().with_columns(line, duplicate, lines.texts(found).alias("text"))
        return batch


def time_shape(block: Block, found: type_ns, times: pl.Series) -> str:
    """How lines of this source begin, up to the end of their time: letters as ``a``, digits as ``9``."""
    if not len(found):
        return ""
    text, time = block.text(int(found[0])), times[int(found[0])]
    return shape_of(text[: text.index(time) + len(time)])


def joined(carried: Block | None, block: Block) -> Block:
    """What was carried over and the next block as one."""
    if carried is None:
        return block
    shift = len(carried.data)
    return Block(
        carried.data + block.data,
        np.concatenate((carried.starts, block.starts + shift)),
        np.concatenate((carried.ends, block.ends + shift)),
        carried.first_line,
    )


def tail_of(block: Block, line: int) -> Block:
    """The block from this line on."""
    start = int(block.starts[line])
    return Block(block.data[start:], block.starts[line:] - start, block.ends[line:] - start, block.first_line + line)


def head_of_block(block: Block, line: int) -> Block:
    """The block up to this line."""
    end = int(block.starts[line])
    return Block(block.data[:end], block.starts[:line], block.ends[:line], block.first_line)
