"""Opsgenie: timelines, alerts, logs, notes and webhooks become pages with who did what."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.opsgenie import READER

INCIDENT = {
    "id": "i-1", "tinyId": "7", "message": "Pool is exhausted", "status": "resolved", "priority": "P1",
    "createdAt": "2025-02-19T13:50:00.5Z", "updatedAt": "2025-02-19T14:20:00Z", "responders": [], "timelines": [],
    "impactStartDate": "2025-02-19T13:45:00Z", "impactEndDate": None,
}  # fmt: skip


def entry(kind: str, minute: int, actor: str = "Ann") -> dict:
    """A line of an incident's timeline."""
    return {
        "id": f"{kind}-{minute}", "group": "incident", "type": kind, "eventTime": f"2025-02-19T13:{minute}:00Z",
        "hidden": False, "actor": {"name": actor, "type": "user"}, "title": {"content": kind},
    }  # fmt: skip


def test_an_incident_unfolds_into_its_timeline_and_its_impact(read) -> None:
    """Each entry with its actor; what the timeline says is not said again."""
    lines = [entry("IncidentResolved", 59), entry("IncidentOpened", 50, "System")]
    found = read(READER, {"data": [INCIDENT | {"timelines": lines}], "took": 0.1})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert list(zip(found.column("action"), found.column("actor"), strict=True)) == [
        ("incident.resolved", "Ann"), ("incident.triggered", None), ("incident.impact_started", None),
    ]  # fmt: skip
    assert found.events[1]["message"] == "Pool is exhausted: IncidentOpened"
    assert found.column("level") == ["info", "fatal", "fatal"]


def test_an_incident_without_timeline_still_says_when_it_opened_and_was_resolved(read) -> None:
    """By its own dates."""
    found = read(READER, [INCIDENT])
    assert list(zip(found.column("action"), found.column("time"), strict=True))[:2] == [
        ("incident.triggered", "2025-02-19T13:50:00.500Z"), ("incident.resolved", "2025-02-19T14:20:00.000Z"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "action", "time", "actor"),
    [("Create", "incident.triggered", "2025-02-19T13:50:00.000Z", None),
     ("Acknowledge", "incident.acknowledged", "2025-02-19T13:52:00.000Z", "ann@example.org"),
     ("UnAcknowledge", "incident.unacknowledged", "2025-02-19T13:52:00.000Z", "ann@example.org"),
     ("AddNote", "incident.noted", "2025-02-19T13:52:00.000Z", "ann@example.org"),
     ("Close", "incident.resolved", "2025-02-19T13:52:00.000Z", "ann@example.org")],
)  # fmt: skip
def test_a_webhook_happened_when_the_alert_was_updated(read, verb, action, time, actor) -> None:
    """Created in milliseconds, updated in nanoseconds, in one object."""
    alert = {"alertId": "a", "tinyId": "3", "message": "High error rate", "username": "ann@example.org",
             "createdAt": 1739973000000, "updatedAt": 1739973120000000000}  # fmt: skip
    (event,) = read(READER, {"action": verb, "alert": alert, "integrationName": "hook"}).events
    assert (event["action"], event["time"], event["actor"]) == (action, time, actor)


def test_an_alert_says_how_long_it_took(read) -> None:
    """Its report counts milliseconds from its creation."""
    alert = {"id": "a", "tinyId": "3", "alias": "x", "message": "Slow", "status": "closed", "createdAt": "2025-02-19T13:50:00Z",
             "report": {"ackTime": 120000, "closeTime": 600000, "acknowledgedBy": "ann@example.org"}}  # fmt: skip
    found = read(READER, {"data": [alert]})
    assert list(zip(found.column("action"), found.column("time"), strict=True)) == [
        ("incident.triggered", "2025-02-19T13:50:00.000Z"), ("incident.acknowledged", "2025-02-19T13:52:00.000Z"),
        ("incident.resolved", "2025-02-19T14:00:00.000Z"),
    ]  # fmt: skip


def test_logs_and_notes_are_dated_by_their_creation_not_by_their_offset(read) -> None:
    """The offset is a cursor. Pages that overlap repeat lines."""
    log = {"log": "Alert acknowledged via web", "type": "alertLog", "owner": "ann@example.org",
           "createdAt": "2025-02-19T13:52:00.1Z", "offset": "1739973120100_1"}  # fmt: skip
    note = {"note": "pool raised", "owner": "ann@example.org", "createdAt": "2025-02-19T14:00:00Z", "offset": "2"}
    found = read(READER, [{"data": [log, note]}, {"data": [log]}])
    assert found.column("action") == ["incident.acknowledged", "incident.noted", "incident.acknowledged"]
    assert found.column("duplicate") == [False, False, True]


@pytest.mark.parametrize(
    "spoilt", [{"createdAt": None}, {"createdAt": 5}, {"timelines": [None, 3]}, {"responders": None}]
)
def test_odd_values_end_as_events_or_with_a_reason(read, spoilt) -> None:
    """Nothing raises, nothing is lost."""
    found = read(READER, [INCIDENT | spoilt])
    assert found.events or found.rejected
