"""The stretch of time that a review is about, the one before it, and its weeks and months, all in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from workbench.clock import parse_rfc3339
from workbench.errors import WorkbenchError

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_LAST_YEAR = 2200
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``start`` (UTC ns) up to ``end``, which is not in it."""

    name: str
    start: int
    end: int

    def __contains__(self, ns: int) -> bool:
        return self.start <= ns < self.end

    @property
    def weeks(self) -> float:
        """How many weeks it has."""
        return (self.end - self.start) / (7 * DAY)

    def before(self) -> Period:
        """The period just before it: the quarter before a quarter, else as many days."""
        if found := _QUARTER.fullmatch(self.name):
            year, number = int(found[1]), int(found[2])
            return quarter(f"{year - 1}Q4" if number == 1 else f"{year}Q{number - 1}")
        return Period(name="before", start=2 * self.start - self.end, end=self.start)

    def cut(self, until: int) -> Period:
        """The period up to a moment: of a quarter that is not over, what there is of it."""
        return Period(name=self.name, start=self.start, end=min(self.end, until)) if until > self.start else self


def quarter(text: str) -> Period:
    """The quarter that ``2025Q4`` or ``2025-Q4`` names."""
    found = _QUARTER.fullmatch(text.strip())
    if not found:
        raise WorkbenchError(f"{text!r} is no quarter", where="--quarter", next_step="Write it as 2025Q4.")
    year, number = int(found[1]), int(found[2])
    if not 1970 <= year <= _LAST_YEAR:
        raise WorkbenchError(f"{text!r} is no quarter of our time", where="--quarter", next_step="Write it as 2025Q4.")
    first, after = date(year, 3 * number - 2, 1), date(year + number // 4, 3 * number % 12 + 1, 1)
    return Period(name=f"{year}Q{number}", start=_midnight(first), end=_midnight(after))


def between(since: str, until: str) -> Period:
    """From a day or moment up to and with another day, or up to a moment."""
    start, end = _moment(since, "--since"), _moment(until, "--until")
    if _DAY.fullmatch(until.strip()):
        end += DAY
    if end <= start:
        raise WorkbenchError("the period ends before it begins", where="--until", next_step="Name a later day.")
    return Period(name=f"{since.strip()} to {until.strip()}", start=start, end=end)


def _moment(text: str, where: str) -> int:
    plain = text.strip()
    try:
        day = date.fromisoformat(plain[:10])
        if 1970 <= day.year <= _LAST_YEAR:
            return _midnight(day) if _DAY.fullmatch(plain) else parse_rfc3339(plain, where=where)
    except ValueError:
        pass
    raise WorkbenchError(f"{text!r} is no day", where=where, next_step="Write it as 2025-10-01.")


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND


def day_of(ns: int) -> date:
    """The day (UTC) of a moment."""
    return datetime.fromtimestamp(ns // SECOND, UTC).date()


def week_of(ns: int) -> str:
    """The Monday (UTC) of a moment's week, as 2025-11-17."""
    day = day_of(ns)
    return (day - timedelta(days=day.weekday())).isoformat()


def weeks_in(period: Period) -> list[str]:
    """The Mondays of all weeks that have a day in the period."""
    monday = date.fromisoformat(week_of(period.start))
    last = day_of(period.end - 1)
    return [(monday + timedelta(weeks=at)).isoformat() for at in range((last - monday).days // 7 + 1)]


def months_in(period: Period) -> list[str]:
    """The months, as 2025-11, that have a day in the period."""
    first, last = day_of(period.start), day_of(period.end - 1)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [f"{first.year + (first.month - 1 + at) // 12}-{(first.month - 1 + at) % 12 + 1:02}" for at in range(count)]
