"""Sources with their clocks put right, and the sentences that say how far and why."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import ZoneBasis, format_utc
from workbench.clock.differences import TRUTH
from workbench.clock.pieces import FOREVER
from workbench.clock.zone import SECOND
from workbench.model import ASSUMED_MAX_SKEW_SECONDS, ClockOffset, OffsetPiece
from workbench.timeline.alignment import BY_TIME, MOST_SKEW, anchor
from workbench.timeline.correction import Correction, seconds
from workbench.timeline.kept_clocks import clocks
from workbench.timeline.load import NO_YEAR, NO_ZONE, Loaded, ReadSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.clock.differences import Pair
    from workbench.clock.pieces import Piece
    from workbench.model import SetOffset, SourceReport
    from workbench.store.derived import Cache
    from workbench.timeline.alignment import Clock


NOT_IDENTIFIABLE = (
    "how far it is off cannot be told, as it shares no ids with a source whose clock is known, or nobody says how long "
    "what they name took"
)

_TOLD_EACH = 4
_AGREEMENT = re.compile(r"([\d,]+) of ([\d,]+) matches by shared ids agree with (.+)", re.DOTALL)
_LOOKED_AT = 20  # records that show what a source is of


def reconciled(
    loaded: Loaded,
    set_by_people: Mapping[str, SetOffset],
    cache: Cache | None = None,
    *,
    assumed_max_skew_seconds: float = ASSUMED_MAX_SKEW_SECONDS,
) -> Loaded:
    """The sources on one clock; ``set_by_people`` are offsets by path, ahead > 0, and how unsure each is.

    Beside others, a log whose clock is not known may be off by ``assumed_max_skew_seconds`` either way.
    """
    told = {path: value for path, value in set_by_people.items() if path in {each.path for each in loaded.reports}}
    found = clocks(loaded.sources, told, cache)
    sources = [_with(source, found.get(source.report.path)) for source in loaded.sources]
    skew = round(assumed_max_skew_seconds * SECOND)
    if skew and len(sources) > 1:  # one alone is compared with nothing
        doubted = {path for path, clock in found.items() if clock.doubted}
        sources = [
            _may_be_off(source, skew) if _is_alone(source) and source.report.path not in doubted else source
            for source in sources
        ]
    return replace(loaded, sources=tuple(sources))


def _is_alone(source: ReadSource) -> bool:
    """Whether it is a log of a machine whose clock could not be compared with any other."""
    report = source.report
    return report.clock_offset is None and _by_a_machine(source) and not anchor(source)


def _by_a_machine(source: ReadSource) -> bool:
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


def _may_be_off(source: ReadSource, skew: int) -> ReadSource:
    """The source with the interval that is assumed of clocks nobody compared, and the sentence that says so."""
    report, found = source.report, source.correction or Correction()
    note = f"Its clock may be off by {_length(skew)} either way: {NOT_IDENTIFIABLE}."
    offset = ClockOffset(value=0, low=-seconds(skew), high=seconds(skew), basis=NOT_IDENTIFIABLE)
    return replace(
        source,
        report=replace(report, clock_offset=offset, notes=(*report.notes, note)),
        as_read=source.as_read or report,
        correction=replace(found, low=found.low - skew, high=found.high + skew),
    )


def _length(ns: int) -> str:
    return f"{ns / SECOND / 60:g} min" if ns >= 60 * SECOND else f"{ns / SECOND:g} s"


def _with(source: ReadSource, clock: Clock | None) -> ReadSource:
    if clock is None:
        return source
    report = source.report
    if clock.correction and report.first is not None and report.last is not None:
        first, last = _span(source, clock.correction, (report.first, report.last))
        report = replace(report, first=first, last=last)
    sure = clock.zone.confidence if clock.zone else None
    return replace(
        source, report=_report(report, clock), as_read=source.report, correction=clock.correction, zone_confidence=sure
    )  # fmt: skip


def _span(source: ReadSource, correction: Correction, read: tuple[int, int]) -> tuple[int, int]:
    """The first and the last time of a source, put right; a zone may move each event by another hour."""
    local = correction.zone or correction.years is not None or correction.again is not None
    if not local and not correction.pieces:
        return read[0] - correction.value, read[1] - correction.value
    times = correction.of(source.entry.events()).get_column("time").cast(pl.Int64).to_numpy()
    return int(times.min()), int(times.max())


def _report(report: SourceReport, clock: Clock) -> SourceReport:
    """The account with what was found of the clock; its first and last times put right."""
    notes = [*report.notes]
    if clock.zone:
        notes = [note for note in notes if note != NO_ZONE]
        report = replace(report, zone=clock.zone.behaviour.text, zone_basis=_basis(report))
    if clock.correction and clock.correction.years is not None:
        notes = [note for note in notes if note != NO_YEAR]
    found = clock.correction
    if found and (clock.by != BY_TIME or clock.anchor):
        value, low, high = (seconds(ns) for ns in (found.value, found.low, found.high))
        basis = clock.anchor or (_agreement(clock.way[-1], report.path) if clock.way else NOT_IDENTIFIABLE)
        pieces = tuple(map(_piece, found.pieces))
        report = replace(report, clock_offset=ClockOffset(value=value, low=low, high=high, basis=basis, pieces=pieces))
    return replace(report, notes=(*notes, *_sentences(report, clock)))


def _basis(report: SourceReport) -> str:
    return report.zone_basis.replace(str(ZoneBasis.ASSUMED), str(ZoneBasis.INFERRED))


def _sentences(report: SourceReport, clock: Clock) -> list[str]:
    said = _local_sentences(report, clock)
    if clock.doubted:
        said.append(_doubt(clock.doubted, clock.way[-1], report))
    if report.clock_offset and not clock.anchor:
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
        said.append(f"Its times name no zone: read as {zone.behaviour.sentence}, because {agreed} ({sure}).")
        if zone.also:
            others = " or ".join(other.text for other in zone.also[:3])
            said.append(f"Where no ids are, {others} would fit as well: the interval of its events holds that.")
    if clock.correction and clock.correction.years is not None and report.first is not None:
        year = format_utc(report.first)[:4]
        why = f"as {clock.by} shows" if clock.by == BY_TIME else f"as the ids that it shares with {clock.by} show"
        said.append(f"Its times name no year: it begins in {year}, {why} (confidence {clock.year_confidence:.2f}).")
    if hour := clock.passed:
        which = "the second" if hour.again else "the first"
        told = f"{hour.votes:,} of {hour.of:,} shared ids say that it is {which}"
        said.append(f"An hour of its clock came twice: {told}.")
    return said


def _offset_sentence(offset: ClockOffset, clock: Clock) -> str:
    if not clock.way:
        return f"Its clock may be off by {_length(MOST_SKEW)} either way: {offset.basis}."
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


def _piece(piece: Piece) -> OffsetPiece:
    value = 0 if piece.low <= 0 <= piece.high else piece.middle
    until = None if piece.until == FOREVER else piece.until
    low, high = seconds(piece.low), seconds(piece.high)
    return OffsetPiece(until=until, value=seconds(value), low=low, high=high)


def _agreement(pair: Pair, path: str) -> str:
    other = pair.first if pair.later == path else pair.later
    return f"{pair.votes:,} of {pair.of:,} matches by shared ids agree with {other}"


def votes_in(basis: str) -> tuple[int, int, str] | None:
    """The votes, of how many, and with whom, of a basis that names an agreement; None of another one."""
    told = _AGREEMENT.fullmatch(basis)
    return (int(told[1].replace(",", "")), int(told[2].replace(",", "")), told[3]) if told else None


def _doubt(offset: tuple[int, int], pair: Pair, report: SourceReport) -> str:
    minutes = sum(offset) / 2 / SECOND / 60
    return (
        f"The zone that a person set may be wrong: {_agreement(pair, report.path)} if its times are "
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
