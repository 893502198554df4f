"""The three nbconvert exporters over an executed notebook; registered, so that ``jupyter nbconvert --to`` works too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters.exporter import Exporter

from workbench.export import docx, html, markdown
from workbench.export.document import document_of

if TYPE_CHECKING:
    from nbformat import NotebookNode


class MarkdownExporter(Exporter):
    """Markdown, with its pictures as files beside it."""

    export_from_notebook = "Post-mortem (markdown)"
    output_mimetype = "text/markdown"

    def _file_extension_default(self) -> str:
        return ".md"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """The text; the pictures are in ``resources["outputs"]`` under their relative paths."""
        kept = self._init_resources(resources)
        written = markdown.render(document_of(nb))
        kept["outputs"] = dict(written.files)
        return written.text, kept


class HtmlExporter(Exporter):
    """One HTML file that opens offline."""

    export_from_notebook = "Post-mortem (HTML)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page."""
        return html.render(document_of(nb)), self._init_resources(resources)


class DocxExporter(Exporter):
    """A Word document."""

    export_from_notebook = "Post-mortem (DOCX)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def _file_extension_default(self) -> str:
        return ".docx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **_: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The bytes of the document."""
        return docx.render(document_of(nb)), self._init_resources(resources)
