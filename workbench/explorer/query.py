"""What people write into the search box, understood: words, phrases, expressions, fields, levels and times.

    timeout "no reply" /pool-[0-9]+/ service:pay* level>=warn after:14:05 -health retry OR again

All terms must hold; ``OR`` between terms asks for one of them, and ``-`` before a term for its contrary. Words and
names are compared without regard to case; an expression is taken as written. What cannot be understood gives a
sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.clock import read_instant
from workbench.clock.zone import SECOND
from workbench.events.levels import LEVELS, level_of

LONGEST = 2_000  # signs of a query
LONGEST_EXPRESSION = 300
MOST_TERMS = 50
FIELDS = ("service", "host", "actor", "source", "kind", "action", "level", "id", "message")
TIMES = ("after", "before")

_NAME = re.compile(r"([A-Za-z_@][\w.@-]*)(>=|<=|!=|[:=<>])")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?Z?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/(?=\s|$)", re.DOTALL)
_BARE = re.compile(r"\S+")
_BLANK = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """A text that holds these signs: the message, a name or an attribute; or the one field that is named."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that a regular expression fits somewhere."""

    pattern: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A field that is this name, whole; ``*`` stands for any signs, and "none" for no name."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """``name:value`` of a name that is no field: an attribute, a column of the frame, or the very text."""

    name: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level compared with one of the six."""

    sign: str
    level: str


@dataclass(frozen=True, slots=True)
class Moment:
    """At a time or after it, or before it: UTC ns, or where ``is_clock`` ns since midnight of a day to be found."""

    after: bool
    ns: int
    is_clock: bool = False


Test = Words | Expression | Named | Told | Level | Moment


@dataclass(frozen=True, slots=True)
class Term:
    """A test, or its contrary."""

    test: Test
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Groups that must all hold; of each, one term. ``why`` says what cannot be understood, and then there are none."""

    groups: tuple[tuple[Term, ...], ...] = ()
    why: str = ""


class _WrongError(Exception):
    """A sentence for whoever wrote the query."""


def parse(text: str) -> Query:
    """The query, or why it is none; never raises."""
    if len(text) > LONGEST:
        return Query(why=f"The query has {len(text):,} signs; {LONGEST:,} are the most.")
    try:
        return Query(groups=_groups(_tokens(text)))
    except _WrongError as wrong:
        return Query(why=str(wrong))


def _groups(tokens: list[Term | str]) -> tuple[tuple[Term, ...], ...]:
    groups: list[list[Term]] = []
    joined = negated = False
    for place, word in enumerate(tokens):
        if isinstance(word, Term):
            term = Term(word.test, word.negated is not negated)
            groups[-1].append(term) if joined else groups.append([term])
            joined = negated = False
        elif word == "NOT":
            negated = True
        elif word == "OR":
            if not place or isinstance(tokens[place - 1], str):
                raise _WrongError('OR needs a term on its left. Write "OR" in quotes to look for the word.')
            joined = True
    if joined or negated:
        raise _WrongError(f"{tokens[-1]} needs a term on its right.")
    return tuple(tuple(group) for group in groups)


def _tokens(text: str) -> list[Term | str]:
    """Terms and the words between them, in order."""
    found: list[Term | str] = []
    at = _skipped(text, 0)
    while at < len(text):
        word = _bare(text, at)
        if word in {"OR", "AND", "NOT"}:
            found.append(word)
            at += len(word)
        else:
            negated = len(word) > 1 and word[0] == "-"
            test, at = _test(text, at + negated)
            found.append(Term(test, negated))
        if len(found) > 2 * MOST_TERMS:
            raise _WrongError(f"The query has more than {MOST_TERMS} terms.")
        at = _skipped(text, at)
    return found


def _skipped(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _bare(text: str, at: int) -> str:
    """The signs up to the next blank."""
    found = _BARE.match(text, at)
    return found[0] if found else ""


def _test(text: str, at: int) -> tuple[Test, int]:
    """The test that begins here, and the place after it."""
    if named := _NAME.match(text, at):
        found = _field(text, named)
        if found:
            return found
    value, end, how = _value(text, at)
    if how == "expression":
        return Expression(_expression(value)), end
    return Words(_inner(value, how)), end


def _value(text: str, at: int) -> tuple[str, int, str]:
    """A quoted, an expression's or a bare value, and the place after it."""
    bare = _bare(text, at)
    if bare.startswith('"'):
        quoted = _QUOTED.match(text, at)
        if not quoted:
            raise _WrongError('A quote is opened and not closed. Write \\" to look for a quote.')
        if not quoted[1].strip():
            raise _WrongError("The quotes hold nothing.")
        return re.sub(r'\\(["\\])', r"\1", quoted[1]), quoted.end(), "quoted"
    # A path such as /api/v1/orders is a word: an expression ends with a slash, and holds others only as \/.
    regex = _REGEX.match(text, at)
    if regex:
        return regex[1].replace("\\/", "/"), regex.end(), "expression"
    return bare, at + len(bare), "bare"


