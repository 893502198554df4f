"""Linear's issues from GraphQL with their history, and its webhooks."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.linear import READER

ADA = {"id": "u1", "name": "Ada Bell", "displayName": "Ada Bell"}


def issue(**more):
    """An issue as GraphQL gives it."""
    return {"id": "i1", "identifier": "ENG-7", "title": "Checkout fails", "priority": 1, "createdAt": "2024-05-01T10:00:00.000Z",
            "creator": ADA, "state": {"name": "Done", "type": "completed"}, "team": {"key": "ENG"}} | more  # fmt: skip


def told(found) -> list[tuple]:
    """Clock, action, actor and message of each event."""
    return [(event["time"][11:19], event["action"], event["actor"], event["message"]) for event in found.events]


HISTORY = {"nodes": [
    {"id": "h1", "createdAt": "2024-05-01T10:30:00.500Z", "actor": ADA, "fromState": {"name": "Todo", "type": "unstarted"},
     "toState": {"name": "Done", "type": "completed"}},
    {"id": "h2", "createdAt": "2024-05-01T10:10:00.000Z", "actor": None, "fromAssignee": None, "toAssignee": ADA, "fromPriority": 2, "toPriority": 1},
    {"id": "h3", "createdAt": None},
]}  # fmt: skip


@pytest.mark.parametrize("wrap", [
    lambda each: {"data": {"issues": {"nodes": [each], "pageInfo": {"hasNextPage": False}}}},
    lambda each: {"data": {"team": {"issues": {"edges": [{"node": each}]}}}},
    lambda each: {"data": {"issue": each}},
    lambda each: [each],
], ids=["issues", "edges", "issue", "list"])  # fmt: skip
def test_an_issue_is_told_by_its_history(read, wrap) -> None:
    """However the answer wraps it; the end that the history tells is not told twice."""
    comments = {"nodes": [{"id": "c1", "body": "rolled back", "createdAt": "2024-05-01T10:20:00.000Z", "user": ADA}]}
    found = read(READER, wrap(issue(history=HISTORY, comments=comments, completedAt="2024-05-01T10:30:00.480Z")))
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found) == [
        ("10:00:00", "issue.created", "Ada Bell", "Checkout fails"),
        ("10:30:00", "issue.resolved", "Ada Bell", "ENG-7 state: Todo → Done"),
        ("10:10:00", "issue.assigned", None, "ENG-7 assignee: none → Ada Bell"),
        ("10:10:00", "issue.priority_changed", None, "ENG-7 priority: High → Urgent"),
        ("10:20:00", "issue.commented", "Ada Bell", "rolled back"),
    ]


def test_without_history_the_issues_own_times_are_told(read) -> None:
    """Started and canceled; null is no time. A page that overlaps is marked."""
    one = issue(startedAt="2024-05-01T10:05:00Z", completedAt=None, canceledAt="2024-05-01T10:06:00Z")
    found = read(READER, {"data": {"issues": {"nodes": [one, one]}}})
    assert found.column("action")[:3] == ["issue.created", "issue.status_changed", "issue.status_changed"]
    assert found.column("duplicate") == [False] * 3 + [True] * 3


@pytest.mark.parametrize(("verb", "before", "action", "text"), [
    ("create", None, "issue.created", "ENG-7 created: Checkout fails"),
    ("update", {"stateId": "s0"}, "issue.resolved", "ENG-7 is now Done: Checkout fails"),
    ("update", {"priority": 3}, "issue.priority_changed", "ENG-7 is now Urgent: Checkout fails"),
    ("update", {"title": "x", "updatedAt": "y"}, "issue.changed", "ENG-7 changed (title): Checkout fails"),
    ("remove", None, "issue.changed", "ENG-7 removed: Checkout fails"),
])  # fmt: skip
def test_a_webhook_tells_what_changed(read, verb, before, action, text) -> None:
    """At the time of the change, not of the issue."""
    hook = {"action": verb, "type": "Issue", "createdAt": "2024-05-01T11:00:00.000Z", "webhookTimestamp": 1714561200123,
            "data": issue(), "updatedFrom": before, "actor": ADA, "url": "https://linear.test/ENG-7"}  # fmt: skip
    found = read(READER, hook)
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found) == [("11:00:00", action, "Ada Bell", text)]


def test_other_records_are_rejected(read) -> None:
    """A webhook of a project, an issue without a time, something else."""
    project = {
        "action": "update",
        "type": "Project",
        "createdAt": "2024-05-01T11:00:00Z",
        "data": {},
        "webhookTimestamp": 1,
    }
    found = read(READER, [project, issue(createdAt=None), {"id": 1}, 4])
    assert (found.events, [each.position for each in found.rejected]) == ([], [1, 2, 3, 4])
