"""GitLab's API and webhooks: what happened to deployments, pipelines, jobs, issues and merge requests."""

from __future__ import annotations

import json

import pytest

from workbench.readers.base import Certainty
from workbench.readers.github import READER as GITHUB
from workbench.readers.gitlab import READER

ADA = {"id": 1, "name": "Ada Bell", "username": "ada"}
PAGE = "https://gitlab.test/shop/pay"
PROJECT = {"id": 3, "name": "pay", "path_with_namespace": "shop/pay", "web_url": PAGE}


def told(found) -> list[tuple]:
    """Clock, action, actor and message of each event."""
    return [(event["time"][11:19], event["action"], event["actor"], event["message"]) for event in found.events]


def deployment(status: str, **more):
    """A deployment with its job."""
    job = {"id": 5, "started_at": "2024-05-01T10:01:00Z", "finished_at": "2024-05-01T10:04:00Z",
           "web_url": f"{PAGE}/-/jobs/5"}  # fmt: skip
    return {"id": 9, "iid": 2, "ref": "main", "sha": "abc", "status": status, "created_at": "2024-05-01T10:00:00Z",
            "updated_at": "2024-05-01T10:05:00Z", "user": ADA, "environment": {"name": "live"}, "deployable": job} | more  # fmt: skip


def test_a_deployment_is_created_runs_and_ends(read) -> None:
    """The end is the job's; a page that repeats it is marked."""
    found = read(READER, [deployment("failed"), deployment("failed")])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found)[:3] == [
        ("10:00:00", "deploy.created", "Ada Bell", "Deployment of pay (abc) to live: created"),
        ("10:01:00", "deploy.in_progress", "Ada Bell", "Deployment of pay (abc) to live: running"),
        ("10:04:00", "deploy.failed", "Ada Bell", "Deployment of pay (abc) to live: failed"),
    ]
    assert (found.column("level")[2], found.column("service")[2]) == ("error", "pay")
    assert found.column("duplicate") == [False] * 3 + [True] * 3


def test_a_running_deployment_has_no_end(read) -> None:
    """Neither its null nor the time of its last change is one."""
    running = deployment("running", deployable=None, finished_at=None)
    assert read(READER, [running]).column("action") == ["deploy.created"]


def test_jobs_and_pipelines_run_from_start_to_end(read) -> None:
    """A job that deploys, by its stage or name, is a deployment; one that never began is created only."""
    job = {"id": 5, "name": "roll out", "stage": "deploy", "status": "success", "created_at": "2024-05-01T10:00:00Z",
           "started_at": "2024-05-01T10:01:00Z", "finished_at": "2024-05-01T10:02:00Z", "user": ADA, "ref": "main",
           "pipeline": {"id": 7, "web_url": f"{PAGE}/-/pipelines/7"}, "web_url": f"{PAGE}/-/jobs/5"}  # fmt: skip
    waiting = job | {
        "id": 6,
        "name": "test",
        "stage": "test",
        "status": "manual",
        "started_at": None,
        "finished_at": None,
    }
    pipeline = {"id": 7, "ref": "main", "sha": "abc", "status": "failed", "source": "push", "web_url": f"{PAGE}/-/pipelines/7",
                "created_at": "2024-05-01T10:00:00Z", "updated_at": "2024-05-01T10:03:00Z"}  # fmt: skip
    found = read(READER, [job, waiting, pipeline])
    assert told(found) == [
        ("10:01:00", "deploy.in_progress", "Ada Bell", "Job roll out (deploy) started"),
        ("10:02:00", "deploy.succeeded", "Ada Bell", "Job roll out (deploy) ended: success"),
        ("10:00:00", None, "Ada Bell", "Job test created, manual"),
        ("10:00:00", None, None, "Pipeline #7 on main started"),
        ("10:03:00", None, None, "Pipeline #7 on main ended: failed"),
    ]


