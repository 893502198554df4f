"""Where failures rise above their baseline: counts a minute in, affected stretches out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]

SURE = 1e-4  # first of two consecutive minutes (methods: binomial tail)
LIKELY = 1e-3  # the other one
NOTICEABLE = 0.01  # hysteresis: what still belongs once a stretch is found
QUIET_MINUTES = 10  # this long without excess ends a stretch
BASELINE_MINUTES = 30  # fewer than this outside the stretches: no baseline to speak of
CHUNKS = 6


@dataclass(frozen=True, slots=True)
class Baseline:
    """Failures and requests outside the affected stretches, over this many minutes."""

    failed: float
    requests: float
    minutes: int

    @property
    def rate(self) -> float:
        """Failures a request."""
        return self.failed / self.requests if self.requests else 0.0

    @property
    def test_rate(self) -> float:
        """A rate that is never zero, so that a single odd failure proves nothing."""
        return (self.failed + 0.5) / (self.requests + 1.0)


@lru_cache(maxsize=65536)
def binomial_tail(count: float, total: float, rate: float) -> float:
    """P(at least ``count`` of ``total``) where each fails with probability ``rate``."""
    k, n = round(count), max(round(total), round(count))
    if k <= 0:
        return 1.0
    if rate <= 0 or rate >= 1:
        return 0.0 if rate <= 0 else 1.0
    if k <= n * rate:
        return 1.0  # not above what is expected: the exact value is of no use here
    logs = (
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(rate)
        + (n - k) * math.log1p(-rate)
    )
    term = total_p = math.exp(logs) if logs > -745 else 0.0
    odds = rate / (1 - rate)
    for i in range(k, n):
        term *= (n - i) / (i + 1) * odds
        total_p += term
        if term < total_p * 1e-12:
            break
    return min(1.0, total_p)


def _tails(failed: Counts, requests: Counts, rate: float) -> Counts:
    tails = np.ones(len(failed))
    for i in np.flatnonzero(failed > requests * rate):
        tails[i] = binomial_tail(float(failed[i]), float(requests[i]), rate)
    return tails


def _first_guess(failed: Counts, requests: Counts) -> float:
    """The lowest rate among some stretches of the log: the incident cannot fill all of them."""
    size = max(5, math.ceil(len(failed) / CHUNKS))
    sums = [(failed[i : i + size].sum(), requests[i : i + size].sum()) for i in range(0, len(failed), size)]
    busy = max(total for _, total in sums)
    return float(min((count + 1.0) / (total + 2.0) for count, total in sums if total >= 0.2 * busy))


def _seeds(tails: Counts) -> npt.NDArray[np.bool_]:
    """Minutes that stand out together with a neighbour."""
    likely = tails < LIKELY
    sure = tails < SURE
    pair = np.zeros(len(tails), dtype=bool)
    pair[:-1] |= (sure[:-1] & likely[1:]) | (likely[:-1] & sure[1:])
    pair[1:] |= pair[:-1].copy() & likely[1:]
    return pair


def _slow_seeds(failed: Counts, requests: Counts, rate: float, width: int = 5) -> npt.NDArray[np.bool_]:
    """The same for quiet services: any five minutes together that cannot be chance."""
    seeds = np.zeros(len(failed), dtype=bool)
    if len(failed) < width:
        return seeds
    kernel = np.ones(width)
    sums, totals = np.convolve(failed, kernel, "valid"), np.convolve(requests, kernel, "valid")
    for i in np.flatnonzero(_tails(sums, totals, rate) < SURE / 100):
        seeds[i : i + width] |= failed[i : i + width] > 0
    return seeds


def _beside(seeds: npt.NDArray[np.bool_], minutes: int = 4) -> npt.NDArray[np.bool_]:
    """Minutes near some that stand out by themselves: what five of them show together is shown by these already."""
    near: npt.NDArray[np.bool_] = np.convolve(seeds, np.ones(2 * minutes + 1), "same") > 0
    return near


def _grown(seeds: npt.NDArray[np.bool_], tails: Counts, failed: Counts, *, zero: bool) -> list[tuple[int, int]]:
    """Stretches from first to last affected minute; quiet gaps join, a long quiet gap parts."""
    belongs = seeds | (failed > 0 if zero else tails < NOTICEABLE)
    minutes = np.flatnonzero(belongs)
    runs: list[list[int]] = []
    for minute in minutes:
        if runs and minute - runs[-1][1] <= QUIET_MINUTES:
            runs[-1][1] = int(minute)
        else:
            runs.append([int(minute), int(minute)])
    return [(first, last) for first, last in runs if seeds[first : last + 1].any()]


def outside(failed: Counts, requests: Counts, stretches: list[tuple[int, int]], guard: int = 2) -> Baseline:
    """What fails when nothing is wrong: all minutes before and after the stretches, but for a guard beside them."""
    free = np.ones(len(failed), dtype=bool)
    for first, last in stretches:
        free[max(0, first - guard) : last + guard + 1] = False
    return Baseline(float(failed[free].sum()), float(requests[free].sum()), int(free.sum()))


def affected(failed: Counts, requests: Counts) -> tuple[list[tuple[int, int]], Baseline]:
    """The stretches (first, last minute) in which failures exceed the baseline, and that baseline."""
    if not len(failed) or not failed.sum():
        return [], Baseline(0.0, float(requests.sum()), len(failed))
    rate = _first_guess(failed, requests)
    stretches: list[tuple[int, int]] = []
    baseline = outside(failed, requests, [])
    for _ in range(8):
        tails = _tails(failed, requests, rate)
        fast = _seeds(tails)
        slow = _slow_seeds(failed, requests, rate) & ~_beside(fast)
        found = _grown(
            fast | slow,
            tails,
            failed,
            zero=baseline.failed == 0 and bool(stretches),
        )
        if found == stretches and stretches:
            break
        stretches = found
        baseline = outside(failed, requests, stretches)
        rate = baseline.test_rate
    return stretches, baseline
