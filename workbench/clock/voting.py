"""Interval voting: where most of many intervals agree, and how far that can be trusted.

Source: Marzullo's intersection as NTP uses it (RFC 5905, section 11.2.1), widened where intervals disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.zone import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.clock.zone import type_ns

LEAST_VOTES = 3
CLEAR = 0.5  # of a stretch's intervals: with fewer, it may be chance that they agree
_NEAR = (0, SECOND // 10, SECOND // 2)  # what a clock that drifts much gains in ten minutes
_ONE_PLACE = 2  # times the width of an interval
STRETCH = 600 * SECOND


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


def agreed(lows: type_ns, highs: type_ns, at: type_ns) -> Vote | None:
    """The region of all intervals, or that of every stretch where they disagree; ``at`` are the times of the intervals.

    Stretches are ten minutes long, or longer where matches are few. Where a clock drifts or is set, no one region is
    true of all: then the hull holds them all, and as much again as they differ from one stretch to the next.
    """
    whole = voted(lows, highs)
    parts = stretches(at)
    regions = [vote for part in parts if (vote := closely(lows[part], highs[part]))] if len(parts) > 1 else []
    if whole:
        regions += [vote for run in apart(lows, highs, at, whole) if (vote := closely(lows[run], highs[run]))]
    if whole and not _apart([*regions, whole]):
        return whole if whole.share >= CLEAR else None
    if not _apart(regions) or (whole is None and len(regions) < len(parts) / 2):
        return None if whole is None or whole.share < CLEAR else whole
    known = [*regions, whole] if whole else regions
    low, high = min(each.low for each in known), max(each.high for each in known)
    margin = (high - low) // len(regions)
    votes = whole.votes if whole else sum(each.votes for each in regions)
    return Vote(low=low - margin, high=high + margin, votes=votes, of=len(lows), uneven=True)


def apart(lows: type_ns, highs: type_ns, at: type_ns, whole: Vote) -> list[type_ns]:
    """The rows of each run of matches, in order of time, that all disagree with a vote: too many for chance."""
    order = np.argsort(at, kind="stable")
    off = (lows[order] > whole.high) | (highs[order] < whole.low)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], off.astype(np.int8), [0]))))
    share = max(float(off.mean()), 0.01)
    # How long a run the same share of false matches brings forth once in a thousand times (Feller, section XIII.7).
    usual = np.log(1000 * len(at) * (1 - share) + 1) / -np.log(min(share, 0.9))
    least = max(LEAST_VOTES, int(np.ceil(usual)))
    return [order[first:last] for first, last in edges.reshape(-1, 2).tolist() if last - first >= least]


def _apart(regions: Sequence[Vote]) -> bool:
    """Whether no one offset is in all of the regions."""
    return bool(regions) and max(each.low for each in regions) > min(each.high for each in regions)


def closely(lows: type_ns, highs: type_ns) -> Vote | None:
    """Where at least half of the intervals of a stretch agree, or come near it: a drift keeps narrow ones apart.

    None where they agree in two places, one as good as the other: the clock was set within the stretch.
    """
    width = int(np.median(highs - lows))
    for near in _NEAR:
        vote = voted(lows - near, highs + near)
        if vote and vote.share >= CLEAR:
            return vote if vote.high - vote.low <= _ONE_PLACE * (width + 2 * near) else None
    return None


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
