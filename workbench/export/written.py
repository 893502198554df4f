"""Runs an incident's notebook and writes its documents into a folder: the one door of ``workbench report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import resources
from workbench.errors import ReportError
from workbench.export.forms import Look, file_name, files_of
from workbench.notebook import run_notebook, written_notebook
from workbench.store.team_file import read_team

if TYPE_CHECKING:
    from collections.abc import Sequence


def write_report(
    folder: Path, forms: Sequence[str], *, output: Path, edition: str = "internal", name: str = "postmortem"
) -> list[Path]:
    """Runs the notebook in the incident's folder and writes its documents and the notebook.

    ``forms`` are keys of ``forms.FORMS``. The incident's own notebooks/ and templates/ win over the team's and ours.
    """
    notebook = resources.notebook(name, folder / "notebooks")
    executed = run_notebook(notebook, {"incident": ".", "edition": edition}, folder=folder)
    return write_documents(executed, forms, output=output, look=_look(folder, name))


def _look(folder: Path, name: str) -> Look:
    """The folders of templates and the reference document, nearest first."""
    settings = read_team(folder).reports
    places = [folder / "templates", *([Path(settings.templates)] if settings.templates else [])]
    candidates = [*(place / "reference.docx" for place in places)]
    if settings.reference_docx:
        candidates.insert(1, Path(settings.reference_docx))
    reference = next((path for path in candidates if path.is_file()), None)
    return Look(name=name, templates=tuple(place for place in places if place.is_dir()), reference=reference)


def write_documents(executed: Any, forms: Sequence[str], *, output: Path, look: Look) -> list[Path]:
    """Writes the documents of an executed notebook, and the notebook; the paths of what was asked for are returned."""
    from workbench.export.document import document_of

    document = document_of(executed)
    files = {f"{look.name}.ipynb": written_notebook(executed).encode()}
    for form in forms:
        files |= files_of(document, form, look)
    try:
        for path, content in files.items():
            (output / path).parent.mkdir(parents=True, exist_ok=True)
            (output / path).write_bytes(content)
    except OSError as problem:
        raise ReportError(f"the report cannot be written ({problem.strerror})", where=str(output)) from problem
    return [output / file_name(form, look) for form in forms]
