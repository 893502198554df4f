"""All texts of a finished file of any form: pages, notebooks, tables, calendars, pictures, archives in archives."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.redaction.document import document_pieces, parsed
from workbench.redaction.markup import markup_pieces
from workbench.redaction.picture import MAGIC, picture_pieces
from workbench.redaction.piece import Kind, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 4
_MOST = 256_000_000  # bytes of all that is unpacked from one file
_MOST_MEMBERS = 10_000
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = b"\x1f\x8b"
# Pictures and fonts whose text, if any, stands in them as it is.
_PLAIN_BINARY = (
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"wOFF",
    b"wOF2",
    b"OTTO",
    b"\x00\x01\x00\x00",
    b"true",
    b"\0\0\1\0",
    b"BM",
)
_PRINTABLE = re.compile(rb"[\x20-\x7e\xa0-\xff]{4,}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}+={0,2}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(slots=True)
class _Budget:
    """How much may still be unpacked from one file."""

    left: int = field(default=_MOST)

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise _TooLargeError


class _TooLargeError(Exception):
    """More is packed into the file than anybody can look through."""


def contents(name: str, data: bytes) -> Iterator[Piece]:
    """The texts of a file; what cannot be looked into comes as a piece that says so."""
    yield Piece(text=name, where="its name")
    yield from _bounded(name, data, "", _Budget(), 0)


def _bounded(name: str, data: bytes, member: str, budget: _Budget, depth: int) -> Iterator[Piece]:
    try:
        budget.take(len(data) if depth <= _DEEPEST else _MOST + 1)
        yield from _opened(name, data, member, budget, depth)
    except _TooLargeError:
        yield _closed("more is packed in it than can be looked through", member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        yield _closed(f"it cannot be unpacked ({type(error).__name__})", member)


def _opened(name: str, data: bytes, member: str, budget: _Budget, depth: int) -> Iterator[Piece]:
    if data.startswith(MAGIC):
        yield from picture_pieces(data, member)
    elif data.startswith(_ARCHIVE):
        yield from _archive(data, member, budget, depth)
    elif data.startswith(_PACKED):
        yield from _bounded(name.removesuffix(".gz"), _inflated(data, budget), member or name, budget, depth + 1)
    elif data.startswith(_PLAIN_BINARY):
        text = "\n".join(found.decode("latin-1") for found in _PRINTABLE.findall(data))
        yield Piece(text=text, where="its bytes", member=member, kind=Kind.CODE)
    elif (text_or_none := _text(data)) is None:
        yield _closed("it is of a form that is not known", member)
    else:
        yield from _written(name, text_or_none, member, budget, depth)


def _closed(why: str, member: str) -> Piece:
    return Piece(text=why, where="the file", member=member, kind=Kind.CLOSED)


def _text(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data.count(b"\0") * 100 > len(data):
        return None
    return data.replace(b"\0", b"").decode("utf-8-sig", "replace")  # a stray zero in a log's line splits no value


def _inflated(data: bytes, budget: _Budget) -> bytes:
    packed = zlib.decompressobj(wbits=31)
    whole = packed.decompress(data, max(1, budget.left))
    if packed.unconsumed_tail or packed.unused_data:
        raise _TooLargeError
    return whole


def _archive(data: bytes, member: str, budget: _Budget, depth: int) -> Iterator[Piece]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield Piece(text=archive.comment.decode("utf-8", "replace"), where="the archive's comment", member=member)
        infos = archive.infolist()
        if len(infos) > _MOST_MEMBERS:
            raise _TooLargeError
        for info in infos:
            path = f"{member}/{info.filename}" if member else info.filename
            yield Piece(
                text=f"{info.filename}\n{info.comment.decode('utf-8', 'replace')}", where="its name", member=path
            )
            if not info.is_dir():
                yield from _member(archive, info, path, budget, depth)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: _Budget, depth: int) -> Iterator[Piece]:
    if info.file_size > budget.left:
        yield _closed("it is too large to be looked through", path)
        return
    try:
        with archive.open(info) as stream:  # the size in the archive's list may be a lie
            data = stream.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        yield _closed(f"it cannot be unpacked ({type(error).__name__})", path)
        return
    yield from _bounded(info.filename, data, path, budget, depth + 1)


def _written(name: str, text: str, member: str, budget: _Budget, depth: int) -> Iterator[Piece]:
    yield from _by_form(name.lower(), text, member)
    yield Piece(text=text, where="the file, in another form", member=member, kind=Kind.RAW)
    for encoded in _ENCODED.findall(text):
        if decoded := _decoded(encoded):
            yield from _bounded("", decoded, member, budget, depth + 1)


def _by_form(name: str, text: str, member: str) -> Iterator[Piece]:
    start = text.lstrip()[:1]
    if name.endswith((".json", ".ipynb", ".geojson", ".map")) or start in {"{", "["}:
        whole = parsed(text)
        if whole is not None:
            yield from document_pieces(whole, member)
            return
    if start == "<" or name.endswith((".html", ".htm", ".svg", ".xml", ".xhtml", ".rels")):
        yield from markup_pieces(text, member)
        return
    if name.endswith(".ics"):
        text = _unfolded(text)
    elif name.endswith((".md", ".markdown")):
        text = _unescaped(text)
    yield Piece(text=text, where="the text", member=member)
    if "<" in text and name.endswith((".md", ".markdown")):
        yield from markup_pieces(text, member)


def _unfolded(text: str) -> str:
    """A calendar's lines made whole again, and its marks for signs read."""
    whole = re.sub(r"\r?\n[ \t]", "", text)
    return re.sub(r"\\([,;nN\\])", lambda mark: "\n" if mark[1] in "nN" else mark[1], whole)


def _unescaped(text: str) -> str:
    """Markdown's words as they are shown: without the signs that keep others from being marks, links or mentions."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\u2060", "")


def _decoded(encoded: str) -> bytes:
    """What base 64 hides, if it is a text or a file of a known form; else nothing: most of it is a hash or a name."""
    plain = encoded.rstrip("=").translate(_FROM_URLS)
    try:
        data = b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4))
        if data.startswith((MAGIC, *_ARCHIVE, _PACKED)):
            return data
        return b"" if _CONTROL.search(data.decode("utf-8")) else data
    except (Base64Error, UnicodeDecodeError):
        return b""


_FROM_URLS = str.maketrans("-_", "+/")
