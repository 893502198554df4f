"""Word documents (DOCX), as Word, Google Docs and LibreOffice write them: lines with times, comments, creation, change.

Format: ECMA-376, WordprocessingML. Text that was deleted under revision marks is left out.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from workbench.clock import read_instant
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows
from workbench.readers.html_page import document_batch
from workbench.readers.xml_documents import XmlElements
from workbench.readers.xml_elements import Element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Head, Source

_BODY, _COMMENTS, _CORE = "word/document.xml", "word/comments.xml", "docProps/core.xml"
_MEMBER_BYTES = 64 * 1024 * 1024
_TEXTS = {"w:t": "", "w:tab": " ", "w:br": " ", "w:cr": " ", "w:noBreakHyphen": "-"}


class _DocxReader:
    """One document."""

    name = "docx"
    title = "Word document (DOCX)"
    example = "postmortem.docx"
    unfolds = "each line, bullet or table row that begins with a time; comments; created and changed"
    kind = Kind.DOCUMENT.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the part that every such document has."""
        return Claim(Certainty.SIGNATURE, 1.0) if _BODY in head.members else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The text in reading order, then the comments, then who made and changed it."""
        try:
            with source.open() as stream, zipfile.ZipFile(stream) as archive:
                core = next(_elements(archive, _CORE, "cp:coreProperties"), None)
                title = core.said("dc:title") if core else ""
                batch = document_batch(list(_lines(archive)), source, title)
                yield batch
                yield _beside(archive, core, title, batch.records)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            yield Batch(notes=[f"The document is damaged ({error}); what came before is read."])


def _elements(archive: zipfile.ZipFile, member: str, *tags: str) -> Iterator[Element]:
    """The elements of a part, if it is there and of a sane size."""
    if member not in archive.namelist() or archive.getinfo(member).file_size > _MEMBER_BYTES:
        return
    with archive.open(member) as part:
        yield from (each for each in XmlElements(part, frozenset(tags)) if isinstance(each, Element))


def _lines(archive: zipfile.ZipFile) -> Iterator[str]:
    """Paragraphs with their marks, and the rows of tables as lines."""
    for each in _elements(archive, _BODY, "w:p", "w:tbl"):
        if each.tag == "w:p":
            yield _mark(each) + _said(each)
        else:
            for row in each.all("w:tr"):
                cells = (" ".join(_said(part) for part in cell.all("w:p")) for cell in row.all("w:tc"))
                yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _mark(paragraph: Element) -> str:
    style = paragraph.find("w:pPr", "w:pStyle")
    name = style.attributes.get("w:val", "").lower() if style else ""
    if name.startswith(("heading", "title", "berschrift", "\u00fcberschrift", "titre")):
        return "# "
    return "- " if paragraph.find("w:pPr", "w:numPr") or name.startswith("list") else ""


def _said(element: Element) -> str:
    """The text that stands now: what was deleted is called otherwise."""
    parts = []
    for part in element.children:
        if part.tag in _TEXTS:
            parts.append(part.whole_text() or _TEXTS[part.tag])
        elif part.tag not in {"w:pPr", "w:rPr", "w:del", "w:instrText"}:
            parts.append(_said(part))
    return "".join(parts)


def _beside(archive: zipfile.ZipFile, core: Element | None, title: str, records: int) -> Batch:
    """Comments and the document's own dates, as records after those of its text."""
    rows, number = EventRows(), records
    for comment in _elements(archive, _COMMENTS, "w:comment"):
        number += 1
        if when := read_instant(comment.attributes.get("w:date")):
            rows.add(when, line=number, kind=Kind.DOCUMENT, action="document.commented", message=_said(comment),
                     actor=comment.attributes.get("w:author"), document=title)  # fmt: skip
    for tag, who, said in (
        ("dcterms:created", "dc:creator", "created"),
        ("dcterms:modified", "cp:lastModifiedBy", "changed"),
    ):
        if core and (when := read_instant(core.said(tag))):
            number += 1
            rows.add(when, line=number, kind=Kind.DOCUMENT, action=f"document.{said}", actor=core.said(who) or None,
                     message=f"{title or 'the document'}: {said}", document=title)  # fmt: skip
    return Batch(events=rows.frame(), records=number - records)


READER = _DocxReader()
