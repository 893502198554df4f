"""The content of a post-mortem: its sections in the playbook's order, made from the facts and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.errors import ReportError
from workbench.report.actions_section import actions_section
from workbench.report.appendices import definitions_section, evidence_section, sources_section, uncertainty_section
from workbench.report.blocks import Heading, Section, plain
from workbench.report.bundle import section_of, to_dict
from workbench.report.causes_section import causes_section
from workbench.report.communications_section import alerts_section, communications_section
from workbench.report.front import header_section, picture_section, summary_section
from workbench.report.impact_section import impact_section
from workbench.report.key_figures import figures_section
from workbench.report.markdown_blocks import blocks_of
from workbench.report.sections import place_of, story, written
from workbench.report.text import one_line
from workbench.report.timeline_section import timeline_section

if TYPE_CHECKING:
    from workbench.report.facts import Facts

# The sections in their order; the notebook shows each by its name.
NAMES = (
    "header", "summary", "figures", "picture", "timeline", "impact", "causes", "well", "improve", "lucky", "actions",
    "communications", "alerts", "lessons", "prevention", "notes", "evidence", "sources", "uncertain", "definitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A document's sections in order. Times in it come from the data, never from the wall clock."""

    sections: tuple[Section, ...]

    def section(self, name: str) -> Section:
        """The section of this name; raises ReportError for a name that the report does not have."""
        found = next((section for section in self.sections if section.name == name), None)
        if found is None:
            known = ", ".join(section.name for section in self.sections)
            raise ReportError(f"the report has no section {name!r}", next_step=f"Use one of: {known}.")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"version": 1, "sections": [to_dict(section) for section in self.sections]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """The report that plain JSON describes; raises ReportError where it describes none."""
        if values.get("version") != 1 or not isinstance(values.get("sections"), list):
            raise ReportError(
                "this is not the JSON of a report of version 1", next_step="Make it again with `workbench report`."
            )
        return cls(sections=tuple(section_of(one) for one in values["sections"]))


def content(facts: Facts) -> Report:
    """All sections of a post-mortem; one that has nothing to say is empty and is not shown."""
    return Report(sections=(
        header_section(facts),
        summary_section(facts),
        figures_section(facts),
        picture_section(facts),
        timeline_section(facts),
        impact_section(facts),
        causes_section(facts),
        story(facts, name="well", title="What went well", what="what went well"),
        story(facts, name="improve", title="What could be improved", what="what could be improved"),
        Section(name="lucky", title="Where we got lucky", blocks=written(facts, "Where we got lucky")),
        actions_section(facts),
        communications_section(facts),
        alerts_section(facts),
        story(facts, name="lessons", title="Lessons learned", what="what was learned"),
        story(facts, name="prevention", title="Prevention", what="how to prevent it"),
        _notes(facts),
        evidence_section(facts),
        sources_section(facts),
        uncertainty_section(facts),
        definitions_section(facts),
    ))  # fmt: skip


def _notes(facts: Facts) -> Section:
    """What people wrote under headings of their own, so that nothing of it is lost."""
    blocks = [
        block
        for heading, text in facts.narrative.items()
        if not place_of(heading) and text.strip()
        for block in (Heading(text=plain(one_line(heading))), *blocks_of(text, top=4))
    ]
    return Section(name="notes", title="Further notes", blocks=tuple(blocks))
