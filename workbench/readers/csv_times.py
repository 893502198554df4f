"""The time column of a table: which one it is, by its name or by what stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import parse_zone
from workbench.errors import ClockError
from workbench.readers.times import epoch_columns
from workbench.readers.written_times import SHAPE, are_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.clock import Zone

# In the order of trust where a table has several; what ends in _at or time comes after these.
_NAMES = (
    "@timestamp", "timestamp", "_time", "time", "datetime", "ts", "event_time", "occurred_at", "occurred", "created_at",
    "created", "created_time", "checked_at", "started_at", "start_time", "start", "opened_at", "opened", "reported_at",
    "reported", "logged_at", "received_at", "date",
)  # fmt: skip
_ENDINGS = ("_at", "time", "timestamp", "date", "_ts")
_ZONED = re.compile(r"^(.*?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")
_TRIED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """Where a table states its times: the columns (a date and a clock may stand apart), and the zone in their name."""

    indexes: tuple[int, ...]
    name: str
    zone: Zone | None = None


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
    return any(":" in row[at] and SHAPE.match(row[at].strip()) for row in rows[:_TRIED] if at < len(row))


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
    valid = are_times(series)
    if numbers:
        valid = valid | epoch_columns(series).valid
    return float(valid.mean())
