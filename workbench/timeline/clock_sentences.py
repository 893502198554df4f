"""Sentences on a source's clock: what was found of its zone, its year and its offset, and by what.

The basis of an offset is one of them cut short; ``votes_in`` reads it again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.clock import format_utc
from workbench.clock.differences import TRUTH
from workbench.clock.pieces import FOREVER
from workbench.clock.zone import SECOND
from workbench.model import OffsetPiece
from workbench.timeline.alignment import MOST_SKEW
from workbench.timeline.causes import MADE, QUOTED
from workbench.timeline.correction import seconds
from workbench.timeline.zones import BY_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.clock.differences import Pair
    from workbench.clock.pieces import Piece
    from workbench.model import ClockOffset, SourceReport
    from workbench.timeline.alignment import Clock
    from workbench.timeline.causes import Bound
    from workbench.timeline.floating import Floating

NOT_IDENTIFIABLE = (
    "how far it is off cannot be told, as it shares no ids with a source whose clock is known, or nobody says how long "
    "what they name took"
)

BOUNDED = "what was said before and after what it dates bounds it, and nothing else tells"
BESIDE = ", whose own clock nobody vouches for"
_TOLD_EACH = 4
_EVEN = 1.0  # seconds by which an interval may be longer on one side, and is said to be as long on both
_DOUBTED = SECOND  # less does not matter to anybody
_AGREEMENT = re.compile(
    rf"([\d,]+) of ([\d,]+) matches by shared ids agree with (.+?)(?:{re.escape(BESIDE)})?", re.DOTALL
)
_HOW = {
    QUOTED: "{by} quotes what stands in {own}",
    MADE: "{own} names what {by} made",
}


def is_known(offset: ClockOffset | None) -> bool:
    """Whether it says how far the clock is from true time, not only how far at most, or from another clock."""
    return offset is not None and offset.basis not in {NOT_IDENTIFIABLE, BOUNDED} and not offset.basis.endswith(BESIDE)


def basis_of(clock: Clock, path: str) -> str:
    """By what the offset is known, cut short."""
    if clock.anchor:
        return clock.anchor
    told = agreement(clock.way[-1], path) if clock.way else ""
    if clock.floats:
        return f"{told}{BESIDE}" if told else BOUNDED if clock.floats.bounds else NOT_IDENTIFIABLE
    return told or NOT_IDENTIFIABLE


def sentences(report: SourceReport, clock: Clock) -> list[str]:
    """What was found of the clock of a source, one thing each; the report has its offset already."""
    said = _local_sentences(report, clock)
    if clock.doubted:
        said.append(_doubt(clock.doubted, clock.way[-1], report))
    if report.clock_offset and clock.floats:
        said += _floating(report.clock_offset, clock.floats, report.path)
    elif report.clock_offset and not clock.anchor:
        said.append(_offset_sentence(report.clock_offset, clock))
    elif report.clock_offset and report.clock_offset.value:
        said.append(f"{_behind(report.clock_offset)} (set by a person): its times are put right by that.")
    if not clock.followed:
        said += [_uneven(pair, report.path) for pair in clock.way[-1:] if pair.uneven]
    return said + [_contradiction(pair, report.path) for pair in clock.against]


def _local_sentences(report: SourceReport, clock: Clock) -> list[str]:
    """What was found of its zone, its year, and an hour that came twice."""
    said = []
    if zone := clock.zone:
        agreed = f"{zone.votes:,} of {zone.of:,} ids then agree with {clock.by} and others within minutes"
        sure = f"confidence {zone.confidence:.2f}, if its clock is not off by a quarter of an hour"
        if clock.host:
            agreed, sure = f"{clock.by} shows that of the same host, {clock.host}", f"confidence {zone.confidence:.2f}"
        said.append(f"Its times name no zone: read as {zone.behaviour.sentence}, because {agreed} ({sure}).")
        if zone.also:
            others = " or ".join(other.text for other in zone.also[:3])
            holds = "the interval of its events holds that."
            if clock.host:
                said.append(f"It may as well be {others}, for programs write UTC wherever they run: {holds}")
            else:
                said.append(f"Where no ids are, {others} would fit as well: {holds}")
    if clock.correction and clock.correction.years is not None and report.first is not None:
        year = format_utc(report.first)[:4]
        why = (
            f"as {BY_TIME} shows"
            if clock.host or clock.by == BY_TIME
            else f"as the ids that it shares with {clock.by} show"
        )
        said.append(f"Its times name no year: it begins in {year}, {why} (confidence {clock.year_confidence:.2f}).")
    if hour := clock.passed:
        which = "the second" if hour.again else "the first"
        told = f"{hour.votes:,} of {hour.of:,} shared ids say that it is {which}"
        said.append(f"An hour of its clock came twice: {told}.")
    return said


def _offset_sentence(offset: ClockOffset, clock: Clock) -> str:
    if not clock.way:
        return f"Its clock may be off by {length(MOST_SKEW)} either way: {offset.basis}."
    through = next(pair.later for pair in clock.way if pair.first == TRUTH)
    way = f"{offset.basis}{', whose clock' if through in offset.basis else f'; {through}'} is taken as right."
    if clock.correction and clock.correction.pieces:
        return f"{_unsteady(clock.correction.pieces)}, and each time is put right by its own offset: {way}"
    if not offset.value:
        return f"Its clock is right, or off by {offset.low:+.1f} to {offset.high:+.1f} s at most: {way}"
    bounds = f"{abs(offset.low):.1f} to {abs(offset.high):.1f} s"
    if offset.value < 0:
        bounds = f"{abs(offset.high):.1f} to {abs(offset.low):.1f} s"
    return f"{_behind(offset)} ({bounds}), and its times are put right: {way}"


def _floating(offset: ClockOffset, floats: Floating, path: str) -> list[str]:
    """What is known of a clock that nobody vouches for, what bounds it, and what speaks against it."""
    said, by = [], "; ".join(map(_evidence, floats.bounds)) or NOT_IDENTIFIABLE
    if not floats.beside:
        told = f" The clocks of {floats.others:,} other sources are put right to it." if floats.others > 1 else ""
        told = " The clock of another source is put right to it." if floats.others == 1 else told
        said.append(f"Its clock may be off by {_reach(offset.low, offset.high)}: {by}.{told}")
    else:
        ahead = _behind(offset).replace("ahead", "ahead of") if offset.value else "Its clock was even with"
        ahead = f"{ahead} that of {floats.beside}"
        reach = _reach(offset.low - offset.value, offset.high - offset.value)
        agree = agreement(floats.way[-1], path)
        said.append(f"{ahead} ({agree}), and its times are put right to that; they may be off by {reach}: {by}.")
    said += [_far(pair, path) for pair in floats.far]
    doubts = [each for each in floats.doubts if _speaks(each, offset) > _DOUBTED]
    return [*said, _doubted(max(doubts, key=lambda each: _speaks(each, offset)))] if doubts else said


def _far(pair: Pair, path: str) -> str:
    """Two sources that are farther apart than clocks are."""
    other = pair.first if pair.later == path else pair.later
    apart = length(abs(pair.low + pair.high) // 2)
    return (
        f"{pair.votes:,} of {pair.of:,} ids that it shares with {other} are {apart} apart, more than two clocks "
        "differ: that is left out. One of the two may write late, or show another zone."
    )


def _doubted(bound: Bound) -> str:
    """What speaks against a clock that was taken as right, or as that of another."""
    end, more = (bound.low, 1) if bound.low is not None else (bound.high or 0, -1)
    side = (
        f"{'ahead' if end > 0 else 'behind'} by {abs(seconds(end)):.1f} s {'or more' if end * more > 0 else 'at most'}"
    )
    return (
        f"Something contradicts its clock: {_evidence(bound)}, so that it would be {side}. If it was, write "
        "clock_offset_seconds into its row of sources.toml."
    )


def _speaks(bound: Bound, offset: ClockOffset) -> int:
    """By how much a bound contradicts the offset that was taken (ns)."""
    taken = round(offset.value * SECOND)
    return bound.low - taken if bound.low is not None else taken - (bound.high or 0)


def _evidence(bound: Bound) -> str:
    return _HOW[bound.how].format(own=f"{bound.path}:{bound.line}", by=f"{bound.by}:{bound.line_by}")


def _reach(low: float, high: float) -> str:
    if abs(low + high) < _EVEN:
        return f"{length(round(high * SECOND))} either way"
    return f"{_signed(low)} to {_signed(high)}"


def _signed(value: float) -> str:
    return f"{value / 60:+.1f} min" if abs(value) >= 120 else f"{value:+.1f} s"


def _behind(offset: ClockOffset) -> str:
    return f"Its clock was {abs(offset.value):.1f} s {'ahead' if offset.value > 0 else 'behind'}"


def _unsteady(pieces: Sequence[Piece]) -> str:
    """How a clock went that did not run evenly; times are those that it showed."""
    told = [piece for piece in pieces if not piece.moment]
    if any(piece.drifts for piece in told) or len(told) > _TOLD_EACH:
        return f"Its clock did not run evenly: it was {_ahead(told[0])} at first and {_ahead(told[-1])} at the end"
    parts = [f"{_ahead(piece)} until it showed {format_utc(piece.until)[11:19]}" for piece in told[:-1]]
    return f"Its clock was set meanwhile: it was {', then '.join(parts)}, then {_ahead(told[-1])}"


def _ahead(piece: Piece) -> str:
    if piece.low <= 0 <= piece.high:
        return f"right ({seconds(piece.low):+.1f} to {seconds(piece.high):+.1f} s)"
    return f"{abs(piece.middle) / SECOND:.1f} s {'ahead' if piece.middle > 0 else 'behind'}"


def piece_of(piece: Piece) -> OffsetPiece:
    """A piece of an unsteady clock, in seconds."""
    value = 0 if piece.low <= 0 <= piece.high else piece.middle
    until = None if piece.until == FOREVER else piece.until
    low, high = seconds(piece.low), seconds(piece.high)
    return OffsetPiece(until=until, value=seconds(value), low=low, high=high)


def agreement(pair: Pair, path: str) -> str:
    """How many ids agree on the clock of a source beside another."""
    other = pair.first if pair.later == path else pair.later
    return f"{pair.votes:,} of {pair.of:,} matches by shared ids agree with {other}"


def votes_in(basis: str) -> tuple[int, int, str] | None:
    """The votes, of how many, and with whom, of a basis that names an agreement; None of another one."""
    told = _AGREEMENT.fullmatch(basis)
    return (int(told[1].replace(",", "")), int(told[2].replace(",", "")), told[3]) if told else None


def _doubt(offset: tuple[int, int], pair: Pair, report: SourceReport) -> str:
    minutes = sum(offset) / 2 / SECOND / 60
    return (
        f"The zone that a person set may be wrong: {agreement(pair, report.path)} if its times are "
        f"{abs(minutes):.0f} min too {'late' if minutes > 0 else 'early'}. They are left as they are: see its zone in "
        "sources.toml."
    )


def _uneven(pair: Pair, path: str) -> str:
    other = pair.first if pair.later == path else pair.later
    apart = seconds(pair.high - pair.low)
    return (
        f"Its clock and that of {other} did not run evenly: one of them drifts or was set, by up to {apart:.1f} s. "
        "The interval holds all of it."
    )


def _contradiction(pair: Pair, path: str) -> str:
    other = pair.first if pair.later == path else pair.later
    apart = f"{seconds(pair.low):+.1f} to {seconds(pair.high):+.1f} s"
    return (
        f"{pair.votes:,} of {pair.of:,} matches by ids shared with {other or 'true time'} contradict the other "
        f"sources: they put {pair.later} {apart} from {pair.first or 'true time'}, and are left out. "
        "See whether a clock was set meanwhile."
    )


def length(ns: int) -> str:
    """Minutes, or seconds below one."""
    return f"{round(ns / SECOND / 60, 1):g} min" if ns >= 60 * SECOND else f"{ns / SECOND:g} s"
