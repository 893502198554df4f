"""Unsteady clocks: of two that disagree with themselves the one that ran unevenly is told from those beside it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from workbench.clock.differences import TRUTH, Pair
from workbench.clock.zone import SECOND
from workbench.timeline.unsteady import steadied

MINUTE = 60 * SECOND
LENGTHS = pl.DataFrame({"id": [0], "longest": [0]}, schema={"id": pl.UInt64, "longest": pl.Int64})


def seen(ahead: list[float]) -> pl.DataFrame:
    """A sighting a minute of the ids 1, 2, 3 …, on a clock that is so many seconds ahead."""
    low = [round(minute * MINUTE + each * SECOND) for minute, each in enumerate(ahead)]
    ids = pl.Series("id", range(1, len(ahead) + 1), dtype=pl.UInt64)
    return pl.DataFrame({"low": low}).select(
        ids, ids.cast(pl.Int64).alias("event"), "low", (pl.col("low") + SECOND // 2).alias("high"),
        pl.lit(SECOND // 2).alias("length"), pl.lit(value=True).alias("whole"),
        ids.cast(pl.Int64).alias("line"),
    )  # fmt: skip


def pair(first: str, later: str, low: float, high: float, *, uneven: bool = False) -> Pair:
    """A difference of two clocks in seconds."""
    bounds = {"low": round(low * SECOND), "high": round(high * SECOND)}
    return Pair(first=first, later=later, **bounds, votes=40, of=60, uneven=uneven)


STEADY, SET = [5.0] * 60, [0.0] * 30 + [30.0] * 30
ANCHOR = pair(TRUTH, "checks", 0, 0)


def test_the_clock_that_is_uneven_beside_most_others_is_the_one_that_was_set() -> None:
    """It gets a piece before and one after; the others keep one, and are not widened by it."""
    found = steadied(
        {"checks": seen([0.0] * 60), "app": seen(STEADY), "web": seen(SET)},
        [ANCHOR],
        [
            pair("app", "checks", -5.5, -4.5),
            pair("app", "web", -6, 26, uneven=True),
            pair("checks", "web", -1, 31, uneven=True),
        ],
        LENGTHS,
    )
    assert len(found["app"].pieces) == 1
    assert found["app"].pieces[0].high - found["app"].pieces[0].low == SECOND
    before, after = found["web"].pieces[0], found["web"].pieces[-1]
    assert before.low <= 0 <= before.high < after.low <= 30 * SECOND <= after.high


def test_what_is_known_only_by_an_unsteady_clock_follows_it() -> None:
    """Its own clock is steady, and one piece will do."""
    found = steadied(
        {"checks": seen([0.0] * 60), "web": seen(SET), "app": seen(STEADY)},
        [ANCHOR],
        [pair("checks", "web", -1, 31, uneven=True), pair("app", "web", -6, 26, uneven=True)],
        LENGTHS,
    )
    (piece,) = found["app"].pieces
    assert piece.low <= 5 * SECOND <= piece.high
    assert [each.later for each in found["app"].way] == ["checks", "web", "web"]


def test_steady_clocks_are_left_to_the_differences_of_all() -> None:
    """Nothing is uneven, so that there is nothing to follow."""
    assert steadied({"checks": seen([0.0] * 60)}, [ANCHOR], [pair("app", "checks", -6, -4)], LENGTHS) == {}


def test_clocks_that_drift_alike_do_not_make_a_steady_one_the_odd_one() -> None:
    """It is even beside the clock that is true, and they are not."""
    drift = [minute / 6 for minute in range(60)]
    found = steadied(
        {"checks": seen([0.0] * 60), "web": seen([0.0] * 60), "app": seen(drift), "db": seen(drift)},
        [ANCHOR],
        [
            pair("checks", "web", -0.5, 0.5),
            pair("app", "db", -0.5, 0.5),
            pair("app", "web", -10, 1, uneven=True),
            pair("db", "web", -10, 1, uneven=True),
            replace(pair("app", "checks", -10, 1, uneven=True), votes=8),
        ],
        LENGTHS,
    )
    assert len(found["web"].pieces) == 1
    assert found["web"].pieces[0].high - found["web"].pieces[0].low == SECOND
    assert len(found["app"].pieces) > 1
