"""The DOCX writer: the document's blocks in real styles over a reference document that people can restyle."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import singledispatchmethod
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm, Emu, Pt

from workbench.clock import read_instant
from workbench.errors import ReportError
from workbench.export import docx_styles as styles
from workbench.export import docx_xml as xml
from workbench.export.archive import rewritten
from workbench.export.docx_tables import add_figures, add_table
from workbench.export.picture import png_of
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
    words,
)
from workbench.report.text import begins_right_to_left, one_line
from workbench.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docx.document import Document as DocxDocument

    from workbench.export.document import Document
    from workbench.report.blocks import Item, Run, Text, Why

# From this many rows in tables on, a table of contents helps more than it takes away.
_LONG = 60
_RESTYLE = "Restyle a copy of the shipped templates/reference.docx."
_PARAGRAPH_STYLES = {"lead": "Lead", "note": "Note", "quote": "Quote"}
_BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3")


def render(document: Document, *, reference: Path | None = None, paper: str = "") -> bytes:
    """The whole document; ``paper`` (A4 or Letter) changes the reference document's page, empty keeps it."""
    path = reference or folder("templates") / "reference.docx"
    word = _opened(path)
    styles.ensure_styles(word)
    styles.remember_styles(word)
    if paper:
        styles.set_paper(word, paper)
    writer = Writer(word=word)
    for section in document.sections:
        if document.listed and section.name == document.listed[0].name and _is_long(document):
            writer.contents(document)
        writer.section(section)
    writer.footer(document.origin)
    _set_properties(word, document)
    stream = BytesIO()
    word.save(stream)
    return rewritten(stream.getvalue())


def _opened(path: Path) -> DocxDocument:
    """The reference document; one from elsewhere may ask for nothing when it is opened."""
    try:
        word = docx.Document(str(path))
    except (OSError, ValueError, KeyError, BadZipFile, PackageNotFoundError, SyntaxError) as problem:
        raise ReportError("it is no Word document that can be read", where=str(path), next_step=_RESTYLE) from problem
    links = [rel for part in word.part.package.iter_parts() for rel in part.rels.values() if rel.is_external]
    if any(not rel.reltype.endswith("/hyperlink") for rel in links):
        raise ReportError(
            "the reference document loads something from elsewhere when it is opened", where=str(path),
            next_step=_RESTYLE,
        )  # fmt: skip
    return word


def _is_long(document: Document) -> bool:
    tables = (block for section in document.sections for block in section.blocks if isinstance(block, Table))
    return sum(len(table.rows) for table in tables) >= _LONG


def _place(section: Section) -> str:
    """What a link to the section's heading names."""
    return f"section-{section.name}"


