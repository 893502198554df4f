"""Jira: an issue becomes all that happened to it, with its fields beside every event."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.jira import READER


def issue(**fields):
    """A closed action item with one change."""
    return {
        "key": "OPS-2", "self": "https://acme.example/rest/api/3/issue/2",
        "fields": {"summary": "Add an alert", "issuetype": {"name": "Action Item"}, "priority": {"name": "P1"},
                   "status": {"name": "Done", "statusCategory": {"key": "done"}}, "created": "2025-02-21T07:12:37.511+0100", "duedate": "2025-03-05",
                   "resolutiondate": "2025-03-03T21:28:58.409+0100", "assignee": {"displayName": "Erin O'Neil"},
                   "labels": ["action-item"]} | fields,
        "changelog": {"histories": [{"id": "1", "created": "2025-02-22T07:00:00.000+0100",
                                     "author": {"displayName": "Erin O'Neil"},
                                     "items": [{"field": "status", "fromString": "To Do", "toString": "In Progress"},
                                               {"field": "assignee", "from": None, "toString": "Bo"}]}]},
    }  # fmt: skip


def test_an_issue_unfolds_into_what_happened(read) -> None:
    """Created, each changed field, resolved; offsets without a colon are read."""
    found = read(READER, {"startAt": 0, "total": 1, "issues": [issue()]})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 1
    assert found.column("action") == ["issue.created", "issue.status_changed", "issue.assigned", "issue.resolved"]
    assert found.column("time")[0] == "2025-02-21T06:12:37.511Z"
    assert found.column("message")[1:3] == ["OPS-2 status: To Do → In Progress", "OPS-2 assignee: none → Bo"]


def test_fields_stand_beside_every_event(read) -> None:
    """Action items can be read from any of them."""
    for event in read(READER, {"issues": [issue()]}).events:
        about = event["attributes"]
        assert (about["key"], about["type"], about["priority"]) == ("OPS-2", "Action Item", "P1")
        assert (about["assignee"], about["due"], about["labels"]) == ("Erin O'Neil", "2025-03-05", ["action-item"])
        assert about["status_category"] == "done"
        assert about["url"] == "https://acme.example/browse/OPS-2"


def test_comments_of_both_api_versions_are_text(read) -> None:
    """Version 2 has a string, version 3 a document of nodes."""
    document = {"type": "doc", "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": "Done by "}, {"type": "mention", "attrs": {"text": "@Bo"}}]}]}  # fmt: skip
    comments = [
        {"id": str(at), "author": {"displayName": "Ann"}, "body": body, "created": "2025-02-23T08:00:00.000+0000"}
        for at, body in enumerate(("plain", document))
    ]
    found = read(READER, {"issues": [issue(comment={"comments": comments})]})
    said = [event["message"] for event in found.events if event["action"] == "issue.commented"]
    assert said == ["plain", "Done by @Bo"]


def test_overlapping_pages_are_marked(read) -> None:
    """The same issue again repeats all of its events."""
    page = {"issues": [issue()]}
    assert read(READER, [page, page]).column("duplicate") == [False] * 4 + [True] * 4


def test_an_issue_without_a_time_is_rejected(read) -> None:
    """The number, the reason, and the issue after it."""
    found = read(READER, {"issues": [issue(created=None), {"key": "OPS-9"}, issue()]})
    assert [(each.position, each.reason) for each in found.rejected] == [
        (1, "no usable time: created is missing"), (2, "an issue without fields")
    ]  # fmt: skip
    assert len(found.events) == 4