def test_issues_notes_and_changes_are_told(read) -> None:
    """System notes are changes; a discussion is its notes."""
    issue = {"id": 8, "iid": 3, "project_id": 3, "title": "Cards refused", "state": "closed", "author": ADA,
             "created_at": "2024-05-01T10:00:00.123Z", "closed_at": "2024-05-01T11:00:00Z", "closed_by": ADA,
             "web_url": f"{PAGE}/-/issues/3", "labels": ["bug"]}  # fmt: skip
    note = {"id": 1, "body": "rolled back", "author": ADA, "created_at": "2024-05-01T10:10:00Z", "system": False,
            "noteable_type": "Issue", "noteable_id": 8, "noteable_iid": 3}  # fmt: skip
    closed = note | {"id": 2, "body": "closed", "system": True, "created_at": "2024-05-01T11:00:00Z"}
    label = {"id": 4, "user": ADA, "created_at": "2024-05-01T10:05:00Z", "resource_type": "Issue", "resource_id": 8,
             "label": {"name": "sev1"}, "action": "add"}  # fmt: skip
    state = {key: label[key] for key in ("id", "user", "resource_type", "resource_id")} | {
        "state": "reopened", "created_at": "2024-05-01T12:00:00Z"}  # fmt: skip
    found = read(READER, [issue, {"id": "d", "individual_note": False, "notes": [note, closed]}, label, state])
    assert told(found) == [
        ("10:00:00", "issue.created", "Ada Bell", "#3 opened: Cards refused"),
        ("11:00:00", "issue.resolved", "Ada Bell", "#3 closed: Cards refused"),
        ("10:10:00", "issue.commented", "Ada Bell", "rolled back"),
        ("11:00:00", "issue.resolved", "Ada Bell", "closed"),
        ("10:05:00", "issue.changed", "Ada Bell", "Issue add label: sev1"),
        ("12:00:00", "issue.status_changed", "Ada Bell", "Issue reopened"),
    ]


def test_merge_requests_activity_and_releases_are_changes(read) -> None:
    """Each as its own page of the API gives it."""
    request = {"id": 4, "iid": 6, "title": "Pool of 50", "source_branch": "a", "target_branch": "main", "state": "merged",
               "author": ADA, "created_at": "2024-05-01T09:00:00Z", "merged_at": "2024-05-01T09:30:00Z", "merged_by": ADA}  # fmt: skip
    push = {"id": 2, "action_name": "pushed to", "created_at": "2024-05-01T09:31:00Z", "author": ADA, "target_type": None,
            "push_data": {"ref": "main", "commit_title": "Pool of 50", "commit_to": "abc"}}  # fmt: skip
    release = {
        "tag_name": "v2",
        "name": "Two",
        "released_at": "2024-05-01T09:40:00Z",
        "description": "x",
        "author": ADA,
    }
    assert told(read(READER, [request, push, release])) == [
        ("09:00:00", "change.opened", "Ada Bell", "!6 opened: Pool of 50"),
        ("09:30:00", "change.merged", "Ada Bell", "!6 merged: Pool of 50"),
        ("09:31:00", None, "Ada Bell", "pushed to main: Pool of 50"),
        ("09:40:00", "release.published", "Ada Bell", "Release Two published"),
    ]


def test_an_issue_of_a_project_export_brings_its_notes(read) -> None:
    """The tree's NDJSON nests them; authors are named in the notes only."""
    issue = {"iid": 3, "title": "Cards refused", "project_id": 1, "author_id": 5, "created_at": "2024-05-01T10:00:00Z",
             "state": "opened", "notes": [{"id": 1, "note": "seen", "created_at": "2024-05-01T10:10:00Z", "author": {"name": "Ada Bell"}}]}  # fmt: skip
    found = read(READER, json.dumps(issue) + "\n" + json.dumps(issue | {"iid": 4}) + "\n")
    assert told(found)[1] == ("10:10:00", "issue.commented", "Ada Bell", "seen")
    assert found.records == 2


def test_the_pipeline_webhook_tells_its_jobs(read) -> None:
    """Times are written with UTC or an offset, and null where something runs."""
    builds = [
        {"id": 1, "stage": "deploy", "name": "live", "status": "failed", "created_at": "2024-05-01 10:00:00 UTC",
         "started_at": "2024-05-01 12:01:00 +0200", "finished_at": "2024-05-01 12:02:00 +0200", "user": ADA,
         "failure_reason": "script_failure", "environment": {"name": "live"}},
        {"id": 2, "stage": "test", "name": "unit", "status": "running", "created_at": "2024-05-01 10:00:00 UTC",
         "started_at": "2024-05-01 10:01:30 UTC", "finished_at": None, "user": ADA},
    ]  # fmt: skip
    hook = {"object_kind": "pipeline", "user": ADA, "project": PROJECT, "builds": builds,
            "object_attributes": {"id": 7, "ref": "main", "status": "running", "created_at": "2024-05-01 10:00:00 UTC",
                                  "finished_at": None}}  # fmt: skip
    found = read(READER, hook)
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found) == [
        ("10:00:00", None, "Ada Bell", "Pipeline #7 on main started"),
        ("10:01:00", "deploy.in_progress", "Ada Bell", "Job live (deploy) started"),
        ("10:02:00", "deploy.failed", "Ada Bell", "Job live (deploy) ended: failed (script_failure)"),
        ("10:01:30", None, "Ada Bell", "Job unit (test) started"),
    ]
    assert found.events[1]["attributes"]["environment"] == "live"


