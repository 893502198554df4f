"""Sources against time: where each has something to say, and the milestones across all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.charts.layout import MINUTE, Axis, text_width
from workbench.charts.palette import ACCENT, FAILING, GRID, GROUND, INK, QUIET
from workbench.charts.specification import NARROW, SCHEMA, SIZE, WIDE, Chart, config, in_ms, x_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.charts.timeline_chart import Mark

MOST = 30  # rows
_ROW, _BAR, _GAP = 17, 8, 7
_STEP = _ROW + _BAR + _GAP
_LEAST = 2.0  # pixels of the shortest bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A source and the stretches in UTC ns in which it has something to say."""

    source: str
    stretches: tuple[tuple[int, int], ...]


def coverage_chart(sources: Sequence[Covered], marks: Sequence[Mark], silences: Sequence[Covered] = ()) -> Chart | None:
    """The chart around the milestones, else around all that was said, silences in red; None where nothing was said."""
    every = [each for each in sources if each.stretches]
    shown = _worth(every, {each.source for each in silences})
    if not shown:
        return None
    times = [mark.time for mark in marks] or [at for each in shown for stretch in each.stretches for at in stretch]
    air = max(30 * MINUTE, (max(times) - min(times)) // 2)
    start, end = (min(times) - air) // MINUTE * MINUTE, -(-(max(times) + air) // MINUTE) * MINUTE
    wide, narrow = (_spec(Axis(start=start, end=end, width=width), shown, marks, silences) for width in (WIDE, NARROW))
    count = sum(len(each.stretches) for each in silences)
    said = f"{count} {'silence' if count == 1 else 'silences'} found" if count else "no silence found"
    of = f" of {len(every)}" if len(every) > len(shown) else ""
    title = f"{len(shown)}{of} sources against time; {said}"
    return Chart(wide=wide, narrow=narrow, title=title, alt=_alt(shown))


def lanes_chart(
    lanes: Sequence[Covered], marks: Sequence[Mark], *, title: str, alt: str, own: Sequence[Covered] = ()
) -> Chart | None:
    """Any stretches of time by name, such as alerts or people, around the milestones; ``own`` of them in red."""
    every = [each for each in lanes if each.stretches]
    times = [mark.time for mark in marks] or [at for each in every for stretch in each.stretches for at in stretch]
    if not every or not times:
        return None
    air = max(5 * MINUTE, (max(times) - min(times)) // 8)
    start, end = (min(times) - air) // MINUTE * MINUTE, -(-(max(times) + air) // MINUTE) * MINUTE
    shown = [each for each in every if any(first <= end and last >= start for first, last in each.stretches)][:MOST]
    if not shown:
        return None
    wide, narrow = (_spec(Axis(start=start, end=end, width=width), shown, marks, own) for width in (WIDE, NARROW))
    return Chart(wide=wide, narrow=narrow, title=title, alt=alt)


def _worth(sources: list[Covered], silent: set[str]) -> list[Covered]:
    """All, or as many as a page holds: those with a silence first, then those that cover most; in their order."""
    ranked = sorted(
        sources,
        key=lambda each: (each.source not in silent, -sum(last - first for first, last in each.stretches), each.source),
    )
    kept = {each.source for each in ranked[:MOST]}
    return [each for each in sources if each.source in kept]


def _spec(axis: Axis, sources: Sequence[Covered], marks: Sequence[Mark], silences: Sequence[Covered]) -> dict[str, Any]:
    """A row a source: its name over its bar, so that long names need no margin."""
    height = len(sources) * _STEP
    rows = {each.source: row for row, each in enumerate(sources)}
    bars = [bar | {"colour": ACCENT} for each in sources for bar in _bars(axis, each, rows[each.source])]
    bars += [
        bar | {"colour": FAILING}
        for each in silences
        if each.source in rows
        for bar in _bars(axis, each, rows[each.source])
    ]
    names = [
        {"x": 0, "y": row * _STEP + _ROW - 4, "label": _shortened(each.source, axis.width)}
        for row, each in enumerate(sources)
    ]
    rules = [{"t": in_ms(mark.time)} for mark in marks if axis.start <= mark.time <= axis.end]
    pixel = {"type": "quantitative", "scale": None, "axis": None}
    layers = [
        {
            "data": {"values": rules},
            "mark": {"type": "rule", "strokeDash": [2, 3], "color": QUIET, "strokeWidth": 1},
            "encoding": {"y": {"value": 0}, "y2": {"value": height}},
        },
        {
            "data": {"values": bars},
            "mark": {"type": "rect", "opacity": 1},
            "encoding": {
                "x": {"field": "x", **pixel}, "x2": {"field": "x2"},
                "y": {"field": "y", **pixel}, "y2": {"field": "y2"},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        *_names(names),
    ]  # fmt: skip
    ends = [{"t": in_ms(axis.start)}, {"t": in_ms(axis.end)}]
    frame = {
        "data": {"values": ends}, "mark": {"type": "point", "opacity": 0, "size": 0}, "encoding": {"y": {"value": 0}},
    }  # fmt: skip
    return {
        "$schema": SCHEMA, "width": axis.width, "height": height, "padding": 4, "background": None,
        "data": {"values": []}, "encoding": {"x": x_encoding(axis)}, "layer": [frame, _lines(sources, axis), *layers],
        "config": config(),
    }  # fmt: skip


def _names(names: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The names, each twice: over a broad copy of it in the colour of the ground no rule is seen."""
    pixel = {"type": "quantitative", "scale": None, "axis": None}
    for look in ({"color": GROUND, "stroke": GROUND, "strokeWidth": 4}, {"color": INK}):
        yield {
            "data": {"values": names},
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontSize": SIZE, **look},
            "encoding": {
                "x": {"field": "x", **pixel}, "y": {"field": "y", **pixel},
                "text": {"field": "label", "type": "nominal"},
            },
        }  # fmt: skip


def _lines(sources: Sequence[Covered], axis: Axis) -> dict[str, Any]:
    """A thin line under each row: what is not covered is seen as such."""
    rows = [{"x": 0, "x2": axis.width, "y": row * _STEP + _ROW + _BAR / 2} for row in range(len(sources))]
    pixel = {"type": "quantitative", "scale": None, "axis": None}
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": GRID, "strokeWidth": 1},
        "encoding": {"x": {"field": "x", **pixel}, "x2": {"field": "x2"}, "y": {"field": "y", **pixel}},
    }


def _bars(axis: Axis, each: Covered, row: int) -> list[dict[str, Any]]:
    found = []
    top = row * _STEP + _ROW
    for first, last in each.stretches:
        if last < axis.start or first > axis.end:
            continue
        x, x2 = axis.at(max(first, axis.start)), axis.at(min(last, axis.end))
        found.append({"x": round(x, 1), "x2": round(max(x2, x + _LEAST), 1), "y": top, "y2": top + _BAR})
    return found


def _shortened(name: str, width: float) -> str:
    """A name that fits: its end is what tells sources apart."""
    while len(name) > 8 and text_width(name, SIZE) > width:
        name = "…" + name[2:]
    return name


def _alt(sources: Sequence[Covered]) -> str:
    parts = (
        f"{each.source}: {len(each.stretches)} {'stretch' if len(each.stretches) == 1 else 'stretches'}"
        for each in sources
    )
    return f"Where each source has something to say. {'; '.join(parts)}."
