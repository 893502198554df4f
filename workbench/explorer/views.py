"""What is seen of many events: the lanes of a window, the rows of its table, and steps from one event to the next.

All of it is asked with the same few wishes: ``query`` and whether ``only`` what it finds is shown or all with it in
the light, ``until`` which moment things are known, whether what people hid is left out, and whether the table folds.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workbench.errors import WorkbenchError
from workbench.explorer.background import Background
from workbench.explorer.folds import Folds
from workbench.explorer.matching import Search, with_said
from workbench.explorer.message import ns, number, numbers, whole, window
from workbench.explorer.page import rows_of
from workbench.explorer.scope import Scope
from workbench.explorer.selection import NO_ROWS, holds

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from workbench.explorer.events import Events, Marks
    from workbench.explorer.folds import Listed
    from workbench.explorer.judged import Judged
    from workbench.explorer.judging import Judging
    from workbench.explorer.lanes import Rows
    from workbench.explorer.message import Known, Message, Reply
    from workbench.explorer.selection import Selection
    from workbench.explorer.shifted import Shifted

    Window = tuple[int, int]

MOST_BINS = 4_000
MOST_MARKS = 20_000
MOST_ROWS = 500
MOST_OPEN = 200  # folds
MOST_SEARCHES = 3  # that can go on: several tabs may look at one widget
PATIENCE = 0.08  # seconds that an answer may search for: longer, and it says how far it is
FOLDING = 0.25  # seconds that an answer waits for folds


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """The events that a question is about: ``main`` are shown, ``found`` is what the query finds of them."""

    events: Events
    every: Scope  # whatever is searched for
    main: Scope
    found: Scope | None
    share: float  # how far the search is
    seen: bool  # whether all of the window was searched
    said: tuple[str, ...]

    @property
    def lit(self) -> Scope | None:
        """What is in the light among everything; None where only it is shown, or nobody searches."""
        return self.found if self.found is not self.main else None


class Views:
    """Answers questions about many events, one at a time."""

    def __init__(self, events: Events, judging: Judging | None = None, judged: Judged | None = None) -> None:
        self._judging = judging
        self._judged = judged
        self.events = events
        self._searches: dict[str, Search] = {}  # that are not at their end
        self._folds: Background[Folds] = Background()
        self._moved: Callable[[], Folds | None] | None = None  # the folds of events whose clocks are on trial
        self._listed: dict[tuple[Any, ...], Listed] = {}
        self._spoken: dict[tuple[str, str], tuple[Selection, Selection]] = {}
        self.known: Known = {
            "view": self.view, "rows": self.rows, "near": self.near, "place": self.place, "search": self.search,
        }  # fmt: skip

    def of(self, events: Shifted) -> Views:
        """The same for these events in another order: their clocks are on trial."""
        made = Views(events, self._judging, self._judged)
        folds: Folds | None = None

        def moved() -> Folds | None:
            nonlocal folds
            if folds is None and (known := self._folded_events()) is not None:
                folds = known.placed(events.order)
            return folds

        made._moved = moved
        return made

    def view(self, message: Message) -> Reply:
        """The events of a window, one by one where they are few, else counted."""
        start, end = window(message)
        by, bins = str(message.get("by")), whole(message, "bins", 1, MOST_BINS)
        if by not in self.events.bys:
            raise WorkbenchError(f"there are no lanes by {by!r} here")
        asked = self._asked(message, (start, end))
        reply: dict[str, Any] = {
            "by": by, "start": start / 1_000_000, "end": end / 1_000_000, "bins": bins, "lanes": _lanes(asked, by),
            "found": None if asked.found is None else len(asked.found), "total": len(asked.every),
            "said": " ".join(asked.said), "share": asked.share, "seen": asked.seen, "until": message.get("until"),
        }  # fmt: skip
        marks = asked.main.marks(by, start, end, whole(message, "most", 0, MOST_MARKS)) if message.get("most") else None
        if marks is not None:
            hits = None if asked.lit is None or asked.lit.chosen is None else holds(asked.lit.chosen.rows, marks.row)
            return reply | {"op": "marks", "count": len(marks)}, _buffers(marks, hits)
        scopes = [asked.main] if asked.lit is None else [asked.main, asked.lit]
        counts = [scope.density(by, start, end, bins) for scope in scopes]
        return reply | {"op": "density"}, [np.ascontiguousarray(each, dtype=np.uint32).data for each in counts]

    def rows(self, message: Message) -> Reply:
        """Rows of the table: ``total`` counts rows, ``events`` what they stand for, ``of`` all that the window has."""
        start, end = window(message)
        asked = self._asked(message, (start, end))
        shown: Rows | range = asked.main.rows(start, end)
        first, limit = whole(message, "offset", 0, 2**40), whole(message, "limit", 0, MOST_ROWS)
        number_of, low, high = len(shown), self.events.row_at(start), self.events.row_at(end)
        reply = {"op": "rows", "events": number_of, "of": max(0, high - low), "share": asked.share, "seen": asked.seen}
        under: npt.NDArray[np.bool_] | None = None
        listed: Listed | None = None
        if message.get("folded"):
            listed = self._folded(asked, message, (start, end))
            if listed is None:
                return reply | {"folding": True, "total": 0, "rows": []}, []
            shown, under = listed.shown(numbers(message, "open", MOST_OPEN))
        taken = [int(row) for row in shown[first : first + limit]]
        rows = self._rows(asked, taken)
        if listed is not None and under is not None:
            for row, inside in zip(rows, under[first : first + limit].tolist(), strict=True):
                row["under" if inside else "fold"] = True if inside else listed.told(self.events, row["row"])
        return reply | {"total": len(shown), "rows": rows}, []

    def _rows(self, asked: Asked, taken: list[int]) -> list[dict[str, Any]]:
        """The rows as the table shows them, with what people said of them and whether they were found."""
        ordered = sorted(set(taken))
        rows = {row["row"]: row for row in rows_of(asked.events, ordered)}
        if asked.lit is not None and asked.lit.chosen is not None:
            for row, hit in zip(ordered, holds(asked.lit.chosen.rows, np.array(ordered, dtype=np.uint32)), strict=True):
                rows[row]["hit"] = bool(hit)
        if self._judging is not None:
            with suppress(WorkbenchError):  # a journal that cannot be read: the panel says so
                for each in rows.values():
                    each.update(self._judging.told(each["id"]))
        return [dict(rows[row]) for row in taken]

    def near(self, message: Message) -> Reply:
        """The next or previous event or error, of those that were found where somebody searches."""
        what: Literal["event", "error"] = "error" if message.get("what") == "error" else "event"
        asked = self._asked(message, self.events.extent)
        if not asked.seen:
            return {"op": "near", "row": None, "time": None, "searching": asked.share}, []
        at, step = ns(message, "at"), 1 if number(message, "step") > 0 else -1
        row = self.row(message) if message.get("row") is not None else None
        scope = asked.main if asked.found is None else asked.found
        listed = self._folded(asked, message, self.events.extent, scope) if message.get("folded") else None
        found = scope.near(at, step, what, row=row) if listed is None else self._head(listed, at, step, what, row)
        return {
            "op": "near",
            "row": found,
            "time": None if found is None else int(self.events.times[found]) / 1_000_000,
        }, []

    def _head(self, listed: Listed, at: int, step: int, what: str, row: int | None) -> int | None:
        """The next row of a folded table: from fold to fold."""
        heads = listed.heads
        if what == "error":
            heads = heads[self.events.grades[heads] == 2]
        place = listed.head(row) + (step > 0) if row is not None else self.events.row_at(at + (step > 0))
        index = int(np.searchsorted(heads, np.uint32(place))) - (step < 0)
        return int(heads[index]) if 0 <= index < len(heads) else None

    def place(self, message: Message) -> Reply:
        """Where an event, or the first one at a moment, stands among the window's rows; whether it is one of them."""
        start, end = window(message)
        named = message.get("row") is not None
        row = self.row(message) if named else self.events.row_at(ns(message, "at"))
        asked = self._asked(message, (start, end))
        listed = self._folded(asked, message, (start, end)) if message.get("folded") else None
        if listed is None or row >= len(self.events):
            place, held = asked.main.place(start, end, row)
        else:
            place, held = listed.place(row, numbers(message, "open", MOST_OPEN))
            held = held or bool(holds(listed.rows, np.array([row]))[0])  # the row of its fold stands for it
        return {"op": "place", "place": place, "held": named and held}, []

    def search(self, message: Message) -> Reply:
        """Searches on for a moment, what is in view first, and says how far it is."""
        asked = self._asked(message, window(message))
        found = None if asked.found is None else len(asked.found)
        return {"op": "search", "share": asked.share, "seen": asked.seen, "found": found}, []

    def row(self, message: Message) -> int:
        """The number of an event: where its id is named too, the number that it has by now."""
        if not len(self.events):
            raise WorkbenchError("there are no events")
        row, event = whole(message, "row", 0, len(self.events) - 1), message.get("event")
        if not event or self.events.part([row])["id"].iloc[0] == event:
            return row
        found = self.events.with_id(str(event))
        if found is None:
            raise WorkbenchError("this event is not among those of the incident any more")
        return found

    # ---- what a question is about

    def _asked(self, message: Message, here: Window) -> Asked:
        chosen, share, seen = self._chosen(message, here)
        if chosen is not None:
            chosen = self._with_said(chosen, str(message.get("query")))
        until = ns(message, "until") if message.get("until") is not None else None
        without = self._judged.hidden if self._judged is not None and message.get("bare") else NO_ROWS

        def scope(selection: Selection | None) -> Scope:
            return Scope.of(self.events, selection, until=until, without=without)

        every, found = scope(None), None if chosen is None else scope(chosen)
        main = found if found is not None and message.get("only") is not False else every
        said = chosen.said if chosen else ()
        return Asked(events=self.events, every=every, main=main, found=found, share=share, seen=seen, said=said)

    def _chosen(self, message: Message, here: Window) -> tuple[Selection | None, float, bool]:
        """What the query finds so far, how far it is, and whether it saw the window; None where nobody searches."""
        query = str(message.get("query") or "").strip()
        found = self.events.kept(query) if query else None
        if not query or found is not None:
            return found, 1.0, True
        search = self._searches.get(query) or Search(self.events, query)
        ends, (first, last) = time.monotonic() + PATIENCE, (self.events.row_at(each) for each in here)
        before = search.share
        search.go_on(lambda: search.share > before and time.monotonic() > ends, first, last)
        if search.why:
            raise WorkbenchError(search.why)
        found = search.selection()
        self._searches = {each: one for each, one in self._searches.items() if each != query}
        if search.complete:
            self.events.keep(query, found)
        else:
            self._searches = dict([*self._searches.items(), (query, search)][-MOST_SEARCHES:])
        return found, search.share, search.saw(first, last)

    def _with_said(self, found: Selection, query: str) -> Selection:
        """What is found where people's own words and notes count as well; the last few are kept."""
        said = None
        if self._judged is not None:
            with suppress(WorkbenchError):  # a journal that cannot be read: the panel says so
                said = self._judged.said
        if said is None or self._judged is None:
            return found
        key = query, self._judged.revision
        kept, made = self._spoken.get(key, (None, found))
        if kept is not found:
            made = with_said(found, query, said)
            self._spoken = dict([*self._spoken.items(), (key, (found, made))][-MOST_SEARCHES:])
        return made

    def _folded_events(self) -> Folds | None:
        return self._folds.get("all", lambda: Folds.of(self.events), FOLDING)

    def _folded(self, asked: Asked, message: Message, here: Window, scope: Scope | None = None) -> Listed | None:
        """The window as a folded table lists it; None while the folds are being found."""
        folds = self._folded_events() if self._moved is None else self._moved()
        if folds is None:
            return None
        hidden = asked.main.without.tobytes()
        key = (
            *here,
            message.get("query"),
            message.get("only"),
            message.get("until"),
            hidden,
            self._judged.revision if self._judged is not None else "",
            asked.share,
            scope is None,
        )
        if key not in self._listed:
            rows = (asked.main if scope is None else scope).rows(*here)
            self._listed = {**dict(list(self._listed.items())[-2:]), key: folds.listed(rows)}
        return self._listed[key]


def _lanes(asked: Asked, by: str) -> list[dict[str, Any]]:
    """The lanes with the counts of what is shown; and of what is in the light, where that is less."""
    names = [lane.name for lane in asked.events.lanes(by)]
    lanes = [
        {"name": name, "count": events, "errors": errors}
        for name, (events, errors) in zip(names, asked.main.lanes(by), strict=True)
    ]
    if asked.lit is not None:
        for lane, (events, errors) in zip(lanes, asked.lit.lanes(by), strict=True):
            lane |= {"found": events, "found_errors": errors}
    return lanes


def _buffers(marks: Marks, hits: npt.NDArray[np.bool_] | None) -> list[memoryview]:
    """In the order that the browser reads them."""
    kinds: list[tuple[npt.NDArray[Any], type[np.generic]]] = [
        (marks.lane, np.uint16), (marks.grade, np.uint8), (marks.time, np.float64), (marks.earliest, np.float64),
        (marks.latest, np.float64), (marks.row, np.uint32),
    ]  # fmt: skip
    if hits is not None:
        kinds.append((hits, np.uint8))
    return [np.ascontiguousarray(values, dtype=kind).data for values, kind in kinds]
