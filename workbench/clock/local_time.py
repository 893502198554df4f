"""Local time around the change of the clock: which zone a wall clock showed, and which of the two hours it was.

Both are found by the times that other clocks, or the order of the lines, state; never by a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.behaviour import Behaviour, behaviours, window_of
from workbench.clock.voting import LEAST_VOTES
from workbench.clock.zone import DAY, HOUR, SECOND

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns

    Mask = npt.NDArray[np.bool_]

MOST_SKEW = 450 * SECOND  # a clock is off by less than half of the quarter hours that zones lie apart
_LEAST_SHARE = 0.4  # of the matches: with fewer, too much is left unexplained
_RIVAL = 0.25  # of the winner's votes: a zone of other offsets with more of them, and the zone is not known
_SURE = ((10, 0.99), (5, 0.95), (0, 0.8))  # by the number of votes
_LATE = HOUR // 2
_WIDEST = 15 * HOUR  # from UTC to a zone, and the skew
_MONTH = 30 * DAY
_FAR = 200 * DAY  # from the matches: beyond it a zone is not asked
_GRID = HOUR // 2
_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundZone:
    """The behaviour of a wall clock that ``votes`` of ``of`` matches agree with."""

    behaviour: Behaviour
    votes: int
    of: int
    most: float = 1.0  # what the other clocks are worth
    also: tuple[Behaviour, ...] = ()  # the ids fit as well; elsewhere in the file these show another clock

    @property
    def confidence(self) -> float:
        """How sure it is, by the number of matches that agree: no other zone has more than a quarter of them."""
        return min(self.most, sure_of(self.votes))


def sure_of(votes: int) -> float:
    """What so many ids that agree are worth."""
    return next(sure for least, sure in _SURE if votes >= least)


def zone_behind(
    wall: type_ns, true: type_ns, *, span: tuple[int, int] | None = None, skew: int = MOST_SKEW, most: float = 1.0
) -> FoundZone | None:
    """The zone whose clock showed ``wall`` at the times ``true`` (both ns, one a match), but for the ``skew``.

    ``span`` is the first and the last time that the file shows: the zone must do for all of them. None where fewer than
    three matches or than four of ten agree, or where another zone does a quarter as well.
    """
    count = len(wall)
    wall, true = _near(wall, true)
    if len(wall) < LEAST_VOTES:
        return None
    first, last = _window(true, span)
    scored = [(_agreeing(wall, true, each, skew), each) for each in behaviours(*window_of(first, last))]
    scored.sort(key=lambda pair: (-pair[0], not pair[1].usual))
    votes, best = scored[0]
    if votes < LEAST_VOTES or votes < _LEAST_SHARE * count:
        return None
    rivals = (count for count, each in scored if not _alike(best, each))
    if next(rivals, 0) > _RIVAL * votes:
        return None
    also = tuple(each for count, each in scored[1:] if count == votes and differing(best, each, (first, last)))
    return FoundZone(behaviour=best, votes=votes, of=count, most=most, also=also)


def fitting(wall: type_ns, true: type_ns, *, skew: int = MOST_SKEW) -> list[tuple[Behaviour, int]]:
    """The behaviours that some matches agree with, each with the number of these, the most first; usual zones first."""
    wall, true = _near(wall, true)
    if not len(wall):
        return []
    every = behaviours(*window_of(int(true.min()), int(true.max())))
    scored = [(each, votes) for each in every if (votes := _agreeing(wall, true, each, skew))]
    return sorted(scored, key=lambda pair: (-pair[1], not pair[0].usual))


def _window(true: type_ns, span: tuple[int, int] | None) -> tuple[int, int]:
    """The time of the matches and of the file, as far as it lies near them."""
    first, last = int(true.min()), int(true.max())
    if span is None:
        return first, last
    return min(first, max(span[0], first - _FAR)), max(last, min(span[1], last + _FAR))


def differing(best: Behaviour, other: Behaviour, span: tuple[int, int]) -> bool:
    """Whether two zones read some time from the first to the last that a clock showed (ns) differently."""
    shown = np.arange(span[0], span[1] + _GRID, _GRID, dtype=np.int64)
    one, another = best.zone.to_utc(shown), other.zone.to_utc(shown)
    return any(not np.array_equal(a, b) for a, b in zip(one, another, strict=True))


def _near(wall: type_ns, true: type_ns) -> tuple[type_ns, type_ns]:
    """The matches that a zone could explain at all, within a month around the middle of them."""
    kept = np.abs(wall - true) <= _WIDEST
    if not kept.any():
        return wall[:0], true[:0]
    kept &= np.abs(true - int(np.median(true[kept]))) <= _MONTH
    return wall[kept], true[kept]


def _alike(best: Behaviour, other: Behaviour) -> bool:
    """Whether the other does no more than change where nothing was logged, or changes elsewhere."""
    return bool(set(best.offsets) & set(other.offsets))


def _agreeing(wall: type_ns, true: type_ns, behaviour: Behaviour, skew: int) -> int:
    _, first, last = behaviour.zone.to_utc(wall)
    off = np.minimum(np.abs(first - true), np.abs(last - true))
    return int((off <= skew).sum())


def second_pass(wall: type_ns, twice: Mask) -> Mask | None:
    """Which rows of a file, in its order, were written when the clock showed the same hour again.

    ``twice`` marks the rows in an hour that comes twice. The one jump back tells; None where there is none.
    """
    rows = np.flatnonzero(twice)
    if not len(rows):
        return None
    shown = wall[rows]
    behind = shown < np.maximum.accumulate(shown) - _LATE
    begins = next((at for at in np.flatnonzero(behind).tolist() if behind[at : at + _NEXT].mean() > 0.5), None)
    if begins is None:
        return None
    stale = shown > np.minimum.accumulate(shown[::-1])[::-1] + _LATE  # lines of the first hour that came late
    again = np.where(np.arange(len(rows)) < begins, behind, ~stale)
    found: Mask = np.zeros(len(wall), dtype=np.bool_)
    found[rows] = again
    return found
