"""Local time around the change of the clock: which zone a wall clock showed, and which of the two hours it was.

Both are found by the times that other clocks, or the order of the lines, state; never by a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.behaviour import Behaviour, behaviours, window_of
from workbench.clock.voting import LEAST_VOTES
from workbench.clock.zone import HOUR, SECOND

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns

    Mask = npt.NDArray[np.bool_]

MOST_SKEW = 450 * SECOND  # a clock is off by less than half of the quarter hours that zones lie apart
_SURE, _LIKELY = 0.9, 0.6
_RIVAL = 0.5  # of the winner's votes: more, and the zone is not known
_LATE = HOUR // 2
_NEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundZone:
    """The behaviour of a wall clock that ``votes`` of ``of`` matches agree with."""

    behaviour: Behaviour
    votes: int
    of: int

    @property
    def confidence(self) -> float:
        """How sure it is, by the share and the number of the matches that agree."""
        share = self.votes / self.of
        return round(min(share, 0.99 if self.votes >= 10 else 0.9 if self.votes >= 5 else 0.8), 2)


def zone_behind(wall: type_ns, true: type_ns) -> FoundZone | None:
    """The zone whose clock showed ``wall`` at the times ``true`` (both ns, one a match), but for a skew of minutes.

    None where fewer than three matches or than six of ten agree, or where another zone does nearly as well.
    """
    if len(wall) < LEAST_VOTES:
        return None
    scored = [(_agreeing(wall, true, each), each) for each in behaviours(*window_of(int(true.min()), int(true.max())))]
    scored.sort(key=lambda pair: -pair[0])
    votes, best = scored[0]
    if votes < LEAST_VOTES or votes < _LIKELY * len(wall):
        return None
    rivals = (count for count, each in scored if not _alike(best, each))
    if next(rivals, 0) > _RIVAL * votes:
        return None
    return FoundZone(behaviour=best, votes=votes, of=len(wall))


def _alike(best: Behaviour, other: Behaviour) -> bool:
    """Whether the other does no more than change where nothing was logged, or changes elsewhere."""
    return bool(set(best.offsets) & set(other.offsets))


def _agreeing(wall: type_ns, true: type_ns, behaviour: Behaviour) -> int:
    _, first, last = behaviour.zone.to_utc(wall)
    off = np.minimum(np.abs(first - true), np.abs(last - true))
    return int((off <= MOST_SKEW).sum())


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
