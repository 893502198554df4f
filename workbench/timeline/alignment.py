"""Clocks reconciled: how far each source's clock is off, and the zone of those that name none, by the ids they share.

Hosted services, which keep their clocks by NTP, and what a person set are taken as true; every other clock follows from
the requests that it has in common with others (interval voting), and all of them together (difference constraints).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import ZoneBasis
from workbench.clock.differences import TRUTH, Pair, Solution, solved
from workbench.clock.local_time import MOST_SKEW as ZONE_SKEW
from workbench.clock.local_time import FoundZone, sure_of, zone_behind
from workbench.clock.voting import LEAST_VOTES, agreed
from workbench.clock.zone import DAY, SECOND
from workbench.timeline.causes import bounds_of, told_by
from workbench.timeline.correction import Correction, moved_years, of_person
from workbench.timeline.floating import Floating, floating
from workbench.timeline.sightings import Sightings, bounds_between, lengths_of, sightings
from workbench.timeline.twice import WIDE, Passed, narrowed, others_of, passed
from workbench.timeline.unsteady import Steadied, steadied

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.model import SetOffset
    from workbench.timeline.load import ReadSource

VERSION = "11"  # raise it when the same sources give other clocks
NTP = SECOND // 4  # what a clock that a hosted service keeps may be off by
# What the service itself dates; logs that it only collects (Datadog, CloudWatch) are dated by the hosts.
HOSTED = frozenset({
    "pagerduty", "pagerduty_csv", "opsgenie", "opsgenie_csv", "statuspage", "statuspage_feed", "slack", "teams",
    "github", "github_records", "jira", "linear", "cloudtrail", "azure_monitor", "aws_elb", "s3_access", "cloudflare",
    "okta", "microsoft_audit",
})  # fmt: skip
_PROBE = re.compile(r'\b(?:check|probe|monitor)(?:_name|_id)?"?[=:]', re.IGNORECASE)
_YEAR = 365.2425 * DAY
_SURE = 0.9
_TELLING = frozenset({"alert", "page", "chat", "status", "deploy", "speech", "log"})
_YEARS = 10
BY_TIME = "the time that the other sources tell of"
_LOOKED_AT = 20  # events that show what a table is of
# Servers whose clocks nobody vouches for still tell a zone, if they differ by little; then each may be off by so much.
_APART_SKEW, _APART_SURE = 180 * SECOND, 0.9
MOST_SKEW = 300 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What was found of a source's clock: its correction, the evidence as pairs, and the zone; empty where nothing."""

    correction: Correction | None = None
    way: tuple[Pair, ...] = ()
    zone: FoundZone | None = None
    by: str = ""  # the source whose ids told the zone
    against: tuple[Pair, ...] = ()  # pairs that contradict the others
    anchor: str = ""  # why its clock is taken as true
    year_confidence: float = 0.0  # where the year was found
    followed: bool = False  # beside clocks that drift or were set; its own may be one of them
    passed: Passed | None = None  # which hour it was that came twice
    doubted: tuple[int, int] | None = None  # the offset (ns) that speaks against the zone that a person set
    floats: Floating | None = None  # where it is known beside others only, or bounded


@dataclass(slots=True)
class _Sought:
    """One source on the way: its sightings on a UTC clock as far as that is known."""

    source: ReadSource
    seen: Sightings
    anchor: str
    zone: FoundZone | None = None
    years: int | None = None
    matches: int = 0  # ids that tell the zone and the year
    by: str = ""
    settled: bool = True  # its zone and year are known
    passed: Passed | None = None  # which of the two it was, where an hour of its clock came twice
    steadied: Steadied | None = None  # its offset where some clock was not steady

    @property
    def path(self) -> str:
        return self.source.report.path


