"""The desk of clocks and zones: what was found of each source, tried otherwise, and written into sources.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import numpy as np

from workbench.clock.zone import SECOND
from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.clock_rows import source_row, written
from workbench.explorer.clock_trial import Trials, Wish, seconds_of, unsure_of, zone_of
from workbench.explorer.conflict import ConflictError
from workbench.explorer.page import clock
from workbench.explorer.two_events import Seen, proposal
from workbench.explorer.vote_rows import packed, pair_json, zones_json
from workbench.store import register
from workbench.store.rows import RowChangedError, edit_row
from workbench.timeline.votes import Sighted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events
    from workbench.timeline.votes import Votes

GATHERED = 0.25  # seconds of reading texts at a time: then other questions have their turn
_MILLI = 1_000_000  # ns
_SET = {"zone", "clock_offset_seconds", "clock_offset_unsure_seconds"}
_SHOWN = ("zone", "year", "clock_offset_seconds", "clock_offset_unsure_seconds")


class Clocks:
    """The clocks of an incident's sources."""

    name = "clocks"

    def __init__(self, current: Current, events: Events) -> None:
        self.current = current
        self.adopt(events)
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "clocks": self.clocks, "clocks.try": self.tried, "clocks.votes": self.votes, "clocks.two": self.two,
            "clocks.save": self.save,
        }  # fmt: skip

    def adopt(self, events: Events) -> None:
        """Events of sources that were read anew."""
        rows = written(self.current.folder)
        loaded = self.current.pm().loaded
        self.sources = {each.report.path: each for each in loaded.sources}
        team = self.current.pm().team.zone
        zones = {path: str(rows.get(path, {}).get("zone") or team(path) or "") for path in self.sources}
        self.trials = Trials(events, loaded, zones)
        self._sighted = Sighted(loaded.sources, zones)
        self._voted: dict[tuple[str, str], list[Votes]] = {}

    def setup(self) -> dict[str, Any]:
        """Nothing: the state is asked for when the desk is opened."""
        return {}

    def shown(self, trial: object) -> Events:
        """The events as a trial would have them: a table with a wish for each path that is still there."""
        return self.trials.events({path: wish for path, wish in _wishes(trial).items() if path in self.sources})

    def state(self) -> dict[str, Any]:
        """All sources, and the names of all zones."""
        rows = written(self.current.folder)
        sources = [source_row(each, rows.get(path), self.trials) for path, each in self.sources.items()]
        return {"sources": sources, "zones": _zone_names(), "unread": self.current.unread}

    def clocks(self, _message: Mapping[str, Any]) -> Reply:
        """The state."""
        return {"op": "clocks", "state": self.state()}, []

    # ---- trials

    def tried(self, message: Mapping[str, Any]) -> Reply:
        """What a trial moves: the stretch of all events, and of each source how far its first and last one move."""
        wishes = _wishes(message.get("trial"))
        events = self.trials.events(wishes)
        start, end = events.extent
        return {
            "op": "tried", "start": start // _MILLI, "end": -(-end // _MILLI),
            "moved": {path: self._moved(path, wish) for path, wish in wishes.items()},
        }, []  # fmt: skip

    def _moved(self, path: str, wish: Wish) -> dict[str, Any]:
        moved = self.trials.moved(path, wish)
        times = self.trials.base.times[moved.rows] + moved.time
        steps = np.atleast_1d(np.asarray(moved.time)) / SECOND
        if not len(times):
            return {"first": None, "last": None, "least": 0.0, "most": 0.0}
        return {
            "first": clock(int(times.min())), "last": clock(int(times.max())), "least": float(steps.min()),
            "most": float(steps.max()),
        }  # fmt: skip

    # ---- votes

    def votes(self, message: Mapping[str, Any]) -> Reply:
        """What shared ids say of a source's clock; until all texts are read, how far that is."""
        path, zone = self._path(message), message.get("zone")
        zone = zone_of(zone) if zone else ""
        if not self._sighted.gather(GATHERED):
            return {"op": "votes", "path": path, "done": self._sighted.events, "of": self._sighted.all}, []
        found = self._votes(path, zone)
        pairs = [pair_json(each, self.sources, path) for each in found]
        bare = bool(self.trials.bare(path).any())
        return {
            "op": "votes", "path": path, "zone": zone, "pairs": pairs,
            "zones": zones_json(self._sighted.zones(path)) if bare else [],
        }, packed(found)  # fmt: skip

    def _votes(self, path: str, zone: str) -> list[Votes]:
        if (path, zone) not in self._voted:
            self._voted = {(path, zone): self._sighted.votes(path, zone)}
        return self._voted[path, zone]

    # ---- two events

    def two(self, message: Mapping[str, Any]) -> Reply:
        """The offset of a source's clock under which one of its events stands where one of another says."""
        path = self._path(message)
        own, other = (self._row(message, name) for name in ("own", "other"))
        frame = self.trials.base.part([own, other])
        if frame["source"].tolist() == [path, path]:
            raise WorkbenchError(
                "both events are of one source, and its own clock dated both", next_step="Choose one of another source."
            )
        if frame["source"].iloc[0] != path:
            raise WorkbenchError(f"the event that shall move is of {frame['source'].iloc[0]}, and not of {path}")
        wishes = _wishes(message.get("trial"))
        zone = wishes.pop(path).zone if path in wishes else None
        shown = self.trials.events({path: Wish(offset=0, zone=zone)})
        events = self.trials.events(wishes)
        now = self.sources[path].correction
        least = round(seconds_of(message.get("least") or 0) * SECOND)
        found = proposal(
            _seen(shown, message["own"]), _seen(events, message["other"]), str(message.get("relation")),
            now.value if now else 0, least,
        )  # fmt: skip
        low, high = (None if each is None else each / SECOND for each in (found.low, found.high))
        return {"op": "two", "path": path, "value": found.value / SECOND, "low": low, "high": high,
                "holds": found.holds}, []  # fmt: skip

    def _row(self, message: Mapping[str, Any], name: str) -> int:
        row = self.trials.base.with_id(str(message.get(name)))
        if row is None:
            raise WorkbenchError("this event is not among those of the incident")
        return row

    # ---- saving

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Writes what a person sets of a source, or takes it back; the sources are read again later."""
        path, values = self._path(message), _values(message.get("values"))
        row = written(self.current.folder).get(path)
        name = str(row["path"]) if row else path
        if "zone" in values and row and "zone_basis" in row:  # it would say why another zone was taken
            values["zone_basis"] = "set by a person" if values["zone"] else None
        file = self.current.folder / register.NAME
        try:
            edit_row(
                file, "source", name, values, base=str(message.get("base") or ""), key="path",
                starter=f"# {register.HEAD}\n\n",
            )  # fmt: skip
        except RowChangedError as changed:
            raise ConflictError(_meanwhile(path, changed.current), self.state()) from changed
        return saved(self.state()), []

    def _path(self, message: Mapping[str, Any]) -> str:
        path = str(message.get("path"))
        if path not in self.sources:
            raise WorkbenchError(f"there is no source {path!r} here")
        return path


def _seen(events: Events, event: object) -> Seen:
    row = events.with_id(str(event))
    assert row is not None
    return Seen(int(events.times[row]), int(events.earliest[row]), int(events.latest[row]))


def _wishes(trial: object) -> dict[str, Wish]:
    if trial is None:
        return {}
    if not isinstance(trial, dict) or not all(isinstance(each, dict) for each in trial.values()):
        raise WorkbenchError("a trial is a table with a wish for each source")
    return {str(path): Wish.of(told) for path, told in trial.items()}


def _values(told: object) -> dict[str, Any]:
    """What is to be written; raises the sentence of what a person cannot set."""
    if not isinstance(told, dict) or not told or not set(told) <= _SET:
        raise WorkbenchError("of a source its zone and its clock's offset can be set here")
    values: dict[str, Any] = {}
    if "clock_offset_seconds" in told:
        value = told["clock_offset_seconds"]
        unsure = unsure_of(told.get("clock_offset_unsure_seconds") or 0) if value is not None else 0
        values["clock_offset_seconds"] = None if value is None else _plain(seconds_of(value))
        values["clock_offset_unsure_seconds"] = _plain(unsure) if unsure else None
    if "zone" in told:
        values["zone"] = zone_of(told["zone"]) if told["zone"] else None
    return values


def _plain(seconds: float) -> int | float:
    """As a person would write it: 37, and not 37.0."""
    return int(seconds) if seconds == int(seconds) else seconds


def _meanwhile(path: str, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return f"Meanwhile somebody took the row of {path} out of sources.toml"
    told = [f"{name} = {row[name]}" for name in _SHOWN if name in row]
    return f"Meanwhile somebody changed the row of {path} in sources.toml: {', '.join(told) or 'nothing is set'}"


def _zone_names() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")
