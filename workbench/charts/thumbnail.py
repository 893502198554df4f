"""An incident at a glance: its phases as a band and the share of failing requests above it, as one small SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts.palette import FAILING, GRID
from workbench.charts.timeline_chart import phases_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 180, 34
_BAND = 7  # pixels of the phases, at the foot


def thumbnail(moments: Mapping[str, int | None], curve: Sequence[float] = ()) -> str:
    """The SVG; empty where neither phases nor a curve are known. ``curve`` are shares at even steps over the phases."""
    phases = phases_of(moments)
    if not phases and not curve:
        return ""
    start, end = (phases[0].start, phases[-1].end) if phases else (0, 1)
    size = f'viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true">',
        f'<path d="M0 {HIGH - _BAND - 1.5}H{WIDE}" stroke="{GRID}"/>',
    ]
    if curve:
        parts.append(f'<path d="{_area(curve)}" fill="{FAILING}" fill-opacity="0.22" stroke="{FAILING}"/>')
    for phase in phases:
        left = WIDE * (phase.start - start) / (end - start)
        width = max(1.0, WIDE * (phase.end - phase.start) / (end - start) - 1)
        parts.append(
            f'<rect x="{left:.1f}" y="{HIGH - _BAND}" width="{width:.1f}" height="{_BAND}" fill="{phase.colour}"/>'
        )
    return "".join([*parts, "</svg>"])


def _area(curve: Sequence[float]) -> str:
    most, foot = max(*curve, 0.01), HIGH - _BAND - 2
    step = WIDE / max(1, len(curve) - 1)
    points = " ".join(f"{at * step:.1f},{foot - (foot - 1) * share / most:.1f}" for at, share in enumerate(curve))
    return f"M0,{foot} L{points} L{WIDE},{foot} Z"
