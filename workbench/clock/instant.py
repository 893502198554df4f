"""One time on its own: read from a value in any usual shape, and written for people and machines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

import numpy as np

from workbench.clock.abbreviations import OFFSETS
from workbench.clock.months import month_number
from workbench.clock.zone import (
    DAY,
    SECOND,
    UNKNOWN_YEAR,
    UNKNOWN_ZONE_AFTER,
    UNKNOWN_ZONE_BEFORE,
    Assumption,
    Zone,
    ZoneBasis,
)
from workbench.errors import ClockError

_ISO = re.compile(
    r"^\s*(\d{4})-?(\d{2})-?(\d{2})[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9})\d*)?)?"
    r"\s*(Z|z|[A-Z]{3,5}|[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*$"
)
# "Mon Feb 06 2023 05:00:00 GMT+0000 (GMT)" of JavaScript; "17/Feb/22 11:02 AM" and "17.02.2022 11:02" of web pages.
_SCRIPT = re.compile(
    r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT([+-]\d{4})(?: \(.{1,60}\))?$"
)
_CELL = re.compile(
    r"^(\d{1,2})([/. -])([^\W\d_]{3,10}\.?|\d{1,2})\2(\d{4}|\d{2}),?\s+"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?([AaPp])\.?[Mm]\.?)?$"
)
_NUMBER = re.compile(r"^\s*-?\d{1,19}(?:\.\d+)?\s*$")
_SENTINELS = {"", "-", "-1", "0", "null", "none", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}
_HOUR = 3600 * SECOND  # an abbreviation may mean the region, in summer as in winter
_MAX_NS = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1678, 2261  # what ns in 64 bits can hold


@dataclass(frozen=True, slots=True)
class Instant:
    """A UTC time in ns since 1970 with the interval that it honestly lies in, and why."""

    ns: int
    earliest: int
    latest: int
    basis: ZoneBasis

    def shifted(self, seconds: float) -> Instant:
        """The same interval, this many seconds later."""
        delta = round(seconds * SECOND)
        return Instant(self.ns + delta, self.earliest + delta, self.latest + delta, self.basis)

    def widened(self, seconds: float) -> Instant:
        """The same time, known only to this many seconds either side more."""
        delta = round(seconds * SECOND)
        return Instant(self.ns, self.earliest - delta, self.latest + delta, self.basis)


def read_instant(value: object, assumption: Assumption | None = None, *, unit: str | None = None) -> Instant | None:
    """The instant that a value states: RFC 3339, ISO 8601, RFC 2822, a page's day/month/year, or an epoch.

    A number's unit follows from its size unless ``unit`` (``s ms us ns``) is given. A time without an offset is read
    in the assumption's zone, else as UTC with the interval widened. "No end" values and what is not a time give None.
    """
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()
    if text in _SENTINELS:
        return None
    if _NUMBER.match(text):
        return _epoch(text, unit)
    if match := _ISO.match(text):
        return _iso(match, assumption or Assumption())
    if match := _SCRIPT.match(text):
        month, day, year, hour, minute, second, offset = match.groups()
        return _rfc2822(f"{day} {month} {year} {hour}:{minute}:{second} {offset}")
    if match := _CELL.match(text):
        return _cell(match, assumption or Assumption())
    return _rfc2822(text)


def _epoch(text: str, unit: str | None) -> Instant | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    scale = {"s": SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}[unit] if unit else _scale(number)
    if scale is None:
        return None
    ns = int(number * scale)
    digits = len(text.partition(".")[2])
    step = max(1, scale // 10**digits)
    if not 0 < ns < _MAX_NS - step:
        return None
    return Instant(ns, ns, ns + step - 1, ZoneBasis.EPOCH)


def _scale(number: Decimal) -> int | None:
    """ns a unit, from the size of an epoch: 1e9 s, 1e12 ms, 1e15 us, 1e18 ns (1973 to 2286)."""
    size = abs(number)
    for low, scale in ((10**17, 1), (10**14, 1_000), (10**11, 1_000_000), (10**8, SECOND)):
        if size >= low:
            return scale if size < low * 10**3 else None
    return None


def _iso(match: re.Match[str], assumption: Assumption) -> Instant | None:
    year, month, day, hour, minute = (int(match[i]) for i in range(1, 6))
    second, fraction = int(match[6] or 0), (match[7] or "")
    leap = second == 60
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        base = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC)
    except ValueError:
        return None
    wall = int(base.timestamp()) * SECOND + (SECOND - 1 if leap else int(fraction.ljust(9, "0") or 0))
    step = 60 * SECOND if match[6] is None else SECOND // 10 ** len(fraction)
    if match[8] and (match[8][0] in "+-" or match[8].upper() in OFFSETS):
        utc = wall - _offset_seconds(match[8]) * SECOND
        slack = 0 if match[8][0] in "+-" or match[8].upper() in {"Z", "UTC", "GMT"} else _HOUR
        return Instant(utc, utc - slack, utc + slack + step - 1, ZoneBasis.TEXT)
    return localised(wall, step, assumption)


def _offset_seconds(text: str) -> int:
    if text.upper() in OFFSETS:
        return OFFSETS[text.upper()]
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (-1 if text[0] == "-" else 1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def _cell(match: re.Match[str], assumption: Assumption) -> Instant | None:
    """The time of a table's cell, day first: without a zone, to the minute or the second."""
    named = not match[3].isdigit()
    month = month_number(match[3]) if named else int(match[3])
    hour, half = int(match[5]), (match[8] or "").lower()
    if month is None or (not named and (match[2] != "." or month > 12)) or (half and not 1 <= hour <= 12):
        return None  # 02/03/2022 may be two days; whoever knows the whole column can tell
    hour = hour % 12 + 12 * (half == "p") if half else hour
    year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
    second, step = int(match[7] or 0), SECOND if match[7] else 60 * SECOND
    if not FIRST_YEAR <= year <= LAST_YEAR or hour > 23:
        return None
    return of_parts(year, month, int(match[1]), hour, int(match[6]), second, assumption, step=step)


