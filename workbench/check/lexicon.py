"""The words of blame and hindsight, in families, as ``blame.toml`` and ``nouns.toml`` list them.

Grounds: Dekker, *The Field Guide to Understanding Human Error* (counterfactuals, hindsight); Allspaw, *The Infinite
Hows*; Etsy's *Debriefing Facilitation Guide* (questions that begin with how).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Of(StrEnum):
    """Of whom a wording must be said to be flagged."""

    ANYBODY = "anybody"
    PEOPLE = "people"
    NO_SYSTEM = "no system"  # people, or nobody knows whom
    ACTING_PEOPLE = "acting people"  # whom the clause begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A wording of a family; a sentence that ``unless`` fits is innocent."""

    code: str
    look: re.Pattern[str]
    of: Of = Of.ANYBODY
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nouns:
    """The nouns that tell what a clause is about, folded; ``other`` words tell nothing.

    ``incident`` are what a claim can be of, ``filler`` the words before a claim's verb that name no subject.
    """

    people: frozenset[str]
    systems: frozenset[str]
    names: frozenset[str]
    other: frozenset[str]
    incident: frozenset[str]
    filler: frozenset[str]


@cache
def patterns() -> tuple[Pattern, ...]:
    """All wordings, family by family."""
    table = _table("blame.toml")
    return tuple(_pattern(row, table["words"]) for row in table["pattern"])


@cache
def nouns() -> Nouns:
    """The lists of nouns."""
    return Nouns(**{name: frozenset(words.split()) for name, words in _table("nouns.toml").items()})


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _pattern(row: dict[str, str], words: dict[str, str]) -> Pattern:
    unless = row.get("unless")
    return Pattern(
        code=row["code"],
        look=_compiled(row["look"], words),
        of=Of(row.get("of", Of.ANYBODY)),
        unless=_compiled(unless, words) if unless else None,
    )


def _compiled(text: str, words: dict[str, str]) -> re.Pattern[str]:
    for name, list_ in words.items():
        text = text.replace(f"{{{name}}}", list_)
    return re.compile(text, re.IGNORECASE)
