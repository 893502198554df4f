"""Interval voting: where most of many intervals agree, and how far that can be trusted.

Source: Marzullo's intersection as NTP uses it (RFC 5905, section 11.2.1), widened where intervals disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from workbench.clock.zone import type_ns

LEAST_VOTES = 3
CLEAR = 0.5  # of a stretch's intervals: with fewer, it may be chance that they agree
STRETCH = 600 * 1_000_000_000  # ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The region ``low..high`` (ns) that ``votes`` of ``of`` intervals share."""

    low: int
    high: int
    votes: int
    of: int
    uneven: bool = False  # stretches of it disagree: the region holds them all

    @property
    def share(self) -> float:
        """The part of the intervals that agree."""
        return self.votes / self.of


def voted(lows: type_ns, highs: type_ns) -> Vote | None:
    """Where most of the intervals ``lows..highs`` overlap; None where no more agree than chance would have it.

    As soon as one disagrees, points with slightly fewer votes count too: those that chance could have robbed of them.
    """
    if len(lows) < LEAST_VOTES:
        return None
    edges = np.concatenate((lows, highs))
    steps = np.concatenate((np.ones(len(lows), np.int64), -np.ones(len(highs), np.int64)))
    order = np.lexsort((-steps, edges))  # where one begins as another ends, both hold
    edges, votes = edges[order], np.cumsum(steps[order])
    best = int(votes.max())
    peak = int(edges[np.argmax(votes)])
    by_chance = _by_chance(lows, highs, peak)
    if best < LEAST_VOTES or best - by_chance < LEAST_VOTES + 3 * by_chance**0.5:
        return None
    least = best if best == len(lows) else best - (1 + 3 * by_chance**0.5)
    rows = np.flatnonzero(votes >= max(least, 1))
    return Vote(low=int(edges[rows[0]]), high=int(edges[rows[-1] + 1]), votes=best, of=len(lows))


def evenly(lows: type_ns, highs: type_ns, at: type_ns, whole: Vote) -> Vote:
    """The region widened to what every stretch says for itself; ``at`` are the times of the intervals.

    Stretches are ten minutes long, or longer where matches are few. Where a clock drifts or is set, no one region is
    true of all: then the hull holds them all, and as much again as they differ from one stretch to the next.
    """
    parts = stretches(at)
    if len(parts) < 2:
        return whole
    votes = (voted(lows[part], highs[part]) for part in parts)
    regions = [each for each in votes if each and each.share >= CLEAR]
    if not any(each.high < whole.low or each.low > whole.high for each in regions):
        return whole
    low, high = min(whole.low, *(each.low for each in regions)), max(whole.high, *(each.high for each in regions))
    margin = (high - low) // len(regions)
    return Vote(low=low - margin, high=high + margin, votes=whole.votes, of=whole.of, uneven=True)


def stretches(at: type_ns) -> list[type_ns]:
    """The rows of each stretch: ten minutes, or longer where there would be too few for a vote."""
    count = int(min(-(-(at.max() - at.min()) // STRETCH), len(at) // (LEAST_VOTES + 1)))
    return np.array_split(np.argsort(at, kind="stable"), max(count, 1))


def _by_chance(lows: type_ns, highs: type_ns, peak: int) -> float:
    """How many of the intervals that do not hold the peak would cover a point by chance."""
    off = (lows > peak) | (highs < peak)
    if not off.any():
        return 0.0
    spread = float(highs.max() - lows.min())
    widths = (highs[off] - lows[off]).astype(np.float64).sum()
    return float(widths / spread) if spread > 0 else float(off.sum())
