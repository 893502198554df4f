"""Times in any of the shapes that people, spreadsheets and locales write, as UTC: the widest and slowest of the clocks.

Where a date may be read with the day or the month first, and nothing decides it, both readings lie in the interval.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from workbench.clock import Assumption, Zone
from workbench.clock.wording import plain
from workbench.clock.zone import DAY, SECOND
from workbench.readers.day_order import UNDECIDED, DayOrder
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

# What may be a time at all; everything else is not even tried, so that prose costs nothing.
SHAPE = re.compile(
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d|\d{1,2}[/.\- ](?:\d{1,2}|[A-Z][a-z]{2})[/.\- ]\d{2}|[A-Z][a-z]{2} \d{1,2},? \d{1,4})"
)
_EPOCH = r"^\s*\d{9,19}(?:\.\d+)?\s*$"
_NO_SECONDS = r"^(.*[T ]\d{1,2}:\d{2})(\s*(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?)$"
_NOTHING = Assumption()
_UTC = Zone("UTC", 0)
_CLOCK = "%H:%M:%S%.f"
_DAYS = ("%d/%b/%y", "%d/%b/%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y @", "%b %d, %Y", "%b %d %Y", "%b %d", "%d %b")
_ISO = tuple(
    f"{day}{mark}{_CLOCK}{zone}"
    for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d")
    for mark in ("T", " ")
    for zone in ("%z", "", " %z", " %Z")
)
_WORDED = tuple(f"{day} {_CLOCK}{zone}" for day in _DAYS for zone in ("", " %z", " %Z")) + tuple(
    f"%b %d {_CLOCK}{zone} %Y" for zone in ("", " %z", " %Z")
)


class WrittenTimes:
    """Reads the times of one source, block after block; without an order of days, each date decides for itself."""

    def __init__(self, order: DayOrder | None, assumption: Assumption, *, zone: Zone | None = None) -> None:
        self._open = order is not None and not order.decided
        self._reader = TimeReader(_formats(order), assumption, zone=zone)

    def read(self, texts: pl.Series) -> TimeColumns:
        """UTC for each row; days without a clock are known to the day, undecided slashed dates to either reading."""
        found = _read(texts, self._reader)
        if self._open:
            _widen(texts, found)
        numbers = texts.str.contains(_EPOCH).fill_null(value=False).to_numpy()
        return _merged(found, epoch_columns(texts), numbers) if numbers.any() else found


def are_times(texts: pl.Series) -> np.ndarray:
    """Which of the texts are times, however they write their days."""
    return _read(texts, TimeReader(_formats(UNDECIDED), _NOTHING)).valid


def _formats(order: DayOrder | None) -> tuple[str, ...]:
    """The layouts to try; where the order is open, the one that is likelier comes first."""
    known = order or UNDECIDED
    return (*_ISO, *_WORDED, *_slashed(known.order), *(() if known.decided else _slashed("mdy")))


def _slashed(order: str) -> tuple[str, ...]:
    day, month = ("%d", "%m") if order == "dmy" else ("%m", "%d")
    return tuple(
        f"{day}{mark}{month}{mark}{year}{between}{_CLOCK}{zone}"
        for mark in "/.-" for year in ("%Y", "%y") for between in (" ", ", ", "T") for zone in ("", " %z", " %Z", "%z")
    )  # fmt: skip


def _widen(texts: pl.Series, found: TimeColumns) -> None:
    """Both readings of an undecided date lie inside the interval."""
    there, here = (_read(texts, TimeReader(_slashed(each), _NOTHING, zone=_UTC)) for each in ("mdy", "dmy"))
    both = found.valid & there.valid & here.valid
    apart = np.where(both, there.time - here.time, 0)
    found.earliest = found.earliest + np.minimum(apart, 0)
    found.latest = found.latest + np.maximum(apart, 0)


def _read(texts: pl.Series, reader: TimeReader) -> TimeColumns:
    """Texts by the layouts; what has no seconds, or no clock at all, is known to the minute or the day."""
    written = plain(texts)
    shaped = written.str.contains(SHAPE.pattern).fill_null(value=False)
    days = shaped & ~written.str.contains(":", literal=True)
    minutes = shaped & written.str.contains(_NO_SECONDS)
    filled = pl.select(
        pl.when(days).then(written + " 00:00:00").when(minutes).then(written.str.replace(_NO_SECONDS, "${1}:00${2}"))
        .when(shaped).then(written)
    ).to_series()  # fmt: skip
    found = reader.read(filled)
    slack = np.where(days.to_numpy(), DAY - SECOND, np.where(minutes.to_numpy(), 59 * SECOND, 0))
    found.latest = found.latest + np.where(found.valid, slack, 0)
    found.valid = found.valid & (found.earliest > 0)
    return found


def _merged(texts: TimeColumns, numbers: TimeColumns, where: np.ndarray) -> TimeColumns:
    """Rows of either kind, each read its own way."""

    def basis(column: TimeColumns) -> np.ndarray:
        return np.asarray(column.basis if isinstance(column.basis, list) else [column.basis] * len(where))

    return TimeColumns(
        np.where(where, numbers.valid, texts.valid), np.where(where, numbers.time, texts.time),
        np.where(where, numbers.earliest, texts.earliest), np.where(where, numbers.latest, texts.latest),
        np.where(where, basis(numbers), basis(texts)).tolist(),
    )  # fmt: skip
