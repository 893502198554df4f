"""Adding exports to an incident's sources: byte for byte, never over another file, never out of the folder."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from workbench.errors import FolderError, SourceError
from workbench.store.atomic import disk_problem, locked, sync_directory
from workbench.store.hashing import sha256_file
from workbench.store.listing import Listed, listed
from workbench.store.register import read_register

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.store.folder import IncidentFolder

_CHUNK = 1 << 20
_PACKED = {".gz", ".bz2", ".xz", ".zst"}
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\\\u202a-\u202e\u2066-\u2069]")


class AddStatus(StrEnum):
    """What became of a file that was to be added."""

    ADDED = "added"
    LINKED = "linked"
    ALREADY = "already there"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """One file's fate: ``path`` is below ``sources/``; ``note`` is a sentence where there is more to say."""

    path: str
    given: str
    status: AddStatus
    sha256: str = ""
    size: int = 0
    link: str = ""
    note: str = ""


@dataclass(slots=True, kw_only=True)
class _Shelf:
    """The sources as they were before the call, and the names that are taken by now."""

    folder: IncidentFolder
    sizes: dict[int, list[str]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)  # path -> sha256, as far as it was needed
    taken: set[str] = field(default_factory=set)  # in small letters: some file systems cannot tell A from a


def add_files(folder: IncidentFolder, files: Iterable[Path], *, link: bool = False) -> list[Added]:
    """Copy files and folders into the incident's sources, or with ``link`` record where they are.

    Each file is answered for in order; one that cannot be taken is refused with a reason and the others go on.
    Raises FolderError where the incident's own folder cannot be written. sources.toml is the caller's to write.
    """
    found = list({one.file: one for given in files for one in _outside(folder, given)}.values())
    clashes = Counter(one.path for one in found)
    try:
        folder.sources.mkdir(exist_ok=True)
        with locked(folder.sources):
            shelf = _stocked(folder)
            return [_taken(shelf, one, apart=clashes[one.path] > 1, link=link) for one in found]
    except OSError as error:
        raise disk_problem(error, "cannot be written", folder.sources) from error


def _outside(folder: IncidentFolder, given: Path) -> list[Listed]:
    """What was given without what the incident folder itself holds, unless it was asked for by name."""
    inside = _real(given).is_relative_to(folder.path)
    every = listed(given)
    if not every:
        name = given.name or given.resolve().name
        return [Listed(path=name, file=given, parent="", problem="the folder holds no files", is_system=True)]
    return [one for one in every if inside or not one.file.is_relative_to(folder.path)]


def _real(given: Path) -> Path:
    try:
        return given.resolve()
    except (OSError, RuntimeError):  # links in a circle: the listing says so
        return given.absolute()


def _stocked(folder: IncidentFolder) -> _Shelf:
    shelf = _Shelf(folder=folder)
    for one in listed(folder.sources):
        shelf.taken.add(one.path.casefold())
        if not one.problem:
            shelf.sizes.setdefault(one.file.stat().st_size, []).append(one.path)
    for entry in read_register(folder.path).entries:
        shelf.taken.add(entry.path.casefold())
        if entry.link and entry.size is not None:
            shelf.sizes.setdefault(entry.size, []).append(entry.path)
            shelf.hashes[entry.path] = entry.sha256
    return shelf


def _taken(shelf: _Shelf, one: Listed, *, apart: bool, link: bool) -> Added:
    if one.problem:
        status = AddStatus.SKIPPED if one.is_system or "taken itself" in one.problem else AddStatus.REFUSED
        return Added(path=one.path, given=str(one.file), status=status, note=_sentence(one.problem))
    if one.file.is_relative_to(shelf.folder.sources.resolve()):
        path = one.file.relative_to(shelf.folder.sources.resolve()).as_posix()
        return Added(path=path, given=str(one.file), status=AddStatus.ALREADY, note="It is in sources/ already.",
                     sha256=sha256_file(one.file), size=one.file.stat().st_size)  # fmt: skip
    try:
        size = one.file.stat().st_size
        wanted = _clean(f"{one.parent}/{one.path}" if apart and one.parent else one.path)
        if same := _same(shelf, one.file, size, wanted):
            return Added(path=same, given=str(one.file), status=AddStatus.ALREADY, sha256=shelf.hashes[same], size=size,
                         note=f"The same bytes are already there as {same}.")  # fmt: skip
        return _shelved(shelf, one, wanted, link=link)
    except SourceError as error:
        return Added(path=one.path, given=str(one.file), status=AddStatus.REFUSED, note=_sentence(error.what))