def _expression(pattern: str) -> str:
    if len(pattern) > LONGEST_EXPRESSION:
        raise _WrongError(f"The expression has {len(pattern):,} signs; {LONGEST_EXPRESSION} are the most.")
    return pattern


def _field(text: str, named: re.Match[str]) -> tuple[Test, int] | None:
    """The test of ``name:value``; None where that is no more than a word, such as ``a->b`` or ``done:``."""
    name, sign = named[1].lower(), named[2]
    equal, known = sign in {":", "="}, name in FIELDS or name in TIMES
    if not _bare(text, named.end()):
        if known and sign == ":":
            raise _WrongError(f"{named[0]} needs a value, such as {_EXAMPLES.get(name, f'{name}:api')}.")
        return None
    if not equal and name != "level":
        return None
    if not known:
        return _told(text, named)
    value, end, how = _value(text, named.end())
    return _of_field(name, sign, value, how), end


def _of_field(name: str, sign: str, value: str, how: str) -> Test:
    if name in TIMES:
        return _moment(name, value)
    if how == "expression":
        return Expression(_expression(value), name)
    if name == "level":
        return _level(sign, value)
    if name == "message":
        return Words(_inner(value, how), name)
    return Named(name, value)


def _inner(value: str, how: str) -> str:
    """A word without the stars at its ends, which say nothing of what may stand anywhere in a text."""
    return value if how == "quoted" else value.strip("*") or value


_EXAMPLES = {"level": "level>=warn", "after": "after:14:05", "before": "before:2025-11-17T14:20Z"}


def _told(text: str, named: re.Match[str]) -> tuple[Test, int]:
    """Quotes hold the value together, as in ``msg="not found"``; the text is as it stands, quotes and all."""
    quoted = _QUOTED.match(text, named.end())
    if quoted and quoted[1].strip():
        return Told(named[1], quoted[1], named[0] + quoted[0]), quoted.end()
    value = _bare(text, named.end())
    return Told(named[1], value, named[0] + value), named.end() + len(value)


def _level(sign: str, value: str) -> Test:
    level = level_of(value)
    if level:
        return Level("=" if sign == ":" else sign, level)
    if sign in {":", "="}:
        return Named("level", value)
    raise _WrongError(f"{value!r} is no level. The levels are {', '.join(LEVELS)}.")


def _moment(name: str, value: str) -> Moment:
    after = name == "after"
    if clock := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction = clock.groups()
        whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
        return Moment(after, whole * SECOND + int((fraction or "").ljust(9, "0")), is_clock=True)
    found = read_instant(f"{value}T00:00Z" if _DAY.fullmatch(value) else value)
    if found is None:
        raise _WrongError(f"{value!r} is no time. Write 14:05, 14:05:30, 2025-11-17 or 2025-11-17T14:05Z (UTC).")
    return Moment(after, found.ns)