def _rfc2822(text: str) -> Instant | None:
    try:
        stamp = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if stamp.tzinfo is None:
        return None
    ns = int(stamp.timestamp()) * SECOND
    return Instant(ns, ns, ns + SECOND - 1, ZoneBasis.TEXT)


def localised(wall: int, step: int, assumption: Assumption) -> Instant:
    """The instant of wall-clock ns that carries no offset; ``step`` is the resolution in ns."""
    zone = assumption.zone or Zone("UTC", 0)
    utc, low, high = (int(part[0]) for part in zone.to_utc(np.array([wall], dtype=np.int64)))
    if assumption.zone is None:
        low, high = utc - UNKNOWN_ZONE_BEFORE, utc + UNKNOWN_ZONE_AFTER
    return Instant(utc, low, high + step - 1, assumption.basis)


def of_parts(
    year: int | None,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    assumption: Assumption,
    *,
    ns: int = 0,
    step: int = SECOND,
) -> Instant | None:
    """The instant of wall-clock parts; without a year the assumption's, else its hint with the interval widened."""
    known = year or assumption.year
    guess = (
        known or assumption.year_hint or (1970 + assumption.not_after // UNKNOWN_YEAR if assumption.not_after else None)
    )
    if guess is None:
        return None
    try:
        base = datetime(guess, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    instant = localised(int(base.timestamp()) * SECOND + ns, step, assumption)
    if known:
        return instant
    return Instant(instant.ns, instant.earliest - UNKNOWN_YEAR, instant.latest + UNKNOWN_YEAR, instant.basis)


def _year_before(limit: int) -> int | None:
    """The year of a UTC time in ns; None for 0, which is no time."""
    return datetime.fromtimestamp(limit // SECOND, UTC).year if limit else None


def parse_rfc3339(text: str, *, where: str = "") -> int:
    """UTC ns of a time that a person wrote with its offset; raises ClockError where either is missing."""
    match = _ISO.match(text)
    if not match or not match[8]:
        raise ClockError(
            f"{text!r} is not a time with an offset", where=where, next_step="Write it like 2025-11-17T14:00:00Z."
        )
    instant = _iso(match, Assumption())
    if instant is None:
        raise ClockError(f"{text!r} is not a day or an hour that exists", where=where, next_step="Correct it.")
    return instant.ns


def format_utc(ns: int, *, digits: int = 3) -> str:
    """RFC 3339 with ``Z`` and at least ``digits`` of the second; more where the time has them."""
    seconds, rest = divmod(ns, SECOND)
    fraction = f"{rest:09d}"
    kept = max(digits, len(fraction.rstrip("0")))
    kept = next(width for width in (0, 3, 6, 9) if width >= min(kept, 9)) if kept > digits else digits
    stamp = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{stamp}.{fraction[:kept]}Z" if kept else f"{stamp}Z"


def now_utc() -> str:
    """The wall clock, for what people do (journal entries, when a source was added); never for derived output."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def days(count: float) -> int:
    """A span of days in ns."""
    return round(count * DAY)
