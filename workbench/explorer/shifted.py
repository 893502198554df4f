"""Events as they would stand if some clocks had been set otherwise: times move, and no cell and no text is copied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.explorer.events import Events
from workbench.explorer.names import Names
from workbench.explorer.query import Moment, parse
from workbench.explorer.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    import polars as pl

    from workbench.clock.zone import type_ns
    from workbench.explorer.lanes import Rows

    Step = int | type_ns  # ns: one for all rows, or one a row


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moved:
    """Ascending rows of a source, and how far (ns) their times and the bounds of their intervals move."""

    rows: Rows
    time: Step = 0
    earliest: Step = 0
    latest: Step = 0


@dataclass(kw_only=True)
class Shifted(Events):
    """The events of ``base`` in another order of time: ``order`` says which of its rows stands at each place.

    The frame is that of the base and stands in its order: cells are had by :meth:`part` and :meth:`texts` only.
    """

    base: Events
    order: Rows

    @classmethod
    def by(cls, base: Events, moves: Iterable[Moved]) -> Shifted:
        """The base with some rows moved; equal times stay in the order of the base."""
        times, earliest, latest = base.times.copy(), base.earliest.copy(), base.latest.copy()
        for each in moves:
            times[each.rows] += each.time
            earliest[each.rows] += each.earliest
            latest[each.rows] += each.latest
        # Two or three runs that are in order already: the stable sort merges them.
        order = np.argsort(times, kind="stable").astype(np.uint32)
        times = times[order]
        return cls(
            frame=base.frame, times=times, earliest=np.minimum(earliest[order], times),
            latest=np.maximum(latest[order], times), untimed=base.untimed,
            day=base.busiest_day if base.day is None else base.day, base=base, order=order,
        )  # fmt: skip

    @cached_property
    def places(self) -> Rows:
        """The place of each row of the base."""
        found = np.empty_like(self.order)
        found[self.order] = np.arange(len(self.order), dtype=np.uint32)
        return found

    def names(self, column: str) -> Names:
        """The column as names and codes: the names are those of the base."""
        if column not in self._names:
            known = self.base.names(column)
            self._names[column] = Names(known.names, known.codes[self.order])
        return self._names[column]

    def texts(self, column: str, first: int, last: int) -> pl.Series | None:
        """The texts of rows ``first`` to ``last``; None where there is no such column."""
        if column not in self._texts:
            self._texts[column] = self.base.texts(column, 0, len(self))
        known = self._texts[column]
        return None if known is None else known.gather(self.order[first:last])

    def parts(self, column: str, first: int, last: int) -> None:  # noqa: ARG002 - as of the base
        """Here its texts stand in another order than Arrow keeps them in."""
        return

    @cached_property
    def _texts(self) -> dict[str, pl.Series | None]:
        return {}

    def part(self, rows: Sequence[int]) -> pd.DataFrame:
        """The cells of some rows."""
        return self.frame.iloc[self.order[list(rows)]]

    def with_id(self, event: str) -> int | None:
        """The row of the event with this id; None where there is none."""
        row = self.base.with_id(event)
        return None if row is None else int(self.places[row])

    def at_line(self, source: str, line: object) -> int | None:
        """The row of the event at a line of a source, or of the last one before it."""
        row = self.base.at_line(source, line)
        return None if row is None else int(self.places[row])

    def kept(self, query: str) -> Selection | None:
        """What a query finds, where it is at hand: what asks for no time finds the same events as in the base."""
        found = super().kept(query)
        if found is not None or _asks_for_time(query) or (known := self.base.kept(query)) is None:
            return found
        rows = np.sort(self.places[known.rows])
        here = Selection(events=self, rows=rows, why=known.why, said=known.said, complete=known.complete)
        super().keep(query, here)
        return here

    def keep(self, query: str, found: Selection) -> None:
        """Keeps what a query finds, also for the next trial."""
        super().keep(query, found)
        if not _asks_for_time(query):
            rows = np.sort(self.order[found.rows])
            self.base.keep(query, Selection(events=self.base, rows=rows, said=found.said, complete=found.complete))

    @property
    def nbytes(self) -> int:
        """Bytes held besides the base."""
        return super().nbytes + self.order.nbytes


def _asks_for_time(query: str) -> bool:
    return any(isinstance(term.test, Moment) for group in parse(query).groups for term in group)
