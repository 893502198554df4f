"""An edition: what one kind of reader gets of an incident, by the table in ``templates/editions.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from workbench.errors import ReportError
from workbench.model import Basis, People
from workbench.report.blocks import Heading, Missing, Table
from workbench.report.content import NAMES
from workbench.resources import folder, own_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from workbench.model import Milestone
    from workbench.report.blocks import Block, Section
    from workbench.report.facts import Facts, TimelineRow

FILE = "editions.toml"
INTERNAL = "internal"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")

# What a milestone means, in words that give nothing away.
MEANINGS = {
    "started": "Customers began to be affected.",
    "detected": "Our monitoring, or a report, told us.",
    "acknowledged": "An engineer began to work on it.",
    "declared": "We declared an incident.",
    "identified": "We knew the cause.",
    "communicated": "We told customers.",
    "mitigated": "The change that helped was in place.",
    "recovered": "Customers were no longer affected.",
    "resolved": "We closed the incident.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One row of the table; the words of each column are explained in the file."""

    name: str
    people: Literal["named", "roles", "pseudonyms"] = "named"
    personal: bool = False
    hosts: bool = False
    sources: bool = True
    rows: Literal["all", "milestones"] = "all"
    cells: Literal["all", "tagged"] = "all"
    sections: tuple[str, ...] = ("*",)
    unwritten: bool = True
    severity: bool = True
    methods: bool = True

    def shows(self, section: str) -> bool:
        """Whether this reader gets the section of this name."""
        return "*" in self.sections or section in self.sections


_CHOICES: dict[str, tuple[Any, ...]] = {
    "people": ("named", "roles", "pseudonyms"),
    "rows": ("all", "milestones"),
    "cells": ("all", "tagged"),
    **dict.fromkeys(("personal", "hosts", "sources", "unwritten", "severity", "methods"), (True, False)),
}


def read_edition(name: str, places: Sequence[Path] = ()) -> Edition:
    """The edition of this name, from the first of ``places`` that has a table, else from ours.

    Raises ReportError where the table is damaged or has no such edition.
    """
    path, table = _table(places)
    if name not in table:
        raise ReportError(f"there is no edition {name!r}", where=str(path), next_step=f"Use {', '.join(table)}.")
    return _edition(name, table[name], str(path))


def editions(places: Sequence[Path] = ()) -> list[str]:
    """The names of all editions, in the order of the table."""
    return list(_table(places)[1])


def _table(places: Sequence[Path]) -> tuple[Path, dict[str, Any]]:
    path = next((found for place in places if (found := own_file(place, FILE))), folder("templates") / FILE)
    try:
        return path, tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ReportError(
            f"the table of editions cannot be read ({problem})", where=str(path), next_step="Mend it or delete it."
        ) from problem


def _edition(name: str, entry: Any, where: str) -> Edition:
    if not _NAME.fullmatch(name):
        raise ReportError(
            f"{name!r} is no name for an edition: files are called after it", where=where,
            next_step="Use letters, digits and dashes.",
        )  # fmt: skip
    if not isinstance(entry, dict):
        raise ReportError("an edition is a table", where=f"{where}: {name}", next_step="See the one that is shipped.")
    known = {one.name for one in fields(Edition)} - {"name"}
    for key, value in entry.items():
        if key not in known:
            raise _wrong(where, f"{name}.{key}", "is no column of the table", sorted(known))
        if key in _CHOICES and not any(
            value is one or (value == one and type(value) is type(one)) for one in _CHOICES[key]
        ):
            raise _wrong(where, f"{name}.{key}", f"is {value!r}", _CHOICES[key])
    sections = entry.get("sections", ["*"])
    if not isinstance(sections, list) or not all(isinstance(one, str) for one in sections):
        raise _wrong(where, f"{name}.sections", "is no list of names", ['["*"]'])
    return Edition(name=name, **{**entry, "sections": tuple(sections)})


def _wrong(where: str, key: str, what: str, choices: Sequence[Any]) -> ReportError:
    words = ", ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in choices)
    return ReportError(f"{key} {what}", where=where, next_step=f"Use {words}.")


