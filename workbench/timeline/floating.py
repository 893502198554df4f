"""Floating clocks: those that nobody vouches for, put right to one another, and how far all of them together are off.

Sources that share ids with one another, but with none whose clock is known, still tell the order of what they name.
One of them is taken as right, which is said; how far it may be off is what is assumed of any clock, or less, where
cause and effect bound it (``workbench.timeline.causes``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.clock.differences import TRUTH, Pair, Solution, solved

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
    far: tuple[Pair, ...] = ()  # clocks that ids put farther from it than clocks are: left out


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a bound of one source says of the clock that the others are put right to."""

    bound: Bound
    path: str
    low: int | None
    high: int | None

    @property
    def holds(self) -> bool:
        """Whether that clock may be right."""
        return (self.low is None or self.low <= 0) and (self.high is None or self.high >= 0)


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far the clock that the others are put right to may be ahead, from where to where, and what says so."""

    low: int
    high: int
    telling: tuple[Bound, ...]


def floating(
    paths: Iterable[str], pairs: Sequence[Pair], bounds: Mapping[str, Sequence[Bound]], skew: int
) -> dict[str, Floating]:
    """What is known of these clocks, by their paths; nothing of one that shares nothing and that nothing bounds.

    ``skew`` (ns) is how far a clock of which nothing is known is off at most. Two that are farther apart than that
    allows differ by a delay, or by a zone: what their ids say is left out, and told.
    """
    near = [pair for pair in pairs if min(abs(pair.low), abs(pair.high)) <= 2 * skew]
    far = [pair for pair in pairs if pair not in near]
    pairs, left, found = near, sorted(paths), dict[str, Floating]()
    while left:
        group = _beside(left[0], pairs)
        members = sorted({left[0], *group.offsets} & {*left})
        left = [path for path in left if path not in members]
        apart = {path: [pair for pair in far if path in {pair.first, pair.later}] for path in members}
        if len(members) > 1 or bounds.get(members[0]) or apart[members[0]]:
            found |= _group(members, pairs, bounds, skew)
            for path in members:  # one that contradictions cut off from the others is known as little as before
                if path in found:
                    found[path] = replace(found[path], far=tuple(apart[path]))
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
    right = min(likely, key=lambda path: sum(not one.holds for one in limits[path]))
    reach = _reach(limits[right], skew)
    beside = tried[right]
    return {path: _clock(path, right, beside, reach, limits[right]) for path in members if path in beside.offsets}


def _reach(limits: Sequence[_Limit], skew: int) -> _Reach:
    """How far the clock that the others are put right to may be off; it is taken as right, whatever bounds it."""
    held = [one for one in limits if one.holds]
    low = max((one for one in held if one.low is not None), key=lambda one: one.low or 0, default=None)
    high = min((one for one in held if one.high is not None), key=lambda one: one.high or 0, default=None)
    least = max(-skew, low.low) if low and low.low is not None else -skew
    most = min(skew, high.high) if high and high.high is not None else skew
    telling = (low if least > -skew else None, high if most < skew else None)
    return _Reach(least, most, tuple(one.bound for one in telling if one))


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
        value=0 if low <= 0 <= high else (low + high) // 2,
        low=reach.low + low, high=reach.high + high,
        beside="" if own else right, others=len(beside.offsets) - 1 if own else 0, way=beside.ways[path][1:],
        bounds=reach.telling,
        doubts=tuple(one.bound for one in limits if one.path == path and not one.holds),
        against=tuple(pair for pair in beside.contradictions if path in {pair.first, pair.later}),
    )  # fmt: skip
