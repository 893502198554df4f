"""The report on disk: the notebook run, its documents written as a whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import notebook, resources
from workbench.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "postmortem"


def write_report(incident: Path, forms: Sequence[str], *, output: Path, edition: str = "internal") -> list[Path]:
    """Runs the post-mortem's notebook for an incident folder and writes the documents (``md``, ``html``, ``docx``).

    The incident's own notebook wins over the built-in one. Returns the documents' paths; raises ReportError where the
    notebook fails, and then nothing is written.
    """
    import nbformat

    source = resources.notebook(NAME, incident / "notebooks")
    with tempfile.TemporaryDirectory(prefix="workbench-run-") as work:
        executed = notebook.run(source, {"incident": str(incident), "edition": edition}, work=Path(work))
    files = {f"{NAME}.ipynb": nbformat.writes(executed).encode()}  # type: ignore[no-untyped-call]
    for form in forms:
        files |= _made(form, executed)
    _write(output, files)
    return [output / f"{NAME}.{form}" for form in forms]


def _made(form: str, executed: Any) -> dict[str, bytes]:
    """The files of one document, by their paths."""
    from workbench.export import exporters

    makers = {"md": exporters.MarkdownExporter, "html": exporters.HtmlExporter, "docx": exporters.DocxExporter}
    content, kept = makers[form]().from_notebook_node(executed)
    beside = {name: data if isinstance(data, bytes) else data.encode() for name, data in kept.get("outputs", {}).items()}
    return {f"{NAME}.{form}": content if isinstance(content, bytes) else content.encode(), **beside}


def _write(output: Path, files: dict[str, bytes]) -> None:
    try:
        for name, data in files.items():
            target = output / name
            if not target.resolve().is_relative_to(output.resolve()):
                raise ReportError(f"{name!r} would be written outside the output folder", where=str(output))
            target.parent.mkdir(parents=True, exist_ok=True)
            staged = target.with_name(f".{target.name}.part")
            staged.write_bytes(data)
            staged.replace(target)
    except OSError as problem:
        raise ReportError(
            f"the report cannot be written ({problem.strerror})", where=str(output), next_step="Free space, or name another folder with -o."
        ) from problem
