"""The curves above the lanes: any series by its name, thinned without losing a spike, broken where nothing was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.explorer.series import Curve, Series

SECOND = 1_000_000_000


def measured(*told: tuple[str, str, float]) -> pd.DataFrame:
    """Name, labels and value, one a second."""
    frame = pd.DataFrame(told, columns=["name", "labels", "value"])
    frame["time"] = pd.date_range("2025-11-17T14:00:00Z", periods=len(told), freq="s").astype("datetime64[ns, UTC]")
    return frame.assign(unit="s")


def test_series_are_told_apart_by_what_they_do_not_share() -> None:
    """The labels that all series of a name have say nothing; those that vary come before those that never change."""
    series = Series(measured(
        ("wait", '{"job":"a","pool":"x"}', 1), ("wait", '{"job":"a","pool":"y"}', 2), ("wait", '{"job":"a","pool":"x"}', 3),
        ("up", '{"job":"a"}', 1), ("up", '{"job":"a"}', 1),
    ))  # fmt: skip
    assert [(one["name"], one["labels"], one["unit"]) for one in series.menu()] == [
        ("wait", "pool=x", "s"), ("up", "", "s"), ("wait", "pool=y", "s"),
    ]  # fmt: skip
    curve = series.curve(series.menu()[0]["key"])
    assert curve is not None
    assert list(curve.values) == [1, 3]
    assert series.curve("no such") is None
    assert series.left_out == 0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.just(np.nan), st.integers(-5, 5).map(float)), min_size=1, max_size=120),
    st.integers(1, 6),
    st.integers(0, 130),
    st.integers(0, 130),
)
def test_no_spike_is_lost(values, bins, low, high) -> None:
    """Of what lies in the window the least and the greatest stay, also of each bin, and the line has few points."""
    curve = Curve.of(np.arange(len(values), dtype=np.int64) * SECOND, np.array(values))
    start, end = min(low, high) * SECOND, (max(low, high) + 1) * SECOND
    times, kept = curve.thinned(start, end, bins)
    wide = max(1, (end - start) // bins)
    inside = [(at * SECOND, value) for at, value in enumerate(values) if start <= at * SECOND < end]
    for number in {(at - start) // wide for at, _ in inside}:
        own = [value for at, value in inside if (at - start) // wide == number and not np.isnan(value)]
        seen = [
            value
            for at, value in zip(times, kept, strict=True)
            if (at - start) // wide == number and not np.isnan(value)
        ]
        if own:
            assert (min(seen), max(seen)) == (min(own), max(own))
    assert (np.diff(times) >= 0).all()
    assert len(kept) <= 4 * bins + 4 * (bins + 2) + len(values) // max(1, len(values) // (2 * bins)) + 3


def test_a_gap_breaks_the_line() -> None:
    """Where nothing was measured for long, no line is drawn; what came after the cursor is not there."""
    curve = Curve.of(np.array([0, 1, 2, 60, 61], dtype=np.int64) * SECOND, np.array([1.0, 2, 3, 4, 5]))
    times, values = curve.thinned(0, 100 * SECOND, 50)
    assert (times // SECOND).tolist() == [0, 1, 2, 60, 60, 61]
    assert np.isnan(values).tolist() == [False, False, False, True, False, False]
    times, values = curve.thinned(0, 100 * SECOND, 50, until=2 * SECOND)
    assert values.tolist() == [1, 2, 3]
