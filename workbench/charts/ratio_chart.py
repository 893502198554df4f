"""What changed from one period to the next: ratios with their intervals against the line of no change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.charts.palette import ACCENT, GROUND, INK, QUIET
from workbench.charts.specification import NARROW, SCHEMA, WIDE, Chart, config

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW = 30
_TICKS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 20, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One comparison: now in terms of before; ``visible`` is the change nearest to none that would have been seen."""

    name: str
    ratio: float
    low: float
    high: float
    visible: float | None = None
    verdict: str = ""


def ratio_chart(rows: Sequence[Ratio], *, title: str) -> Chart | None:
    """The chart; None where nothing could be compared."""
    if not rows:
        return None
    wide, narrow = (_spec(rows, width) for width in (WIDE, NARROW))
    told = "; ".join(
        f"{row.name}: {row.ratio:.2g} times ({row.low:.2g} to {row.high:.2g}), {row.verdict}" for row in rows
    )
    return Chart(wide=wide, narrow=narrow, title=title, alt=f"Now in terms of the period before. {told}.")


def _spec(rows: Sequence[Ratio], width: int) -> dict[str, Any]:
    values = [value for row in rows for value in (row.low, row.high, row.visible or 1)]
    domain = [min(*values, 0.5) / 1.1, max(*values, 2) * 1.1]
    x = {"type": "quantitative", "scale": {"type": "log", "domain": domain, "nice": False},
         "axis": {"title": "times as long as before", "format": "~g",
                  "values": [tick for tick in _TICKS if domain[0] <= tick <= domain[1]]}}  # fmt: skip
    y = {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "domain": False, "ticks": False}}
    shown = [
        {"name": row.name, "ratio": row.ratio, "low": row.low, "high": row.high, "visible": row.visible,
         "changed": row.verdict == "changed"} for row in rows
    ]  # fmt: skip
    return {
        "$schema": SCHEMA, "width": width, "height": _ROW * len(rows), "padding": 4, "background": None,
        "data": {"values": shown}, "encoding": {"y": y},
        "layer": [
            {"data": {"values": [{"one": 1}]}, "mark": {"type": "rule", "color": QUIET, "strokeDash": [4, 3]},
             "encoding": {"x": {"field": "one", **x}, "y": None}},
            {"mark": {"type": "rule", "color": INK, "strokeWidth": 2},
             "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}}},
            {"transform": [{"filter": "datum.visible != null"}],
             "mark": {"type": "tick", "color": QUIET, "thickness": 2, "size": 12},
             "encoding": {"x": {"field": "visible", **x}}},
            {"mark": {"type": "point", "shape": "diamond", "filled": True, "stroke": GROUND, "size": 110},
             "encoding": {"x": {"field": "ratio", **x},
                          "color": {"condition": {"test": "datum.changed", "value": ACCENT}, "value": INK}}},
        ],
        "config": {**config(), "axisY": {"labelColor": QUIET, "grid": False, "labelLimit": 220}},
    }  # fmt: skip
