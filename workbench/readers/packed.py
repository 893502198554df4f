"""Compressed files as streams that end where their damage begins, and say so, instead of losing what came before."""

from __future__ import annotations

import bz2
import io
import lzma
import os
from abc import abstractmethod
from typing import IO, TYPE_CHECKING, Any

import zstandard
from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAGIC_GZIP, MAGIC_ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
MAGIC_XZ, MAGIC_BZIP2 = b"\xfd7zX", b"BZh"
MAX_RATIO = 500  # unpacked to packed, from 100 MB on: a log compresses 10 to 100 times, deflate at most 1,032 times
RATIO_FROM = 100 * 1024**2
_CHUNK = 256 * 1024
_STEP = 32 * 1024  # at most so much is lost before damage, which shows only when a step has failed
_XZ_MEMORY = 512 * 1024**2  # what a header may ask for; xz -9 needs 65 MiB
_GZIP_WINDOW = 31  # zlib's number for "a gzip header and trailer around it"


def opener(file: Path, magic: bytes, damage: list[str]) -> Callable[[], IO[bytes]]:
    """What opens the file for reading, decompressed; a sentence about damage is put into ``damage`` once."""
    if magic.startswith(MAGIC_GZIP):
        return lambda: io.BufferedReader(_Gunzip(file.open("rb"), damage), buffer_size=1 << 20)
    if magic == MAGIC_ZSTD:
        return lambda: io.BufferedReader(_Unzstd(file.open("rb"), damage), buffer_size=1 << 20)
    if magic == MAGIC_XZ:
        return lambda: io.BufferedReader(_Unblock(file.open("rb"), damage, _xz), buffer_size=1 << 20)
    if magic.startswith(MAGIC_BZIP2):
        return lambda: io.BufferedReader(_Unblock(file.open("rb"), damage, bz2.BZ2Decompressor), buffer_size=1 << 20)
    return lambda: file.open("rb")


def is_packed(magic: bytes) -> bool:
    """Whether these first four bytes begin a compressed file."""
    return magic.startswith((MAGIC_GZIP, MAGIC_ZSTD, MAGIC_XZ, MAGIC_BZIP2))


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


class _Packed(io.RawIOBase):
    """A compressed stream: the subclass knows how to get the next bytes."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__()
        self._file, self._damage = file, damage
        self._hurt_once = False
        self._most = max(RATIO_FROM, MAX_RATIO * os.fstat(file.fileno()).st_size)

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end, at the damage, and where there is far more than a log's text packs into."""
        if self._hurt_once:
            return 0
        data = self._next(min(len(buffer), _STEP))
        self._most -= len(data)
        if self._most < 0:
            self._stop(
                "It unpacks to far more than a log does: only its beginning is read. Unpack it and give the file."
            )
            return 0
        buffer[: len(data)] = data
        return len(data)

    @abstractmethod
    def _next(self, size: int) -> bytes:
        """At most so many bytes; none at the end or at the damage."""

    def _after(self, unused: bytes) -> bytes | None:
        """What stands after the end of a packed stream, padding left out; None where nothing does."""
        return unused.lstrip(b"\0") or self._file.read(_CHUNK).lstrip(b"\0") or None

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Closes the file below too."""
        self._file.close()
        super().close()

    def _broken(self, why: object) -> bytes:
        self._stop(f"The file is damaged ({why}): what stands before the damage is read, the rest is lost.")
        return b""

    def _stop(self, sentence: str) -> None:
        """Reads no further, and says why, once."""
        if not self._hurt_once and sentence not in self._damage:
            self._damage.append(sentence)
        self._hurt_once = True


class _Gunzip(_Packed):
    """gzip, one member after the other, as log rotation joins them."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__(file, damage)
        self._engine = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)

    def _next(self, size: int) -> bytes:
        data = b""
        while not data:
            packed = self._next_packed()
            if packed is None:
                break
            if not packed:
                return self._broken("it is cut off")
            try:
                data = self._engine.decompress(packed, size)
            except isal_zlib.error as error:  # type: ignore[misc]  # its stub declares a value, not a class
                return self._broken(error)
        return data

    def _next_packed(self) -> bytes | None:
        """Bytes to decompress; none where the file is cut off, None where it ends as it should."""
        if not self._engine.eof:
            return self._engine.unconsumed_tail or self._file.read(_CHUNK)
        if rest := self._after(self._engine.unused_data):
            self._engine = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        return rest


class _Unzstd(_Packed):
    """Zstandard, frame after frame."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__(file, damage)
        self._reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

    def _next(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except zstandard.ZstdError as error:
            return self._broken(error)


class _Unblock(_Packed):
    """xz and bzip2, stream after stream."""

    def __init__(
        self, file: IO[bytes], damage: list[str], start: Callable[[], lzma.LZMADecompressor | bz2.BZ2Decompressor]
    ) -> None:
        super().__init__(file, damage)
        self._start, self._engine = start, start()

    def _next(self, size: int) -> bytes:
        data = b""
        while not data:
            packed = self._next_packed()
            if packed is None:
                break
            if not packed and self._engine.needs_input:
                return self._broken("it is cut off")
            try:
                data = self._engine.decompress(packed, size)
            except (OSError, lzma.LZMAError, EOFError) as error:
                return self._broken(error)
        return data

    def _next_packed(self) -> bytes | None:
        """Bytes to decompress; none where the file is cut off or more is to come, None where it ends as it should."""
        if not self._engine.eof:
            return self._file.read(_CHUNK) if self._engine.needs_input else b""
        if rest := self._after(self._engine.unused_data):
            self._engine = self._start()
        return rest
