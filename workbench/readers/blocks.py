"""A source's bytes as blocks of whole lines in clean UTF-8, in bounded memory, whatever the bytes are."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.clock.zone import type_ns

Made = TypeVar("Made")
BLOCK_BYTES = 4 * 1024 * 1024
CARRY_BYTES = 8 * 1024 * 1024  # what of a block's end may be given back, to come again with the next
PEEK_BYTES = 64 * 1024
MAX_LINE_BYTES = 32 * 1024 * 1024
LINE_FEED = 10

_SPACE = np.zeros(256, dtype=np.bool_)
_SPACE[[9, 11, 12, 13, 32]] = True
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of valid UTF-8: bytes, where each line begins and ends (line feed excluded), the first's number.

    ``data`` may go on after the last line. An ``exact`` block holds the source's own bytes, from byte ``place`` on.
    """

    data: bytes
    starts: type_ns
    ends: type_ns
    first_line: int
    place: int = 0
    exact: bool = True
    last: bool = False  # nothing comes after it

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def stop(self) -> int:
        """Where the last line ends, its line feed included."""
        return min(int(self.ends[-1]) + 1, len(self.data)) if len(self.ends) else 0

    def lines(self) -> pl.Series:
        """The lines with their line feeds, without copying."""
        return text_of(self.data, np.append(self.starts, self.stop))

    def text(self, index: int) -> str:
        """One line without its end."""
        return self.data[self.starts[index] : self.ends[index]].decode("utf-8").rstrip("\r")

    def head(self, line: int) -> Block:
        """The lines before this one."""
        return replace(self, starts=self.starts[:line], ends=self.ends[:line])


def text_of(data: bytes, offsets: type_ns) -> pl.Series:
    """Adjoining slices of valid UTF-8 as a text column; ``offsets`` has one entry more than there are rows."""
    array = pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(data)
    )
    return pl.Series("line", array)


def trimmed(block: Block) -> tuple[type_ns, type_ns]:
    """Where the lines begin and end without the blanks around them."""
    starts, ends = block.starts, block.ends
    raw = np.frombuffer(block.data, dtype=np.uint8)
    first, last = raw[np.minimum(starts, len(raw) - 1)], raw[np.maximum(ends - 1, 0)]
    rows = np.flatnonzero((starts < ends) & (_SPACE[first] | _SPACE[last]))
    if len(rows):
        starts, ends = starts.copy(), ends.copy()
        for row in rows.tolist():
            text = block.data[starts[row] : ends[row]]
            begin = starts[row] + len(text) - len(text.lstrip())
            starts[row], ends[row] = begin, begin + len(text.strip())
    return starts, ends


def encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding of a text by its first bytes, and how many of them are its mark."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    sample = head[:4096]
    if len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even:
            return "utf-16-le", 0
        if even > 4 * odd:
            return "utf-16-be", 0
    return "utf-8", 0


def is_binary(head: bytes) -> bool:
    """Whether these bytes are no text in any encoding that logs come in: many control bytes, or mostly not UTF-8."""
    if encoding_of(head)[0] != "utf-8" or not head:
        return False
    raw = np.frombuffer(head[:8192], dtype=np.uint8)
    control = ((raw < 9) | ((raw > 13) & (raw < 27)) | ((raw > 27) & (raw < 32)) | (raw == 127)).mean()
    return bool(control > 0.1)


def decoded(data: bytes) -> bytes:
    r"""The bytes as valid UTF-8; what is not valid is kept visible as ``\\xNN``, so that no byte is lost."""
    if is_valid(data):
        return data
    return data.decode("utf-8", "backslashreplace").encode("utf-8")


def is_valid(data: bytes, start: int = 0, stop: int | None = None) -> bool:
    """Arrow checks UTF-8 some ten times faster than Python decodes it."""
    length = (len(data) if stop is None else stop) - start
    if not length:
        return True
    whole = pa.LargeStringArray.from_buffers(
        1, pa.py_buffer(np.array([0, length], dtype=np.int64)), pa.py_buffer(data).slice(start, length)
    )
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


