"""How many are still open after how long: Kaplan and Meier's steps with their band, a tick for each open one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.charts.palette import ACCENT, INK
from workbench.charts.specification import NARROW, SCHEMA, WIDE, Chart, config

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHT = 150


def still_open_chart(
    steps: Sequence[tuple[float, float, float, float]], seen: Sequence[float], *, unit: str, title: str, what: str
) -> Chart | None:
    """``steps`` are time, share still open, and its low and high end; ``seen`` how long those still open have been.

    None where fewer than three steps would be no curve.
    """
    if len(steps) < 3:
        return None
    wide, narrow = (_spec(steps, seen, unit, width) for width in (WIDE, NARROW))
    half = next((time for time, share, _, _ in steps if share <= 0.5), None)
    told = f"Half of the {what} are over after {half:.3g} {unit}." if half is not None else (
        f"Fewer than half of the {what} were over when they were last seen."
    )  # fmt: skip
    return Chart(wide=wide, narrow=narrow, title=title, alt=f"{told} {len(seen)} are still open.")


def _spec(
    steps: Sequence[tuple[float, float, float, float]], seen: Sequence[float], unit: str, width: int
) -> dict[str, Any]:
    rows = [{"t": 0.0, "share": 1.0, "low": 1.0, "high": 1.0}]
    rows += [{"t": time, "share": share, "low": low, "high": high} for time, share, low, high in steps]
    end = max([*(row["t"] for row in rows), *seen])
    rows.append({**rows[-1], "t": end})
    x = {"type": "quantitative", "scale": {"domain": [0, end], "nice": False}, "axis": {"title": unit, "grid": False}}
    y = {"type": "quantitative", "scale": {"domain": [0, 1]},
         "axis": {"title": "still open", "format": "%", "tickCount": 4}}  # fmt: skip
    ticks = [{"t": time, "share": _at(rows, time)} for time in seen]
    return {
        "$schema": SCHEMA, "width": width, "height": _HEIGHT, "padding": 4, "background": None,
        "data": {"values": rows}, "encoding": {"x": {"field": "t", **x}},
        "layer": [
            {"mark": {"type": "area", "color": ACCENT, "opacity": 0.15, "interpolate": "step-after"},
             "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "color": ACCENT, "interpolate": "step-after"},
             "encoding": {"y": {"field": "share", **y}}},
            {"data": {"values": ticks}, "mark": {"type": "tick", "orient": "vertical", "color": INK, "size": 10},
             "encoding": {"y": {"field": "share", **y}}},
        ],
        "config": config(),
    }  # fmt: skip


def _at(rows: Sequence[dict[str, float]], time: float) -> float:
    return [row["share"] for row in rows if row["t"] <= time][-1]
