"""A format's regular expression, cut into what finding needs: does it match, where is the time, what are the fields."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

_NAMED = re.compile(r"\(\?P<([A-Za-z_][A-Za-z0-9_]*)>")
_FREE_TAIL = re.compile(r"\(\?:\[\^\\r\\n\]\*\)$|\(\?:\[\^\\n\]\*\)$")


@lru_cache(maxsize=512)
def without_groups(regex: str, keep: str = "") -> str:
    """The expression with plain groups for named ones, but for one: without captures it runs far faster."""
    return _NAMED.sub(lambda match: match[0] if match[1] == keep else "(?:", regex)


@lru_cache(maxsize=512)
def matcher(regex: str) -> str:
    """The expression for "does it match": no groups, and no tail that takes whatever is left."""
    return _FREE_TAIL.sub("", without_groups(regex))


@lru_cache(maxsize=512)
def up_to(regex: str, group: str) -> str:
    """The expression up to the end of a group, that group alone captured; the whole of it where the group is nested."""
    plain = without_groups(regex, group)
    start = plain.index(f"(?P<{group}>")
    depth, end = _depth(plain, start), _closing(plain, start)
    cut = plain[: end + 1]
    return cut if depth == 0 and plain[end + 1 : end + 2] not in {"?", "*"} and _compiles(cut) else plain


def _compiles(regex: str) -> bool:
    try:
        pl.Series([""]).str.extract(regex, 1)
    except pl.exceptions.PolarsError:
        return False
    return True


def _tokens(regex: str) -> list[tuple[int, str]]:
    """Positions of the parentheses that open and close groups; escapes and classes are passed over."""
    found, at, in_class = [], 0, False
    while at < len(regex):
        char = regex[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += 1 + (regex[at + 1 : at + 2] == "^")
            at += regex[at : at + 1] == "]"
            continue
        elif char in "()":
            found.append((at, char))
        at += 1
    return found


def _depth(regex: str, position: int) -> int:
    before = [char for at, char in _tokens(regex) if at < position]
    return before.count("(") - before.count(")")


def _closing(regex: str, position: int) -> int:
    depth = 0
    for at, char in _tokens(regex):
        if at >= position:
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
    return len(regex) - 1
