"""Unsteady clocks: of the sources whose differences change meanwhile those that drift or were set, followed in pieces.

A difference says only that one of two clocks did not run evenly. It is the one that is uneven beside most of the
others, and it is followed by the one of them that has the most matches with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock.differences import solved
from workbench.clock.pieces import FOREVER, Matches, Piece, agreeing, followed, row_of
from workbench.timeline.sightings import Sightings, bounds_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.clock.differences import Pair, Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadied:
    """A clock's offset in pieces, one where it ran evenly itself, and the pairs that lead to it from the truth."""

    pieces: tuple[Piece, ...]
    way: tuple[Pair, ...]


def steadied(
    seen: Mapping[str, Sightings], anchors: Sequence[Pair], pairs: Sequence[Pair], lengths: pl.DataFrame
) -> dict[str, Steadied]:
    """The offsets of the clocks that can be followed.

    Empty where no two clocks disagree with themselves: then the differences of all of them say it better.
    """
    unsteady = _unsteady(anchors, pairs)
    if not unsteady:
        return {}
    steady = [pair for pair in pairs if not {pair.first, pair.later} & unsteady]
    solution = solved([*anchors, *steady])
    known = {path: _steady(solution, path) for path in solution.offsets if path in seen}
    left = [pair for pair in pairs if pair not in steady]
    while pair := _next(left, known, unsteady):
        left.remove(pair)
        by, path = (pair.first, pair.later) if pair.first in known else (pair.later, pair.first)
        if found := _beside(seen[by], known[by], seen[path], lengths, pair):
            known[path] = found
    return known


def _steady(found: Solution, path: str) -> Steadied:
    low, high = found.offsets[path]
    return Steadied(pieces=(Piece(until=FOREVER, low=low, high=high),), way=found.ways[path])


def _unsteady(anchors: Sequence[Pair], pairs: Sequence[Pair]) -> set[str]:
    """The fewest sources that account for every uneven pair; none of them anchored."""
    left, found = [pair for pair in pairs if pair.uneven], set[str]()
    trusted = {pair.later for pair in anchors}
    while left:
        named = {name for pair in left for name in (pair.first, pair.later)} - trusted
        if not named:
            break
        worst = max(sorted(named), key=lambda name: (len(_of(left, name)), _doubt(pairs, name, trusted)))
        found.add(worst)
        left = [pair for pair in left if worst not in {pair.first, pair.later}]
    return found


def _of(pairs: Sequence[Pair], name: str) -> list[Pair]:
    return [pair for pair in pairs if name in {pair.first, pair.later}]


def _doubt(pairs: Sequence[Pair], name: str, trusted: set[str]) -> tuple[float, int]:
    """How much of what it shares with true clocks disagrees, all where that is nothing; then, how little is even."""
    beside = [pair for pair in _of(pairs, name) if {pair.first, pair.later} & trusted]
    even = sum(pair.votes for pair in _of(pairs, name) if not pair.uneven)
    return 1 - max((pair.votes / pair.of for pair in beside), default=0.0), -even


def _next(left: Sequence[Pair], known: Mapping[str, object], unsteady: set[str]) -> Pair | None:
    """The pair of a known and an unknown clock to go on with.

    To a steady one first; for an unsteady one by a pair that shows how it went; and by the most matches.
    """
    ways = [pair for pair in left if (pair.first in known) != (pair.later in known)]

    def worth(pair: Pair) -> tuple[bool, bool, int]:
        (sought,) = {pair.first, pair.later} - known.keys()
        return sought not in unsteady, pair.uneven is (sought in unsteady), pair.of

    return max(ways, key=worth, default=None)


def _beside(by: Sightings, known: Steadied, own: Sightings, lengths: pl.DataFrame, pair: Pair) -> Steadied | None:
    """A clock's offset by that of another, whose own is known."""
    true, spare = _put_right(by, known.pieces)
    lows, highs, at = bounds_between(true, own, lengths)
    if not len(at):
        return None
    middle = int(np.median((lows + highs) // 2))
    shown = own.get_column("low").to_numpy()
    span = (int(shown.min()) - middle, int(shown.max()) - middle)
    matches = Matches(lows=lows, highs=highs, at=at)
    found = followed(matches, span)
    if not found:
        return None
    wide = tuple(replace(piece, low=piece.low - spare, high=piece.high + spare) for piece in found)
    agreed = replace(pair, votes=agreeing(matches, found), of=len(at))
    return Steadied(pieces=wide, way=(*known.way, agreed))


def _put_right(seen: Sightings, pieces: Sequence[Piece]) -> tuple[Sightings, int]:
    """Sightings in true time by the middle of each piece, and by how much (ns) that may be wrong."""
    rows = row_of(pieces, seen.get_column("low").to_numpy())
    middles = pl.Series(np.array([piece.middle for piece in pieces])[rows])
    moved = seen.with_columns(pl.col("low") - middles, pl.col("high") - middles)
    return moved, max(piece.high - piece.middle for piece in pieces if not piece.moment)
