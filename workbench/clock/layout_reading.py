"""A cursor over the bytes of many equally long time texts, which reads one part of their layout after the other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.clock.abbreviations import OFFSETS
from workbench.clock.calendar import DAYS, leap
from workbench.clock.zone import HOUR, SECOND, type_ns

if TYPE_CHECKING:
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


class GroupReading:
    """A cursor over a byte table: each ``take`` reads the next part of the layout for all rows at once."""

    def __init__(self, table: Bytes) -> None:
        rows = len(table)
        self.table, self.at = np.ascontiguousarray(table.T), 0  # one contiguous row a byte position
        self.ok: Mask = np.ones(rows, dtype=np.bool_)
        self.year: type_ns = np.full(rows, 2000, dtype=np.int64)
        self.month: type_ns = np.ones(rows, dtype=np.int64)
        self.day: type_ns = np.ones(rows, dtype=np.int64)
        self.parts: dict[str, type_ns] = {}
        self.clock: type_ns = np.zeros(rows, dtype=np.int64)
        self.step = SECOND
        self.offset: type_ns | None = None
        self.offset_known: Mask = np.zeros(rows, dtype=np.bool_)
        self.slack = 0

    def take(self, kind: str, value: str, width: int) -> None:
        """Reads one part of the layout; what does not fit is no longer ``ok``."""
        if kind == "literal":
            for byte in value.encode():
                self.ok &= self.table[self.at] == byte
                self.at += 1
        elif kind in {"f", ".f"}:
            self._fraction(width, separated=kind == ".f")
        elif kind == "z":
            self._offset(width)
        elif kind == "Z":
            self._abbreviation(width)
        elif kind == "a":
            self.at += 3
        else:
            self.parts[kind] = self._month_name() if kind == "b" else self._number(width, spaced=kind in "ek")

    def _number(self, width: int, *, spaced: bool = False) -> type_ns:
        """The number in the next ``width`` bytes; pairs of digits are joined in one byte each, which is fastest."""
        total: type_ns | None = None
        for first in range(self.at, self.at + width, 2):
            high = self._digit(first, spaced=spaced)
            if first + 1 == self.at + width:
                pair, scale = high, 10
            else:
                pair, scale = high * np.uint8(10) + self._digit(first + 1), 100
            total = pair.astype(np.int64) if total is None else total * scale + pair
        self.at += width
        return total if total is not None else np.zeros(self.table.shape[1], dtype=np.int64)

    def _digit(self, at: int, *, spaced: bool = False) -> Bytes:
        digit: Bytes = self.table[at] - np.uint8(48)
        if spaced:
            digit = np.where(self.table[at] == 32, np.uint8(0), digit)
        self.ok &= digit <= 9
        return digit

    def _month_name(self) -> type_ns:
        part = self.table[self.at : self.at + 3].astype(np.int32) | 32
        self.at += 3
        key = (part[0] << 16) | (part[1] << 8) | part[2]
        months: type_ns = np.zeros(len(key), dtype=np.int64)
        for code in (
            {int(key.min()), int(key.max())} if len(key) and key.min() == key.max() else set(np.unique(key).tolist())
        ):
            months[key == code] = _month_codes().get(code, 0)
        self.ok &= months > 0
        return months

    def _fraction(self, width: int, *, separated: bool) -> None:
        if separated and width:
            mark = self.table[self.at]
            self.ok &= (mark == 46) | (mark == 44)
            self.at, width = self.at + 1, width - 1
            if not width:
                self.ok &= False
        elif separated:
            return
        digits = min(width, 9)
        self.clock += self._number(digits) * 10 ** (9 - digits)
        self.at += width - digits
        self.step = 10 ** (9 - digits)

    def _offset(self, width: int) -> None:
        if not width:
            self.ok &= False
            return
        self.offset_known[:] = True
        if width == 1:
            self.ok &= (self.table[self.at] | 32) == 122
            self.offset, self.at = np.zeros(self.table.shape[1], dtype=np.int64), self.at + 1
            return
        sign = self.table[self.at]
        self.ok &= (sign == 43) | (sign == 45)
        self.at += 1
        hours = self._number(2)
        if width == 6:
            self.ok &= self.table[self.at] == 58
            self.at += 1
        minutes = self._number(2) if width > 3 else 0
        self.ok &= hours <= 18
        self.offset = np.where(sign == 45, -1, 1) * (hours * 3600 + minutes * 60)

    def _abbreviation(self, width: int) -> None:
        names = np.ascontiguousarray(self.table[self.at : self.at + width].T).view(f"S{width}").ravel()
        self.at += width
        self.offset = np.zeros(len(names), dtype=np.int64)
        for name in np.unique(names):
            known = OFFSETS.get(name.decode("latin-1").upper())
            if known is not None:
                self.offset[names == name] = known
                self.offset_known |= names == name
                self.slack = max(self.slack, 0 if known == 0 else HOUR)

    def settle(self) -> None:
        """Turns the parts into dates and checks that they exist."""
        part = self.parts
        if "s" in part:
            self._since_1970(part["s"])
            return
        if "Y" in part or "y" in part:
            self.year = part["Y"] if "Y" in part else np.where(part["y"] < 70, 2000, 1900) + part["y"]
            self.ok &= (self.year >= 1678) & (self.year <= 2261)
        self.month = part.get("m", part.get("b", self.month))
        self.day = part.get("d", part.get("e", part.get("D", self.day)))
        hour = part.get("H", part.get("k", np.zeros(len(self.ok), dtype=np.int64)))
        minute = part.get("M", np.zeros(len(self.ok), dtype=np.int64))
        second = part.get("S", np.zeros(len(self.ok), dtype=np.int64))
        if "S" not in part:
            self.step = 60 * SECOND
        if "j" in part:
            self._ordinal(part["j"])
        else:
            self._check_day(has_year="Y" in part or "y" in part)
        self.ok &= (hour < 24) & (minute < 60) & (second < 61)
        # A leap second has no place in POSIX time: it is read as the last instant of the minute.
        leap = second == 60
        self.clock = (
            np.where(leap, SECOND - 1, self.clock) + ((hour * 60 + minute) * 60 + np.where(leap, 59, second)) * SECOND
        )

    def _since_1970(self, seconds: type_ns) -> None:
        dates = seconds.astype("datetime64[s]")
        months = dates.astype("datetime64[M]")
        self.year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
        self.month = months.astype(np.int64) % 12 + 1
        self.day = (dates.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
        self.clock = self.clock + seconds % 86_400 * SECOND
        self.ok &= self.year <= 2261
        self.offset = np.zeros(len(seconds), dtype=np.int64)
        self.offset_known[:] = True

    def _check_day(self, *, has_year: bool) -> None:
        self.ok &= (self.month >= 1) & (self.month <= 12) & (self.day >= 1)
        limit = DAYS[np.clip(self.month, 1, 12)]
        if has_year:
            limit = limit - ((self.month == 2) & ~leap(self.year))
        self.ok &= self.day <= limit

    def _ordinal(self, number: type_ns) -> None:
        self.ok &= (number >= 1) & (number <= 365 + leap(self.year))
        self.month, self.day = np.ones_like(number), number  # days from civil adds the days to 1 January


@lru_cache(maxsize=1)
def _month_codes() -> dict[int, int]:
    return {int.from_bytes(name.encode(), "big"): number for name, number in _MONTHS.items()}