def _set_properties(word: Any, document: Document) -> None:
    header = document.header
    instant = read_instant(header.data_as_of) if header.data_as_of else None
    when = datetime.fromtimestamp(instant.ns // 10**9, UTC) if instant else styles.EPOCH
    styles.set_properties(word, title=document.name, subject=one_line(header.id), when=when)


@dataclass(slots=True)
class Writer:
    """Writes blocks one after another; ``number`` gives bookmarks and pictures their ids."""

    word: Any
    number: int = 0
    width: int = field(init=False)  # of the text, in twentieths of a point

    def __post_init__(self) -> None:
        page = self.word.sections[0]
        self.width = int((page.page_width - page.left_margin - page.right_margin) / Pt(1) * 20)

    def next_number(self) -> int:
        """An id that no other bookmark or picture has."""
        self.number += 1
        return self.number

    def section(self, section: Section) -> None:
        """The section's title, unless the eye does not need it, and its blocks."""
        if section.title and not section.quiet:
            heading = self.word.add_paragraph(section.title, style="Heading 1")
            xml.add_bookmark(heading, _place(section), self.next_number())
        for block, after in zip_longest(section.blocks, section.blocks[1:]):
            self.block(block)
            if isinstance(block, Paragraph) and isinstance(after, Table | BulletList | NumberedList):
                self.word.paragraphs[-1].paragraph_format.keep_with_next = True
            if isinstance(block, BulletList | NumberedList):
                self._air(6)

    def _air(self, points: int) -> None:
        """Room below the paragraph that was written last."""
        self.word.paragraphs[-1].paragraph_format.space_after = Pt(points)

    @singledispatchmethod
    def block(self, block: Part) -> None:
        """One block in its style."""
        raise TypeError(f"no way to write a {type(block).__name__}")

    @block.register
    def _(self, block: Header) -> None:
        line = self.word.add_paragraph(style="Status Line")
        line.add_run(f"{block.document}   " if block.document else "").bold = True
        line.add_run(f"{block.id}   ")
        if block.severity:
            badge = line.add_run(f"\u00a0{block.severity}\u00a0", style="Badge")
            xml.shade(badge, styles.severity_colour(block.severity_rank))
        if block.status:
            line.add_run(f"   {block.status}").bold = True
        if block.stage:
            line.add_run(f"   {block.stage.capitalize()}{f', post-mortem due {block.due}' if block.due else ''}")
        self.word.add_paragraph(one_line(block.title), style="Title")
        first = " · ".join(part for part in (block.window, ", ".join(block.services)) if part)
        below = [text for text in (first, " · ".join(block.roles)) if text]
        for text in below:
            self.word.add_paragraph(one_line(text), style="Status Line")
        self._air(6 if below else 10)

    @block.register
    def _(self, block: Heading) -> None:
        self.add_text(self.word.add_paragraph(style=f"Heading {min(3, max(1, block.level - 1))}"), block.text)

    @block.register
    def _(self, block: Paragraph) -> None:
        self.add_text(self.word.add_paragraph(style=_PARAGRAPH_STYLES.get(block.style, "Normal")), block.text)

    @block.register
    def _(self, block: Missing) -> None:
        self.word.add_paragraph(block.sentence, style="Missing")

    @block.register
    def _(self, block: BulletList) -> None:
        self._bullets(block.items, 0)

    @block.register
    def _(self, block: NumberedList) -> None:
        list_id = xml.restarted_numbering(self.word, self.word.styles["List Number"])
        for item in block.items:
            paragraph = self.word.add_paragraph(style="List Number")
            xml.number(paragraph, list_id)
            self.add_text(paragraph, item.text)
            self._bullets(item.items, 1)

    def _bullets(self, items: Iterable[Item], depth: int) -> None:
        for item in items:
            style = _BULLETS[min(depth, len(_BULLETS) - 1)]
            self.add_text(self.word.add_paragraph(style=style), item.text)
            self._bullets(item.items, depth + 1)

    @block.register
    def _(self, block: FiveWhys) -> None:
        for why in block.tree:
            self._why(why, 0)

    def _why(self, why: Why, depth: int) -> None:
        """Deeper factors stand further to the right, at most eight steps."""
        paragraph = self.word.add_paragraph(style="Why")
        paragraph.paragraph_format.left_indent = Cm(0.6 * min(depth, 8))
        if why.kind:
            paragraph.add_run(f"{why.kind}: ", style="Quiet Text")
        self.add_text(paragraph, why.text)
        if why.note:
            paragraph.add_run(" ")
            self.add_text(paragraph, why.note, style="Quiet Text")
        for one in why.because:
            self._why(one, depth + 1)

    @block.register
    def _(self, block: Table) -> None:
        if block.caption:
            caption = self.word.add_paragraph(block.caption, style="Caption")
            caption.paragraph_format.keep_with_next = True
        add_table(self, block)

    @block.register
    def _(self, block: KeyFigures) -> None:
        add_figures(self, block)

    @block.register
    def _(self, block: Figure) -> None:
        if block.title:
            self.word.add_paragraph(block.title, style="Figure Title")
        self._picture(png_of(block.spec), title=block.title, alt=block.alt)
        if block.caption:
            self.word.add_paragraph(block.caption, style="Caption")

    @block.register
    def _(self, block: Picture) -> None:
        self._picture(base64.b64decode(block.data), title="", alt=block.alt)

    def _picture(self, png: bytes, *, title: str, alt: str) -> None:
        """As wide as the text; smaller where it would not fill it."""
        paragraph = self.word.add_paragraph(style="Normal")
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(BytesIO(png))
        most = Emu(int(Pt(self.width / 20)))
        if shape.width > most or title:
            shape.height, shape.width = int(shape.height * most / shape.width), most
        xml.describe_picture(shape, number=self.next_number(), title=title, alt=alt)

    @block.register
    def _(self, block: Code) -> None:
        self.word.add_paragraph(block.text, style="Code Block")

    def add_text(self, paragraph: Any, text: Text, *, style: str = "") -> None:
        """Runs with their styles; references become links to bookmarks. What begins so runs from right to left."""
        if begins_right_to_left(words(text)) and paragraph.style.name != "Table Text":  # a column keeps its edge
            xml.set_right_to_left(paragraph)
        for one in text:
            self._run(paragraph, one, style)

    def _run(self, paragraph: Any, one: Run, style: str) -> None:
        made = paragraph.add_run(one.text)
        if begins_right_to_left(one.text):
            made.font.rtl = True
        made.bold, made.italic = one.bold or None, one.italic or None
        if one.ref:
            made.style = "Reference"
            xml.link(paragraph, made, to_ref=one.ref)
        elif one.link:
            made.style = "Reference"
            xml.link(paragraph, made, address=one.link)
        elif one.code:
            made.style = "Code Text"
        elif style:
            made.style = style

    def contents(self, document: Document) -> None:
        """A field that Word fills with page numbers when asked; until then, and elsewhere, links to the sections."""
        self.word.add_paragraph("Contents", style="Figure Title")
        paragraph = self.word.add_paragraph(style="Note")
        xml.open_field(paragraph, r'TOC \o "1-2" \h \z \u')
        for place, section in enumerate(document.listed):
            if place:
                paragraph.add_run(" · ")
            xml.link(paragraph, paragraph.add_run(section.title, style="Reference"), to_ref=_place(section))
        xml.close_field(paragraph)

    def footer(self, origin: tuple[str, ...]) -> None:
        """What the document is, how old its data is, and the page."""
        foot = self.word.sections[0].footer
        foot.is_linked_to_previous = False
        paragraph = foot.paragraphs[0] if foot.paragraphs else foot.add_paragraph()
        paragraph.style = "Footer"
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        paragraph.add_run(" · ".join((*origin, "page ")))
        xml.add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" of ")
        xml.add_field(paragraph, "NUMPAGES", "1")
