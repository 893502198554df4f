"""The SHA-256 of a file's bytes: the name of a content, whatever the file is called."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from workbench.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


def sha256_file(file: Path) -> str:
    """The hex digest of a file, read in a stream; raises SourceError where the file cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"cannot be read: {reason}", where=str(file), next_step="Check the file.") from error


def sha256_bytes(data: bytes) -> str:
    """The hex digest of bytes."""
    return hashlib.sha256(data).hexdigest()
