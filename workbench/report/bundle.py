"""A section as plain JSON and back, and as the bundle that a notebook's cell displays."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from workbench.errors import ReportError
from workbench.report.blocks import PARTS, Figure, Part, Section
from workbench.report.preview import preview_html, preview_text

MIME = "application/vnd.postmortem-workbench.section.v1+json"
VEGALITE = "application/vnd.vegalite.v5+json"  # the newest that JupyterLab draws; the specification says which it is
_TAG = "is"


def to_dict(part: Part) -> dict[str, Any]:
    """Plain JSON; what has its default value is left out."""
    values: dict[str, Any] = {_TAG: type(part).__name__}
    for one in fields(part):  # type: ignore[arg-type]  # every part is a dataclass
        value = getattr(part, one.name)
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if value != default:
            values[one.name] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return to_dict(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def from_dict(values: Any) -> Part:
    """The part that plain JSON describes; raises ReportError where it describes none."""
    try:
        return _part(values)
    except (TypeError, KeyError, ValueError, RecursionError) as problem:
        raise ReportError(
            f"a section in the notebook is not one that this version can read ({problem})",
            next_step="Run `workbench report` again so that the notebook is made afresh.",
        ) from problem


def _part(values: dict[str, Any]) -> Part:
    kind = PARTS[values[_TAG]]
    return kind(**{key: _value(value) for key, value in values.items() if key != _TAG})


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    return _part(value) if isinstance(value, dict) and _TAG in value else value


def section_of(values: Any) -> Section:
    """The section in a bundle's JSON."""
    part = from_dict(values)
    if not isinstance(part, Section):
        raise ReportError(f"the notebook shows a {type(part).__name__} where a section was expected")
    return part


def mimebundle(section: Section) -> dict[str, Any]:
    """The section's content for the exporters, and HTML, the chart and plain text for JupyterLab."""
    bundle: dict[str, Any] = {MIME: to_dict(section), "text/plain": preview_text(section)}
    figure = next((block for block in section.blocks if isinstance(block, Figure)), None)
    if figure is None:
        bundle["text/html"] = preview_html(section)
    else:  # JupyterLab would prefer the HTML to the chart, so a picture's section carries none
        bundle[VEGALITE] = figure.spec
    return bundle
