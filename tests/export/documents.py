"""Executed notebooks made without a kernel, for the tests of the writers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

from workbench.export.document import Document, document_of
from workbench.report import content
from workbench.report.bundle import mimebundle

if TYPE_CHECKING:
    from workbench.report import Facts


def notebook_of(facts: Facts, *cells: Any) -> Any:
    """The sections of a report as the outputs of cells, and then other cells."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [shown(mimebundle(section)) for section in content(facts).sections] + list(cells)
    return notebook


def shown(data: dict[str, Any]) -> Any:
    """A code cell that displays this bundle."""
    cell = nbformat.v4.new_code_cell("...")
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    return cell


def document(facts: Facts, *cells: Any) -> Document:
    """What the exporters are given."""
    return document_of(notebook_of(facts, *cells))
