"""Zones and years of sources whose times name none: by the ids that they share, by their host, by the others' time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import ZoneBasis
from workbench.clock.local_time import MOST_SKEW as ZONE_SKEW
from workbench.clock.local_time import zone_behind
from workbench.clock.zone import DAY, SECOND
from workbench.timeline.correction import moved_years
from workbench.timeline.hosts import Hosts
from workbench.timeline.sightings import NOTHING
from workbench.timeline.sought import HOSTED, Sought, by_a_machine, is_settled
from workbench.timeline.twice import WIDE, narrowed, others_of, passed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.clock.differences import Solution
    from workbench.timeline.load import ReadSource
    from workbench.timeline.sightings import Sightings

_YEAR = 365.2425 * DAY
_SURE = 0.9
_TELLING = frozenset({"alert", "page", "chat", "status", "deploy", "speech", "log"})
_YEARS = 10
BY_TIME = "the time that the other sources tell of"
# Servers whose clocks nobody vouches for still tell a zone, if they differ by little; then each may be off by so much.
_APART_SKEW, _APART_SURE = 180 * SECOND, 0.9


def settle(sought: Mapping[str, Sought], found: Solution) -> list[Sought]:
    """The sources whose zone and year can be told now, by those whose clocks are known; their sightings made UTC."""
    true = [_true(each, found.offsets[path]) for path, each in sought.items() if each.settled and path in found.offsets]
    if not true:
        return []
    every = pl.concat(true)
    return [each for each in sought.values() if not each.settled and _tell(each, every)]


def settle_apart(sought: Mapping[str, Sought], found: Solution) -> None:
    """Zones and years of sources that share ids only with others whose clocks nobody vouches for."""
    true = [_true(each, (0, 0)) for path, each in sought.items() if each.settled and path not in found.offsets]
    if true:
        every = pl.concat(true)
        for each in sought.values():
            if not each.settled:
                _tell(each, every, skew=_APART_SKEW, most=_APART_SURE)


def settle_by_host(sources: Sequence[ReadSource], sought: dict[str, Sought]) -> bool:
    """Zones that other sources of the same host show, of sources that no ids settled; whether there are any."""
    open_ones = [
        source for source in sources if not is_settled(source) and by_a_machine(source)
        and not ((each := sought.get(source.report.path)) and each.settled)
    ]  # fmt: skip
    if not open_ones:
        return False
    dated = [source for source in sources if str(ZoneBasis.TEXT) in source.report.zone_basis and by_a_machine(source)]
    hosts, times = Hosts(source for source in dated if source.report.format not in HOSTED), _known_times(sources)
    for source in open_ones:
        if settled := _by_host(source, sought.get(source.report.path), hosts, times):
            sought[source.report.path] = settled
    return any(each.host for each in sought.values())


def settle_years(sources: Sequence[ReadSource], sought: dict[str, Sought]) -> None:
    """The years of sources that share no ids: the one under which they fall into the time that the others tell of."""
    times = _known_times(sources)
    for source in sources if times else ():
        path, report = source.report.path, source.report
        if not source.year_assumed or (path in sought and sought[path].settled):
            continue
        if report.first is None or report.last is None:
            continue
        if len(meets := _years_that_meet(source, times)) == 1:
            sought[path] = Sought(source, NOTHING, "", years=meets[0], by=BY_TIME, settled=False)


def settle_hours(sought: Mapping[str, Sought]) -> None:
    """Which hour it was, of sources whose zone is known and some of whose times came twice."""
    settled = {path: each.seen for path, each in sought.items() if each.settled}
    for path, seen in settled.items():
        if seen.select(WIDE.any()).item():
            _pass(sought[path], others_of(settled, path))


def _by_host(source: ReadSource, each: Sought | None, hosts: Hosts, times: Sequence[int]) -> Sought | None:
    """The source with its host's zone, and its year; None where they cannot be told, or lead away from the others."""
    report = source.report
    if str(ZoneBasis.ASSUMED) not in report.zone_basis or report.first is None or report.last is None or not times:
        return None
    years = _years_that_meet(source, times) if source.year_assumed else [0]
    if len(years) != 1:
        return None
    first, last = moved_years(np.array([report.first, report.last]), years[0]).tolist()
    found = hosts.zone_of(source, (first, last))
    if found is None:
        return None
    begin, end = found[0].behaviour.zone.to_utc(np.array([first, last]))[0].tolist()
    if end < min(times) or begin > max(times):
        return None
    settled = each or Sought(source, NOTHING, "")
    settled = replace(settled, zone=found[0], years=years[0] if source.year_assumed else None, by=found[1],
                      host=hosts.host_of(source), settled=True)  # fmt: skip
    settled.seen = _in_utc(settled) if len(settled.seen) else settled.seen
    return settled


