"""Editions: what each reader gets of the same facts."""

from __future__ import annotations

import pytest
from filled import filled, sections_of

import report_facts
from workbench.documents.edition import for_edition, read_edition
from workbench.errors import ReportError
from workbench.export import html, markdown

SOURCES = ("web-1/access.log.gz", "slack.zip", "pagerduty.json", "deployments.json")
PEOPLE = ("Priya Nair", "Marek Novák", "Helen Osei")


@pytest.mark.parametrize("edition", ["executive", "public"])
def test_no_source_no_raw_line_and_no_responder_is_in_it(edition: str) -> None:
    """Not in the timeline, not in the basis of a figure, not in a reference."""
    text = markdown.render(filled("postmortem", report_facts.facts(), edition)).text
    assert not [name for name in (*SOURCES, "212 waiting", '{"ts"') if name in text]
    header = text.split("## ")[0]
    assert not [name for name in PEOPLE if name in header]


def test_the_timeline_of_other_readers_is_in_our_words() -> None:
    """Milestones say what they mean; what customers were told stays as it was."""
    public = for_edition(report_facts.facts(), read_edition("public"))
    words = {row.milestone or row.kind: row.text for row in public.rows}
    assert words["identified"] == "We knew the cause."
    assert words["status"] == "Monitoring: the errors have stopped, we keep watching."
    assert not any(row.actor or row.raw or row.source for row in public.rows)


def test_the_internal_edition_leaves_everything_as_it_is() -> None:
    """The facts are the same value, but for the edition's name."""
    facts = report_facts.facts()
    assert for_edition(facts, read_edition("internal")) == facts


def test_the_public_edition_does_not_say_what_is_unwritten() -> None:
    """No sentence about files of ours, and no heading left alone."""
    text = html.render(filled("postmortem", report_facts.bare(), "public"))
    assert "narrative.md" not in text
    assert "Nobody has written" not in text


def test_the_public_edition_has_no_severity_of_our_house() -> None:
    """SEV-2 says nothing to a customer."""
    assert "SEV-2" not in markdown.render(filled("customer-followup", report_facts.facts())).text


def test_the_public_edition_tells_figures_and_not_how_they_were_found() -> None:
    """No burn rate, no factor graph, no table of methods, and no reference that leads nowhere."""
    made = sections_of("postmortem", report_facts.facts(), "public")
    text = markdown.render(filled("postmortem", report_facts.facts(), "public")).text
    assert "requests failed" in text
    assert not [one for one in ("How each figure", "burn rate", "Risk accepted", "Five whys", " F1") if one in text]
    assert not any(type(block).__name__ == "FiveWhys" for one in made for block in one.blocks)


def test_an_own_table_wins(tmp_path) -> None:
    """A folder of templates may hold another table; a row that it lacks is refused."""
    (tmp_path / "editions.toml").write_text('[board]\npeople = "roles"\nsections = ["header", "summary"]\n')
    assert read_edition("board", (tmp_path,)).sections == ("header", "summary")
    with pytest.raises(ReportError, match="no edition"):
        read_edition("public", (tmp_path,))


@pytest.mark.parametrize("row", ['people = "all"', "hosts = 1", "colour = true", 'sections = "header"'])
def test_a_wrong_table_is_refused(tmp_path, row: str) -> None:
    """A word that a column does not take hides less than somebody meant: better no document."""
    (tmp_path / "editions.toml").write_text(f"[public]\n{row}\n")
    with pytest.raises(ReportError, match=row.split(" ", maxsplit=1)[0]):
        read_edition("public", (tmp_path,))


def test_sections_that_are_not_a_readers_are_empty() -> None:
    """Alerts, evidence and sources are for ourselves."""
    names = {one.name for one in sections_of("postmortem", report_facts.facts(), "public")}
    assert not names & {"alerts", "evidence", "sources", "uncertain", "actions", "communications"}
    assert {"header", "timeline", "impact"} <= names


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "x\\y"])
def test_an_edition_is_no_path(tmp_path, name: str) -> None:
    """Its files are called after it, and stay in the output folder."""
    (tmp_path / "editions.toml").write_text(f"['{name}']\n", encoding="utf-8")
    with pytest.raises(ReportError, match="no name for an edition"):
        read_edition(name, (tmp_path,))
