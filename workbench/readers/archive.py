"""What the files given stand for: folders walked, archives opened within bounds, compressed files read through."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import zstandard

from workbench.readers.base import HEAD_BYTES
from workbench.readers.packed import MAGIC_GZIP, MAX_RATIO, RATIO_FROM, is_packed, opener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MAX_MEMBERS = 100_000
MAX_UNPACKED = 64 * 1024**3  # bytes in all
MAX_DEPTH = 3
LEADS_OUT = "it is a link that leads out of the folder, and is not followed: give the file itself"
MAGIC_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One file to be recognised: ``path`` as people see it, ``file`` on disk, ``members`` where it is an archive."""

    path: str
    file: Path
    size: int
    modified_ns: int
    open: Callable[[], IO[bytes]]
    members: tuple[str, ...] = ()
    depth: int = 0
    lasting: bool = True  # the file holds the content's own bytes, and stays where it is
    damage: list[str] = field(default_factory=list)  # what was found wrong while it was read

    def head(self) -> tuple[bytes, bool]:
        """The first 64 KiB, decompressed, and whether that is all."""
        with self.open() as stream:
            data = stream.read(HEAD_BYTES + 1)
        return data[:HEAD_BYTES], len(data) <= HEAD_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A path that cannot be read, and why."""

    path: str
    why: str


def found(files: Sequence[Path]) -> Iterator[Opened | Unreadable]:
    """Every file that the paths stand for, in path order; a folder's files are named relative to it."""
    for path in files:
        if path.is_dir():
            for inner in sorted(each for each in path.rglob("*") if each.is_symlink() or not each.is_dir()):
                name = inner.relative_to(path).as_posix()
                yield Unreadable(path=name, why=LEADS_OUT) if _leads_out(inner, path) else opened(inner, name)
        else:
            yield opened(path, path.name)


def _leads_out(file: Path, folder: Path) -> bool:
    """Whether a link in the folder leads to a folder, or to anything outside."""
    if not file.is_symlink():
        return False
    target = file.resolve()
    return target.is_dir() or not target.is_relative_to(folder.resolve())


def opened(file: Path, name: str, *, modified_ns: int | None = None, depth: int = 0) -> Opened | Unreadable:
    """The file, ready to be recognised; or the reason why not."""
    try:
        status = file.stat()
        if not file.is_file():
            return Unreadable(path=name, why="it is neither a file nor a folder")
        with file.open("rb") as stream:
            magic = stream.read(4)
        members = _members(file, magic)
        damage: list[str] = []
        return Opened(
            path=name,
            file=file,
            size=status.st_size,
            modified_ns=modified_ns or _own_time(file, magic, status.st_mtime_ns),
            open=opener(file, magic, damage),
            damage=damage,
            members=members,
            depth=depth,
            lasting=not depth and not is_packed(magic),
        )
    except FileNotFoundError:
        return Unreadable(path=name, why="there is no such file")
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError, NotImplementedError) as error:
        return Unreadable(path=name, why=f"it cannot be opened ({error})")


def _own_time(file: Path, magic: bytes, fallback: int) -> int:
    """When the content was last written: the time in a gzip header where it has one, else the file's."""
    if magic.startswith(MAGIC_GZIP):
        with file.open("rb") as stream:
            stamp = int.from_bytes(stream.read(8)[4:8], "little")
        if stamp:
            return stamp * 1_000_000_000
    return fallback


def _members(file: Path, magic: bytes) -> tuple[str, ...]:
    if magic == MAGIC_ZIP:
        with zipfile.ZipFile(file) as archive:
            return tuple(info.filename for info in archive.infolist()[:MAX_MEMBERS] if not info.is_dir())
    if not _is_tar(file, magic):
        return ()
    with _tar(file) as tar:
        return tuple(member.name for _, member in zip(range(MAX_MEMBERS), tar, strict=False) if member.isfile())


def _is_tar(file: Path, magic: bytes) -> bool:
    try:
        with opener(file, magic, [])() as stream:
            head = stream.read(265)
    except (OSError, EOFError, zstandard.ZstdError):
        return False
    return head[257:262] == b"ustar"


def _tar(file: Path) -> tarfile.TarFile:
    with file.open("rb") as stream:
        magic = stream.read(4)
    return tarfile.open(fileobj=opener(file, magic, [])(), mode="r|")


def unpacked(archive: Opened, spool: Path) -> Iterator[Opened | Unreadable]:
    """The members of an archive that no reader takes whole, copied to ``spool`` under numbers, never their names."""
    if archive.depth >= MAX_DEPTH:
        yield Unreadable(path=archive.path, why=f"archives within archives are opened {MAX_DEPTH} deep, not deeper")
        return
    budget = _Budget(archive)
    try:
        for name, modified, stream in _streams(archive):
            target = spool / f"{hashlib.sha256(f'{archive.path}/{name}'.encode()).hexdigest()[:32]}"
            why = budget.copy(stream, target)
            if why:
                yield Unreadable(path=f"{archive.path}/{_safe(name)}", why=why)
                return
            yield opened(target, f"{archive.path}/{_safe(name)}", modified_ns=modified, depth=archive.depth + 1)
        if links := _links(archive):
            yield Unreadable(path=archive.path, why=f"{links} links and devices in it are not followed")
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError) as error:
        yield Unreadable(path=archive.path, why=f"the archive is damaged ({error}); what came before is read")


def _safe(name: str) -> str:
    """A member's name without the parts that would lead out of the folder."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."})


class _Budget:
    """How much an archive may still unpack."""

    def __init__(self, archive: Opened) -> None:
        self._left, self._packed = MAX_UNPACKED, max(archive.size, 1)
        self._used = self._files = 0

    def copy(self, stream: IO[bytes], target: Path) -> str:
        """Copies the stream; returns why it stopped, or nothing."""
        self._files += 1
        if self._files > MAX_MEMBERS:
            return f"the archive has more than {MAX_MEMBERS} members; unpack it and give the files"
        with target.open("wb") as out:
            while chunk := stream.read(1 << 20):
                self._used += len(chunk)
                if self._used > self._left or (self._used > RATIO_FROM and self._used > MAX_RATIO * self._packed):
                    return "the archive unpacks to far more than a log does; unpack it yourself and give the files"
                out.write(chunk)
        return ""


def _streams(archive: Opened) -> Iterator[tuple[str, int, IO[bytes]]]:
    with archive.file.open("rb") as stream:
        zipped = stream.read(4) == MAGIC_ZIP
    if not zipped:
        with _tar(archive.file) as tar:
            for member in tar:
                if member.isfile() and (data := tar.extractfile(member)):
                    yield member.name, int(member.mtime) * 1_000_000_000, data
        return
    with zipfile.ZipFile(archive.file) as packed:
        for info in packed.infolist():
            if not info.is_dir():
                with packed.open(info) as data:
                    yield info.filename, _zip_time(info), data


def _links(archive: Opened) -> int:
    """How many members of a tar are neither files nor folders."""
    with archive.file.open("rb") as stream:
        if stream.read(4) == MAGIC_ZIP:
            return 0
    with _tar(archive.file) as tar:
        return sum(not (member.isfile() or member.isdir()) for member in tar)


def _zip_time(info: zipfile.ZipInfo) -> int:
    """A zip's own time has no zone; it only helps to find the year."""
    from workbench.clock import Assumption, Zone
    from workbench.clock.instant import of_parts

    instant = of_parts(*info.date_time, Assumption(zone=Zone("UTC", 0)))
    return instant.ns if instant else 0


def sha256_of(file: Path) -> str:
    """The content hash of a file as it lies on disk."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
