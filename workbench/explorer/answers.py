"""What the explorer's browser side asks, and what is answered: the whole protocol, without a widget."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from workbench.clock import now_utc
from workbench.errors import WorkbenchError
from workbench.explorer.conflict import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.explorer.events import Events, Marks
    from workbench.explorer.judging import Judging
    from workbench.explorer.selection import Selection

    Reply = tuple[dict[str, Any], list[memoryview]]

MOST_BINS = 4_000
MOST_MARKS = 20_000
MOST_ROWS = 500


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
    ) -> None:
        self.events = events  # as the question at hand has them: clocks may be on trial
        self.base = events  # as they were read
        self.turn = 0  # how often they were read again
        self.on_trial: Callable[[Any], Events] | None = None
        self._detail = detail
        self._judging = judging
        self._known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "view": self.view, "rows": self.rows, "near": self.near, "place": self.place, "detail": self.detail,
            "find": self.find,
        }  # fmt: skip
        if judging is not None:
            self._known["judge"] = self.judge
        for desk in desks:
            self._known |= desk.known

    def adopt(self, events: Events) -> None:
        """Events of sources that were read anew: row numbers are others from now on, ids are the same."""
        self.events = self.base = events
        self.turn += 1

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """The reply and its buffers; a problem that a person can mend is a sentence."""
        seq, op = message.get("seq"), str(message.get("op"))
        try:
            trial = message.get("trial")
            self.events = self.on_trial(trial) if trial and self.on_trial else self.base
            reply, buffers = self._known.get(op, _unknown)(message)
        except ConflictError as conflict:
            reply, buffers = {"op": "conflict", "state": conflict.state, "sentence": conflict.sentence()}, []
        except WorkbenchError as problem:
            reply, buffers = {"op": "problem", "sentence": problem.sentence()}, []
        return reply | {"seq": seq, **({"turn": self.turn} if self.turn else {})}, buffers

    def view(self, message: Mapping[str, Any]) -> Reply:
        """The events of a window, one by one where they are few, else counted."""
        start, end = _window(message)
        by, bins = str(message.get("by")), _whole(message, "bins", 1, MOST_BINS)
        if by not in self.events.bys:
            raise WorkbenchError(f"there are no lanes by {by!r} here")
        chosen = self._chosen(message)
        reply: dict[str, Any] = {
            "by": by, "start": start / 1e6, "end": end / 1e6, "bins": bins, "lanes": self._lanes(by, chosen),
            "found": None if chosen is None else len(chosen), "said": " ".join(chosen.said) if chosen else "",
        }  # fmt: skip
        marks = self.events.marks(by, start, end, _whole(message, "most", 0, MOST_MARKS), chosen)
        if marks is None or not message.get("most"):
            counts = self.events.density(by, start, end, bins, chosen)
            return reply | {"op": "density"}, [np.ascontiguousarray(counts, dtype=np.uint32).data]
        return reply | {"op": "marks", "count": len(marks)}, _buffers(marks)

    def rows(self, message: Mapping[str, Any]) -> Reply:
        """Rows of the table."""
        start, end = _window(message)
        offset, limit = _whole(message, "offset", 0, 2**40), _whole(message, "limit", 0, MOST_ROWS)
        page = self.events.rows(start, end, offset, limit, self._chosen(message))
        if self._judging is not None:
            with suppress(WorkbenchError):  # a journal that cannot be read: the panel says so
                for row in page.rows:
                    row["mark"] = self._judging.mark(row["id"])
        return {"op": "rows", "total": page.total, "rows": page.rows}, []

    def near(self, message: Mapping[str, Any]) -> Reply:
        """The next or previous event or error."""
        what: Literal["event", "error"] = "error" if message.get("what") == "error" else "event"
        row = self.events.near(
            _ns(message, "at"), 1 if _number(message, "step") > 0 else -1, what, self._chosen(message),
            row=self._row(message) if message.get("row") is not None else None,
        )  # fmt: skip
        time = None if row is None else int(self.events.times[row]) / 1e6
        return {"op": "near", "row": row, "time": time}, []

    def find(self, message: Mapping[str, Any]) -> Reply:
        """The event with an id, or the one of a source and a line: its row and time; None where there is none."""
        event, source, line = (message.get(name) for name in ("event", "source", "line"))
        row = self.events.with_id(str(event)) if event else self.events.at_line(str(source), line)
        return {"op": "find", "row": row, "time": None if row is None else int(self.events.times[row]) / 1e6}, []

    def place(self, message: Mapping[str, Any]) -> Reply:
        """Where an event, or the first one at a moment, stands among the window's rows; whether it is one of them."""
        start, end = _window(message)
        named = message.get("row") is not None
        row = self._row(message) if named else self.events.row_at(_ns(message, "at"))
        first, last, chosen = self.events.row_at(start), self.events.row_at(end), self._chosen(message)
        held = named and first <= row < last
        if chosen is not None:
            wanted = np.array([first, row], dtype=np.uint32)
            held = held and bool(np.isin(wanted[1], chosen.rows, assume_unique=True))
            first, row = (int(each) for each in np.searchsorted(chosen.rows, wanted))
        return {"op": "place", "place": max(0, row - first), "held": held}, []

    def detail(self, message: Mapping[str, Any]) -> Reply:
        """The proof of one event, and what people said of it."""
        row = self._row(message)
        judged: dict[str, Any] | None = None
        try:
            judged = None if self._judging is None else self._judging.state(self._id(row))
        except WorkbenchError as problem:
            judged = {"problem": problem.sentence()}
        return {"op": "detail", "detail": self._detail(row), "judged": judged}, []

    def judge(self, message: Mapping[str, Any]) -> Reply:
        """Writes a judgement; what others said meanwhile is told, and then nothing is written."""
        assert self._judging is not None
        event = self._id(self._row(message))
        verb, base, key = (str(message.get(name) or "") for name in ("verb", "base", "id"))
        state = self._judging.judge(event, verb, message.get("value"), base, key=key)
        return {**saved(state), "at": state["last"]["at"][11:19], "mark": self._judging.mark(event)}, []

    def _id(self, row: int) -> str:
        return str(self.events.part([row])["id"].iloc[0])

    def _row(self, message: Mapping[str, Any]) -> int:
        """The row that a question names; where it names the event's id too, that one, wherever it stands by now."""
        if not len(self.events):
            raise WorkbenchError("there are no events")
        row, event = _whole(message, "row", 0, len(self.events) - 1), message.get("event")
        if not event or self._id(row) == event:
            return row
        found = self.events.with_id(str(event))
        if found is None:
            raise WorkbenchError("this event is not among those of the incident any more")
        return found

    def _chosen(self, message: Mapping[str, Any]) -> Selection | None:
        """What the query finds; None where nobody searches."""
        query = str(message.get("query") or "").strip()
        if not query:
            return None
        chosen = self.events.selection(query)
        if chosen.why:
            raise WorkbenchError(chosen.why)
        return chosen

    def _lanes(self, by: str, chosen: Selection | None) -> list[dict[str, Any]]:
        """The lanes with the counts of all events, or of those that were found."""
        lanes = self.events.lanes(by)
        if chosen is None:
            return [{"name": lane.name, "count": lane.count, "errors": lane.errors} for lane in lanes]
        bounds = chosen.placed(by).bounds
        return [
            {"name": lane.name, "count": int(bounds[3 * at + 3] - bounds[3 * at]),
             "errors": int(bounds[3 * at + 3] - bounds[3 * at + 2])}
            for at, lane in enumerate(lanes)
        ]  # fmt: skip


