"""From an executed notebook to markdown, HTML and DOCX; the sections' bundles are read, never a notebook's HTML."""

from __future__ import annotations
