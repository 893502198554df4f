"""The XML engine of the export readers: streaming, bounded, and deaf to all that a document may ask of its reader.

Entities that a document declares are refused, external ones never fetched. Exports are read as they really come: saved
from a browser with a line of text before the first tag, several documents end to end, cut off, in any encoding.
"""

from __future__ import annotations

import codecs
import html
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from workbench.readers.blocks import encoding_of
from workbench.readers.xml_elements import BrokenElement, Element

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
MAX_ELEMENT = 32 * 1024 * 1024  # bytes of one element's texts, or of one tag
_CHUNK = 256 * 1024
_EXCERPT = 200
_SKETCHED = 5_000  # elements of a head that recognition looks at
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}\sencoding\s*=\s*["']([\w.:-]{1,40})["']""")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML 1.0 cannot hold, and exports do
_TAG = re.compile(rb"<(?:[A-Za-z_:]|\?xml[\s-]|!--|!DOCTYPE)")
_DECLARATION = re.compile(rb"<\?xml\s")
_PROLOGUE = (b"<?", b"<!")
_LONGEST_OPENING = 16  # bytes in which a tag is known to be one
_WRAPPER = b"<_side-by-side_>"  # the tag around them


class RefusalError(Exception):
    """What a document may not ask for; its text is a sentence."""


class XmlElements:
    """The elements of these names in a stream, the outermost of them; ``notes`` tell what else was met.

    Memory holds one element at a time. Iterate once.
    """

    def __init__(self, stream: IO[bytes], tags: frozenset[str]) -> None:
        self.notes: list[str] = []
        self._chunks = _clean_utf8(stream)
        self._tags = tags
        self._line = 1  # of the next byte to be parsed

    def __iter__(self) -> Iterator[Element | BrokenElement]:
        rest, follows = self._beginning(b""), False
        while rest:
            document = _Document(self._tags, self._line, wrapped=follows and not rest.startswith(_PROLOGUE))
            yield from self._document(document, rest)
            if document.problem:
                self.notes.append(document.problem)
            self._line, follows = document.line, document.complete
            again = document.rest if document.complete else self._skipped(document.rest, _DECLARATION, document.begun)
            rest = self._beginning(again or b"") if document.complete or again else b""

    def _beginning(self, data: bytes) -> bytes:
        """What begins with the next tag; b"" where there is none. Text before it is passed over, with a note."""
        before = self._line
        passed: list[bytes] = []
        data = self._skipped(data, _TAG, 0, passed)
        if any(part.replace(codecs.BOM_UTF8, b"").strip() for part in passed):
            self.notes.append(f"Text from line {before} on, before the next tag, was passed over." if data else
                              f"Text from line {before} on, after the last tag, was passed over.")  # fmt: skip
        return data

    def _skipped(self, data: bytes, pattern: re.Pattern[bytes], at: int, passed: list[bytes] | None = None) -> bytes:
        """What begins with the next match; b"" where there is none. ``passed`` takes the start of what is left out."""
        while True:
            match = pattern.search(data, at)
            cut = match.start() if match else max(0, len(data) - _LONGEST_OPENING)
            self._line += data.count(b"\n", 0, cut)
            chunk = None if match else next(self._chunks, None)
            if passed is not None:
                passed.append((data if chunk is None and not match else data[:cut])[:_EXCERPT])
            if match or chunk is None:
                return data[cut:] if match else b""
            data, at = data[cut:] + chunk, 0

    def _document(self, document: _Document, data: bytes) -> Iterator[Element | BrokenElement]:
        """One document, chunk after chunk."""
        chunk: bytes | None = data
        while chunk is not None and document.feed(chunk):
            yield from document.taken()
            chunk = next(self._chunks, None)
        if chunk is None:
            document.finish()
        yield from document.taken()


class _Document:
    """One document on its way through the parser; ``wrapped`` ones are many elements side by side."""

    def __init__(self, tags: frozenset[str], line: int, *, wrapped: bool) -> None:
        self.problem = ""  # a sentence, where reading stopped before the end
        self.complete = False  # its outermost element has ended
        self.rest = b""  # what stands after it
        self._tags, self._first_line = tags, line
        self._ready: list[Element | BrokenElement] = []
        self._open: list[Element] = []  # around the wanted element
        self._wanted: list[Element] = []  # the wanted element and those open in it
        self._size = self._fed = 0
        self._kept = b""  # fed and perhaps not yet parsed
        self._parser = _made()
        if wrapped:
            self._fed, self._kept, self.complete = len(_WRAPPER), _WRAPPER, True
            self._parser.Parse(_WRAPPER, False)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.CharacterDataHandler, self._parser.DefaultHandler = self._text, self._default

    @property
    def line(self) -> int:
        """Where the parser stands."""
        return self._first_line + self._parser.CurrentLineNumber - 1

    @property
    def begun(self) -> int:
        """From where on in ``rest`` another document may begin: not at its first byte where nothing was read."""
        return int(self._parser.ErrorByteIndex <= 0)

    def feed(self, data: bytes) -> bool:
        """Whether the document goes on after these bytes."""
        begins = self._fed - len(self._kept)
        self._kept, self._fed = self._kept + data, self._fed + len(data)
        try:
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            self._stop(error, begins)
            return False
        except RefusalError as refusal:
            self.problem = f"Reading stopped at line {self.line}: {refusal}"
            self._abandon("the document cannot be read on inside it")
            self.complete = False
            return False
        self._kept = self._kept[max(self._parser.CurrentByteIndex - begins, 0) :]
        if self.complete and not self._kept.strip():
            self._kept = b""
        if len(self._kept) > MAX_ELEMENT:
            self.problem = f"Reading stopped at line {self.line}: a tag longer than {MAX_ELEMENT >> 20} MB."
            return False
        return True

    def finish(self) -> None:
        """The stream is over."""
        try:
            self._parser.Parse(b"", True)
        except (expat.ExpatError, RefusalError):
            if not self.complete:
                self.problem = f"The document ends in the middle, at line {self.line}; what came before is read."
        self._abandon("the document ends inside it")

    def taken(self) -> list[Element | BrokenElement]:
        """The elements that are read by now."""
        ready, self._ready = self._ready, []
        return ready

    def _stop(self, error: expat.ExpatError, begins: int) -> None:
        """A second document after the end of this one is no mistake; all else is told."""
        self.rest = self._kept[max(0, self._parser.ErrorByteIndex - begins) :]
        if not self.complete:
            reason = expat.errors.messages.get(error.code, str(error))
            self.problem = f"Reading stopped at line {self.line}: this is not XML ({reason})."
            self._abandon("the document cannot be read on inside it")

    def _abandon(self, reason: str) -> None:
        if self._wanted:
            whole = self._wanted[0]
            self._ready.append(BrokenElement(whole.line, whole.whole_text().strip()[:_EXCERPT], reason))
            self._wanted = []

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.complete = False
        if len(self._open) + len(self._wanted) >= MAX_DEPTH:
            raise RefusalError(f"elements are nested more than {MAX_DEPTH} deep.")
        if self._wanted:
            element = Element(tag, attributes, self.line)
            if self._grow(sum(map(len, attributes.values()))):
                self._wanted[-1].parts.append(element)
            self._wanted.append(element)
        elif tag in self._tags:
            self._size = 0
            self._wanted = [Element(tag, attributes, self.line, tuple(self._open))]
        else:
            self._open.append(Element(tag, attributes, self.line))

    def _end(self, _tag: str) -> None:
        if self._wanted:
            element = self._wanted.pop()
            if not self._wanted:
                self._ready.append(self._bounded(element))
        elif self._open:
            self._open.pop()
        self.complete = not self._open and not self._wanted

    def _bounded(self, element: Element) -> Element | BrokenElement:
        if self._size <= MAX_ELEMENT:
            return element
        return BrokenElement(element.line, element.text[:_EXCERPT], f"larger than {MAX_ELEMENT >> 20} MB")

    def _grow(self, size: int) -> bool:
        self._size += size + 16
        return self._size <= MAX_ELEMENT

    def _text(self, text: str) -> None:
        if self._wanted and self._grow(len(text)):
            self._wanted[-1].parts.append(text)

    def _default(self, text: str) -> None:
        """What no other handler takes: an entity that nobody declared is read as HTML has it."""
        if text[:1] == "&" and text[-1:] == ";":
            self._text(html.unescape(text))


def _made() -> expat.XMLParserType:
    """A parser that fetches nothing and expands nothing."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    # Names of entities that nobody declared ("&nbsp;") come as text then, and nothing is fetched for them.
    parser.UseForeignDTD(True)
    parser.StartDoctypeDeclHandler = _refuse_declarations
    return parser


def _refuse_declarations(_name: str, _system: str | None, _public: str | None, declares: bool) -> None:  # noqa: FBT001
    if declares:
        raise RefusalError("the document declares entities or elements of its own, which are not expanded here.")


def _clean_utf8(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in UTF-8, whatever it is written in; bytes that are no text, and control characters, replaced."""
    data = stream.read(_CHUNK)
    encoding, mark = encoding_of(data)
    if encoding == "utf-8" and not mark and (match := _DECLARED.search(data[:1024])):
        encoding = _known(match[1].decode("ascii"))
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    data = data[mark:]
    while data:
        if text := decoder.decode(data):
            yield _UNREADABLE.sub("\ufffd", text).encode("utf-8", "replace")
        data = stream.read(_CHUNK)
    if text := decoder.decode(b"", True):
        yield text.encode("utf-8", "replace")


def _known(encoding: str) -> str:
    """The encoding that a document declares; UTF-8 where there is none such, or where the bytes show otherwise."""
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        return "utf-8"
    text = getattr(found, "_is_text_encoding", True)
    return "utf-8" if not text or found.name.startswith(("utf-16", "utf-32")) else found.name


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a head shows of a document: its outermost tag with its attributes, the names of all tags, and its text."""

    root: str
    attributes: dict[str, str]
    tags: frozenset[str]
    text: str  # all of the head, markup and all


@lru_cache(maxsize=4)
def sketch(data: bytes) -> Sketch | None:
    """What the first bytes of a file show, where they are XML; None where they are not."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(found) < _SKETCHED:
            found.append((tag, attributes))

    chunks = b"".join(_clean_utf8(io.BytesIO(data)))
    match = _TAG.search(chunks)
    if not match:
        return None
    parser = _made()
    parser.StartElementHandler = start
    with suppress(expat.ExpatError, RefusalError):
        parser.Parse(chunks[match.start() :], False)
    if not found:
        return None
    return Sketch(*found[0], frozenset(tag for tag, _ in found), chunks.decode("utf-8", "replace"))
