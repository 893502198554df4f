"""Writes the files of documents below a folder."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from workbench.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_files(files: Mapping[str, bytes], output: Path) -> None:
    """Writes the files below the output folder: all of them, or those that stood there stay.

    A link in the place of a file is replaced and not followed. Raises ReportError where the disk does not take them,
    and where a folder below the output is a link that leads out of it.
    """
    staged: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            target = output / name
            _make_folder(target.parent, output)
            staging = target.with_name(f".{secrets.token_hex(4)}.part")
            staged[staging] = target
            staging.write_bytes(content)
        for staging, target in staged.items():
            staging.replace(target)
    except OSError as problem:
        raise ReportError(f"the document cannot be written ({problem.strerror})", where=str(output)) from problem
    finally:
        for staging in staged:
            staging.unlink(missing_ok=True)


def _make_folder(folder: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    if not folder.resolve().is_relative_to(output.resolve()):
        raise ReportError(
            "the document cannot be written: it is a link that leads out of the output folder", where=str(folder),
            next_step="Delete the link.",
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