def align(
    sources: Sequence[ReadSource], set_by_people: Mapping[str, SetOffset], skew: int = MOST_SKEW
) -> dict[str, Clock]:
    """The clock of each source about which anything is known, by its path; ``set_by_people`` as seconds, ahead > 0.

    A clock of which nothing is known is off by ``skew`` ns at most; by none, such clocks are taken as right.
    """
    if not _may_tell(sources, told_any=bool(set_by_people)):
        return {}
    sought = {each.path: each for each in map(_sought, sources) if len(each.seen)}
    _settle_hours(sought)
    lengths = lengths_of(each.seen for each in sought.values())
    told = {path: of_person(*offset) for path, offset in set_by_people.items()}
    anchors = [Pair(first=TRUTH, later=path, low=-NTP, high=NTP) for path, each in sought.items() if each.anchor]
    anchors = [pair for pair in anchors if pair.later not in told]
    anchors += [Pair(first=TRUTH, later=path, low=one.low, high=one.high) for path, one in told.items()]
    pairs = _pairs([each for each in sought.values() if each.settled], lengths)
    found = solved([*anchors, *pairs])
    while _settle(sought, found):
        known = [each for each in sought.values() if each.settled]
        pairs = _pairs(known, lengths)
        found = solved([*anchors, *pairs])
    for path, run in steadied({path: each.seen for path, each in sought.items()}, anchors, pairs, lengths).items():
        sought[path].steadied = run
    _settle_apart(sought, found)
    _settle_years(sources, sought)
    clocks = {path: made for path in [*sought, *(told.keys() - sought)] if (made := _clock(path, sought, found, told))}
    return clocks | (_floating(sources, sought, {*found.offsets, *told}, lengths, skew) if skew else {})


def _floating(
    sources: Sequence[ReadSource], sought: Mapping[str, _Sought], known: set[str], lengths: pl.DataFrame, skew: int
) -> dict[str, Clock]:
    """The clocks of machines that no known one vouches for: beside one another, and as cause and effect bound them."""
    loose = [source for source in sources if source.report.path not in known and _floats(source, sought)]
    if not loose:
        return {}
    told = told_by([source for source in sources if source.report.format in HOSTED])
    named = {
        source.report.path: sought.get(source.report.path) or _Sought(source, pl.DataFrame(), "") for source in loose
    }
    bounds = {
        path: bounds_of(each.source, each.seen, told, texts=_is_settled(each.source)) for path, each in named.items()
    }
    seen = [each for each in named.values() if len(each.seen)]
    found = floating(bounds, _pairs(seen, lengths), bounds, skew)
    return {path: _floated(sought.get(path), one) for path, one in found.items()}


def _floats(source: ReadSource, sought: Mapping[str, _Sought]) -> bool:
    """Whether it is a machine's, its zone and year are known, and its clock is not."""
    each = sought.get(source.report.path)
    return by_a_machine(source) and not anchor(source) and (each.settled if each else _is_settled(source))


def _floated(each: _Sought | None, found: Floating) -> Clock:
    correction = replace(_local(each), low=found.low, high=found.high, put=found.value)
    clock = Clock(correction=correction, way=found.way, against=found.against, floats=found)
    return clock if each is None else _with_local(clock, each)


def _may_tell(sources: Sequence[ReadSource], *, told_any: bool) -> bool:
    """Whether looking for ids, which reads every text, can tell anything: that takes two sources, and a known zone."""
    if told_any:
        return True
    dated = [source for source in sources if source.report.events or source.entry.spans() is not None]
    open_ones = sum(not _is_settled(source) for source in dated)
    return len(dated) > 1 and open_ones < len(dated)


def _is_settled(source: ReadSource) -> bool:
    return str(ZoneBasis.ASSUMED) not in source.report.zone_basis and not source.year_assumed


def _sought(source: ReadSource) -> _Sought:
    settled = _is_settled(source)
    seen = sightings(source)
    return _Sought(source, seen, anchor(source) if settled and len(seen) else "", settled=settled)


def anchor(source: ReadSource) -> str:
    """Why the source's clock is taken as true; empty where it is not."""
    if source.report.format in HOSTED:
        return "a hosted service, whose clock is taken as right to a quarter of a second"
    if source.report.format == "csv" and source.report.zone_basis in {ZoneBasis.TEXT, ZoneBasis.EPOCH}:
        texts = source.entry.events().head(_LOOKED_AT).get_column("message").drop_nulls().to_list()
        if texts and all(_PROBE.search(text) for text in texts):
            return "checks from outside, whose clock is taken as right to a quarter of a second"
    return ""


