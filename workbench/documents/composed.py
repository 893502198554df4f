"""A template filled in for one reader: sections in order, own cells in their place, references that lead somewhere."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from workbench.documents.edition import edited, headed
from workbench.documents.template import Held, rendered
from workbench.documents.vocabulary import vocabulary
from workbench.report.appendices import FIGURES_FOUND
from workbench.report.blocks import Heading, Missing, Part, Row, Run, Section, Table, plain
from workbench.report.proofs import impact_proofs, other_proofs, proofs_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from workbench.documents.edition import Edition
    from workbench.documents.template import Template
    from workbench.report.blocks import Block
    from workbench.report.facts import Facts

EVIDENCE = "evidence"
_PROOF = "-proof"


def composed(
    template: Template, *, facts: Callable[[], Facts], sections: Mapping[str, Section], edition: Edition,
    own: Mapping[str, tuple[Section, ...]] | None = None, unwritten: list[str] | None = None,
) -> tuple[Section, ...]:  # fmt: skip
    """The document's sections. ``sections`` are the report's by name; ``own`` what people added after each of them.

    ``unwritten`` takes the sentences about what nobody has written that this reader is not shown.
    """
    held = Held()
    words = vocabulary(facts, lambda name: sections.get(name, Section(name=name)), held, label=template.title)
    filled = rendered(template, words, held)
    if unwritten is not None and not edition.unwritten:
        unwritten += [block.sentence for one in filled for block in one.blocks if isinstance(block, Missing)]
    made = [edited(one, edition) for one in filled]
    kept = [one for one in _with_own(made, own or {}) if one.blocks]
    return tuple(_grounded(_only_used(_with_figures(list(_uniquely_named(kept)), facts, edition))))


def _with_own(made: Iterable[Section], own: Mapping[str, tuple[Section, ...]]) -> list[Section]:
    """The sections, each followed by what people put after it, or after one before it that is not shown."""
    shown = list(made)
    names = [one.name for one in shown if one.blocks]
    placed: dict[str, list[Section]] = {}
    last = ""
    for name, cells in own.items():
        last = name if name in names else last
        placed.setdefault(last, []).extend(cells)
    found = list(placed.get("", []))
    for one in shown:
        found += [one, *placed.get(one.name, [])]
    return found


def _uniquely_named(sections: Iterable[Section]) -> Iterator[Section]:
    """A name is an address in the page: a second one of it gets a number."""
    seen: dict[str, int] = {}
    for one in sections:
        seen[one.name] = seen.get(one.name, 0) + 1
        yield one if seen[one.name] == 1 else replace(one, name=f"{one.name}-{seen[one.name]}")


def _with_figures(sections: list[Section], facts: Callable[[], Facts], edition: Edition) -> list[Section]:
    """The evidence with the proofs of figures that are referred to and stand nowhere else in the document."""
    if not edition.sources or not any(one.name == EVIDENCE for one in sections):
        return sections
    there = {anchor for one in sections for anchor in _anchors(one)}
    used = {ref for one in sections for ref in _refs(one)} - there
    wanted = [one for one in (*impact_proofs(facts()), *other_proofs(facts())) if one.ref in used]
    if not wanted:
        return sections
    blocks = (Heading(text=plain(FIGURES_FOUND)), proofs_table(wanted))
    return [replace(one, blocks=_merged(one.blocks, blocks)) if one.name == EVIDENCE else one for one in sections]


def _merged(blocks: tuple[Block, ...], figures: tuple[Heading, Table]) -> tuple[Block, ...]:
    """The figures' rows before those that are there already, under one heading."""
    heading, table = figures
    at = next((at for at, one in enumerate(blocks) if isinstance(one, Heading) and one.text == heading.text), None)
    after = blocks[at + 1] if at is not None else None
    if at is None or not isinstance(after, Table):
        return (*blocks, *figures)
    return (*blocks[: at + 1], replace(after, rows=(*table.rows, *after.rows)), *blocks[at + 2 :])


def _only_used(sections: Iterable[Section]) -> list[Section]:
    """Where there is no timeline, the evidence holds what the document refers to and nothing else."""
    kept = list(sections)
    if any(one.name == "timeline" for one in kept):
        return kept
    used = {ref for one in kept if one.name != EVIDENCE for ref in _refs(one)}
    figures = (row for one in kept if one.name == EVIDENCE for row in _rows(one) if row.anchor in used)
    used |= {ref for row in figures for ref in _refs(row)}
    narrowed = [_evidence(one, used) if one.name == EVIDENCE else one for one in kept]
    return [one for one in narrowed if one.blocks]


def _rows(section: Section) -> Iterator[Row]:
    return (row for block in section.blocks if isinstance(block, Table) for row in block.rows)


def _evidence(section: Section, used: set[str]) -> Section:
    """The rows that are referred to, each the goal of its own reference."""
    blocks = tuple(_narrowed(one, used) if isinstance(one, Table) else one for one in section.blocks)
    left = tuple(one for one in blocks if not isinstance(one, Table) or one.rows)
    return replace(section, blocks=headed(left) if any(isinstance(one, Table) for one in left) else ())


def _narrowed(table: Table, used: set[str]) -> Table:
    rows = [_own(row, name) for row in table.rows if (name := row.anchor.removesuffix(_PROOF)) in used]
    return replace(table, rows=tuple(rows))


def _own(row: Row, name: str) -> Row:
    """The row as the goal of its reference: its own name is no link to itself."""
    first = tuple(replace(run, ref="") if run.ref == name else run for run in row.cells[0].text)
    return replace(row, anchor=name, cells=(replace(row.cells[0], text=first), *row.cells[1:]))


def _refs(part: Any) -> Iterator[str]:
    """The references in a part, those of the strip of figures too."""
    for one in fields(part):
        value = getattr(part, one.name)
        if isinstance(part, Run) and one.name == "ref" and value:
            yield value.removesuffix(_PROOF)
        for item in value if isinstance(value, tuple) else ():
            if isinstance(item, Part):
                yield from _refs(item)
            elif one.name == "refs":
                yield item


def _grounded(sections: list[Section]) -> Iterator[Section]:
    """The sections without links to rows that this document does not have; the words stay."""
    anchors = {anchor for one in sections for anchor in _anchors(one)}
    return (_with_links(one, anchors) for one in sections)


def _anchors(part: Any) -> Iterator[str]:
    if isinstance(part, Row) and part.anchor:
        yield part.anchor
    for one in fields(part):
        value = getattr(part, one.name)
        for item in value if isinstance(value, tuple) else ():
            if isinstance(item, Part):
                yield from _anchors(item)


def _with_links(part: Any, anchors: set[str]) -> Any:
    if isinstance(part, Run):
        return replace(part, ref="") if part.ref and part.ref not in anchors else part
    changed: dict[str, Any] = {}
    for one in fields(part):
        value = getattr(part, one.name)
        if one.name == "refs":
            changed["refs"] = tuple(ref for ref in value if ref in anchors)
        elif isinstance(value, tuple) and any(isinstance(item, Part) for item in value):
            changed[one.name] = tuple(_with_links(item, anchors) if isinstance(item, Part) else item for item in value)
    return replace(part, **changed) if changed else part
