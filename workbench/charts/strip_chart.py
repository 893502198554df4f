"""Durations as every incident's own dot on a logarithmic axis, with the median of each row and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.charts.palette import ACCENT, FAILING, GROUND, INK, QUIET
from workbench.charts.specification import NARROW, SCHEMA, WIDE, Chart, config

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW = 34
_TICKS = (0.1, 0.5, 1, 2, 5, 15, 60, 240, 1440, 10_080, 43_200)
_LEAST = 0.05  # minutes: what took no time stands at the edge
_LABELS = (
    "datum.value < 1 ? format(datum.value * 60, '.0f') + ' s' : "
    "datum.value < 60 ? format(datum.value, '.0f') + ' min' : "
    "datum.value < 1440 ? format(datum.value / 60, '.0f') + ' h' : format(datum.value / 1440, '.0f') + ' d'"
)
# Dots of one row lie apart by a fixed pattern: the same picture every time.
_APART = (0, 6, -6, 3, -3, 8, -8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One row: minutes of those that are over, of those still open so far, and the median with its interval."""

    name: str
    minutes: tuple[float, ...]
    open: tuple[float, ...] = ()
    median: float | None = None
    low: float | None = None
    high: float | None = None


def strip_chart(rows: Sequence[Strip], *, title: str, alt: str) -> Chart | None:
    """The chart; None where no row has a dot."""
    shown = [row for row in rows if row.minutes or row.open]
    if not shown:
        return None
    wide, narrow = (_spec(shown, width) for width in (WIDE, NARROW))
    return Chart(wide=wide, narrow=narrow, title=title, alt=alt)


def _spec(rows: Sequence[Strip], width: int) -> dict[str, Any]:
    values = [max(_LEAST, value) for row in rows for value in (*row.minutes, *row.open, *_ends(row))]
    domain = [min(values) / 1.3, max(values) * 1.3]
    x = {"type": "quantitative", "scale": {"type": "log", "domain": domain, "nice": False}}
    axis = {"title": None, "values": [tick for tick in _TICKS if domain[0] <= tick <= domain[1]],
            "labelExpr": _LABELS, "grid": True}  # fmt: skip
    y = {"field": "row", "type": "ordinal", "sort": None, "axis": {"title": None, "domain": False, "ticks": False},
         "scale": {"domain": [row.name for row in rows]}}  # fmt: skip
    spans = [{"row": row.name, "low": row.low, "high": row.high} for row in rows if row.low is not None]
    medians = [{"row": row.name, "median": row.median} for row in rows if row.median is not None]
    return {
        "$schema": SCHEMA, "width": width, "height": _ROW * len(rows), "padding": 4, "background": None,
        "data": {"values": []}, "encoding": {"y": y},
        "layer": [
            {"data": {"values": spans}, "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
             "encoding": {"x": {"field": "low", **x, "axis": axis}, "x2": {"field": "high"}}},
            {"data": {"values": _dots(rows)}, "mark": {"type": "circle", "color": ACCENT, "size": 34, "opacity": 0.55},
             "encoding": {"x": {"field": "minutes", **x, "axis": axis},
                          "yOffset": {"field": "apart", "type": "quantitative", "scale": {"domain": [-17, 17]}}}},
            {"data": {"values": _open(rows)},
             "mark": {"type": "point", "shape": "triangle-right", "color": FAILING, "size": 60, "strokeWidth": 1.5},
             "encoding": {"x": {"field": "minutes", **x, "axis": axis}}},
            {"data": {"values": medians},
             "mark": {"type": "point", "shape": "diamond", "filled": True, "color": INK, "stroke": GROUND, "size": 110},
             "encoding": {"x": {"field": "median", **x, "axis": axis}}},
        ],
        "config": {**config(), "axisY": {"labelColor": QUIET, "grid": False, "labelLimit": 220}},
    }  # fmt: skip


def _ends(row: Strip) -> tuple[float, ...]:
    return tuple(value for value in (row.low, row.high, row.median) if value is not None)


def _dots(rows: Sequence[Strip]) -> list[dict[str, Any]]:
    return [
        {"row": row.name, "minutes": max(_LEAST, value), "apart": _APART[at % len(_APART)]}
        for row in rows
        for at, value in enumerate(sorted(row.minutes))
    ]


def _open(rows: Sequence[Strip]) -> list[dict[str, Any]]:
    return [{"row": row.name, "minutes": max(_LEAST, value)} for row in rows for value in row.open]
