"""What people say in chat and on calls that states a moment of the incident."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workbench.analysis.lexicon import PATTERNS
from workbench.analysis.veto import is_open, is_retracted, objection

LOOSE = 0.5  # the weight up to which a pattern is so loose that it may have taken a condition or a doubt in
LONGEST = 4000  # characters that are looked at: a pasted log is no statement
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+|\.{2,}")
_MARKED = re.compile(r"(?<!\w)[*_~]+(?=\S)|(?<=\S)[*_~]+(?!\w)")  # bold, italic, struck out
_CODE = re.compile(r"```.*?(?:```|$)|`[^`]*`|\bhttps?://\S+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A moment that a sentence states, how far to trust it, and the words that state it."""

    moment: str
    weight: float
    words: str


def _clean(text: str) -> str:
    """The words without quoted lines, code and addresses, with straight quotes."""
    straight = text[:LONGEST].replace("\u2019", "'").replace("\u2018", "'")
    lines = [line for line in straight.splitlines() if not line.lstrip().startswith((">", "&gt;"))]
    return _MARKED.sub("", _CODE.sub(" ", "\n".join(lines)))


def _in_sentence(sentence: str, *, bot: bool) -> list[Statement]:
    found = []
    for moment, patterns in PATTERNS.items():
        hits = [
            (by_bot if bot else by_person, match)
            for by_person, by_bot, pattern in patterns
            if (match := pattern.search(sentence))
        ]
        stand = [
            hit for hit in hits
            if hit[0] and not objection(sentence, hit[1].start(), hit[1].end(), moment) and not (
                hit[0] <= LOOSE and is_open(hit[1][0]))
        ]  # fmt: skip
        if stand:
            weight, match = max(stand, key=lambda hit: hit[0])
            found.append(Statement(moment=moment, weight=weight, words=match[0].strip()))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a message, without quoted lines, code and addresses."""
    return _SENTENCE.split(_clean(text))


@lru_cache(maxsize=4096)
def statements(text: str, *, bot: bool = False) -> tuple[Statement, ...]:
    """The moments that a message states, at most one of each; questions, hopes, plans and requests state none."""
    cleaned = _clean(text)
    if is_retracted(cleaned):
        return ()
    best: dict[str, Statement] = {}
    for sentence in _SENTENCE.split(cleaned):
        for statement in _in_sentence(sentence, bot=bot):
            held = best.get(statement.moment)
            if held is None or statement.weight > held.weight:
                best[statement.moment] = statement
    return tuple(best.values())
