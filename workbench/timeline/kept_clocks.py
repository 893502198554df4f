"""Clocks that were found before: kept by what decides them, so that nothing is matched twice."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from workbench.clock.behaviour import Behaviour
from workbench.clock.differences import Pair
from workbench.clock.local_time import FoundZone
from workbench.clock.pieces import Piece
from workbench.timeline.alignment import VERSION, Clock, align
from workbench.timeline.causes import Bound
from workbench.timeline.correction import Correction
from workbench.timeline.floating import Floating
from workbench.timeline.twice import Passed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.model import SetOffset
    from workbench.store.derived import Cache
    from workbench.timeline.load import ReadSource


def clocks(
    sources: Sequence[ReadSource], told: Mapping[str, SetOffset], cache: Cache | None, skew: int
) -> dict[str, Clock]:
    """The clocks of the sources, from the cache where the same were found before."""
    if cache is None:
        return align(sources, told, skew)
    key = cache.key("clocks", VERSION, str(skew), *_decided_by(sources, told))
    if entry := cache.entry(key):
        return {path: _clock(kept) for path, kept in entry.meta["clocks"].items()}
    found = align(sources, told, skew)
    with cache.writer(key) as writer:
        writer.finish({"clocks": {path: asdict(clock) for path, clock in found.items()}})
    return found


def _decided_by(sources: Sequence[ReadSource], told: Mapping[str, SetOffset]) -> list[str]:
    """Each source by its path and the entry that keeps it, whose name says content, reader and settings."""
    read = [f"{source.report.path}\1{source.entry.folder.name}" for source in sources]
    return [*sorted(read), *sorted(f"{path}\1{value!r}" for path, value in told.items())]


def _clock(kept: dict[str, Any]) -> Clock:
    correction, zone = kept["correction"], kept["zone"]
    return Clock(
        correction=_correction(correction) if correction else None,
        way=tuple(Pair(**each) for each in kept["way"]),
        zone=_zone(zone) if zone else None,
        by=kept["by"],
        host=kept["host"],
        against=tuple(Pair(**each) for each in kept["against"]),
        anchor=kept["anchor"],
        followed=kept["followed"],
        year_confidence=kept["year_confidence"],
        passed=Passed(**kept["passed"]) if kept["passed"] else None,
        doubted=tuple(kept["doubted"]) if kept["doubted"] else None,
        floats=_floating(kept["floats"]) if kept["floats"] else None,
    )


def _floating(kept: dict[str, Any]) -> Floating:
    pairs = {name: tuple(Pair(**each) for each in kept[name]) for name in ("way", "against", "far")}
    bounds = {name: tuple(Bound(**each) for each in kept[name]) for name in ("bounds", "doubts")}
    return Floating(**{**kept, **pairs, **bounds})


def _correction(kept: dict[str, Any]) -> Correction:
    pieces = tuple(Piece(**each) for each in kept["pieces"])
    return Correction(**{**kept, "pieces": pieces, "also": tuple(kept["also"])})


def _zone(kept: dict[str, Any]) -> FoundZone:
    return FoundZone(
        **{**kept, "behaviour": _behaviour(kept["behaviour"]), "also": tuple(_behaviour(each) for each in kept["also"])}
    )


def _behaviour(kept: dict[str, Any]) -> Behaviour:
    return Behaviour(**{name: tuple(value) for name, value in kept.items()})
