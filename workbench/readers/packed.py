"""Compressed files as streams that end where their damage begins, and say so, instead of losing what came before."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

import zstandard
from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAGIC_GZIP, MAGIC_ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_CHUNK = 256 * 1024
_STEP = 32 * 1024  # at most so much is lost before damage, which shows only when a step has failed
_GZIP_WINDOW = 31  # zlib's number for "a gzip header and trailer around it"


def opener(file: Path, magic: bytes, damage: list[str]) -> Callable[[], IO[bytes]]:
    """What opens the file for reading, decompressed; a sentence about damage is put into ``damage`` once."""
    if magic.startswith(MAGIC_GZIP):
        return lambda: io.BufferedReader(_Gunzip(file.open("rb"), damage), buffer_size=1 << 20)
    if magic == MAGIC_ZSTD:
        return lambda: io.BufferedReader(_Unzstd(file.open("rb"), damage), buffer_size=1 << 20)
    return lambda: file.open("rb")


class _Packed(io.RawIOBase):
    """A compressed stream: the subclass knows how to get the next bytes."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__()
        self._file, self._damage = file, damage
        self._hurt_once = False

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Closes the file below too."""
        self._file.close()
        super().close()

    def _hurt(self, why: object) -> int:
        sentence = f"The file is damaged ({why}): what stands before the damage is read, the rest is lost."
        if not self._hurt_once and sentence not in self._damage:
            self._damage.append(sentence)
        self._hurt_once = True
        return 0


class _Gunzip(_Packed):
    """gzip, one member after the other, as log rotation joins them."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__(file, damage)
        self._engine = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 at the end or at the damage."""
        while not self._hurt_once:
            packed = self._next_packed()
            if packed is None:
                return 0
            if not packed:
                return self._hurt("it is cut off")
            try:
                data = self._engine.decompress(packed, min(len(buffer), _STEP))
            except isal_zlib.error as error:  # type: ignore[misc]  # its stub declares a value, not a class
                return self._hurt(error)
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0

    def _next_packed(self) -> bytes | None:
        """Bytes to decompress; none where the file is cut off, None where it ends as it should."""
        if not self._engine.eof:
            return self._engine.unconsumed_tail or self._file.read(_CHUNK)
        rest = self._engine.unused_data.lstrip(b"\0") or self._file.read(_CHUNK).lstrip(b"\0")
        if not rest:
            return None
        self._engine = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        return rest


class _Unzstd(_Packed):
    """Zstandard, frame after frame."""

    def __init__(self, file: IO[bytes], damage: list[str]) -> None:
        super().__init__(file, damage)
        self._reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 at the end or at the damage."""
        try:
            data = self._reader.read(len(buffer))
        except zstandard.ZstdError as error:
            return self._hurt(error)
        buffer[: len(data)] = data
        return len(data)
