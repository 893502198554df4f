"""Where the notebooks, templates and sample data lie: inside the wheel, or at the top of the clone."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from workbench.errors import ReportError, WorkbenchError


def folder(name: str) -> Path:
    """The folder ``notebooks``, ``templates``, ``sample_data`` or ``lab``."""
    package = Path(str(files("workbench")))
    for place in (package / "_data" / name, package.parent / name):
        if place.is_dir():
            return place
    raise WorkbenchError(
        f"the installation lacks its folder {name!r}",
        next_step="Install postmortem-workbench again, or clone it whole.",
    )


def own_file(place: Path, name: str) -> Path | None:
    """A file below a folder that may have come from elsewhere; None where there is none. Raises ReportError.

    A link that leads out of the folder is not followed: it would put some other file of this machine into a report.
    """
    path = place / name
    if not path.resolve().is_relative_to(place.resolve()):
        raise ReportError(
            "it is a link that leads out of its folder, and is not followed", where=str(path),
            next_step="Put the file itself there.",
        )  # fmt: skip
    return path if path.is_file() else None


def notebook(name: str, *own: Path) -> Path:
    """The notebook of this name: an incident's own folder wins over the built-in one."""
    for place in (*own, folder("notebooks")):
        path = place / f"{name}.ipynb"
        if path.is_file():
            return path
    raise WorkbenchError(
        f"there is no notebook {name!r}", next_step=f"Put {name}.ipynb into the incident's notebooks/."
    )
