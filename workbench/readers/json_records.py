"""The JSON engine of the export readers: documents, NDJSON, concatenated JSON and API pages become numbered records."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import orjson

from workbench.clock import Instant, read_instant
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbench.clock import Assumption
    from workbench.readers.base import Head, Source

FLUSH_EVENTS = 50_000
MAX_DEPTH = 24  # nesting that a flattener follows; nobody writes deeper prose
_EXCERPT = 200
_SAMPLE = 50
_LINES = 10  # as many records on lines of their own make NDJSON
_FIRST_LINE = 1024 * 1024
_KEY = re.compile(rb'"([A-Za-z_@$][\w.@$:-]{0,60})"\s*:')
_ASSIGNED = re.compile(r"^\s*(?:var|let|const)\s+[\w.]+\s*=\s*")
_LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_LAST_NS = 2**63 - 1
_LONGEST_NUMBER = 20  # digits and sign of what 64 bits hold


class RecordError(Exception):
    """A record that gives no event; its text is the reason."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A stretch of a source that is not JSON."""

    text: str
    reason: str


# --- bytes to JSON values -------------------------------------------------------------------------------------------


def documents(stream: IO[bytes]) -> Iterator[Any]:
    """The JSON values of a stream in order; what does not parse comes as :class:`Broken`, and reading goes on."""
    stream = _as_utf8(stream)
    first = stream.readline(_FIRST_LINE)
    while first and not first.strip():
        first = stream.readline(_FIRST_LINE)
    if first.endswith(b"\n") and not isinstance(value := _loads(first), Broken):
        yield value
        yield from _lines(stream)
        return
    yield from _whole(first + stream.read())


def _as_utf8(stream: IO[bytes]) -> IO[bytes]:
    """The stream without a byte order mark; UTF-16 is turned into UTF-8 first."""
    start = stream.read(4)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or (len(start) == 4 and start.count(0) == 2):
        data = start + stream.read()
        marked = start[:2] in {b"\xff\xfe", b"\xfe\xff"}
        encoding = "utf-16" if marked else "utf-16-le" if start[1] == 0 else "utf-16-be"
        return io.BytesIO(data.decode(encoding, "replace").encode())
    return io.BufferedReader(_Prefixed(start.removeprefix(b"\xef\xbb\xbf"), stream))


class _Prefixed(io.RawIOBase):
    """Bytes already read, then the rest of the stream: the peek is handed back without a seek."""

    def __init__(self, prefix: bytes, stream: IO[bytes]) -> None:
        self._prefix, self._stream = prefix, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._prefix or self._stream.read(len(buffer))
        taken, self._prefix = data[: len(buffer)], data[len(buffer) :] if self._prefix else b""
        buffer[: len(taken)] = taken
        return len(taken)


