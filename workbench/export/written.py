"""Writes the files of documents below a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_files(files: Mapping[str, bytes], output: Path) -> None:
    """Writes each file below the output folder; raises ReportError where the disk does not take it."""
    try:
        for path, content in files.items():
            (output / path).parent.mkdir(parents=True, exist_ok=True)
            (output / path).write_bytes(content)
    except OSError as problem:
        raise ReportError(f"the document cannot be written ({problem.strerror})", where=str(output)) from problem
