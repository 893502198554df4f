"""Writing a file whole or not at all: staging file, fsync, rename; disk errors become sentences."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from workbench.errors import FolderError
from workbench.store.hashing import sha256_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ABSENT = ""  # the digest of a file that is not there

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and do it again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space and do it again."),
    errno.EACCES: ("permission denied", "Check who owns it and its permissions."),
    errno.EPERM: ("permission denied", "Check who owns it and its permissions."),
    errno.EROFS: ("the file system is read-only", "Copy the incident folder to a place that can be written."),
    errno.ENOENT: ("there is no such file or directory", "Check the path."),
    errno.EEXIST: ("something else of that name is in the way", "Move it away."),
    errno.EISDIR: ("it is a directory", "Move it away or name another file."),
    errno.ENOTDIR: ("a part of the path is a file, not a directory", "Check the path."),
    errno.ENAMETOOLONG: ("the name is too long for the file system", "Use a shorter name."),
    errno.ELOOP: ("its symbolic links go round in a circle", "Mend the links."),
}


def disk_problem(error: OSError, doing: str, where: Path | str) -> FolderError:
    """The sentence for an error of the disk; ``doing`` is what could not be done, such as "cannot be written"."""
    code = error.errno or 0
    reason, step = _REASONS.get(code, (error.strerror or str(error), "Check the disk and do it again."))
    return FolderError(f"{doing}: {reason}", where=str(where), next_step=step)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Holds the directory's lock, so that two of our own writers take turns."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks; the digest check still holds there
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def digest_on_disk(file: Path) -> str:
    """The digest of what stands on disk now; ABSENT where nothing does."""
    try:
        return sha256_bytes(file.read_bytes())
    except FileNotFoundError:
        return ABSENT


def write_if_unchanged(file: Path, data: bytes, *, read_digest: str) -> None:
    """Replace the file if it still is the one that was read; else keep both and raise FolderError.

    The new text then lies beside the file as ``<name>.conflict-<n>``. A link is followed, but not out of the folder.
    """
    require_inside(file)
    target = file.resolve()
    try:
        with locked(target.parent):
            if digest_on_disk(target) == read_digest:
                _replace(target, data)
                return
            kept = _keep_beside(target, data)
    except OSError as error:
        raise disk_problem(error, "cannot be written, and nothing was changed", file) from error
    raise FolderError(
        f"changed on disk while it was being edited, so it was left as it is and the new text was kept in {kept.name}",
        where=str(file),
        next_step=f"Compare the two, take over what is wanted, and delete {kept.name}.",
    )


def require_inside(file: Path) -> None:
    """Raises where the file is a link that leads out of its folder, which may have come from somebody else."""
    if file.is_symlink() and not file.resolve().is_relative_to(file.parent.resolve()):
        raise FolderError(
            "is a link that leads out of its folder, and is not written through", where=str(file),
            next_step="Put the file itself there.",
        )  # fmt: skip


def write_derived(file: Path, data: bytes, root: Path) -> None:
    """Writes a file that follows from others, below ``root``; a link in its place is replaced and not followed.

    What cannot be written there is left: it only costs time to make it again.
    """
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.parent.resolve().is_relative_to(root.resolve()):
            return
        staging = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
        staging.write_bytes(data)
        staging.replace(file)


def _keep_beside(target: Path, data: bytes) -> Path:
    number = 1
    while True:
        kept = target.with_name(f"{target.name}.conflict-{number}")
        try:
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(handle, "wb") as stream:
            _write_through(stream.fileno(), data)
        return kept


def _replace(target: Path, data: bytes) -> None:
    staging = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    try:
        handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            _write_through(handle, data)
        finally:
            os.close(handle)
        staging.replace(target)
    except BaseException:
        staging.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def _write_through(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def sync_directory(directory: Path) -> None:
    """Make a rename in the directory last through a power cut, where the file system can."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
