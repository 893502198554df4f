"""The meeting: within 48 hours where it can be, with those who were there."""

from __future__ import annotations

from dataclasses import replace

import pytest

import report_facts
from workbench.clock import parse_rfc3339
from workbench.documents.meeting import AGENDAS, LENGTH, agenda_of, meeting_of, questions
from workbench.export.calendar import invitation

DAY = 86_400_000_000_000


def ended(when: str):
    """The sample, closed at another time."""
    facts = report_facts.facts()
    at = parse_rfc3339(when)
    resolved = replace(facts.milestones["resolved"], time=at, earliest=at, latest=at)
    return replace(facts, milestones={**facts.milestones, "resolved": resolved}, due_ns=at + 2 * DAY)


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2025-11-17T14:35:00Z", "2025-11-18 09:00"),  # the next morning
        ("2025-11-18T01:10:00Z", "2025-11-18 13:30"),  # twelve hours of rest
        ("2025-11-17T09:40:00Z", "2025-11-18 09:00"),  # not the hour that ends at midnight
        ("2025-11-21T22:00:00Z", "2025-11-23 21:00"),  # Friday night: no working hour is left
    ],
)
def test_the_first_working_hour_after_a_rest_is_proposed(end: str, start: str) -> None:
    """It ends before the 48 hours are over, whatever the day."""
    facts = ended(end)
    meeting = meeting_of(facts)
    assert meeting is not None
    assert meeting.start == start
    assert meeting.end_ns <= facts.due_ns


def test_a_meeting_that_was_held_is_not_proposed_again() -> None:
    """The time that people wrote wins."""
    facts = report_facts.facts()
    held = parse_rfc3339("2025-11-18T14:00:00Z")
    facts = replace(facts, incident=replace(facts.incident, milestones={"postmortem_held": held}))
    assert meeting_of(facts).start_ns == held


def test_without_an_end_there_is_no_meeting() -> None:
    """Nothing is made up of an incident that may still go on."""
    assert meeting_of(report_facts.bare()) is None


@pytest.mark.parametrize("name", AGENDAS)
def test_an_agenda_fills_its_hour(name: str) -> None:
    """Each part begins where the one before it ends."""
    parts = agenda_of(ended("2025-11-17T14:35:00Z"), name)
    assert sum(part.minutes for part in parts) == LENGTH
    assert parts[0].clock == "09:00"


def test_invitees_are_named_once_with_why() -> None:
    """The incident commander is not invited again as one who took part."""
    found = {one.name: one.why for one in meeting_of(ended("2025-11-17T14:35:00Z")).invitees}
    assert found["Helen Osei"] == "incident commander"
    assert found["Priya Nair"] == "owns an action item"


def test_every_milestone_is_asked_for() -> None:
    """A long gap and a second candidate make the question sharper; a missing one asks when it was."""
    found = {one.milestone: one.text for one in questions(report_facts.facts())}
    assert found["mitigated"].startswith("7.5 min passed since customers were told")
    assert "It could also have been at 14:26" in found["mitigated"]
    assert set(found) == set(report_facts.facts().milestones)
    missing = [one.text for one in questions(report_facts.bare())]
    assert all(text.startswith("When ") and "?" in text and ".." not in text for text in missing)


def test_the_invitation_is_one_event_that_a_calendar_takes() -> None:
    """Lines are folded at 75 octets; an address that is none is left out, a name cannot leave its quotes."""
    facts = replace(
        ended("2025-11-17T14:35:00Z"),
        addresses={"Helen Osei": "helen@shop.example", "Marek Novák": "x\r\nATTACH:http://evil.example"},
    )
    text = invitation(meeting_of(facts), id="INC-1", title="a;b\nEND:VEVENT", about="why, how", as_of=facts.due_ns)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    joined = text.replace("\r\n ", "")
    assert joined.count("\r\nEND:VEVENT\r\n") == 1
    assert "ATTACH" not in joined
    assert "Helen Osei <helen@shop.example>\\; Marek Novák\\;" in joined
    assert "ATTENDEE" not in joined
    assert "DTSTART:20251118T090000Z" in joined


def test_nobody_is_asked_twice_under_two_spellings() -> None:
    """An owner may be written as the login of somebody who took part."""
    facts = ended("2025-11-17T14:35:00Z")
    owned = tuple(replace(one, owner="@marek.novak") for one in facts.actions)
    names = [one.name for one in meeting_of(replace(facts, actions=owned)).invitees]
    assert "Marek Novák" in names
    assert "@marek.novak" not in names


def test_a_question_is_sentences_and_asks_for_no_culprit() -> None:
    """No doubled full stop, no key of ours, nobody who could have known."""
    for facts in (report_facts.facts(), report_facts.bare()):
        for one in questions(facts):
            assert ".." not in one.text
            assert "who could have" not in one.text
            assert "was started" not in one.text
