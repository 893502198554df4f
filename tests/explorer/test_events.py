"""What the explorer answers adds up: bins, lanes, marks, rows and steps all tell of the same events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import SECOND, START, framed, frames
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import ExplorerError
from workbench.explorer.events import BYS, Events
from workbench.explorer.lanes import MOST

seconds = st.integers(-3, 35)
queries = st.sampled_from((None, "pool", "level>=warn", "-timeout", "service:none", "nothing at all"))
bys = st.sampled_from(BYS)
BEGIN = START.value


def window(low: int, high: int) -> tuple[int, int]:
    """A window in ns of two seconds after the start."""
    return BEGIN + min(low, high) * SECOND, BEGIN + max(low, high) * SECOND


def asked(events: Events, query: str | None):
    """The selection, or None for no query."""
    return None if query is None else events.selection(query)


@settings(max_examples=60, deadline=None)
@given(frames, bys, seconds, seconds, st.integers(1, 50), queries)
def test_bins_hold_every_event_of_the_window_once(frame, by, low, high, bins, query) -> None:
    """By lane, by grade and over all, with a query and without one."""
    events, (start, end) = Events.of(frame), window(low, high)
    chosen = asked(events, query)
    found = events.density(by, start, end, bins, chosen)
    assert found.shape == (len(events.lanes(by)), 3, bins)
    assert found.dtype == np.uint32
    rows = range(len(events)) if chosen is None else chosen.rows.tolist()
    held = [row for row in rows if start <= events.times[row] < end]
    assert found.sum() == len(held) == events.rows(start, end, 0, 0, chosen).total
    for row in held:
        width = (end - start) / bins
        bin_of = min(bins - 1, int((int(events.times[row]) - start) / width))
        near = found[:, events.grades[row], max(0, bin_of - 1) : bin_of + 2]
        assert near.sum() > 0


@settings(max_examples=60, deadline=None)
@given(frames, bys, queries)
def test_lanes_count_as_their_bins_do(frame, by, query) -> None:
    """The counts of lanes, of errors and of what was found are sums of the density."""
    events = Events.of(frame)
    lanes, found = events.lanes(by), events.density(by, *events.extent, 7)
    assert [lane.count for lane in lanes] == found.sum(axis=(1, 2)).tolist()
    assert [lane.errors for lane in lanes] == found[:, 2].sum(axis=1).tolist()
    assert [lane.count for lane in lanes] == sorted((lane.count for lane in lanes), reverse=True)
    if query:
        chosen = events.selection(query)
        assert chosen.counts(by) == events.density(by, *events.extent, 7, chosen).sum(axis=(1, 2)).tolist()


@settings(max_examples=60, deadline=None)
@given(frames, bys, seconds, seconds, queries)
def test_marks_are_the_rows(frame, by, low, high, query) -> None:
    """The same events in the same order, each in its lane, with its grade and its interval."""
    events, (start, end) = Events.of(frame), window(low, high)
    chosen = asked(events, query)
    page = events.rows(start, end, 0, 1000, chosen)
    marks = events.marks(by, start, end, page.total, chosen)
    assert marks is not None
    assert marks.row.tolist() == [row["row"] for row in page.rows]
    assert [events.lanes(by)[lane].name for lane in marks.lane] == [row.get(by) or "none" for row in page.rows]
    assert ((marks.latest - marks.earliest) / 1000).tolist() == pytest.approx([r["unsure_seconds"] for r in page.rows])
    assert [pd.Timestamp(row["time"]).value for row in page.rows] == [round(at * 1e6) + start for at in marks.time]
    if page.total:
        assert events.marks(by, start, end, page.total - 1, chosen) is None


@settings(max_examples=40, deadline=None)
@given(frames, st.integers(-2, 45), st.integers(0, 45), queries)
def test_pages_are_parts_of_one_list(frame, offset, limit, query) -> None:
    """Any offset and limit cut the same list; one beyond its end gives none."""
    events = Events.of(frame)
    chosen = asked(events, query)
    every = events.rows(*events.extent, 0, 1000, chosen).rows
    first = max(0, offset)
    assert events.rows(*events.extent, offset, limit, chosen).rows == every[first : first + limit]


@settings(max_examples=60, deadline=None)
@given(frames, queries, st.sampled_from(("event", "error")))
def test_steps_visit_every_row(frame, query, what) -> None:
    """From row to row each event is visited once, forwards and backwards, also where several have one time."""
    events = Events.of(frame)
    chosen = asked(events, query)
    rows = list(range(len(events))) if chosen is None else chosen.rows.tolist()
    wanted = [row for row in rows if what == "event" or events.grades[row] == 2]
    for step, start in ((1, BEGIN - SECOND), (-1, BEGIN + 99 * SECOND)):
        visited, row = [], events.near(start, step, what, chosen)
        while row is not None:
            visited.append(row)
            row = events.near(int(events.times[row]), step, what, chosen, row=row)
        assert visited == wanted[::step]


@settings(max_examples=60, deadline=None)
@given(frames, seconds)
def test_a_step_from_a_time_leaves_it(frame, second) -> None:
    """The next event is later than the time, the one before it earlier, and none lies between."""
    events, at = Events.of(frame), BEGIN + second * SECOND
    later, before = events.near(at, 1), events.near(at, -1)
    assert later == next((row for row in range(len(events)) if events.times[row] > at), None)
    assert before == next((row for row in reversed(range(len(events))) if events.times[row] < at), None)


@settings(max_examples=60, deadline=None)
@given(frames, st.randoms(use_true_random=False))
def test_equal_times_stay_as_they_stood(frame, chance) -> None:
    """Rows given in any order come out by time and then by their order in the frame."""
    order = list(range(len(frame)))
    chance.shuffle(order)
    events = Events.of(frame.iloc[order])
    expected = frame.iloc[order].sort_values("time", kind="stable")
    assert events.frame["line"].tolist() == expected["line"].tolist()
    assert events.times.tolist() == expected["time"].astype("int64").tolist()
    assert events.latest.tolist() == expected["latest"].astype("int64").tolist()


def test_no_more_lanes_than_can_be_seen() -> None:
    """The biggest forty have their names; the others are one lane that says how many they are."""
    told = [f"s{number:02}" for number in range(60) for _ in range(100 - number)]
    frame = pd.DataFrame({"time": START, "service": pd.Series(told, dtype="str")})
    events = Events.of(frame)
    lanes = events.lanes("service")
    assert len(lanes) == MOST + 1
    assert (lanes[0].name, lanes[0].count) == ("s00", 100)
    assert (lanes[-1].name, lanes[-1].count) == ("others (20)", sum(100 - number for number in range(40, 60)))
    assert events.density("service", *events.extent, 3).sum() == len(frame)


@pytest.mark.parametrize(
    "times",
    [
        ["2025-11-17 14:00:01", "2025-11-17 14:00:00", None],
        [1763388001, 1763388000, None],
        pd.to_datetime(["2025-11-17T14:00:01", "2025-11-17T14:00:00", None]),
        pd.to_datetime(["2025-11-17T15:00:01+01:00", "2025-11-17T15:00:00+01:00", None]),
    ],
    ids=["texts", "epochs", "no zone", "a zone"],
)
def test_any_frame_with_times_can_be_shown(times) -> None:
    """Texts, epochs and stamps; what has no time is counted and left out."""
    events = Events.of(pd.DataFrame({"when": times, "msg": ["one", "two", "three"]}), time="when")
    assert events.untimed == 1
    page = events.rows(*events.extent, 0, 9)
    assert [(row["time"], row["message"]) for row in page.rows] == [
        ("2025-11-17T14:00:00.000Z", "two"),
        ("2025-11-17T14:00:01.000Z", "one"),
    ]


def test_the_index_may_be_the_time() -> None:
    """A frame that is ordered by time has it in its index."""
    index = pd.DatetimeIndex([START, START + pd.Timedelta(seconds=1)])
    events = Events.of(pd.DataFrame({"value": [1.5, 2.5]}, index=index))
    assert events.extent == (BEGIN, BEGIN + SECOND + 1)
    assert [lane.name for lane in events.lanes("service")] == ["none"]


def test_times_that_64_bits_do_not_hold_are_left_out() -> None:
    """A sentinel such as the year 9999 is no time."""
    times = pd.Series([START, pd.Timestamp("9999-12-31", tz="UTC")]).astype("datetime64[s, UTC]")
    assert Events.of(pd.DataFrame({"time": times})).untimed == 1


@pytest.mark.parametrize("frame", [{"at": [1]}, {"time": ["soon", "later"]}], ids=["no column", "no times"])
def test_a_frame_without_times_gets_a_sentence(frame) -> None:
    """It says what was looked for, and what to do."""
    with pytest.raises(ExplorerError, match=r"(?s)time.*\. \S"):
        Events.of(pd.DataFrame(frame))


def test_no_events_are_no_trouble() -> None:
    """An empty frame has empty answers."""
    events = Events.of(framed([]))
    assert events.density("source", *events.extent, 5).shape == (0, 3, 5)
    assert events.rows(*events.extent, 0, 5).rows == []
    assert events.near(0, 1) is None
    assert len(events.selection("pool")) == 0


def test_windows_may_be_anywhere() -> None:
    """A window that was dragged beyond what 64 bits hold is empty, or holds all."""
    events = Events.of(framed([{"time": START, "unsure": 0, "level": "info"}]))
    assert events.density("level", -(10**30), 10**30, 10).sum() == 1
    assert events.density("level", 10**29, 10**30, 10).sum() == 0
    assert events.density("level", BEGIN + SECOND, BEGIN, 10).sum() == 0
    assert events.near(10**30, -1) == 0
