"""The report for Notion's import: a zip of markdown and its pictures, as files alone come in without their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.export import markdown
from workbench.export.archive import zipped
from workbench.export.dialect import NOTION

if TYPE_CHECKING:
    from workbench.export.document import Document


def render(document: Document, *, name: str = "postmortem") -> bytes:
    """The zip; ``name`` is the markdown file's."""
    written = markdown.render(document, dialect=NOTION)
    return zipped({f"{name}.md": written.text.encode(), **written.files})
