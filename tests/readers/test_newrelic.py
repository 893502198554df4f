"""New Relic: issues fire, are acknowledged and resolved, whichever way they were exported."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.newrelic import READER

ISSUE = {
    "issueId": "i-1", "title": ["Errors above 5 %"], "priority": "CRITICAL", "state": "CLOSED", "entityNames": ["payments"],
    "createdAt": 1739972400000, "activatedAt": 1739972460000, "acknowledgedAt": 1739972700000, "acknowledgedBy": "Ann",
    "closedAt": 1739974200000, "incidentIds": ["1"], "policyName": "Golden signals",
}  # fmt: skip


def test_an_issue_of_the_api_says_each_change_of_its_state(read) -> None:
    """Activated is when it fired; who acknowledged is the actor."""
    found = read(READER, {"data": {"actor": {"account": {"aiIssues": {"issues": {"issues": [ISSUE]}}}}}})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert list(zip(found.column("action"), found.column("time"), found.column("actor"), strict=True)) == [
        ("alert.fired", "2025-02-19T13:41:00.000Z", None), ("alert.acknowledged", "2025-02-19T13:45:00.000Z", "Ann"),
        ("alert.resolved", "2025-02-19T14:10:00.000Z", None),
    ]  # fmt: skip
    assert (found.events[0]["service"], found.events[0]["level"]) == ("payments", "fatal")


def test_an_issue_that_is_open_has_no_end(read) -> None:
    """Nulls are no times."""
    assert read(READER, [ISSUE | {"closedAt": None, "acknowledgedAt": None}]).column("action") == ["alert.fired"]


@pytest.mark.parametrize(
    ("state", "trigger", "action", "time"),
    [("CREATED", "STATE_CHANGE", "alert.fired", "2025-02-19T13:40:00.000Z"),
     ("ACTIVATED", "STATE_CHANGE", "alert.fired", "2025-02-19T13:50:00.000Z"),
     ("ACKNOWLEDGED", "STATE_CHANGE", "alert.acknowledged", "2025-02-19T13:50:00.000Z"),
     ("CLOSED", "INCIDENT_CLOSED", "alert.resolved", "2025-02-19T13:50:00.000Z")],
)  # fmt: skip
def test_a_workflow_tells_what_changed_when_the_issue_was_updated(read, state, trigger, action, time) -> None:
    """Only a creation happened at its creation."""
    hook = {"id": "i-1", "issueUrl": "https://example.newrelic.com/i-1", "title": "Errors", "priority": "HIGH", "state": state,
            "trigger": trigger, "createdAt": 1739972400000, "updatedAt": 1739973000000, "workflowName": "w"}  # fmt: skip
    (event,) = read(READER, hook).events
    assert (event["action"], event["time"]) == (action, time)


def test_a_notification_of_the_older_channels(read) -> None:
    """Its state in words, its time in milliseconds; one without a time is told."""
    hook = {"current_state": "open", "condition_name": "CPU", "policy_name": "p", "details": "CPU > 90 %", "severity": "CRITICAL",
            "incident_id": 3, "timestamp": 1739972400000, "targets": [{"name": "web-1"}]}  # fmt: skip
    found = read(READER, [hook, hook | {"timestamp": "soon"}])
    assert [(each["action"], each["message"]) for each in found.events] == [("alert.fired", "CPU: CPU > 90 %")]
    assert len(found.rejected) == 1


def test_rows_of_incidents_open_and_close(read) -> None:
    """A query's rows: one an event, in its own column of time."""
    row = {"event": "open", "incidentId": "1", "conditionName": "CPU", "title": "CPU high", "priority": "critical",
           "openTime": 1739972400000, "timestamp": 1739972400500}  # fmt: skip
    rows = [row, row | {"event": "close", "closeTime": 1739974200000, "timestamp": 1739974200500}]
    found = read(READER, {"data": {"actor": {"account": {"nrql": {"results": rows}}}}})
    assert found.column("time") == ["2025-02-19T13:40:00.000Z", "2025-02-19T14:10:00.000Z"]
    assert found.column("action") == ["alert.fired", "alert.resolved"]
