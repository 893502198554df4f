"""One TOML file of an incident folder: read with the place of each key, edited with its comments kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from workbench.errors import FolderError
from workbench.store.atomic import ABSENT, disk_problem, write_if_unchanged
from workbench.store.hashing import sha256_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

KeyPath = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)""")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """A TOML file as it was read: ``digest`` is of its bytes, ABSENT where there is no such file."""

    path: Path
    text: str
    digest: str
    table: dict[str, Any]

    def line_of(self, key: KeyPath) -> int | None:
        """The 1-based line where a key stands, or the nearest table around it; None where it cannot be told."""
        lines = _lines_by_key(self.text)
        for length in range(len(key), 0, -1):
            if (line := lines.get(key[:length])) is not None:
                return line
        return None

    def span_of(self, table: KeyPath) -> tuple[int, int] | None:
        """The 1-based line of a table's header and of the next other one, or after the end; None without a header."""
        lines = _lines_by_key(self.text)
        text = lines_of(self.text)
        first = lines.get(table)
        if first is None or not _HEADER.match(text[first - 1]):
            return None
        others = [line for path, line in lines.items() if line > first and path[: len(table)] != table]
        return first, min(others, default=len(text) + 1)


def read_toml(path: Path) -> TomlFile:
    """The file's text and table; a missing file is an empty one. Raises FolderError with the line of a mistake."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return TomlFile(path=path, text="", digest=ABSENT, table={})
    except OSError as error:
        raise disk_problem(error, "cannot be read", path) from error
    text = decoded(data, path)
    return TomlFile(path=path, text=text, digest=sha256_bytes(data), table=_parsed(text, path))


def decoded(data: bytes, path: Path) -> str:
    """The text of a people's file: UTF-8, with or without a byte-order mark; raises FolderError with the line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FolderError("is UTF-16 text", where=str(path), next_step="Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FolderError(
            "holds bytes that are not UTF-8", where=f"{path}:{line}", next_step="Save it as UTF-8."
        ) from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = str(error)
        place = _AT_LINE.search(message)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        what = _AT_LINE.sub("", message)
        column = f", column {place[2]}" if place and place[2] else ""
        raise FolderError(
            f"is not TOML: {what}{column}", where=f"{path}:{line}", next_step="Mend that line; text stands in quotes."
        ) from error


def edit_toml(file: TomlFile, change: Callable[[TOMLDocument], None]) -> TomlFile:
    """Apply a change to the file as it was read and write it; comments and order stay. A conflict keeps both."""
    try:
        document = tomlkit.parse(file.text)
    except TOMLKitError as error:
        raise FolderError(f"cannot be edited: {error}", where=str(file.path), next_step="Mend it by hand.") from error
    change(document)
    return write_toml(file, tomlkit.dumps(document))


def write_toml(file: TomlFile, text: str) -> TomlFile:
    """Write a new text in the place of the one that was read; the same text is not written again."""
    if text == file.text and file.digest != ABSENT:
        return file
    data = text.encode()
    table = _parsed(text, file.path)
    write_if_unchanged(file.path, data, read_digest=file.digest)
    return TomlFile(path=file.path, text=text, digest=sha256_bytes(data), table=table)


def lines_of(text: str) -> list[str]:
    """The lines with their ends, as TOML counts them: other signs that end a line elsewhere may stand in its texts."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


@lru_cache(maxsize=16)
def _lines_by_key(text: str) -> Mapping[KeyPath, int]:
    """The line of each key and table header; text inside multi-line strings is passed over."""
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    fence = ""
    for number, line in enumerate(lines_of(text), start=1):
        if fence:
            fence = "" if line.count(fence) % 2 else fence
            continue
        if header := _HEADER.match(line):
            table = _opened(header, counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
        fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return found


def _opened(header: re.Match[str], counts: dict[KeyPath, int]) -> KeyPath:
    """The path of the table that a header opens, with the place in the array after each array's name."""
    path: KeyPath = ()
    parts = _parts(header[2])
    for at, part in enumerate(parts):
        path = (*path, part)
        if at == len(parts) - 1 and header[1] == "[[":
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(dotted))
