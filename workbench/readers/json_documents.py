"""The records of JSON documents as lines of JSON: what a list under a known key holds, however it is written.

A document may be an answer of an API with its list of records, a bare list, several of them end to end or a line each.
Its records are written out again a line each, so that the engine of JSON lines reads them by whole columns.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

import orjson

from workbench.readers.json_records import Broken, documents
from workbench.readers.json_values import first_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.readers.declared import Declared

ANY_LIST = "*"  # a format that reads whichever list has times
_SAMPLED = 50
_DEPTH = 5
_MOST = 0.6
_MARK = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')
_TIMELIKE = re.compile(r"^\s*(?:\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|\d{10}(?:\.\d+)?$|\d{13}$|\d{16}$|\d{19}$)")
_TIME_NAME = re.compile(r"time|date|stamp|_at$|At$|_ts$|^ts$|when|epoch|occurred|created|started", re.IGNORECASE)


def is_document(head: bytes, declared: Declared) -> bool:
    """Whether these first bytes begin a document rather than lines of objects that are records themselves."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith((b"{", b"[")):
        return False
    lines = [line for line in text.split(b"\n")[:_SAMPLED] if line.strip()]
    values = [value for line in lines if (value := _loaded(line)) is not None]
    if _loaded(lines[0]) is not None:
        return any(_holds_objects(each) or is_wrapped(each, declared) or _inside(each, declared) for each in values[:3])
    if sum(isinstance(value, dict) and bool(value) for value in values) > len(lines) / 2:
        return False
    return _first_of(text.decode("utf-8", "replace")) is not None


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict | list) for each in value)


def _first_of(text: str) -> Any:
    """The first value of a text, whole or as far as it goes."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return beginning_of(text)


def beginning_of(text: str) -> Any:
    """What the beginning of a long document holds: cut after the last element of a list that is whole, and closed."""
    stack: list[str] = []
    cut, still_open = 0, ""
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark in "{[":
            stack.append("}" if mark == "{" else "]")
        elif mark in "}]":
            if not stack or stack.pop() != mark:
                return None
            if stack and stack[-1] == "]":
                cut, still_open = match.end(), "".join(reversed(stack))
    try:
        return orjson.loads(text[:cut] + still_open) if cut else None
    except orjson.JSONDecodeError:
        return None


def is_wrapped(value: Any, declared: Declared) -> bool:
    """Whether an object holds records rather than being one."""
    if not isinstance(value, dict):
        return False
    if declared.json_records == (ANY_LIST,):
        return has_time(value, declared) is False and bool(timed_lists(value, declared))
    return any(isinstance(found, list) for path in declared.json_records for found, _ in _at(value, path.split(".")))


def records_of(value: Any, declared: Declared, depth: int = 0) -> Iterator[Any]:
    """The records of one JSON value: those of its lists, else the value itself."""
    if isinstance(value, Broken):
        yield value
    elif isinstance(value, list) and depth < _DEPTH:
        for each in value:
            yield from records_of(each, declared, depth + 1)
    elif is_wrapped(value, declared):
        for record in _listed(value, declared):
            yield _opened(record, declared)
    else:
        yield _opened(value, declared)


def _listed(value: dict[str, Any], declared: Declared) -> Iterator[Any]:
    if declared.json_records == (ANY_LIST,):
        yield from _at_list(value, timed_lists(value, declared)[0])
        return
    for path in declared.json_records:
        for found, beside in _at(value, path.split("."), declared.json_beside):
            for record in found if isinstance(found, list) else ():
                yield beside | record if beside and isinstance(record, dict) else record


def _at_list(value: Any, path: tuple[str, ...]) -> list[Any]:
    for key in path:
        value = value[key]
    found: list[Any] = value
    return found


def _at(value: Any, parts: Sequence[str], keys: tuple[str, ...] = ()) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What a path leads to, and what stood under the keys on the way there; lists on the way are passed through."""
    if not parts:
        yield value, {}
    elif isinstance(value, list):
        for each in value:
            yield from _at(each, parts, keys)
    elif isinstance(value, dict) and parts[0] in value:
        beside = {f"{key}.{name}": cell for key in keys for name, cell in _attributes(value.get(key)).items()}
        for found, inner in _at(value[parts[0]], parts[1:], keys):
            yield found, beside | inner


