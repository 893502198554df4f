"""Hand-overs: a role goes from one person to another where somebody says so, or the pager does it."""

from __future__ import annotations

import pytest
from analysis_frames import chat, event, events

from workbench.analysis.handovers import find_handovers, same_person
from workbench.analysis.impact import Impact
from workbench.analysis.milestones import find_milestones
from workbench.model import Incident

NOTHING = Impact(basis="none")
INCIDENT = Incident(id="i", title="t", severity="SEV-2")


def page(clock: str, action: str, message: str, **fields) -> dict:
    """An entry of the pager about the one incident."""
    return event(clock, "page", message, action=f"incident.{action}", incident="Q1", **fields)


OPENED = (
    page("14:00:00", "triggered", "[#7] Errors: Triggered"),
    page("14:00:10", "assigned", "[#7] Errors: Assigned to Ann Lee."),
    page("14:03:00", "acknowledged", "[#7] Errors: Acknowledged", actor="Ann Lee"),
    chat("14:10:00", "Declaring SEV-2, I'm taking IC", "Ann Lee"),
    chat("14:12:00", "on it", "Bob Stone"),
    chat("14:13:00", "hello", "Zoë Meier"),
)
CLOSED = (chat("15:30:00", "Incident resolved, all clear", "Ann Lee"),)


def found(*rows: dict) -> list[tuple[str, str, str, str]]:
    """Role, giver, taker and how of each hand-over of an incident in which this was said meanwhile."""
    frame = events(*sorted((*OPENED, *rows, *CLOSED), key=lambda row: row["time"]))
    handovers = find_handovers(find_milestones(frame, INCIDENT, NOTHING))
    return [(one.role, one.giver, one.taker, one.how) for one in handovers]


COMMAND = ("incident_commander", "Ann Lee", "Bob Stone", "said")


@pytest.mark.parametrize(
    ("who", "words", "expected"),
    [
        ("Ann Lee", "handing over IC to @bob, good luck", COMMAND),
        ("Ann Lee", "I'm handing IC over to Bob Stone", COMMAND),
        ("Ann Lee", "Handing over to Bob now. Short break.", COMMAND),
        ("Ann Lee", "passed the comms role to Zoë", ("communications_lead", "Ann Lee", "Zoë Meier", "said")),
        ("Ann Lee", "giving the pager to Bob", ("page", "Ann Lee", "Bob Stone", "said")),
        ("Bob Stone", "I'm taking over from Ann", COMMAND),
        ("Bob Stone", "I'll take over IC from @ann.lee", COMMAND),
        ("Bob Stone", "yes, taking IC from Ann", COMMAND),
        ("Zoë Meier", "IC handover: Ann Lee -> Bob Stone", COMMAND),
        ("Bob Stone", "I'm IC now", COMMAND),
        ("Ann Lee", "@bob is now the IC", COMMAND),
        ("Zoë Meier", "topic: SEV-2 | IC: @bob | status: open", COMMAND),
        ("Zoë Meier", "Bob Stone is taking over as scribe", ("scribe", "", "Bob Stone", "said")),
    ],
)
def test_who_says_that_a_role_goes_to_another(who, words, expected) -> None:
    """By the one who gives it, the one who takes it, or somebody who was there."""
    assert found(chat("14:40:00", words, who)) == [expected]


@pytest.mark.parametrize(
    "words",
    [
        "should I hand over IC to Bob?",
        "not handing over IC to Bob yet",
        "can someone hand the pager to Bob please",
        "if this lasts I hand over to Bob",
        "we hand over to the backup at night",
        "passing traffic to Bob's region",
        "giving this to Bob",
        "> handing over IC to Bob",
        "I take IC over from Ann Lee",
        "wait, @bob is the IC?",
    ],
)
def test_what_is_no_handover(words) -> None:
    """Questions, plans, denials, things that are handed to nobody who is there, quotations, and oneself."""
    assert found(chat("14:40:00", words, "Ann Lee")) == []


def test_two_who_say_it_within_minutes_tell_of_one_handover() -> None:
    """Its time is that of the first, and its evidence both."""
    rows = (chat("14:40:00", "handing over IC to Bob", "Ann Lee"), chat("14:42:00", "I'm IC now", "Bob Stone"))
    frame = events(*sorted((*OPENED, *rows, *CLOSED), key=lambda row: row["time"]))
    (one,) = find_handovers(find_milestones(frame, INCIDENT, NOTHING))
    assert [place.line for place in one.evidence] == [7, 8]
    assert one.to_json()["time"] == "2025-03-04T14:40:00.000Z"


def test_the_pager_gives_the_page_to_another() -> None:
    """After an escalation it is one; the first assignment is none, and neither is one of another incident."""
    again = page("14:20:00", "assigned", "[#7] Errors: Assigned to Bob Stone.")
    assert found(again) == [("page", "Ann Lee", "Bob Stone", "assigned")]
    raised = page("14:19:00", "escalated", "[#7] Errors: Escalated.")
    assert found(raised, again) == [("page", "Ann Lee", "Bob Stone", "escalated")]
    assert found(again | {"attributes": '{"incident": "Q2"}'}) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bob", "Bob Stone", True),
        ("@bob.stone", "Bob Stone", True),
        ("Bob Lee", "Bob Stone", False),
        ("", "Bob", False),
    ],
)
def test_names_that_may_be_of_one_person(one, other, same) -> None:
    """A first name, a handle; not two people who share one."""
    assert same_person(one, other) is same
