"""Events in the order of time, made for questions that must be answered within a frame of a picture.

What is kept besides the frame are numbers: times, grades and the codes of names. Texts stay in the frame and are read
when somebody looks at them or searches. An index of lanes is made when its column is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.clock.zone import DAY
from workbench.events.levels import level_of, rank
from workbench.explorer.lanes import ERROR, Lanes, Placed
from workbench.explorer.matching import matched
from workbench.explorer.moments import moments
from workbench.explorer.names import Names, names_of, texts
from workbench.explorer.page import MOST_ROWS, Page, rows_of
from workbench.explorer.stretches import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Literal

    import numpy.typing as npt
    import polars as pl

    from workbench.clock.zone import type_ns
    from workbench.explorer.lanes import Grades, Lane, Rows
    from workbench.explorer.selection import Selection

    Milliseconds = npt.NDArray[np.float64]

BYS = ("source", "kind", "service", "host", "actor", "level")
_MESSAGES = ("message", "msg", "text", "body", "title", "summary", "event", "name")
_MILLI = 1_000_000  # ns
_KEPT = 4  # queries whose results are at hand
_WARN = rank("warn")
_INT64 = np.iinfo(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Single events: lane, grade and row number of each; times in ms after the start of the window."""

    lane: npt.NDArray[np.uint16]
    grade: Grades
    time: Milliseconds
    earliest: Milliseconds
    latest: Milliseconds
    row: Rows

    def __len__(self) -> int:
        return len(self.row)


