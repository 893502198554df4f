"""What zones do within a stretch of time: those that show the same clock all through it cannot be told apart.

Source: the IANA time zone database, as the standard library or the package tzdata has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from workbench.clock.zone import DAY, HOUR, Zone

_OFTEN = (
    "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London",
    "Europe/Berlin", "Europe/Athens", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
_LEFT_OUT = ("Etc/", "SystemV/", "US/", "Factory", "posix", "right", "localtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """A clock's offsets from UTC in order, and the zones that have them; ``changes`` says that they change within."""

    offsets: tuple[int, ...]  # seconds east of UTC
    names: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether the clock is put forward or back within the stretch."""
        return len(self.offsets) > 1

    @property
    def usual(self) -> bool:
        """Whether one of the zones is where many machines are."""
        return not {*_OFTEN}.isdisjoint(self.names)

    @property
    def zone(self) -> Zone:
        """The offset; where it changes, a zone that does so."""
        return Zone(self.names[0]) if self.changes else Zone(offset_name(self.offsets[0]), self.offsets[0])

    @property
    def text(self) -> str:
        """``UTC-05:00``, or ``UTC-04:00 then UTC-05:00``."""
        return " then ".join(f"UTC{offset_name(each)}" for each in self.offsets)

    @property
    def sentence(self) -> str:
        """``UTC-05:00 (America/New_York, America/Toronto and 12 more)``."""
        shown = ", ".join(self.names[:2])
        more = f" and {len(self.names) - 2} more" if len(self.names) > 2 else ""
        return f"{self.text} ({shown}{more})"


def offset_name(seconds: int) -> str:
    """``+05:30``."""
    sign, rest = ("-" if seconds < 0 else "+"), abs(seconds)
    return f"{sign}{rest // 3600:02d}:{rest % 3600 // 60:02d}"


@lru_cache(maxsize=64)
def behaviours(first_hour: int, last_hour: int) -> tuple[Behaviour, ...]:
    """All that zones do between two hours since 1970, UTC; the usual zones first within each."""
    found: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for name in _zone_names():
        found.setdefault(_changes(name, first_hour, last_hour), []).append(name)
    every = [Behaviour(offsets=tuple(offset for _, offset in key), names=tuple(names)) for key, names in found.items()]
    return tuple(sorted(every, key=lambda each: (each.changes, each.offsets, each.names)))


def window_of(first: int, last: int) -> tuple[int, int]:
    """The hours around two times in ns as :func:`behaviours` takes them, a day wider for whatever the zone is."""
    return (first - DAY) // HOUR, (last + DAY) // HOUR + 1


def _zone_names() -> list[str]:
    names = [name for name in available_timezones() if "/" in name and not name.startswith(_LEFT_OUT)]
    return [*_OFTEN, *sorted(set(names) - set(_OFTEN))]


def _changes(name: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The hour from which each offset holds; the first holds from the beginning."""
    zone = ZoneInfo(name)
    found = [(first, _offset(zone, first))]
    if last - first > 24 * 366 * 2 or _offset(zone, last) != found[0][1] or last - first > 24 * 60:
        found += _steps(zone, first, last, found[0][1])
    return tuple(found)


def _steps(zone: ZoneInfo, first: int, last: int, offset: int) -> list[tuple[int, int]]:
    found = []
    for day in range(first, last + 24, 24):
        if _offset(zone, min(day + 24, last)) == offset:
            continue
        for hour in range(day, min(day + 24, last) + 1):
            if (now := _offset(zone, hour)) != offset:
                found.append((hour, now))
                offset = now
    return found


def _offset(zone: ZoneInfo, hour: int) -> int:
    at = datetime.fromtimestamp(hour * 3600, tz=UTC).astimezone(zone)
    return round((at.utcoffset() or timedelta()).total_seconds())
