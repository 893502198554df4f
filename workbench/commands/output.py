"""Standard output: JSON documents and lines, so that a script reads nothing else there."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from workbench.clock import parse_rfc3339, parse_zone
from workbench.errors import ClockError
from workbench.postmortem import open_postmortem, read_files
from workbench.store.folder import is_incident

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbench.postmortem import Postmortem
    from workbench.timeline.load import Loaded, Progress


def document(value: Any) -> None:
    """One JSON document."""
    sys.stdout.write(
        orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str).decode() + "\n"
    )


def checked_zone(zone: str) -> None:
    """Raises the sentence about a zone that nobody knows, before a source is blamed for it."""
    try:
        parse_zone(zone or "UTC")
    except ClockError as error:
        raise ClockError(error.what, where="--zone", next_step=error.next_step) from error


def incident_of(files: Sequence[Path]) -> Path | None:
    """The incident folder that was named, if it was one and nothing besides."""
    return files[0] if len(files) == 1 and is_incident(files[0]) else None


def load(
    files: Sequence[Path],
    *,
    zone: str = "",
    year: int | None = None,
    source_format: str = "",
    as_logged: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """The sources of an incident folder, or bare files."""
    incident = incident_of(files)
    checked_zone(zone)
    if incident is None:
        return read_files(files, zone=zone, year=year, format=source_format, as_logged=as_logged, progress=progress)
    postmortem = opened(incident, zone=zone, year=year, source_format=source_format, progress=progress)
    postmortem.settings = replace(postmortem.settings, as_logged=as_logged)
    return postmortem.loaded


def opened(
    directory: Path,
    *,
    zone: str = "",
    year: int | None = None,
    source_format: str = "",
    as_of: str | None = None,
    progress: Progress | None = None,
) -> Postmortem:
    """The post-mortem of a folder, with what was said on the command line."""
    cursor = parse_rfc3339(as_of, where="--as-of") if as_of else None
    from workbench.timeline.load import Settings

    postmortem = open_postmortem(directory, progress=progress)
    postmortem.settings = Settings(zone=zone, year=year, format=source_format, as_of=cursor)
    return postmortem
