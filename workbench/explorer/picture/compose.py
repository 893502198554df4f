"""Puts the picture together, and says the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.charts.layout import Axis
from workbench.explorer.picture.above import bands, curve, milestones
from workbench.explorer.picture.drawing import BOLD, clean, fitting, framed, word
from workbench.explorer.picture.rows import lanes, legend, ruler
from workbench.explorer.picture.sheet import BIN, BINS, WIDE, Sheet, clock, in_ns, stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Lane

_TOLD = 8  # lanes that are named in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and its equivalent in words."""

    svg: str
    words: str


def picture(events: Events, setup: Mapping[str, Any]) -> Picture:
    """What the explorer opens with: milestones, impact, phases, alerts and lanes over one UTC axis."""
    start, end = (in_ns(each) for each in setup["view"])
    end = max(end, start + 1)
    named, counts = events.lanes(setup["by"]), events.density(setup["by"], start, end, BINS)
    sheet, moments = Sheet(axis=Axis(start=start, end=end, width=BINS * BIN)), setup.get("milestones", ())
    view = _view(events, setup, int(counts.sum()))
    words = clean(" ".join([f"{setup['title']}.", f"{view}.", *_moments(moments), *_lanes(setup["by"], named)]))
    sheet.add(
        word(0, 15, fitting(setup["title"], 0.9 * WIDE, 14), more=f'{BOLD} font-size="14"'), word(0, 33, view, "quiet")
    )
    if len(events):
        lines = milestones(sheet, moments)
        curve(sheet, setup.get("curve"))
        stop = sheet.y  # the milestones' lines leave the bands out: their words stay readable
        bands(sheet, setup.get("bands", ()))
        ruler(sheet, next((each["name"] for each in setup["bys"] if each["by"] == setup["by"]), ""))
        begin = sheet.y
        lanes(sheet, named, counts)
        sheet.add(*(f"{drawn}V{stop:g}M{x:.1f} {begin:g}V{sheet.y:g}{after}" for x, drawn, after in lines))
        legend(sheet, milestones=bool(lines))
    return Picture(
        svg=framed(sheet.parts, width=WIDE, height=round(sheet.y), title=setup["title"], words=words), words=words
    )


def _view(events: Events, setup: Mapping[str, Any], inside: int) -> str:
    """How many events are in view, and from when to when."""
    if not len(events):
        return "No events"
    word_of_all = "event" if len(events) == 1 else "events"
    seen = f"{inside:,} of {len(events):,} events" if inside < len(events) else f"{inside:,} {word_of_all}"
    return f"{seen}, {stretch(*setup['view'])} UTC"


def _moments(given: Sequence[Mapping[str, Any]]) -> list[str]:
    told = (f"{clock(one['time'])} {one['name']}" for one in sorted(given, key=lambda each: each["time"]))
    return [f"Milestones in UTC: {'; '.join(told)}."] if given else []


def _lanes(by: str, given: Sequence[Lane]) -> list[str]:
    told = ", ".join(f"{_short(lane.name)} {lane.count:,}" for lane in given[:_TOLD])
    more = f" and {len(given) - _TOLD} more" if len(given) > _TOLD else ""
    return [f"Events by {by}: {told}{more}."] if given else []


def _short(words: str, longest: int = 34) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"
