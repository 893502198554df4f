"""Floating clocks: those that nobody vouches for, put right to one another, and how far all of them together are off.

Sources that share ids with one another, but with none whose clock is known, still tell the order of what they name.
One of them is taken as right, which is said; how far it may be off is what is assumed of any clock, or less, where
cause and effect bound it (``workbench.timeline.causes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.clock.differences import TRUTH, Pair, Solution, solved
from workbench.clock.voting import LEAST_VOTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workbench.timeline.causes import Bound

_TRIED = 5  # clocks of a group that may be taken as right: those that say most of the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Floating:
    """A clock that is ahead by ``low..high`` ns, and put right by ``value``, to that of ``beside`` (empty: its own)."""

    value: int
    low: int
    high: int
    beside: str = ""
    others: int = 0  # clocks that are put right to this one
    way: tuple[Pair, ...] = ()
    bounds: tuple[Bound, ...] = ()  # what narrowed it, at most one from either side
    doubts: tuple[Bound, ...] = ()  # what cannot be true of it, where it is put right by this value
    against: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a bound of one source says of the clock that the others are put right to."""

    bound: Bound
    path: str
    low: int | None
    high: int | None

    @property
    def thing(self) -> tuple[str, int]:
        """What was made or quoted: several logs may name one thing."""
        return self.bound.by, self.bound.line_by

    def holds(self, value: int) -> bool:
        """Whether that clock may be ahead by so much."""
        return (self.low is None or self.low <= value) and (self.high is None or self.high >= value)


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the clock that the others are put right to is ahead, from where to where, and what says so."""

    value: int
    low: int
    high: int
    telling: tuple[Bound, ...]


def floating(
    paths: Iterable[str], pairs: Sequence[Pair], bounds: Mapping[str, Sequence[Bound]], skew: int
) -> dict[str, Floating]:
    """What is known of these clocks, by their paths; nothing of one that shares nothing and that nothing bounds.

    ``skew`` (ns) is how far a clock of which nothing is known is off at most.
    """
    left, found = sorted(paths), dict[str, Floating]()
    while left:
        group = _beside(left[0], pairs)
        members = sorted({left[0], *group.offsets} & {*left})
        left = [path for path in left if path not in members]
        if len(members) > 1 or bounds.get(members[0]):
            found |= _group(members, pairs, bounds, skew)
    return found


def _beside(path: str, pairs: Sequence[Pair]) -> Solution:
    """All clocks that can be compared with one, as if that were right."""
    return solved([Pair(first=TRUTH, later=path, low=0, high=0), *pairs])


def _group(
    members: Sequence[str], pairs: Sequence[Pair], bounds: Mapping[str, Sequence[Bound]], skew: int
) -> dict[str, Floating]:
    """The clocks of a group, put right to the one under which most of what bounds them holds."""
    votes = {path: sum(pair.votes for pair in pairs if path in {pair.first, pair.later}) for path in members}
    likely = sorted(members, key=lambda path: (-votes[path], path))[:_TRIED]
    tried = {path: _beside(path, pairs) for path in likely}
    limits = {path: [*_limits(tried[path], bounds)] for path in likely}
    right = min(likely, key=lambda path: sum(not one.holds(0) for one in limits[path]))
    reach = _reach(limits[right], skew)
    return {path: _clock(path, right, tried[right], reach, limits[right]) for path in members}


def _reach(limits: Sequence[_Limit], skew: int) -> _Reach:
    """How far the clock that the others are put right to may be off.

    It is taken as right, unless so much speaks against that as no chance does: then it is off by the least that holds.
    """
    value = _value(limits)
    held = [one for one in limits if one.holds(value)]
    low = max((one for one in held if one.low is not None), key=lambda one: one.low or 0, default=None)
    high = min((one for one in held if one.high is not None), key=lambda one: one.high or 0, default=None)
    least, most = min(value, 0) - skew, max(value, 0) + skew
    telling = [one.bound for one in (low, high) if one and (least < (one.low or least) or (one.high or most) < most)]
    if low and low.low is not None:
        least = max(least, low.low)
    if high and high.high is not None:
        most = min(most, high.high)
    return _Reach(value, least, most, tuple(telling))


def _value(limits: Sequence[_Limit]) -> int:
    """By how much the clock is ahead: nothing, or what three things at least say, and no other contradicts."""
    ahead = {one.thing: one.low for one in limits if one.low is not None and one.low > 0}
    behind = {one.thing: one.high for one in limits if one.high is not None and one.high < 0}
    if max(len(ahead), len(behind)) < LEAST_VOTES or (ahead and behind):
        return 0
    value = (
        max(one.low or 0 for one in limits if one.low is not None)
        if ahead
        else min(one.high or 0 for one in limits if one.high is not None)
    )
    return value if all(one.holds(value) for one in limits) else 0


def _limits(beside: Solution, bounds: Mapping[str, Sequence[Bound]]) -> Iterator[_Limit]:
    for path, (low, high) in beside.offsets.items():
        for bound in bounds.get(path, ()):
            yield _Limit(
                bound, path,
                None if bound.low is None else bound.low - high, None if bound.high is None else bound.high - low,
            )  # fmt: skip


def _clock(path: str, right: str, beside: Solution, reach: _Reach, limits: Sequence[_Limit]) -> Floating:
    low, high = beside.offsets[path]
    own = path == right
    return Floating(
        value=reach.value + (0 if low <= 0 <= high else (low + high) // 2),
        low=reach.low + low, high=reach.high + high,
        beside="" if own else right, others=len(beside.offsets) - 1 if own else 0, way=beside.ways[path][1:],
        bounds=reach.telling,
        doubts=tuple(one.bound for one in limits if one.path == path and not one.holds(reach.value)),
        against=tuple(pair for pair in beside.contradictions if path in {pair.first, pair.later}),
    )  # fmt: skip
