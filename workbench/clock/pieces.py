"""Pieces: how far a clock was off from one stretch of time to the next, where it was set meanwhile or drifts.

Stretches of ten minutes vote each for itself. Where two that follow one another disagree, and most matches between them
agree with the earlier up to one moment and with the later from then on, the clock was set at that moment. Where they
agree with neither, or they differ by little, it drifts: then each stretch holds what its neighbours say as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.voting import CLEAR, LEAST_VOTES, agreed, apart, closely, stretches, voted
from workbench.clock.zone import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.clock.voting import Vote
    from workbench.clock.zone import type_ns

FOREVER = (1 << 63) - 1
_MOST_DRIFT = 0.002  # of the time: what is more cannot have come little by little
_SET = 0.6  # of the matches that agree on both sides: with so many on one side or the other of a moment, it was set
_MARGIN = SECOND  # around the moment: the resolution of a syslog


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A clock's offset ``low..high`` (ns, ahead > 0) for the times it shows before ``until`` (ns, exclusive)."""

    until: int
    low: int
    high: int
    moment: bool = False  # the time in which it was set: the offset is the one before or the one after
    drifts: bool = False

    @property
    def middle(self) -> int:
        """The middle of the interval."""
        return (self.low + self.high) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Intervals ``lows..highs`` for an offset, and the true times ``at`` of what they come from; all in ns."""

    lows: type_ns
    highs: type_ns
    at: type_ns

    def part(self, rows: type_ns | slice) -> Matches:
        """Some of them."""
        return Matches(lows=self.lows[rows], highs=self.highs[rows], at=self.at[rows])

    def agree(self, vote: Vote) -> np.ndarray:
        """Which of them the region of a vote meets."""
        return (self.lows <= vote.high) & (self.highs >= vote.low)


def followed(matches: Matches, span: tuple[int, int]) -> tuple[Piece, ...]:
    """The clock's offset piece by piece: one where it ran evenly, none where that cannot be told.

    ``span`` is the first and the last true time for which the pieces must do: a drift goes on beyond the matches.
    """
    if len(matches.at) < LEAST_VOTES:
        return ()
    matches = matches.part(np.argsort(matches.at, kind="stable"))
    whole = agreed(matches.lows, matches.highs, matches.at)
    if whole and not whole.uneven:
        return (Piece(until=FOREVER, low=whole.low, high=whole.high),)
    segments = [matches.part(slice(*each)) for each in pairwise(_settings(matches))]
    runs = [_run(segment, (_from(segment, at, span), _to(segment, at, span, len(segments))))
            for at, segment in enumerate(segments)]  # fmt: skip
    if whole is None or not all(runs) or sum(map(len, runs)) < 2:
        return ()
    found = [piece for run in _joined(segments, runs) for piece in run]
    one = voted(matches.lows, matches.highs)
    if agreeing(matches, found) / len(matches.at) <= max(one.share if one else 0, CLEAR):
        return ()
    return (*found[:-1], replace(found[-1], until=FOREVER))


def row_of(found: Sequence[Piece], shown: type_ns) -> type_ns:
    """For each time that the clock showed the row of its piece."""
    untils = np.array([piece.until for piece in found[:-1]], dtype=np.int64)
    return np.searchsorted(untils, shown, side="right")


def _settings(matches: Matches) -> list[int]:
    """The rows at which the clock was set, from 0 to the number of rows."""
    known = [
        (start, stop, vote)
        for start, stop in pairwise(_edges(matches))
        if (vote := closely(matches.lows[start:stop], matches.highs[start:stop]))
    ]
    found: list[int] = []
    for (start, _, before), (_, stop, after) in pairwise(known):
        between = max(after.low - before.high, before.low - after.high)
        if between > _MOST_DRIFT * (matches.at[stop - 1] - matches.at[start]) / 2:
            row = _setting(matches.part(slice(start, stop)), before, after)
            if row is not None and start + row > (found[-1] if found else 0):
                found.append(start + row)
    return [0, *found, len(matches.at)]


def _edges(matches: Matches) -> list[int]:
    """The rows where stretches begin, and where runs that disagree with all others begin and end."""
    edges = set(np.cumsum([0, *map(len, stretches(matches.at))]).tolist())
    whole = voted(matches.lows, matches.highs)
    runs = apart(matches.lows, matches.highs, matches.at, whole) if whole else []
    return sorted(edges | {edge for run in runs for edge in (int(run.min()), int(run.max()) + 1)})


def _setting(matches: Matches, before: Vote, after: Vote) -> int | None:
    """The first row after the clock was set; None where no moment parts the matches."""
    early, late = matches.agree(before), matches.agree(after)
    left = np.concatenate(([0], np.cumsum(early)))
    right = int(late.sum()) - np.concatenate(([0], np.cumsum(late)))
    row = int(np.argmax(left + right))
    expected = before.share * row + after.share * (len(early) - row)
    return row if left[row] + right[row] >= _SET * expected and 0 < row < len(early) else None


def _run(segment: Matches, span: tuple[int, int]) -> list[Piece]:
    """The pieces of a time in which the clock was not set: one, or one a stretch where it drifts."""
    whole = agreed(segment.lows, segment.highs, segment.at)
    if whole and not whole.uneven:
        return [Piece(until=span[1], low=whole.low, high=whole.high)]
    parts = [segment.part(rows) for rows in stretches(segment.at)]
    known = [(part, vote) for part in parts if (vote := closely(part.lows, part.highs))]
    return _drifting(known, span) if len(known) > 1 else []


def _drifting(known: Sequence[tuple[Matches, Vote]], span: tuple[int, int]) -> list[Piece]:
    """A piece a stretch, which holds what its neighbours say too; beyond the ends the drift goes on."""
    middles = [(vote.low + vote.high) // 2 for _, vote in known]
    times = [int(np.median(part.at)) for part, _ in known]
    ends = [span[0], *((one + other) // 2 for one, other in pairwise(times)), span[1]]
    found = []
    for at in range(len(known)):
        near = [vote for _, vote in known[max(at - 1, 0) : at + 2]]
        slope = _slope(middles, times, min(at, len(known) - 2))
        beyond = [round(slope * (end - times[at])) for end in (ends[at], ends[at + 1])]
        low = min(*(vote.low for vote in near), *(known[at][1].low + each for each in beyond))
        high = max(*(vote.high for vote in near), *(known[at][1].high + each for each in beyond))
        found.append(Piece(until=ends[at + 1] + middles[at], low=low, high=high, drifts=True))
    return found


def _slope(middles: Sequence[int], times: Sequence[int], at: int) -> float:
    return (middles[at + 1] - middles[at]) / max(times[at + 1] - times[at], 1)


def _from(segment: Matches, at: int, span: tuple[int, int]) -> int:
    return min(span[0], int(segment.at[0])) if at == 0 else int(segment.at[0])


def _to(segment: Matches, at: int, span: tuple[int, int], count: int) -> int:
    return max(span[1], int(segment.at[-1])) if at == count - 1 else int(segment.at[-1])


def _joined(segments: Sequence[Matches], runs: Sequence[list[Piece]]) -> list[list[Piece]]:
    """The runs with the moments of setting between them, as the clock showed them: after it, before it, or both."""
    joined = [[*runs[0]]]
    for (one, other), later in zip(pairwise(segments), runs[1:], strict=True):
        before, after = joined[-1][-1], later[0]
        # What the clock showed before this is of the time before, and what it showed from the end on, after.
        begin = int(one.at[_last(one, before)]) + after.low - _MARGIN
        end = int(other.at[_first(other, after)]) + before.high + _MARGIN
        joined[-1][-1] = replace(before, until=min(begin, end))
        both = Piece(until=end, low=min(before.low, after.low), high=max(before.high, after.high), moment=True)
        joined += [[both] if end > begin else [], [*later]]
    return joined


def _last(matches: Matches, piece: Piece) -> int:
    rows = np.flatnonzero((matches.lows <= piece.high) & (matches.highs >= piece.low))
    return int(rows[-1]) if len(rows) else 0


def _first(matches: Matches, piece: Piece) -> int:
    rows = np.flatnonzero((matches.lows <= piece.high) & (matches.highs >= piece.low))
    return int(rows[0]) if len(rows) else -1


def agreeing(matches: Matches, found: Sequence[Piece]) -> int:
    """How many of the matches agree with the piece in which they lie."""
    rows = row_of(found, matches.at + (matches.lows + matches.highs) // 2)
    low, high = (np.array([getattr(piece, name) for piece in found])[rows] for name in ("low", "high"))
    return int(((matches.lows <= high) & (matches.highs >= low)).sum())
