"""Votes on a clock: what each id that a source shares with another says of it, one by one, for people who look.

The clocks themselves were found in ``alignment``. Here the texts are read again, little by little, because only
what followed from the votes is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import ZoneBasis, parse_zone
from workbench.clock.local_time import fitting
from workbench.clock.pieces import row_of
from workbench.clock.voting import LEAST_VOTES, agreed
from workbench.timeline.clock_sentences import is_known
from workbench.timeline.correction import Correction, moved_years
from workbench.timeline.sightings import Sightings, bounds_by_lines, lengths_of, sighted, united
from workbench.timeline.sought import NTP, anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.clock.behaviour import Behaviour
    from workbench.clock.voting import Vote
    from workbench.clock.zone import type_ns
    from workbench.timeline.load import ReadSource

_PART = 20_000  # events whose texts are read in one go


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Votes:
    """For each id that a source shares with ``other`` how far the source's clock then was ahead: ``low..high`` ns.

    ``at`` is when that was, by the other; the lines are those of both that name the id. Where the clock of the other is
    not ``known``, they say how far the two are apart. ``vote`` is where they agree, None where they do not.
    """

    other: str
    low: type_ns
    high: type_ns
    at: type_ns
    line: type_ns
    line_other: type_ns
    known: bool
    vote: Vote | None

    def __len__(self) -> int:
        return len(self.low)


class Sighted:
    """The ids that the sources of an incident name, gathered little by little."""

    def __init__(self, sources: Sequence[ReadSource], zones: Mapping[str, str]) -> None:
        """``zones`` are those that people set, by the path of the source."""
        self._sources = {each.report.path: each for each in sources}
        self._zones = zones
        self._seen: dict[str, Sightings] = {}
        self._gathering = self._gathered()
        self.events = 0  # whose texts were read
        self.all = sum(each.report.events for each in sources)

    @property
    def done(self) -> bool:
        """Whether all texts were read."""
        return len(self._seen) == len(self._sources)

    def gather(self, seconds: float) -> bool:
        """Reads texts until this time is over, or a little longer; whether all are read."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and next(self._gathering, None) is not None:
            pass
        return self.done

    def _gathered(self) -> Iterator[int]:
        """Reads a part of a source's texts at each step."""
        for path, source in self._sources.items():
            parts = []
            for part in sighted(_uncorrected(source), _PART):
                parts.append(part)
                self.events = min(self.events + _PART, self.all)
                yield self.events
            self._seen[path] = united(parts)
            yield self.events

    def votes(self, path: str, zone: str = "") -> list[Votes]:
        """What is said of a source's clock by each that shares ids with it, the most first; in a zone on trial."""
        own = self._seen[path]
        if not len(own):
            return []
        own = self._in_utc(path, own, zone)
        lengths = lengths_of(self._seen.values())
        found = [self._between(other, own, lengths) for other in self._seen if other != path]
        return sorted((each for each in found if each is not None), key=lambda each: (-len(each), each.other))

    def zones(self, path: str) -> list[tuple[Behaviour, int, int]]:
        """The zones under which the ids of a source agree with the others to some minutes: how many, of how many."""
        votes = self.votes(path, "UTC")
        if not votes:
            return []
        true = np.concatenate([each.at for each in votes])
        ahead = np.concatenate([(each.low + each.high) // 2 for each in votes])
        return [(behaviour, count, len(true)) for behaviour, count in fitting(true + ahead, true)]

    def _between(self, other: str, own: Sightings, lengths: pl.DataFrame) -> Votes | None:
        if not len(self._seen[other]):
            return None
        true, known = self._true(other)
        bounds = bounds_by_lines(true, own, lengths)
        if not len(bounds):
            return None
        low, high, at, line_other, line = (
            bounds.get_column(name).cast(pl.Int64).fill_null(0).to_numpy()
            for name in ("low", "high", "at", "line", "line_b")
        )
        vote = agreed(low, high, at) if len(low) >= LEAST_VOTES else None
        return Votes(
            other=other, low=low, high=high, at=at, line=line, line_other=line_other, known=known, vote=vote
        )  # fmt: skip

    def _true(self, path: str) -> tuple[Sightings, bool]:
        """The sightings in true time, as wide as the source's clock is unsure, and whether that is known at all."""
        source, seen = self._sources[path], self._in_utc(path, self._seen[path])
        offset, found = source.report.clock_offset, source.correction or Correction()
        if not is_known(offset):
            known = bool(anchor(source))
            return (_moved(seen, NTP, -NTP) if known else seen), known
        if not found.pieces:
            return _moved(seen, found.high, found.low), True
        at = row_of(found.pieces, seen.get_column("low").to_numpy())
        low, high = (pl.Series(np.array([getattr(one, name) for one in found.pieces])[at]) for name in ("low", "high"))
        return _moved(seen, high, low), True

    def _in_utc(self, path: str, seen: Sightings, zone: str = "") -> Sightings:
        """The sightings in UTC as far as the zone tells it; no offset is taken off."""
        source = self._sources[path]
        basis = (source.as_read or source.report).zone_basis
        found = source.correction or Correction()
        low, high = (seen.get_column(name).to_numpy() for name in ("low", "high"))
        if str(ZoneBasis.SET) in basis and zone:
            low, high = (parse_zone(self._zones.get(path) or "UTC").to_wall(each) for each in (low, high))
        elif str(ZoneBasis.ASSUMED) in basis:
            low, high = (moved_years(each, found.years or 0) for each in (low, high))
            zone = zone or found.zone
        else:
            zone = ""
        if zone:
            low, high = parse_zone(zone).to_utc(low)[1], parse_zone(zone).to_utc(high)[2]
        return seen.with_columns(pl.Series("low", low), pl.Series("high", high))


def _moved(seen: Sightings, by_low: int | pl.Series, by_high: int | pl.Series) -> Sightings:
    return seen.with_columns(pl.col("low") - by_low, pl.col("high") - by_high)


def _uncorrected(source: ReadSource) -> ReadSource:
    """The source as it was read: its clock's own times."""
    return replace(source, report=source.as_read or source.report, correction=None)
