"""The explorer without a browser that can run it: lanes and counts as one small SVG, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.charts.layout import Axis
from workbench.charts.palette import FAILING, FONT, GRID, GROUND, INK, QUIET
from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Lane

_WIDE, _LEFT, _LANE, _TOP, _BIN = 960, 300, 20, 44, 3
_CALM = "#8a9bad"
_LONGEST = 34  # signs of a lane's name
_DAY = 86_400_000_000_000
_NOT_XML = dict.fromkeys(range(32), "\ufffd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and its equivalent in words."""

    svg: str
    words: str


def picture(events: Events, setup: Mapping[str, Any]) -> Picture:
    """The lanes of the window that the explorer opens with."""
    start, end = (round(each * 1_000_000) for each in setup["view"])
    lanes = events.lanes(setup["by"])
    width = _WIDE - _LEFT
    counts = events.density(setup["by"], start, end, width // _BIN)
    axis = Axis(start=start, end=max(end, start + 1), width=width)
    height = _TOP + _LANE * len(lanes) + 8
    words = _words(events, setup, lanes, start, end)
    size = f'viewBox="0 0 {_WIDE} {height}" width="{_WIDE}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="12" role="img">',
        f"<title>{_text(setup['title'])}</title><desc>{_text(words)}</desc>",
        f'<rect width="{_WIDE}" height="{height}" fill="{GROUND}"/>',
        f'<text x="0" y="14" font-weight="bold" fill="{INK}">{_text(_short(setup["title"], 120))}</text>',
        *_ruler(axis, height),
        *(_row(at, lane, counts[at]) for at, lane in enumerate(lanes)),
        "</svg>",
    ]
    return Picture(svg="".join(parts), words=words)


def _words(events: Events, setup: Mapping[str, Any], lanes: list[Lane], start: int, end: int) -> str:
    shown = ", ".join(f"{_short(lane.name)} {lane.count:,}" for lane in lanes[:8])
    more = f" and {len(lanes) - 8} more lanes" if len(lanes) > 8 else ""
    return (
        f"{setup['title']}: {len(events):,} events; here from {format_utc(start)} to {format_utc(end)}. "
        f"Events by {setup['by']}: {shown}{more}."
    )


def _ruler(axis: Axis, height: int) -> list[str]:
    parts = [f'<text x="{_LEFT - 12}" y="36" text-anchor="end" fill="{QUIET}">UTC</text>']
    for tick in axis.ticks():
        x = _LEFT + axis.at(tick)
        when = datetime.fromtimestamp(tick // 10**9, UTC)
        label = f"{when:%d %b}" if tick % _DAY == 0 else f"{when:%H:%M}"
        parts.append(f'<path d="M{x:.1f} {_TOP}V{height - 8}" stroke="{GRID}"/>')
        if x < _WIDE - 20:
            parts.append(f'<text x="{x:.1f}" y="36" text-anchor="middle" fill="{QUIET}">{label}</text>')
    return parts


def _row(at: int, lane: Lane, counts: npt.NDArray[np.uint32]) -> str:
    """Name, counts, and the bars as one line each for what is quiet and for errors."""
    base = _TOP + _LANE * (at + 1) - 6
    quiet, errors = counts[0] + counts[1], counts[2]
    most = max(8, int(quiet.max(initial=0)))
    bars = "".join(
        f"M{_LEFT + _BIN * bin_ + 1} {base}v-{max(1.5, 12 * (int(quiet[bin_]) / most) ** 0.5):.1f}"
        for bin_ in quiet.nonzero()[0]
    )
    red = "".join(f"M{_LEFT + _BIN * bin_} {base + 2.5}h{_BIN}" for bin_ in errors.nonzero()[0])
    name = f'<text x="0" y="{base}" fill="{INK}">{_text(_short(lane.name))}</text>'
    number = f'<text x="{_LEFT - 12}" y="{base}" text-anchor="end" fill="{QUIET}">{lane.count:,}</text>'
    drawn = f'<path d="{bars}" stroke="{_CALM}" stroke-width="{_BIN - 0.6}"/>' if bars else ""
    return name + number + drawn + (f'<path d="{red}" stroke="{FAILING}" stroke-width="3"/>' if red else "")


def _short(words: str, longest: int = _LONGEST) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"


def _text(words: str) -> str:
    """As text in XML: what it may not hold is replaced."""
    return escape(words.translate(_NOT_XML).encode("utf-8", "replace").decode())
