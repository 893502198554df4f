"""PagerDuty: log entries, incidents and webhooks become pages with who did what."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.pagerduty import READER
from workbench.readers.statuspage import READER as STATUSPAGE

INCIDENT = {"id": "Q1", "type": "incident_reference", "summary": "[#42] HighErrorRate", "urgency": "high"}


def entry(kind: str = "acknowledge", **more):
    """A log entry by Ann."""
    return {
        "id": f"R-{kind}", "type": f"{kind}_log_entry", "summary": f"{kind} by Ann.",
        "created_at": "2025-02-19T08:50:00-05:00", "agent": {"type": "user_reference", "summary": "Ann"},
        "channel": {"type": "mobile"}, "service": {"summary": "payments-api"}, "incident": INCIDENT,
    } | more  # fmt: skip


def test_a_log_entry_says_who_did_what_to_which_incident(read) -> None:
    """The entry's own offset counts; the person is the actor, the incident stands in the message."""
    found = read(READER, {"log_entries": [entry()], "more": False})
    (event,) = found.events
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert (event["time"], event["action"]) == ("2025-02-19T13:50:00.000Z", "incident.acknowledged")
    assert (event["actor"], event["service"], event["level"]) == ("Ann", "payments-api", "error")
    assert event["message"] == "[#42] HighErrorRate: acknowledge by Ann."
    assert event["attributes"]["incident_number"] == 42


@pytest.mark.parametrize(
    ("kind", "action"),
    [("trigger", "incident.triggered"), ("escalate", "incident.escalated"), ("annotate", "incident.noted"),
     ("urgency_change", "incident.priority_changed"), ("resolve", "incident.resolved"), ("snooze", "incident.snoozed"),
     ("notify", "incident.notified"), ("something_new", None)],
)  # fmt: skip
def test_types_of_entries_have_actions(read, kind, action) -> None:
    """Each documented type has its action; a new one is kept without."""
    assert read(READER, {"log_entries": [entry(kind)]}).column("action") == [action]


def test_a_service_is_no_person(read) -> None:
    """What the API did has no actor, but names its agent."""
    (event,) = read(READER, [entry(agent={"type": "service_reference", "summary": "payments-api"})]).events
    assert event["actor"] is None
    assert event["attributes"]["agent"] == "payments-api"


def test_overlapping_pages_repeat_entries(read) -> None:
    """An entry with an id seen before is a duplicate."""
    page = {"log_entries": [entry(), entry("resolve")]}
    assert read(READER, [page, page]).column("duplicate") == [False, False, True, True]


def test_an_incident_unfolds(read) -> None:
    """Without log entries the incident itself says when it was triggered, acknowledged and resolved."""
    incident = {
        "id": "Q1", "incident_number": 7, "title": "Disk full", "incident_key": "k", "urgency": "low",
        "status": "resolved", "created_at": "2025-02-19T13:00:00Z", "last_status_change_at": "2025-02-19T14:00:00Z",
        "acknowledgements": [{"at": "2025-02-19T13:05:00Z",
                              "acknowledger": {"type": "user_reference", "summary": "Bo"}}],
        "last_status_change_by": {"type": "user_reference", "summary": "Cy"}, "service": {"summary": "db"},
    }  # fmt: skip
    found = read(READER, {"incidents": [incident]})
    assert found.records == 1
    assert found.column("action") == ["incident.triggered", "incident.acknowledged", "incident.resolved"]
    assert found.column("actor") == [None, "Bo", "Cy"]


def test_webhooks_of_both_versions(read) -> None:
    """Version 3 has one event, the retired version 2 a list of messages."""
    third = {"event": {"id": "e", "event_type": "incident.resolved", "occurred_at": "2025-02-19T14:00:00Z",
                       "agent": {"type": "user_reference", "summary": "Ann"},
                       "data": {"type": "incident", "title": "Disk full", "number": 7, "urgency": "high"}}}  # fmt: skip
    second = {"messages": [{"event": "incident.trigger", "id": "m", "created_on": "2025-02-19T13:00:00Z",
                            "incident": {"title": "Disk full", "incident_number": 7}}]}  # fmt: skip
    assert read(READER, third).column("action") == ["incident.resolved"]
    found = read(READER, second)
    assert (found.column("action"), found.claim is not None) == (["incident.triggered"], True)


def test_an_entry_without_a_time_is_rejected(read) -> None:
    """No time is invented: the record's number and the reason are given."""
    found = read(READER, {"log_entries": [entry(), entry(created_at="soon"), "x"]})
    assert [(each.position, each.reason) for each in found.rejected] == [
        (2, "no usable time: created_at is 'soon'"), (3, "not an object")
    ]  # fmt: skip
    assert (found.records, len(found.events)) == (3, 1)


def test_incidents_of_statuspage_are_not_pagerdutys(read) -> None:
    """Both wrap their records in `incidents`; each reader claims its own only."""
    page = {"incidents": [{"name": "x", "incident_updates": [], "created_at": "2025-02-19T13:00:00Z"}]}
    assert read(READER, page).claim is None
    assert read(STATUSPAGE, page).claim is not None
    pages = {"incidents": [{"incident_key": "k", "created_at": "2025-02-19T13:00:00Z", "urgency": "low"}]}
    assert read(STATUSPAGE, pages).claim is None
