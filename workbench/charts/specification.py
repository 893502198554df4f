"""What all charts share: the dialect of their specifications, their look, and UTC on the axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.charts.palette import FONT, GRID, INK, QUIET

if TYPE_CHECKING:
    from workbench.charts.layout import Axis

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
WIDE, NARROW = 760, 330
SIZE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The specification for a page and for a narrow screen, and the same facts in words."""

    wide: dict[str, Any]
    narrow: dict[str, Any]
    title: str
    alt: str


def config() -> dict[str, Any]:
    """The look that all charts share."""
    return {
        "font": FONT, "view": {"stroke": None}, "text": {"fontSize": SIZE, "color": INK},
        "axis": {
            "labelFontSize": SIZE, "titleFontSize": SIZE, "labelColor": QUIET, "titleColor": QUIET,
            "titleFontWeight": "normal", "domainColor": QUIET, "tickColor": QUIET, "gridColor": GRID,
        },
    }  # fmt: skip


def x_encoding(axis: Axis) -> dict[str, Any]:
    """UTC on the axis, with the day where midnight is crossed."""
    pattern = "utcFormat(datum.value, '%H:%M')"
    dated = f"datum.index === 0 || {pattern} === '00:00' ? [{pattern}, utcFormat(datum.value, '%d %b')] : {pattern}"
    days = sorted({_day(axis.start), _day(axis.end - 1)})
    return {
        "field": "t", "type": "temporal",
        "scale": {"type": "utc", "domain": [in_ms(axis.start), in_ms(axis.end)], "nice": False},
        "axis": {
            "title": f"UTC, {' to '.join(days)}", "values": [in_ms(ns) for ns in axis.ticks()], "grid": False,
            "labelExpr": dated if axis.crosses_midnight else pattern, "labelOverlap": True,
        },
    }  # fmt: skip


def in_ms(ns: int) -> int:
    """Milliseconds, as Vega counts time."""
    return ns // 1_000_000


def _day(ns: int) -> str:
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%d")
