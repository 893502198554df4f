"""A source's clock put right: its zone where that was found, and its offset from true time, with the interval of both.

The times as they were read are never lost: where they differ they stand in the attribute ``original_time``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.clock import ZoneBasis, parse_zone
from workbench.clock.local_time import second_pass
from workbench.clock.pieces import row_of
from workbench.clock.zone import HOUR, SECOND, UNKNOWN_YEAR, UNKNOWN_ZONE_AFTER, UNKNOWN_ZONE_BEFORE
from workbench.events.schema import TIME

if TYPE_CHECKING:
    from workbench.clock.pieces import Piece
    from workbench.clock.zone import type_ns

    Offsets = int | type_ns

_MILLI = 1_000_000
ORIGINAL = "x_original_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a source's times lack: a zone (empty: none), and the offset of its clock as ``low..high`` ns, ahead > 0."""

    zone: str = ""
    by_host: bool = False  # whether the zone is that which another program of the same host shows
    also: tuple[str, ...] = ()  # zones that may be it as well: the interval holds what they read
    years: int | None = None  # to be added where no year is stated; 0 says that the assumed one is right, None nothing
    again: bool | None = None  # of times that an hour had twice: whether it was the second one; None: nobody knows
    low: int = 0
    high: int = 0
    pieces: tuple[Piece, ...] = ()  # where one offset does not do; low and high then hold them all
    put: int | None = None  # what times are put right by, where that is not the middle: a person's word, another clock

    @property
    def value(self) -> int:
        """The offset that times are put right by; none where the clock may have been right."""
        if self.put is not None:
            return round(self.put / _MILLI) * _MILLI
        return 0 if self.low <= 0 <= self.high else round((self.low + self.high) / 2 / _MILLI) * _MILLI

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The events with their times put right, and ``x_original_time`` where that changed them."""
        before = frame.get_column("time")
        if self.zone or self.years is not None:
            frame = self._settled(frame)
        if self.again is not None:
            frame = _of_one_hour(frame, again=self.again)
        frame = self._shifted(frame)
        moved = frame.get_column("time") != before
        if not moved.any():
            return frame.with_columns(pl.lit(None, pl.String).alias(ORIGINAL))
        original = before.dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ").str.replace(r"(\.\d{3})000000Z", "${1}Z")
        return frame.with_columns(pl.select(pl.when(moved).then(original)).to_series().alias(ORIGINAL))

    def spans(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Spans with their start put right."""
        return frame.with_columns(_minus("time", self._offsets(frame)[0]))

    def _shifted(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Times moved by the offset, and their intervals widened by what it leaves open."""
        value, low, high = self._offsets(frame)
        early, late = np.maximum(high, value), np.minimum(low, value)
        return frame.with_columns(_minus("time", value), _minus("earliest", early), _minus("latest", late))

    def _offsets(self, frame: pl.DataFrame) -> tuple[Offsets, Offsets, Offsets]:
        """The value, the least and the greatest offset: one of each, or an array with one an event."""
        if not self.pieces:
            return self.value, self.low, self.high
        rows = row_of(self.pieces, frame.get_column("time").cast(pl.Int64).to_numpy())
        low, high = (np.array([getattr(piece, name) for piece in self.pieces])[rows] for name in ("low", "high"))
        return np.where((low <= 0) & (high >= 0), 0, _to_milliseconds((low + high) // 2)), low, high

    def _settled(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Times that named no zone read in it, and those that named no year in theirs; the rest stays."""
        bare = (frame.get_column("zone_basis") == str(ZoneBasis.ASSUMED)).fill_null(value=False).to_numpy()
        time, early, late = (
            frame.get_column(name).cast(pl.Int64).to_numpy() for name in ("time", "earliest", "latest")
        )
        before = time - early - np.where(bare, UNKNOWN_ZONE_BEFORE, 0)
        after = late - time - np.where(bare, UNKNOWN_ZONE_AFTER, 0)
        yearless = (before >= UNKNOWN_YEAR) & (self.years is not None)
        before, after = (np.where(yearless, each - UNKNOWN_YEAR, each) for each in (before, after))
        wall = np.where(yearless, moved_years(time, self.years or 0), time)
        utc, first, last = _in_order(parse_zone(self.zone).to_utc(wall), wall) if self.zone else (wall, wall, wall)
        for name in self.also:
            _, low, high = parse_zone(name).to_utc(wall)
            first, last = np.minimum(first, low), np.maximum(last, high)
        spare = (
            np.where(bare & (not self.zone), UNKNOWN_ZONE_BEFORE, 0),
            np.where(bare & (not self.zone), UNKNOWN_ZONE_AFTER, 0),
        )
        read = bare if self.zone else np.zeros_like(bare)
        columns = {
            "time": np.where(read, utc, wall),
            "earliest": np.where(read, first, wall) - before - spare[0],
            "latest": np.where(read, last, wall) + after + spare[1],
        }
        found = ZoneBasis.HOST if self.by_host else ZoneBasis.INFERRED
        basis = pl.when(pl.Series(read)).then(pl.lit(str(found))).otherwise(pl.col("zone_basis"))
        times = [pl.Series(name, values).cast(TIME) for name, values in columns.items()]
        return frame.with_columns(*times, basis.alias("zone_basis"))


def of_person(offset: float, unsure: float = 0.0) -> Correction:
    """The correction that a person's word is: an offset in seconds, ahead > 0, and how unsure it is either way."""
    ns, spare = round(offset * SECOND), round(unsure * SECOND)
    return Correction(low=ns - spare, high=ns + spare, put=ns)


def moved_years(ns: type_ns, years: int) -> type_ns:
    """The same days and clocks so many years later."""
    if not years:
        return ns
    moved: type_ns = pl.Series(ns).cast(pl.Datetime("ns")).dt.offset_by(f"{years}y").cast(pl.Int64).to_numpy()
    return moved


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Events whose zone a person set, with the hour that came twice settled by the order of the lines."""
    time, low, high = (frame.get_column(name).cast(pl.Int64).to_numpy() for name in ("time", "earliest", "latest"))
    twice = (high - low >= HOUR) & (high - low < 2 * HOUR)
    again = second_pass(time, twice) if twice.any() else None
    return frame if again is None else _told(frame, twice, again)


def _of_one_hour(frame: pl.DataFrame, *, again: bool) -> pl.DataFrame:
    """All times that came twice in the one hour or in the other."""
    width = (frame.get_column("latest") - frame.get_column("earliest")).dt.total_nanoseconds().to_numpy()
    twice = (width >= HOUR) & (width < 2 * HOUR)
    return _told(frame, twice, twice & again)


def _told(frame: pl.DataFrame, twice: np.ndarray, again: np.ndarray) -> pl.DataFrame:
    time, low, high = (frame.get_column(name).cast(pl.Int64).to_numpy() for name in ("time", "earliest", "latest"))
    time, low = np.where(again, time + HOUR, time), np.where(again, low + HOUR, low)
    high = np.where(twice & ~again, high - HOUR, high)
    columns = {"time": time, "earliest": low, "latest": high}
    return frame.with_columns(pl.Series(name, values).cast(TIME) for name, values in columns.items())


def _in_order(found: tuple[type_ns, type_ns, type_ns], wall: type_ns) -> tuple[type_ns, type_ns, type_ns]:
    """UTC, earliest and latest, where the order of the lines says which of two hours it was."""
    utc, first, last = found
    twice = last - first >= HOUR // 2
    again = second_pass(wall, twice)
    if again is None:
        return found
    settled = np.where(again, last, first)
    return np.where(twice, settled, utc), np.where(twice, settled, first), np.where(twice, settled, last)


def _minus(name: str, ns: Offsets) -> pl.Expr:
    if isinstance(ns, np.ndarray):
        return (pl.col(name).cast(pl.Int64) - pl.Series(ns)).cast(TIME)
    return pl.col(name) - pl.duration(nanoseconds=int(ns)) if ns else pl.col(name)


def _to_milliseconds(ns: type_ns) -> type_ns:
    return (ns + _MILLI // 2) // _MILLI * _MILLI


def seconds(ns: int) -> float:
    """Seconds to the millisecond."""
    return round(ns / SECOND, 3)
