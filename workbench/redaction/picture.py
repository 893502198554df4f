"""The texts of a PNG: what its chunks say beside the picture, and what lies behind its end."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from workbench.redaction.piece import Kind, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\x89PNG\r\n\x1a\n"

_MOST_TEXT = 4_000_000  # bytes of one chunk, inflated
_PICTURE = {b"IHDR", b"IDAT", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"bKGD", b"pHYs", b"sBIT", b"tIME", b"IEND"}


def picture_pieces(data: bytes, member: str = "") -> Iterator[Piece]:
    """The texts in the chunks of a PNG."""
    at = len(MAGIC)
    name = b""
    while at + 12 <= len(data) and name != b"IEND":
        size = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if name not in _PICTURE:
            yield _chunk(name, data[at + 8 : at + 8 + size], member)
        at += 12 + size
    if rest := data[at:]:
        yield Piece(text=_plain(rest), where="behind the picture's end", member=member)
    if name != b"IEND":
        yield Piece(text="its chunks are broken", where="the picture", member=member, kind=Kind.CLOSED)


def _chunk(name: bytes, body: bytes, member: str) -> Piece:
    where = f"the chunk {name.decode('latin-1')}"
    try:
        return Piece(text=_read(name, body), where=where, member=member)
    except (zlib.error, ValueError):
        return Piece(text="it is damaged or too large", where=where, member=member, kind=Kind.CLOSED)


def _read(name: bytes, body: bytes) -> str:
    keyword, _, rest = body.partition(b"\0")
    if name == b"zTXt":
        return _plain(keyword + b": " + _inflated(rest[1:]))
    if name == b"iTXt" and len(rest) >= 2:
        packed, (_, _, told) = rest[0], rest[2:].partition(b"\0")
        translated, _, text = told.partition(b"\0")
        return _plain(b" ".join((keyword + b":", translated, _inflated(text) if packed else text)))
    if name == b"iCCP":
        return _plain(keyword + b" " + _inflated(rest[1:]))
    return _plain(body.replace(b"\0", b": ", 1) if name == b"tEXt" else body)


def _inflated(data: bytes) -> bytes:
    packed = zlib.decompressobj()
    text = packed.decompress(data, _MOST_TEXT)
    if packed.unconsumed_tail:
        raise ValueError
    return text


def _plain(data: bytes) -> str:
    """Bytes as text: UTF-8 where it is, else a letter a byte; without the zeros of texts of two bytes a letter."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.replace(b"\0", b"").decode("latin-1")
