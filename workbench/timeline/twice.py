"""The hour that comes twice, told by ids: which of the two a source's lines are of, where their order does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock.local_time import MOST_SKEW
from workbench.clock.voting import LEAST_VOTES
from workbench.clock.zone import HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.timeline.sightings import Sightings

_FEW = 0.1  # of the votes: with more for the other hour, the source has lines of both
WIDE = (pl.col("high") - pl.col("low")).is_between(HOUR, 2 * HOUR, closed="left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Whether it was the second time (``again``), as ``votes`` of ``of`` ids say."""

    again: bool
    votes: int
    of: int


def others_of(seen: Mapping[str, Sightings], path: str) -> pl.DataFrame:
    """When the ids of the other sources were seen, as their clocks say: columns id and true."""
    middle = ((pl.col("low") + pl.col("high")) // 2).alias("true")
    narrow = [each.filter(~WIDE).select("id", middle) for other, each in seen.items() if other != path and len(each)]
    if not narrow:
        return pl.DataFrame(schema={"id": pl.UInt64, "true": pl.Int64})
    return pl.concat(narrow).group_by("id").agg(pl.col("true").median().cast(pl.Int64))


def passed(seen: Sightings, others: pl.DataFrame) -> Passed | None:
    """Which hour it was, as those of its ids say that others saw; None where they disagree, or are too few."""
    wide = seen.filter(WIDE)
    if not len(wide):
        return None
    matched = wide.join(others, on="id")
    votes = matched.select(
        first=((pl.col("low") - pl.col("true")).abs() <= MOST_SKEW).sum(),
        second=((pl.col("high") - pl.col("true")).abs() <= MOST_SKEW).sum(),
    )
    first, second = votes.row(0)
    if max(first, second) < LEAST_VOTES or min(first, second) > _FEW * max(first, second):
        return None
    return Passed(again=second > first, votes=max(first, second), of=len(matched))


def narrowed(seen: Sightings, found: Passed) -> Sightings:
    """The sightings in the hour that it was."""
    low = pl.when(WIDE & found.again).then(pl.col("low") + HOUR).otherwise(pl.col("low"))
    high = pl.when(WIDE & (not found.again)).then(pl.col("high") - HOUR).otherwise(pl.col("high"))
    return seen.with_columns(low, high)
