"""Runs a parameterised notebook with papermill: parameters checked first, a failure turned into a sentence."""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import kernels
from workbench.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# The names that a notebook may take, each with the one type that it has. papermill writes names and values into code.
SCHEMA: dict[str, type[str]] = {
    "incident": str,
    "edition": str,
    "document": str,
    "root": str,
    "quarter": str,
    "since": str,
    "until": str,
    "team": str,
    "service": str,
    "as_of": str,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 4096
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_SHOWS = re.compile(r'pm\.section\("([a-z_-]+)"\)')
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What papermill and nbclient note of a run: times, durations, paths, ids of messages.
_RUN_NOTES = ("papermill", "execution", "collapsed", "scrolled")


@dataclass(slots=True)
class _Warm:
    """Where kernels are asked for; without an address each is started anew."""

    address: str = ""


_WARM = _Warm()


def kernels_at(address: str) -> None:
    """From now on kernels are forked from the process that serves them at this address."""
    _WARM.address = address


def prepare() -> None:
    """Imports what a run needs, ahead of it."""
    import_module("papermill")


def run_notebook(path: Path, parameters: Mapping[str, Any], *, folder: Path, timeout: int = 600) -> Any:
    """The executed notebook (an nbformat node), free of what differs between two runs; nothing is written.

    The kernel is this interpreter and works in ``folder``. Raises ReportError where a parameter is not allowed, the
    notebook is none, or a cell fails.
    """
    notebook = read_notebook(path)
    values = checked_parameters(parameters, notebook, where=str(path))
    with tempfile.TemporaryDirectory(prefix="pmw-") as place:
        executed = _executed(notebook, values, folder=folder, place=Path(place), timeout=timeout)
    return settled(executed)


def read_notebook(path: Path) -> Any:
    """The notebook in a file; raises ReportError where there is none."""
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError as problem:
        raise ReportError("there is no such notebook", where=str(path)) from problem
    except Exception as problem:
        raise ReportError(
            "this is not a Jupyter notebook", where=str(path), next_step="Put the original in its place."
        ) from problem


def checked_parameters(parameters: Mapping[str, Any], notebook: Any, *, where: str = "") -> dict[str, Any]:
    """The parameters, if each is allowed, of its type, and taken by the notebook."""
    taken = _taken(notebook, where)
    for name, value in parameters.items():
        if name not in SCHEMA or name not in taken:
            known = ", ".join(sorted(set(SCHEMA) & taken)) or "none"
            raise ReportError(f"the notebook takes no parameter {name!r}", where=where, next_step=f"It takes: {known}.")
        if type(value) is not SCHEMA[name]:
            raise ReportError(f"the parameter {name} is a {type(value).__name__}, not a text", where=where)
        if _CONTROL.search(value) or len(value) > _LONGEST:
            raise ReportError(f"the parameter {name} holds a control character or is too long", where=where)
    return dict(parameters)


def _taken(notebook: Any, where: str) -> set[str]:
    """The names that the cell tagged ``parameters`` sets."""
    cell = next((cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())), None)
    if cell is None:
        raise ReportError(
            "no cell of the notebook is tagged “parameters”", where=where,
            next_step="Tag the cell that sets `incident`, so that it can be given another.",
        )  # fmt: skip
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as problem:
        raise ReportError("the cell tagged “parameters” is not Python", where=where) from problem
    return {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
            if isinstance(target, ast.Name)}  # fmt: skip


def answered(
    path: Path, parameters: Mapping[str, Any], *, shipped: Path, show: Callable[[str], dict[str, Any]]
) -> Any | None:
    """The notebook as its run would leave it, without a kernel; None where a cell is more than the shipped one has.

    A kernel's start is most of a report's time, and such a notebook only asks for sections by their names: ``show``
    gives the bundle that the cell would display.
    """
    notebook, model = _plain_notebook(path), _plain_notebook(shipped)
    if notebook is None or model is None:
        return None
    values = checked_parameters(parameters, notebook, where=str(path))
    opening = {cell.source for cell in model.cells if cell.cell_type == "code"}
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    if any(cell.source not in opening and shown_section(cell.source) is None for cell in code):
        return None
    _inject(notebook, values)
    for number, cell in enumerate((one for one in notebook.cells if one.cell_type == "code"), start=1):
        cell["execution_count"] = number
        name = shown_section(cell.source)
        cell["outputs"] = [_result(show(name), number)] if name else []
    notebook.metadata["kernelspec"] = dict(_KERNEL)
    return settled(notebook)


