"""Charts drawn from their specifications, in this process and after the kernel is done; SVG reduced to what is safe."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from workbench.charts.palette import ACCENT, FAILING, GRID, GROUND, INK, QUIET
from workbench.export import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = {
    "svg",
    "g",
    "path",
    "line",
    "rect",
    "circle",
    "text",
    "tspan",
    "defs",
    "clipPath",
    "linearGradient",
    "stop",
}
_ATTRIBUTES = {
    "clip-path", "cx", "cy", "d", "dx", "dy", "fill", "fill-opacity", "font-family", "font-size", "font-style",
    "font-weight", "gradientUnits", "height", "id", "offset", "opacity", "r", "rx", "ry", "stop-color", "stroke",
    "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width",
    "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip
_LOCAL_URL = re.compile(r"^url\(#[\w-]+\)$")
# Colours that a dark page replaces, by the class that its style sheet knows.
_CLASSES = {INK: "ink", QUIET: "quiet", GRID: "grid", GROUND: "ground", FAILING: "failing", ACCENT: "accent"}
# Keys of a specification that make it fetch, link or run: none of ours has them, a person's chart loses them.
_FORBIDDEN = {"href", "url", "usermeta", "signal", "params"}


def svg_of(spec: Mapping[str, Any], *, name: str, title: str, description: str, drawings: Path | None = None) -> str:
    """The chart as clean SVG with a title and a description; ``name`` makes the ids in it unique.

    ``drawings`` is a folder of charts drawn before, by their specification: most stay as they were while people write.
    """
    text = json.dumps(_harmless(spec))
    root = _cleaned(_kept_svg(text, drawings) if drawings else drawing.svg(text), prefix=name)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = etree.Element(f"{{{_SVG}}}{tag}", id=f"{name}-{tag}")
        element.text = text
        root.insert(place, element)
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def png_of(spec: Mapping[str, Any], *, scale: float = 2) -> bytes:
    """The chart as PNG on white."""
    return drawing.png(json.dumps(_harmless(spec) | {"background": "#ffffff"}), scale)


def _kept_svg(spec: str, drawings: Path) -> str:
    """What was drawn before is cleaned as what is drawn now: a folder may come from elsewhere."""
    key = hashlib.sha256("\0".join((version("vl-convert-python"), spec)).encode()).hexdigest()
    path = drawings / f"{key[:40]}.svg"
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8")
    drawn = drawing.svg(spec)
    with contextlib.suppress(OSError):
        drawings.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, "utf-8")
    return drawn


def _harmless(value: Any) -> Any:
    """The specification without links and addresses; data that has such fields keeps them."""
    if isinstance(value, dict):
        return {
            key: item if key in {"values", "datasets"} else _harmless(item)
            for key, item in value.items()
            if key not in _FORBIDDEN
        }
    return [_harmless(item) for item in value] if isinstance(value, list) else value


def _cleaned(svg: str, *, prefix: str) -> Any:
    """The drawing with only the elements and attributes that are known to be harmless, ids made unique."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(svg.encode(), parser)
    for element in list(_unwanted(root)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    ids = {old: f"{prefix}-{number}" for number, old in enumerate(root.xpath("//@id"))}
    for element in root.iter():
        _clean_attributes(element, ids)
    for group in list(root.iter(f"{{{_SVG}}}path", f"{{{_SVG}}}g")):
        _drop_empty(group)
    return root


def _unwanted(root: Any) -> Iterator[Any]:
    for element in root.iter():
        name = etree.QName(element) if isinstance(element.tag, str) else None
        if name is None or name.namespace != _SVG or name.localname not in _ELEMENTS:
            yield element


def _clean_attributes(element: Any, ids: Mapping[str, str]) -> None:
    for key, value in list(element.attrib.items()):
        if key not in _ATTRIBUTES or ("url(" in value.lower() and not _LOCAL_URL.match(value)):
            del element.attrib[key]
        elif key == "id":
            element.set(key, ids[value])
        elif _LOCAL_URL.match(value):
            element.set(key, f"url(#{ids.get(value[5:-1], '')})")
    names = [f"{kind}-{_CLASSES[colour]}" for kind in ("fill", "stroke") if (colour := element.get(kind)) in _CLASSES]
    if names:
        element.set("class", " ".join(names))


def _drop_empty(element: Any) -> None:
    """Vega's invisible backgrounds and groups with nothing in them."""
    is_path = etree.QName(element).localname == "path"
    shown = element.get("fill") or element.get("stroke")
    parent = element.getparent()
    if parent is not None and ((is_path and (not element.get("d") or not shown)) or (not is_path and not len(element))):
        parent.remove(element)
