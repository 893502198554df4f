"""The text engine: reads a declared line format block by block, all lines of a block at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption
from workbench.readers.base import Batch, Claim, Head, Rejected, Source
from workbench.readers.blocks import Block, blocks, text_of
from workbench.readers.line_fields import LineFields
from workbench.readers.line_roles import Roles, counted_lines, rejection, shape_of
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock.zone import type_ns
    from workbench.readers.declared import Declared

CARRY_BYTES = 8 * 1024 * 1024
REJECTED_TEXT = 4_000
MIN_SHARE = 0.6


class TextReader:
    """A reader made of a declared text format."""

    structured = False

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name, self.title, self.kind = declared.name, declared.title, declared.kind
        self.version = declared.version

    def identify(self, head: Head) -> Claim | None:
        """The share of lines that begin an event, continuation lines left out of the count."""
        lines = [line for line in head.lines if line.strip()][:400]
        if not lines or head.members:
            return None
        found = LineFields(self.declared).extract(pl.Series("line", lines))
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
    """One pass over one source: the fields, the clock, and what the last block left over."""

    def __init__(self, declared: Declared, times: TimeReader | _EpochReader) -> None:
        self._declared, self._times = declared, times
        self._fields = LineFields(declared)
        self._carries = declared.continuation != "none" or declared.partial is not None
        self._begun = False
        self._previous: pl.Series | None = None
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
        found = self._fields.extract(block.lines())
        times = self._times.read(found.columns["time"])
        matched = found.head.is_not_null().to_numpy()
        begins = matched & times.valid
        if self._declared.partial:
            begins &= ~_after_partial(found.columns[self._declared.partial[0]], matched, self._declared.partial[1])
        cut = self._cut(block, begins) if not final else len(block)
        if cut < len(block):
            self.carried = tail_of(block, cut)
            block, begins, matched = head_of_block(block, cut), begins[:cut], matched[:cut]
            found, times = found.sliced(cut), times.sliced(cut)
        self._shape = self._shape or time_shape(block, np.flatnonzero(begins), found.columns["time"])
        return self._assemble(_Lines(block, begins, matched, self._declared, self._begun, self._shape), found, times)

    def _cut(self, block: Block, begins: np.ndarray) -> int:
        """The line at which the last event begins: from there on the block is carried over."""
        heads = np.flatnonzero(begins)
        if len(heads) and len(block.data) - int(block.starts[heads[-1]]) <= CARRY_BYTES:
            return int(heads[-1])
        return 0 if not len(heads) and len(block.data) <= CARRY_BYTES and not self._begun else len(block)

    def _assemble(self, lines: _Lines, found: LineFields.Found, times: TimeColumns) -> Batch:
        heads = np.flatnonzero(lines.begins)
        roles = lines.roles
        batch = Batch(
            lines=len(lines.block), continuations=int(roles.continuation.sum()), blank=int(roles.blank.sum()),
            rejected=lines.rejected(found, times),
        )
        if len(heads):
            self._begun = True
            block_lines = lines.block.lines()
            texts = lines.texts(found.head_lengths, heads)
            frame = self._fields.frame(found.taken(heads), times.frame()[heads], texts)
            line = pl.Series("line", heads + lines.block.first_line, dtype=pl.Int64)
            batch.events = frame.with_columns(line, self._duplicates(block_lines.gather(heads)))
        return batch

    def _duplicates(self, texts: pl.Series) -> pl.Series:
        """Whether the same bytes stood earlier in this block or the one before: re-sent lines come close together."""
        hashes = texts.hash().alias("duplicate")
        again = ~hashes.is_first_distinct()
        if self._previous is not None:
            again |= hashes.is_in(self._previous.implode())
        self._previous = hashes
        return again.alias("duplicate")


class _Lines:
    """The lines of a block, each with its role, and the texts of the events that they form."""

    def __init__(
        self, block: Block, begins: np.ndarray, matched: np.ndarray, declared: Declared, begun: bool, shape: str  # noqa: FBT001
    ) -> None:
        self.block, self.begins, self._matched, self._declared = block, begins, matched, declared
        self._begun, self._shape = begun, shape

    @cached_property
    def roles(self) -> Roles:
        """What each line that begins no event is; indented lines after an event need no closer look."""
        rest = np.flatnonzero(~self.begins)
        roles = Roles(*(np.zeros(len(self.block), dtype=np.bool_) for _ in range(3)))
        if not len(rest):
            return roles
        texts = self.block.lines().gather(rest)
        blank = (texts.str.strip_chars() == "").to_numpy()
        first = np.frombuffer(self.block.data, dtype=np.uint8)[np.minimum(self.block.starts[rest], len(self.block.data) - 1)]
        follows = self._follows(rest)
        plain = ~blank & follows & ((first == 9) | (first == 32)) & (self._declared.continuation != "none")
        roles.blank[rest[blank]] = True
        roles.continuation[rest[plain]] = True
        self._look_closer(roles, rest, np.flatnonzero(~blank & ~plain), follows)
        return roles

    def _look_closer(self, roles: Roles, rest: type_ns, rows: type_ns, follows: np.ndarray) -> None:
        """Judges the few lines that are neither blank nor indented, one by one."""
        partial = self._declared.partial is not None
        for row in rows:
            index = int(rest[row])
            if partial and self._matched[index]:
                roles.continuation[index] = True
            elif reason := rejection(self._declared, self.block.text(index), begun=bool(follows[row]), shape=self._shape):
                roles.rejected[index] = True
                roles.reasons[index] = reason
            else:
                roles.continuation[index] = True

    def _follows(self, rest: type_ns) -> np.ndarray:
        """Which of these lines have an event before them."""
        heads = np.flatnonzero(self.begins)
        first = int(heads[0]) if len(heads) else len(self.block)
        return (rest > first) | self._begun

    def rejected(self, found: LineFields.Found, times: TimeColumns) -> list[Rejected]:
        """The lines that are neither event nor continuation nor blank, with the reason."""
        rows = []
        for index in np.flatnonzero(self.roles.rejected):
            text = self.block.text(int(index))
            reason = self.roles.reasons.get(int(index), "")
            if self._matched[index] and not times.valid[index]:
                reason = f"the time {found.columns['time'][int(index)]!r} does not exist"
            rows.append(Rejected(int(index) + self.block.first_line, text[:REJECTED_TEXT], reason))
        return rows

    def whole(self, heads: type_ns) -> pl.Series:
        """Each event's bytes, from its first line to the next event."""
        return text_of(self.block.data, np.append(self.block.starts[heads], len(self.block.data))).slice(0, len(heads)) \
            if heads[0] == 0 else text_of(
                self.block.data, np.concatenate(([0], self.block.starts[heads], [len(self.block.data)]))
            ).slice(1, len(heads))

    def texts(self, head_lengths: type_ns, heads: type_ns) -> pl.Series:
        """Each event's message: what follows the head of its first line, and its continuation lines."""
        body = self.begins | self.roles.continuation
        last = np.maximum.reduceat(np.where(body, np.arange(len(body)), -1), heads)
        ends = self.block.ends[last]
        ends = ends - (np.frombuffer(self.block.data, dtype=np.uint8)[np.maximum(ends - 1, 0)] == 13)
        offsets = self.block.starts[heads] + head_lengths[heads]
        whole = pl.Series("m", self.whole(heads)).cast(pl.Binary)
        frame = pl.DataFrame({"m": whole, "at": head_lengths[heads], "n": np.maximum(ends - offsets, 0)})
        messages = frame.select(pl.col("m").bin.slice("at", "n").cast(pl.String)).to_series()
        return self._mended(messages, heads, last, body, head_lengths)

    def _mended(
        self, messages: pl.Series, heads: type_ns, last: type_ns, body: np.ndarray, head_lengths: type_ns
    ) -> pl.Series:
        """Messages that hold a foreign line (junk in a stack trace) or partial lines are put together line by line."""
        if self._declared.partial is None and len(heads) == len(body):
            return messages
        counted = np.concatenate(([0], np.cumsum(~body)))
        odd = counted[last + 1] - counted[heads] > 0
        if self._declared.partial:
            odd |= last > heads
        glue = "" if self._declared.partial else "\n"
        rows = np.flatnonzero(odd)
        if not len(rows):
            return messages
        pieces = [
            glue.join(
                self.block.data[self.block.starts[i] + head_lengths[i] : self.block.ends[i]].decode().rstrip("\r")
                for i in range(int(heads[row]), int(last[row]) + 1) if body[i]
            )
            for row in rows
        ]
        return messages.scatter(pl.Series(rows, dtype=pl.UInt32), pl.Series(pieces, dtype=pl.String))


