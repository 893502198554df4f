"""The checklist: what the evidence shows, what it denies, and what it leaves open."""

from __future__ import annotations

from dataclasses import replace

import report_facts
from workbench.documents.checklist import DONE, NOT_DONE, UNKNOWN, checklist
from workbench.report.facts import Said


def states(facts):
    """The state of each step by its words."""
    return {step.text: step.state for step in checklist(facts)}


def test_a_known_moment_is_done_with_its_time_and_reference() -> None:
    """The acknowledgement stands where the pager has it."""
    (step,) = [one for one in checklist(report_facts.facts()) if one.text == "Someone acknowledged it"]
    assert (step.state, step.when, step.refs) == (DONE, "2025-11-17 14:03", ("E3",))


def test_what_nothing_shows_is_not_known_rather_than_not_done() -> None:
    """Of a bare incident no moment is denied: it may have been where no file tells of it."""
    found = states(report_facts.bare())
    assert found["Someone acknowledged it"] == UNKNOWN
    assert found["An incident commander was named"] == UNKNOWN
    assert found["The summary is written"] == NOT_DONE


def test_an_item_without_an_owner_is_counted() -> None:
    """One of six has no owner."""
    (step,) = [one for one in checklist(report_facts.facts()) if "owner" in one.text]
    assert (step.state, step.note) == (NOT_DONE, "5 of 6 action items.")


def test_updates_without_a_last_one_are_not_done() -> None:
    """Customers who were told that it began were not told that it is over."""
    facts = replace(report_facts.facts(), updates=(Said(time_ns=1, text="We look", state="investigating"),))
    assert states(facts)["Customers were told that it was over"] == NOT_DONE


def cadence(facts):
    """The step about the cadence of updates."""
    return next(step for step in checklist(facts) if step.text.startswith("An update at least"))


def test_customers_who_were_told_nothing_were_not_told_often_enough() -> None:
    """An incident shorter than the limit keeps it without a word: that is no update."""
    facts = report_facts.facts()
    silent = replace(facts, updates=(), communications={**facts.communications, "updates": 0})
    assert cadence(facts).state == DONE
    assert cadence(silent).state == UNKNOWN
    assert states(silent)["Customers were told that it was over"] == UNKNOWN


def test_an_open_incident_is_not_blamed_for_a_last_update_that_is_not_due() -> None:
    """Nobody can be told that it is over before it is."""
    facts = report_facts.facts()
    going_on = {name: one for name, one in facts.milestones.items() if name != "resolved"}
    said = (Said(time_ns=1, text="We look", state="investigating"),)
    assert states(replace(facts, milestones=going_on, updates=said))["Customers were told that it was over"] == UNKNOWN


def test_a_declaration_is_not_said_to_be_of_todays_severity() -> None:
    """People change it later."""
    assert "The incident was declared" in states(report_facts.facts())


def test_a_note_says_no_key_of_ours() -> None:
    """Why something could not be measured is a sentence."""
    facts = report_facts.facts()
    why = "resolved is missing: Nobody says so. postmortem_held is missing: Nobody has written it."
    target = {"name": "postmortem", "limit_minutes": 2880, "verdict": "undecided", "minutes": None, "why": why}
    (step,) = [one for one in checklist(replace(facts, targets=(target,))) if "within 48 hours" in one.text]
    assert (step.state, step.note) == (UNKNOWN, "Nobody says so. Nobody has written it.")


def test_a_number_has_its_reference() -> None:
    """The longest silence and the count of items are figures."""
    found = {step.text: step.refs for step in checklist(report_facts.facts())}
    assert found["An update at least every 60 min"] == ("F7",)
    assert found["Each action item has an owner and a due day"] == ("F9",)
