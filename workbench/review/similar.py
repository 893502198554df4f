"""Which earlier incidents are like one: by its cause first, then by words, alerts, services and what its logs said.

A repeat that counts is one that people named: the same cause in incident.toml. What only looks alike is a suggestion.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.review.record import Record

WEIGHTS = {"words": 0.45, "alerts": 0.2, "services": 0.15, "templates": 0.2}
LEAST = 0.35  # of 1: what is less alike is not suggested
_MOST = 5
_WORD = re.compile(r"[^\W\d_][\w-]{2,}")
_SILENT = "similar.toml"  # words that every incident has


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """An earlier incident and why it is like a later one; ``score`` is 1 for a cause that people named."""

    earlier: str
    later: str
    score: float
    why: str
    confirmed: bool

    def to_json(self) -> dict[str, Any]:
        """A pair as in ``review --json``."""
        return {
            "id": self.later, "earlier": self.earlier, "score": round(self.score, 2), "why": self.why,
            "confirmed": self.confirmed,
        }  # fmt: skip


def alike(earlier: Record, later: Record) -> str:
    """Why people say that they have one cause; nothing where they do not."""
    same = bool(later.cause) and earlier.cause.strip().casefold() == later.cause.strip().casefold()
    return f"both have the cause {later.cause}" if same else ""


def repeats(records: Sequence[Record], everything: Sequence[Record]) -> list[Like]:
    """For each incident the nearest earlier one with its cause, where there is one."""
    found: list[Like] = []
    for later in records:
        before = [one for one in everything if is_before(one, later)]
        own = [(one, why) for one in before if (why := alike(one, later))]
        if own:
            earlier, why = max(own, key=lambda pair: _when(pair[0]))
            found.append(Like(earlier=earlier.id, later=later.id, score=1.0, why=why, confirmed=True))
    return found


def suggestions(records: Sequence[Record], everything: Sequence[Record]) -> list[Like]:
    """For each incident that is no confirmed repeat the earlier one most like it, where one is like it enough."""
    sure = {one.later for one in repeats(records, everything)}
    rare = rarity(everything)
    found = (next(iter(similar(one, everything, rare)), None) for one in records if one.id not in sure)
    return sorted((one for one in found if one and not one.confirmed), key=lambda one: -one.score)


def similar(record: Record, everything: Sequence[Record], rare: dict[str, float] | None = None) -> list[Like]:
    """The earlier incidents that are like one, the most alike first, each with its reasons."""
    weights = rarity(everything) if rare is None else rare
    found = [_like(one, record, weights) for one in everything if is_before(one, record)]
    when = {one.id: _when(one) for one in everything}
    near = sorted(found, key=lambda one: (-one.score, -when[one.earlier], one.earlier))  # of two alike the later one
    return [one for one in near if one.score >= LEAST][:_MOST]


def is_before(one: Record, other: Record) -> bool:
    """Whether one incident began before another; where nobody knows its beginning, its newest event stands for that."""
    return one.id != other.id and (_when(one), one.id) < (_when(other), other.id)


def _when(one: Record) -> int:
    return one.began or one.last or 0


def rarity(records: Sequence[Record]) -> dict[str, float]:
    """How much each word says: the fewer incidents have it, the more."""
    held = Counter(word for one in records for word in words(_text(one)))
    return {word: math.log((1 + len(records)) / count) for word, count in held.items()}


def _text(record: Record) -> str:
    return " ".join((record.title, record.trigger, record.cause.replace(":", " "), *record.tags))


@cache
def _silent() -> frozenset[str]:
    return frozenset(tomllib.loads((Path(__file__).parent / _SILENT).read_text("utf-8"))["words"])


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The words of a text that may tell one incident from another."""
    return frozenset(word.casefold() for word in _WORD.findall(text)) - _silent()


def _like(earlier: Record, later: Record, rare: dict[str, float]) -> Like:
    if why := alike(earlier, later):
        return Like(earlier=earlier.id, later=later.id, score=1.0, why=why, confirmed=True)
    parts = {
        "words": _weighed(words(_text(earlier)), words(_text(later)), rare),
        "alerts": _shared(earlier.alerts, later.alerts),
        "services": _shared(earlier.services, later.services),
        "templates": _shared(earlier.templates, later.templates),
    }
    told = {name: part for name, part in parts.items() if part is not None}
    total = sum(WEIGHTS[name] for name in told)
    score = sum(WEIGHTS[name] * part[0] for name, part in told.items()) / total if total else 0.0
    reasons = [f"{name}: {', '.join(part[1][:4])}" for name, part in told.items() if part[1]]
    return Like(
        earlier=earlier.id, later=later.id, score=score, why="; ".join(reasons) or "nothing in common", confirmed=False
    )


def _weighed(one: frozenset[str], other: frozenset[str], rare: dict[str, float]) -> tuple[float, list[str]] | None:
    """Jaccard's likeness of two sets of words, each as heavy as it is rare, and the heaviest that both have."""
    if not one or not other:
        return None
    both, either = one & other, one | other
    whole = sum(rare.get(word, 1.0) for word in either)
    shared = sorted(both, key=lambda word: (-rare.get(word, 1.0), word))
    return (sum(rare.get(word, 1.0) for word in both) / whole if whole else 0.0), shared


def _shared(one: Iterable[str], other: Iterable[str]) -> tuple[float, list[str]] | None:
    mine, theirs = set(one), set(other)
    if not mine or not theirs:
        return None
    return len(mine & theirs) / len(mine | theirs), sorted(mine & theirs)