def by_a_machine(source: ReadSource) -> bool:
    """Whether a host's own clock dates it: lines of a log, records of one, or spans; a table may be of tickets."""
    report = source.report
    if report.kind == "trace":
        return report.events > 0 or source.entry.spans() is not None
    if report.kind != "log" or not report.events:
        return False
    if report.lines is not None:
        return True
    first = source.entry.events().head(_LOOKED_AT)
    return "kind" not in first.columns or first.get_column("kind").eq("log").all()


def _pairs(known: Sequence[_Sought], lengths: pl.DataFrame) -> list[Pair]:
    """What the ids of every two sources say of their clocks."""
    sharing = _sharing(known)
    return [pair for one, other in sharing if (pair := _pair(known[one], known[other], lengths))]


def _sharing(known: Sequence[_Sought]) -> list[tuple[int, int]]:
    """The sources, two by two, that share ids enough for a vote: of hundreds of files few do."""
    if len(known) < 2:
        return []
    named = pl.concat(each.seen.select(pl.col("id").unique(), pl.lit(at).alias("at")) for at, each in enumerate(known))
    both = named.join(named, on="id", suffix="_b").filter(pl.col("at") < pl.col("at_b"))
    counted = both.group_by("at", "at_b").len().filter(pl.col("len") >= LEAST_VOTES).sort("at", "at_b")
    return [(one, other) for one, other, _ in counted.iter_rows()]


def _pair(one: _Sought, other: _Sought, lengths: pl.DataFrame) -> Pair | None:
    if one.anchor and other.anchor:
        return None
    lows, highs, at = bounds_between(one.seen, other.seen, lengths)
    vote = agreed(lows, highs, at) if len(at) else None
    if vote is None or vote.high - vote.low > 2 * MOST_SKEW:
        return None
    return Pair(
        first=one.path, later=other.path, low=vote.low, high=vote.high, votes=vote.votes, of=vote.of, uneven=vote.uneven
    )


def _settle(sought: Mapping[str, _Sought], found: Solution) -> list[_Sought]:
    """The sources whose zone and year can be told now, by those whose clocks are known; their sightings made UTC."""
    true = [_true(each, found.offsets[path]) for path, each in sought.items() if each.settled and path in found.offsets]
    if not true:
        return []
    every = pl.concat(true)
    return [each for each in sought.values() if not each.settled and _tell(each, every)]


def _settle_apart(sought: Mapping[str, _Sought], found: Solution) -> None:
    """Zones and years of sources that share ids only with others whose clocks nobody vouches for."""
    true = [_true(each, (0, 0)) for path, each in sought.items() if each.settled and path not in found.offsets]
    if true:
        every = pl.concat(true)
        for each in sought.values():
            if not each.settled:
                _tell(each, every, skew=_APART_SKEW, most=_APART_SURE)


def _settle_years(sources: Sequence[ReadSource], sought: dict[str, _Sought]) -> None:
    """The years of sources that share no ids: the one under which they fall into the time that the others tell of."""
    known = [source.report for source in sources if _is_settled(source) and source.report.kind in _TELLING]
    times = [time for report in known for time in (report.first, report.last) if time is not None]
    for source in sources if times else ():
        path, report = source.report.path, source.report
        if not source.year_assumed or (path in sought and sought[path].settled):
            continue
        if report.first is None or report.last is None:
            continue
        meets = [years for years in range(-_YEARS, _YEARS + 1) if _meets(report.first, report.last, years, times)]
        if len(meets) == 1:
            sought[path] = _Sought(source, pl.DataFrame(), "", years=meets[0], by=BY_TIME, settled=False)


def _meets(first: int, last: int, years: int, times: Sequence[int]) -> bool:
    """Whether a source that is moved by so many years falls into the time of the others, give or take a day of zone."""
    begin, end = (int(each) for each in moved_years(np.array([first, last]), years))
    return end + DAY >= min(times) and begin - DAY <= max(times) and max(times) - min(times) < _YEAR / 2


def _settle_hours(sought: Mapping[str, _Sought]) -> None:
    """Which hour it was, of sources whose zone is known and some of whose times came twice."""
    settled = {path: each.seen for path, each in sought.items() if each.settled}
    for path, seen in settled.items():
        if seen.select(WIDE.any()).item():
            _pass(sought[path], others_of(settled, path))


