"""The text of a TOML file with one row of an array of tables changed, added or taken out: all other bytes stay.

A row is edited as the lines from its header to its last key. What stands after them, blank lines and comments, may be
about the next row, and is never part of it.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from workbench.errors import FolderError
from workbench.store.toml_file import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.store.toml_file import TomlFile

    Lines = list[str]


def with_values(file: TomlFile, array: str, at: int, values: Mapping[str, Any]) -> str:
    """The row with these keys set; a value of None takes a key away."""
    lines = lines_of(file.text)
    span = span_of(file, array, at)
    if span is None:  # written inline, in a list of one key
        return _edited(file, file.text, lambda document: _set(document[array][at], values))
    first, end = span
    ended = lines[end - 1].endswith("\n")
    row = "".join(lines[first:end]).replace("\r\n", "\n")
    made = _edited(file, row, lambda document: _set(document[array][0], values)).rstrip("\n")
    newline = _newline(lines)
    return "".join([*lines[:first], made.replace("\n", newline), newline if ended else "", *lines[end:]])


def without(file: TomlFile, array: str, at: int) -> str:
    """The file without the row's own lines; one blank line stays between its neighbours, none at the end."""
    span = span_of(file, array, at)
    if span is None:
        return _edited(file, file.text, lambda document: document[array].pop(at))
    lines = lines_of(file.text)
    first, end = span
    while first and end < len(lines) and not lines[first - 1].strip() and not lines[end].strip():
        end += 1
    if end == len(lines) and first and not lines[first - 1].strip():
        first -= 1
    return "".join(lines[:first] + lines[end:])


def with_row(file: TomlFile, array: str, values: Mapping[str, Any], beside: int, text: str = "") -> str:
    """A new row after the row ``beside`` (first of all where that is -1), before the comments that follow it.

    ``text`` is the row as it shall be written; without it, it is written plainly.
    """
    found = file.table.get(array, [])
    if found and span_of(file, array, 0) is None:
        return _edited(file, file.text, lambda document: document[array].insert(beside + 1, _inline(values)))
    lines = lines_of(file.text)
    at = _place(file, array, beside, lines)
    newline = _newline(lines)
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    before = [newline] if at and lines[at - 1].strip() else []
    after = [newline] if at < len(lines) and lines[at].strip() else []
    made = text.rstrip("\r\n") or tomlkit.dumps({array: [dict(values)]}).strip("\n").replace("\n", newline)
    return "".join([*lines[:at], *before, made, newline, *after, *lines[at:]])


def _place(file: TomlFile, array: str, beside: int, lines: Lines) -> int:
    """The line (from 0) that a new row stands before."""
    rows = file.table.get(array, [])
    if not rows or beside >= len(rows) - 1:
        return len(lines)
    span = span_of(file, array, max(beside, 0))
    assert span is not None
    if beside >= 0:
        return span[1]
    at = span[0]  # comments right above the first row are its own, unless the file begins with them
    while at and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return at or span[0]


def span_of(file: TomlFile, array: str, at: int) -> tuple[int, int] | None:
    """The lines (from 0, end exclusive) of a row, without comments after it; None where it has no header of its own."""
    span = file.span_of((array, at))
    if span is None:
        return None
    lines = lines_of(file.text)
    first, end = span[0] - 1, span[1] - 1
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return first, end


def _newline(lines: Lines) -> str:
    return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"


def _edited(file: TomlFile, text: str, change: Callable[[Any], object]) -> str:
    try:
        document = tomlkit.parse(text)
        change(document)
    except TOMLKitError as error:
        raise FolderError(f"cannot be edited: {error}", where=str(file.path), next_step="Mend it by hand.") from error
    return tomlkit.dumps(document)


def _inline(values: Mapping[str, Any]) -> Any:
    row = tomlkit.inline_table()
    row.update(values)
    return row


def _set(table: Any, values: Mapping[str, Any]) -> None:
    """Sets keys in place, so that the comments beside those that stay are kept."""
    for key, value in values.items():
        known = table.get(key)
        if value is None:
            table.pop(key, None)
        elif isinstance(known, dict) and isinstance(value, dict):
            _set(known, {**dict.fromkeys(known), **value})
        elif isinstance(known, Array) and isinstance(value, list) and "\n" in known.as_string():
            _set_items(known, value)
        elif known != value:
            table[key] = value


def _set_items(known: Array, wanted: list[Any]) -> None:
    """Items come and go one by one: a list of several lines keeps its lines and comments."""
    steps = SequenceMatcher(
        None, [repr(each) for each in known.unwrap()], [repr(each) for each in wanted], autojunk=False
    )
    for kind, first, last, start, end in reversed(steps.get_opcodes()):
        if kind != "equal":
            for at in reversed(range(first, last)):
                del known[at]
            for at, value in enumerate(wanted[start:end]):
                known.insert(first + at, value)
