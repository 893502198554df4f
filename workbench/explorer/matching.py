"""A query's rows: what is cheap is asked first, and texts are read only of the rows that are still in question.

Texts are searched by polars' engine, which is linear in time, some rows at once on each processor. The portions follow
how fast they are done, so that a search can be given up soon, however dear its expression is.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock import format_utc
from workbench.clock.zone import DAY
from workbench.explorer.probes import Span, WrongExpressionError, probe
from workbench.explorer.query import Moment, Term, parse
from workbench.explorer.selection import NO_ROWS, Selection, holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows
    from workbench.explorer.probes import Probe, Said
    from workbench.explorer.query import Query

    Groups = list[list[Probe]]

SECONDS = 20.0  # after which a search that nobody can stop is given up
_WORKERS = max(1, min(4, os.cpu_count() or 1))
_LEAST, _MOST = 64, 1 << 20  # rows of a portion
_PORTION = 0.06  # seconds of a portion: what a person does not feel
_SHARED = 1 << 14  # rows of which threads are worth their while
_PART = 1 << 17  # rows that a worker takes at once
_SLOW = "The search was given up after {seconds:.0f} s, {done:.0%} of the way: a simpler expression finds the rest."


def matched(events: Events, text: str, first: int, last: int, cancelled: Callable[[], bool]) -> Selection:
    """The selection of rows ``first`` to ``last``; of a wrong query its sentence."""
    search = Search(events, text, first, last)
    ends = time.monotonic() + SECONDS
    search.go_on(lambda: cancelled() or time.monotonic() > ends)
    found = search.selection()
    if found.why or found.complete or cancelled():
        return found
    return replace(found, why=_SLOW.format(seconds=SECONDS, done=search.share))


class Search:
    """A search over rows ``first`` to ``last`` that is done in portions: whoever waits for it asks it to go on."""

    def __init__(self, events: Events, text: str, first: int = 0, last: int | None = None) -> None:
        self.events, self.text = events, text
        last = len(events) if last is None else last
        self._all = max(0, last - first)
        self._rest = [(first, last)] if self._all else []  # what is still to be asked, in order
        self._found: dict[int, Rows] = {}  # by the first row of each portion
        self._size = _LEAST
        query, self.said = _dated(events, parse(text))
        self.why, self._groups = query.why, []
        try:
            self._groups = _probes(events, query)
        except WrongExpressionError as wrong:
            self.why = str(wrong)
        if self.why:
            self._rest = []

    @property
    def share(self) -> float:
        """How far it is, 0 to 1."""
        return 1.0 if self.complete else 1 - sum(last - first for first, last in self._rest) / self._all

    @property
    def complete(self) -> bool:
        """Whether all rows were asked."""
        return not self._rest

    def saw(self, first: int, last: int) -> bool:
        """Whether all rows from ``first`` to ``last`` were asked."""
        return all(high <= first or low >= last for low, high in self._rest)

    def go_on(self, ended: Callable[[], bool], first: int = 0, last: int = 0) -> None:
        """Asks on until it is told to end, those of a stretch before all others."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            while self._rest and not ended():
                self._portion(pool, first, last)

    def _portion(self, pool: ThreadPoolExecutor, first: int, last: int) -> None:
        at, low, high = self._next(first, last)
        began, end = time.perf_counter(), min(high, low + self._size)
        spans = list(_spans(self.events, low, end))
        ask = partial(_asked, self._groups)
        found = list(pool.map(ask, spans) if len(spans) > 1 else map(ask, spans))
        self._found[low] = np.concatenate(found)
        left = (self._rest[at][0], low), (end, self._rest[at][1])
        self._rest[at : at + 1] = [each for each in left if each[0] < each[1]]
        self._size = _next_size(end - low, time.perf_counter() - began)

    def _next(self, first: int, last: int) -> tuple[int, int, int]:
        """What is asked next: the rest that it is of, and its rows: the stretch's, else those after it."""
        for at, (low, high) in enumerate(self._rest):
            if max(low, first) < min(high, last):
                return at, max(low, first), min(high, last)
        after = next((at for at, (low, _) in enumerate(self._rest) if low >= last), 0)
        return after, *self._rest[after]

    def selection(self) -> Selection:
        """What was found so far."""
        parts = [rows for _, rows in sorted(self._found.items())]
        rows = np.concatenate(parts) if parts else NO_ROWS
        return Selection(events=self.events, rows=rows, why=self.why, said=self.said, complete=self.complete)


def with_said(found: Selection, text: str, said: Said) -> Selection:
    """The selection of a query as it is where what people said of some events counts: those are asked again."""
    events, rows = found.events, said.rows
    query, _ = _dated(events, parse(text))
    if found.why or query.why or not len(rows):
        return found
    hits = _asked(_probes(events, query, said), Span(events, 0, len(events), rows.astype(np.int64)))
    kept = found.rows[~holds(rows, found.rows)]
    return replace(found, rows=np.insert(kept, np.searchsorted(kept, hits), hits), _placed={}, _errors=[])


def _probes(events: Events, query: Query, said: Said | None = None) -> Groups:
    """The groups as probes; what reads no texts comes first: it takes rows out of the dear question."""
    groups = [[probe(events, term, said) for term in group] for group in query.groups]
    return sorted(groups, key=lambda group: any(one.reads for one in group))


def _dated(events: Events, query: Query) -> tuple[Query, tuple[str, ...]]:
    """The query with a day for its clocks, and the sentences that say which."""
    day = events.busiest_day if events.day is None else events.day
    said: list[str] = []

    def dated(term: Term) -> Term:
        test = term.test
        if not isinstance(test, Moment) or not test.is_clock:
            return term
        found = replace(test, ns=day // DAY * DAY + test.ns, is_clock=False)
        said.append(f"{'After' if test.after else 'Before'} {format_utc(found.ns, digits=0)}.")
        return replace(term, test=found)

    groups = tuple(tuple(dated(term) for term in group) for group in query.groups)
    return replace(query, groups=groups), tuple(dict.fromkeys(said))


def _next_size(size: int, took: float) -> int:
    return max(_LEAST, min(_MOST, size * 16, round(size * _PORTION / max(took, 1e-6))))


def _spans(events: Events, first: int, last: int) -> Iterator[Span]:
    """The rows in parts for the workers, so small that what is made of them stays in the processor; a few in one."""
    parts = max(_WORKERS, -(-(last - first) // _PART)) if last - first >= _SHARED else 1
    edges = [first + (last - first) * part // parts for part in range(parts + 1)]
    yield from (Span(events, low, high) for low, high in pairwise(edges))


def _asked(groups: Groups, span: Span) -> Rows:
    for group in groups:
        if not len(span):
            return NO_ROWS
        span = span.where(_one_of(group, span))
    found = np.arange(span.last - span.first) if span.alive is None else span.alive
    return (found + span.first).astype(np.uint32)


def _one_of(group: list[Probe], span: Span) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = group[0].of(span)
    for one in group[1:]:
        found = found | one.of(span)
    return found
