"""The factors as a drawing: the harm on the left, what it came from to the right, down to conditions and controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.charts.layout import text_width
from workbench.charts.palette import ACCENT, FAILING, GROUND, INK, PHASES, QUIET
from workbench.charts.specification import NARROW, SCHEMA, SIZE, WIDE, Chart, config

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 40  # boxes: more are a table, not a picture
_LINE, _AIR, _APART, _GAP, _INDENT = 15, 7, 12, 30, 14
_WIDEST = 560.0
_LEAST = 112  # pixels of a box in which words are not torn into a word a line
_COLOURS = {
    "impact": FAILING, "event": PHASES["Diagnose"], "decision": PHASES["Mitigate"], "condition": QUIET,
    "missing_control": ACCENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A factor as it is drawn: its words, its kind, and the ids of what it came from."""

    id: str
    text: str
    kind: str
    because_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    node: Node
    x: float
    y: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return (len(self.lines) + 1) * _LINE + 2 * _AIR  # the kind stands above

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def factor_chart(nodes: Sequence[Node]) -> Chart | None:
    """The drawing, from left to right, and from above to below where there is no room; None where it would be none."""
    known = {node.id: node for node in nodes}
    if not 2 <= len(known) <= MOST:
        return None
    depth = _depths(known)
    levels = max(depth.values()) + 1
    down = (WIDE - (levels - 1) * _GAP) / levels < _LEAST
    wide = _rows(known, depth, WIDE) if down else _columns(known, depth)
    narrow = _rows(known, depth, NARROW)
    title = f"{len(known)} factors in {levels} steps"
    alt = "Factors and what they came from. " + " ".join(_sentence(node, known) for node in known.values())
    return Chart(wide=_spec(wide, WIDE, down=down), narrow=_spec(narrow, NARROW, down=True), title=title, alt=alt)


def _depths(known: Mapping[str, Node]) -> dict[str, int]:
    """The longest way from a root to each node; a circle is cut where it closes."""
    order, forward = _in_order(known)
    depth = dict.fromkeys(known, 0)
    for name in order:
        for cause in forward[name]:
            depth[cause] = max(depth[cause], depth[name] + 1)
    return depth


def _in_order(known: Mapping[str, Node]) -> tuple[list[str], dict[str, list[str]]]:
    """Each node before its causes, and the causes of each without those that would close a circle."""
    explaining = {cause for node in known.values() for cause in node.because_of}
    starts = [name for name in known if name not in explaining] + list(known)
    order: list[str] = []
    done, open_ones = set[str](), set[str]()
    forward: dict[str, list[str]] = {name: [] for name in known}
    for start in starts:
        waiting = [] if start in done else [start]
        while waiting:
            name = waiting[-1]
            if name in done or name in open_ones:
                waiting.pop()
                if name in open_ones:
                    open_ones.discard(name)
                    done.add(name)
                    order.append(name)
                continue
            open_ones.add(name)
            forward[name] = [
                each for each in dict.fromkeys(known[name].because_of) if each in known and each not in open_ones
            ]
            waiting += [cause for cause in forward[name] if cause not in done]
    return order[::-1], forward


def _columns(known: Mapping[str, Node], depth: Mapping[str, int]) -> list[_Box]:
    """A column a step; in each the boxes in the order of what they explain."""
    levels = max(depth.values()) + 1
    width = min(220.0, (WIDE - (levels - 1) * _GAP) / levels)
    boxes: dict[str, _Box] = {}
    for level in range(levels):
        own = [node for name, node in known.items() if depth[name] == level]
        own.sort(key=lambda node: _parents_middle(node, known, boxes))
        y = 0.0
        for node in own:
            box = _Box(node=node, x=level * (width + _GAP), y=y, width=width, lines=_wrapped(node.text, width))
            boxes[node.id] = box
            y += box.height + _APART
    return list(boxes.values())