@dataclass(kw_only=True)
class Events:
    """All events of a frame, in order of time and then as they stood; a row's number is its place in this order.

    Windows are half open, ``start <= time < end``, in UTC ns. ``untimed`` rows of the frame had no time.
    """

    frame: pd.DataFrame
    times: type_ns
    earliest: type_ns
    latest: type_ns
    untimed: int = 0
    day: int | None = None  # UTC ns of the day that a clock without a date means in a query; None: the busiest one

    def __post_init__(self) -> None:
        self._names: dict[str, Names] = {}
        self._lanes: dict[str, tuple[Lanes, Placed]] = {}
        self._found: dict[str, Selection] = {}

    @classmethod
    def of(cls, frame: pd.DataFrame, *, time: str = "time", day: int | None = None) -> Events:
        """The events of a frame with the documented columns, or of any frame with a column of times.

        Raises ExplorerError where there are no times.
        """
        frame = frame.loc[:, ~frame.columns.duplicated()]
        found = moments(frame, time)
        ordered = frame if found.order is None else frame.iloc[found.order]
        return cls(
            frame=ordered, times=found.times, earliest=found.earliest, latest=found.latest,
            untimed=found.untimed, day=day,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.times)

    @property
    def extent(self) -> tuple[int, int]:
        """From the first event to just after the last: the window that holds all; (0, 1) where there are none."""
        return (int(self.times[0]), int(self.times[-1]) + 1) if len(self) else (0, 1)

    @property
    def bys(self) -> tuple[str, ...]:
        """The columns that make lanes here."""
        return tuple(name for name in BYS if name in self.frame.columns) or BYS[:1]

    @cached_property
    def message(self) -> str:
        """The column that says what happened; in a frame that is not ours, the one that most likely does."""
        known = [name for name in _MESSAGES if name in self.frame.columns]
        return known[0] if known else next((str(each) for each in self._free_texts()), "message")

    def _free_texts(self) -> list[Any]:
        told = {*BYS, "id", "time", "action", "attributes", "zone_basis"}
        columns = self.frame.columns
        return [each for each in columns if each not in told and isinstance(self.frame[each].dtype, pd.StringDtype)]

    @cached_property
    def grades(self) -> Grades:
        """0 quiet, 1 a warning, 2 an error or worse, by the level."""
        names = self.names("level")
        ranks = [rank(level_of(name)) for name in names.names.to_list()]
        grade = np.array([0 if each < _WARN else 1 if each == _WARN else ERROR for each in ranks], dtype=np.uint8)
        return grade[names.codes]

    def names(self, column: str) -> Names:
        """The column as names and codes, kept."""
        if column not in self._names:
            known = self.frame[column] if column in self.frame.columns else None
            self._names[column] = names_of(known, len(self))
        return self._names[column]

    def texts(self, column: str, first: int, last: int) -> pl.Series | None:
        """The texts of rows ``first`` to ``last``; None where there is no such column."""
        return texts(self.frame[column].iloc[first:last]) if column in self.frame.columns else None

    def part(self, rows: Sequence[int]) -> pd.DataFrame:
        """The cells of some rows; neighbours are cut out of the frame, which is cheaper than taking single ones."""
        together = len(rows) and bool((np.diff(np.asarray(rows)) == 1).all())
        return self.frame.iloc[slice(rows[0], rows[-1] + 1) if together else list(rows)]

    def with_id(self, event: str) -> int | None:
        """The row of the event with this id; None where there is none."""
        found = self._where({"id": event})
        return int(found[0]) if len(found) else None

    def at_line(self, source: str, line: object) -> int | None:
        """The row of the event at a line of a source, or of the last one before it: a line may continue an event."""
        if not isinstance(line, int):
            return None
        rows = self._where({"source": source})
        lines = self.frame["line"].iloc[rows].to_numpy(dtype=np.float64, na_value=np.nan) if len(rows) else rows
        before = np.flatnonzero(lines <= line)
        return int(rows[before[np.argmax(lines[before])]]) if len(before) else None

    def _where(self, wanted: dict[str, str]) -> Rows:
        """The rows whose column says this; none where there is no such column."""
        ((column, value),) = wanted.items()
        if column not in self.frame.columns:
            return np.array([], dtype=np.uint32)
        return np.flatnonzero((self.frame[column] == value).to_numpy(dtype=bool, na_value=False)).astype(np.uint32)

    def parts(self, column: str, first: int, last: int) -> list[pa.Array] | None:
        """The same texts as Arrow keeps them, one after another; None where they are not kept so."""
        known = self.frame[column] if column in self.frame.columns else None
        if known is None or not isinstance(known.dtype, pd.StringDtype):
            return None
        return parts_of(pa.array(known.iloc[first:last]))

    def lanes(self, by: str) -> list[Lane]:
        """At most 40 lanes, the biggest first, and one for all others."""
        return list(self._index(by)[0].lanes)

    def placed(self, by: str, rows: Rows) -> Placed:
        """These rows by lane and grade."""
        lanes = self._index(by)[0]
        return Placed.of(lanes.keys(self.names(by), self.grades, rows), len(lanes.lanes), rows)

    def keys(self, by: str, rows: Rows) -> Grades:
        """Lane and grade of these rows, as one number each: lane * 3 + grade."""
        return self._index(by)[0].keys(self.names(by), self.grades, rows)

    def _index(self, by: str) -> tuple[Lanes, Placed]:
        if by not in self._lanes:
            lanes = Lanes.of(self.names(by), self.grades)
            self._lanes[by] = lanes, Placed.of(lanes.keys(self.names(by), self.grades), len(lanes.lanes))
        return self._lanes[by]

    def row_at(self, ns: int) -> int:
        """The number of the first row at this time or after it."""
        return int(np.searchsorted(self.times, _held(ns)))

    def early(self, first: int, ns: int) -> Rows:
        """Of the rows from ``first`` on those that may have happened by a moment, for all that their times say."""
        last = self.row_at(ns + self._ahead + 1)
        return (np.flatnonzero(self.earliest[first:last] <= ns) + first).astype(np.uint32)

    @cached_property
    def _ahead(self) -> int:
        """How long before its time an event may have happened at most, ns."""
        return 0 if self.earliest is self.times or not len(self) else int((self.times - self.earliest).max())

    def density(
        self, by: str, start: int, end: int, bins: int, chosen: Selection | None = None
    ) -> npt.NDArray[np.uint32]:
        """How many events each bin holds, as lanes x 3 grades x bins; bins are equally wide, to the nanosecond."""
        step, rest = divmod(max(0, end - start), bins)
        edges = [_held(start + step * at + rest * at // bins) for at in range(bins + 1)]
        rows = np.searchsorted(self.times, np.array(edges, dtype=np.int64)).astype(np.uint32)
        placed = self._index(by)[1] if chosen is None else chosen.placed(by)
        return placed.density(rows)

    def marks(self, by: str, start: int, end: int, most: int, chosen: Selection | None = None) -> Marks | None:
        """Every event of the window, or None where there are more than ``most``."""
        rows = self._window(start, end, chosen)
        if len(rows) > most:
            return None
        at = np.asarray(rows, dtype=np.uint32)
        return Marks(
            lane=self._index(by)[0].lane_of[self.names(by).codes[at]].astype(np.uint16),
            grade=self.grades[at],
            time=(self.times[at] - start) / _MILLI,
            earliest=(self.earliest[at] - start) / _MILLI,
            latest=(self.latest[at] - start) / _MILLI,
            row=at,
        )

    def _window(self, start: int, end: int, chosen: Selection | None) -> range | Rows:
        """The row numbers of a window: of all events they are not written out."""
        first, last = self.row_at(start), self.row_at(max(start, end))
        if chosen is None:
            return range(first, last)
        low, high = np.searchsorted(chosen.rows, np.array([first, last], dtype=np.uint32))
        return chosen.rows[low:high]

    def rows(self, start: int, end: int, offset: int, limit: int, chosen: Selection | None = None) -> Page:
        """Rows of the window from ``offset`` on, at most 1,000 at once, with the number of all."""
        rows = self._window(start, end, chosen)
        first = max(0, offset)
        taken = [int(row) for row in rows[first : first + min(max(0, limit), MOST_ROWS)]]
        return Page(total=len(rows), rows=rows_of(self, taken))

    def near(
        self,
        at_ns: int,
        step: int,
        what: Literal["event", "error"] = "event",
        chosen: Selection | None = None,
        *,
        row: int | None = None,
    ) -> int | None:
        """The next event (``step`` +1) after a time, or the one before it (-1); None where there is none.

        Several events may have one time: whoever stands on an event names its ``row``, and none is passed over.
        """
        after = _held(at_ns + 1) if step > 0 else _held(at_ns)
        place = self.row_at(after) if row is None else row + (step > 0)
        rows: Sequence[int] | Rows = range(len(self))
        if what == "error":
            rows = self._errors if chosen is None else chosen.errors
        elif chosen is not None:
            rows = chosen.rows
        return _beside(rows, place, step)

    @cached_property
    def _errors(self) -> Rows:
        return np.flatnonzero(self.grades == ERROR).astype(np.uint32)

    @cached_property
    def busiest_day(self) -> int:
        """Midnight (UTC ns) of the day with most events: the one that a clock without a date most likely means."""
        if not len(self):
            return 0
        first, last = (int(each) // DAY for each in (self.times[0], self.times[-1]))
        if last - first > 100_000:
            return first * DAY
        midnights = np.arange(first, last + 2, dtype=np.int64) * DAY
        return int(midnights[np.argmax(np.diff(np.searchsorted(self.times, midnights)))])

    def selection(
        self,
        query: str,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        start: int | None = None,
        end: int | None = None,
    ) -> Selection:
        """What the query finds (``workbench.explorer.query``), of all events or of a window; never raises for a query.

        The last few results over all events are kept, and serve a window too: whoever pans does not search again.
        """
        if (known := self._found.get(query)) is not None:
            return known
        first = 0 if start is None else self.row_at(start)
        last = len(self) if end is None else self.row_at(end)
        found = matched(self, query, first, last, cancelled)
        if found.complete and (first, last) == (0, len(self)):
            self.keep(query, found)
        return found

    def kept(self, query: str) -> Selection | None:
        """What a query finds, where it is at hand."""
        return self._found.get(query)

    def keep(self, query: str, found: Selection) -> None:
        """Keeps what a query finds over all events, at the cost of what was kept longest."""
        # A new dictionary at a stroke: a search in another thread does not disturb this one.
        self._found = dict([*self._found.items(), (query, found)][-_KEPT:])

    def forget(self) -> None:
        """Lets go of the results that are at hand."""
        self._found = {}

    @property
    def nbytes(self) -> int:
        """Bytes held besides the frame: times are the frame's own where it stood in order."""
        held = [names.codes for names in self._names.values()] + [placed.rows for _, placed in self._lanes.values()]
        held += [found.rows for found in self._found.values()]
        held += [each for name in ("grades", "_errors") if (each := self.__dict__.get(name)) is not None]
        times = {id(each): each for each in (self.times, self.earliest, self.latest) if each.base is None}
        return sum(each.nbytes for each in (*held, *times.values()))


def _held(ns: int) -> int:
    """A time within what 64 bits hold: windows may be dragged to anywhere."""
    return min(max(int(ns), int(_INT64.min)), int(_INT64.max))


def _beside(rows: Sequence[int] | Rows, place: int, step: int) -> int | None:
    """The row at ``place`` or after it, or the one before ``place``, of those given in order."""
    if isinstance(rows, range):
        at = min(max(place, 0), len(rows))
    else:
        at = int(np.searchsorted(np.asarray(rows), np.uint32(min(max(place, 0), 2**32 - 1))))
    at = at if step > 0 else at - 1
    return int(rows[at]) if 0 <= at < len(rows) else None
