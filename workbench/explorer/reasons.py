"""The milestones as the browser shows them: what is chosen and why, what else was found, and what people said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.analysis.facts import nanoseconds
from workbench.clock import format_utc, parse_rfc3339
from workbench.explorer.page import clock
from workbench.model import MILESTONES, Standing, marked, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.explorer.events import Events
    from workbench.explorer.judging import Held
    from workbench.model import Candidate, Evidence, Milestone

_SHOWN = 5  # places of a candidate
_Found = dict[tuple[str, int], list[tuple[str, int, int]]]


class Reasons:
    """Made once for what holds now: ``stated`` are the times in incident.toml (UTC ns), ``held`` is the journal."""

    def __init__(self, found: Mapping[str, Milestone], events: Events, stated: Mapping[str, int], held: Held) -> None:
        self._found = found
        self._stated = stated
        self._held = held
        self._events = _at(events, {place for one in found.values() for place in _first_places(one)})

    def all(self) -> list[dict[str, Any]]:
        """Each of the milestones, in their order."""
        return [self._milestone(self._found[name]) for name in MILESTONES]

    def _milestone(self, one: Milestone) -> dict[str, Any]:
        flip = one.flip
        return {
            "name": one.name, "time": _time(one.time), "earliest": _time(one.earliest), "latest": _time(one.latest),
            "basis": str(one.basis), "weight": one.confidence, "rule": one.rule, "why": one.why,
            "evidence": [str(place) for place in one.evidence[:_SHOWN]],
            "event": self._event(one.evidence, one.time),
            "runners_up": [self._candidate(each) for each in one.runners_up],
            "rejected": [self._candidate(each) for each in one.rejected],
            "flip": None if flip is None else {"time": _time(flip[0].time), "weight": flip[1]},
            "base": base_of(one.name, self._stated, self._held), "said": said_of(one.name, self._stated, self._held),
        }  # fmt: skip

    def _candidate(self, one: Candidate) -> dict[str, Any]:
        return {
            "time": _time(one.time), "weight": one.weight, "rule": one.rule, "text": one.text,
            "evidence": [str(place) for place in one.evidence[:_SHOWN]], "event": self._event(one.evidence, one.time),
        }  # fmt: skip

    def _event(self, evidence: Sequence[Evidence], time: int | None) -> dict[str, Any] | None:
        """The event of a candidate, the nearest of several of one record; of a measurement the place, without a row."""
        if not evidence:
            return None
        event, row = str(evidence[0]), None
        if known := self._events.get((evidence[0].source, evidence[0].line)):
            event, row, _ = min(known, key=lambda one: abs(one[2] - (time or 0)))
        return event_of(event, row, self._held)


def event_of(event: str, row: int | None, held: Held) -> dict[str, Any]:
    """What the browser has to know of an event to say something of it."""
    one = held.standing.get(event) or Standing()
    return {
        "id": event, "row": row, "base": one.last.id if one.last else "",
        "milestones": list(named(one.milestone)), "rejected": list(named(one.rejected)),
    }  # fmt: skip


def base_of(name: str, stated: Mapping[str, int], held: Held) -> str:
    """What tells one state of what people said of a milestone from another: the time in the file, the mark's id."""
    mark = marked(held.judgements).get(name)
    return f"{_time(stated.get(name)) or ''}|{mark.id if mark else ''}"


def said_of(name: str, stated: Mapping[str, int], held: Held) -> dict[str, Any]:
    """What people said of a milestone: the time in incident.toml, which wins, and the event that somebody marked."""
    mark = marked(held.judgements).get(name)
    return {
        "stated": _time(stated.get(name)),
        "marked": mark
        and {
            "event": mark.event,
            "by": mark.author,
            "at": clock(parse_rfc3339(mark.time)),
            "known": event_of(mark.event, None, held),
        },
    }


def _first_places(one: Milestone) -> Iterator[Evidence]:
    for evidence in (one.evidence, *(each.evidence for each in (*one.runners_up, *one.rejected))):
        yield from evidence[:1]


def _at(events: Events, places: set[Evidence]) -> _Found:
    """The events that stand at these places: id, row and time (UTC ns) of each."""
    frame = events.frame
    found: _Found = {}
    if not places:
        return found
    near = frame["line"].isin({place.line for place in places}).to_numpy().nonzero()[0]
    rows = frame.iloc[near]
    columns = (rows["source"], rows["line"], rows["id"], near.tolist(), nanoseconds(rows["time"]))
    wanted = {(place.source, place.line) for place in places}
    for source, line, event, row, time in zip(*columns, strict=True):
        if (place := (str(source), int(line))) in wanted:
            found.setdefault(place, []).append((str(event), row, time))
    return found


def _time(ns: int | None) -> str | None:
    return None if ns is None else format_utc(ns)