def _parents_middle(node: Node, known: Mapping[str, Node], boxes: Mapping[str, _Box]) -> float:
    middles = [boxes[name].middle for name, other in known.items() if node.id in other.because_of and name in boxes]
    return sum(middles) / len(middles) if middles else 0.0


def _rows(known: Mapping[str, Node], depth: Mapping[str, int], room: int) -> list[_Box]:
    """One box below the other, each as far to the right as it is deep."""
    found: list[_Box] = []
    y = 0.0
    for node in _walked(known, depth):
        x = float(depth[node.id] * _INDENT)
        width = min(room - x, _WIDEST)
        box = _Box(node=node, x=x, y=y, width=width, lines=_wrapped(node.text, width))
        found.append(box)
        y += box.height + _APART
    return found


def _walked(known: Mapping[str, Node], depth: Mapping[str, int]) -> list[Node]:
    """Each node once, after the first that came from it."""
    found: dict[str, Node] = {}
    waiting = [name for name in known if depth[name] == 0][::-1]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += [cause for cause in known[name].because_of[::-1] if cause in known]
    return [*found.values(), *(node for name, node in known.items() if name not in found)]


def _wrapped(text: str, width: float) -> tuple[str, ...]:
    """The words in as many lines as they need."""
    room, lines = width - 2 * _AIR, [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, SIZE) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _spec(boxes: Sequence[_Box], width: int, *, down: bool) -> dict[str, Any]:
    height = max(box.y + box.height for box in boxes)
    pixel = {"type": "quantitative", "scale": None, "axis": None}
    at = {"x": {"field": "x", **pixel}, "y": {"field": "y", **pixel}}
    to = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    colour = {"field": "colour", "type": "nominal", "scale": None}
    rects = [
        {"x": box.x, "y": box.y, "x2": box.x + box.width, "y2": box.y + box.height, "colour": _COLOURS[box.node.kind]}
        for box in boxes
    ]
    texts = [
        {"x": box.x + _AIR, "y": box.y + _AIR + (at + 0.5) * _LINE, "label": line, "colour": INK if at else QUIET}
        for box in boxes
        for at, line in enumerate([box.node.kind.replace("_", " "), *box.lines])
    ]
    return {
        "$schema": SCHEMA, "width": width, "height": height, "padding": 4, "background": None, "data": {"values": []},
        "layer": [
            {"data": {"values": _edges(boxes, down=down)}, "mark": {"type": "rule", "color": QUIET, "strokeWidth": 1},
             "encoding": {**at, **to}},
            {"data": {"values": rects}, "mark": {"type": "rect", "fill": GROUND, "strokeWidth": 1.5, "cornerRadius": 3},
             "encoding": {**at, **to, "stroke": colour}},
            {"data": {"values": texts},
             "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": SIZE},
             "encoding": {**at, "text": {"field": "label", "type": "nominal"}, "color": colour}},
        ],
        "config": config(),
    }  # fmt: skip


def _edges(boxes: Sequence[_Box], *, down: bool) -> list[dict[str, float]]:
    """A line from each factor to each of its causes."""
    by_id = {box.node.id: box for box in boxes}
    pairs = [(box, by_id[cause]) for box in boxes for cause in box.node.because_of if cause in by_id]
    if not down:
        return [
            {"x": one.x + one.width, "y": one.middle, "x2": other.x, "y2": other.middle}
            for one, other in pairs
            if other.x > one.x
        ]
    elbows = []
    for one, other in pairs:
        x = one.x + _INDENT / 2
        if other.y > one.y:
            elbows.append({"x": x, "y": one.y + one.height, "x2": x, "y2": other.middle})
            elbows.append({"x": x, "y": other.middle, "x2": other.x, "y2": other.middle})
    return elbows


def _sentence(node: Node, known: Mapping[str, Node]) -> str:
    causes = [known[cause].text for cause in node.because_of if cause in known]
    return f"{node.text}, because of: {'; '.join(causes)}." if causes else f"{node.text}."
