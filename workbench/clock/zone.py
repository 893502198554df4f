"""A zone, and how the wall-clock times of a source become UTC intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.errors import ClockError

type_ns = npt.NDArray[np.int64]
Side = Literal["earliest", "latest"]

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
# Offsets in use run from -12:00 to +14:00 (IANA tz database), so UTC lies this far from an unknown wall clock.
UNKNOWN_ZONE_BEFORE = 14 * HOUR
UNKNOWN_ZONE_AFTER = 12 * HOUR
UNKNOWN_YEAR = 366 * DAY

_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$")


class ZoneBasis(StrEnum):
    """Why an event's time is what it is."""

    TEXT = "in the text"
    EPOCH = "epoch"
    FORMAT = "by the format"
    SET = "set by a person"
    ASSUMED = "assumed UTC"
    INFERRED = "by shared ids"
    HOST = "by its host"


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA zone or a fixed offset; ``name`` is as a person would write it."""

    name: str
    offset_seconds: int | None = None

    def to_utc(self, wall: type_ns) -> tuple[type_ns, type_ns, type_ns]:
        """UTC, earliest and latest of wall-clock ns: a repeated hour gives both, a skipped one the offset before it."""
        if self.offset_seconds is not None:
            utc = wall - self.offset_seconds * SECOND
            return utc, utc, utc
        first, last = _localised(wall, self.name, "earliest"), _localised(wall, self.name, "latest")
        return first, np.minimum(first, last), np.maximum(first, last)

    def to_wall(self, utc: type_ns) -> type_ns:
        """What a clock in the zone shows, in ns as if that were UTC."""
        if self.offset_seconds is not None:
            return utc + self.offset_seconds * SECOND
        shown = pl.Series(utc).cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(self.name)
        return shown.dt.replace_time_zone(None).cast(pl.Int64).to_numpy().astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """What is known about a source's clock besides its text: the zone and year that a person set, or nothing.

    ``year`` is the year of the source's first dated line. Where nobody set one it is taken from ``year_hint``, else
    from ``not_after`` (the file's own time, UTC ns: no line was written later); either widens the interval.
    """

    zone: Zone | None = None
    year: int | None = None
    year_hint: int | None = None
    not_after: int = 0

    @property
    def basis(self) -> ZoneBasis:
        """Why times that name no zone are read as they are."""
        return ZoneBasis.SET if self.zone else ZoneBasis.ASSUMED


@lru_cache(maxsize=256)
def parse_zone(text: str) -> Zone:
    """A zone from an IANA name (``Europe/Berlin``) or a fixed offset (``-02:00``, ``UTC``)."""
    name = text.strip()
    if name.upper() in {"UTC", "Z", "GMT"}:
        return Zone("UTC", 0)
    if match := _OFFSET.match(name):
        seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60
        if seconds > 18 * 3600:
            raise ClockError(f"{text!r} is not an offset that any zone has", next_step="Write one such as +05:30.")
        sign = -1 if match[1] == "-" else 1
        return Zone(f"{match[1]}{int(match[2]):02d}:{int(match[3] or 0):02d}", sign * seconds)
    if name in available_timezones():
        return Zone(name)
    raise ClockError(
        f"{text!r} is not a time zone",
        next_step="Write an IANA name such as Europe/Berlin, or an offset such as -02:00.",
    )


def _localised(wall: type_ns, name: str, ambiguous: Side) -> type_ns:
    """UTC ns of wall-clock ns in an IANA zone; times that a jump skipped are read with the offset before it."""
    naive = pl.Series(wall).cast(pl.Datetime("ns"))
    utc = _replace(naive, name, ambiguous)
    if utc.null_count():
        # A wall time inside a gap: what the clock showed three hours earlier had the offset before the jump.
        earlier = _replace(naive.dt.offset_by("-3h"), name, ambiguous)
        utc = utc.fill_null(earlier.dt.offset_by("3h"))
    return utc.cast(pl.Int64).to_numpy().astype(np.int64)


def _replace(naive: pl.Series, name: str, ambiguous: Side) -> pl.Series:
    zoned = naive.dt.replace_time_zone(name, ambiguous=ambiguous, non_existent="null")
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def zone_info(zone: Zone) -> ZoneInfo | None:
    """The standard library's zone for an IANA name; None for a fixed offset."""
    return ZoneInfo(zone.name) if zone.offset_seconds is None else None
