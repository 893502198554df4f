"""One expression that finds any of many names as whole words, whatever their number."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Marks that belong to the letter before them, as in a decomposed ř: where they follow, a word is not over.
_MARKS = "\u0300-\u036f"
BEFORE = "(?<![^\\W_])"
AFTER = f"(?![^\\W_]|[{_MARKS}])"
_LONG = 8  # characters of a value
_LONGEST = 300  # characters of a name
_DEEPEST = 30
_BLANKS = "[\\s\u00a0]{1,3}"


def forms(name: str) -> tuple[str, ...]:
    """The name composed and decomposed, in small letters: an expression without regard to case finds all of them."""
    return tuple(dict.fromkeys(unicodedata.normalize(form, name).lower() for form in ("NFC", "NFD")))


def any_of(names: Iterable[str]) -> str:
    """The names as one alternation, the longest first; what they begin with in common is looked at once."""
    return _alternation(sorted({name for name in names if len(name) <= _LONGEST}))


def any_value(values: Iterable[str]) -> str:
    """The same for values: a long one tells itself apart from all else, and is found inside of words too."""
    ordered = sorted(values)
    long = [value for value in ordered if len(value) >= _LONG]
    short = [value for value in ordered if len(value) < _LONG]
    parts = [any_of(long)] if long else []
    return "|".join([*parts, f"{BEFORE}{any_of(short)}{AFTER}"] if short else parts)


def _alternation(names: Sequence[str], depth: int = 0) -> str:
    """Names in order, each group with its first letter, and what they share, before it branches."""
    if depth > _DEEPEST:  # names that are made to nest do not nest the expression
        return f"(?:{'|'.join(_escaped(name) for name in reversed(names))})"
    branches = []
    ends = "" in names
    for _, group in groupby((name for name in names if name), key=lambda name: name[0]):
        members = list(group)
        shared = _shared(members[0], members[-1])
        rest = [member[len(shared) :] for member in members]
        branches.append(_escaped(shared) + (_alternation(rest, depth + 1) if rest != [""] else ""))
    inner = "|".join(branches)
    if ends:
        return f"(?:{inner})?" if inner else ""
    return inner if len(branches) == 1 else f"(?:{inner})"


def _shared(first: str, last: str) -> str:
    """What the first and the last in order begin with in common: so do all between them."""
    count = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return min(first, last, key=len) if count is None else first[:count]


def _escaped(text: str) -> str:
    return _BLANKS.join(re.escape(word) for word in re.split(r"[\s\u00a0]+", text))
