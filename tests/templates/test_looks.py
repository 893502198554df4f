"""What a reader sees of a document: heads, tables, evidence and feet fit what it is and whom it is for."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from filled import filled, own, sections_of

import report_facts
from workbench.documents.template import template_paths
from workbench.export import docx, html, markdown
from workbench.report.blocks import Figure, Header, Heading, Table, words

SHIPPED = [*template_paths()]
SHORT = ("internal-notification", "executive-briefing", "customer-followup", "status-update", "oncall-handoff")


def tables(name: str, facts: object = None) -> list[Table]:
    """The tables of a shipped document."""
    sections = sections_of(name, facts or report_facts.facts())
    return [block for one in sections for block in one.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("facts", [report_facts.facts, report_facts.bare])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_column_has_a_header(name: str, facts) -> None:
    """A screen reader says it with each cell."""
    assert all(column.header.strip() for table in tables(name, facts()) for column in table.columns)


def test_tables_that_belong_together_have_the_same_widths() -> None:
    """The parts of the checklist read as one table."""
    widths = {tuple(column.width for column in one.columns) for one in tables("checklist")[:5]}
    assert len(widths) == 1
    assert 0 not in widths.pop()


def test_the_dashes_of_a_template_are_widths(tmp_path) -> None:
    """Twice as many, twice as wide; where all are the same nothing is asked for."""
    body = "## A\n\n| a | b |\n|------|---|\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    first, second = sections_of(own(tmp_path, body), report_facts.facts())[0].blocks
    assert [column.width for column in first.columns] == [67, 33]
    assert [column.width for column in second.columns] == [0, 0]


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in ("postmortem", "postmortem-google-sre")])
def test_evidence_of_a_short_document_is_short(name: str) -> None:
    """No raw line and no hash; no heading of a table that was left out, no row that links to itself."""
    for one in sections_of(name, report_facts.facts()):
        if one.name == "evidence":
            assert not isinstance(one.blocks[-1], Heading)
            assert not [column for table in one.blocks if isinstance(table, Table) for column in table.columns
                        if column.kind in ("raw", "hash")]  # fmt: skip
            text = html.render(filled(name, report_facts.facts()))
            assert "sha256" not in text.split("<body")[1].split("<script>")[0]
            assert not [row for table in one.blocks if isinstance(table, Table) for row in table.rows
                        if any(run.ref == row.anchor for run in row.cells[0].text)]  # fmt: skip


def test_without_evidence_there_is_no_section_of_it() -> None:
    """A sentence about an empty timeline says nothing in a notification."""
    assert "evidence" not in {one.name for one in sections_of("internal-notification", report_facts.bare())}


@pytest.mark.parametrize("name", ["customer-followup", "status-update"])
def test_a_letter_has_a_head_of_its_own(name: str) -> None:
    """A customer reads a title in their words, and neither our status nor the names of our services above it."""
    document = filled(name, report_facts.facts())
    header = document.header
    assert header.title == "Problems with our service on 17 November 2025"
    assert (header.status, header.window, header.services, header.facts) == ("", "", (), {})
    assert document.origin == (header.id,)
    assert "milestones:" not in markdown.render(document).text
    assert "postmortem-workbench" not in html.render(document).split("<footer>")[1]


@pytest.mark.parametrize("name", SHORT)
def test_a_page_or_two_have_no_contents(name: str) -> None:
    """Links to three sections are in the way; a report has them."""
    assert "<nav" not in html.render(filled(name, report_facts.facts()))
    assert "<nav" in html.render(filled("postmortem", report_facts.facts()))


def test_a_window_and_a_file_are_named_after_the_document() -> None:
    """Ten tabs of one incident can be told apart."""
    document = filled("runbook", report_facts.facts())
    title = f"{document.header.id} · Runbook: API errors from database connection-pool exhaustion"
    assert f"<title>{title}</title>" in html.render(document)
    with ZipFile(BytesIO(docx.render(document))) as archive:
        assert title in archive.read("docProps/core.xml").decode()


def test_the_foot_says_the_time_as_people_read_it() -> None:
    """Minutes are enough, and the zone is named."""
    assert "data as of 2025-12-02 09:30 UTC" in filled("runbook", report_facts.facts()).origin


def test_a_picture_without_the_timeline_has_no_numbers() -> None:
    """E4 names a row that the briefing does not have."""
    figures = [block for one in sections_of("executive-briefing", report_facts.facts()) for block in one.blocks
               if isinstance(block, Figure)]  # fmt: skip
    assert len(figures) == 1
    assert "E1 " not in str(figures[0].spec)
    assert "numbers" not in figures[0].caption


def test_customers_are_not_told_who_does_what_until_when() -> None:
    """How many things are done, and nothing of our calendar."""
    facts = report_facts.facts()
    summary = next(one for one in sections_of("postmortem", facts, "public") if one.name == "summary")
    line = next(words(block.text) for block in summary.blocks if words(block.text).startswith("What is being done"))
    assert line == "What is being done. 2 of 6 action items done by 2025-12-02."
    header = next(one for one in sections_of("postmortem", facts, "public")[0].blocks if isinstance(one, Header))
    assert header.due == ""


@pytest.mark.parametrize("edition", ["executive", "public"])
def test_data_speak_to_readers_who_are_shown_no_sources(edition: str) -> None:
    """That they are shown none does not mean that there is none."""
    facts = replace(report_facts.facts(), narrative={})
    text = markdown.render(filled("postmortem", facts, edition)).text
    assert "No source has been added" not in text
    assert "requests failed" in text
    assert "factors.toml" not in text
    assert "source has been added" not in markdown.render(filled("postmortem", report_facts.bare(), edition)).text


def test_nothing_is_praised_that_is_not_there() -> None:
    """Without action items none has an owner; without a start no customer has yet to recover."""
    briefing = markdown.render(filled("executive-briefing", report_facts.bare())).text
    assert "has an owner" not in briefing
    notification = markdown.render(filled("internal-notification", report_facts.bare())).text
    assert "| Customers recovered | not known |" in notification


def test_a_letter_without_words_stays_honest() -> None:
    """What nobody has written is not promised to a customer: the writer is told, and the part is not there."""
    text = markdown.render(filled("customer-followup", report_facts.bare())).text
    assert "failed" not in text
    assert "## What happened" not in text
    assert "We are sorry" in text or "we are sorry" in text
    assert ".toml" not in text


def test_an_unknown_step_says_why_in_plain_words() -> None:
    """No name of a milestone as files have it, and no count of nothing."""
    text = markdown.render(filled("checklist", report_facts.bare())).text
    assert "is missing:" not in text
    assert "0 updates" not in text


def test_columns_of_the_figures_that_hold_nothing_are_left_out() -> None:
    """A briefing has no references."""
    text = markdown.render(filled("executive-briefing", report_facts.facts())).text
    (head,) = [line for line in text.split("\n") if line.startswith("| Figure |")]
    assert "Evidence" not in head
