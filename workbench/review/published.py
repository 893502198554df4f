"""A review's documents: what its notebook shows, in every form, with secrets hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench import resources
from workbench.errors import RedactionError
from workbench.export.document import document_of
from workbench.export.forms import Look, file_name, files_of
from workbench.export.redacted import redacted_document, redacted_notebook, texts_of
from workbench.export.written import write_files
from workbench.notebook import run_notebook, written_notebook
from workbench.redaction.key import read_key
from workbench.redaction.leak import leaks
from workbench.redaction.redactor import Policy, Redactor
from workbench.store.allow_file import read_allowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from workbench.model import Team

NOTEBOOK = "review"
_OUTPUT = "output"


def publish_review(
    root: Path,
    parameters: Mapping[str, str],
    forms: Sequence[str],
    *,
    name: str,
    team: Team,
    output: Path | None = None,
) -> list[Path]:
    """Runs the review's notebook (the root's own in notebooks/ wins) and writes what it shows; the paths.

    Raises ReportError where a cell fails, RedactionError where a secret would be told.
    """
    executed = run_notebook(resources.notebook(NOTEBOOK, root / "notebooks"), parameters, folder=root)
    document = document_of(executed)
    redactor = _redactor(root, team)
    redactor.learn(text for section in document.sections for text in texts_of(section))
    shown = redacted_document(document, redactor)
    look = Look(name=name, drawings=root / _OUTPUT / "cache" / "drawings")
    files: dict[str, bytes] = {f"{name}.ipynb": _notebook(executed, redactor)}
    for form in forms:
        files |= files_of(shown, form, look)
    _require_clean(files, redactor, root)
    place = output or root / _OUTPUT
    write_files(files, place)
    return [place / file_name(form, look) for form in forms]


def _redactor(root: Path, team: Team) -> Redactor:
    return Redactor(
        Policy(), key=lambda: read_key(root, team.redaction.key_file), people=(), hosts=(),
        allowed=read_allowed(root, team.redaction.allow_file), words=(),
    )  # fmt: skip


def _notebook(executed: Any, redactor: Redactor) -> bytes:
    return written_notebook(redacted_notebook(executed, redactor, keep=lambda _cell: True)).encode()


def _require_clean(files: Mapping[str, bytes], redactor: Redactor, root: Path) -> None:
    found = leaks(files, redactor)
    if found:
        raise RedactionError(
            f"the review would tell a secret, and was not written: {'; '.join(str(one) for one in found[:5])}",
            where=str(root),
            next_step="Take it out of the text; or let it stand in redaction-allow.toml by its rule and fingerprint.",
        )
