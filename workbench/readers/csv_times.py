"""The time column of a table: which one it is, in what shape it is written, and what its texts are in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption, Zone, parse_zone
from workbench.clock.zone import DAY, SECOND
from workbench.errors import ClockError
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.clock.zone import type_ns

# In the order of trust where a table has several; what ends in _at or time comes after these.
_NAMES = (
    "@timestamp", "timestamp", "_time", "time", "datetime", "ts", "event_time", "occurred_at", "occurred", "created_at",
    "created", "created_time", "checked_at", "started_at", "start_time", "start", "opened_at", "opened", "reported_at",
    "reported", "logged_at", "received_at", "date",
)  # fmt: skip
_ENDINGS = ("_at", "time", "timestamp", "date", "_ts")
_ZONED = re.compile(r"^(.*?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_SLASHED = r"^\s*([0-9]{1,2})([/.\-])([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:,?\s|$)"
_EPOCH = re.compile(r"^\s*\d{9,19}(?:\.\d+)?\s*$")
_PAD = r"(^|[/.\- ])(\d)([/.\-:, ]|$)"
_HALF = r"(?i)^(.*[\sT])(\d{1,2})(:.*?)\s*([ap])\.?m\.?$"
_NOTHING = Assumption()
_UTC = Zone("UTC", 0)
_CLOCK = "%H:%M:%S%.f"
_ISO = tuple(
    f"{day}{mark}{_CLOCK}{zone}"
    for day in ("%Y-%m-%d", "%Y/%m/%d")
    for mark in ("T", " ")
    for zone in ("%z", "", " %z", " %Z")
) + tuple(f"{day} {_CLOCK}" for day in ("%d/%b/%y", "%d/%b/%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y @", "%b %d, %Y"))
# What may be a time at all; everything else is not even tried, so that prose costs nothing.
_SHAPE = r"^(?:\d{4}[-/]\d{1,2}[-/]\d|\d{1,2}[/.\- ](?:\d{1,2}|[A-Z][a-z]{2})[/.\- ]\d{2}|[A-Z][a-z]{2} \d{1,2}, \d{4})"
_NO_SECONDS = r"^(.*[T ]\d{1,2}:\d{2})(\s*(?:Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?)$"
_TRIED = 50
_DAY_FIRST = ("Europe/", "Africa/", "Australia/", "Asia/Kolkata", "Asia/Singapore", "Asia/Dubai", "Atlantic/")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """Where a table states its times: the columns (a date and a clock may stand apart), and the zone in their name."""

    indexes: tuple[int, ...]
    name: str
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class DayOrder:
    """How slashed dates are written: ``dmy`` or ``mdy``, whether the file decides that, and by what."""

    order: str
    decided: bool
    why: str = ""


def find_time(header: Sequence[str], rows: Sequence[Sequence[str]]) -> TimeColumn | None:
    """The column that most likely says when a row happened: by its name if its values are times, else by the values."""
    names = [name.strip().lower() for name in header]
    if "date" in names and "time" in names:
        pair = (names.index("date"), names.index("time"))
        if _share(pair, rows) > 0.5 and _share(pair[:1], rows) > 0.5 >= _share(pair[1:], rows):
            return TimeColumn(indexes=pair, name="date time")
    # Where no name says it, a column with a clock says more than one with days only.
    ranked = sorted(range(len(names)), key=lambda at: (_rank(names[at]), not _has_clock(at, rows), at))
    for at in ranked:
        zone = zone_in(header[at])
        named = _rank(names[at]) < len(_NAMES) + len(_ENDINGS)
        enough = 0.2 if named else 0.5  # a column that is called so may have many empty or spoilt cells
        if _share((at,), rows, numbers=named) > enough or (named and not rows):
            return TimeColumn(indexes=(at,), name=header[at].strip(), zone=zone)
    return None


def _rank(name: str) -> int:
    bare = match[1] if (match := _ZONED.match(name)) else name
    bare = bare.strip().replace(" ", "_")
    if bare in _NAMES:
        return _NAMES.index(bare)
    return next((len(_NAMES) + at for at, ending in enumerate(_ENDINGS) if bare.endswith(ending)), 99)


def _has_clock(at: int, rows: Sequence[Sequence[str]]) -> bool:
    return any(":" in row[at] and re.match(_SHAPE, row[at].strip()) for row in rows[:_TRIED] if at < len(row))


def zone_in(name: str) -> Zone | None:
    """The zone that a column's name states in parentheses."""
    match = _ZONED.match(name)
    if not match:
        return None
    try:
        return parse_zone(match[2])
    except ClockError:
        return None


