"""A document and a notebook with every text in them redacted, and nothing else changed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from workbench.export.document import Document
from workbench.report.blocks import Figure, Header, Part, Run, Section
from workbench.report.bundle import MIME, mimebundle, section_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Redact = Callable[[str], str]

# What only the writers read: names, styles and places of ours, never words of a source.
_OURS = {
    "Run": {"ref", "link"}, "Column": {"align", "kind"}, "Row": {"anchor"}, "KeyFigure": {"state", "refs"},
    "Section": {"name"}, "Figure": {"name"}, "Paragraph": {"style"}, "Picture": {"data"},
    "Header": {"severity", "status", "stage", "due", "edition", "document", "data_as_of", "version"},
}  # fmt: skip
# Where a chart's specification holds words: titles, and the data that its marks are labelled with.
_WORDED = {"values", "datasets", "title", "text", "subtitle", "description"}


def redacted_document(document: Document, redact: Redact) -> Document:
    """The document with every word of it redacted; links that would be changed are dropped."""
    sections = tuple(redacted_section(one, redact) for one in document.sections)
    headers = [block for one in sections for block in one.blocks if isinstance(block, Header)]
    return Document(header=headers[0] if headers else _part(document.header, redact), sections=sections)


def redacted_section(section: Section, redact: Redact) -> Section:
    """One section."""
    made = _part(section, redact)
    assert isinstance(made, Section)
    return made


def _part(part: Any, redact: Redact) -> Any:
    ours = _OURS.get(type(part).__name__, set())
    changed: dict[str, Any] = {}
    for one in fields(part):
        if one.name not in ours:
            value = getattr(part, one.name)
            if isinstance(value, dict):
                changed[one.name] = (_chart if isinstance(part, Figure) else redacted_json)(value, redact)
            else:
                changed[one.name] = _value(value, redact)
    if isinstance(part, Run) and part.link and redact(part.link) != part.link:
        changed["link"] = ""
    return replace(part, **changed) if changed else part


def _value(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return redact(value) if value else value
    if isinstance(value, tuple):
        return tuple(_value(item, redact) for item in value)
    return _part(value, redact) if isinstance(value, Part) else value


def redacted_json(value: Any, redact: Redact) -> Any:
    """Plain JSON with every text in it redacted; keys stay."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redacted_json(item, redact) for key, item in value.items()}
    return [redacted_json(item, redact) for item in value] if isinstance(value, list | tuple) else value


def _chart(value: Any, redact: Redact) -> Any:
    """A chart's specification with its words redacted: fields, types and colours are the chart's own."""
    if isinstance(value, dict):
        return {
            key: redacted_json(item, redact) if key in _WORDED else _chart(item, redact) for key, item in value.items()
        }
    return [_chart(item, redact) for item in value] if isinstance(value, list) else value


def redacted_notebook(notebook: Any, redact: Redact, *, keep: Callable[[Any], bool]) -> Any:
    """The executed notebook, in place: our sections redacted and shown anew, the texts of all other cells redacted.

    Cells that ``keep`` refuses are taken out: nobody can say what a person's own cell prints.
    """
    notebook["cells"] = [cell for cell in notebook["cells"] if keep(cell)]
    for cell in notebook["cells"]:
        cell["source"] = redact(cell["source"])
        for output in cell.get("outputs", ()):
            _redact_output(output, redact)
    return notebook


def _redact_output(output: Any, redact: Redact) -> None:
    data = output.get("data")
    if isinstance(data, dict) and MIME in data:
        output["data"] = mimebundle(redacted_section(section_of(data[MIME]), redact))
        return
    for key, value in list(output.items()):
        if key not in {"output_type", "execution_count", "name"}:
            output[key] = redacted_json(value, redact)
