"""The content of documents as frozen, cleaned, typed blocks; how they look is the export room's."""

from __future__ import annotations

from workbench.report.blocks import Section
from workbench.report.content import NAMES, Report, content
from workbench.report.facts import Facts, TimelineRow

__all__ = ["NAMES", "Facts", "Report", "Section", "TimelineRow", "content"]
