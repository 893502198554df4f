"""The writer of Confluence's storage format: a page's body, and the pictures that are to be attached to the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from markupsafe import Markup

from workbench.export import storage_format as xml
from workbench.export.album import Album
from workbench.export.front_matter import fact_rows
from workbench.export.markdown import Written
from workbench.report.blocks import (
    BulletList,
    Code,
    Figure,
    FiveWhys,
    Header,
    Heading,
    KeyFigures,
    Missing,
    NumberedList,
    Paragraph,
    Part,
    Picture,
    Section,
    Table,
)
from workbench.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workbench.export.document import Document
    from workbench.export.storage_format import Colour
    from workbench.report.blocks import Cell, Column, Item, KeyFigure, Run, Text, Why

# As wide as the text of a page that has Confluence's usual width.
_WIDTH = 760
_SEVERITIES: dict[int, Colour] = {1: "Red", 2: "Red", 3: "Yellow"}
_STAGES: dict[str, Colour] = {"draft": "Yellow", "final": "Green"}
_STATES: dict[str, Colour] = {"met": "Green", "missed": "Red", "undecided": "Yellow"}


def render(document: Document, *, pictures: str = "pictures") -> Written:
    """The body without the page's title, which Confluence keeps apart; pictures go into a folder beside it."""
    writer = _Writer(album=Album(folder=pictures, kind="png"), places=_places(document))
    parts = [part for section in document.sections for part in writer.section(section, document)]
    return Written(text="\n".join(parts) + "\n", files=writer.album.files)


def _places(document: Document) -> dict[str, str]:
    """The anchor that leads to each row; into a folded appendix none can, so it leads to the appendix' heading."""
    return {
        row.anchor.lower(): _place(section) if section.appendix else row.anchor
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        if row.anchor
    }


def _place(section: Section) -> str:
    return f"section-{section.name}"


