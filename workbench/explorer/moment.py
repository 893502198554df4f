"""A moment that a person types: a day and a time of day, in UTC or in a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.clock import Assumption, parse_zone, read_instant
from workbench.errors import ClockError, WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from workbench.clock import Instant

_LONGEST = 60  # signs


def moment_of(told: Mapping[str, Any]) -> Instant:
    """The instant of ``{"when": "2025-11-17T14:20", "zone": "Europe/Berlin"}``, as exact as it was typed.

    An hour that a clock shows twice in autumn gives the interval of both. Raises the sentence about what is no time.
    """
    when, zone = str(told.get("when") or "")[:_LONGEST], str(told.get("zone") or "UTC")[:_LONGEST]
    try:
        known = parse_zone(zone)
    except ClockError as problem:
        raise WorkbenchError(problem.what) from problem
    found = read_instant(when, Assumption(zone=known)) if "-" in when or "T" in when else None
    if found is None:
        raise WorkbenchError(
            f"{when!r} is no time" if when else "the time is missing", next_step="Write it like 2025-11-17 14:20."
        )
    return found
