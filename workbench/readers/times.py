"""A column of time texts as UTC with honest intervals: offsets in the text, the source's zone, years that roll over."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption, Zone, ZoneBasis, parse_column, parse_table
from workbench.clock.zone import DAY, SECOND, UNKNOWN_YEAR, UNKNOWN_ZONE_AFTER, UNKNOWN_ZONE_BEFORE, type_ns
from workbench.events.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.clock import ParsedColumn

UTC_ZONE = Zone("UTC", 0)


@dataclass(slots=True)
class TimeColumns:
    """Times of one column of texts: UTC ns with its interval, why, and which rows are times at all."""

    valid: npt.NDArray[np.bool_]
    time: type_ns
    earliest: type_ns
    latest: type_ns
    basis: list[str] | str

    def repeated(self, counts: type_ns) -> TimeColumns:
        """Each row so many times."""
        valid, time = np.repeat(self.valid, counts), np.repeat(self.time, counts)
        earliest, latest = np.repeat(self.earliest, counts), np.repeat(self.latest, counts)
        basis = self.basis
        if isinstance(basis, list):
            basis = [each for each, count in zip(basis, counts.tolist(), strict=True) for _ in range(count)]
        return TimeColumns(valid, time, earliest, latest, basis)

    def sliced(self, count: int) -> TimeColumns:
        """The first rows."""
        basis = self.basis[:count] if isinstance(self.basis, list) else self.basis
        return TimeColumns(self.valid[:count], self.time[:count], self.earliest[:count], self.latest[:count], basis)

    def taken(self, rows: type_ns) -> TimeColumns:
        """These rows."""
        if len(rows) == len(self.time):
            return self
        basis = [self.basis[row] for row in rows] if isinstance(self.basis, list) else self.basis
        return TimeColumns(self.valid[rows], self.time[rows], self.earliest[rows], self.latest[rows], basis)

    def frame(self) -> pl.DataFrame:
        """Columns ``time earliest latest zone_basis``."""
        basis = (
            pl.Series("zone_basis", self.basis, dtype=pl.String) if isinstance(self.basis, list) else pl.lit(self.basis)
        )
        stamps = {name: getattr(self, name) for name in ("time", "earliest", "latest")}
        return pl.DataFrame(stamps).select(
            *(pl.col(name).cast(TIME) for name in stamps),
            basis.alias("zone_basis") if isinstance(basis, pl.Expr) else basis,
        )


class TimeReader:
    """Reads the time columns of one source block after block, carrying the year over from one to the next."""

    def __init__(self, formats: Sequence[str], assumption: Assumption, *, zone: Zone | None = None) -> None:
        self._formats = tuple(formats)
        self._assumption = assumption
        self._fixed = zone
        self._year = assumption.year or assumption.year_hint
        self._month = 0
        self._stated = False  # a year that a line of the source states has been seen

    def read(self, texts: pl.Series) -> TimeColumns:
        """UTC for each row; rows without a time, and days that do not exist, are not valid."""
        # Times to the second repeat line after line in a busy log: each run is read once.
        begins = (texts.ne_missing(texts.shift(1))).to_numpy().copy()
        begins[:1] = True
        rows = np.flatnonzero(begins)
        if len(rows) * 2 > len(texts):
            return self._read(texts)
        return self._read(texts.gather(rows)).repeated(np.diff(np.append(rows, len(texts))))

    def read_table(self, table: npt.NDArray[np.uint8]) -> ParsedColumn:
        """What texts of one length say, a row of bytes each; :meth:`settled` makes times of it."""
        return parse_table(table, self._formats)

    def read_column(self, texts: pl.Series) -> ParsedColumn:
        """What the texts say; :meth:`settled` makes times of it."""
        return parse_column(texts, self._formats)

    def _read(self, texts: pl.Series) -> TimeColumns:
        return self.settled(self.read_column(texts))

    def settled(self, parsed: ParsedColumn) -> TimeColumns:
        """UTC of the next rows of the source, which must be given in their order: years follow one another."""
        years, unknown = self._dated(parsed)
        valid = parsed.valid & parsed.exists(years) if unknown.any() or parsed.year is None else parsed.valid
        time, low, high = self._utc(parsed, parsed.wall(years))
        if unknown.any() and self._assumption.year is None:
            low, high = np.where(unknown, low - UNKNOWN_YEAR, low), np.where(unknown, high + UNKNOWN_YEAR, high)
        return TimeColumns(valid, time, low, high + np.maximum(parsed.step, 1) - 1, self._basis(parsed))

    def _dated(self, parsed: ParsedColumn) -> tuple[type_ns, npt.NDArray[np.bool_]]:
        """The year of each row, and which rows have it neither in their text nor from a line near them."""
        if parsed.year is None:
            return self._years(parsed), np.ones(len(parsed.valid), dtype=np.bool_)
        silent = parsed.valid & (parsed.year == 0)
        stated = np.flatnonzero(parsed.valid & ~silent)
        if not silent.any():
            self._keep(parsed.year, parsed.month, stated)
            return parsed.year, silent
        if not len(stated) and not self._stated:
            return self._years(parsed), silent
        years = parsed.year.copy()
        rows = np.flatnonzero(silent)
        years[rows] = self._near(parsed, parsed.year, stated, rows)
        self._keep(years, parsed.month, stated)
        return years, np.zeros_like(silent)

    def _keep(self, years: type_ns, months: type_ns, stated: type_ns) -> None:
        """Remembers the last stated year and its month for the blocks that follow."""
        if len(stated):
            self._year, self._month, self._stated = int(years[stated[-1]]), int(months[stated[-1]]), True

    def _near(self, parsed: ParsedColumn, years: type_ns, stated: type_ns, rows: type_ns) -> type_ns:
        """Years of rows without one: that of the nearest line before that states it, else of the first after."""
        first = (int(years[stated[0]]), int(parsed.month[stated[0]])) if len(stated) else (0, 0)
        before = (self._year or 0, self._month) if self._stated else first
        known = np.concatenate(([before[0]], years[stated]))
        months = np.concatenate(([before[1]], parsed.month[stated]))
        at = np.searchsorted(stated, rows)
        steps = parsed.month[rows] - months[at]
        found: type_ns = known[at] + (steps <= -6) - (steps >= 6)
        return found

    def _years(self, parsed: ParsedColumn) -> type_ns:
        """Years that roll over where the month falls back by half a year or more, and back where it rises so."""
        rows = np.flatnonzero(parsed.valid)
        if self._year is None and len(rows):
            self._year = self._first_year(parsed, int(rows[0]))
        years = np.full(len(parsed.month), self._year or 1970, dtype=np.int64)
        if not len(rows):
            return years
        months = parsed.month[rows]
        steps = np.diff(np.concatenate(([self._month or months[0]], months)))
        rolled = np.cumsum((steps <= -6).astype(np.int64) - (steps >= 6).astype(np.int64))
        years[rows] += rolled
        years -= self._to_a_leap_year(parsed, years, rows)
        self._year, self._month = int(years[rows[-1]]), int(months[-1])
        return years

    def _to_a_leap_year(self, parsed: ParsedColumn, years: type_ns, rows: type_ns) -> int:
        """How many years too late the assumed one is for a 29 February among the first rows; 0 for a person's year."""
        if self._month or self._assumption.year is not None:
            return 0
        leap = rows[(parsed.month[rows] == 2) & (parsed.day[rows] == 29)]
        return next((back for back in range(9) if isleap(int(years[leap[0]]) - back)), 0) if len(leap) else 0

    def _first_year(self, parsed: ParsedColumn, row: int) -> int:
        """The latest year that puts the first line no later than a day after the file was last written."""
        limit = self._assumption.not_after
        year = int(np.datetime64(limit, "ns").astype("datetime64[Y]").astype(int)) + 1970
        guess = parsed.wall(np.full(len(parsed.month), year, dtype=np.int64))[row]
        return year if guess <= limit + DAY else year - 1

    def _utc(self, parsed: ParsedColumn, wall: type_ns) -> tuple[type_ns, type_ns, type_ns]:
        known = parsed.has_offset | ~parsed.valid
        if known.all() and parsed.has_offset.any():
            utc = wall - parsed.offset * SECOND
            return utc, utc - parsed.slack, utc + parsed.slack
        zone = self._fixed or self._assumption.zone
        utc, low, high = (zone or UTC_ZONE).to_utc(wall)
        if zone is None:
            low, high = utc - UNKNOWN_ZONE_BEFORE, utc + UNKNOWN_ZONE_AFTER
        if not parsed.has_offset.any():
            return utc, low, high
        stated = wall - parsed.offset * SECOND
        return (
            np.where(known, stated, utc),
            np.where(known, stated - parsed.slack, low),
            np.where(known, stated + parsed.slack, high),
        )

    def _basis(self, parsed: ParsedColumn) -> list[str] | str:
        fallback = ZoneBasis.FORMAT if self._fixed else self._assumption.basis
        if not parsed.has_offset.any():
            return str(fallback)
        if (parsed.has_offset | ~parsed.valid).all():
            return str(ZoneBasis.TEXT)
        return [str(ZoneBasis.TEXT if known else fallback) for known in parsed.has_offset.tolist()]


