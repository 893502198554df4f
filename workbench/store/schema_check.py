"""Checking a TOML table against a declared shape: all problems of a file, each with its key and line, at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from workbench.errors import FolderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from workbench.store.toml_file import KeyPath, TomlFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A single value: ``parse`` gives what it stands for or raises ValueError; ``expected`` says what it should be."""

    expected: str
    parse: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of named keys."""

    fields: Mapping[str, Shape]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """An array of tables, ``[[name]]``; ``unique`` names a key whose values must differ."""

    row: Table
    unique: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A table whose keys people choose; each value has the same shape."""

    value: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """A short spelling for a table: the value where it is no table."""

    short: Value
    table: Table


Shape = Value | Table | Rows | Keyed | Either


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file."""

    key: str
    line: int | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.key}: found {self.found}, expected {self.expected}"


class FileProblemsError(FolderError):
    """Everything that is wrong in one file; ``problems`` holds them one by one."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        where = f"{path}:{problems[0].line}" if len(problems) == 1 and problems[0].line else str(path)
        super().__init__(_told(problems), where=where)


def _told(problems: tuple[Problem, ...]) -> str:
    if len(problems) == 1:
        one = problems[0]
        return f"{one.key}: found {one.found}, expected {one.expected}"
    return f"{len(problems)} problems\n" + "\n".join(f"  {problem}" for problem in problems)


@dataclass(slots=True, kw_only=True)
class _Check:
    """One pass over a file: collects the problems while the values are read."""

    file: TomlFile
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, key: KeyPath, found: str, expected: str) -> None:
        self.problems.append(Problem(key=spelled(key), line=self.file.line_of(key), found=found, expected=expected))

    def shaped(self, value: Any, shape: Shape, key: KeyPath) -> Any:
        match shape:
            case Value():
                return self._value(value, shape, key)
            case Table():
                return self._table(value, shape, key)
            case Rows():
                return self._rows(value, shape, key)
            case Keyed():
                return self._keyed(value, shape, key)
            case Either():
                return self.shaped(value, shape.table if isinstance(value, dict) else shape.short, key)

    def _value(self, value: Any, shape: Value, key: KeyPath) -> Any:
        try:
            return shape.parse(value)
        except ValueError:
            self.wrong(key, shown(value), shape.expected)
            return None

    def _table(self, value: Any, shape: Table, key: KeyPath) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(key, shown(value), f"a table with {one_of(shape.fields)}")
            return {}
        for name in value:
            if name not in shape.fields:
                self.wrong((*key, name), f"the unknown key {name!r}", suggestion(name, shape.fields))
        for name in shape.fields:
            if name in shape.required and name not in value:
                self.wrong((*key, name), "nothing", _wanted(shape.fields[name]))
        known = {name: value[name] for name in value if name in shape.fields}
        return {name: self.shaped(item, shape.fields[name], (*key, name)) for name, item in known.items()}

    def _rows(self, value: Any, shape: Rows, key: KeyPath) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            self.wrong(key, shown(value), f"tables, each under a line [[{key[-1]}]]")
            return []
        rows = [self._table(row, shape.row, (*key, at)) for at, row in enumerate(value)]
        seen: set[Any] = set()
        for at, row in enumerate(rows):
            mark = row.get(shape.unique)
            if mark is not None and mark in seen:
                self.wrong((*key, at, shape.unique), f"{shown(mark)} a second time", "one that differs from the others")
            seen.add(mark)
        return rows

    def _keyed(self, value: Any, shape: Keyed, key: KeyPath) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.wrong(key, shown(value), "a table")
            return {}
        return {name: self.shaped(item, shape.value, (*key, name)) for name, item in value.items()}


def checked_table(file: TomlFile, shape: Table) -> dict[str, Any]:
    """The file's values as the shape reads them; raises FileProblemsError with all that is wrong."""
    check = _Check(file=file)
    values = check.shaped(file.table, shape, ())
    if check.problems:
        ordered = sorted(check.problems, key=lambda problem: problem.line or 0)
        raise FileProblemsError(file.path, tuple(ordered))
    assert isinstance(values, dict)
    return values


def spelled(key: KeyPath) -> str:
    """A key as people see it: ``milestones.detected``, ``source[2].zone`` (counted from 1)."""
    text = ""
    for part in key:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"


def shown(value: Any) -> str:
    """A value as a short phrase with its type, so that "99" and 99 are told apart."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        (str, "text"),
        ((int, float), "number"),
        ((datetime, date, time), "time"),
    ]
    for kind, name in names:
        if isinstance(value, kind):
            return f"the {'value' if kind is bool else name} {_clipped(value)}"
    return "a list" if isinstance(value, list) else "a table"


def _clipped(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def one_of(names: Mapping[str, Any] | tuple[str, ...]) -> str:
    """``a, b or c``."""
    listed = list(names)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"


def suggestion(name: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """What to expect in the place of an unknown name: the nearest known one first."""
    near = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f"{near[0]!r} perhaps" if near else one_of(known)


def _wanted(shape: Shape) -> str:
    return shape.expected if isinstance(shape, Value) else "a table"
