"""Rows of a table of events as plain JSON: what a person sees of each."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.clock import format_utc
from workbench.clock.zone import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.explorer.events import Events

LONGEST = 500  # signs of a message
MOST_ROWS = 1000
_MILLI = 1_000_000  # ns
_TEXTS = ("id", "level", "kind", "service", "host", "actor", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of all those that were asked for; ``total`` counts all."""

    total: int
    rows: list[dict[str, Any]]


def rows_of(events: Events, rows: Sequence[int]) -> list[dict[str, Any]]:
    """The rows with these numbers, each as one flat object; a missing text is the empty one."""
    part = events.part(rows)
    columns: dict[str, list[Any]] = {name: _texts(part, name) for name in _TEXTS}
    columns["message"] = [text[:LONGEST] for text in _texts(part, events.message)]
    columns["line"] = _numbers(part, "line")
    names = list(columns)
    return [
        {"row": row, **_times(events, row), **dict(zip(names, values, strict=True))}
        for row, values in zip(rows, zip(*columns.values(), strict=True), strict=True)
    ]


def clock(ns: int) -> str:
    """RFC 3339 to the millisecond."""
    return format_utc(ns // _MILLI * _MILLI)


def _times(events: Events, row: int) -> dict[str, Any]:
    wide = int(events.latest[row]) - int(events.earliest[row])
    return {"time": clock(int(events.times[row])), "unsure_seconds": wide / SECOND}


def _texts(part: pd.DataFrame, name: str) -> list[str]:
    if name not in part.columns:
        return [""] * len(part)
    return [text_of(value) for value in part[name].tolist()]


def _numbers(part: pd.DataFrame, name: str) -> list[int | None]:
    """Whole numbers; None where there is none or something else stands."""
    if name not in part.columns:
        return [None] * len(part)
    return [None if pd.isna(value) else int(value) for value in pd.to_numeric(part[name], errors="coerce").tolist()]


def text_of(value: object) -> str:
    """A cell as text; the empty one where there is nothing in it."""
    missing = value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and isnan(value))
    return "" if missing else str(value)
