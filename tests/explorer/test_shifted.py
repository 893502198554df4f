"""Events whose clocks are tried otherwise answer as events would that were read so."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frames import SECOND, START, frames
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.explorer.events import BYS, Events
from workbench.explorer.shifted import Moved, Shifted

steps = st.integers(-20, 20)
queries = st.sampled_from(
    (None, "pool", "level>=warn", "-timeout", "after:14:00:10", "source:a.log OR before:14:00:05")
)
BEGIN = START.value
HOUR = 3600 * SECOND


def moved(frame: pd.DataFrame, by: int) -> tuple[Shifted, Events]:
    """The frame's events with those of a.log moved by so many seconds, and the events of a frame that has them so."""
    base = Events.of(frame)
    rows = np.flatnonzero((base.frame["source"] == "a.log").to_numpy()).astype(np.uint32)
    one = {"time": by * SECOND, "earliest": by * SECOND, "latest": by * SECOND}
    ordered = base.frame.copy()
    for name in one:
        ordered[name] += pd.to_timedelta(np.where(ordered["source"] == "a.log", by, 0), unit="s")
    other = Events.of(ordered)
    other.day = base.busiest_day
    return Shifted.by(base, [Moved(rows=rows, **one)]), other


@settings(max_examples=80, deadline=None)
@given(frames, steps, st.sampled_from(BYS), queries)
def test_all_answers_are_those_of_events_that_stand_so(frame, by, lanes, query) -> None:
    """Bins, lanes, rows, marks and what a query finds."""
    found, wanted = moved(frame, by)
    window = (BEGIN - 30 * SECOND, BEGIN + 60 * SECOND)
    one, other = (None if query is None else each.selection(query) for each in (found, wanted))
    assert found.extent == wanted.extent
    assert found.lanes(lanes) == wanted.lanes(lanes)
    assert found.density(lanes, *window, 17, one).tolist() == wanted.density(lanes, *window, 17, other).tolist()
    assert found.rows(*window, 0, 1000, one) == wanted.rows(*window, 0, 1000, other)
    marks, same = found.marks(lanes, *window, 1000, one), wanted.marks(lanes, *window, 1000, other)
    for name in ("lane", "grade", "time", "earliest", "latest", "row"):
        assert getattr(marks, name).tolist() == getattr(same, name).tolist(), name


@settings(max_examples=40, deadline=None)
@given(frames, steps, queries)
def test_an_event_is_found_by_its_id_wherever_it_stands(frame, by, query) -> None:
    """And what was asked before is asked again of a new search only where it asks for times."""
    found, _ = moved(frame, by)
    for row in range(len(found)):
        (cells,) = found.rows(*found.extent, row, 1).rows
        assert found.with_id(cells["id"]) == row
        assert found.part([row])["id"].tolist() == [cells["id"]]
        assert found.at_line(cells["source"], cells["line"]) == row
    assert found.with_id("nobody") is None
    if query:
        assert found.selection(query).rows.tolist() == found.selection(query).rows.tolist()


def test_a_search_is_not_done_again_for_another_shift() -> None:
    """What is asked of words is known; only times are asked anew."""
    frame = pd.DataFrame(
        {"time": [START, START + pd.Timedelta(seconds=5)], "source": ["a.log", "b.log"], "message": ["x", "x"]}
    )
    base = Events.of(frame)
    base.selection("x")
    found = Shifted.by(base, [Moved(rows=np.array([0], dtype=np.uint32), time=9 * SECOND)])
    assert found.kept("x").rows.tolist() == [0, 1]
    assert found.kept("after:14:00") is None
    found.keep("y", found.selection("x"))
    assert base.kept("y").rows.tolist() == [0, 1], "what is searched while a clock is on trial holds for the next trial"


def test_an_interval_holds_its_time() -> None:
    """Also where its bounds move otherwise."""
    frame = pd.DataFrame({"time": [START], "source": ["a.log"], "message": ["x"]})
    found = Shifted.by(Events.of(frame), [Moved(rows=np.array([0], dtype=np.uint32), time=HOUR)])
    assert found.earliest[0] <= found.times[0] <= found.latest[0]
