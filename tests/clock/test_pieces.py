"""Pieces: a clock that was set or drifts is followed, and the true offset lies in the piece of its time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock.pieces import FOREVER, Matches, followed, row_of
from workbench.clock.zone import SECOND

MINUTE = 60 * SECOND


def matches(offsets: np.ndarray, *, wide: float = 1.0, seed: int = 1) -> Matches:
    """One match a minute, each an interval of ``wide`` seconds that holds the offset (s) of its minute."""
    spare = np.random.default_rng(seed).uniform(0, wide, len(offsets))
    lows = ((offsets - spare) * SECOND).astype(np.int64)
    at = np.arange(len(offsets), dtype=np.int64) * MINUTE
    return Matches(lows=lows, highs=lows + int(wide * SECOND), at=at)


def span(of: Matches) -> tuple[int, int]:
    """The times of the matches."""
    return int(of.at[0]), int(of.at[-1])


def held(of: Matches, offsets: np.ndarray) -> np.ndarray:
    """Which offsets lie in the piece of the time that the clock showed."""
    found = followed(of, span(of))
    assert found
    true = (offsets * SECOND).astype(np.int64)
    rows = row_of(found, of.at + true)
    low, high = (np.array([getattr(piece, name) for piece in found])[rows] for name in ("low", "high"))
    return (low <= true) & (true <= high)


def test_a_clock_that_runs_evenly_is_one_piece() -> None:
    """As narrow as all of its matches make it."""
    (piece,) = followed(matches(np.full(60, 37.0)), (0, 60 * MINUTE))
    assert piece.until == FOREVER
    assert piece.low <= 37 * SECOND <= piece.high
    assert piece.high - piece.low < SECOND // 2


def test_a_clock_that_was_set_has_a_piece_before_and_one_after() -> None:
    """Both are narrow; only the times around the moment may be of either."""
    offsets = np.where(np.arange(60) < 33, -5.0, 20.0)
    of = matches(offsets)
    found = followed(of, span(of))
    wide = [piece.high - piece.low for piece in found if not piece.moment]
    assert len(wide) == 2
    assert max(wide) < SECOND
    assert held(of, offsets).all()


def test_a_clock_that_was_set_back_shows_some_times_twice() -> None:
    """Those are of either piece, and their interval says so."""
    offsets = np.where(np.arange(60) < 33, 200.0, -10.0)
    of = matches(offsets)
    before, both, after = followed(of, span(of))
    assert both.moment
    assert (both.low, both.high) == (after.low, before.high)
    assert both.until - before.until > 200 * SECOND
    assert held(of, offsets).all()


def test_a_drift_is_followed_stretch_by_stretch() -> None:
    """Four seconds in two hours; each piece is far narrower than that."""
    offsets = np.arange(120) * 2 / 60
    of = matches(offsets, wide=0.1)
    found = followed(of, span(of))
    assert all(piece.drifts for piece in found)
    assert max(piece.high - piece.low for piece in found) < 1.1 * SECOND
    assert held(of, offsets).all()


def test_a_drift_goes_on_beyond_the_matches() -> None:
    """Times long before and after them have an interval that grows with the distance."""
    of = matches(np.arange(60) * 2 / 60, wide=0.1)
    short, longer = (followed(of, (-hours * 60 * MINUTE, (1 + hours) * 60 * MINUTE)) for hours in (0, 3))
    assert short[0].high - short[0].low < SECOND
    assert longer[0].low <= -6 * SECOND < longer[0].high
    assert longer[-1].low < 8 * SECOND <= longer[-1].high


def test_too_few_matches_tell_nothing() -> None:
    """Two of them, or none that agree."""
    assert followed(matches(np.array([5.0, 5.0])), (0, MINUTE)) == ()
    scattered = np.random.default_rng(3).uniform(-240, 240, 40)
    assert followed(matches(scattered, wide=0.1), (0, 40 * MINUTE)) == ()


@given(
    seed=st.integers(0, 5_000),
    moment=st.integers(25, 95),
    step=st.sampled_from([-90.0, -3.0, 4.0, 60.0]),
    false=st.sampled_from([0.0, 0.1, 0.3]),
)
def test_whatever_part_of_the_matches_is_false_the_true_offset_lies_in_its_piece(seed, moment, step, false) -> None:
    """But for the minute in which the clock was set, where false matches can hide it; of many, nothing may be told."""
    rng = np.random.default_rng(seed)
    offsets = np.where(np.arange(120) < moment, 12.0, 12.0 + step)
    of = matches(offsets, seed=seed)
    moved = np.where(rng.random(120) < false, (rng.uniform(-240, 240, 120) * SECOND).astype(np.int64), 0)
    blurred = Matches(lows=of.lows + moved, highs=of.highs + moved, at=of.at)
    if false > 0.1 and not followed(blurred, span(blurred)):
        return
    outside = np.flatnonzero(~held(blurred, offsets))
    assert len(outside) == 0 or (false > 0 and np.abs(outside - moment).max() <= 3)
