"""The picture of page one: phases as a band, milestones as numbered marks, the impact curve on the same UTC axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.charts.layout import MINUTE, Axis, Label, Placed, flags, lanes_of, text_width
from workbench.charts.palette import FAILING, GROUND, INK, PHASES, QUIET
from workbench.charts.specification import NARROW, SCHEMA, SIZE, WIDE, Chart, config, in_ms, x_encoding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

type_curve = tuple[tuple[int, int, int], ...]

_BAND = 24
_LANE = 16
_CURVE = 124
_DAY = 1440 * MINUTE
_MOST_POINTS = 400
_ON_BAND = "white"  # by its name: unlike the ground it stays white on a dark page
_LENGTHS = ("started", "detected", "identified", "mitigated", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A milestone on the axis: its references (E3), its name and its time in UTC ns."""

    ref: str
    name: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch between two milestones; ``names`` are one or more of Detect, Diagnose, Mitigate, Verify."""

    names: tuple[str, ...]
    start: int
    end: int

    @property
    def label(self) -> str:
        """Its names and its length."""
        return f"{' + '.join(self.names)} {_length((self.end - self.start) / MINUTE)}"

    @property
    def colour(self) -> str:
        """The colour of the last of its names."""
        return PHASES[self.names[-1]]


def phases_of(moments: Mapping[str, int | None]) -> tuple[Phase, ...]:
    """The phases between the milestones that are known; a missing one joins its two neighbours."""
    ends = dict(zip(_LENGTHS[1:], PHASES, strict=True))
    known = {**moments, "resolved": moments.get("resolved") or moments.get("recovered")}
    phases: list[Phase] = []
    names: list[str] = []
    start = known.get("started")
    for moment, name in ends.items():
        end = known.get(moment)
        names.append(name)
        if start is None or end is None or end < start:
            names, start = (names, start) if start is not None else ([], end)
            continue
        if end > start:
            phases.append(Phase(names=tuple(names), start=start, end=end))
        names, start = [], end
    return tuple(phases)


def timeline_chart(
    *, marks: Sequence[Mark], phases: Sequence[Phase], curve: type_curve, moments: Mapping[str, int | None]
) -> Chart | None:
    """The chart, or None where there is neither a milestone nor a curve to show."""
    window = _window(marks, phases, curve)
    if window is None:
        return None
    inside = tuple(point for point in curve if window[0] <= point[0] <= window[1])
    drawn = _thinned(inside)
    wide, narrow = (
        _spec(Axis(start=window[0], end=window[1], width=width), marks, phases, drawn) for width in (WIDE, NARROW)
    )
    return Chart(wide=wide, narrow=narrow, title=headline(inside, moments), alt=_alt(marks, phases, inside))


def headline(curve: type_curve, moments: Mapping[str, int | None]) -> str:
    """What to see: the worst share of failing requests, and when it began and ended."""
    start, end = moments.get("started"), moments.get("recovered") or moments.get("mitigated") or moments.get("resolved")
    times = f", from {_clock(start)} to {_clock(end)} UTC{_later(start, end)}" if start and end else ""
    peak = max(curve, key=_share, default=None)
    if peak and _share(peak) > 0:
        return (
            f"Up to {100 * _share(peak):.0f}% of requests failed in a minute{times}"
            if _share(peak) >= 0.01
            else (f"Under 1% of requests failed in any minute{times}")
        )
    return f"How the response went{times}" if times else "What is known of the incident's course"


def _later(start: int, end: int) -> str:
    """That the end is on another day than the start."""
    days = end // _DAY - start // _DAY
    return "" if not days else " the next day" if days == 1 else f", {days} days later"


def _share(point: tuple[int, int, int]) -> float:
    return point[2] / point[1] if point[1] else 0.0


def _window(marks: Sequence[Mark], phases: Sequence[Phase], curve: type_curve) -> tuple[int, int] | None:
    """The stretch to show: all marks and phases with some air, else the whole curve."""
    times = [mark.time for mark in marks] + [time for phase in phases for time in (phase.start, phase.end)]
    times = times or [point[0] for point in curve]
    if not times:
        return None
    air = max(5 * MINUTE, (max(times) - min(times)) // 6)
    return (min(times) - air) // MINUTE * MINUTE, -(-(max(times) + air) // MINUTE) * MINUTE


def _thinned(curve: type_curve) -> type_curve:
    """Minutes joined to longer steps where there are more than can be drawn; no request is left out."""
    step = -(-len(curve) // _MOST_POINTS) if curve else 1
    groups = (curve[at : at + step] for at in range(0, len(curve), step))
    return tuple((group[0][0], sum(one[1] for one in group), sum(one[2] for one in group)) for group in groups)


def _spec(axis: Axis, marks: Sequence[Mark], phases: Sequence[Phase], curve: type_curve) -> dict[str, Any]:
    """The layers from top to bottom: phase labels, band, mark labels, marks, curve."""
    narrow = [one for one in phases if not _fits(axis, one)]
    beside = flags([Label(at=axis.at(one.start), text=one.label) for one in narrow], width=axis.width, size=SIZE)
    band = lanes_of(beside) * _LANE + (4 if beside else 0)
    spots = _mark_labels(axis, marks)
    texts, feet = flags(spots, width=axis.width, size=SIZE), [spot.at for spot in spots]
    below_band = band + (_BAND + 10 if phases else 0)
    marks_at = below_band + lanes_of(texts) * _LANE
    top = marks_at + (14 if marks else 0)
    height = top + (_CURVE if curve else 8)
    layers = [
        *_staffs([axis.at(one.start) for one in narrow], beside, foot=band),
        *_phase_layers(axis, phases, beside, band),
        *_curve_layers(curve, top=top, bottom=height),
        *_staffs(feet, texts, foot=marks_at),
        *_mark_layers(marks, texts, feet, marks_at=marks_at, bottom=height),
    ]
    return {
        "$schema": SCHEMA,
        "width": axis.width,
        "height": height,
        "padding": 4,
        "background": None,
        "data": {"values": []},
        "encoding": {"x": x_encoding(axis)},
        "layer": [_frame(axis), *layers],
        "config": config(),
    }


def _frame(axis: Axis) -> dict[str, Any]:
    """An unseen point at each end, so that the axis stands where nothing else is drawn."""
    return {
        "data": {"values": [{"t": in_ms(axis.start)}, {"t": in_ms(axis.end)}]},
        "mark": {"type": "point", "opacity": 0, "size": 0}, "encoding": {"y": {"value": 0}},
    }  # fmt: skip


def _staffs(feet: Sequence[float], placed: Sequence[Placed], *, foot: float) -> list[dict[str, Any]]:
    """A thin line from each raised label down to what it names; both come in the order of time."""
    lines = [
        {"x": round(at, 1), "y": foot - 3 - _LANE * one.lane, "y2": foot}
        for at, one in zip(sorted(feet), placed, strict=True)
        if one.lane
    ]
    pixel = {"type": "quantitative", "scale": None, "axis": None}
    encoding = {"x": {"field": "x", **pixel}, "y": {"field": "y", **pixel}, "y2": {"field": "y2"}}
    return [_layer(lines, {"type": "rule", "color": QUIET, "strokeWidth": 1}, encoding)] if lines else []


def _flag_layers(
    feet: Sequence[float], placed: Sequence[Placed], foot: float, weight: str = "normal"
) -> list[dict[str, Any]]:
    """The words of the flags: those before their marks end there, the others begin where they were placed."""
    layers = []
    for before, align in ((False, "left"), (True, "right")):
        rows = [
            {"x": at if before else one.x, "y": foot - _LANE * one.lane, "label": one.text}
            for at, one in zip(sorted(feet), placed, strict=True)
            if one.before is before
        ]
        style = {"baseline": "bottom", "align": align, "dx": -3 if before else 3, "fontWeight": weight}
        layers += [_text_layer(rows, style)] if rows else []
    return layers


def _phase_layers(axis: Axis, phases: Sequence[Phase], beside: Sequence[Placed], top: float) -> list[dict[str, Any]]:
    rows = [{"t": in_ms(one.start), "end": in_ms(one.end), "colour": one.colour} for one in phases]
    inside = [{"x": round(_middle(axis, one), 1), "label": one.label} for one in phases if _fits(axis, one)]
    return (
        [
            _layer(
                rows,
                {"type": "rect", "cornerRadius": 2, "stroke": GROUND, "strokeWidth": 1},
                {
                    "x2": {"field": "end"},
                    "y": {"value": top},
                    "y2": {"value": top + _BAND},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            ),
            _text_layer(
                [row | {"y": top + _BAND / 2} for row in inside],
                {"color": _ON_BAND, "fontWeight": "bold", "baseline": "middle"},
            ),
            *_flag_layers([axis.at(one.start) for one in phases if not _fits(axis, one)], beside, top - 4, "bold"),
        ]
        if phases
        else []
    )


def _mark_layers(
    marks: Sequence[Mark], texts: Sequence[Placed], spots: Sequence[float], *, marks_at: float, bottom: float
) -> list[dict[str, Any]]:
    rows = [{"t": time} for time in sorted({in_ms(mark.time) for mark in marks})]
    return (
        [
            _layer(
                rows,
                {"type": "rule", "strokeDash": [2, 3], "color": QUIET, "strokeWidth": 1},
                {"y": {"value": marks_at + 8}, "y2": {"value": bottom}},
            ),
            _layer(
                rows,
                {"type": "point", "shape": "triangle-down", "filled": True, "size": 60, "color": INK, "opacity": 1},
                {"y": {"value": marks_at + 4}},
            ),
            *_flag_layers(spots, texts, marks_at - 3),
        ]
        if marks
        else []
    )


def _curve_layers(curve: type_curve, *, top: float, bottom: float) -> list[dict[str, Any]]:
    if not curve:
        return []
    values = [{"t": in_ms(one[0]), "share": round(100 * _share(one), 4) if one[1] else None} for one in curve]
    most = max((row["share"] or 0 for row in values), default=0)
    y = {
        "field": "share", "type": "quantitative", "title": "Failing requests, %",
        "scale": {"domain": [0, max(1.0, round(most * 1.08, 2))], "range": [bottom, top + 4], "nice": False},
        "axis": {"tickCount": 4, "titlePadding": 6, "titleY": (top + bottom) / 2, "domain": False, "ticks": False},
    }  # fmt: skip
    return [
        _layer(
            values,
            {
                "type": "area",
                "color": FAILING,
                "fillOpacity": 0.16,
                "interpolate": "linear",
                "invalid": "break-paths-show-domains",
                "line": {"color": FAILING, "strokeWidth": 1.6, "opacity": 1},
            },
            {"y": y},
        )
    ]


def _layer(values: list[dict[str, Any]], mark: dict[str, Any], encoding: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _text_layer(values: list[dict[str, Any]], style: dict[str, Any]) -> dict[str, Any]:
    """Words at pixels that were worked out before, so that no two touch."""
    return _layer(
        values,
        {"type": "text", "align": "center", "fontSize": SIZE, **style},
        {
            "x": {"field": "x", "type": "quantitative", "scale": None, "axis": None},
            "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
            "text": {"field": "label", "type": "nominal"},
        },
    )


def _mark_labels(axis: Axis, marks: Sequence[Mark]) -> list[Label]:
    """One label a moment: what happened in the same minute shares it."""
    groups: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda one: one.time):
        near = next((at for at in groups if axis.at(mark.time) - axis.at(at) < 3), mark.time)
        groups.setdefault(near, []).append(mark)
    short = axis.width < WIDE / 2
    return [Label(at=axis.at(at), text=_mark_label(group, short=short)) for at, group in groups.items()]


def _mark_label(group: Sequence[Mark], *, short: bool) -> str:
    """References and names; on a narrow screen the references alone, where there are any."""
    refs = " ".join(dict.fromkeys(mark.ref for mark in group if mark.ref))
    names = ", ".join(dict.fromkeys(mark.name for mark in group))
    return refs if short and refs else f"{refs} {names}".strip()


def _middle(axis: Axis, phase: Phase) -> float:
    return (axis.at(phase.start) + axis.at(phase.end)) / 2


def _fits(axis: Axis, phase: Phase) -> bool:
    return text_width(phase.label, SIZE) + 8 <= axis.at(phase.end) - axis.at(phase.start)


def _alt(marks: Sequence[Mark], phases: Sequence[Phase], curve: type_curve) -> str:
    """The chart in words, in the order of time."""
    parts = []
    if phases:
        parts.append(f"Phases: {'; '.join(phase.label for phase in phases)}.")
    if marks:
        moments = (f"{_clock(mark.time)} {mark.name}" for mark in sorted(marks, key=lambda one: one.time))
        parts.append(f"Milestones in UTC: {'; '.join(moments)}.")
    peak = max(curve, key=_share, default=None)
    if peak:
        first, last = (f"{_share(point):.1%}" for point in (curve[0], curve[-1]))
        parts.append(
            f"Failing requests: {first} at {_clock(curve[0][0])}, at most {_share(peak):.1%} at "
            f"{_clock(peak[0])}, {last} at {_clock(curve[-1][0])}."
        )
    return " ".join(parts)


def _length(value: float) -> str:
    if value < 1:
        return f"{round(value * 60)} s"
    if value < 120:
        return f"{value:.1f} min".replace(".0 min", " min") if value < 10 else f"{value:.0f} min"
    hours, rest = divmod(round(value), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _clock(ns: int) -> str:
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%H:%M")
