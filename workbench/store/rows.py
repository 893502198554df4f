"""Rows of an array of tables in a file that people write: changed one by one, with every comment kept."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import FolderError
from workbench.store.atomic import ABSENT
from workbench.store.row_text import span_of, with_row, with_values, without
from workbench.store.toml_file import TomlFile, lines_of, read_toml, write_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Row = dict[str, Any]

_LENGTH = 16


class RowChangedError(FolderError):
    """Somebody changed the row after it was read; ``current`` is the row as it stands now, None where it is gone."""

    def __init__(self, path: Path, name: str, current: Row | None) -> None:
        self.name = name
        self.current = current
        super().__init__(
            f"{name!r} was {'changed' if current is not None else 'removed'} by somebody else meanwhile",
            where=str(path),
            next_step="Nothing was written: look at both, then save again or cancel.",
        )


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What the row ``name`` gets: keys with values (None takes a key away), or no values, which removes it.

    ``base`` is the revision that the person saw. A new row stands after the row ``after``, at the end where that is
    None or is not there, and before all others where it is "".
    """

    name: str
    values: Mapping[str, Any] | None
    base: str
    after: str | None = None
    text: str = ""  # of a new row as it once stood, with its comments: taken where it says the same


def revision(row: Mapping[str, Any] | None) -> str:
    """What tells one state of a row from another: 16 hexadecimal digits; "" where there is no row."""
    if row is None:
        return ""
    told = json.dumps(row, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_LENGTH]


def rows(path: Path, array: str) -> list[Row]:
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
    text: str = "",
) -> None:
    """Edit one row: see ``RowEdit`` and :func:`edit_rows`."""
    edit_rows(path, array, [RowEdit(name, values, base, after, text)], key=key, starter=starter)


def text_of(path: Path, array: str, name: str, *, key: str = "id") -> str:
    """The lines of a row with the comments in it, for ``edit_row`` to put back; "" where there are none."""
    file = read_toml(path)
    found = _rows(file, array)
    at = next((place for place, row in enumerate(found) if row.get(key) == name), None)
    span = None if at is None else span_of(file, array, at)
    return "".join(lines_of(file.text)[slice(*span)]) if span else ""


def edit_rows(path: Path, array: str, edits: Sequence[RowEdit], *, key: str = "id", starter: str = "") -> None:
    """All of the edits are written, or none. A file that is not there begins with ``starter``.

    RowChangedError where a row has another revision by now than its edit's ``base`` and is not as wanted already, so
    that the same edit may come twice. A text that would not say what was asked for, and no more, is not written.
    """
    read = read_toml(path)
    file = replace(read, text=starter) if read.digest == ABSENT else read
    found = _rows(file, array)
    for edit in edits:
        current = _row(found, key, edit.name)
        if not _is_so(current, edit, key) and revision(current) != edit.base:
            raise RowChangedError(path, edit.name, current)
    made = file
    for edit in edits:
        made = _with(made, array, edit, key)
    if made is not file:
        _prove(file, made, array, _wanted(found, edits, key))
        write_toml(file, made.text)


def _with(file: TomlFile, array: str, edit: RowEdit, key: str) -> TomlFile:
    """The file with one edit, not written yet."""
    found = _rows(file, array)
    current = _row(found, key, edit.name)
    if _is_so(current, edit, key):
        return file
    at = next((place for place, row in enumerate(found) if row is current), -1)
    if edit.values is None:
        text = without(file, array, at)
    elif current is None:
        row = _new(edit, key)
        text = with_row(file, array, row, _beside(found, edit, key), edit.text if _says(edit.text, array, row) else "")
    else:
        text = with_values(file, array, at, edit.values)
    try:
        return replace(file, text=text, table=tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unable(file.path) from error


def _says(text: str, array: str, row: Row) -> bool:
    """Whether a text holds this row and nothing else."""
    try:
        return tomllib.loads(text) == {array: [row]}
    except tomllib.TOMLDecodeError:
        return False


def _new(edit: RowEdit, key: str) -> Row:
    given = {each: value for each, value in (edit.values or {}).items() if value is not None}
    return {key: edit.name, **given}


def _beside(found: Sequence[Row], edit: RowEdit, key: str) -> int:
    if edit.after == "":
        return -1
    return next((place for place, row in enumerate(found) if row.get(key) == edit.after), len(found) - 1)


def _wanted(found: Sequence[Row], edits: Sequence[RowEdit], key: str) -> list[Row]:
    """The rows as they should be afterwards, in any order."""
    wanted = [dict(row) for row in found]
    for edit in edits:
        row = _row(wanted, key, edit.name)
        if edit.values is None:
            wanted = [each for each in wanted if each is not row]
        elif row is None:
            wanted.append(_new(edit, key))
        else:
            row.update(edit.values)
            for each in [name for name, value in row.items() if value is None]:
                del row[each]
    return wanted


def _prove(read: TomlFile, made: TomlFile, array: str, wanted: Sequence[Row]) -> None:
    """Raises where the new text says anything else: a person's file may be written in ways that nobody foresaw."""
    rest = [{name: each for name, each in file.table.items() if name != array} for file in (read, made)]
    if sorted(map(revision, _rows(made, array))) != sorted(map(revision, wanted)) or len(set(map(revision, rest))) > 1:
        raise _unable(read.path)


def _unable(path: Path) -> FolderError:
    return FolderError(
        "is written in a way that cannot be edited here", where=str(path),
        next_step="Nothing was written: mend it by hand.",
    )  # fmt: skip


def _row(found: Sequence[Row], key: str, name: str) -> Row | None:
    return next((row for row in found if row.get(key) == name), None)


def _rows(file: TomlFile, array: str) -> list[Row]:
    found = file.table.get(array, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise FolderError(f"holds {array!r} that is no list of tables", where=str(file.path), next_step="Mend it.")
    return found


def _is_so(current: Row | None, edit: RowEdit, key: str) -> bool:
    """Whether the row says already what it shall say."""
    if edit.values is None or current is None:
        return edit.values is None and current is None
    wanted = {**edit.values, key: edit.values.get(key, edit.name)}
    return all(current.get(each) == value for each, value in wanted.items())
