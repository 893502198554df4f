"""Which files lie in what a person named: files and folders, walked without leaving them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYSTEM_FILES = {".DS_Store", "Thumbs.db", "desktop.ini", ".directory"}
_SYSTEM_FOLDERS = {".git", ".hg", ".svn", "__MACOSX", ".ipynb_checkpoints"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file found, by its path relative to the folder given; ``problem`` says why it cannot be taken.

    ``parent`` is the name of the folder it was found below, to tell apart files of the same path.
    """

    path: str
    file: Path
    parent: str
    from_folder: bool = False
    problem: str = ""
    is_system: bool = False


def listed(given: Path) -> tuple[Listed, ...]:
    """The files in what was given: a file itself, or all below a folder in order of path. No error is raised."""
    name = given.name or given.resolve().name
    try:
        real = given.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError) as error:
        return (Listed(path=name, file=given, parent="", problem=_reason(error)),)
    if not stat.S_ISDIR(mode):
        return (Listed(path=name, file=real, parent=real.parent.name, problem=_odd(mode) or _unreadable(real)),)
    return tuple(sorted(_below(real, real), key=lambda one: one.path))


def _below(root: Path, folder: Path) -> Iterator[Listed]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        yield _found(root, folder, _reason(error))
        return
    for entry in entries:
        one = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if entry.name in _SYSTEM_FOLDERS:
                yield _found(root, one, "a folder of a system's own", is_system=True)
            else:
                yield from _below(root, one)
        else:
            yield _one(root, one, entry)


def _one(root: Path, file: Path, entry: os.DirEntry[str]) -> Listed:
    system = entry.name in _SYSTEM_FILES
    if entry.is_symlink():
        problem = _link(root, file)
    else:
        problem = "a file of a system's own" if system else _odd(entry.stat(follow_symlinks=False).st_mode)
    return _found(root, file, problem or _unreadable(file), is_system=system)


def _found(root: Path, file: Path, problem: str, *, is_system: bool = False) -> Listed:
    path = _relative(root, file)
    return Listed(path=path, file=file, parent=root.name, from_folder=True, problem=problem, is_system=is_system)


def _link(root: Path, file: Path) -> str:
    """A link inside a folder is never followed: its target is taken itself, or lies outside of what was given."""
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return f"a link that leads nowhere: {_reason(error)}"
    if target.is_relative_to(root):
        return f"a link to {_relative(root, target)}, which is taken itself"
    return f"a link that leaves the folder, to {target}"


def _odd(mode: int) -> str:
    return "" if stat.S_ISREG(mode) else "not a plain file (a device, a pipe or a socket)"


def _unreadable(file: Path) -> str:
    return "" if os.access(file, os.R_OK) else "permission denied"


def _reason(error: OSError | RuntimeError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else "its links go round in a circle"


def _relative(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()
