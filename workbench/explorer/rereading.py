"""The sources read again beside the explorer, which goes on with the events that it has until the new ones come."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

from workbench.clock import now_utc
from workbench.errors import WorkbenchError
from workbench.explorer import surroundings
from workbench.explorer.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current, Fresh
    from workbench.model import SourceReport

STEPS = 3
_LEAST = 0.001  # seconds: what is less is rounding


@dataclass(slots=True)
class _Run:
    """One reading, in a thread of its own: how far it is, and what came of it."""

    fresh: Fresh | None = None
    step: int = 0
    words: str = "Reading the sources"
    events: Events | None = None
    setup: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    thread: Thread | None = None


class Rereading:
    """Reads the sources again when sources.toml has changed; whoever has a method ``adopt`` gets the new events."""

    name = "reread"

    def __init__(self, current: Current, *, zone: str = "") -> None:
        self.current = current
        self.adopting: Sequence[object] = ()
        self._zone = zone
        self._run: _Run | None = None
        self._last: dict[str, Any] = {}
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"reread": self.reread}

    def setup(self) -> dict[str, Any]:
        """Nothing is known before anything was read again."""
        return {}

    def reread(self, _message: Mapping[str, Any]) -> Reply:
        """How far the reading is, which the first question begins; at its end the whole new setup."""
        if self._run is None and self.current.unread:
            self._begin()
        run = self._run
        if run is None:
            return {"op": "reread", "done": True, **self._last}, []
        if run.thread is not None and run.thread.is_alive():
            return {"op": "reread", "done": False, "words": run.words, "step": run.step, "steps": STEPS}, []
        self._run = None
        if run.problem:
            return {"op": "reread", "done": True, "problem": run.problem}, []
        self._end(run)
        return {"op": "reread", "done": not self.current.unread, "words": run.words, "step": 0, "steps": STEPS,
                **self._last}, []  # fmt: skip

    def _begin(self) -> None:
        self._run = run = _Run()

        def progress(path: str, lines: int, _events: int) -> None:
            run.words = f"Reading {path}: {lines:,} lines"

        run.fresh = self.current.fresh(progress)
        run.thread = Thread(target=self._read, args=(run,), name="reread", daemon=True)
        run.thread.start()

    def _read(self, run: _Run) -> None:
        """All that takes time."""
        assert run.fresh is not None
        pm = run.fresh.pm
        try:
            _ = pm.loaded
            run.step, run.words = 1, "Putting the events in order"
            frame = pm.events
            run.step, run.words = 2, "Looking for milestones"
            run.events = Events.of(frame, day=surroundings.first_day(pm))
            run.setup = surroundings.of_postmortem(pm, run.events, zone=self._zone)
        except WorkbenchError as problem:
            run.problem = problem.sentence()
        except Exception as error:  # noqa: BLE001 - whatever it was, the explorer must not wait for ever
            run.problem = f"The sources could not be read again ({type(error).__name__}: {error})."

    def _end(self, run: _Run) -> None:
        """The new events take the place of the old ones."""
        assert run.fresh is not None
        assert run.events is not None
        before = self.current.pm().sources
        self.current.adopt(run.fresh)
        for each in self.adopting:
            if adopt := getattr(each, "adopt", None):
                adopt(run.events)
        moved = _moved(before, run.fresh.pm.sources)
        self._last = {"setup": run.setup, "moved": moved, "at": now_utc()[11:19]}


def _moved(before: Sequence[SourceReport], after: Sequence[SourceReport]) -> list[dict[str, Any]]:
    """The sources whose clock or zone is another one now, and how far (s) their events moved."""
    known = {each.path: each for each in before}
    found = []
    for report in after:
        old = known.get(report.path)
        if old is None or old.first is None or report.first is None:
            continue
        seconds = (report.first - old.first) / 1e9
        if abs(seconds) >= _LEAST or old.zone != report.zone:
            found.append({"path": report.path, "seconds": seconds, "zone": report.zone})
    return found