class EpochReader:
    """Reads columns of epoch numbers in one unit, or each by its size."""

    def __init__(self, unit: str | None) -> None:
        self._unit = unit

    def read(self, texts: pl.Series) -> TimeColumns:
        """UTC for each row."""
        return epoch_columns(texts, unit=self._unit)


def epoch_columns(values: pl.Series, *, unit: str | None = None) -> TimeColumns:
    """Epoch numbers as text, in s, ms, us or ns by their size unless ``unit`` is given, to the last digit they have."""
    whole = values.str.extract(r"^\s*(-?[0-9]{1,19})(?:\.[0-9]+)?\s*$", 1).cast(pl.Int64, strict=False)
    fraction = values.str.extract(r"\.([0-9]{1,9})", 1)
    number = whole.fill_null(0).to_numpy().astype(np.int64)
    scale = _scales(number, unit)
    digits = fraction.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    part = fraction.cast(pl.Int64, strict=False).fill_null(0).to_numpy().astype(np.int64)
    fits = (scale > 0) & (np.abs(number) < (2**62) // np.maximum(scale, 1))
    time = np.where(fits, number * np.where(fits, scale, 0) + part * scale // 10 ** np.minimum(digits, 9), 0)
    step = np.maximum(scale // 10 ** np.minimum(digits, 9), 1)
    valid = fits & (number > 0) & whole.is_not_null().to_numpy()
    return TimeColumns(valid, time, time, time + step - 1, str(ZoneBasis.EPOCH))


def _scales(number: type_ns, unit: str | None) -> type_ns:
    if unit:
        return np.full(len(number), {"s": SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}[unit], dtype=np.int64)
    size = np.abs(number)
    scales = [(10**17, 1), (10**14, 1_000), (10**11, 1_000_000), (10**8, SECOND)]
    return np.select([(size >= low) & (size // 1000 < low) for low, _ in scales], [scale for _, scale in scales], 0)
