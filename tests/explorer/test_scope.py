"""What could be known by a moment, what is left out and what was found: bins, rows and steps tell of the same events."""

from __future__ import annotations

import numpy as np
import pytest
from frames import SECOND, START, frames
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.explorer.events import BYS, Events
from workbench.explorer.scope import Scope

BEGIN = START.value
queries = st.sampled_from((None, "pool", "level>=warn", "-timeout", "nothing at all"))
moments = st.one_of(st.none(), st.integers(-7, 37).map(lambda second: BEGIN + second * SECOND))
seconds = st.integers(-3, 35)
left_out = st.sets(st.integers(0, 45), max_size=5)


def scoped(events: Events, query: str | None, until: int | None, without: set[int]) -> tuple[Scope, list[int]]:
    """The scope, and the rows that it must have, found one by one."""
    chosen = None if query is None else events.selection(query)
    rows = range(len(events)) if chosen is None else chosen.rows.tolist()
    known = [row for row in rows if until is None or events.earliest[row] <= until]
    hidden = np.array(sorted(row for row in without if row < len(events)), dtype=np.uint32)
    return Scope.of(events, chosen, until=until, without=hidden), [row for row in known if row not in without]


@settings(max_examples=150, deadline=None)
@given(frames, st.sampled_from(BYS), queries, moments, left_out, seconds, seconds, st.integers(1, 20))
def test_bins_lanes_and_rows_hold_what_could_be_known(frame, by, query, until, without, low, high, bins) -> None:
    """An event is in it from its earliest moment on: everywhere the same events, each once."""
    events = Events.of(frame)
    scope, wanted = scoped(events, query, until, without)
    start, end = BEGIN + min(low, high) * SECOND, BEGIN + max(low, high) * SECOND
    inside = [row for row in wanted if start <= events.times[row] < end]
    assert list(scope.rows(start, end)) == inside
    assert len(scope) == len(wanted)
    assert [count for count, _ in scope.lanes(by)] == [
        sum(1 for row in wanted if events.keys(by, np.array([row]))[0] // 3 == lane)
        for lane in range(len(events.lanes(by)))
    ]
    found = scope.density(by, start, end, bins)
    for key in range(3 * len(events.lanes(by))):
        own = [row for row in inside if events.keys(by, np.array([row]))[0] == key]
        assert found[key // 3, key % 3].sum() == len(own)
        whole = Events.of(frame).density(by, start, end, bins)[key // 3, key % 3]
        assert (found[key // 3, key % 3] <= whole).all()


@settings(max_examples=100, deadline=None)
@given(frames, queries, moments, left_out, st.sampled_from(("event", "error")))
def test_steps_visit_what_could_be_known(frame, query, until, without, what) -> None:
    """From row to row each is visited once, forwards and backwards; from a time too."""
    events = Events.of(frame)
    scope, rows = scoped(events, query, until, without)
    wanted = [row for row in rows if what == "event" or events.grades[row] == 2]
    for step, start in ((1, BEGIN - SECOND), (-1, BEGIN + 99 * SECOND)):
        visited, row = [], scope.near(start, step, what)
        while row is not None:
            visited.append(row)
            row = scope.near(int(events.times[row]), step, what, row=row)
        assert visited == wanted[::step]
    for at in range(-1, 33):
        ns = BEGIN + at * SECOND
        assert scope.near(ns, 1, what) == next((row for row in wanted if events.times[row] > ns), None)
        assert scope.near(ns, -1, what) == next((row for row in wanted[::-1] if events.times[row] < ns), None)


@settings(max_examples=80, deadline=None)
@given(frames, queries, moments, left_out, seconds, seconds)
def test_marks_and_places_are_of_the_rows(frame, query, until, without, low, high) -> None:
    """Each mark in its lane at its time; the place of a row is its number among the rows."""
    events = Events.of(frame)
    scope, wanted = scoped(events, query, until, without)
    start, end = BEGIN + min(low, high) * SECOND, BEGIN + max(low, high) * SECOND
    rows = [row for row in wanted if start <= events.times[row] < end]
    marks = scope.marks("service", start, end, len(rows))
    assert marks is not None
    assert marks.row.tolist() == rows
    assert (marks.lane * 3 + marks.grade).tolist() == events.keys("service", marks.row).tolist()
    assert (marks.time * 1e6 + start).tolist() == pytest.approx(events.times[rows].tolist())
    assert [scope.place(start, end, row) for row in rows] == [(at, True) for at in range(len(rows))]
    for row in set(range(len(events))) - set(rows):
        assert scope.place(start, end, row)[1] is False
    if rows:
        assert scope.marks("service", start, end, len(rows) - 1) is None
