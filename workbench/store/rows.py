"""One row of an array of tables in a file that people write: changed alone, with every comment kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import tomlkit

from workbench.errors import FolderError
from workbench.store.atomic import ABSENT
from workbench.store.toml_file import TomlFile, edit_toml, parsed_toml, read_toml, write_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LENGTH = 16


class RowChangedError(FolderError):
    """Somebody changed the row after it was read; ``current`` is the row as it stands now, None where it is gone."""

    def __init__(self, path: Path, name: str, current: dict[str, Any] | None) -> None:
        self.current = current
        super().__init__(
            f"{name!r} was {'changed' if current is not None else 'removed'} by somebody else meanwhile",
            where=str(path),
            next_step="Nothing was written: look at both, then save again or cancel.",
        )


def revision(row: Mapping[str, Any] | None) -> str:
    """What tells one state of a row from another: 16 hexadecimal digits; "" where there is no row."""
    if row is None:
        return ""
    told = json.dumps(row, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_LENGTH]


def rows(path: Path, array: str) -> list[dict[str, Any]]:
    """The rows of an array of tables as they are written, in file order; none where there is no file."""
    return _rows(read_toml(path), array)


def edit_row(
    path: Path,
    array: str,
    name: str,
    values: Mapping[str, Any] | None,
    *,
    base: str,
    key: str = "id",
    after: str | None = None,
    starter: str = "",
) -> None:
    """Set keys of the row whose ``key`` is ``name`` (a value of None takes a key away), or remove it (no values).

    A row that is not there is made, after the row ``after`` or at the end; a file that is not there begins with
    ``starter``. ``base`` is the revision that the person saw: RowChangedError where the row has another by now and is
    not as wanted already, so that the same edit may come twice.
    """
    file = _begun(read_toml(path), starter)
    found = _rows(file, array)
    at = next((place for place, row in enumerate(found) if row.get(key) == name), None)
    current = None if at is None else found[at]
    if _is_so(current, values, key, name):
        return
    if revision(current) != base:
        raise RowChangedError(path, name, current)
    if values is None:
        assert at is not None
        _remove(file, array, at)
    elif at is None:
        beside = next((place for place, row in enumerate(found) if row.get(key) == after), len(found) - 1)
        _add(file, array, {key: name, **{each: value for each, value in values.items() if value is not None}}, beside)
    else:
        _change(file, array, at, values)


def _begun(file: TomlFile, starter: str) -> TomlFile:
    """The file, or where there is none what one begins with; it is not written yet."""
    return replace(file, text=starter) if file.digest == ABSENT else file


def _rows(file: TomlFile, array: str) -> list[dict[str, Any]]:
    found = file.table.get(array, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise FolderError(f"holds {array!r} that is no list of tables", where=str(file.path), next_step="Mend it.")
    return found


def _is_so(current: dict[str, Any] | None, values: Mapping[str, Any] | None, key: str, name: str) -> bool:
    """Whether the row says already what it shall say."""
    if values is None or current is None:
        return values is None and current is None
    wanted = {**values, key: values.get(key, name)}
    return all(current.get(each) == value for each, value in wanted.items())


def _change(file: TomlFile, array: str, at: int, values: Mapping[str, Any]) -> None:
    """Keys that are there in their place, new ones after the row's last: before the comments on the next row."""
    known = file.table[array][at]
    own = _lines(file, array, at) is not None
    new = {each: value for each, value in values.items() if own and each not in known and _is_plain(value)}
    document = parsed_toml(file)
    _set(document[array][at], {each: value for each, value in values.items() if each not in new})
    changed = replace(file, text=tomlkit.dumps(document))
    span = _lines(changed, array, at, alone=True) if new else None
    write_toml(file, changed.text if span is None else _with_lines(changed.text, span[1], tomlkit.dumps(dict(new))))


def _is_plain(value: Any) -> bool:
    """Whether it is written as one line or list, and not as tables of its own."""
    parts = value if isinstance(value, list) else [value]
    return value is not None and not any(isinstance(each, dict) for each in parts)


def _with_lines(text: str, at: int, made: str) -> str:
    """The text with these lines before its line ``at`` (from 0)."""
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    return "".join([*lines[:at], made.strip("\n").replace("\n", newline) + newline, *lines[at:]])


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for each, value in values.items():
        if value is None:
            row.pop(each, None)
        elif row.get(each) != value:
            row[each] = value


def _remove(file: TomlFile, array: str, at: int) -> None:
    """The row's own lines go; comments and blank lines after it stay, for they may be about the next one."""
    span = _lines(file, array, at)
    if span is None:
        edit_toml(file, lambda document: document[array].pop(at))
        return
    lines = file.text.splitlines(keepends=True)
    first, end = span
    while first and end < len(lines) and not lines[first - 1].strip() and not lines[end].strip():
        end += 1  # one blank line between its neighbours, not two
    write_toml(file, "".join(lines[:first] + lines[end:]))


def _add(file: TomlFile, array: str, values: Mapping[str, Any], beside: int) -> None:
    """A new row after the row ``beside``, before the comments that follow that; at the end where there is none."""
    if file.table.get(array) and _lines(file, array, 0) is None:
        edit_toml(file, lambda document: document[array].insert(beside + 1, _inline(values)))
        return
    lines = file.text.splitlines(keepends=True)
    span = _lines(file, array, beside) if beside >= 0 else None
    at = len(lines) if span is None or beside == len(file.table[array]) - 1 else span[1]
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    before = [newline] if at and lines[at - 1].strip() else []
    after = [newline] if at < len(lines) and lines[at].strip() else []
    made = tomlkit.dumps({array: [dict(values)]}).strip("\n").replace("\n", newline) + newline
    write_toml(file, "".join([*lines[:at], *before, made, *after, *lines[at:]]))


def _inline(values: Mapping[str, Any]) -> Any:
    row = tomlkit.inline_table()
    row.update(values)
    return row


def _lines(file: TomlFile, array: str, at: int, *, alone: bool = False) -> tuple[int, int] | None:
    """The lines (from 0, end exclusive) of a row, without comments after it; None where it has no header of its own.

    ``alone``: without the tables below it.
    """
    span = file.span_of((array, at), alone=alone)
    if span is None:
        return None
    lines = file.text.splitlines()
    first, end = span[0] - 1, span[1] - 1
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return first, end
