"""The order of day and month in the slashed dates of a file: decided by the dates themselves, or left open and said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from workbench.clock import Zone
    from workbench.clock.zone import type_ns

_SLASHED = r"^\s*([0-9]{1,2})([/.\-])([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})(?:,?\s|T|$)"
_DAY_FIRST = ("Europe/", "Africa/", "Australia/", "Asia/Kolkata", "Asia/Singapore", "Asia/Dubai", "Atlantic/")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """How slashed dates are written: ``dmy`` or ``mdy``, whether the file decides that, and by what."""

    order: str
    decided: bool
    why: str = ""

    @property
    def by_number(self) -> bool:
        """Whether a number decides it that is no month, so that no more of the file need be looked at."""
        return self.why.endswith("above 12")

    @property
    def sentence(self) -> str:
        """What was found out, for people."""
        if self.decided:
            return f"Dates begin with the {'day' if self.order == 'dmy' else 'month'}: {self.why}."
        return (
            "Nothing in the file says whether its dates begin with the day or the month: read as day first, "
            "and the other reading lies inside each row's interval."
        )


UNDECIDED = DayOrder("dmy", decided=False)


class DayOrders:
    """Finds how the slashed dates of a file are to be read, from its times, block after block."""

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

    def found(self, zone: Zone | None = None) -> DayOrder | None:
        """The order; None where no date has slashes, dots or dashes between three numbers.

        What the dates leave open is settled by where the file comes from: outside America days come first.
        """
        if not self._marks:
            return None
        order = _decided(self._firsts, self._seconds, self._marks, self._runs)
        if order.decided or zone is None or not zone.name.startswith(_DAY_FIRST):
            return order
        return DayOrder("dmy", decided=True, why=f"so dates are written where clocks show {zone.name}")


def _decided(firsts: int, seconds: int, marks: set[str], runs: dict[str, _Run]) -> DayOrder:
    if firsts > 12 >= seconds:
        return DayOrder("dmy", decided=True, why="a first number is above 12")
    if seconds > 12 >= firsts:
        return DayOrder("mdy", decided=True, why="a second number is above 12")
    if marks == {"."}:
        return DayOrder("dmy", decided=True, why="dates with dots begin with the day")
    dmy, mdy = runs["dmy"].breaks, runs["mdy"].breaks
    if dmy != mdy and max(firsts, seconds) <= 12:
        return DayOrder("dmy" if dmy < mdy else "mdy", decided=True, why="only so the rows are in order of time")
    return UNDECIDED


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
