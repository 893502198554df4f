"""What the explorer's browser side asks, and what is answered: the whole protocol, without a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from workbench.clock import now_utc
from workbench.errors import WorkbenchError
from workbench.explorer.conflict import ConflictError
from workbench.explorer.page import rows_of
from workbench.explorer.shifted import Shifted
from workbench.explorer.views import Views

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.explorer.events import Events
    from workbench.explorer.judged import Judged
    from workbench.explorer.judging import Judging

    Reply = tuple[dict[str, Any], list[memoryview]]


_MOST_IN_GROUP = 50  # events that were merged into one, shown beside it


class Desk(Protocol):
    """A part of the explorer with a tab of its own: what it tells the browser at the start, and what it can answer."""

    name: str
    known: dict[str, Callable[[Mapping[str, Any]], Reply]]

    def setup(self) -> dict[str, Any]:
        """Plain JSON for ``setup["desks"][name]``; cheap."""


class Answers:
    """Answers one question at a time from the events; ``detail`` gives the proof of a row.

    ``judging`` is there where events can be judged, and ``desks`` where people write: in an incident folder.
    """

    def __init__(
        self,
        events: Events,
        detail: Callable[[int], dict[str, Any]],
        judging: Judging | None = None,
        desks: Sequence[Desk] = (),
        judged: Judged | None = None,
    ) -> None:
        self.events = events  # as the question at hand has them: clocks may be on trial
        self.turn = 0  # how often they were read again
        self.on_trial: Callable[[object], Events] | None = None
        self._detail = detail
        self._judging = judging
        self._judged = judged
        self._tried: Views | None = None
        self._now = self._views = Views(events, judging, judged)
        self.view, self.rows = self._views.view, self._views.rows
        self._known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"detail": self.detail, "find": self.find}
        if judging is not None:
            self._known |= judging.known
        for desk in desks:
            self._known |= desk.known

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """The reply and its buffers; a problem that a person can mend is a sentence."""
        seq, op = message.get("seq"), str(message.get("op"))
        try:
            self._now = self._views_of(message.get("trial"))
            reply, buffers = (self._now.known.get(op) or self._known.get(op, _unknown))(message)
        except ConflictError as conflict:
            reply, buffers = {"op": "conflict", "state": conflict.state, "sentence": conflict.sentence()}, []
        except WorkbenchError as problem:
            reply, buffers = {"op": "problem", "sentence": problem.sentence()}, []
        except UnicodeEncodeError:
            reply, buffers = {"op": "problem", "sentence": "The text holds signs that cannot be written."}, []
        return reply | {"seq": seq, **({"turn": self.turn} if self.turn else {})}, buffers

    @property
    def base(self) -> Events:
        """The events as they were read, whatever is on trial."""
        return self._views.events

    def adopt(self, events: Events) -> None:
        """Other events, as somebody told one or sources were read anew: row numbers are others, ids are the same."""
        self.events = events
        self._views, self._tried = Views(events, self._judging, self._judged), None
        self.view, self.rows = self._views.view, self._views.rows
        self.turn += 1

    def _views_of(self, trial: object) -> Views:
        """What answers for the events as a trial would have them; the last one is kept."""
        events = self.on_trial(trial) if trial and self.on_trial else self.base
        found = self._views
        if isinstance(events, Shifted):
            if self._tried is None or self._tried.events is not events:
                self._tried = self._views.of(events)
            found = self._tried
        self.events = events
        if self._judged is not None:
            self._judged.show(events)
        return found

    def find(self, message: Mapping[str, Any]) -> Reply:
        """The event with an id, or the one of a source and a line: its row and time; None where there is none."""
        event, source, line = (message.get(name) for name in ("event", "source", "line"))
        row = self.events.with_id(str(event)) if event else self.events.at_line(str(source), line)
        return {"op": "find", "row": row, "time": None if row is None else int(self.events.times[row]) / 1_000_000}, []

    def detail(self, message: Mapping[str, Any]) -> Reply:
        """The proof of one event, and what people said of it."""
        row = self._now.row(message)
        judged: dict[str, Any] | None = None
        try:
            judged = None if self._judging is None else self._judging.state(self._id(row))
        except WorkbenchError as problem:
            judged = {"problem": problem.sentence()}
        group = self._with_ids((judged or {}).get("group", ())[:_MOST_IN_GROUP])
        return {"op": "detail", "detail": self._detail(row), "judged": judged, "group": group}, []

    def _with_ids(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of these events, as far as they are there."""
        found = (self.events.with_id(each) for each in ids)
        rows = [row for at in found if at is not None for row in rows_of(self.events, [at])]
        return [row | self._judging.told(row["id"]) for row in rows] if self._judging else rows

    def _id(self, row: int) -> str:
        return str(self.events.part([row])["id"].iloc[0])


def saved(state: dict[str, Any]) -> dict[str, Any]:
    """The acknowledgement of an edit: it is on disk, since this second (UTC), and this is what holds now."""
    return {"op": "saved", "state": state, "at": now_utc()[11:19]}


def _unknown(message: Mapping[str, Any]) -> Reply:
    raise WorkbenchError(f"the explorer does not know the question {message.get('op')!r}")
