"""Chance that is the same on every machine: only `random()` of the Mersenne Twister is used."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20251117
T = TypeVar("T")


class Draw:
    """A named stream of chance, so that one export's draws do not shift another's."""

    def __init__(self, name: str) -> None:
        """Seed from the sample's seed and the stream's name."""
        self._next = random.Random(f"{SEED}/{name}").random

    def share(self) -> float:
        """From 0 up to 1."""
        return self._next()

    def chance(self, probability: float) -> bool:
        """True this often."""
        return self._next() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._next() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self._next() * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items, in their own order."""
        order = sorted(range(len(items)), key=lambda _: self._next())
        return [items[place] for place in sorted(order[:count])]

    def hexes(self, digits: int) -> str:
        """An identifier in hexadecimal."""
        return "".join("0123456789abcdef"[int(self._next() * 16)] for _ in range(digits))

    def code(self, letters: int) -> str:
        """An identifier in capitals and digits, as the paging tools give."""
        signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        return "".join(signs[int(self._next() * 36)] for _ in range(letters))


def between(points: Sequence[tuple[int, float]], place: int) -> float:
    """Straight lines through the points; 0 before the first and after the last."""
    for (left, low), (right, high) in pairwise(points):
        if left <= place < right:
            return low + (high - low) * (place - left) / (right - left)
    return 0.0