def _pass(each: _Sought, others: pl.DataFrame) -> None:
    if found := passed(each.seen, others):
        each.passed, each.seen = found, narrowed(each.seen, found)


def _true(each: _Sought, offset: tuple[int, int]) -> pl.DataFrame:
    middle = (pl.col("low") + pl.col("high")) // 2 - sum(offset) // 2
    return each.seen.select("id", middle.alias("true"), pl.lit(each.path).alias("path"))


def _tell(each: _Sought, every: pl.DataFrame, *, skew: int = ZONE_SKEW, most: float = 1.0) -> bool:
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


def _shown(each: _Sought, years: int | None) -> tuple[int, int] | None:
    """The first and the last time that the source shows, in their year."""
    report = each.source.report
    if report.first is None or report.last is None:
        return None
    first, last = moved_years(np.array([report.first, report.last]), years or 0).tolist()
    return first, last


def _in_utc(each: _Sought) -> Sightings:
    low, high = (moved_years(each.seen.get_column(name).to_numpy(), each.years or 0) for name in ("low", "high"))
    if each.zone:
        zone = each.zone.behaviour.zone
        low, high = zone.to_utc(low)[1], zone.to_utc(high)[2]
    return each.seen.with_columns(pl.Series("low", low), pl.Series("high", high))


def _clock(path: str, sought: Mapping[str, _Sought], found: Solution, told: Mapping[str, Correction]) -> Clock | None:
    each = sought.get(path)
    against = tuple(pair for pair in found.contradictions if path in {pair.first, pair.later})
    if path in told:
        return _told(told[path], each, against)
    assert each is not None
    if each.anchor:
        return Clock(anchor=each.anchor, against=against) if against else None
    low, high = found.offsets.get(path, (-MOST_SKEW, MOST_SKEW) if each.settled else (0, 0))
    if path not in found.offsets and not each.zone and each.years is None and not each.passed:
        return Clock(against=against) if against else None
    if str(ZoneBasis.SET) in each.source.report.zone_basis and (low > ZONE_SKEW or high < -ZONE_SKEW):
        return Clock(way=found.ways[path], doubted=(low, high), against=against)  # what a person set stays
    return _found(each, replace(_local(each), low=low, high=high), found, against)


def _local(each: _Sought | None) -> Correction:
    """What was found of its local time: zone, year, and which hour it was of two."""
    if each is None:
        return Correction()
    again = each.passed.again if each.passed else None
    also = tuple(other.zone.name for other in each.zone.also) if each.zone else ()
    zone = each.zone.behaviour.zone.name if each.zone else ""
    return Correction(zone=zone, also=also, years=each.years, again=again)


def _found(each: _Sought, correction: Correction, found: Solution, against: tuple[Pair, ...]) -> Clock:
    """The clock as all pairs have it, or as it was followed where some clock was not steady."""
    way = found.ways.get(each.path, ())
    if each.steadied:
        way, pieces = each.steadied.way, each.steadied.pieces
        low, high = min(piece.low for piece in pieces), max(piece.high for piece in pieces)
        correction = replace(correction, low=low, high=high, pieces=pieces if len(pieces) > 1 else ())
    clock = Clock(correction=correction, way=way, against=against, followed=each.steadied is not None)
    return _with_local(clock, each)


def _year_confidence(each: _Sought) -> float:
    """How sure the year is: by the time of the others nine of ten, by ids as the zone is."""
    return 0.9 if each.by == BY_TIME else sure_of(each.matches)


def _told(said: Correction, each: _Sought | None, against: tuple[Pair, ...]) -> Clock:
    """What a person set, with the zone and the year that were found besides."""
    correction = replace(_local(each), low=said.low, high=said.high, put=said.put)
    clock = Clock(correction=correction, anchor="set by a person", against=against)
    return clock if each is None else _with_local(clock, each)


def _with_local(clock: Clock, each: _Sought) -> Clock:
    return replace(clock, zone=each.zone, by=each.by, passed=each.passed, year_confidence=_year_confidence(each))
