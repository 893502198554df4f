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
