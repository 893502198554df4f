"""Votes on a clock as the browser draws them: where each pair of sources agrees, and each match as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.clock.zone import SECOND
from workbench.timeline.clock_sentences import votes_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.clock.behaviour import Behaviour
    from workbench.model import ClockOffset
    from workbench.timeline.load import ReadSource
    from workbench.timeline.votes import Votes

MOST = 4_000  # matches of a pair that are sent: more are no better seen
_ZONES = 5


def pair_json(votes: Votes, sources: Mapping[str, ReadSource], path: str) -> dict[str, Any]:
    """One pair: how many ids, and where they agree (s)."""
    vote = votes.vote
    offset = sources[votes.other].report.clock_offset
    return {
        "other": votes.other,
        "of": len(votes),
        "sent": len(_kept(votes)),
        "known": votes.known,
        "follows": _follows(offset, path),
        "vote": vote and {"low": vote.low / SECOND, "high": vote.high / SECOND, "votes": vote.votes,
                          "uneven": vote.uneven},
    }  # fmt: skip


def _follows(offset: ClockOffset | None, path: str) -> bool:
    """Whether the other's clock is known by this source only: what it says of it is then no more than that."""
    told = votes_in(offset.basis) if offset else None
    return told is not None and told[2] == path


def packed(found: Sequence[Votes]) -> list[memoryview]:
    """The matches of all pairs, one after the other: low, high (s), when (ms), and the lines of both."""
    kept = [(each, _kept(each)) for each in found]
    columns = (
        [each.low[rows] / SECOND for each, rows in kept],
        [each.high[rows] / SECOND for each, rows in kept],
        [each.at[rows] / 1e6 for each, rows in kept],
        [each.line[rows] for each, rows in kept],
        [each.line_other[rows] for each, rows in kept],
    )
    return [np.concatenate([np.zeros(0), *parts]).astype(np.float64).data for parts in columns]


def _kept(votes: Votes) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The rows that are sent, in order of time: evenly spread, where there are too many."""
    order = np.argsort(votes.at, kind="stable")
    return order if len(order) <= MOST else order[np.linspace(0, len(order) - 1, MOST).astype(np.int64)]


def zones_json(found: Sequence[tuple[Behaviour, int, int]]) -> list[dict[str, Any]]:
    """The zones that the ids fit best, and how many others show the same clock."""
    return [
        {"zone": each.names[0], "text": each.text, "more": len(each.names) - 1, "votes": votes, "of": of}
        for each, votes, of in found[:_ZONES]
    ]