def _attributes(value: Any) -> dict[str, Any]:
    """An OTLP resource's attributes, a list of keys with typed values, as an object."""
    pairs = value.get("attributes") if isinstance(value, dict) else None
    found = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and isinstance(typed := pair.get("value"), dict):
            found[str(pair.get("key"))] = next(iter(typed.values()), None)
    return found


def _inside(record: Any, declared: Declared) -> str | None:
    """The key of the record's own part."""
    own = (key for key in declared.json_inside if isinstance(record, dict) and isinstance(record.get(key), dict))
    return next(own, None)


def _opened(record: Any, declared: Declared) -> Any:
    """The record with what stands in its own part (``_source``) laid beside the rest; in ``fields`` all are lists."""
    key = _inside(record, declared)
    if key is None:
        return record
    part, rest = record[key], {name: item for name, item in record.items() if name != key}
    if key == "fields":
        part = {name: cell[0] if isinstance(cell, list) and len(cell) == 1 else cell for name, cell in part.items()}
    return rest | part


def has_time(record: Any, declared: Declared) -> bool:
    """Whether an object has a value under one of the format's keys of time."""
    return isinstance(record, dict) and first_value(record, declared.json_keys["time"]) is not None


def timed_lists(value: Any, declared: Declared, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The ways to the lists of objects with times within an object, the longest list first."""
    found = _timed_lists(value, declared, path)
    return [way for _, way in sorted(found, key=lambda each: -each[0])]


def _timed_lists(value: Any, declared: Declared, path: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    if len(path) >= _DEPTH or not isinstance(value, dict):
        return []
    found = []
    for key, item in value.items():
        if isinstance(item, list):
            sample = [each for each in item[:_SAMPLED] if isinstance(each, dict)]
            timed = sum(has_time(each, declared) or bool(time_key([each])) for each in sample)
            if sample and timed > len(sample) / 2:
                found.append((len(item), (*path, key)))
        else:
            found += _timed_lists(item, declared, (*path, key))
    return found


def time_key(records: Sequence[dict[str, Any]]) -> str | None:
    """The key whose values are times in most records: by its values; a number only where its name says so too."""
    votes: dict[str, int] = {}
    for record in records[:_SAMPLED]:
        for key, item in _leaves(record):
            named = bool(_TIME_NAME.search(key.rpartition(".")[2]))
            text = str(item)
            if not isinstance(item, bool) and _TIMELIKE.match(text) and (named or "-" in text[:10]):
                votes[key] = votes.get(key, 0) + 1 + named
    best = max(votes, key=lambda key: votes[key], default=None)
    return best if best and votes[best] >= _MOST * min(len(records), _SAMPLED) else None


def _leaves(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, item in record.items():
        if isinstance(item, dict) and depth < 2:
            yield from _leaves(item, f"{prefix}{key}.", depth + 1)
        elif isinstance(item, str | int | float):
            yield f"{prefix}{key}", item


def _loaded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


class RecordLines(io.RawIOBase):
    """The records of a stream of documents, written as a line of JSON each; ``reasons`` tells why a record is none."""

    def __init__(self, stream: Any, declared: Declared) -> None:
        super().__init__()
        self.reasons: dict[int, str] = {}
        self._lines, self._rest = self._written(stream, declared), b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        parts, size = [self._rest], len(self._rest)
        while size < len(buffer) and (line := next(self._lines, b"")):
            parts.append(line)
            size += len(line)
        data = b"".join(parts)
        taken, self._rest = data[: len(buffer)], data[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _written(self, stream: Any, declared: Declared) -> Iterator[bytes]:
        number = 0
        for value in documents(stream):
            for record in records_of(value, declared):
                number += 1
                if isinstance(record, dict) and declared.json_skip and record.get(declared.json_skip) is True:
                    self.reasons[number] = f"{declared.json_skip!r} is true: what comes later replaces it"
                    yield b"! " + _dumped(record) + b"\n"
                elif isinstance(record, Broken):
                    self.reasons[number] = record.reason
                    yield b"! " + record.text.replace("\n", " ").encode() + b"\n"
                else:
                    yield _dumped(record) + b"\n"


def _dumped(record: Any) -> bytes:
    """One record as a line; numbers beyond 64 bits, which only the slower parser reads, as text."""
    try:
        return orjson.dumps(record, default=str)
    except (TypeError, ValueError):
        return b"! " + repr(record)[:200].replace("\n", " ").encode("utf-8", "replace")
