"""Sources with their clocks put right, and the account of each with what was found of its clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import ZoneBasis
from workbench.clock.zone import SECOND
from workbench.model import ASSUMED_MAX_SKEW_SECONDS, ClockOffset
from workbench.timeline.clock_sentences import NOT_IDENTIFIABLE, basis_of, length, piece_of, sentences
from workbench.timeline.correction import Correction, seconds
from workbench.timeline.kept_clocks import clocks
from workbench.timeline.load import NO_YEAR, NO_ZONE, Loaded, ReadSource
from workbench.timeline.sought import anchor, by_a_machine
from workbench.timeline.zones import BY_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model import SetOffset, SourceReport
    from workbench.store.derived import Cache
    from workbench.timeline.alignment import Clock


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
    skew = round(assumed_max_skew_seconds * SECOND)
    found = clocks(loaded.sources, told, cache, skew)
    sources = [_with(source, found.get(source.report.path)) for source in loaded.sources]
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
    return report.clock_offset is None and by_a_machine(source) and not anchor(source)


def _may_be_off(source: ReadSource, skew: int) -> ReadSource:
    """The source with the interval that is assumed of clocks nobody compared, and the sentence that says so."""
    report, found = source.report, source.correction or Correction()
    note = f"Its clock may be off by {length(skew)} either way: {NOT_IDENTIFIABLE}."
    offset = ClockOffset(value=0, low=-seconds(skew), high=seconds(skew), basis=NOT_IDENTIFIABLE)
    return replace(
        source,
        report=replace(report, clock_offset=offset, notes=(*report.notes, note)),
        as_read=source.as_read or report,
        correction=replace(found, low=found.low - skew, high=found.high + skew),
    )


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
        report = replace(report, zone=clock.zone.behaviour.text, zone_basis=_basis(report, clock))
    if clock.correction and clock.correction.years is not None:
        notes = [note for note in notes if note != NO_YEAR]
    found = clock.correction
    if found and (clock.by != BY_TIME or clock.anchor or clock.floats):
        value, low, high = (seconds(ns) for ns in (found.value, found.low, found.high))
        pieces = tuple(map(piece_of, found.pieces))
        report = replace(
            report,
            clock_offset=ClockOffset(
                value=value, low=low, high=high, basis=basis_of(clock, report.path), pieces=pieces
            ),
        )
    return replace(report, notes=(*notes, *sentences(report, clock)))


def _basis(report: SourceReport, clock: Clock) -> str:
    return report.zone_basis.replace(str(ZoneBasis.ASSUMED), str(ZoneBasis.HOST if clock.host else ZoneBasis.INFERRED))
