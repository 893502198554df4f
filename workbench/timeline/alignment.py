"""Clocks reconciled: how far each source's clock is off, and the zone of those that name none, by the ids they share.

Hosted services, which keep their clocks by NTP, and what a person set are taken as true; every other clock follows from
the requests that it has in common with others (interval voting), and all of them together (difference constraints).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import ZoneBasis
from workbench.clock.differences import TRUTH, Pair, Solution, solved
from workbench.clock.local_time import MOST_SKEW as ZONE_SKEW
from workbench.clock.local_time import FoundZone, sure_of
from workbench.clock.voting import LEAST_VOTES, agreed
from workbench.clock.zone import SECOND
from workbench.timeline.causes import bounds_of, told_by
from workbench.timeline.correction import Correction, of_person
from workbench.timeline.floating import Floating, floating
from workbench.timeline.sightings import bounds_between, lengths_of
from workbench.timeline.sought import HOSTED, NTP, Sought, anchor, by_a_machine, is_settled, sought_in
from workbench.timeline.unsteady import steadied
from workbench.timeline.zones import BY_TIME, settle, settle_apart, settle_by_host, settle_hours, settle_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.model import SetOffset
    from workbench.timeline.load import ReadSource
    from workbench.timeline.twice import Passed

VERSION = "12"  # raise it when the same sources give other clocks
MOST_SKEW = 300 * SECOND
_TOGETHER = 24  # sources that name one id, up to which all of them are compared two by two


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What was found of a source's clock: its correction, the evidence as pairs, and the zone; empty where nothing."""

    correction: Correction | None = None
    way: tuple[Pair, ...] = ()
    zone: FoundZone | None = None
    by: str = ""  # the source whose ids told the zone, or that shows the host's
    host: str = ""  # whose zone it is, where it was not found by ids
    against: tuple[Pair, ...] = ()  # pairs that contradict the others
    anchor: str = ""  # why its clock is taken as true
    year_confidence: float = 0.0  # where the year was found
    followed: bool = False  # beside clocks that drift or were set; its own may be one of them
    passed: Passed | None = None  # which hour it was that came twice
    doubted: tuple[int, int] | None = None  # the offset (ns) that speaks against the zone that a person set
    floats: Floating | None = None  # where it is known beside others only, or bounded


def align(
    sources: Sequence[ReadSource], set_by_people: Mapping[str, SetOffset], skew: int = MOST_SKEW
) -> dict[str, Clock]:
    """The clock of each source about which anything is known, by its path; ``set_by_people`` as seconds, ahead > 0.

    A clock of which nothing is known is off by ``skew`` ns at most; by none, such clocks are taken as right.
    """
    if not _may_tell(sources, told_any=bool(set_by_people)):
        return {}
    sought = {each.path: each for each in map(sought_in, sources) if len(each.seen)}
    settle_hours(sought)
    lengths = lengths_of(each.seen for each in sought.values())
    told = {path: of_person(*offset) for path, offset in set_by_people.items()}
    anchors = [Pair(first=TRUTH, later=path, low=-NTP, high=NTP) for path, each in sought.items() if each.anchor]
    anchors = [pair for pair in anchors if pair.later not in told]
    anchors += [Pair(first=TRUTH, later=path, low=one.low, high=one.high) for path, one in told.items()]
    pairs = _Pairs(lengths)
    found = solved([*anchors, *pairs.between(sought.values())])
    while settle(sought, found):
        found = solved([*anchors, *pairs.between(sought.values())])
    seen = {path: each.seen for path, each in sought.items()}
    for path, run in steadied(seen, anchors, pairs.between(sought.values()), lengths).items():
        sought[path].steadied = run
    settle_apart(sought, found)
    settle_by_host(sources, sought)
    settle_years(sources, sought)
    clocks = {path: made for path in [*sought, *(told.keys() - sought)] if (made := _clock(path, sought, found, told))}
    beside = pairs.between(sought.values()) if skew else ()
    return clocks | (_floating(sources, sought, {*found.offsets, *told}, beside, skew) if skew else {})


def _floating(
    sources: Sequence[ReadSource], sought: Mapping[str, Sought], known: set[str], pairs: Sequence[Pair], skew: int
) -> dict[str, Clock]:
    """The clocks of machines that no known one vouches for: beside one another, and as cause and effect bound them."""
    loose = [source for source in sources if source.report.path not in known and _floats(source, sought)]
    if not loose:
        return {}
    told = told_by(source for source in sources if source.report.format in HOSTED)
    logs = [source for source in sources if by_a_machine(source) and is_settled(source)]
    bounds = bounds_of([source for source in loose if is_settled(source)], told, logs)
    paths = {source.report.path for source in loose}
    beside = [pair for pair in pairs if {pair.first, pair.later} <= paths]
    return {path: _floated(sought.get(path), one) for path, one in floating(paths, beside, bounds, skew).items()}


def _floats(source: ReadSource, sought: Mapping[str, Sought]) -> bool:
    """Whether it is a machine's, its zone and year are known, and its clock is not."""
    each = sought.get(source.report.path)
    return by_a_machine(source) and not anchor(source) and (each.settled if each else is_settled(source))


