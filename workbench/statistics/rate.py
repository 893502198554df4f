"""How often something happens: counts over an exposure, with exact Poisson intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
_TIMES = 2_000  # permutations of the weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``count`` in ``exposure`` (weeks, say); the rate a unit of it, with its interval."""

    count: int
    exposure: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRatio:
    """A rate in terms of an earlier one, with its interval (None: no bound) and its chance without any change."""

    value: float | None
    low: float
    high: float | None
    p: float


def rate(count: int, exposure: float) -> Rate:
    """The rate with its exact interval of 95 %. Source: Garwood, Biometrika 28 (1936), 437-442."""
    from scipy.stats import chi2

    if exposure <= 0:
        raise ValueError("a rate needs an exposure above 0")
    tail = (1 - LEVEL) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(1 - tail, 2 * count + 2)) / 2
    return Rate(count=count, exposure=exposure, value=count / exposure, low=low / exposure, high=high / exposure)


def ratio(now: Rate, before: Rate) -> RateRatio | None:
    """Now in terms of before, by the conditional binomial test; None where both counts are 0.

    Source: Przyborowski and Wilenski, Biometrika 31 (1940), 313-323; the interval is Clopper and Pearson's.
    """
    from scipy.stats import binomtest

    total = now.count + before.count
    if not total:
        return None
    expected = now.exposure / (now.exposure + before.exposure)
    test = binomtest(now.count, total, expected)
    interval = test.proportion_ci(LEVEL, method="exact")

    def odds(part: float) -> float | None:
        return part / (1 - part) * before.exposure / now.exposure if part < 1 else None

    low = odds(float(interval.low))
    assert low is not None
    value = now.value / before.value if before.count else None
    return RateRatio(value=value, low=low, high=odds(float(interval.high)), p=float(test.pvalue))


def dispersion(counts: Sequence[int], *, seed: int = 0) -> tuple[float, float] | None:
    """Variance of the counts over their mean, and the chance of one as great where events come on their own.

    Above 1 they come in clusters, and Poisson intervals are too narrow. None for fewer than six counts or events.
    """
    values = np.asarray(counts, dtype=float)
    total = int(values.sum())
    if len(values) < 6 or total < 6:
        return None
    found = float(values.var(ddof=1) / values.mean())
    drawn = np.random.default_rng(seed).multinomial(total, np.full(len(values), 1 / len(values)), size=_TIMES)
    ratios = drawn.var(axis=1, ddof=1) / values.mean()
    return found, float((1 + np.count_nonzero(ratios >= found)) / (1 + _TIMES))
