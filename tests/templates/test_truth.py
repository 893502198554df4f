"""What the shipped documents state: nothing that the facts do not show, in the tense that they allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from filled import filled, own, sections_of

import report_facts
from workbench.clock import parse_rfc3339
from workbench.documents.template import template_paths
from workbench.export import markdown
from workbench.model import IncidentStatus
from workbench.report.blocks import Heading, Missing, Table


def text_of(name, facts, edition: str = "") -> str:
    """The document as markdown."""
    return markdown.render(filled(name, facts, edition)).text


def without(facts, *names: str, **changes):
    """The facts without some milestones."""
    kept = {name: one for name, one in facts.milestones.items() if name not in names}
    return replace(facts, milestones=kept, **changes)


def going_on():
    """The sample before anything helped; customers were told nothing, and nobody has written a word."""
    facts = report_facts.facts()
    incident = replace(facts.incident, status=None, services=("orders-api",))
    return without(
        facts, "mitigated", "recovered", "resolved", "communicated", incident=incident, narrative={}, actions=(),
        updates=(), changes=(), due_ns=None,
    )  # fmt: skip


def moved(facts, **times: str):
    """The facts with milestones at other times."""
    found = dict(facts.milestones)
    for name, time in times.items():
        at = parse_rfc3339(time)
        found[name] = replace(found[name], time=at, earliest=at, latest=at)
    return replace(facts, milestones=found)


def test_a_reader_without_sources_is_not_told_that_there_are_none() -> None:
    """An edition hides the sources; it does not unmake them."""
    facts = replace(report_facts.facts(), narrative={})
    for name in ("executive-briefing", "postmortem"):
        text = text_of(name, facts, "executive")
        assert "No source has been added" not in text
        assert "requests failed" in text


def test_of_an_open_incident_nothing_is_said_to_be_past() -> None:
    """It fails, it is led, customers are affected."""
    notice, letter = text_of("internal-notification", going_on()), text_of("customer-followup", going_on())
    assert "## What is happening" in notice
    assert "Customers affected since" in notice
    assert "not yet, as far as the sources show" in notice
    assert "Since 14:00 UTC on 17 November 2025" in letter
    assert "not been working as usual. You may be affected" in letter


def test_of_a_closed_incident_nothing_is_said_to_go_on() -> None:
    """It failed, it was led."""
    facts = report_facts.facts()
    facts = replace(facts, incident=replace(facts.incident, status=IncidentStatus.RESOLVED))
    notice = text_of("internal-notification", facts)
    assert "## What happened" in notice
    assert "## What customers felt" in notice
    assert "## Who led" in notice


def test_that_nothing_shows_a_closing_is_not_that_it_is_open() -> None:
    """Logs alone show when customers recovered, and not what people did then."""
    facts = report_facts.facts()
    facts = without(facts, "resolved", incident=replace(facts.incident, status=None))
    assert "no source shows that it was closed" in text_of("oncall-handoff", facts)
    assert "no source shows that it was closed" in text_of("internal-notification", facts)
    facts = replace(facts, incident=replace(facts.incident, status=IncidentStatus.OPEN))
    assert "the incident is **still open**" in text_of("oncall-handoff", facts)
    closed = report_facts.facts()
    closed = replace(closed, incident=replace(closed.incident, status=IncidentStatus.OPEN))
    assert "People call it **open**; the sources show" in text_of("oncall-handoff", closed)


def test_requests_that_no_source_holds_are_not_said_to_have_failed() -> None:
    """A chat tells that something was wrong, not that requests failed."""
    facts = replace(report_facts.facts(), impact={}, narrative={})
    assert "requests" not in text_of("customer-followup", facts)


def test_midnight_between_start_and_end_is_said() -> None:
    """Two clocks of one day would be a day too short."""
    facts = moved(report_facts.facts(), started="2025-12-31T23:21:00Z", recovered="2026-01-01T00:02:00Z")
    for name in ("customer-followup", "status-update"):
        assert "2025-12-31 23:21 to 2026-01-01 00:02 UTC" in text_of(name, facts)


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ((), "our service works as usual"),
        (("EU shop",), "EU shop works as usual"),
        (("a", "API", "c"), "a, API and c work as usual"),
    ],
)
def test_a_sentence_agrees_with_its_services(services, said: str) -> None:
    """One works, two work; a name keeps its capitals."""
    facts = report_facts.facts()
    facts = replace(facts, incident=replace(facts.incident, services=services))
    assert said in text_of("status-update", facts)


def test_each_status_has_its_place_also_where_there_is_nothing_to_publish() -> None:
    """That customers were told nothing is said, too."""
    text = text_of("status-update", going_on())
    for heading in ("Investigating", "Identified", "Monitoring", "Resolved", "What was published"):
        assert f"## {heading}\n" in text
    assert "The sources hold no update for customers." in text


def test_moments_come_in_their_order() -> None:
    """The cause may be known before the incident is declared."""
    text = text_of("postmortem-small", report_facts.facts())
    assert text.index("We knew the cause.") < text.index("We declared an incident.")


def test_no_time_to_detect_is_said_where_it_is_not_known() -> None:
    """The detection is known, the start is not."""
    facts = without(report_facts.facts(), "started", intervals={})
    assert "after the start" not in text_of("postmortem-google-sre", facts)


def test_an_alert_that_is_not_counted_is_not_explained() -> None:
    """Why it fired nobody knows; and names stand apart."""
    facts = report_facts.facts()
    others = tuple({**facts.alerts[0], "name": name, "related": False} for name in ("DiskFull", "CertExpires"))
    text = text_of("runbook", replace(facts, alerts=(*facts.alerts, *others)))
    assert "not counted as this incident's: DiskFull and CertExpires." in text
    assert "for other reasons" not in text


def test_without_action_items_none_of_them_is_praised() -> None:
    """Every item of no items has an owner."""
    assert "every open action item has an owner" not in text_of("executive-briefing", going_on())
    assert "No action item is open" not in text_of("runbook", going_on())


@pytest.mark.parametrize("name", ["internal-notification", "runbook", "postmortem-google-sre", "postmortem-small"])
def test_a_number_leads_to_how_it_was_found(name: str) -> None:
    """Also in a document that has no section on the impact."""
    text = text_of(name, report_facts.facts())
    assert "[F1](#f1)" in text
    assert '<a id="f1"></a>' in text


@pytest.mark.parametrize("name", [*template_paths()])
def test_a_heading_in_a_section_is_followed_by_something(name: str) -> None:
    """What is left out takes its heading with it."""
    for section in sections_of(name, report_facts.facts()):
        last = section.blocks[-1]
        assert not isinstance(last, Heading), section.name
        assert not isinstance(last, Table) or last.rows, section.name


def test_the_public_edition_has_no_words_of_the_house_in_its_head() -> None:
    """The class of the cause, the team and the tags are for us."""
    text = text_of("customer-followup", report_facts.facts())
    for word in ("capacity:db-pool", 'team: "', "tags:", "SEV-2"):
        assert word not in text


def test_runbook_has_links_and_what_was_escalated() -> None:
    """The runbooks of alerts, the trackers of items, and the pages."""
    facts = report_facts.facts()
    alert = {**facts.alerts[0], "runbook": "https://runbooks.example/high"}
    text = text_of("runbook", replace(facts, alerts=(alert,)))
    assert "[Runbook of HighErrorRate](<https://runbooks.example/high>)" in text
    assert "2025-11-17 14:03 Acknowledged the page" in text


def test_a_blank_in_a_value_stays(tmp_path) -> None:
    """Names with a comma between them do not grow together."""
    body = "{% for name in ['a', 'b'] %}{{ name }}{{ ', ' if not loop.last }}{% endfor %}"
    assert "a, b" in text_of(own(tmp_path, body), report_facts.facts())


def test_a_missing_sentence_is_given_to_whoever_writes_for_others() -> None:
    """A letter leaves it out; the writer is told."""
    from workbench.documents.composed import composed
    from workbench.documents.edition import read_edition
    from workbench.documents.template import read_template

    told: list[str] = []
    made = composed(
        read_template("customer-followup"), facts=report_facts.bare, sections={}, edition=read_edition("public"),
        unwritten=told,
    )  # fmt: skip
    assert len(told) == 3
    assert not any(isinstance(block, Missing) for section in made for block in section.blocks)


def test_lost_orders_are_a_range_and_not_its_upper_end() -> None:
    """As in the report: what may have gone through later is not said to be lost."""
    facts = report_facts.facts()
    orders = {**facts.impact["orders"], "lost": 342, "lost_low": 300}
    text = text_of("executive-briefing", replace(facts, impact={**facts.impact, "orders": orders}))
    assert "300 to 342 of them were lost" in text