def for_edition(facts: Facts, edition: Edition) -> Facts:
    """The facts that this reader may have. Names, hosts and secrets in the words that are left are hidden later."""
    if edition.people != "named":
        facts = replace(facts, activity={}, addresses={}, incident=_unnamed(facts))
    if edition.people == "pseudonyms":
        facts = replace(facts, owners=False)
    if edition.rows == "milestones":
        facts = replace(facts, rows=tuple(_told(row) for row in facts.rows if row.milestone or row.kind == "status"))
    if not edition.sources:
        facts = _without_sources(facts)
    if not edition.severity:
        own = replace(facts.incident, severity="", cause="", tags=(), team="")
        facts = replace(facts, incident=own, due_ns=None)
    if not edition.methods:
        facts = replace(facts, methods=False, factors=())
    return replace(facts, edition=edition.name)


def _unnamed(facts: Facts) -> Any:
    return replace(facts.incident, people=People())


def _told(row: TimelineRow) -> TimelineRow:
    """A row in our words; what customers were told is theirs already, and what people say of it is not."""
    names = row.milestone.split()
    ours = " ".join(MEANINGS.get(name, "") for name in names).strip()
    text = (row.words or row.text) if row.kind == "status" else ours
    return replace(row, text=text, actor="", role=row.role)


def _without_sources(facts: Facts) -> Facts:
    """Nothing that names a file, quotes a line or comes from one source alone."""
    names = sorted((one.path for one in facts.sources), key=len, reverse=True)
    kinds = {one.path: one.kind or "file" for one in facts.sources}
    generic = {name: f"the {kinds[name]} data" for name in names}
    return replace(
        facts,
        proofs=False,
        rows=tuple(replace(row, source="", line=0, raw="", sha256="", nearby=(), also=()) for row in facts.rows),
        milestones={name: _bare(one, generic) for name, one in facts.milestones.items()},
        impact=_reworded(facts.impact, generic),
        factors=tuple(replace(one, evidence=()) for one in facts.factors),
        actions=tuple(replace(one, link="") for one in facts.actions),
        commands=(), changes=(), errors=(),
        sources=(), unrecognised=(), silences=(), coverage=(),
    )  # fmt: skip


def _bare(milestone: Milestone, generic: Mapping[str, str]) -> Milestone:
    rule = milestone.rule if milestone.basis is Basis.CONFIRMED else _reworded(milestone.rule, generic)
    return replace(milestone, evidence=(), runners_up=(), rule=rule)


def _reworded(value: Any, generic: Mapping[str, str]) -> Any:
    """The value with each source's path as the kind of data that it holds."""
    if isinstance(value, str):
        for path, words in generic.items():
            value = value.replace(path, words)
        return value
    if isinstance(value, dict):
        return {key: _reworded(item, generic) for key, item in value.items()}
    return [_reworded(item, generic) for item in value] if isinstance(value, list | tuple) else value


def edited(section: Section, edition: Edition) -> Section:
    """The section as this reader gets it: empty where it is not theirs, maybe without what nobody has written."""
    if not edition.shows(section.name) and section.name in NAMES:
        return replace(section, blocks=())
    if not edition.sources:
        section = replace(section, blocks=tuple(_filled(one) for one in section.blocks))
    if edition.unwritten:
        return section
    blocks = tuple(block for block in section.blocks if not isinstance(block, Missing))
    return replace(section, blocks=headed(blocks))


def _filled(block: Block) -> Block:
    """A table without the columns that are empty for this reader, their room given to the widest one."""
    if not isinstance(block, Table) or not block.rows:
        return block
    kept = [
        at for at in range(len(block.columns)) if any(row.cells[at].text or row.cells[at].note for row in block.rows)
    ]
    if len(kept) == len(block.columns):
        return block
    columns = [block.columns[at] for at in kept]
    spare = sum(one.width for at, one in enumerate(block.columns) if at not in kept)
    widest = max(range(len(columns)), key=lambda at: columns[at].width)
    columns[widest] = replace(columns[widest], width=columns[widest].width + spare if columns[widest].width else 0)
    rows = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in block.rows)
    first = kept.index(block.row_header) if block.row_header in kept else 0
    return replace(block, columns=tuple(columns), rows=rows, row_header=first)


def headed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks without headings that nothing follows any more."""
    kept: list[Block] = []
    for block in reversed(blocks):
        deepest = kept[-1].level if kept and isinstance(kept[-1], Heading) else 99
        if isinstance(block, Heading) and (not kept or deepest <= block.level):
            continue
        kept.append(block)
    return tuple(reversed(kept))