def time_shape(block: Block, heads: type_ns, times: pl.Series) -> str:
    """How lines of this source begin, up to the end of their time: letters as ``a``, digits as ``9``."""
    if not len(heads):
        return ""
    text, time = block.text(int(heads[0])), times[int(heads[0])]
    return shape_of(text[: text.index(time) + len(time)])


def _after_partial(tags: pl.Series, matched: np.ndarray, value: str) -> np.ndarray:
    """Which lines go on where the line before said that it was a part only."""
    partial = (tags == value).fill_null(value=False).to_numpy() & matched
    return np.concatenate(([False], partial[:-1])) & matched


def joined(carried: Block | None, block: Block) -> Block:
    """What was carried over and the next block as one."""
    if carried is None:
        return block
    shift = len(carried.data)
    return Block(
        carried.data + block.data, np.concatenate((carried.starts, block.starts + shift)),
        np.concatenate((carried.ends, block.ends + shift)), carried.first_line,
    )


def tail_of(block: Block, line: int) -> Block:
    """The block from this line on."""
    start = int(block.starts[line])
    return Block(block.data[start:], block.starts[line:] - start, block.ends[line:] - start, block.first_line + line)


def head_of_block(block: Block, line: int) -> Block:
    """The block up to this line."""
    end = int(block.starts[line])
    return Block(block.data[:end], block.starts[:line], block.ends[:line], block.first_line)
