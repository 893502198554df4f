"""Dynatrace: problems open and close, evidence begins and ends, comments say who wrote them."""

from __future__ import annotations

import json

import pytest

from workbench.readers.base import Certainty
from workbench.readers.dynatrace import READER

PROBLEM = {
    "problemId": "-1_1739972400000V2", "displayId": "P-25021", "title": "Failure rate increase", "status": "CLOSED",
    "severityLevel": "ERROR", "impactLevel": "SERVICES", "startTime": 1739972400000, "endTime": 1739974200000,
    "impactedEntities": [{"entityId": {"id": "SERVICE-1"}, "name": "payments"}],
}  # fmt: skip


def test_a_problem_opens_and_closes(read) -> None:
    """Its service is the one entity that it hit."""
    found = read(READER, {"totalCount": 1, "pageSize": 50, "problems": [PROBLEM]})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.column("action") == ["alert.fired", "alert.resolved"]
    assert found.column("time") == ["2025-02-19T13:40:00.000Z", "2025-02-19T14:10:00.000Z"]
    assert found.column("service") == ["payments", "payments"]


def test_an_open_problem_has_no_end(read) -> None:
    """Minus one means that it lasts."""
    assert read(READER, PROBLEM | {"endTime": -1, "status": "OPEN"}).column("action") == ["alert.fired"]


def test_evidence_and_comments_are_events_of_their_own(read) -> None:
    """Evidence that lasts began only; evidence without a time is none."""
    seen = {"evidenceType": "EVENT", "displayName": "Slow database", "entity": {"name": "db-1"}, "startTime": 1739972280000,
            "data": {"endTime": -1}}  # fmt: skip
    comment = {"id": "c", "createdAtTimestamp": 1739972700000, "content": "pool is full", "authorName": "Ann"}
    more = {
        "evidenceDetails": {"details": [seen, {"displayName": "no time"}]},
        "recentComments": {"comments": [comment]},
    }
    found = read(READER, PROBLEM | more)
    assert found.column("message") == [
        "Failure rate increase", "Slow database on db-1: began", "pool is full", "Failure rate increase: closed",
    ]  # fmt: skip
    assert (found.events[2]["actor"], found.events[2]["action"]) == ("Ann", "incident.noted")


@pytest.mark.parametrize("wrap", [dict, json.dumps])
def test_a_notification_takes_its_time_from_the_problem_sent_along(read, wrap) -> None:
    """As an object or as JSON in a text."""
    details = {"id": "x", "startTime": 1739972400000, "endTime": 1739974200000, "status": "CLOSED"}
    hook = {"ProblemID": "P-25021", "PID": "-1", "State": "RESOLVED", "ProblemTitle": "Failure rate increase",
            "ProblemSeverity": "ERROR", "ProblemDetailsJSON": wrap(details)}  # fmt: skip
    (event,) = read(READER, hook).events
    assert (event["action"], event["time"]) == ("alert.resolved", "2025-02-19T14:10:00.000Z")


def test_a_notification_without_any_time_is_told(read) -> None:
    """It is rejected with a sentence."""
    found = read(READER, {"ProblemID": "P-1", "ProblemTitle": "x", "State": "OPEN"})
    assert found.events == []
    assert "no usable time" in found.rejected[0].reason
