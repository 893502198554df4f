"""The incident folder: where its files are, how a new one is made, and how one is told from another directory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import FolderError
from workbench.store import actions_file, factors_file, incident_file, journal, narrative_file, register
from workbench.store.atomic import ABSENT, digest_on_disk, disk_problem, write_if_unchanged

if TYPE_CHECKING:
    from pathlib import Path

_IGNORED = "output/\n*.conflict-*\nredaction.key\n"
# Two branches that both add lines to the journal are merged by keeping the lines of both.
_MERGED = "journal.jsonl merge=union\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFolder:
    """One incident's folder, by its absolute path."""

    path: Path

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.path.name

    @property
    def incident(self) -> Path:
        """incident.toml."""
        return self.path / incident_file.NAME

    @property
    def narrative(self) -> Path:
        """narrative.md."""
        return self.path / narrative_file.NAME

    @property
    def factors(self) -> Path:
        """factors.toml."""
        return self.path / factors_file.NAME

    @property
    def actions(self) -> Path:
        """actions.toml."""
        return self.path / actions_file.NAME

    @property
    def sources(self) -> Path:
        """The directory of the exports; never written to except by adding a file."""
        return self.path / register.SOURCES

    @property
    def register(self) -> Path:
        """sources.toml."""
        return self.path / register.NAME

    @property
    def journal(self) -> Path:
        """journal.jsonl."""
        return self.path / journal.NAME

    @property
    def formats(self) -> Path:
        """This incident's own formats."""
        return self.path / "formats"

    @property
    def notebooks(self) -> Path:
        """This incident's own notebooks."""
        return self.path / "notebooks"

    @property
    def templates(self) -> Path:
        """This incident's own templates."""
        return self.path / "templates"

    @property
    def output(self) -> Path:
        """Everything derived; deleting it loses nothing."""
        return self.path / "output"

    @property
    def cache(self) -> Path:
        """Events as read, by content."""
        return self.output / "cache"


def is_incident(path: Path) -> bool:
    """Whether a directory is an incident folder: it holds an incident.toml."""
    return (path / incident_file.NAME).is_file()


def incidents_below(root: Path) -> tuple[Path, ...]:
    """The incident folders at or below a directory, by path; nothing is looked for inside an incident folder."""
    try:
        if is_incident(root):
            return (root,)
    except OSError:  # whoever reads it learns why
        return (root,)
    try:
        below = sorted(one for one in root.iterdir() if one.is_dir() and not one.is_symlink() and one.name[0] != ".")
    except OSError:
        return ()
    return tuple(found for one in below for found in incidents_below(one))


def open_folder(path: Path) -> IncidentFolder:
    """The incident folder at a path; raises FolderError that says what is there instead and what to do."""
    if not path.exists():
        raise FolderError("there is no such folder", where=str(path), next_step=_make(path))
    if not path.is_dir():
        raise FolderError(
            "is a file, and an incident is a folder", where=str(path), next_step=f"{_make('DIR')[:-1]} {path.name}`."
        )
    if not is_incident(path):
        below = incidents_below(path)
        step = f"Name one of the incident folders below it: {_some(below, path)}." if below else _make(path)
        raise FolderError(f"is not an incident folder: it has no {incident_file.NAME}", where=str(path), next_step=step)
    return IncidentFolder(path=path.resolve())


def _make(path: Path | str) -> str:
    return f"Make one with `workbench new {path} --title TITLE --severity SEV-2`"


def _some(folders: tuple[Path, ...], root: Path) -> str:
    names = [str(folder.relative_to(root)) for folder in folders[:5]]
    return ", ".join(names) + (f" and {len(folders) - 5} more" if len(folders) > 5 else "")


def create_folder(path: Path, *, title: str, severity: str, id: str | None = None) -> IncidentFolder:  # noqa: A002
    """A new incident folder with commented starter files; files that are there already are left as they are."""
    if is_incident(path):
        raise FolderError(
            "is an incident folder already", where=str(path), next_step=f"Use `workbench add {path} FILES`."
        )
    if path.exists() and not path.is_dir():
        raise FolderError("is a file", where=str(path), next_step="Name a folder that is to be made.")
    if not title.strip():
        raise FolderError("the title is empty", where="--title", next_step="Say in a sentence what failed.")
    folder = IncidentFolder(path=path.resolve())
    texts = {
        folder.narrative: narrative_file.starter(title),
        folder.factors: factors_file.STARTER,
        folder.actions: actions_file.STARTER,
        folder.path / ".gitignore": _IGNORED,
        folder.path / ".gitattributes": _MERGED,
        # Last: a folder that a full disk left half made is not taken for an incident.
        folder.incident: incident_file.starter(id=id or _id_of(folder.name), title=title, severity=severity),
    }
    try:
        folder.sources.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_problem(error, "cannot be made", path) from error
    for file, text in texts.items():
        if digest_on_disk(file) == ABSENT:
            write_if_unchanged(file, text.encode(), read_digest=ABSENT)
    return folder


def _id_of(name: str) -> str:
    """An id from the folder's name: ``2025-11-17 pool`` gives ``2025-11-17-pool``."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "incident"
