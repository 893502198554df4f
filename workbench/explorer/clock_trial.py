"""Clocks on trial: how far a source's events would move if its clock or its zone were another one.

Nothing is read again. What the source's times lack now is taken off, what they would lack is put on: the same
arithmetic as ``workbench.timeline.correction``, on the times of the frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.clock import ZoneBasis, parse_zone
from workbench.clock.local_time import second_pass
from workbench.clock.pieces import row_of
from workbench.clock.zone import HOUR, UNKNOWN_YEAR, UNKNOWN_ZONE_AFTER, UNKNOWN_ZONE_BEFORE
from workbench.errors import WorkbenchError
from workbench.events.schema import TIME
from workbench.explorer.shifted import Moved, Shifted
from workbench.timeline.correction import Correction, of_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from workbench.clock.zone import Zone, type_ns
    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows
    from workbench.explorer.shifted import Step
    from workbench.timeline.load import Loaded, ReadSource

FURTHEST = 100 * 366 * 86_400.0  # seconds that a clock may be off
_BARE = (ZoneBasis.SET, ZoneBasis.ASSUMED, ZoneBasis.INFERRED, ZoneBasis.HOST)
_KEPT = 8  # zones whose steps are at hand
_ORIGINAL = r'^\{"original_time":"([^"]+)"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is tried of a source's clock: its offset in seconds, ahead > 0, and its zone; None leaves it as it is."""

    offset: float | None = None
    zone: str | None = None
    unsure: float = 0.0  # of the offset, either way

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Wish:
        """The wish as the browser tells it; raises the sentence of one that cannot be."""
        offset, zone, unsure = (told.get(name) for name in ("offset", "zone", "unsure"))
        return cls(
            offset=None if offset is None else seconds_of(offset),
            zone=zone_of(zone) if zone else None,
            unsure=unsure_of(unsure or 0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """How far (ns) times and the bounds of their intervals move."""

    time: Step = 0
    earliest: Step = 0
    latest: Step = 0

    def and_then(self, other: Steps) -> Steps:
        """Both, one after the other."""
        return Steps(self.time + other.time, self.earliest + other.earliest, self.latest + other.latest)


class Trials:
    """The events of an incident with the clocks of some sources set otherwise; the last trial is kept."""

    def __init__(self, events: Events, loaded: Loaded, zones: Mapping[str, str]) -> None:
        """``zones`` are those that people set, by the path of the source."""
        self.base = events
        self._sources = {each.report.path: each for each in loaded.sources}
        self._zones = zones
        self._rows: dict[str, Rows] = {}
        self._stepped: dict[tuple[str, str], Steps] = {}
        self._last: tuple[Mapping[str, Wish], Events] = ({}, events)

    def events(self, wishes: Mapping[str, Wish]) -> Events:
        """The events as the wishes would have them; those of the base where there are none."""
        if wishes != self._last[0]:
            self._last = wishes, self._shifted(wishes) if wishes else self.base
        return self._last[1]

    def _shifted(self, wishes: Mapping[str, Wish]) -> Shifted:
        return Shifted.by(self.base, [self.moved(path, wish) for path, wish in wishes.items()])

    def moved(self, path: str, wish: Wish) -> Moved:
        """The rows of a source and how far they move."""
        source = self._sources.get(path)
        if source is None:
            raise WorkbenchError(f"there is no source {path!r} here")
        steps = Steps()
        if wish.zone:
            steps = self._zone_steps(source, wish.zone)
        if wish.offset is not None:
            steps = steps.and_then(_offset_steps(self._lacking(source), of_person(wish.offset, wish.unsure)))
        return Moved(rows=self.rows(path), time=steps.time, earliest=steps.earliest, latest=steps.latest)

    def rows(self, path: str) -> Rows:
        """The rows of a source, ascending."""
        if path not in self._rows:
            names = self.base.names("source")
            code = (names.names == path).arg_true()
            found = np.flatnonzero(names.codes == code[0]) if len(code) else np.zeros(0)
            self._rows[path] = found.astype(np.uint32)
        return self._rows[path]

    def _lacking(self, source: ReadSource) -> Steps:
        """What is taken off the source's times now."""
        found = source.correction or Correction()
        if not found.pieces:
            return _taken_off(found)
        shown = self._shown(source)
        at = row_of(found.pieces, shown)
        low, high = (np.array([getattr(piece, name) for piece in found.pieces])[at] for name in ("low", "high"))
        value = shown - self.base.times[self.rows(source.report.path)]
        return Steps(value, np.maximum(high, value), np.minimum(low, value))

    def _shown(self, source: ReadSource) -> type_ns:
        """What the source's clock showed, in UTC, at each of its events."""
        rows, found = self.rows(source.report.path), source.correction or Correction()
        times = self.base.times[rows]
        if not found.pieces:
            shown: type_ns = times + found.value
            return shown
        return self._as_read(source, rows)

    def _as_read(self, source: ReadSource, rows: Rows) -> type_ns:
        """The times before any offset was taken off: the record keeps those that it changed."""
        assert source.correction is not None
        kept = pl.Series(self.base.frame["attributes"].iloc[rows].to_list(), dtype=pl.String).str.extract(_ORIGINAL, 1)
        read = kept.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ns", strict=False).dt.replace_time_zone("UTC")
        now = pl.Series(self.base.times[rows]).cast(TIME)
        frame = pl.DataFrame({"time": pl.select(pl.coalesce(read, now)).to_series(), "zone_basis": self._bases(rows)})
        local = replace(source.correction, low=0, high=0, pieces=(), put=None)
        found = [str(ZoneBasis.INFERRED), str(ZoneBasis.HOST)]
        basis = pl.col("zone_basis").replace(found, [str(ZoneBasis.ASSUMED)] * 2)
        open_ = pl.duration(nanoseconds=UNKNOWN_YEAR if source.correction.years is not None else 0)
        early, late = pl.duration(nanoseconds=UNKNOWN_ZONE_BEFORE), pl.duration(nanoseconds=UNKNOWN_ZONE_AFTER)
        frame = frame.with_columns(basis, earliest=pl.col("time") - early - open_, latest=pl.col("time") + late + open_)
        return local.of(frame).get_column("time").cast(pl.Int64).to_numpy()

    def _bases(self, rows: Rows) -> pl.Series:
        names = self.base.names("zone_basis")
        return names.names.gather(names.codes[rows])

    # ---- zones

    def bare(self, path: str) -> npt.NDArray[np.bool_]:
        """Which of the source's rows name no zone themselves."""
        names = self.base.names("zone_basis")
        bare = names.names.is_in([str(each) for each in _BARE]).to_numpy()
        found: npt.NDArray[np.bool_] = bare[names.codes[self.rows(path)]]
        return found

    def zone_now(self, path: str) -> str:
        """The zone that times without one are read in."""
        correction = self._sources[path].correction
        return self._zones.get(path) or (correction.zone if correction else "") or "UTC"

    def _zone_steps(self, source: ReadSource, zone: str) -> Steps:
        key = source.report.path, zone
        if key not in self._stepped:
            self._stepped = dict([*self._stepped.items(), (key, self._zone_steps_of(source, zone))][-_KEPT:])
        return self._stepped[key]

    def _zone_steps_of(self, source: ReadSource, zone: str) -> Steps:
        """How far the times that name no zone move when they are read in this one."""
        path = source.report.path
        shown, bare, rows = self._shown(source), self.bare(path), self.rows(path)
        wall = parse_zone(self.zone_now(path)).to_wall(shown)
        time, low, high = self._read_in(rows, wall, parse_zone(zone))
        unknown = bare & (self._bases(rows) == str(ZoneBasis.ASSUMED)).to_numpy()
        return Steps(
            _one(np.where(bare, time - shown, 0)),
            _one(np.where(bare, low - shown, 0) + np.where(unknown, UNKNOWN_ZONE_BEFORE, 0)),
            _one(np.where(bare, high - shown, 0) - np.where(unknown, UNKNOWN_ZONE_AFTER, 0)),
        )

    def _read_in(self, rows: Rows, wall: type_ns, zone: Zone) -> tuple[type_ns, type_ns, type_ns]:
        """UTC, earliest and latest; of an hour that came twice the one that the order of the lines says."""
        time, low, high = zone.to_utc(wall)
        twice = high - low >= HOUR // 2
        if not twice.any() or "line" not in self.base.frame.columns:
            return time, low, high
        lines = np.argsort(self.base.frame["line"].iloc[rows].to_numpy(), kind="stable")
        told = second_pass(wall[lines], twice[lines])
        if told is None:
            return time, low, high
        again = np.empty_like(told)
        again[lines] = told
        settled = np.where(twice, np.where(again, high, low), time)
        return settled, np.where(twice, settled, low), np.where(twice, settled, high)


def _taken_off(found: Correction) -> Steps:
    return Steps(found.value, max(found.high, found.value), min(found.low, found.value))


def _offset_steps(now: Steps, wanted: Correction) -> Steps:
    then = _taken_off(wanted)
    return Steps(now.time - then.time, now.earliest - then.earliest, now.latest - then.latest)


def _one(steps: type_ns) -> Step:
    """One number where all are the same."""
    return int(steps[0]) if len(steps) and bool((steps == steps[0]).all()) else steps


def seconds_of(value: object) -> float:
    """A clock's offset; raises the sentence of one that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WorkbenchError(f"{value!r} is no number of seconds")
    if abs(value) > FURTHEST:
        raise WorkbenchError(f"no clock is {value:+g} s off: a hundred years are the most")
    return float(value)


def unsure_of(value: object) -> float:
    """How unsure an offset is; raises the sentence of what cannot be."""
    seconds = seconds_of(value)
    if seconds < 0:
        raise WorkbenchError(f"an offset cannot be unsure by {seconds:g} s: write how far it may be off either way")
    return seconds


def zone_of(value: object) -> str:
    """The zone as it is written; raises the sentence of one that there is not."""
    if not isinstance(value, str):
        raise WorkbenchError(f"{value!r} is no time zone")
    return parse_zone(value).name
