"""What stands above the lanes: milestones, the share of failing requests, phases, alerts and the status page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.charts.layout import MINUTE, Label, flags, lanes_of
from workbench.explorer.picture.drawing import BOLD, END, SIZE, box, fill, fitting, line, word, xml
from workbench.explorer.picture.sheet import LEFT, MILLI, Sheet, clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.charts.layout import Placed

    Facts = Mapping[str, Any]
    Points = Sequence[tuple[float, float, float | None]]

_FLAG, _CURVE, _BAND = 15, 46, 17
_KINDS = {"phase": "Phases", "alert": "Alerts", "status": "Status page"}
_MOST_ROWS = 3  # of one kind of bands


def milestones(sheet: Sheet, given: Sequence[Facts]) -> list[tuple[float, str, str]]:
    """Their names as flags that do not touch; returns x, begin and end of each place's line through the lanes."""
    groups = _groups(sheet, given)
    if not groups:
        return []
    labels = [Label(at=sheet.x(group[0]["time"]) - LEFT, text=_label(group)) for group in groups]
    placed = flags(labels, width=sheet.axis.width, size=SIZE)
    base = sheet.y + lanes_of(placed) * _FLAG
    sheet.named("Milestones", base - 4)
    lines = [
        _flag(sheet, group, LEFT + label.at, flag, base - flag.lane * _FLAG)
        for group, label, flag in zip(groups, labels, placed, strict=True)
    ]
    sheet.y = base + 8
    return lines


def _groups(sheet: Sheet, given: Sequence[Facts]) -> list[list[Facts]]:
    """Milestones in view in the order of time; what stands on one place shares a label."""
    groups: list[list[Facts]] = []
    for one in sorted((each for each in given if sheet.within(each["time"])), key=lambda each: each["time"]):
        if groups and sheet.x(one["time"]) - sheet.x(groups[-1][0]["time"]) < 4:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _label(group: Sequence[Facts]) -> str:
    first = fitting(f"{group[0].get('ref', '')} {group[0]['name']}".strip(), 200)
    return first + (f" and {len(group) - 1} more" if len(group) > 1 else "")


def _flag(sheet: Sheet, group: Sequence[Facts], x: float, flag: Placed, base: float) -> tuple[float, str, str]:
    """The words of a place; its line begins beside them, and is broken where nobody has confirmed what it says."""
    at, more = (x - 3, END) if flag.before else (LEFT + flag.x + 3, "")
    sheet.add(word(at, base - 4, flag.text, more=more))
    dash = "" if any(one.get("confirmed") for one in group) else ' stroke-dasharray="2 3"'
    told = "; ".join(f"{one['name']}, {clock(one['time'])} UTC" for one in group)
    return x, f'<path {line("quiet")}{dash} d="M{x:.1f} {base - _FLAG + 3:g}', f'"><title>{xml(told)}</title></path>'


def curve(sheet: Sheet, given: Facts | None) -> None:
    """The share of failing requests by minute, the highest on the left; a minute without requests breaks the line."""
    points = _points(sheet, given) if given else []
    if not points:
        return
    most = max((share for _, _, share in points if share is not None), default=0)
    base, tall = sheet.y + _CURVE - 6, _CURVE - 14
    sheet.named("Failing requests", base, f"to {100 * most:.{0 if most >= 0.1 or not most else 1}f}%")
    for run in _runs(points):
        level = (f"L{left:.1f} {base - tall * share / (most or 1):.1f}H{right:.1f}" for left, right, share in run)
        edge = f"M{run[0][0]:.1f} {base:g}{''.join(level)}V{base:g}"
        sheet.add(f'<path {fill("error")} fill-opacity="0.14" d="{edge}z"/>', f'<path {line("error")} d="{edge}"/>')
    sheet.add(f'<path {line("rule")} d="M{LEFT} {base + 0.5:g}h{sheet.axis.width:g}"/>')
    sheet.y += _CURVE


def _points(sheet: Sheet, given: Facts) -> Points:
    """Left edge, right edge and share of each minute in view; the worst of those that fall on one pixel."""
    found: dict[int, tuple[float, float, float | None]] = {}
    for time, share in zip(given["times"], given["shares"], strict=True):
        left, right = max(sheet.x(time), LEFT), min(sheet.x(time + MINUTE / MILLI), LEFT + sheet.axis.width)
        if right <= left:
            continue
        before = found.get(int(left), (left, right, None))
        worst = max((each for each in (share, before[2]) if each is not None), default=None)
        found[int(left)] = (before[0], right, worst)
    return list(found.values())


def _runs(points: Points) -> Iterator[list[tuple[float, float, float]]]:
    """The stretches in which every minute had requests."""
    run: list[tuple[float, float, float]] = []
    for left, right, share in (*points, (0.0, 0.0, None)):
        if share is not None:
            run.append((left, right, share))
        elif run:
            yield run
            run = []


def bands(sheet: Sheet, given: Sequence[Facts]) -> None:
    """Phases, alerts and the status page, in rows of which none covers another."""
    for kind, name in _KINDS.items():
        rows = _rows([band for band in given if band["kind"] == kind and _overlaps(sheet, band)])
        for number, row in enumerate(rows):
            sheet.named("" if number else name, sheet.y + 12)
            for band in row:
                _band(sheet, band, solid=kind == "phase")
            sheet.y += _BAND
    sheet.y += 3


def _overlaps(sheet: Sheet, band: Facts) -> bool:
    return bool(band["end"] * MILLI > sheet.axis.start and band["start"] * MILLI < sheet.axis.end)


def _rows(given: Sequence[Facts]) -> list[list[Facts]]:
    rows: list[list[Facts]] = []
    for band in sorted(given, key=lambda each: each["start"]):
        free = next((row for row in rows if row[-1]["end"] <= band["start"]), None)
        if free is None and len(rows) < _MOST_ROWS:
            rows.append([])
        (rows[-1] if free is None else free).append(band)
    return rows


def _band(sheet: Sheet, band: Facts, *, solid: bool) -> None:
    left, end = max(sheet.x(band["start"]), LEFT), LEFT + sheet.axis.width
    wide = max(min(sheet.x(band["end"]), end) - left, 2)
    told = f"{band['name']}, {clock(band['start'])} to {clock(band['end'])} UTC"
    see = "" if solid else 'fill-opacity="0.16"'
    sheet.add(box(left, sheet.y + 1, max(wide - 1, 1), _BAND - 3, band["tone"], more=see, told=told))
    if not solid:
        sheet.add(box(left, sheet.y + 1, 2, _BAND - 3, band["tone"]))
    words, tone = fitting(band["name"], wide - 10), "on-phase" if solid else "ink"
    sheet.add(word(round(left + 6, 1), sheet.y + 12, words, tone, more=BOLD if solid else ""))