def time_texts(column: TimeColumn, names: Sequence[str], cells: pl.DataFrame) -> pl.Series:
    """The time texts of a table's rows; a date and a clock in two columns are put together."""
    parts = [pl.col(names[at]).str.strip_chars() for at in column.indexes]
    return cells.select(pl.concat_str(parts, separator=" ")).to_series()


def _share(indexes: tuple[int, ...], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> float:
    """The share of rows whose cells are a time; bare numbers count only in columns that are called so."""
    cells = (" ".join(row[at].strip() for at in indexes if at < len(row)) for row in rows)
    texts = list(islice((text for text in cells if text), _TRIED))
    if not texts:
        return 0.0
    series = pl.Series(texts, dtype=pl.String)
    valid = (
        _read(series, TimeReader(_formats("dmy"), _NOTHING)).valid
        | _read(series, TimeReader(_formats("mdy"), _NOTHING)).valid
    )
    if numbers:
        valid = valid | epoch_columns(series).valid
    return float(valid.mean())


class DayOrders:
    """Finds how the slashed dates of a file are to be read, from its time column, block after block."""

    def __init__(self) -> None:
        self._firsts = self._seconds = 0
        self._marks: set[str] = set()
        self._runs = {"dmy": _Run(), "mdy": _Run()}

    def take(self, texts: pl.Series) -> None:
        """The next texts of the column, in file order."""
        parts = texts.str.extract_groups(_SLASHED).struct.unnest().drop_nulls()
        if parts.is_empty():
            return
        first, second, year = (parts.get_column(name).cast(pl.Int64).to_numpy() for name in ("1", "3", "4"))
        self._marks |= set(parts.get_column("2").unique())
        self._firsts, self._seconds = max(self._firsts, int(first.max())), max(self._seconds, int(second.max()))
        self._runs["dmy"].take(year * 10_000 + second * 100 + first)
        self._runs["mdy"].take(year * 10_000 + first * 100 + second)

    def found(self) -> DayOrder | None:
        """The order; None where no date has slashes, dots or dashes between three numbers."""
        return _decided(self._firsts, self._seconds, self._marks, self._runs) if self._marks else None


def _decided(firsts: int, seconds: int, marks: set[str], runs: dict[str, _Run]) -> DayOrder:
    if firsts > 12 >= seconds:
        return DayOrder("dmy", decided=True, why="a first number is above 12")
    if seconds > 12 >= firsts:
        return DayOrder("mdy", decided=True, why="a second number is above 12")
    if marks == {"."}:
        return DayOrder("dmy", decided=True, why="dates with dots begin with the day")
    dmy, mdy = runs["dmy"].breaks, runs["mdy"].breaks
    if dmy != mdy:
        return DayOrder("dmy" if dmy < mdy else "mdy", decided=True, why="only so the rows are in order of time")
    return DayOrder("dmy", decided=False)


def by_custom(order: DayOrder | None, zone: Zone | None) -> DayOrder | None:
    """An order that the dates leave open, settled by where the table comes from: outside America days come first."""
    if order is None or order.decided or zone is None or not zone.name.startswith(_DAY_FIRST):
        return order
    return DayOrder("dmy", decided=True, why=f"so dates are written where clocks show {zone.name}")


class _Run:
    """Counts how often a column leaves its order, rising or falling, whichever it keeps better."""

    def __init__(self) -> None:
        self._last: list[int] = []
        self._rises = self._falls = 0

    def take(self, days: type_ns) -> None:
        """The next days, as numbers that rise with them."""
        steps = np.diff(np.concatenate((np.array(self._last, dtype=np.int64), days)))
        self._rises += int((steps > 0).sum())
        self._falls += int((steps < 0).sum())
        self._last = [int(days[-1])]

    @property
    def breaks(self) -> int:
        """How many steps go against the more usual way."""
        return min(self._rises, self._falls)


def _formats(order: str) -> tuple[str, ...]:
    parts = ("%d", "%m") if order == "dmy" else ("%m", "%d")
    slashed = (
        f"{parts[0]}{mark}{parts[1]}{mark}{year}{comma} {_CLOCK}{zone}"
        for mark in "/.-" for year in ("%Y", "%y") for comma in ("", ",") for zone in ("", " %z")
    )  # fmt: skip
    return (*_ISO, *slashed)


class CsvTimes:
    """Reads the time column of one table, block after block."""

    def __init__(self, column: TimeColumn, order: DayOrder | None, assumption: Assumption) -> None:
        self._order = order
        self._reader = TimeReader(_formats(order.order if order else "dmy"), assumption, zone=column.zone)

    def read(self, texts: pl.Series) -> TimeColumns:
        """UTC for each row; days without a clock are known to the day, undecided slashed dates to either reading."""
        found = _read(texts, self._reader)
        if self._order and not self._order.decided:
            self._widen(texts, found)
        numbers = texts.str.contains(_EPOCH.pattern).fill_null(value=False).to_numpy()
        return _merged(found, epoch_columns(texts), numbers) if numbers.any() else found

    def _widen(self, texts: pl.Series, found: TimeColumns) -> None:
        """Both readings of an undecided date lie inside the interval."""
        other = _read(texts, TimeReader(_formats("mdy"), _NOTHING, zone=_UTC))
        here = _read(texts, TimeReader(_formats("dmy"), _NOTHING, zone=_UTC))
        both = found.valid & other.valid & here.valid
        apart = np.where(both, other.time - here.time, 0)
        found.earliest = found.earliest + np.minimum(apart, 0)
        found.latest = found.latest + np.maximum(apart, 0)


def _read(texts: pl.Series, reader: TimeReader) -> TimeColumns:
    """Texts by the layouts; what has no seconds, or no clock at all, is known to the minute or the day."""
    plain = _plain(texts)
    shaped = plain.str.contains(_SHAPE).fill_null(value=False)
    days = shaped & ~plain.str.contains(":", literal=True)
    minutes = shaped & plain.str.contains(_NO_SECONDS)
    filled = pl.select(
        pl.when(days).then(plain + " 00:00:00").when(minutes).then(plain.str.replace(_NO_SECONDS, "${1}:00${2}"))
        .when(shaped).then(plain)
    ).to_series()  # fmt: skip
    found = reader.read(filled)
    slack = np.where(days.to_numpy(), DAY - SECOND, np.where(minutes.to_numpy(), 59 * SECOND, 0))
    found.latest = found.latest + np.where(found.valid, slack, 0)
    found.valid = found.valid & (found.earliest > 0)
    return found


def _plain(texts: pl.Series) -> pl.Series:
    """Numbers of two digits and a clock of 24 hours, as the layouts want them."""
    plain = texts.str.strip_chars()
    single = plain.str.contains(_PAD)
    if single.any():
        for _ in range(2):  # neighbours share the mark between them
            plain = plain.str.replace_all(_PAD, "${1}0${2}${3}")
    if plain.str.contains(_HALF).any():
        hour = plain.str.extract(_HALF, 2).cast(pl.Int64, strict=False) % 12
        hour += plain.str.extract(_HALF, 4).str.to_lowercase().eq("p").cast(pl.Int64) * 12
        clock = plain.str.extract(_HALF, 1) + hour.cast(pl.String).str.zfill(2) + plain.str.extract(_HALF, 3)
        plain = clock.fill_null(plain) if not plain.null_count() else pl.select(pl.coalesce(clock, plain)).to_series()
    return plain


def _merged(texts: TimeColumns, numbers: TimeColumns, where: np.ndarray) -> TimeColumns:
    """Rows of either kind, each read its own way."""

    def basis(column: TimeColumns) -> np.ndarray:
        return np.asarray(column.basis if isinstance(column.basis, list) else [column.basis] * len(where))

    return TimeColumns(
        np.where(where, numbers.valid, texts.valid), np.where(where, numbers.time, texts.time),
        np.where(where, numbers.earliest, texts.earliest), np.where(where, numbers.latest, texts.latest),
        np.where(where, basis(numbers), basis(texts)).tolist(),
    )  # fmt: skip