class Peeked(io.RawIOBase):
    """A stream whose first bytes were looked at, and are given again."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.head = stream.read(PEEK_BYTES)
        self._rest, self._stream = self.head, stream

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as are asked for while there are any."""
        if not self._rest:
            return self._stream.read(size)
        if 0 <= size <= len(self._rest):
            data, self._rest = self._rest[:size], self._rest[size:]
            return data
        data, self._rest = self._rest, b""
        return data + self._stream.read(size - len(data) if size >= 0 else -1)


class Blocks:
    """The stream's lines in order, block by block; a reader may give lines back, which then begin the next block.

    Lines end at a line feed; where a text has none, at a carriage return.
    """

    def __init__(self, stream: IO[bytes] | Peeked, *, size: int = BLOCK_BYTES) -> None:
        self._stream, self._size = stream, size
        self._given_back, self._given_exact = b"", True  # whole lines
        self._line, self._place, self._exact = 1, 0, True
        self._rest = b""  # the beginning of a line that has no end yet

    def __iter__(self) -> Iterator[Block]:
        for chunk in self._chunks():
            given = self._given_back
            data = b"".join((given, self._rest, chunk))
            cut = data.rfind(b"\n", len(given)) + 1
            if not cut:
                self._rest = self._bounded(data[len(given) :])
                continue
            self._rest = data[cut:]
            yield self._block(data, cut)
        if self._given_back or self._rest:
            data, self._rest = self._given_back + self._rest, b""
            yield replace(self._block(data, len(data)), last=True)

    def made(self, take: Callable[[Block], tuple[Made, int]]) -> Iterator[Made]:
        """What is made of each block; ``take`` says how many lines it took, and the rest comes again with the next."""
        for block in self:
            made, taken = take(block)
            if taken < len(block):
                self.give_back(block, taken)
            if taken:
                yield made

    def give_back(self, block: Block, line: int) -> None:
        """The lines of the block that was given last come again, from this line on, at the start of the next."""
        self._given_back, self._given_exact = block.data[int(block.starts[line]) : block.stop], block.exact
        self._line = block.first_line + line

    def _block(self, data: bytes, cut: int) -> Block:
        given, place = len(self._given_back), self._place - len(self._given_back)
        exact = self._exact and self._given_exact
        self._place += cut - given
        if not is_valid(data, given, cut):
            data = data[:given] + decoded(data[given:cut])
            cut, exact = len(data), False
        feeds = np.flatnonzero(np.frombuffer(data, dtype=np.uint8, count=cut) == LINE_FEED)
        ends = feeds if data[cut - 1] == LINE_FEED else np.append(feeds, cut)
        starts = np.empty(len(ends), dtype=np.int64)
        starts[:1] = 0
        starts[1:] = ends[:-1] + 1
        block = Block(data, starts, ends.astype(np.int64, copy=False), self._line, place, exact)
        self._given_back, self._given_exact, self._line = b"", True, self._line + len(block)
        return block

    def _bounded(self, rest: bytes) -> bytes:
        """A line without end in sight, cut where it would no longer fit into memory; the cut is written into it."""
        if len(rest) <= MAX_LINE_BYTES:
            return rest
        self._exact = False
        return rest[: MAX_LINE_BYTES - 64] + b" [line cut: longer than 32 MiB]"

    def _chunks(self) -> Iterator[bytes]:
        carriage = None
        for raw in self._utf8():
            if carriage is None and (b"\n" in raw or b"\r" in raw.rstrip(b"\r")):
                carriage = b"\n" not in raw
                self._exact &= not carriage
            yield raw.replace(b"\r", b"\n") if carriage else raw

    def _utf8(self) -> Iterator[bytes]:
        head = self._stream.read(self._size)
        encoding, mark = encoding_of(head)
        self._place, self._exact = mark, encoding == "utf-8"
        if self._exact:
            yield head[mark:] if mark else head
            while chunk := self._stream.read(self._size):
                yield chunk
            return
        decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
        chunk = head[mark:]
        while chunk:
            yield decoder.decode(chunk).encode("utf-8", "backslashreplace")
            chunk = self._stream.read(self._size)
        if rest := decoder.decode(b"", final=True):
            yield rest.encode("utf-8", "backslashreplace")
