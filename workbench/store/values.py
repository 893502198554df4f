"""The kinds of single values that the people's files hold, each with the words that say what is expected."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from workbench.clock import parse_rfc3339, parse_zone
from workbench.errors import ClockError
from workbench.store.schema_check import Value, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum


class _WrongError(ValueError):
    """Not such a value: the shape turns it into a problem with key and line."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError
    return value.strip()


def _filled(value: Any) -> str:
    text = _text(value)
    if not text:
        raise _WrongError
    return text


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _WrongError
    return tuple(_text(item) for item in value)


def _text_or_texts(value: Any) -> tuple[str, ...]:
    return (_text(value),) if isinstance(value, str) else _texts(value)


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value.strip())
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _WrongError
    return value


def _moment(value: Any) -> int:
    """UTC ns; a TOML time without an offset is refused like a text without one."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise _WrongError
        since = value - _EPOCH
        return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000
    try:
        return parse_rfc3339(_text(value))
    except ClockError as error:
        raise _WrongError from error


def _zone(value: Any) -> str:
    text = _filled(value)
    try:
        parse_zone(text)
    except ClockError as error:
        raise _WrongError from error
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _WrongError
    return float(value)


TEXT = Value(expected="text in quotes", parse=_text)
FILLED = Value(expected="text in quotes that is not empty", parse=_filled)
TEXTS = Value(expected='a list of texts such as ["a", "b"]', parse=_texts)
TEXT_OR_TEXTS = Value(expected='text in quotes, or a list such as ["a", "b"]', parse=_text_or_texts)
DAY = Value(expected="a day such as 2025-11-28", parse=_day)
MOMENT = Value(expected="a time with an offset such as 2025-11-17T14:00:00Z", parse=_moment)
ZONE = Value(expected="a time zone such as Europe/Berlin or -02:00", parse=_zone)
NUMBER = Value(expected="a number", parse=_number)


def whole(*, low: int, high: int | None = None) -> Value:
    """A whole number in a range."""

    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
            raise _WrongError
        return value

    return Value(
        expected=f"a whole number from {low} to {high}" if high else f"a whole number from {low} up", parse=parse
    )


def amount(*, above: float | None = None, low: float | None = None, below: float | None = None) -> Value:
    """A number within limits."""
    limits = [f"above {above:g}" if above is not None else "", f"from {low:g} up" if low is not None else ""]
    words = " and ".join(filter(None, [*limits, f"below {below:g}" if below is not None else ""]))

    def parse(value: Any) -> float:
        number = _number(value)
        fits = (above is None or number > above, low is None or number >= low, below is None or number < below)
        if not all(fits):
            raise _WrongError
        return number

    return Value(expected=f"a number {words}", parse=parse)


def choice(names: type[StrEnum], also: Mapping[str, str] | None = None) -> Value:
    """One of an enumeration's words, in any case, with spaces or hyphens for underscores; ``also`` maps other words."""

    def parse(value: Any) -> StrEnum:
        word = _text(value).casefold().replace(" ", "_").replace("-", "_")
        word = (also or {}).get(word, word)
        return next(member for member in names if member.value.casefold() == word)

    def parsed(value: Any) -> StrEnum:
        try:
            return parse(value)
        except StopIteration as error:
            raise _WrongError from error

    return Value(expected=one_of(tuple(f'"{member.value}"' for member in names)), parse=parsed)
