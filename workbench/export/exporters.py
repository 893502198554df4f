"""The exporters as nbconvert knows them: `jupyter nbconvert --to pm-html` does what `workbench report` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from traitlets import Unicode

from workbench.export import confluence, docx, html, markdown, notion
from workbench.export.document import Document, document_of

if TYPE_CHECKING:
    from workbench.export.markdown import Written


class BundleExporter(Exporter):
    """Reads the sections' bundles out of an executed notebook; what it becomes is the subclass's."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """The document and nbconvert's resources."""
        node, found = super().from_notebook_node(nb, resources, **kw)
        return self._rendered(document_of(node), found), found

    def _rendered(self, document: Document, resources: dict[str, Any]) -> Any:
        raise NotImplementedError


def _pictures(resources: dict[str, Any]) -> str:
    """The folder that nbconvert keeps for what stands beside a document."""
    return str(resources.get("output_files_dir") or "pictures")


def _with_pictures(written: Written, resources: dict[str, Any]) -> str:
    """The text; its pictures are handed to nbconvert, which writes them."""
    resources.setdefault("outputs", {}).update(written.files)
    return written.text


class MarkdownExporter(BundleExporter):
    """Markdown, with pictures as SVG files in a folder beside it."""

    export_from_notebook = "Post-mortem (Markdown)"
    output_mimetype = "text/markdown"

    def _file_extension_default(self) -> str:
        return ".md"

    def _rendered(self, document: Document, resources: dict[str, Any]) -> str:
        return _with_pictures(markdown.render(document, pictures=_pictures(resources)), resources)


class HtmlExporter(BundleExporter):
    """One HTML file with everything in it."""

    export_from_notebook = "Post-mortem (HTML)"
    output_mimetype = "text/html"
    templates = Unicode("", help="A folder with own templates (report/*.html.j2) that win over the built-in ones.").tag(
        config=True
    )

    def _file_extension_default(self) -> str:
        return ".html"

    def _rendered(self, document: Document, resources: dict[str, Any]) -> str:  # noqa: ARG002 - the others need it
        return html.render(document, templates=(Path(self.templates),) if self.templates else ())


class DocxExporter(BundleExporter):
    """A Word document in the styles of a reference document."""

    export_from_notebook = "Post-mortem (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    reference = Unicode("", help="A .docx whose styles are used instead of the built-in ones.").tag(config=True)
    paper = Unicode("", help="A4 or Letter; empty keeps the reference document's page.").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".docx"

    def _rendered(self, document: Document, resources: dict[str, Any]) -> bytes:  # noqa: ARG002 - the others need it
        return docx.render(document, reference=Path(self.reference) if self.reference else None, paper=self.paper)


class ConfluenceExporter(BundleExporter):
    """The body of a Confluence page, with the pictures to attach in a folder beside it."""

    export_from_notebook = "Post-mortem (Confluence)"
    output_mimetype = "application/xml"

    def _file_extension_default(self) -> str:
        return ".confluence.xml"

    def _rendered(self, document: Document, resources: dict[str, Any]) -> str:
        return _with_pictures(confluence.render(document, pictures=_pictures(resources)), resources)


class NotionExporter(BundleExporter):
    """A zip of markdown and pictures for Notion's import."""

    export_from_notebook = "Post-mortem (Notion)"
    output_mimetype = "application/zip"

    def _file_extension_default(self) -> str:
        return ".notion.zip"

    def _rendered(self, document: Document, resources: dict[str, Any]) -> bytes:
        return notion.render(document, name=str(resources.get("unique_key") or "postmortem"))
