"""Does something again whenever a file of an incident is saved, until somebody ends it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import terminal
from workbench.errors import WorkbenchError
from workbench.store.team_file import find_team_file, read_team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.store.folder import IncidentFolder

_PAUSE = 0.25  # seconds between two looks; a look costs one stat a file
_OURS = "output"

Seen = dict[str, tuple[int, int]]


def watched(folder: IncidentFolder, act: Callable[[], int]) -> int:
    """Calls ``act`` at once and after every change; a problem is said, and the watch goes on.

    Ctrl-C while it waits returns 0; while it works it is an interruption like any other.
    """
    while True:
        before = seen(folder)
        _try(act)
        terminal.say("Waiting for a file to be saved; Ctrl-C ends it.")
        try:
            while seen(folder) == before:
                time.sleep(_PAUSE)
        except KeyboardInterrupt:
            return 0


def _try(act: Callable[[], int]) -> None:
    try:
        act()
    except WorkbenchError as error:
        terminal.say(f"Error: {error.sentence()}")


def seen(folder: IncidentFolder) -> Seen:
    """Every file that a document depends on, with its time and size; what the tool writes itself is left out."""
    found: Seen = {}
    for path in _files(folder):
        try:
            stat = path.stat()
        except OSError:  # an editor puts a new file in the place of the old one
            continue
        found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files(folder: IncidentFolder) -> Iterator[Path]:
    try:
        team = read_team(folder.path)
    except WorkbenchError:
        team = None
    for place in (folder.path.glob("*"), *(path.rglob("*") for path in _folders(folder))):
        yield from (path for path in place if path.name != _OURS and not path.name.startswith("."))
    if file := find_team_file(folder.path):
        yield file
    if team is not None and team.reports.templates:
        yield from Path(team.reports.templates).rglob("*")
    if team is not None and team.reports.reference_docx:
        yield Path(team.reports.reference_docx)


def _folders(folder: IncidentFolder) -> tuple[Path, ...]:
    return (folder.sources, folder.formats, folder.notebooks, folder.templates)
