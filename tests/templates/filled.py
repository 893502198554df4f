"""Shipped and own templates filled in from facts made by hand, for the tests of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.documents.composed import composed
from workbench.documents.edition import edited, for_edition, read_edition
from workbench.documents.template import Template, read_template
from workbench.export.document import Document, document_from
from workbench.report import content

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.report import Facts, Section


def own(place: Path, body: str, name: str = "own") -> Template:
    """A template that somebody wrote into a folder of templates."""
    (place / "documents").mkdir(parents=True, exist_ok=True)
    (place / "documents" / f"{name}.md.j2").write_text(body, encoding="utf-8")
    return read_template(name, (place,))


def sections_of(template: Template | str, facts: Facts, edition: str = "") -> tuple[Section, ...]:
    """The sections of a template for its own reader, or another."""
    found = read_template(template) if isinstance(template, str) else template
    reader = read_edition(edition or found.edition)
    given = for_edition(facts, reader)
    sections = {one.name: edited(one, reader) for one in content(given).sections}
    return composed(found, facts=lambda: given, sections=sections, edition=reader)


def filled(template: Template | str, facts: Facts, edition: str = "") -> Document:
    """What the writers are given."""
    return document_from(sections_of(template, facts, edition))
