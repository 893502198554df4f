"""A source's bytes as blocks of whole lines in clean UTF-8, in bounded memory, whatever the bytes are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock.zone import type_ns

BLOCK_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 32 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of valid UTF-8: bytes, where each line begins and ends (line feed excluded), the first's number."""

    data: bytes
    starts: type_ns
    ends: type_ns
    first_line: int

    def __len__(self) -> int:
        return len(self.starts)

    def lines(self) -> pl.Series:
        """The lines with their line feeds, without copying."""
        return text_of(self.data, np.append(self.starts, len(self.data)))

    def text(self, index: int) -> str:
        """One line without its end."""
        return self.data[self.starts[index] : self.ends[index]].decode("utf-8").rstrip("\r")


def text_of(data: bytes, offsets: type_ns) -> pl.Series:
    """Adjoining slices of valid UTF-8 as a text column; ``offsets`` has one entry more than there are rows."""
    array = pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(data)
    )
    return pl.Series("line", array)


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
    if _is_valid(data):
        return data
    return data.decode("utf-8", "backslashreplace").encode("utf-8")


def _is_valid(data: bytes) -> bool:
    """Arrow checks UTF-8 some ten times faster than Python decodes it."""
    if not data:
        return True
    whole = pa.LargeStringArray.from_buffers(
        1, pa.py_buffer(np.array([0, len(data)], dtype=np.int64)), pa.py_buffer(data)
    )
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def blocks(stream: IO[bytes], *, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The stream's lines in order. Lines end at a line feed; where a text has none, at a carriage return."""
    line_number, pending = 1, b""
    carriage = None
    for raw in _utf8_chunks(stream, size):
        if carriage is None and (b"\n" in raw or b"\r" in raw.rstrip(b"\r")):
            carriage = b"\n" not in raw
        chunk = raw.replace(b"\r", b"\n") if carriage else raw
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            pending = _bounded(pending + chunk)
            continue
        block = _block(decoded(pending + chunk[:cut]), line_number)
        pending, line_number = chunk[cut:], line_number + len(block)
        yield block
    if pending:
        yield _block(decoded(pending), line_number)


def _bounded(pending: bytes) -> bytes:
    """A line that has no end in sight, cut where it would no longer fit into memory; the cut is written into it."""
    if len(pending) <= MAX_LINE_BYTES:
        return pending
    return pending[: MAX_LINE_BYTES - 64] + b" [line cut: longer than 32 MiB]"


def _block(data: bytes, first_line: int) -> Block:
    feeds = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == 10)
    ends = feeds if data.endswith(b"\n") else np.append(feeds, len(data))
    starts = np.empty(len(ends), dtype=np.int64)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    return Block(data, starts, ends.astype(np.int64), first_line)


def _utf8_chunks(stream: IO[bytes], size: int) -> Iterator[bytes]:
    head = stream.read(size)
    encoding, mark = encoding_of(head)
    if encoding == "utf-8":
        yield head[mark:]
        while chunk := stream.read(size):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
    chunk = head[mark:]
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "backslashreplace")
        chunk = stream.read(size)
    if rest := decoder.decode(b"", final=True):
        yield rest.encode("utf-8", "backslashreplace")
