"""How many incidents each week had, as bars, with the rate of the whole period and its interval behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.charts.palette import ACCENT, GRID, QUIET
from workbench.charts.specification import NARROW, SCHEMA, WIDE, Chart, config

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEIGHT = 120


def weeks_chart(counts: Mapping[str, int], rate: tuple[float, float, float]) -> Chart | None:
    """A bar a week (its Monday, as 2025-11-17); ``rate`` is incidents a week with its low and high end."""
    if not counts:
        return None
    wide, narrow = (_spec(counts, rate, width) for width in (WIDE, NARROW))
    total, most = sum(counts.values()), max(counts, key=lambda week: counts[week])
    title = f"{total} {'incident' if total == 1 else 'incidents'}, {rate[0]:.2g} a week"
    alt = f"Incidents by week: {', '.join(f'{week}: {count}' for week, count in counts.items())}."
    if counts[most]:
        alt += f" The most, {counts[most]}, in the week of {most}."
    return Chart(wide=wide, narrow=narrow, title=title, alt=alt)


def _spec(counts: Mapping[str, int], rate: tuple[float, float, float], width: int) -> dict[str, Any]:
    rows = [{"week": week, "count": count} for week, count in counts.items()]
    top = max(*counts.values(), rate[2], 1)
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": True}}
    axis = {"title": "incidents", "tickMinStep": 1, "tickCount": 4, "format": "d"}
    labels = {"title": "week of (UTC)", "labelAngle": 0, "labelOverlap": "greedy", "labelExpr": "slice(datum.value, 5)"}
    return {
        "$schema": SCHEMA, "width": width, "height": _HEIGHT, "padding": 4, "background": None,
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"low": rate[1], "high": rate[2]}]}, "mark": {"type": "rect", "color": GRID},
             "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}}},
            {"mark": {"type": "bar", "color": ACCENT, "width": {"band": 0.7}},
             "encoding": {"x": {"field": "week", "type": "ordinal", "sort": None, "axis": labels},
                          "y": {"field": "count", **y, "axis": axis}}},
            {"data": {"values": [{"rate": rate[0]}]}, "mark": {"type": "rule", "color": QUIET, "strokeDash": [4, 3]},
             "encoding": {"y": {"field": "rate", **y}}},
        ],
        "config": config(),
    }  # fmt: skip
