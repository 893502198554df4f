"""Editing one key of a people's TOML file: everything else stays as it stands there, byte for byte."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from workbench.errors import FolderError
from workbench.store import rows
from workbench.store.schema_check import spelled
from workbench.store.toml_file import TomlFile, lines_of, read_toml, write_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tomlkit.items import Item

    Key = tuple[str, ...]

_ANY_HEADER = re.compile(r"^\s*(?:#\s*)?\[")


class KeyChangedError(FolderError):
    """Somebody changed the key since it was read; ``current`` is its value now, None where it is gone."""

    def __init__(self, path: Path, key: Key, current: Any) -> None:
        self.current = current
        super().__init__(
            f"{spelled(key)} was changed meanwhile", where=str(path),
            next_step="Nothing was written: look at both, then save again or cancel.",
        )  # fmt: skip


def revision(value: Any) -> str:
    """What tells one value from another: 16 hexadecimal digits; "" where there is none."""
    return rows.revision(None if value is None else {"value": value})


def value_at(table: dict[str, Any], key: Key) -> Any:
    """The value of a key in a file's table; None where there is none."""
    held: Any = table
    for part in key:
        held = held.get(part) if isinstance(held, dict) else None
    return held


def edit_key(
    path: Path, key: Key, value: Any, *, base: str, check: Callable[[TomlFile], object] | None = None
) -> TomlFile:
    """Sets a key, or takes it away where ``value`` is None, and gives the file as it then is.

    ``base`` is the revision of the value that the edit began from: where another one stands there now, and not the one
    that is wanted, this raises KeyChangedError. ``check`` sees the file as it is, and the new one before it is
    written; what it raises leaves the file alone.
    """
    file = read_toml(path)
    if check is not None:
        check(file)
    now = value_at(file.table, key)
    if now == value and type(now) is type(value):
        return file
    if revision(now) != base:
        raise KeyChangedError(path, key, now)
    text = _edited(file, key, value)
    if check is not None:
        check(TomlFile(path=path, text=text, digest=file.digest, table=tomllib.loads(text)))
    return write_toml(file, text)


def _edited(file: TomlFile, key: Key, value: Any) -> str:
    """The first of the texts that could be meant which says what is wanted, and nothing else."""
    wanted = [_with(file.table, key, value)]
    if value is None and len(key) > 1 and not value_at(wanted[0], key[:-1]):
        wanted.append(_with(file.table, key[:-1], None))  # a table that has become empty may go
    for text in _texts(file, key, value):
        if _parsed(text) in wanted:
            return text
    raise FolderError(
        f"{spelled(key)} cannot be edited as it is written there", where=str(file.path), next_step="Edit it by hand."
    )


def _with(table: dict[str, Any], key: Key, value: Any) -> dict[str, Any]:
    """The table with another value for the key."""
    made = copy.deepcopy(table)
    inner = made
    for part in key[:-1]:
        inner = inner.setdefault(part, {})
    if value is None:
        inner.pop(key[-1], None)
    else:
        inner[key[-1]] = value
    return made


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _texts(file: TomlFile, key: Key, value: Any) -> Iterator[str]:
    """The text with the key changed, in the ways that could be meant, best first."""
    there = value_at(file.table, key) is not None
    if value is None:
        yield from _without_table(file, key)
    elif not there:
        yield from _inserted(file, key, value)
    yield from _by_tomlkit(file, key, value)


# ---- a key that is there, or that no line can be inserted for


def _by_tomlkit(file: TomlFile, key: Key, value: Any) -> Iterator[str]:
    for change in (_kept_items, _replaced):
        try:
            document = tomlkit.parse(file.text)
            table: Any = document
            for part in key[:-1]:
                table = table.setdefault(part, tomlkit.table())
            change(table, key[-1], value)
            yield tomlkit.dumps(document)
        except (TOMLKitError, ValueError, TypeError):  # the next way, then the sentence that it cannot be done
            continue


def _kept_items(table: Any, name: str, value: Any) -> None:
    """A list whose items stay where they are, each with its comment: what is gone is taken out, what is new added."""
    items = table.get(name)
    if not isinstance(items, Array) or not isinstance(value, list):
        raise TypeError
    for item in [item for item in items if item not in value]:
        items.remove(item)
    for item in value[len(items) :]:
        items.append(item)


def _replaced(table: Any, name: str, value: Any) -> None:
    if value is None:
        del table[name]
    else:
        table[name] = item_of(value)


def item_of(value: Any) -> Item:
    """A value as TOML writes it; text of several lines stands on several lines."""
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    made: Item = tomlkit.item(value)
    return made


# ---- a key that is not there yet


def _inserted(file: TomlFile, key: Key, value: Any) -> Iterator[str]:
    """With a line for the key: below its commented example, else below the last key of its table, else further down."""
    lines = lines_of(file.text)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    line = f"{key[-1]} = {item_of(value).as_string()}{end}"
    if len(key) > 1 and value_at(file.table, key[:-1]) is None:
        header = f"[{'.'.join(key[:-1])}]{end}"
        place = _after_commented_table(lines, key[:-1])
        for at in (place, len(lines)) if place else (len(lines),):
            gap = end if at and lines[at - 1].strip() else ""
            after = end if at < len(lines) and lines[at].strip() else ""
            yield _put(lines, at, f"{gap}{header}{line}{after}", end)
        return
    first, last = _span(file, key[:-1], lines)
    example = re.compile(rf"^\s*#\s*{re.escape(key[-1])}\s*=")
    for at in range(first, last):
        if example.match(lines[at]):
            yield _put(lines, at + 1, line, end)
    lowest = max(
        (file.line_of((*key[:-1], name)) or first for name in value_at(file.table, key[:-1]) or ()), default=first
    )
    for at in range(lowest, last + 1):
        yield _put(lines, at, line, end)


def _put(lines: list[str], at: int, more: str, end: str) -> str:
    before = "".join(lines[:at])
    gap = end if before and not before.endswith("\n") else ""
    return f"{before}{gap}{more}{''.join(lines[at:])}"


def _span(file: TomlFile, table: Key, lines: list[str]) -> tuple[int, int]:
    """From the line below a table's header to the next header, commented ones too."""
    first = (file.line_of(table) or 0) if table else 0
    return first, next((at for at in range(first, len(lines)) if _ANY_HEADER.match(lines[at])), len(lines))


def _after_commented_table(lines: list[str], table: Key) -> int | None:
    """The place below the comments that show how a table could be written; None where there are none."""
    header = re.compile(rf"^\s*#\s*\[\s*{re.escape('.'.join(table))}\s*\]")
    start = next((at for at, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return None
    return next((at for at in range(start, len(lines)) if not lines[at].lstrip().startswith("#")), len(lines))


# ---- a table that has become empty


def _without_table(file: TomlFile, key: Key) -> Iterator[str]:
    """Without the key and its header, where nothing else stands between them and no comment belongs to either."""
    header, line = file.line_of(key[:-1]) if len(key) > 1 else None, file.line_of(key)
    lines = lines_of(file.text)
    if header and line == header + 1 and not any("#" in lines[at - 1] for at in (header, line)):
        start = header - 1
        start -= start > 0 and not lines[start - 1].strip()
        yield "".join(lines[:start] + lines[line:])
