"""Dates as whole columns: days since 1970, leap years, the days that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.zone import HOUR, type_ns

if TYPE_CHECKING:
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def leap(year: type_ns) -> Mask:
    """Which of the years have a 29 February."""
    found: Mask = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return found


def midnights(year: type_ns, month: type_ns, day: type_ns) -> type_ns:
    """Midnight ns of each date; computed once for each run of one day, since logs stay on a day for long."""
    if not len(year):
        return np.zeros(0, dtype=np.int64)
    key = (year * 16 + month) * 512 + day
    heads = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    days = _days_from_civil(year[heads], month[heads], day[heads]) * (24 * HOUR)
    return np.repeat(days, np.diff(np.append(heads, len(key))))


def _days_from_civil(year: type_ns, month: type_ns, day: type_ns) -> type_ns:
    """Days since 1970-01-01 of proleptic Gregorian dates (Hinnant, chrono-compatible date algorithms)."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    days: type_ns = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return days