def _floated(each: Sought | None, found: Floating) -> Clock:
    correction = replace(_local(each), low=found.low, high=found.high, put=found.value)
    clock = Clock(correction=correction, way=found.way, against=found.against, floats=found)
    return clock if each is None else _with_local(clock, each)


def _may_tell(sources: Sequence[ReadSource], *, told_any: bool) -> bool:
    """Whether looking for ids, which reads every text, can tell anything: that takes two sources, and a known zone."""
    if told_any:
        return True
    dated = [source for source in sources if source.report.events or source.entry.spans() is not None]
    open_ones = sum(not is_settled(source) for source in dated)
    return len(dated) > 1 and open_ones < len(dated)


class _Pairs:
    """What the ids of every two sources say of their clocks: found once."""

    def __init__(self, lengths: pl.DataFrame) -> None:
        self._lengths = lengths
        self._found: dict[tuple[str, str], Pair | None] = {}

    def between(self, sources: Iterable[Sought]) -> list[Pair]:
        """The pairs of those whose zone and year are known by now."""
        known = [each for each in sources if each.settled and len(each.seen)]
        for one, other in ((known[at], known[after]) for at, after in _sharing(known)):
            if (one.path, other.path) not in self._found:
                self._found[one.path, other.path] = _pair(one, other, self._lengths)
        return [pair for _, pair in sorted(self._found.items()) if pair]


def _sharing(known: Sequence[Sought]) -> list[tuple[int, int]]:
    """The sources, two by two, that share ids enough for a vote: of hundreds of files few do.

    An id that very many name stands for the first of them beside each, and for each beside the next.
    """
    if len(known) < 2:
        return []
    named = pl.concat(each.seen.select(pl.col("id").unique(), pl.lit(at).alias("at")) for at, each in enumerate(known))
    named = named.sort("id", "at").with_columns(pl.len().over("id").alias("often"))
    few = named.filter(pl.col("often") <= _TOGETHER).select("id", "at")
    both = [few.join(few, on="id", suffix="_b").filter(pl.col("at") < pl.col("at_b")).select("at", "at_b")]
    many = named.filter(pl.col("often") > _TOGETHER)
    for before in (pl.col("at").first(), pl.col("at").shift(1)):
        chained = many.select(before.over("id").alias("at"), pl.col("at").alias("at_b")).drop_nulls()
        both.append(chained.filter(pl.col("at") < pl.col("at_b")))
    counted = pl.concat(both).group_by("at", "at_b").len().filter(pl.col("len") >= LEAST_VOTES).sort("at", "at_b")
    return [(one, other) for one, other, _ in counted.iter_rows()]


def _pair(one: Sought, other: Sought, lengths: pl.DataFrame) -> Pair | None:
    if one.anchor and other.anchor:
        return None
    lows, highs, at = bounds_between(one.seen, other.seen, lengths)
    vote = agreed(lows, highs, at) if len(at) else None
    if vote is None or vote.high - vote.low > 2 * MOST_SKEW:
        return None
    return Pair(
        first=one.path, later=other.path, low=vote.low, high=vote.high, votes=vote.votes, of=vote.of, uneven=vote.uneven
    )


def _clock(path: str, sought: Mapping[str, Sought], found: Solution, told: Mapping[str, Correction]) -> Clock | None:
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


def _local(each: Sought | None) -> Correction:
    """What was found of its local time: zone, year, and which hour it was of two."""
    if each is None:
        return Correction()
    again = each.passed.again if each.passed else None
    also = tuple(other.zone.name for other in each.zone.also) if each.zone else ()
    zone = each.zone.behaviour.zone.name if each.zone else ""
    return Correction(zone=zone, by_host=bool(each.host), also=also, years=each.years, again=again)


def _found(each: Sought, correction: Correction, found: Solution, against: tuple[Pair, ...]) -> Clock:
    """The clock as all pairs have it, or as it was followed where some clock was not steady."""
    way = found.ways.get(each.path, ())
    if each.steadied:
        way, pieces = each.steadied.way, each.steadied.pieces
        low, high = min(piece.low for piece in pieces), max(piece.high for piece in pieces)
        correction = replace(correction, low=low, high=high, pieces=pieces if len(pieces) > 1 else ())
    clock = Clock(correction=correction, way=way, against=against, followed=each.steadied is not None)
    return _with_local(clock, each)


def _year_confidence(each: Sought) -> float:
    """How sure the year is: by the time of the others nine of ten, by ids as the zone is."""
    return 0.9 if each.host or each.by == BY_TIME else sure_of(each.matches)


def _told(said: Correction, each: Sought | None, against: tuple[Pair, ...]) -> Clock:
    """What a person set, with the zone and the year that were found besides."""
    correction = replace(_local(each), low=said.low, high=said.high, put=said.put)
    clock = Clock(correction=correction, anchor="set by a person", against=against)
    return clock if each is None else _with_local(clock, each)


def _with_local(clock: Clock, each: Sought) -> Clock:
    return replace(
        clock, zone=each.zone, by=each.by, host=each.host, passed=each.passed, year_confidence=_year_confidence(each)
    )