def _known_times(sources: Sequence[ReadSource]) -> list[int]:
    """The first and the last times that sources of the incident tell of, whose own are known."""
    known = [source.report for source in sources if is_settled(source) and source.report.kind in _TELLING]
    return [time for report in known for time in (report.first, report.last) if time is not None]


def _years_that_meet(source: ReadSource, times: Sequence[int]) -> list[int]:
    """The years under which a source falls into the time of the others."""
    first, last = source.report.first or 0, source.report.last or 0
    return [years for years in range(-_YEARS, _YEARS + 1) if _meets(first, last, years, times)]


def _meets(first: int, last: int, years: int, times: Sequence[int]) -> bool:
    """Whether a source that is moved by so many years falls into the time of the others, give or take a day of zone."""
    begin, end = (int(each) for each in moved_years(np.array([first, last]), years))
    return end + DAY >= min(times) and begin - DAY <= max(times) and max(times) - min(times) < _YEAR / 2


def _pass(each: Sought, others: pl.DataFrame) -> None:
    if found := passed(each.seen, others):
        each.passed, each.seen = found, narrowed(each.seen, found)


def _true(each: Sought, offset: tuple[int, int]) -> pl.DataFrame:
    middle = (pl.col("low") + pl.col("high")) // 2 - sum(offset) // 2
    return each.seen.select("id", middle.alias("true"), pl.lit(each.path).alias("path"))


def _tell(each: Sought, every: pl.DataFrame, *, skew: int = ZONE_SKEW, most: float = 1.0) -> bool:
    """Finds the source's zone and year, and makes its sightings UTC; False where they cannot be told."""
    others = every.group_by("id").agg(pl.col("true").median().cast(pl.Int64))
    matched = each.seen.join(others, on="id").sort("low", "id")
    if not len(matched):
        return False
    wall = matched.select(((pl.col("low") + pl.col("high")) // 2).alias("wall")).to_series().to_numpy()
    true = matched.get_column("true").to_numpy()
    years = -round(float(np.median(wall - true)) / _YEAR) if each.source.year_assumed else None
    wall = moved_years(wall, years or 0)
    bare = str(ZoneBasis.ASSUMED) in each.source.report.zone_basis
    zone = zone_behind(wall, true, span=_shown(each, years), skew=skew, most=most) if bare else None
    if bare and (zone is None or zone.confidence < _SURE):
        return False
    each.zone, each.years, each.settled, each.matches = zone, years, True, len(matched)
    by = every.join(each.seen, on="id", how="semi").group_by("path").len()
    each.by = str(by.sort("len", "path", descending=[True, False]).get_column("path")[0])
    each.seen = _in_utc(each)
    _pass(each, others)
    return True


def _shown(each: Sought, years: int | None) -> tuple[int, int] | None:
    """The first and the last time that the source shows, in their year."""
    report = each.source.report
    if report.first is None or report.last is None:
        return None
    first, last = moved_years(np.array([report.first, report.last]), years or 0).tolist()
    return first, last


def _in_utc(each: Sought) -> Sightings:
    low, high = (moved_years(each.seen.get_column(name).to_numpy(), each.years or 0) for name in ("low", "high"))
    if each.zone:
        zone = each.zone.behaviour.zone
        low, high = zone.to_utc(low)[1], zone.to_utc(high)[2]
    return each.seen.with_columns(pl.Series("low", low), pl.Series("high", high))