class _Node(dict[str, Any]):
    """A part of a notebook, its values also by attribute, as nbformat has them. Importing nbformat takes a second."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _plain_notebook(path: Path) -> Any | None:
    """A notebook of the present format; None for everything that nbformat should look at."""
    try:
        notebook = json.loads(path.read_text("utf-8"), object_hook=_Node)
        whole = notebook.nbformat == 4 and notebook.nbformat_minor >= 5
        for cell in notebook.cells if whole else ():
            cell["source"] = "".join(cell.source)
            whole = whole and isinstance(cell.metadata, dict) and "attachments" not in cell
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return notebook if whole else None


def _inject(notebook: Any, values: Mapping[str, str]) -> None:
    """The cell that papermill would put after the parameters."""
    place = next(at for at, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ()))
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    source = "\n".join(["# Parameters", *lines, ""])
    tags = _Node(tags=["injected-parameters"])
    cell = _Node(cell_type="code", execution_count=None, id="", metadata=tags, outputs=[], source=source)
    notebook.cells.insert(place + 1, cell)


def shown_section(source: str) -> str | None:
    """The section that a cell shows, if it does nothing but show one."""
    match = _SHOWS.fullmatch(source.strip())
    return match[1] if match else None


def _result(bundle: dict[str, Any], number: int) -> Any:
    return _Node(output_type="execute_result", data=bundle, metadata={}, execution_count=number)


def _executed(notebook: Any, values: dict[str, Any], *, folder: Path, place: Path, timeout: int) -> Any:
    """The notebook after its run. Paths stay out of papermill's hands: it would read them as templates."""
    import papermill
    from papermill.exceptions import PapermillException, PapermillExecutionError
    from traitlets.config import Config

    notebook.metadata["kernelspec"] = dict(_KERNEL)
    with _quiet("papermill", "traitlets"):
        try:
            return papermill.execute_notebook(
                notebook, None, parameters=values, kernel_name="python3", language="python", progress_bar=False,
                request_save_on_cell_execute=False, execution_timeout=timeout, kernel_manager_class=_own_kernel(place),
                config=Config({"KernelManager": {"transport": _transport(place)}}), ipython_hist_file=":memory:",
                resources={"metadata": {"path": str(folder)}},
            )  # fmt: skip
        except PapermillExecutionError as problem:
            raise _failure(problem) from problem
        except (PapermillException, RuntimeError, TimeoutError) as problem:
            raise ReportError(
                f"the notebook could not be run to its end ({_last_line(str(problem)) or type(problem).__name__})",
                next_step="Open it with `workbench lab` and run its cells one by one.",
            ) from problem


def _own_kernel(place: Path) -> type:
    """A kernel of this very interpreter: no kernelspec of any name need be installed, none can stand in for it."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    # -P: files of the incident's folder are no modules.
    command = [sys.executable, "-P", "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    if _WARM.address:
        command = kernels.command(_WARM.address)
    command.append("--IPKernelApp.log_level=50")  # that it was interrupted at its end is no news
    environment = {"IPYTHONDIR": str(place / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    spec = KernelSpec(argv=command, display_name="Python 3", language="python", env=environment)

    class OwnKernel(AsyncKernelManager):
        """Starts this interpreter; the sockets lie in a folder of this run alone."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.connection_file = str(place / "kernel.json")

        @property
        def kernel_spec(self) -> KernelSpec:
            return spec

    return OwnKernel


def _transport(place: Path) -> str:
    """Sockets in the file system where they can be: no open port, nothing unencrypted on a network."""
    return "ipc" if os.name == "posix" and len(str(place)) < 80 else "tcp"


@contextlib.contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Keeps these loggers from the terminal while the notebook runs."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _failure(problem: Any) -> ReportError:
    """The cell by its first line (papermill's count includes cells it put in itself), the exception's last line."""
    first = next((line.strip() for line in str(problem.source).splitlines() if line.strip()), "an empty cell")
    said = _last_line(str(problem.evalue))
    what = said if _is_ours(str(problem.ename), problem.traceback) and said else f"{problem.ename}: {said}".rstrip(": ")
    return ReportError(
        f"the cell that begins with “{first[:80]}” failed: {what}",
        next_step="Mend the incident's files or the notebook, then run the report again.",
    )


def _is_ours(name: str, traceback: Any) -> bool:
    """Whether the exception is a sentence of the workbench, which needs no class name before it."""
    return name.endswith("Error") and "workbench.errors" in "".join(str(line) for line in traceback or ())


def _last_line(text: str) -> str:
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""


def settled(notebook: Any) -> Any:
    """The notebook without what differs between two runs; ids of cells are numbers in their order."""
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for note in _RUN_NOTES:
            cell.metadata.pop(note, None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def written_notebook(notebook: Any) -> str:
    """The text of the .ipynb file: the same for the same content."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
