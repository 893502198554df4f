"""A stretch of text that a rule says is to be hidden."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Characters ``start`` to ``end`` of a text; ``value`` is what they say, in one spelling for all its spellings."""

    start: int
    end: int
    rule: str
    value: str
    loose: bool = False  # told by its surroundings and not by its own shape

    def __repr__(self) -> str:
        """Without the value: a traceback must not tell what was to be hidden."""
        return f"Found({self.rule} {self.start}-{self.end})"

    @property
    def length(self) -> int:
        """How many characters are hidden."""
        return self.end - self.start


def disjoint(ranked: Iterable[Iterable[Found]]) -> list[Found]:
    """What is to be hidden without overlaps, in order of place: an earlier rank wins, and in a rank the longest."""
    kept: list[Found] = []
    for rank in ranked:
        for one in sorted(rank, key=lambda found: (-found.length, found.start)):
            at = bisect(kept, one.start, key=_start)
            before_ends = kept[at - 1].end if at else 0
            after_starts = kept[at].start if at < len(kept) else one.end
            if before_ends <= one.start and one.end <= after_starts:
                kept.insert(at, one)
    return kept


def _start(found: Found) -> int:
    return found.start


def joined(found: Iterable[Found], text: str) -> list[Found]:
    """Stretches that overlap as one, named by the longest: nothing of any of them remains."""
    whole: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if whole and one.start < whole[-1].end:
            whole[-1] = _both(whole[-1], one, text)
        else:
            whole.append(one)
    return whole


def _both(first: Found, second: Found, text: str) -> Found:
    if second.end <= first.end:
        return first
    longest = max(first, second, key=lambda each: each.length)
    return Found(
        start=first.start,
        end=second.end,
        rule=longest.rule,
        value=text[first.start : second.end],
        loose=first.loose and second.loose,
    )
