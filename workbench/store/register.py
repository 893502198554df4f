"""sources.toml: which sources an incident has, and what people set of their clocks."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT

from workbench.model import SourceEntry
from workbench.store.schema_check import Rows, Table, checked_table
from workbench.store.toml_file import TomlFile, edit_toml, read_toml
from workbench.store.values import FILLED, NUMBER, TEXT, ZONE, amount, whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Table as TomlTable

NAME = "sources.toml"
SOURCES = "sources"
# What a person sets stays, whatever the tool finds.
PERSONS = ("zone", "year", "clock_offset_seconds", "clock_offset_unsure_seconds")

_ENTRY = Table(
    fields={
        "path": FILLED,
        "sha256": TEXT,
        "size": whole(low=0),
        "format": TEXT,
        "zone": ZONE,
        "zone_basis": TEXT,
        "year": whole(low=1970, high=2200),
        "year_basis": TEXT,
        "clock_offset_seconds": NUMBER,
        "clock_offset_unsure_seconds": amount(low=0),
        "added": TEXT,
        "link": TEXT,
    },
    required=frozenset({"path"}),
)
_SHAPE = Table(fields={"source": Rows(row=_ENTRY, unique="path")})
HEAD = (  # of a new file, as a comment
    "The sources of this incident. People may set zone, year and clock_offset_seconds; the workbench keeps the rest."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The entries of a folder's sources.toml in file order."""

    folder: Path
    file: TomlFile
    entries: tuple[SourceEntry, ...]

    def entry(self, path: str) -> SourceEntry | None:
        """The entry of a source, by its path as people see it."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def vanished(self) -> tuple[SourceEntry, ...]:
        """The entries whose file is no longer there."""
        return tuple(entry for entry in self.entries if not self.location(entry).exists())

    def location(self, entry: SourceEntry) -> Path:
        """Where a source's bytes are: below ``sources/``, or at its link."""
        return self.folder / SOURCES / entry.path if not entry.link else self.folder / entry.link


def read_register(folder: Path) -> Register:
    """The register of a folder; an empty one where there is no file. Raises FileProblemsError."""
    return _of(folder, read_toml(folder / NAME))


def _of(folder: Path, file: TomlFile) -> Register:
    rows = checked_table(file, _SHAPE).get("source", [])
    return Register(folder=folder, file=file, entries=tuple(SourceEntry(**row) for row in rows))


def write_register(register: Register, found: Iterable[SourceEntry], *, persons: bool = False) -> Register:
    """Merge what was found into the file and write it, if anything is new; comments and other entries stay.

    The tool's keys are taken from ``found``, empty ones left as they are. Zone, year and clock offset are set only
    where the file has none; ``persons`` says that ``found`` carries a person's word (``add --zone``), which wins.
    """
    merged = {entry.path: merge(register.entry(entry.path), entry, persons=persons) for entry in found}
    changed = {path: entry for path, entry in merged.items() if entry != register.entry(path)}
    if not changed:
        return register
    return _of(register.folder, edit_toml(register.file, lambda document: _apply(document, changed)))


def merge(old: SourceEntry | None, new: SourceEntry, *, persons: bool = False) -> SourceEntry:
    """One entry as it shall stand: see :func:`write_register`."""
    if old is None:
        return new
    kept = () if persons else tuple(key for key in PERSONS if getattr(old, key) not in {None, ""})
    # A finding that is not taken takes its basis with it; the basis of the person's own word is refreshed.
    kept += tuple(f"{key}_basis" for key in kept if getattr(new, key) not in {None, ""})
    if old.added and old.sha256 == new.sha256:
        kept += ("added",)
    values = {key: value for key, value in _stated(new).items() if key not in kept}
    return replace(old, **values)


def _stated(entry: SourceEntry) -> dict[str, Any]:
    """The keys that say something."""
    values = {field.name: getattr(entry, field.name) for field in fields(entry)}
    return {key: value for key, value in values.items() if value not in {None, ""}}


def _apply(document: TOMLDocument, changed: dict[str, SourceEntry]) -> None:
    if not document.as_string().strip():
        document.add(tomlkit.comment(HEAD))
        document.add(tomlkit.nl())
    tables = document.get("source")
    if tables is None:
        tables = tomlkit.aot()
        document.append("source", tables)
    rows = {row["path"].strip(): row for row in tables}
    apart = bool(rows)  # tomlkit sets the rows of a new list apart itself, and none that joins a list as it was read
    for path, entry in changed.items():
        if path not in rows:
            tables.append(_row(tables, entry, apart=apart))
            continue
        for key, value in _stated(entry).items():
            if rows[path].get(key) != value:
                rows[path][key] = value


def _row(tables: AoT | Any, entry: SourceEntry, *, apart: bool) -> TomlTable | Any:
    """A new row: a table of its own with a blank line before, or an inline table where a person wrote the list so."""
    row = tomlkit.table() if isinstance(tables, AoT) else tomlkit.inline_table()
    if apart and isinstance(tables, AoT):
        row.trivia.indent = "\n"
    for key, value in _stated(entry).items():
        row[key] = value
    return row
