"""What the panel of clocks says of each source: how it was read, its zone and its clock with why, and who set what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.clock import ZoneBasis, format_utc
from workbench.explorer.page import clock
from workbench.store import register
from workbench.store.rows import revision, rows
from workbench.timeline.clock_sentences import is_known, votes_in
from workbench.timeline.sought import anchor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workbench.explorer.clock_trial import Trials
    from workbench.model import ClockOffset
    from workbench.timeline.load import ReadSource

# Of the bases of a zone those whose times name none: only these can be read in another one.
BARE = (ZoneBasis.SET, ZoneBasis.ASSUMED, ZoneBasis.INFERRED, ZoneBasis.HOST)
_CONTRARY = "contradict"  # in a note about its clock
_DOUBT = "may be wrong"


def written(folder: Path) -> dict[str, dict[str, Any]]:
    """The rows of sources.toml as they are written, by the source's path."""
    found = rows(folder / register.NAME, "source")
    return {str(row.get("path", "")).strip(): row for row in found}


def source_row(source: ReadSource, row: Mapping[str, Any] | None, trials: Trials) -> dict[str, Any]:
    """One source as plain JSON; ``row`` is its row of sources.toml."""
    report = source.report
    said = row or {}
    return {
        "path": report.path,
        "format": report.format,
        "kind": report.kind,
        "events": report.events,
        "shown": len(trials.rows(report.path)),
        "first": _clock(report.first),
        "last": _clock(report.last),
        **_zone(source, said, trials),
        "year": _year(source, said),
        "offset": offset_json(report.clock_offset),
        "trusted": anchor(source) if report.clock_offset is None else "",
        "votes": _votes(report.clock_offset),
        "known": is_known(report.clock_offset),
        "notes": list(report.notes),
        "contrary": sum(_CONTRARY in note or _DOUBT in note for note in report.notes),
        "set": {
            "offset": said.get("clock_offset_seconds"),
            "unsure": said.get("clock_offset_unsure_seconds"),
            "zone": said.get("zone"),
        },
        "base": revision(row),
    }


def offset_json(offset: ClockOffset | None) -> dict[str, Any] | None:
    """The clock's offset as in ``sources --json``."""
    return offset.as_json() if offset else None


def _votes(offset: ClockOffset | None) -> dict[str, Any] | None:
    """How many ids agree, of how many, and with which source, where the offset was found by them."""
    told = votes_in(offset.basis) if offset else None
    return told and dict(zip(("votes", "of", "other"), told, strict=True))


def _clock(ns: int | None) -> str | None:
    return None if ns is None else clock(ns)


def _zone(source: ReadSource, said: Mapping[str, Any], trials: Trials) -> dict[str, Any]:
    """The zone, why it is taken, how sure that is, and the sentence; ``bare`` are the events that name none."""
    report = source.report
    bare = int(trials.bare(report.path).sum())
    sure = source.zone_confidence
    return {
        "zone": report.zone,
        "basis": report.zone_basis,
        "sure": sure,
        "bare": bare,
        "zone_words": _zone_words(source, said, bare),
        "now": trials.zone_now(report.path) if bare else "",
    }


def _zone_words(source: ReadSource, said: Mapping[str, Any], bare: int) -> str:
    report = source.report
    if not bare:
        return "Its times say themselves how they stand to UTC." if report.events else ""
    told = next((note for note in report.notes if note.startswith("Its times name no zone")), "")
    if told:
        return told
    if str(ZoneBasis.SET) in report.zone_basis:
        return "A person set it." if said.get("zone") else "The team's workbench.toml says it."
    return ""


def _year(source: ReadSource, said: Mapping[str, Any]) -> str:
    """On what basis its times have their year; "" where there are none."""
    if source.report.first is None:
        return ""
    year = format_utc(source.report.first)[:4]
    if said.get("year"):
        return f"{said['year']}, set by a person"
    if not source.year_assumed:
        return f"{year}, as stated"
    if source.correction is not None and source.correction.years is not None:
        return f"{year}, by the other sources"
    return f"{year}, assumed from the file's own time"