def _same(shelf: _Shelf, file: Path, size: int, wanted: str) -> str | None:
    """The source that holds these bytes already; empty files are the same only under the same name."""
    paths = [path for path in shelf.sizes.get(size, []) if size or path == wanted]
    if not paths:
        return None
    digest = sha256_file(file)
    for path in sorted(paths, key=lambda path: path != wanted):
        if path not in shelf.hashes:
            shelf.hashes[path] = sha256_file(shelf.folder.sources / path)
        if shelf.hashes[path] == digest:
            return path
    return None


def _shelved(shelf: _Shelf, one: Listed, wanted: str, *, link: bool) -> Added:
    path = _free(shelf, wanted, one.parent if one.from_folder else "")
    target = shelf.folder.sources / path
    shelf.taken.add(path.casefold())
    note = "" if path == wanted else f"Another file is called {wanted} already, so this one is {path}."
    if not note and path not in {one.path, f"{one.parent}/{one.path}"}:
        note = f"Its name has signs that no path should have, so it is {path}."
    status, target_of_link = (AddStatus.LINKED, str(one.file)) if link else (AddStatus.ADDED, "")
    if link:
        digest, size = sha256_file(one.file), one.file.stat().st_size
    else:
        _inside(shelf.folder, target)
        digest, size = _copied(one.file, target)
    shelf.sizes.setdefault(size, []).append(path)  # the same bytes given twice in one call are taken once
    shelf.hashes[path] = digest
    return Added(path=path, given=str(one.file), status=status, sha256=digest, size=size, link=target_of_link,
                 note=note)  # fmt: skip


def _inside(folder: IncidentFolder, target: Path) -> None:
    """Make the target's directory, after making sure that no link on the way leads out of ``sources/``."""
    root = folder.sources.resolve()
    if not root.is_relative_to(folder.path) or not target.parent.resolve().is_relative_to(root):
        raise FolderError(
            "leads out of the incident folder through a link", where=str(target.parent), next_step="Remove the link."
        )
    target.parent.mkdir(parents=True, exist_ok=True)


def _copied(file: Path, target: Path) -> tuple[str, int]:
    """Copy bytes, time and mode by way of a staging file; the digest and the size of what was written."""
    staging = target.with_name(f".{secrets.token_hex(6)}.part")
    digest, size = hashlib.sha256(), 0
    try:
        with _opened(file) as source, staging.open("xb") as copy:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += copy.write(chunk)
        shutil.copystat(file, staging)
        staging.rename(target)
    except OSError as error:
        raise disk_problem(error, "cannot be copied in, and nothing was kept of it", file) from error
    finally:
        staging.unlink(missing_ok=True)
    sync_directory(target.parent)
    return digest.hexdigest(), size


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=str(file)) from error


def _clean(path: str) -> str:
    """A path that every file system and TOML can hold, and that stays below where it is put."""
    parts = [_UNWRITABLE.sub("_", part) for part in path.split("/")]
    return "/".join(part if part.strip(". ") else "_" for part in parts if part)  # no "..", nothing absolute


def _free(shelf: _Shelf, wanted: str, parent: str) -> str:
    """The wanted path, else one below its folder's name, else one with a number before the ending."""
    below = _clean(f"{parent}/{wanted}") if parent and not wanted.startswith(f"{_clean(parent)}/") else wanted
    for path in (wanted, below):
        if path.casefold() not in shelf.taken:
            return path
    number = 2
    while (path := _numbered(wanted, number)).casefold() in shelf.taken:
        number += 1
    return path


def _numbered(path: str, number: int) -> str:
    folder, slash, name = path.rpartition("/")
    stem, suffix = Path(name).stem, Path(name).suffix
    if suffix in _PACKED:
        stem, suffix = Path(stem).stem, Path(stem).suffix + suffix
    return f"{folder}{slash}{stem} ({number}){suffix}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
