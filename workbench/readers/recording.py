"""When a recorded meeting began, by the names that the meeting tools give their files and folders, and its clock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.clock import Instant, ZoneBasis, read_instant
from workbench.clock.zone import SECOND

if TYPE_CHECKING:
    from workbench.readers.base import Source

UTC_NAME = re.compile(r"GMT(\d{8})-(\d{6})")
_LOCAL_NAME = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T_](\d{2})[.:-](\d{2})[.:-](\d{2})")
_HALF_DAY = 12 * 3600
DAY = 24 * 3600
UNDATED = (
    "no date: it counts from the start of the recording, and neither the file's name "
    "(GMT20250219-135233...) nor its folder's (2025-02-19 13.52.33 ...) says when that was"
)
BY_FOLDER = "The start of the recording is the wall clock in the folder's name."


def beginning(source: Source) -> Instant | None:
    """When the recording began: by Zoom's name for the file in UTC, or the folder's in the zone of who saved it."""
    return _by_utc_name(source.path) or folder_time(source)


def _by_utc_name(path: str) -> Instant | None:
    for part in reversed(path.split("/")):
        if match := UTC_NAME.search(part):
            day, clock = match[1], match[2]
            found = read_instant(f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}Z")
            return Instant(found.ns, found.ns, found.ns + SECOND - 1, ZoneBasis.FORMAT) if found else None
    return None


def folder_time(source: Source) -> Instant | None:
    """The wall clock in the name of the file or of a folder above it, in the zone set for the source."""
    stated = folder_clock(source.path)
    return read_instant(stated, source.assumption) if stated else None


def folder_clock(path: str) -> str | None:
    """The nearest name on the path that holds a date and a clock, as ``2025-02-19T13:52:33``."""
    found = (match for part in reversed(path.split("/")) if (match := _LOCAL_NAME.search(part)))
    match = next(found, None)
    return "{}-{}-{}T{}:{}:{}".format(*match.groups()) if match else None


def seconds_of(clock: str) -> float | None:
    """``1:02:03.5`` or ``02:03`` in seconds; None for no clock."""
    if not clock:
        return None
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)


class Midnights:
    """Counts the days of a clock that begins anew at midnight."""

    def __init__(self) -> None:
        self._previous, self._days = 0.0, 0

    def since_start(self, seconds: float) -> float:
        """The clock's seconds with the days that have passed."""
        self._days += seconds + _HALF_DAY < self._previous
        self._previous = seconds
        return seconds + self._days * DAY
