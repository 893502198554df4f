"""What a document asks people to write."""

from __future__ import annotations

from filled import own

from workbench.documents.headings import asked, headings
from workbench.documents.template import read_template
from workbench.report.content import NAMES
from workbench.report.sections import HEADINGS


def test_every_heading_of_the_report_is_explained() -> None:
    """None is missing in the table, and each stands in a section that there is."""
    assert {one.name for one in headings()} == set(HEADINGS)
    assert {one.section for one in headings()} <= set(NAMES)
    assert all(one.about.endswith(".") for one in headings())


def test_the_reports_template_asks_for_all_of_them() -> None:
    """In the order in which they are read."""
    assert asked(read_template("postmortem")) == headings()


def test_another_template_asks_for_less() -> None:
    """What it puts in by heading counts, and what it puts in as a section."""
    names = [one.name for one in asked(read_template("postmortem-small"))]
    assert names == ["Executive summary", "What happened", "Immediate cause", "Lessons learned"]


def test_a_heading_may_be_spelled_in_another_way_and_a_broken_template_asks_for_everything(tmp_path) -> None:
    """The report's own name for it is asked for; what is wrong in a template is said where it is filled in."""
    assert [one.name for one in asked(own(tmp_path, '{{ narrative("Root cause") }}{{ narrative(x) }}'))] == [
        "Immediate cause"
    ]
    assert asked(own(tmp_path, "{% if %}")) == headings()
