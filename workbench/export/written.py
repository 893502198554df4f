"""A document in the forms that were asked for, as bytes by their path; and the writing of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import ReportError
from workbench.store.team_file import read_team

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from workbench.export.document import Document

PICTURES = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The folders of templates, nearest first, and the Word document whose styles are used (None: the shipped one)."""

    templates: tuple[Path, ...] = ()
    reference: Path | None = None


def looks_of(folder: Path, templates: Sequence[Path]) -> Looks:
    """The looks of an incident's documents: its own, else its team's, else ours."""
    settings = read_team(folder).reports
    candidates = [place / "reference.docx" for place in templates]
    if settings.reference_docx:
        candidates.insert(1, folder / settings.reference_docx)
    return Looks(templates=tuple(templates), reference=next((path for path in candidates if path.is_file()), None))


def rendered(document: Document, forms: Sequence[str], *, name: str, looks: Looks | None = None) -> dict[str, bytes]:
    """The bytes of every file that the forms need, by its path below the output folder."""
    files: dict[str, bytes] = {}
    for form in forms:
        if form not in FORMS:
            raise ReportError(f"{form!r} is no form of a document", next_step=f"Use {', '.join(FORMS)}.")
        files |= FORMS[form](document, name, looks or Looks())
    return files


def _markdown(document: Document, name: str, looks: Looks) -> dict[str, bytes]:  # noqa: ARG001 - the others have looks
    from workbench.export import markdown

    pictures = PICTURES if name == "postmortem" else f"{PICTURES}/{name}"
    written = markdown.render(document, pictures=pictures)
    return {f"{name}.md": written.text.encode(), **written.files}


def _html(document: Document, name: str, looks: Looks) -> dict[str, bytes]:
    from workbench.export import html

    return {f"{name}.html": html.render(document, templates=looks.templates).encode()}


def _docx(document: Document, name: str, looks: Looks) -> dict[str, bytes]:
    from workbench.export import docx

    return {f"{name}.docx": docx.render(document, reference=looks.reference)}


FORMS: dict[str, Callable[[Document, str, Looks], dict[str, bytes]]] = {
    "md": _markdown, "html": _html, "docx": _docx,
}  # fmt: skip


def write_files(files: Mapping[str, bytes], output: Path) -> None:
    """Writes each file below the output folder; raises ReportError where the disk does not take it."""
    try:
        for path, content in files.items():
            (output / path).parent.mkdir(parents=True, exist_ok=True)
            (output / path).write_bytes(content)
    except OSError as problem:
        raise ReportError(f"the document cannot be written ({problem.strerror})", where=str(output)) from problem