def saved(state: dict[str, Any]) -> dict[str, Any]:
    """The acknowledgement of an edit: it is on disk, since this second (UTC), and this is what holds now."""
    return {"op": "saved", "state": state, "at": now_utc()[11:19]}


def _unknown(message: Mapping[str, Any]) -> Reply:
    raise WorkbenchError(f"the explorer does not know the question {message.get('op')!r}")


def _buffers(marks: Marks) -> list[memoryview]:
    """In the order that the browser reads them."""
    kinds = (
        (marks.lane, np.uint16), (marks.grade, np.uint8), (marks.time, np.float64), (marks.earliest, np.float64),
        (marks.latest, np.float64), (marks.row, np.uint32),
    )  # fmt: skip
    return [np.ascontiguousarray(values, dtype=kind).data for values, kind in kinds]


def _number(message: Mapping[str, Any], name: str) -> float:
    value = message.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise WorkbenchError(f"the explorer's question needs a number as {name!r}")
    return float(value)


def _whole(message: Mapping[str, Any], name: str, low: int, high: int) -> int:
    return min(high, max(low, int(_number(message, name))))


def _ns(message: Mapping[str, Any], name: str) -> int:
    return round(_number(message, name) * 1_000_000)


def _window(message: Mapping[str, Any]) -> tuple[int, int]:
    start, end = _ns(message, "start"), _ns(message, "end")
    if end < start:
        raise WorkbenchError("the explorer's question has a window that ends before it begins")
    return start, end
