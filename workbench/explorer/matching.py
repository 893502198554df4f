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
from workbench.explorer.selection import NO_ROWS, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows
    from workbench.explorer.probes import Probe
    from workbench.explorer.query import Query

    Groups = list[list[Probe]]

SECONDS = 20.0  # after which a search is given up
_WORKERS = max(1, min(4, os.cpu_count() or 1))
_LEAST, _MOST = 64, 1 << 20  # rows of a portion
_PORTION = 0.06  # seconds of a portion: what a person does not feel
_SHARED = 1 << 14  # rows of which threads are worth their while
_SLOW = "The search was given up after {seconds:.0f} s, {done:.0%} of the way: a simpler expression finds the rest."


def matched(events: Events, text: str, first: int, last: int, cancelled: Callable[[], bool]) -> Selection:
    """The selection of rows ``first`` to ``last``; of a wrong query its sentence."""
    query, said = _dated(events, parse(text))
    if query.why:
        return Selection(events=events, why=query.why)
    try:
        groups = [[probe(events, term) for term in group] for group in query.groups]
    except WrongExpressionError as wrong:
        return Selection(events=events, why=str(wrong))
    # What reads no texts comes first: it takes rows out of the dear question.
    groups.sort(key=lambda group: any(one.reads for one in group))
    rows, reached = _rows(events, groups, first, last, _until(cancelled))
    complete = reached >= last
    slow = not complete and not cancelled()
    why = _SLOW.format(seconds=SECONDS, done=(reached - first) / max(1, last - first)) if slow else ""
    return Selection(events=events, rows=rows, why=why, said=said, complete=complete)


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


def _until(cancelled: Callable[[], bool]) -> Callable[[], bool]:
    ends = time.monotonic() + SECONDS
    return lambda: cancelled() or time.monotonic() > ends


def _rows(events: Events, groups: Groups, first: int, last: int, ended: Callable[[], bool]) -> tuple[Rows, int]:
    """The rows found, and the row before which all were asked."""
    parts: list[Rows] = []
    at, size = first, _LEAST
    with ThreadPoolExecutor(_WORKERS) as pool:
        while at < last and not ended():
            began, end = time.perf_counter(), min(last, at + size)
            spans = list(_spans(events, at, end))
            ask = partial(_asked, groups)
            parts += pool.map(ask, spans) if len(spans) > 1 else map(ask, spans)
            size, at = _next_size(end - at, time.perf_counter() - began), end
    return np.concatenate(parts) if parts else NO_ROWS, at


def _next_size(size: int, took: float) -> int:
    return max(_LEAST, min(_MOST, size * 16, round(size * _PORTION / max(took, 1e-6))))


def _spans(events: Events, first: int, last: int) -> Iterator[Span]:
    """The rows in as many parts as there are workers; a few rows in one."""
    parts = _WORKERS if last - first >= _SHARED else 1
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