@pytest.mark.parametrize(("hook", "action", "message"), [
    ({"object_kind": "issue", "object_attributes": {"id": 1, "iid": 3, "title": "Down", "action": "close", "created_at": "2024-05-01T10:00:00Z", "closed_at": "2024-05-01 10:05:00 UTC"}},
     "issue.resolved", "#3 closed: Down"),
    ({"object_kind": "issue", "object_attributes": {"id": 1, "iid": 3, "title": "Down", "action": "update", "updated_at": "2024-05-01 10:05:00 UTC"},
      "changes": {"labels": {"previous": [], "current": [{"title": "sev1"}]}, "updated_at": {"previous": 1, "current": 2}}},
     "issue.changed", "#3 updated: Down (labels: none → sev1)"),
    ({"object_kind": "note", "object_attributes": {"id": 1, "note": "seen", "created_at": "2024-05-01 10:05:00 UTC"}}, "issue.commented", "seen"),
    ({"object_kind": "merge_request", "object_attributes": {"id": 1, "iid": 3, "title": "Fix", "action": "merge", "updated_at": "2024-05-01 10:05:00 UTC"}},
     "change.merged", "!3 merged: Fix"),
    ({"object_kind": "deployment", "status": "success", "status_changed_at": "2024-05-01 12:05:00 +0200", "environment": "live", "short_sha": "abc"},
     "deploy.succeeded", "Deployment of pay (abc) to live: success"),
    ({"object_kind": "build", "build_id": 1, "build_name": "deploy", "build_stage": "deploy", "build_status": "running", "build_started_at": "2024-05-01 10:05:00 UTC"},
     "deploy.in_progress", "Job deploy started"),
    ({"object_kind": "release", "id": 1, "name": "Two", "tag": "v2", "action": "create", "released_at": "2024-05-01 10:05:00 UTC"},
     "release.published", "Release Two: create"),
    ({"object_kind": "push", "ref": "refs/heads/main", "commits": [{"id": "a", "title": "Fix", "timestamp": "2024-05-01T12:05:00+02:00"}]},
     "change.committed", "Commit to main: Fix"),
])  # fmt: skip
def test_each_webhook_tells_its_event(read, hook, action, message) -> None:
    """At the moment that it is about, for the project that it names."""
    found = read(READER, hook | {"user": ADA, "project": PROJECT})
    assert (found.column("time"), found.column("action"), found.column("message"), found.column("service")) == (
        ["2024-05-01T10:05:00.000Z"], [action], [message], ["pay"],
    )  # fmt: skip


def test_what_tells_nothing_is_rejected_with_a_reason(read) -> None:
    """A webhook of another kind, a push without commits, a record without a time, a list of users."""
    hooks = [{"object_kind": "wiki_page", "project": PROJECT}, {"object_kind": "push", "project": PROJECT, "commits": []},
             deployment("success", created_at=None), ADA, 3, {"object_kind": None, "project": PROJECT}]  # fmt: skip
    found = read(READER, hooks)
    assert found.events == []
    assert [each.position for each in found.rejected] == [1, 2, 3, 4, 5, 6]


def test_the_files_of_github_are_not_taken(read) -> None:
    """Both have issues and deployments; GitHub's have a node_id, GitLab's an iid."""
    github = {
        "id": 1,
        "node_id": "x",
        "sha": "abc",
        "ref": "main",
        "environment": "live",
        "created_at": "2024-05-01T10:00:00Z",
    }
    assert read(READER, [github]).claim is None
    assert read(GITHUB, [deployment("success")]).claim is None
