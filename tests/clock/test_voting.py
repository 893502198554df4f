"""Interval voting: what most intervals share is found, and is widened where some disagree."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock.voting import Vote, agreed, voted
from workbench.clock.zone import SECOND

TRUE = 37 * SECOND


def intervals(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Lows and highs."""
    lows, highs = zip(*pairs, strict=True)
    return np.array(lows, dtype=np.int64), np.array(highs, dtype=np.int64)


def test_intervals_that_all_agree_leave_what_they_share() -> None:
    """Neither more nor less, and every one counts."""
    assert voted(*intervals((0, 10), (4, 14), (6, 20))) == Vote(low=6, high=10, votes=3, of=3)


def test_one_that_disagrees_widens_the_region() -> None:
    """Points with one vote less may be true as well."""
    vote = voted(*intervals((0, 10), (4, 14), (6, 20), (5, 12), (900, 910)))
    assert vote is not None
    assert (vote.votes, vote.of) == (4, 5)
    assert vote.low < 6
    assert vote.high > 10


def test_what_chance_explains_is_nothing() -> None:
    """Two matches, or intervals that lie anywhere, say nothing."""
    assert voted(*intervals((0, 10), (5, 15))) is None
    rng = np.random.default_rng(1)
    lows = rng.integers(0, 10_000, 60)
    assert voted(lows, lows + 500) is None


@given(seed=st.integers(0, 10_000), count=st.integers(20, 400), false=st.sampled_from([0.0, 0.1, 0.3, 0.5]))
def test_the_true_offset_lies_in_the_region_whatever_part_of_the_matches_is_false(seed, count, false) -> None:
    """Delays and whole seconds only widen the intervals; false matches lie anywhere within four minutes."""
    rng = np.random.default_rng(seed)
    delay = (rng.exponential(0.05, count) * SECOND).astype(np.int64)
    lows = TRUE - (rng.random(count) * SECOND).astype(np.int64) - delay
    highs = lows + SECOND + 2 * delay
    moved = np.where(rng.random(count) < false, (rng.uniform(-240, 240, count) * SECOND).astype(np.int64), 0)
    vote = voted(lows + moved, highs + moved)
    assert vote is None or vote.low <= TRUE <= vote.high
    assert vote is not None or false >= 0.3


def test_a_clock_that_was_set_meanwhile_has_an_interval_that_holds_both_offsets() -> None:
    """Each stretch of ten minutes votes for itself; where they agree, nothing is widened."""
    at = np.arange(60, dtype=np.int64) * 60 * SECOND
    lows = np.where(at < 2000 * SECOND, TRUE, TRUE + 5 * SECOND) - SECOND // 2
    both = agreed(lows, lows + SECOND, at)
    assert both is not None
    assert both.uneven
    assert both.low <= TRUE
    assert both.high >= TRUE + 5 * SECOND
    steady = np.full(60, TRUE, dtype=np.int64)
    assert agreed(steady, steady + SECOND, at) == voted(steady, steady + SECOND)


def test_a_drift_that_keeps_narrow_intervals_apart_is_seen_all_the_same() -> None:
    """Intervals of a hundredth of a second agree with their neighbours only, and each stretch still has its region."""
    at = np.arange(90, dtype=np.int64) * 60 * SECOND
    lows = TRUE + at // 5_000 - SECOND // 200
    found = agreed(lows, lows + SECOND // 100, at)
    assert voted(lows, lows + SECOND // 100) is None
    assert found is not None
    assert found.uneven
    assert found.low <= TRUE < TRUE + at[-1] // 5_000 <= found.high


def test_a_run_of_matches_that_all_disagree_is_no_chance() -> None:
    """The clock was set minutes before the end, in the middle of a stretch: the region holds that too."""
    at = np.arange(300, dtype=np.int64) * 12 * SECOND
    lows = np.where(at < at[-18], TRUE, TRUE + 25 * SECOND) - SECOND // 2
    found = agreed(lows, lows + SECOND, at)
    assert found is not None
    assert found.uneven
    assert found.low <= TRUE < TRUE + 25 * SECOND <= found.high
    rng = np.random.default_rng(5)
    scattered = TRUE - SECOND // 2 + np.where(rng.random(300) < 0.2, rng.integers(-100, 100, 300) * SECOND, 0)
    steady = agreed(scattered, scattered + SECOND, at)
    assert steady is not None
    assert not steady.uneven