@dataclass(slots=True, kw_only=True)
class _Writer:
    album: Album
    places: dict[str, str] = field(default_factory=dict)

    def section(self, section: Section, document: Document) -> Iterator[Markup]:
        """The title and the blocks, an appendix folded; the table of contents stands before the first listed one."""
        if document.listed and section is document.listed[0]:
            yield xml.macro("toc", parameters={"maxLevel": "2"})
        if section.title:
            mark = [xml.anchor(_place(section))] if section.appendix else []
            yield xml.element("h1", *mark, section.title)
        blocks = [part for block in section.blocks for part in self.block(block)]
        if section.appendix:
            yield xml.macro("expand", *blocks, parameters={"title": one_line(section.title) or "More"})
        else:
            yield from blocks

    @singledispatchmethod
    def block(self, block: Part) -> list[Markup]:
        """One block as elements that stand below one another."""
        raise TypeError(f"no way to write a {type(block).__name__}")

    @block.register
    def _(self, block: Header) -> list[Markup]:
        """Page properties, which Confluence can list over many pages."""
        badges = {
            "Severity": xml.status(one_line(block.severity), _SEVERITIES.get(block.severity_rank, "Grey")),
            "Post-mortem": xml.status(block.stage.capitalize(), _STAGES.get(block.stage, "Grey")),
        }
        rows = [("Title", one_line(block.title)), *fact_rows(block)]
        cells = [
            xml.element(
                "tr",
                xml.element("th", xml.element("p", name)),
                xml.element("td", xml.element("p", badges.get(name, one_line(value)))),
            )
            for name, value in rows
        ]
        return [xml.macro("details", xml.element("table", xml.element("tbody", *cells)))]

    @block.register
    def _(self, block: Heading) -> list[Markup]:
        return [xml.element(f"h{min(6, max(1, block.level - 1))}", self.text(block.text))]

    @block.register
    def _(self, block: Paragraph) -> list[Markup]:
        paragraph = xml.element("p", self.text(block.text))
        return [xml.element("blockquote", paragraph) if block.style == "quote" else paragraph]

    @block.register
    def _(self, block: Missing) -> list[Markup]:
        return [xml.macro("note", xml.element("p", block.sentence))]

    @block.register
    def _(self, block: BulletList) -> list[Markup]:
        return [self._list("ul", block.items)]

    @block.register
    def _(self, block: NumberedList) -> list[Markup]:
        return [self._list("ol", block.items)]

    def _list(self, kind: str, items: Iterable[Item]) -> Markup:
        return xml.element(
            kind,
            *(
                xml.element(
                    "li",
                    xml.element("p", self.text(item.text)),
                    *([self._list("ul", item.items)] if item.items else []),
                )
                for item in items
            ),
        )

    @block.register
    def _(self, block: FiveWhys) -> list[Markup]:
        return [self._whys(block.tree)]

    def _whys(self, tree: Iterable[Why]) -> Markup:
        return xml.element("ul", *(xml.element("li", self._why(why), *self._below(why)) for why in tree))

    def _why(self, why: Why) -> Markup:
        kind = [xml.element("em", f"{why.kind}:"), " "] if why.kind else []
        note = [" ", xml.element("em", self.text(why.note))] if why.note else []
        return xml.element("p", *kind, self.text(why.text), *note)

    def _below(self, why: Why) -> list[Markup]:
        return [self._whys(why.because)] if why.because else []

    @block.register
    def _(self, block: Table) -> list[Markup]:
        caption = [xml.element("p", xml.element("em", block.caption))] if block.caption else []
        head = [xml.element("th", _paragraph(column.header, column.align)) for column in block.columns]
        rows = []
        for row in block.rows:
            mark = [xml.anchor(row.anchor)] if self.places.get(row.anchor.lower()) == row.anchor else []
            first, *others = zip(row.cells, block.columns, strict=True)
            rows.append([self._cell(*first, *mark), *(self._cell(*one) for one in others)])
        return [*caption, xml.table(head, rows)]

    def _cell(self, cell: Cell, column: Column, *marks: Markup) -> Markup:
        note = [_paragraph(xml.element("em", self.text(cell.note)), column.align)] if cell.note else []
        return xml.element("td", _paragraph(Markup("").join((*marks, self.text(cell.text))), column.align), *note)

    @block.register
    def _(self, block: KeyFigures) -> list[Markup]:
        names = ("Figure", "Value", "Range and source", "Target", "Evidence")
        head = [xml.element("th", _paragraph(name)) for name in names]
        return [xml.table(head, [self._figure(one) for one in block.figures])]

    def _figure(self, one: KeyFigure) -> list[Markup]:
        verdict = xml.status(one.verdict, _STATES[one.state]) if one.state in _STATES else Markup.escape(one.verdict)
        refs = Markup(" ").join(self._reference(Markup.escape(ref), ref) for ref in one.refs)
        words = (Markup.escape(one.label), xml.element("strong", one.value), Markup.escape(one.detail), verdict, refs)
        return [xml.element("td", _paragraph(word)) for word in words]

    @block.register
    def _(self, block: Figure) -> list[Markup]:
        title = [xml.element("p", xml.element("strong", block.title))] if block.title else []
        caption = [xml.element("p", xml.element("em", block.caption))] if block.caption else []
        return [*title, _image(self.album.chart(block), block.alt), *caption]

    @block.register
    def _(self, block: Picture) -> list[Markup]:
        return [_image(self.album.picture(block), block.alt)]

    @block.register
    def _(self, block: Code) -> list[Markup]:
        return [xml.code_block(block.text)]

    def text(self, text: Text) -> Markup:
        """Runs with their styles."""
        return Markup("").join(self._run(run) for run in text)

    def _run(self, run: Run) -> Markup:
        words = xml.lines(run.text)
        for wanted, name in ((run.code, "code"), (run.italic, "em"), (run.bold, "strong")):
            words = xml.element(name, words) if wanted and words else words
        if run.ref:
            return self._reference(words, run.ref)
        return xml.element("a", words, attributes={"href": run.link}) if run.link and words else words

    def _reference(self, words: Markup, ref: str) -> Markup:
        """A link to the row, or the words alone where no row has that name."""
        place = self.places.get(ref.lower())
        return xml.link_to_anchor(place, words) if place and words else words


def _paragraph(words: str, align: str = "left") -> Markup:
    return xml.element("p", words, attributes={"style": "text-align: right;"} if align == "right" else None)


def _image(path: str, alt: str) -> Markup:
    """The attachment is called as the file is."""
    return xml.image(PurePosixPath(path).name, alt=one_line(alt), width=_WIDTH)
