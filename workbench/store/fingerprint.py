"""What a folder holds, by content: the same bytes give the same fingerprint, whenever they were written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

from workbench.store.atomic import write_derived
from workbench.store.hashing import sha256_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_DERIVED = frozenset({"output", ".ipynb_checkpoints", ".git"})
_NAME = "contents.json"


def fingerprint(folder: Path, cache: Path, *, beside: Iterable[Path] = (), told: Iterable[str] = ()) -> str:
    """The hash of all that a folder's documents follow from: its files, those ``beside`` it, and what is ``told``.

    The hash of a file whose size, time and inode are as they were is taken from ``cache``; derived files are left out.
    """
    known = _read(cache / _NAME)
    hashes: dict[str, list[str | int]] = {}
    whole = hashlib.sha256("\0".join(told).encode())
    for path in (*files_of(folder), *(path for path in beside if path.is_file())):
        name = str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
        stat = path.stat()
        stamp: list[str | int] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        held = known.get(name)
        digest = str(held[3]) if held and held[:3] == stamp else sha256_file(path)
        hashes[name] = [*stamp, digest]
        whole.update(f"{name}\0{digest}\n".encode("utf-8", "surrogateescape"))
    if hashes != known:
        write_derived(cache / _NAME, orjson.dumps(hashes), folder)
    return whole.hexdigest()


def files_of(folder: Path) -> Iterator[Path]:
    """Every file of a folder that is not derived, by path."""
    for path in sorted(folder.iterdir()):
        if path.name in _DERIVED:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from files_of(path)
        elif path.is_file():
            yield path


def _read(path: Path) -> dict[str, list[str | int]]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
