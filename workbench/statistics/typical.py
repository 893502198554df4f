"""What is typical of a few durations: the median with its exact interval, and how much the longest weigh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 6  # below this no two values enclose the median with 95 %: 2 * 0.5**5 is 6 %
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """Median with its interval, and the 90th percentile, in the unit of the values; None where they cannot be told."""

    n: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean, which long values rule: ``top_share`` is the share of the sum that the longest one has."""

    value: float
    top_share: float


def typical(values: Sequence[float]) -> Typical:
    """The median with an order-statistic interval of at least 95 %, which assumes no shape (none below six values).

    Source: Hahn and Meeker, Statistical Intervals (1991), section 5.2.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if not n:
        return Typical(n=0)
    low, high = median_interval(ordered.tolist()) or (None, None)
    p90 = float(np.quantile(ordered, 0.9)) if n > 1 else None
    return Typical(n=n, median=float(np.median(ordered)), low=low, high=high, p90=p90)


def median_interval(ordered: Sequence[float]) -> tuple[float, float] | None:
    """The narrowest pair of ordered values, as many from either end, that encloses the median with 95 %."""
    from scipy.stats import binom

    n = len(ordered)
    if n < FEWEST:
        return None
    # The k-th value from either end: the median lies below it with the probability of fewer than k heads in n tosses.
    rank = int(binom.ppf((1 - LEVEL) / 2, n, 0.5))
    while rank > 0 and 2 * binom.cdf(rank - 1, n, 0.5) > 1 - LEVEL:
        rank -= 1
    return (float(ordered[rank - 1]), float(ordered[n - rank])) if rank else None


def mean(values: Sequence[float]) -> Mean | None:
    """The mean, always with the share of the longest value; None where there is no value."""
    total = float(np.sum(values)) if len(values) else 0.0
    return Mean(value=total / len(values), top_share=float(max(values)) / total) if total > 0 else None
