"""papermill, and nothing else of it in the house: parameters checked, the notebook run, a failure made a sentence."""

from __future__ import annotations

import asyncio
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

# What a notebook may be told: names and types. Anything else could end up as code in the kernel.
PARAMETERS: dict[str, type] = {"incident": str, "edition": str}
_CELL_NAME = re.compile(r"^\s*(\S.*)$", re.MULTILINE)
_TIMEOUT = 15 * 60  # seconds a cell may take


def run(source: Path, parameters: Mapping[str, Any], *, work: Path) -> NotebookNode:
    """The notebook executed in a kernel of this interpreter, in the folder ``work``, with these parameters.

    Raises ReportError naming the cell by its first line where one fails. Times and durations of the run are left out
    of what is returned: the same input gives the same notebook.
    """
    checked(parameters)
    notebook = _read(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        executed = _executed(notebook, dict(parameters), work)
    return _stilled(executed)


def checked(parameters: Mapping[str, Any]) -> None:
    """Raises ReportError for a name that no notebook takes, or a value of another type."""
    for name, value in parameters.items():
        wanted = PARAMETERS.get(name)
        if wanted is None:
            known = ", ".join(PARAMETERS)
            raise ReportError(f"a notebook takes no parameter {name!r}", next_step=f"Use one of: {known}.")
        if type(value) is not wanted:
            raise ReportError(
                f"the parameter {name!r} is {type(value).__name__}, not {wanted.__name__}", next_step="Give it as text."
            )


def _read(source: Path) -> NotebookNode:
    import nbformat

    try:
        return nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call, no-any-return]
    except (OSError, ValueError, nbformat.ValidationError) as problem:
        raise ReportError(
            "this is no notebook that can be read", where=str(source), next_step="Restore it, or remove your own copy."
        ) from problem


def _executed(notebook: NotebookNode, parameters: dict[str, Any], work: Path) -> NotebookNode:
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    _quiet()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    try:
        return execute_notebook(
            notebook, None, parameters=parameters, kernel_name="python3", progress_bar=False, cwd=str(work),
            request_save_on_cell_execute=False, log_output=False, kernel_manager_class="workbench.kernels.OwnKernel",
            execution_timeout=_TIMEOUT,
        )  # fmt: skip
    except PapermillExecutionError as problem:
        first = _CELL_NAME.search(problem.source or "")
        raise ReportError(
            f"the cell that begins {first[1] if first else ''!r} failed: {problem.ename}: {problem.evalue}",
            next_step="Mend what it names, or the cell in your own copy of the notebook, and run it again.",
        ) from problem
    except RuntimeError as problem:
        raise ReportError(f"the notebook's kernel stopped ({problem})", next_step="Run it again.") from problem


def _quiet() -> None:
    """Event loops of Windows are chosen as Jupyter needs them; papermill's own log is not for people."""
    import logging

    logging.getLogger("papermill").setLevel(logging.ERROR)
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())


def _stilled(notebook: NotebookNode) -> NotebookNode:
    """The notebook without times, durations and chance names of this run."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = cell["id"] if "injected-parameters" not in cell.metadata.get("tags", ()) else "injected-parameters"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if cell.cell_type == "code":
            cell["execution_count"] = number
            for output in cell.get("outputs", ()):
                if "execution_count" in output:
                    output["execution_count"] = number
    return notebook
