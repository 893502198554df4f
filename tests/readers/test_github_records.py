"""GitHub's issues, pull requests, releases, commits and jobs, from the API, ``gh --json`` and webhooks."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.github import READER as DEPLOYMENTS
from workbench.readers.github_records import READER

REPOSITORY = {"full_name": "shop/orders"}
ISSUE = {
    "url": "https://api.github.com/repos/shop/orders/issues/5", "node_id": "I_1", "number": 5, "title": "Pool exhausted",
    "user": {"login": "ada"}, "created_at": "2025-11-17T14:20:00Z", "closed_at": "2025-11-18T09:00:00Z",
    "closed_by": {"login": "bo"}, "comments": 3, "labels": [{"name": "incident"}],
}  # fmt: skip
JOB = {
    "id": 1, "run_id": 2, "name": "deploy", "head_sha": "abc", "status": "completed", "conclusion": "failure",
    "started_at": "2025-11-17T13:58:00Z", "completed_at": "2025-11-17T13:59:30Z",
    "steps": [{"name": "Roll out", "conclusion": "failure", "completed_at": "2025-11-17T13:59:20Z"}],
}  # fmt: skip


def told(found) -> list[tuple]:
    """Clock, kind, action, actor and message of each event."""
    return [
        (event["time"][11:19], event["kind"], event["action"], event["actor"], event["message"])
        for event in found.events
    ]


def test_an_issue_is_opened_and_closed(read) -> None:
    """The API counts comments, and gives them elsewhere."""
    found = read(READER, [ISSUE])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found) == [
        ("14:20:00", "ticket", "issue.created", "ada", "Issue #5 opened: Pool exhausted"),
        ("09:00:00", "ticket", "issue.resolved", "bo", "Issue #5 closed: Pool exhausted"),
    ]
    assert found.events[0]["service"] == "orders"
    assert found.events[0]["attributes"]["labels"] == ["incident"]


def test_an_issue_says_whose_it_is_and_why_it_was_closed(read) -> None:
    """In the names of the API and of ``gh``; several people are one text."""
    people = {"assignees": [{"login": "ada"}, {"login": "bo"}]}
    for record in (ISSUE | people | {"state": "closed", "state_reason": "not_planned"},
                   {key: ISSUE[key] for key in ("url", "number", "title")} | people | {
                       "createdAt": "2025-11-17T14:20:00Z", "closedAt": "2025-11-18T09:00:00Z", "state": "CLOSED",
                       "stateReason": "NOT_PLANNED"}):  # fmt: skip
        about = read(READER, [record]).events[0]["attributes"]
        assert (about["assignee"], about["state"].lower(), about["state_reason"].lower()) == (
            "ada, bo", "closed", "not_planned",
        )  # fmt: skip


def test_gh_writes_camels_and_the_comments_inside(read) -> None:
    """A merged pull request is merged, not closed."""
    pull = {
        "number": 6, "title": "Bigger pool", "author": {"login": "ada"}, "createdAt": "2025-11-17T14:10:00Z",
        "mergedAt": "2025-11-17T14:21:00Z", "closedAt": "2025-11-17T14:21:00Z", "mergedBy": {"login": "bo"},
        "comments": [{"author": {"login": "bo"}, "body": "ship it", "createdAt": "2025-11-17T14:15:00Z"}],
    }  # fmt: skip
    assert told(read(READER, [pull])) == [
        ("14:10:00", "ticket", "issue.created", "ada", "Pull request #6 opened: Bigger pool"),
        ("14:15:00", "ticket", "issue.commented", "bo", "ship it"),
        ("14:21:00", "change", None, "bo", "Pull request #6 merged: Bigger pool"),
    ]


def test_a_job_names_the_step_that_failed(read) -> None:
    """A job that deploys is a deployment; runs are another reader's, and the two never both take a file."""
    found = read(READER, {"total_count": 1, "jobs": [JOB]})
    assert told(found) == [
        ("13:58:00", "deploy", "deploy.in_progress", None, "Job deploy started"),
        ("13:59:20", "deploy", None, None, "Job deploy: step Roll out failed"),
        ("13:59:30", "deploy", "deploy.failed", None, "Job deploy ended: failure"),
    ]
    assert read(DEPLOYMENTS, [JOB]).claim is None


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"tag_name": "v2", "name": "v2", "published_at": "2025-11-17T13:50:00Z", "draft": False}, "Release v2 published"),
        (
            {"action": "published", "repository": REPOSITORY,
             "release": {"tag_name": "v2", "draft": False, "published_at": "2025-11-17T13:50:00Z"}},
            "Release v2 published",
        ),
        (
            {"sha": "abc", "author": {"login": "ada"},
             "commit": {"message": "Bigger pool", "author": {"date": "2025-11-01T10:00:00Z"},
                        "committer": {"date": "2025-11-17T13:50:00Z"}}},
            "Bigger pool",
        ),
        (
            {"ref": "refs/heads/main", "before": "a", "after": "b", "pusher": {"name": "ada"}, "commits": [{}],
             "head_commit": {"message": "Bigger pool\n\nmore", "timestamp": "2025-11-17T14:50:00+01:00"}},
            "1 commit pushed to main: Bigger pool",
        ),
        (
            {"type": "IssuesEvent", "actor": {"login": "ada"}, "repo": {"name": "shop/orders"},
             "payload": {"action": "opened", "issue": {"title": "Slow"}}, "created_at": "2025-11-17T13:50:00Z"},
            "Issues opened: Slow",
        ),
    ],
)  # fmt: skip
def test_each_record_is_one_event(read, record: dict, message: str) -> None:
    """Releases, commits, pushes and activity, at the time that GitHub states."""
    found = read(READER, [record])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [(event["time"], event["message"]) for event in found.events] == [("2025-11-17T13:50:00.000Z", message)]


def test_pages_that_overlap_are_marked(read) -> None:
    """The same issue twice is told twice, and the second telling is a repetition."""
    assert read(READER, [ISSUE, ISSUE]).column("duplicate") == [False, False, True, True]


def test_an_issue_without_a_time_is_rejected(read) -> None:
    """With the reason."""
    (rejected,) = read(READER, [ISSUE | {"created_at": None}]).rejected
    assert rejected.reason == "no usable time: created_at is missing"
