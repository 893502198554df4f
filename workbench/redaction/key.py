"""The key that pseudonyms, tags and fingerprints come from: who has it can follow them, and nobody else."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from workbench.errors import RedactionError

NAME = "redaction.key"

_BYTES = 32
_HEX = re.compile(rf"(?:[0-9a-fA-F]{{2}}){{{_BYTES},}}")


def read_key(folder: Path, key_file: str = "") -> bytes:
    """The team's key where workbench.toml names one, else the incident's own; made when it is first needed."""
    path = Path(key_file) if key_file else folder / NAME
    try:
        return _read(path)
    except FileNotFoundError:
        return _made(path)
    except OSError as error:
        raise _problem(error, "cannot be read", path) from error


def _read(path: Path) -> bytes:
    text = path.read_bytes().decode("ascii", "replace").strip()
    if not _HEX.fullmatch(text):
        raise RedactionError(
            f"holds no key: found {len(text)} characters, expected {2 * _BYTES} hexadecimal digits or more",
            where=str(path),
            next_step="Put the old key back; or delete the file, and a new key gives new tags and pseudonyms",
        )
    return bytes.fromhex(text)


def _made(path: Path) -> bytes:
    """A new key, for the owner's eyes only; where somebody else makes one at the same time, the first one stays."""
    staging = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{secrets.token_hex(_BYTES)}\n")
                stream.flush()
                os.fsync(stream.fileno())
            _put(staging, path)
        finally:
            staging.unlink(missing_ok=True)
        return _read(path)
    except OSError as error:
        raise _problem(error, "cannot be made", path) from error


def _put(staging: Path, path: Path) -> None:
    """Give the file its name, unless something bears it already."""
    try:
        with suppress(FileExistsError):
            os.link(staging, path)
    except OSError:  # a file system without hard links
        if not path.exists():
            staging.rename(path)


def _problem(error: OSError, doing: str, path: Path) -> RedactionError:
    return RedactionError(
        f"the key of tags and pseudonyms {doing}: {error.strerror or error}",
        where=str(path),
        next_step="Check the path and its permissions, or name another file under [redaction] key_file",
    )
