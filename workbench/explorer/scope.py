"""The events that a question is about: what a query finds, as far as it could be known, without what is left out.

An event could be known from the earliest moment that its time allows, as with ``--as-of``: all that happened by then,
and of what came later the little whose honest interval begins before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from workbench.explorer.events import Marks
from workbench.explorer.lanes import ERROR, GRADES
from workbench.explorer.selection import NO_ROWS, holds

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows
    from workbench.explorer.selection import Selection

    Counts = npt.NDArray[np.uint32]

MILLI = 1_000_000  # ns
_FAR = 2**62  # a window may be dragged beyond what 64 bits hold


@dataclass(frozen=True, eq=False, kw_only=True)
class Scope:
    """Some of the events. Rows before ``cut`` and ``later`` ones could be known; ``without`` are left out of both."""

    events: Events
    chosen: Selection | None
    until: int | None  # UTC ns
    cut: int
    later: Rows
    without: Rows

    @classmethod
    def of(
        cls, events: Events, chosen: Selection | None = None, *, until: int | None = None, without: Rows = NO_ROWS
    ) -> Scope:
        """What the selection holds, or all events; until a moment (UTC ns), and without these rows."""
        cut = len(events) if until is None else events.row_at(until + 1)
        later = NO_ROWS if until is None else events.early(cut, until)
        within = (without < cut) | holds(later, without)
        if chosen is not None:
            later, within = later[holds(chosen.rows, later)], within & holds(chosen.rows, without)
        return cls(events=events, chosen=chosen, until=until, cut=cut, later=later, without=without[within])

    @property
    def _plain(self) -> bool:
        return self.cut == len(self.events) and not len(self.without)

    def __len__(self) -> int:
        before = self.cut if self.chosen is None else int(np.searchsorted(self.chosen.rows, np.uint32(self.cut)))
        return before + len(self.later) - len(self.without)

    def rows(self, start: int, end: int) -> range | Rows:
        """The row numbers of a window, ascending; of all events they are not written out."""
        first, last = self.events.row_at(start), self.events.row_at(max(start, end))
        near = self._before(first, min(last, self.cut))
        later, without = _part(self.later, first, last), _part(self.without, first, last)
        if not len(later) and not len(without):
            return near
        rows = np.concatenate([_written(near), later])
        return np.delete(rows, np.searchsorted(rows, without))

    def _before(self, first: int, last: int) -> range | Rows:
        """Of the rows that are in it without a doubt."""
        return range(first, max(first, last)) if self.chosen is None else _part(self.chosen.rows, first, last)

    def lanes(self, by: str) -> list[tuple[int, int]]:
        """Of each lane how many events it has here, and how many of them are errors."""
        if self._plain and self.chosen is None:
            return [(lane.count, lane.errors) for lane in self.events.lanes(by)]
        start, end = self.events.extent
        counts = self.density(by, start, end, 1)[:, :, 0]
        return [(int(lane.sum()), int(lane[ERROR])) for lane in counts]

    def density(self, by: str, start: int, end: int, bins: int) -> Counts:
        """How many events each bin holds: lanes x grades x bins, as of ``Events.density``."""
        found = self.events.density(by, start, end, bins, self.chosen)
        if self._plain:
            return found
        edges, found = bin_edges(start, end, bins), found.copy()
        if self.until is not None and self.until + 1 < edges[-1]:
            self._cut(found, by, edges)
        found += self._counted(by, self.later, edges)
        found -= self._counted(by, self.without, edges)
        return found

    def _cut(self, found: Counts, by: str, edges: list[int]) -> None:
        """Takes away what came after the moment: its own bin is counted again."""
        assert self.until is not None
        at = int(np.searchsorted(edges, self.until + 1, side="right")) - 1
        found[:, :, max(0, at) :] = 0
        if at >= 0:
            found[:, :, at] = self.events.density(by, edges[at], self.until + 1, 1, self.chosen)[:, :, 0]

    def _counted(self, by: str, rows: Rows, edges: list[int]) -> Counts:
        """A few rows, counted one by one."""
        bins, lanes = len(edges) - 1, len(self.events.lanes(by))
        at = np.searchsorted(edges, self.events.times[rows], side="right") - 1
        inside = (at >= 0) & (at < bins)
        keys = self.events.keys(by, rows[inside]).astype(np.int64) * bins + at[inside]
        return np.bincount(keys, minlength=lanes * GRADES * bins).astype(np.uint32).reshape(lanes, GRADES, bins)

    def marks(self, by: str, start: int, end: int, most: int) -> Marks | None:
        """Every event of the window, or None where there are more than ``most``."""
        rows = self.rows(start, end)
        if len(rows) > most:
            return None
        at, events = _written(rows), self.events
        keys = events.keys(by, at)
        return Marks(
            lane=(keys // GRADES).astype(np.uint16), grade=keys % np.uint8(GRADES), row=at,
            time=(events.times[at] - start) / MILLI, earliest=(events.earliest[at] - start) / MILLI,
            latest=(events.latest[at] - start) / MILLI,
        )  # fmt: skip

    def near(self, at_ns: int, step: int, what: Literal["event", "error"], *, row: int | None = None) -> int | None:
        """The next event (``step`` +1) after a time or a row, or the one before it (-1); None where there is none."""
        found = self._near(at_ns, step, what, row)
        while found is not None and holds(self.without, np.array([found]))[0]:
            found = self._near(at_ns, step, what, found)
        return found

    def _near(self, at_ns: int, step: int, what: Literal["event", "error"], row: int | None) -> int | None:
        place = row if row is not None else self.events.row_at(at_ns + (step > 0))
        later = self.later if what == "event" else self.later[self.events.grades[self.later] == ERROR]
        if step > 0:
            found = self.events.near(at_ns, step, what, self.chosen, row=row)
            if found is not None and found < self.cut:
                return found
            rest = later[later > place] if row is not None else later[later >= place]
            return int(rest[0]) if len(rest) else None
        rest = later[later < place]
        if len(rest):
            return int(rest[-1])
        return self.events.near(at_ns, step, what, self.chosen, row=min(place, self.cut))

    def place(self, start: int, end: int, row: int) -> tuple[int, bool]:
        """Where a row stands among those of the window, or would stand; and whether it is one of them."""
        rows = self.rows(start, end)
        if isinstance(rows, range):
            return min(max(0, row - rows.start), len(rows)), row in rows
        at = int(np.searchsorted(rows, np.uint32(row)))
        return at, at < len(rows) and int(rows[at]) == row


def bin_edges(start: int, end: int, bins: int) -> list[int]:
    """Where the bins of a window begin, and where the last one ends: equally wide, to the nanosecond."""
    step, rest = divmod(max(0, end - start), bins)
    return [min(max(start + step * at + rest * at // bins, -_FAR), _FAR) for at in range(bins + 1)]


def _part(rows: Rows, first: int, last: int) -> Rows:
    low, high = np.searchsorted(rows, np.array([first, max(first, last)], dtype=np.uint32))
    return rows[low:high]


def _written(rows: range | Rows) -> Rows:
    return np.arange(rows.start, rows.stop, dtype=np.uint32) if isinstance(rows, range) else rows
