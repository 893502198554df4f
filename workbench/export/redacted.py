"""A document and a notebook with every text in them redacted, and nothing else changed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from workbench.export.document import Document
from workbench.report.blocks import Figure, Header, Part, Run, Section, words
from workbench.report.bundle import MIME, mimebundle, section_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.redaction.redactor import Redactor

    Redact = Callable[[str], str]

# What only the writers read: names, styles and places of ours, never words of a source.
_OURS = {
    "Run": {"ref", "link"}, "Column": {"align", "kind"}, "Row": {"anchor"}, "KeyFigure": {"state", "refs"},
    "Section": {"name"}, "Figure": {"name"}, "Paragraph": {"style"}, "Picture": {"data"},
    "Header": {"severity", "status", "stage", "due", "edition", "document", "data_as_of", "version"},
}  # fmt: skip
# Where a chart's specification holds words: titles, and the data that its marks are labelled with.
_WORDED = {"values", "datasets", "title", "text", "subtitle", "description"}


def redacted_document(document: Document, redactor: Redactor) -> Document:
    """The document with every word of it redacted; links that would be changed are dropped."""
    sections = tuple(redacted_section(one, redactor) for one in document.sections)
    headers = [block for one in sections for block in one.blocks if isinstance(block, Header)]
    return Document(header=headers[0] if headers else _part(document.header, redactor), sections=sections)


def redacted_section(section: Section, redactor: Redactor) -> Section:
    """One section."""
    made = _part(section, redactor)
    assert isinstance(made, Section)
    return made


def texts_of(part: Any) -> Iterator[str]:
    """Every text of a document or of a part of it, the differently styled words of a text as the one that they are."""
    for one in fields(part):
        value = getattr(part, one.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, str):
                yield item
            elif isinstance(item, Part):
                yield from texts_of(item)
        if _is_text(value):
            yield words(value)


def _part(part: Any, redactor: Redactor) -> Any:
    ours = _OURS.get(type(part).__name__, set())
    changed: dict[str, Any] = {}
    for one in fields(part):
        if one.name not in ours:
            value = getattr(part, one.name)
            if isinstance(value, dict):
                changed[one.name] = (_chart if isinstance(part, Figure) else redacted_json)(value, redactor.text)
            else:
                changed[one.name] = _value(value, redactor)
    if isinstance(part, Run) and part.link and redactor.text(part.link) != part.link:
        changed["link"] = ""
    return replace(part, **changed) if changed else part


def _value(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.text(value) if value else value
    if isinstance(value, tuple):
        return tuple(_value(item, redactor) for item in (_joined(value, redactor) if _is_text(value) else value))
    return _part(value, redactor) if isinstance(value, Part) else value


def _is_text(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) > 1 and all(isinstance(item, Run) for item in value)


def _joined(text: tuple[Run, ...], redactor: Redactor) -> Iterator[Run]:
    """The runs of a text, redacted as one: `the password is` tells what the next run holds."""
    for run, made in zip(text, redactor.pieces([run.text for run in text]), strict=True):
        if made or not run.text:
            yield replace(run, text=made)


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


def redacted_notebook(notebook: Any, redactor: Redactor, *, keep: Callable[[Any], bool]) -> Any:
    """The executed notebook, in place: our sections redacted and shown anew, the texts of all other cells redacted.

    Cells that ``keep`` refuses are taken out: nobody can say what a person's own cell prints.
    """
    notebook["cells"] = [cell for cell in notebook["cells"] if keep(cell)]
    for cell in notebook["cells"]:
        cell["source"] = redactor.text(cell["source"])
        for output in cell.get("outputs", ()):
            _redact_output(output, redactor)
    return notebook


def _redact_output(output: Any, redactor: Redactor) -> None:
    data = output.get("data")
    if isinstance(data, dict) and MIME in data:
        output["data"] = mimebundle(redacted_section(section_of(data[MIME]), redactor))
        return
    for key, value in list(output.items()):
        if key not in {"output_type", "execution_count", "name"}:
            output[key] = redacted_json(value, redactor.text)
