"""Whether durations changed from one period to the next: a ratio with its interval, and a verdict of three.

Durations of incidents are skewed, so that they are compared on the scale of logarithms, severity by severity: what a
changed mix of severities does is no change of the durations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import numpy.typing as npt

    Logs = npt.NDArray[np.float64]
    Groups = Mapping[Hashable, Sequence[float]]

FEWEST = 6  # values in each period that can be compared
ALPHA = 0.05
POWER_AND_ALPHA = 1.959963984540054 + 0.8416212335729143  # quantiles for 5 %, two sides, and a power of 80 %
LEAST = 1e-3  # a duration of nothing has no logarithm


class Verdict(StrEnum):
    """The three things that can be said."""

    CHANGED = "changed"
    SAME = "not distinguishable"
    FEW = "too few to say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Now in terms of before: 0.8 is a fifth shorter; ``smallest_visible`` is the ratio nearest 1 that would be seen.

    ``p`` is the chance of a difference as great without any change, None where there are too few.
    """

    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    smallest_visible: float | None = None
    verdict: Verdict = Verdict.FEW


def compared(now: Groups, before: Groups) -> Comparison:
    """Both periods' values by group (severity); groups with values in both are compared, each weighted by how many.

    The interval is of the weighted ratio of geometric means (t on the logarithms); ``changed`` needs it to leave out 1,
    and van Elteren's rank test, which assumes no shape, to agree. Source: van Elteren (1960), Bull. ISI 37, 351-361.
    """
    pairs = [(_logs(now[name]), _logs(before[name])) for name in now if len(now[name]) and len(before.get(name, ()))]
    counts = sum(len(each) for each, _ in pairs), sum(len(other) for _, other in pairs)
    freedom = sum(counts) - 2 * len(pairs)
    if min(counts) < FEWEST or freedom < FEWEST:
        return Comparison()
    weights = np.array([len(each) * len(other) / (len(each) + len(other)) for each, other in pairs])
    weights /= weights.sum()
    shift = float(
        sum(weight * (each.mean() - other.mean()) for weight, (each, other) in zip(weights, pairs, strict=True))
    )
    variance = sum(_squares(each) + _squares(other) for each, other in pairs) / freedom
    spread = sum(
        weight**2 * (1 / len(each) + 1 / len(other)) for weight, (each, other) in zip(weights, pairs, strict=True)
    )
    return _judged(shift, math.sqrt(variance * spread), freedom, _rank_test(pairs))


def _judged(shift: float, error: float, freedom: int, ranks: float) -> Comparison:
    from scipy.stats import t

    if error == 0:
        alike = shift == 0
        p = 1.0 if alike else ranks
        return Comparison(
            ratio=math.exp(shift), low=math.exp(shift), high=math.exp(shift), p=p, smallest_visible=1.0,
            verdict=Verdict.SAME if p >= ALPHA else Verdict.CHANGED,
        )  # fmt: skip
    reach = float(t.ppf(1 - ALPHA / 2, freedom)) * error
    p = max(ranks, float(2 * t.sf(abs(shift) / error, freedom)))
    visible = math.exp(-POWER_AND_ALPHA * error) if shift <= 0 else math.exp(POWER_AND_ALPHA * error)
    return Comparison(
        ratio=math.exp(shift), low=math.exp(shift - reach), high=math.exp(shift + reach), p=p, smallest_visible=visible,
        verdict=Verdict.CHANGED if p < ALPHA else Verdict.SAME,
    )  # fmt: skip


def _logs(values: Sequence[float]) -> Logs:
    logs: Logs = np.log(np.maximum(np.asarray(values, dtype=float), LEAST))
    return logs


def _squares(values: Logs) -> float:
    return float(((values - values.mean()) ** 2).sum())


def _rank_test(pairs: Sequence[tuple[Logs, Logs]]) -> float:
    """The chance, over all groups, of ranks that lie as far apart without any change (normal, ties corrected)."""
    from scipy.stats import norm, rankdata, tiecorrect

    found = expected = variance = 0.0
    for each, other in pairs:
        n, m = len(each), len(other)
        ranks = rankdata(np.concatenate([each, other]))
        weight = 1 / (n + m + 1)
        found += weight * float(ranks[:n].sum())
        expected += weight * n * (n + m + 1) / 2
        variance += weight**2 * n * m * (n + m + 1) / 12 * float(tiecorrect(ranks))
    return 1.0 if variance == 0 else float(2 * norm.sf(abs(found - expected) / math.sqrt(variance)))


def judged_again(one: Comparison, p: float | None) -> Comparison:
    """The comparison with the chance that it has among others made at once."""
    if p is None:
        return one
    return replace(one, p=p, verdict=Verdict.CHANGED if p < ALPHA else Verdict.SAME)


def corrected(chances: Sequence[float | None]) -> list[float | None]:
    """The chances of several comparisons made at once, each as great as the false discoveries among them call for.

    Source: Benjamini and Hochberg, JRSS B 57 (1995), 289-300.
    """
    known = sorted((p, at) for at, p in enumerate(chances) if p is not None)
    found: list[float | None] = [None] * len(chances)
    least = 1.0
    for rank in range(len(known), 0, -1):
        p, at = known[rank - 1]
        least = min(least, p * len(known) / rank)
        found[at] = least
    return found
