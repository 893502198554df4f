"""Folded events: their counts add up, whatever the window, and open again to the same events."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frames import frames
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.explorer.events import Events
from workbench.explorer.folds import Folds
from workbench.explorer.scope import Scope

START = pd.Timestamp("2025-11-17T14:00:00Z")


def lines(texts: list[str]) -> Events:
    """One line a second."""
    times = pd.date_range(START, periods=len(texts), freq="s")
    return Events.of(pd.DataFrame({"time": times, "message": pd.Series(texts, dtype="str")}))


def test_a_burst_is_one_row_with_its_count_and_its_times() -> None:
    """Lines of one template are one row; what stands between them stays where it is."""
    events = lines(["retry 1", "retry 2", "alone", "retry 3", "retry 4"])
    listed = Folds.of(events).listed(range(5))
    assert listed.heads.tolist() == [0, 2]
    told = listed.told(events, 0)
    assert (told["count"], told["why"]) == (4, "burst")
    assert told["last"] - told["first"] == 4000
    assert listed.told(events, 2) is None


def test_an_open_fold_shows_its_events_below_its_row() -> None:
    """The row stays, each event has its own below it, and places follow."""
    listed = Folds.of(lines(["retry 1", "retry 2", "alone", "retry 3"])).listed(range(4))
    rows, under = listed.shown([0])
    assert rows.tolist() == [0, 0, 1, 3, 2]
    assert under.tolist() == [False, True, True, True, False]
    assert [listed.place(row, [0]) for row in (0, 1, 2, 3)] == [(1, True), (2, True), (4, True), (3, True)]
    assert [listed.place(row, []) for row in (0, 1, 2, 3)] == [(0, False), (0, False), (1, True), (0, False)]


def test_folds_are_those_of_the_incident(tmp_path) -> None:
    """The explorer folds what ``folded`` folds."""
    (tmp_path / "incident.toml").write_text('id = "I-1"\ntitle = "t"\nseverity = "SEV-2"\n')
    (tmp_path / "sources").mkdir()
    told = [f"2025-11-17T14:00:{at:02}Z INFO retry {at} of 60" for at in range(60)] + ["2025-11-17T14:30:00Z INFO done"]
    (tmp_path / "sources" / "app.log").write_text("\n".join(told) + "\n")
    postmortem = wb.open_postmortem(tmp_path)
    events = Events.of(postmortem.events)
    listed = Folds.of(events).listed(range(len(events)))
    assert events.frame["id"].iloc[listed.heads].tolist() == postmortem.folded["id"].tolist()
    counts = [len(listed.members(int(row))) for row in listed.heads]
    assert counts == postmortem.folded["count"].tolist() == [60, 1]


@settings(max_examples=120, deadline=None)
@given(
    frames,
    st.integers(-3, 35),
    st.integers(-3, 35),
    st.sampled_from((None, "pool", "level>=warn")),
    st.sets(st.integers(0, 45), max_size=4),
)
def test_sums_stay_right(frame, low, high, query, opened) -> None:
    """In any window and search each event is in one row, and open folds show theirs besides."""
    events = Events.of(frame)
    scope = Scope.of(events, None if query is None else events.selection(query))
    start, end = (START.value + each * 1_000_000_000 for each in sorted((low, high)))
    rows = scope.rows(start, end)
    listed = Folds.of(events).listed(rows)
    held = [listed.members(int(row)).tolist() for row in listed.heads]
    assert sorted(row for own in held for row in own) == list(rows)
    assert [own[0] for own in held] == listed.heads.tolist()
    shown, under = listed.shown(sorted(opened))
    assert sorted(shown[~under].tolist()) == listed.heads.tolist()
    for row in rows:
        place, seen = listed.place(row, sorted(opened))
        assert shown[place] == (row if seen else listed.head(row))
    assert len(shown) == len(np.unique(shown)) + sum(1 for own in held if len(own) > 1 and own[0] in shown[under])
