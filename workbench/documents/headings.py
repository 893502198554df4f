"""What a document asks people to write: the headings of narrative.md that its template has a place for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import nodes

from workbench.report.sections import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.documents.template import Template

_TABLE = Path(__file__).with_name("headings.toml")
_SECTIONS, _HEADINGS = ("section", "blocks"), ("narrative", "has_narrative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A heading of narrative.md, the section of the report where it stands, and what it is for."""

    name: str
    section: str
    about: str


@cache
def headings() -> tuple[Asked, ...]:
    """All headings that documents know, in the report's order."""
    return tuple(Asked(**row) for row in tomllib.loads(_TABLE.read_text("utf-8"))["heading"])


def asked(template: Template) -> tuple[Asked, ...]:
    """What the template has a place for, in its order; all headings where it cannot be read as a template."""
    try:
        tree = jinja2.Environment(autoescape=True).parse(template.body)
    except jinja2.TemplateError:
        return headings()
    return tuple(dict.fromkeys(one for call in tree.find_all(nodes.Call) for one in _of(call)))


def _of(call: nodes.Call) -> Iterator[Asked]:
    """What one call of the template's vocabulary brings in."""
    if not isinstance(call.node, nodes.Name) or not call.args or not isinstance(call.args[0], nodes.Const):
        return
    word, name = call.node.name, str(call.args[0].value)
    if word in _SECTIONS:
        yield from (one for one in headings() if one.section == name)
    elif word in _HEADINGS:
        yield from (one for one in headings() if one.name == place_of(name))
