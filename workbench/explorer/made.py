"""The documents that stand in an incident's output folder, and whether what they were made from has changed since."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.commands.watching import seen
from workbench.errors import WorkbenchError
from workbench.export.forms import FORMS, Look, file_name
from workbench.export.written import write_files
from workbench.publication import CLAIMS
from workbench.store import actions_file, allow_file, factors_file, incident_file, journal, narrative_file, register
from workbench.verification import manifest_in, published

if TYPE_CHECKING:
    from workbench.postmortem import Postmortem
    from workbench.store.folder import IncidentFolder

NOTES = "explorer"  # the folder of notes below output/: what each document was made from
_WRITTEN = frozenset(
    module.NAME for module in (incident_file, narrative_file, factors_file, actions_file, register, journal, allow_file)
)
_FOLDERS = ("sources", "formats", "templates")
_NOTEBOOK = Path("notebooks/postmortem.ipynb")
_NANO = 1_000_000_000


def inputs(folder: IncidentFolder) -> dict[str, str]:
    """What every document follows from, by path, each with what tells one state of it from another.

    People's files by their content (an edit that was taken back is none), sources by size and time.
    """
    found = {}
    for name, (time, size) in seen(folder).items():
        path = Path(name)
        inside = path.relative_to(folder.path) if path.is_relative_to(folder.path) else None
        if (inside is not None and not _counts(inside)) or not path.is_file():
            continue
        written = inside is not None and len(inside.parts) == 1
        with suppress(OSError):
            told = hashlib.sha256(path.read_bytes()).hexdigest() if written else f"{time} {size}"
            found[inside.as_posix() if inside else name] = told
    return found


def _counts(path: Path) -> bool:
    """Whether documents depend on a file of the folder: the explorer's notebook and what editors leave are none."""
    hidden = any(part.startswith(".") for part in path.parts)
    if len(path.parts) == 1:
        return path.name in _WRITTEN
    return not hidden and (path.parts[0] in _FOLDERS or path == _NOTEBOOK)


def note(postmortem: Postmortem, name: str, came_from: dict[str, str]) -> None:
    """Keeps what a document was made from, beside the list of its claims."""
    value = {"manifest": _digest(postmortem.folder.output / CLAIMS / f"{name}.json"), "inputs": came_from}
    write_files({f"{NOTES}/{name}.json": json.dumps(value).encode()}, postmortem.folder.output)


def made(postmortem: Postmortem, root: str = "") -> list[dict[str, Any]]:
    """The documents that were made, the newest first. ``root`` is the folder that the browser's server shows.

    ``changed`` names what is not as it was when the document was made.
    """
    now = inputs(postmortem.folder)
    found = []
    for path in published(postmortem):
        with suppress(WorkbenchError, OSError):
            if one := _told(postmortem, path, now, root):
                found.append(one)
    return sorted(found, key=lambda one: str(one["at"]), reverse=True)


def _told(postmortem: Postmortem, path: Path, now: dict[str, str], root: str) -> dict[str, Any] | None:
    manifest = manifest_in(path)
    place = postmortem.folder.path / manifest["output"]
    if not place.resolve().is_relative_to(postmortem.folder.path.resolve()):
        raise WorkbenchError("stands outside of the incident folder", where=str(place))
    files = [(form, place / file_name(form, Look(name=path.stem))) for form in manifest["forms"] if form in FORMS]
    there = [(form, file) for form, file in files if file.is_file()]
    if not there:
        return None
    at = min(file.stat().st_mtime_ns for _, file in there)
    return {
        "name": path.stem, "document": manifest["document"], "edition": manifest["edition"],
        "template": manifest["template"], "at": datetime.fromtimestamp(at // _NANO, UTC).isoformat()[:19] + "Z",
        "changed": _changed(postmortem, path, now, at),
        "files": [
            {"form": form, "path": str(file), "size": file.stat().st_size, "served": served(file, root)}
            for form, file in there
        ],
    }  # fmt: skip


def _changed(postmortem: Postmortem, manifest: Path, now: dict[str, str], at: int) -> list[str]:
    """What has changed, come or gone since; by times alone where it was made outside of the explorer."""
    try:
        noted = json.loads((postmortem.folder.output / NOTES / manifest.name).read_text("utf-8"))
        then = dict(noted["inputs"]) if noted["manifest"] == _digest(manifest) else None
    except (OSError, ValueError, KeyError, TypeError):
        then = None
    if then is not None:
        return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    files = ((name, postmortem.folder.path / name) for name in now)
    return sorted(name for name, file in files if file.is_file() and file.stat().st_mtime_ns > at)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def served(path: Path, root: str) -> str:
    """The path below the server's root, "" where the server does not show the file: elsewhere, or hidden."""
    if not root:
        return ""
    try:
        inside = path.resolve().relative_to(Path(root).expanduser().resolve())
    except (ValueError, OSError, RuntimeError):
        return ""
    return "" if any(part.startswith(".") for part in inside.parts) else inside.as_posix()
