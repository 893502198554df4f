"""What detectors proposed and people rejected: it is no candidate any more, and it is told with the milestone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from workbench.analysis.facts import nanoseconds
from workbench.model import Evidence, named, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from workbench.analysis.candidates import Proposals
    from workbench.model import Candidate, Judgement

# By milestone: the places that are not it, each with the time (UTC ns) of the event there; None where it is any time.
Rejections = dict[str, set[tuple[Evidence, int | None]]]


def rejections(judgements: Iterable[Judgement], events: pd.DataFrame) -> Rejections:
    """What people said is not a milestone: of an event, or of a place where no event stands, such as a measurement."""
    said = {event: named(one.rejected) for event, one in standing(judgements).items() if one.rejected}
    found: Rejections = defaultdict(set)
    for event, places in _places(events, set(said)).items():
        for name in said[event]:
            found[name] |= places
    for event, names in said.items():
        if place := Evidence.parse(event):
            for name in names:
                found[name].add((place, None))
    return found


def _places(events: pd.DataFrame, wanted: set[str]) -> dict[str, set[tuple[Evidence, int | None]]]:
    """Where these events stand, and when they were: a record may hold several."""
    rows = events[events["id"].isin(wanted)] if wanted and len(events) else events.head(0)
    columns = (rows["id"], rows["source"], rows["line"].fillna(0), nanoseconds(rows["time"]))
    return {
        str(event): {(Evidence(source=str(source), line=int(line)), time)}
        for event, source, line, time in zip(*columns, strict=True)
    }


def sifted(found: Proposals, rejected: Mapping[str, set[tuple[Evidence, int | None]]]) -> tuple[Proposals, Proposals]:
    """The candidates that are left, and those that were rejected: a candidate is known by its first evidence."""
    left: Proposals = {}
    out: Proposals = {}
    for name, candidates in found.items():
        away = rejected.get(name, set())
        left[name] = [one for one in candidates if not _is(one, away)]
        out[name] = [one for one in candidates if _is(one, away)]
    return left, out


def _is(one: Candidate, places: set[tuple[Evidence, int | None]]) -> bool:
    return bool(one.evidence) and any((one.evidence[0], time) in places for time in (one.time, None))
