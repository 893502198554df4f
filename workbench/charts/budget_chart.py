"""The error budget against time: what the incident used of it minute by minute, and when alerts on that would fire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.charts.layout import MINUTE, Axis
from workbench.charts.palette import FAILING, INK, QUIET
from workbench.charts.specification import NARROW, SCHEMA, SIZE, WIDE, Chart, config, in_ms, x_encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHT = 150
_AIR = 5 * MINUTE


def budget_chart(
    used: Sequence[tuple[int, float]], window: tuple[int, int], alerts: Sequence[tuple[int, str]]
) -> Chart | None:
    """What was ``used``, in percent of the budget at the end of each minute (UTC ns); None where that is nothing.

    ``alerts`` are when one would have fired, and its name.
    """
    start, end = window[0] // MINUTE * MINUTE - _AIR, -(-window[1] // MINUTE) * MINUTE + _AIR
    shown = [(at, value) for at, value in used if start <= at <= end]
    if len(shown) < 2 or shown[-1][1] <= 0:
        return None
    fired = [(at, name) for at, name in alerts if start <= at <= end]
    wide, narrow = (_spec(Axis(start=start, end=end, width=width), shown, fired) for width in (WIDE, NARROW))
    total = shown[-1][1]
    told = "; ".join(f"{name} at {_clock(at)}" for at, name in fired)
    alt = f"The incident used {total:.3g}% of the error budget between {_clock(window[0])} and {_clock(window[1])} UTC."
    return Chart(
        wide=wide, narrow=narrow, title=f"{total:.3g}% of the error budget in one incident",
        alt=f"{alt} Alerts on the burn rate would have fired: {told}." if told else alt,
    )  # fmt: skip


def _spec(axis: Axis, used: Sequence[tuple[int, float]], fired: Sequence[tuple[int, str]]) -> dict[str, Any]:
    x = x_encoding(axis)
    points = [{"t": in_ms(at), "used": round(value, 4)} for at, value in used]
    marks = [{"t": in_ms(at), "label": name, "row": row} for row, (at, name) in enumerate(fired)]
    top = max(value for _, value in used)
    return {
        "$schema": SCHEMA, "width": axis.width, "height": _HEIGHT, "padding": 4, "background": None,
        "data": {"values": []}, "encoding": {"x": x},
        "layer": [
            {"data": {"values": points},
             "mark": {"type": "area", "color": FAILING, "opacity": 0.25, "line": {"color": FAILING},
                      "interpolate": "step-after"},
             "encoding": {"y": {"field": "used", "type": "quantitative", "scale": {"domain": [0, top]},
                                "axis": {"title": "% of the budget used", "tickCount": 4}}}},
            {"data": {"values": marks}, "mark": {"type": "rule", "color": QUIET, "strokeDash": [2, 3]},
             "encoding": {"y": {"value": 0}, "y2": {"value": _HEIGHT}}},
            {"data": {"values": marks},
             "mark": {"type": "text", "align": "left", "dx": 4, "baseline": "top", "fontSize": SIZE, "color": INK},
             "encoding": {"y": {"field": "row", "type": "quantitative", "scale": {"domain": [0, 8], "range": [2, 130]},
                                "axis": None},
                          "text": {"field": "label", "type": "nominal"}}},
        ],
        "resolve": {"scale": {"y": "independent"}}, "config": config(),
    }  # fmt: skip


def _clock(ns: int) -> str:
    minutes = ns // MINUTE % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