def _loads(data: bytes) -> Any:
    """One JSON value; NaN, Infinity and broken UTF-8 are let through the slower parser of the standard library."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:
        return json.loads(_whole_pairs(data.decode("utf-8", "replace")), strict=False, parse_int=_whole_number)
    except (ValueError, RecursionError):
        return Broken(data[:_EXCERPT].decode("utf-8", "replace").strip(), f"not JSON: {reason}")


def _whole_pairs(text: str) -> str:
    """JSON in which halves of surrogate pairs, which no text can hold, are marked as unreadable."""
    return _LONE.sub(r"\\ufffd", text)


def _whole_number(digits: str) -> int | str:
    """A number as such if 64 bits hold it, else its digits: so it can be kept, and nothing of it is lost."""
    return number if len(digits) <= _LONGEST_NUMBER and -(2**63) <= (number := int(digits)) < 2**63 else digits


def _lines(stream: Iterable[bytes]) -> Iterator[Any]:
    for line in stream:
        if line.strip():
            yield _loads(line)


def _whole(data: bytes) -> Iterator[Any]:
    """A document over many lines, several of them end to end, or NDJSON whose first line is broken."""
    if not data.strip():
        return
    value = _loads(data)
    if not isinstance(value, Broken):
        yield value
        return
    lines = [line for line in data.split(b"\n") if line.strip()]
    sample = lines[: _SAMPLE * 4]
    if len(lines) > 1 and 2 * sum(not isinstance(_loads(line), Broken) for line in sample) > len(sample):
        yield from map(_loads, lines)
        return
    yield from _concatenated(_whole_pairs(data.decode("utf-8", "replace")))


def _concatenated(text: str) -> Iterator[Any]:
    """JSON values end to end; after a broken stretch reading goes on at the next line that opens a value."""
    decoder, at = json.JSONDecoder(strict=False, parse_int=_whole_number), 0
    if match := _ASSIGNED.match(text):
        at = match.end()
    while at < len(text):
        if text[at] in " \t\r\n,;\x1e\ufeff":
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
            yield value
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "") or "nested too deeply"
            where = getattr(error, "lineno", text.count("\n", 0, at) + 1)
            yield Broken(text[at : at + _EXCERPT].strip(), f"not JSON: {reason} at line {where}")
            at = min((found for mark in ("\n{", "\n[") if (found := text.find(mark, at)) > 0), default=len(text))


# --- values to records ----------------------------------------------------------------------------------------------


def items(value: Any, wrappers: tuple[str, ...], depth: int = 0) -> Iterator[Any]:
    """The records of a value: the lists under the wrapper keys, the elements of a list, or the value itself."""
    if isinstance(value, list) and depth < 4:
        for element in value:
            yield from items(element, wrappers, depth + 1)
        return
    inside = [value[key] for key in wrappers if isinstance(value.get(key), list)] if isinstance(value, dict) else []
    if not inside or depth >= 4:
        yield value
    for part in inside:
        yield from part


def excerpt(value: Any) -> str:
    """The start of a record as text, for the list of rejected ones."""
    try:
        return orjson.dumps(value, default=str).decode()[:_EXCERPT]
    except (TypeError, ValueError):
        return str(value)[:_EXCERPT]


def instant(value: object, assumption: Assumption | None = None) -> Instant | None:
    """Like :func:`read_instant`, and None for times that ns since 1970 cannot hold (9999-12-31 as "never")."""
    found = read_instant(value, assumption)
    return found if found and found.earliest > 0 and found.latest < _LAST_NS else None


def moment(record: dict[str, Any], *keys: str, assumption: Assumption | None = None) -> Instant:
    """The first of the keys that holds a time; RecordError where none does."""
    for key in keys:
        if found := instant(record.get(key), assumption):
            return found
    stated = next((record[key] for key in keys if record.get(key) not in (None, "")), None)
    wanted = " or ".join(keys)
    raise RecordError(f"no usable time: {wanted} is {'missing' if stated is None else repr(stated)[:_EXCERPT]}")


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one: a missing part of a record reads like an empty part."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def label(value: Any, *keys: str) -> str | None:
    """A name as text: of an object the first of the keys that is set, of anything else its own text."""
    if isinstance(value, dict):
        value = next((value[key] for key in keys if value.get(key) not in (None, "", [], {})), None)
    if value is None or isinstance(value, dict | list | bool):
        return None
    return str(value).strip() or None


# --- recognition ----------------------------------------------------------------------------------------------------


def keys_in(head: Head) -> frozenset[str]:
    """The object keys visible in the head of a JSON file, nested ones too; empty where it does not look like JSON."""
    return _keys(head.data)


@lru_cache(maxsize=4)
def _keys(data: bytes) -> frozenset[str]:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.decode("utf-16", "replace").encode()
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start not in {b"{", b"["}:
        return frozenset()
    return frozenset(match.decode("utf-8", "replace") for match in _KEY.findall(data))


def claim(
    head: Head,
    split: Callable[[Any], Iterable[Any]],
    fits: Callable[[Any], bool],
    signatures: tuple[frozenset[str], ...],
) -> Claim | None:
    """The bid of a reader of JSON: by the first records, as ``split`` finds them, else by the keys in sight."""
    values = head.records or ((head.document,) if head.document is not None else ())
    sample = [item for value in values[:_SAMPLE] for item in islice(split(value), _SAMPLE)]
    if sample:
        fitting = sum(map(fits, sample)) / len(sample)
        if fitting >= 0.5:
            return Claim(Certainty.SIGNATURE, fitting)
        if head.complete or len(values) >= _LINES:
            return None  # else they may be lines out of a long document, which say nothing of its shape
    if any(signature <= keys_in(head) for signature in signatures):
        return Claim(Certainty.SIGNATURE, 1.0)  # too big to parse here, or an empty page
    return None


# --- the reader that most exports share -----------------------------------------------------------------------------


@dataclass(slots=True)
class Ledger:
    """What a source gave so far, so that each record ends as events or as a rejection with its reason."""

    rows: EventRows = field(default_factory=EventRows)
    rejected: list[Rejected] = field(default_factory=list)
    records: int = 0
    notes: list[str] = field(default_factory=list)
    _given: int = 0  # records that earlier batches counted

    def reject(self, value: Any, reason: str) -> None:
        """The current record is no event."""
        self.rejected.append(Rejected(self.records, value if isinstance(value, str) else excerpt(value), reason))

    def take(self, value: Any, unfold: Callable[[EventRows, int, dict[str, Any]], None]) -> None:
        """One record: unfolded into events, or rejected. A malformed record never stops the reading."""
        self.records += 1
        if isinstance(value, Broken):
            self.reject(value.text, value.reason)
            return
        if not isinstance(value, dict):
            self.reject(value, "not an object")
            return
        self.attempt(value, value, unfold)

    def attempt(self, record: Any, shown: Any, unfold: Callable[[EventRows, int, Any], None]) -> None:
        """The current record is unfolded; where that fails it is rejected, with the start of what is shown of it."""
        before = len(self.rows)
        try:
            unfold(self.rows, self.records, record)
        except RecordError as error:
            self.reject(shown, str(error))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            self.reject(shown, f"not shaped as documented: {type(error).__name__} {error}"[:_EXCERPT])
        else:
            if len(self.rows) == before:
                self.reject(shown, "nothing in it has a time")

    def batch(self) -> Batch:
        """What was gathered since the last batch, and a fresh start."""
        since = self.records - self._given
        made = Batch(events=self.rows.frame(), rejected=self.rejected, records=since, notes=self.notes)
        self._given, self.rows, self.rejected, self.notes = self.records, EventRows(), [], []
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReader:
    """An export whose records each unfold into events.

    ``start`` makes the function that unfolds one record, fresh for each source, so that it may remember what it saw.
    ``expand`` splits what the wrappers hold into the records that people count (a page of incidents into updates).
    """

    name: str
    title: str
    example: str
    unfolds: str
    kind: str
    wrappers: tuple[str, ...]
    fits: Callable[[Any], bool]
    signatures: tuple[frozenset[str], ...]
    start: Callable[[Source], Callable[[EventRows, int, dict[str, Any]], None]]
    expand: Callable[[Any], Iterable[Any]] | None = None
    structured: bool = True
    version: int = 1

    def identify(self, head: Head) -> Claim | None:
        """By the keys of the first records."""
        return claim(head, lambda value: items(value, self.wrappers), self.fits, self.signatures)

    def read(self, source: Source) -> Iterator[Batch]:
        """The records in file order."""
        ledger, unfold = Ledger(), self.start(source)
        with source.open() as stream:
            for value in documents(stream):
                for record in self._records(value):
                    ledger.take(record, unfold)
                    if len(ledger.rows) >= FLUSH_EVENTS:
                        yield ledger.batch()
        yield ledger.batch()

    def _records(self, value: Any) -> Iterator[Any]:
        for item in (value,) if isinstance(value, Broken) else items(value, self.wrappers):
            if self.expand and isinstance(item, dict):
                yield from self.expand(item)
            else:
                yield item
