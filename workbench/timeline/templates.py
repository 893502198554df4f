"""Templates of messages: what lines have in common once ids, numbers and quoted texts are taken out of them.

A small Drain (He et al., ICWS 2017) over masked messages; the masks do most of the work. Messages are taken in the
order of their text, so that the order of the files does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

WILD = "<*>"
ALIKE = 0.4  # of the words in common: fewer, and it is another template
MOST = 50_000  # masked messages that are compared; of more, the rest stay as they are
LONGEST = 400  # bytes of a message that count
# One after the other: together they are far slower than the sum of them.
_MASKS = (
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",  # uuid
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",  # address
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # e-mail
    r'"[^"\n]*"',
    r"'[^'\n]*'",
    r"\b(?:0x)?[0-9a-f]*\d[0-9a-f]{7,}\b|\b[0-9a-f]{7,}\d[0-9a-f]*\b",  # hexadecimal
    r"\b[A-Za-z]{1,12}[_-]\d+\b",  # order_17
    r"[-+]?\d+(?:[.,:]\d+)*(?:\s?(?:ms|us|ns|s|m|h|%|[KMGT]i?B|B))?\b",
)


@dataclass(slots=True)
class _Leaf:
    """The templates of one length and first word, as lists of words."""

    templates: list[list[str]] = field(default_factory=list)

    def take(self, words: list[str]) -> list[str]:
        """The template that the words fall under, widened by them; a new one where none is alike."""
        best, shared = None, 0.0
        for template in self.templates:
            same = sum(one in (other, WILD) for one, other in zip(template, words, strict=True)) / len(words)
            if same > shared:
                best, shared = template, same
        if best is None or shared < ALIKE:
            self.templates.append([*words])
            return self.templates[-1]
        best[:] = [one if one == other else WILD for one, other in zip(best, words, strict=True)]
        return best


def templates_of(messages: pl.Series) -> pl.Series:
    """The template of each message; null stays null."""
    masked = messages.str.slice(0, LONGEST).str.split("\n").list.first()
    for mask in _MASKS:
        masked = masked.str.replace_all(mask, WILD)
    unique = masked.drop_nulls().unique().sort()
    found = dict(zip(unique, _drained(unique.head(MOST).to_list()), strict=False))
    return masked.replace_strict(list(found), list(found.values()), default=masked, return_dtype=pl.String)


def _drained(texts: Iterable[str]) -> list[str]:
    """The template of each masked text, in their order."""
    leaves: dict[tuple[int, str], _Leaf] = defaultdict(_Leaf)
    taken = []
    for text in texts:
        words = text.split() or [""]
        first = words[0] if WILD not in words[0] else WILD
        taken.append(leaves[len(words), first].take(words))
    return [" ".join(words) for words in taken]
