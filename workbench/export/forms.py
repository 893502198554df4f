"""The forms that a report is written in: one table from a form's name to its file and its writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from workbench.export.document import Document

PICTURES = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a document is called, and what a team changes of its looks."""

    name: str
    templates: Sequence[Path] = ()
    reference: Path | None = None
    drawings: Path | None = None  # where drawn charts are kept from one time to the next


@dataclass(frozen=True, slots=True)
class Form:
    """How a document's file ends, and what writes it: the text or the bytes, and the files beside it by their paths."""

    suffix: str
    write: Callable[[Document, Look], tuple[str | bytes, Mapping[str, bytes]]]


def files_of(document: Document, form: str, look: Look) -> dict[str, bytes]:
    """The document in one form, with what stands beside it, by the path below the output folder."""
    content, beside = FORMS[form].write(document, look)
    return {file_name(form, look): content.encode() if isinstance(content, str) else content, **beside}


def file_name(form: str, look: Look) -> str:
    """The document's own file."""
    return f"{look.name}{FORMS[form].suffix}"


def _pictures(look: Look) -> str:
    """The folder of a document's pictures: those of the report itself stand at the top."""
    return PICTURES if look.name == "postmortem" else f"{PICTURES}/{look.name}"


def _markdown(document: Document, look: Look) -> tuple[str, Mapping[str, bytes]]:
    from workbench.export import markdown

    written = markdown.render(document, pictures=_pictures(look))
    return written.text, written.files


def _html(document: Document, look: Look) -> tuple[str, Mapping[str, bytes]]:
    from workbench.export import html

    return html.render(document, templates=look.templates, drawings=look.drawings), {}


def _docx(document: Document, look: Look) -> tuple[bytes, Mapping[str, bytes]]:
    from workbench.export import docx

    return docx.render(document, reference=look.reference), {}


def _confluence(document: Document, look: Look) -> tuple[str, Mapping[str, bytes]]:
    from workbench.export import confluence

    written = confluence.render(document, pictures=_pictures(look))
    return written.text, written.files


def _notion(document: Document, look: Look) -> tuple[bytes, Mapping[str, bytes]]:
    from workbench.export import notion

    return notion.render(document, name=look.name), {}


FORMS = {
    "md": Form(".md", _markdown),
    "html": Form(".html", _html),
    "docx": Form(".docx", _docx),
    "confluence": Form(".confluence.xml", _confluence),
    "notion": Form(".notion.zip", _notion),
}
# What is written where nobody says which.
USUAL = ("md", "html", "docx")
