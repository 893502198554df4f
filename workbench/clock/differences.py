"""Difference constraints: how far clocks may be apart, given how far some pairs of them are, by shortest paths.

Source: Bellman and Ford; a circle of constraints with a negative sum is a contradiction (Cormen et al., section 22.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TRUTH = ""  # the node of true time


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is known of two clocks: ``clock[later] - clock[first]`` lies in ``low..high`` (ns); and by how much."""

    first: str
    later: str
    low: int
    high: int
    votes: int = 0
    of: int = 0
    uneven: bool = False  # one of them drifts, or was set


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Each clock's offset from true time as ``low..high`` (ns), the way to it, and the pairs that contradict others."""

    offsets: dict[str, tuple[int, int]]
    ways: dict[str, tuple[Pair, ...]]
    contradictions: tuple[Pair, ...] = ()


@dataclass(slots=True)
class _Paths:
    length: dict[str, int] = field(default_factory=dict)
    came: dict[str, tuple[str, Pair]] = field(default_factory=dict)


def solved(pairs: Iterable[Pair]) -> Solution:
    """The offsets that all pairs allow; of those that contradict one another the one with the fewest votes goes.

    What is known of true time itself never goes, unless there is nothing else.
    """
    left = sorted(pairs, key=lambda pair: (pair.first, pair.later))
    dropped: list[Pair] = []
    while True:
        up, circle = _shortest(left, forward=True)
        if not circle:
            break
        weakest = min(circle, key=lambda pair: (pair.first == TRUTH, pair.votes, pair.first, pair.later))
        left.remove(weakest)
        dropped.append(weakest)
    down, _ = _shortest(left, forward=False)
    offsets = {name: (-down.length[name], up.length[name]) for name in up.length if name != TRUTH}
    return Solution(
        offsets=dict(sorted(offsets.items())),
        ways={name: _way(up, name) for name in sorted(offsets)},
        contradictions=tuple(dropped),
    )


def _shortest(pairs: Sequence[Pair], *, forward: bool) -> tuple[_Paths, list[Pair]]:
    """The shortest paths from true time, against the direction where not ``forward``; else a negative circle."""
    arcs = [(pair.first, pair.later, pair.high, pair) for pair in pairs]
    arcs += [(pair.later, pair.first, -pair.low, pair) for pair in pairs]
    if not forward:
        arcs = [(to, start, cost, pair) for start, to, cost, pair in arcs]
    paths = _Paths({TRUTH: 0})
    names = {name for start, to, _, _ in arcs for name in (start, to)}
    last = ""
    for _ in range(len(names) + 1):
        last, moved = "", False
        for start, to, cost, pair in arcs:
            if start in paths.length and paths.length[start] + cost < paths.length.get(to, 1 << 62):
                paths.length[to], paths.came[to] = paths.length[start] + cost, (start, pair)
                last, moved = to, True
        if not moved:
            return paths, []
    return paths, _circle(paths, last, len(names))


def _circle(paths: _Paths, at: str, size: int) -> list[Pair]:
    for _ in range(size):
        at = paths.came[at][0]
    found, begun = [], at
    while True:
        start, pair = paths.came[at]
        found.append(pair)
        at = start
        if at == begun:
            return found


def _way(paths: _Paths, name: str) -> tuple[Pair, ...]:
    found: list[Pair] = []
    while name != TRUTH:
        name, pair = paths.came[name]
        found.append(pair)
    return tuple(reversed(found))
