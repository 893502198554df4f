"""What an executed notebook says, as one document: our sections and people's own cells, in their order."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from workbench.clock import read_instant
from workbench.errors import ReportError
from workbench.report.blocks import Around, Code, Figure, Header, Heading, Part, Picture, Section
from workbench.report.bundle import MIME, section_of
from workbench.report.content import NAMES
from workbench.report.markdown_blocks import blocks_of
from workbench.report.text import clean, one_line
from workbench.report.wording import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.report.blocks import Block

# A cell with this tag is for the person at the notebook and stays out of the documents.
HIDDEN_TAG = "not-in-report"
_VEGALITE = "application/vnd.vegalite.v"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LONGEST_TEXT = 100_000
_SHORT = 5_500  # signs, about two pages
PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The header's facts and the sections that have something to say."""

    header: Header
    sections: tuple[Section, ...]

    @property
    def listed(self) -> tuple[Section, ...]:
        """The sections of the table of contents."""
        return tuple(section for section in self.sections if section.title and not section.quiet)

    @property
    def is_short(self) -> bool:
        """Whether it is read in one go, a letter or a page or two: links to its sections would be in the way."""
        return sum(map(_length, self.sections)) < _SHORT

    @property
    def name(self) -> str:
        """What a window, a tab or a list of files calls it."""
        what = ": ".join(part for part in (self.header.document, one_line(self.header.title)) if part)
        return " · ".join(part for part in (one_line(self.header.id), what) if part)

    @property
    def origin(self) -> tuple[str, ...]:
        """What stands at its foot: which incident, how old its data is, for whom. A customer needs the first alone."""
        header = self.header
        instant = read_instant(header.data_as_of) if header.data_as_of else None
        known = f"data as of {moment(instant.ns)} UTC" if instant else ""
        parts = (header.id,) if header.edition == PUBLIC else (header.id, known, f"{header.edition} edition")
        return tuple(one_line(part) for part in parts if part)


def document_of(notebook: Any) -> Document:
    """The document in an executed notebook; raises ReportError where a cell has failed."""
    return document_from(section for number, cell in enumerate(notebook.cells) for section in _sections(cell, number))


def document_from(sections: Iterable[Section]) -> Document:
    """The document that these sections make; those without blocks are left out."""
    kept = tuple(_levelled(section) for section in sections if section.blocks)
    headers = [block for section in kept for block in section.blocks if isinstance(block, Header)]
    return Document(header=headers[0] if headers else Header(id="", title="Notebook"), sections=kept)


def own_cells(notebook: Any, *, tag: str = "") -> dict[str, tuple[Section, ...]]:
    """What people's own cells show, by the name of our section that each stands after (empty at the top).

    With a ``tag`` only the cells that carry it.
    """
    found: dict[str, tuple[Section, ...]] = {"": ()}
    last = ""
    for number, cell in enumerate(notebook.cells):
        for section in _sections(cell, number):
            if section.name in NAMES:
                last = section.name
                found.setdefault(last, ())
            elif not tag or tag in cell.get("metadata", {}).get("tags", ()):
                found[last] += (section,)
    return found


def our_sections(notebook: Any) -> dict[str, Section]:
    """The sections of the report that the notebook shows, by name; of two of one name the last."""
    shown = (section for number, cell in enumerate(notebook.cells) for section in _sections(cell, number))
    return {section.name: section for section in shown if section.name in NAMES}


def _length(part: Any) -> int:
    """How many signs there are to read in it; what is shown only when asked for does not count."""
    if isinstance(part, str):
        return len(part)
    if isinstance(part, tuple):
        return sum(map(_length, part))
    if isinstance(part, Figure | Picture | Header | Around) or not isinstance(part, Part):
        return 0
    return _length(tuple(getattr(part, one.name) for one in fields(part)))  # type: ignore[arg-type]


def _sections(cell: Any, number: int) -> Iterator[Section]:
    if HIDDEN_TAG in cell.get("metadata", {}).get("tags", ()):
        return
    if cell.cell_type == "markdown":
        yield Section(name=f"cell-{number}", blocks=blocks_of(clean(_joined(cell.source)), top=2))
    elif cell.cell_type == "code":
        for place, output in enumerate(cell.get("outputs", ())):
            yield _output(output, f"cell-{number}-{place}")


def _output(output: Any, name: str) -> Section:
    """One output: our section, else what a person's cell shows."""
    if output.output_type == "error":
        raise ReportError(
            f"a cell of the notebook failed with {clean(str(output.get('ename', 'an error')))}",
            next_step="Mend the cell and run the notebook again; a report is not made from half of it.",
        )
    if output.output_type == "stream":
        text = _joined(output.get("text", "")) if output.get("name") == "stdout" else ""
        return Section(name=name, blocks=_text(text))
    data = output.get("data", {})
    if MIME in data:
        return section_of(data[MIME])
    return Section(name=name, blocks=_shown(data, name))


def _shown(data: Mapping[str, Any], name: str) -> tuple[Block, ...]:
    """The best form that we draw ourselves: a chart, a picture, markdown or plain text; HTML and script never."""
    for kind in data:
        if kind.startswith(_VEGALITE) and isinstance(data[kind], dict):
            return (Figure(name=name, spec=dict(data[kind]), alt=_description(data[kind])),)
    if "image/png" in data and (picture := _picture(_joined(data["image/png"]))):
        return (picture,)
    if "text/markdown" in data:
        return blocks_of(clean(_joined(data["text/markdown"])), top=3)
    return _text(_joined(data.get("text/plain", "")))


def _description(spec: Mapping[str, Any]) -> str:
    """What the chart's author says of it."""
    title = spec.get("title")
    words = spec.get("description") or (title.get("text") if isinstance(title, dict) else title)
    return words if isinstance(words, str) else "A chart from the notebook; its author gave no description."


def _picture(encoded: str) -> Picture | None:
    compact = "".join(encoded.split())
    try:
        raw = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None
    alt = "A picture from the notebook; its author gave no description."
    return Picture(data=compact, alt=alt) if raw.startswith(_PNG_SIGNATURE) else None


def _text(text: str) -> tuple[Block, ...]:
    shown = clean(text).strip("\n")
    return (Code(text=shown[:_LONGEST_TEXT]),) if shown.strip() else ()


def _joined(value: Any) -> str:
    """nbformat stores long texts as lists of lines."""
    return "".join(value) if isinstance(value, list) else str(value)


def _levelled(section: Section) -> Section:
    """Headings without a leap: each is at most one deeper than the one before it."""
    deepest = 2 if section.title else 1
    blocks: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Heading):
            deepest = min(block.level, deepest + 1)
            blocks.append(replace(block, level=deepest))
        else:
            blocks.append(block)
    return replace(section, blocks=tuple(blocks))
