"""GitHub: deployments, statuses, runs, timelines and webhooks become deploys, changes and tickets."""

from __future__ import annotations

import json

from workbench.readers.base import Certainty
from workbench.readers.github import READER

DEPLOYMENT = {
    "id": 900, "sha": "0941bfcb16625977", "ref": "main", "task": "deploy", "environment": "production",
    "payload": {"service": "catalog-api"}, "creator": {"login": "dmitri"}, "created_at": "2025-02-19T13:04:53Z",
}  # fmt: skip


def status(state: str, at: str, **more):
    """A status of a deployment."""
    made = f"2025-02-19T{at}Z"
    return {"id": f"{state} {at}", "state": state, "created_at": made, "environment": "production"} | more


def test_a_deployment_with_its_statuses(read) -> None:
    """Created, then each status that is embedded; the service is in the payload."""
    whole = DEPLOYMENT | {"statuses": [status("success", "13:05:55"), status("in_progress", "13:05:13")]}
    found = read(READER, [whole])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 1
    assert found.column("action") == ["deploy.created", "deploy.succeeded", "deploy.in_progress"]
    assert set(found.column("service")) == {"catalog-api"}
    assert found.events[0]["actor"] == "dmitri"
    assert {event["attributes"]["sha"] for event in found.events} == {"0941bfcb16625977"}


def test_statuses_keyed_by_their_deployment(read) -> None:
    """Each status is a record that names its deployment."""
    found = read(READER, {"900": [status("failure", "13:05:55"), status("queued", "13:04:40")], "901": []})
    assert found.claim is not None
    assert found.records == 2
    assert found.column("action") == ["deploy.failed", "deploy.queued"]
    assert found.column("level") == ["error", None]
    assert [event["attributes"]["deployment"] for event in found.events] == [900, 900]


def test_statuses_in_a_list_name_their_deployment_by_address(read) -> None:
    """The API answers with deployment_url."""
    url = "https://api.github.com/repos/acme/shop/deployments/42"
    (event,) = read(READER, [status("inactive", "13:05:55", deployment_url=url)]).events
    assert (event["action"], event["attributes"]["deployment"]) == ("deploy.inactive", 42)


def test_pages_end_to_end(read) -> None:
    """`gh api --paginate` writes one array after the other; a record on both pages is marked."""
    found = read(READER, json.dumps([DEPLOYMENT]) + json.dumps([DEPLOYMENT | {"id": 901}, DEPLOYMENT]))
    assert found.column("duplicate") == [False, False, True]
    assert found.claim is not None or found.records == 3


def test_a_workflow_that_deploys_is_a_deploy(read) -> None:
    """Start and end of a completed run; a build that fails is a change, not a failed deploy."""
    run = {"id": 1, "name": "Deploy production", "head_sha": "abc", "status": "completed", "conclusion": "success",
           "run_started_at": "2025-02-19T13:00:00Z", "created_at": "2025-02-19T12:59:00Z",
           "updated_at": "2025-02-19T13:05:00Z", "actor": {"login": "ann"}}  # fmt: skip
    build = run | {"id": 2, "name": "Build", "conclusion": "failure"}
    found = read(READER, {"total_count": 2, "workflow_runs": [run, build]})
    assert found.column("action") == ["deploy.in_progress", "deploy.succeeded", None, None]
    assert found.column("kind") == ["deploy", "deploy", "change", "change"]
    assert found.column("message")[1::2] == ["Deploy production ended: success", "Build ended: failure"]


def test_runs_of_the_command_line_are_camel_case(read) -> None:
    """`gh run list --json` writes headSha and createdAt."""
    run = {"databaseId": 1, "workflowName": "release", "headSha": "abc", "status": "in_progress", "conclusion": "",
           "createdAt": "2025-02-19T13:00:00Z", "updatedAt": "2025-02-19T13:00:00Z"}  # fmt: skip
    found = read(READER, [run])
    assert (found.claim is not None, found.column("action")) == (True, ["deploy.in_progress"])


def test_a_timeline_has_each_entry_at_its_own_time(read) -> None:
    """Commits state their author's date, reviews submitted_at; closing resolves."""
    entries = [
        {"event": "committed", "sha": "abc", "message": "fix", "node_id": "a",
         "author": {"name": "Ann", "date": "2025-02-19T12:00:00Z"}},
        {"event": "labeled", "actor": {"login": "bo"}, "label": {"name": "bug"}, "created_at": "2025-02-19T13:00:00Z"},
        {"event": "reviewed", "user": {"login": "cy"}, "body": "ok", "submitted_at": "2025-02-19T14:00:00Z",
         "node_id": "c"},
        {"event": "closed", "node_id": "d", "actor": {"login": "bo"}, "created_at": "2025-02-19T15:00:00Z"},
    ]  # fmt: skip
    found = read(READER, entries)
    assert found.claim is not None
    assert found.column("action") == [None, "issue.changed", "issue.commented", "issue.resolved"]
    assert found.column("message") == ["fix", "labeled: bug", "ok", "closed"]
    assert found.column("actor") == ["Ann", "bo", "cy", "bo"]


def test_webhooks_are_told_apart_by_their_keys(read) -> None:
    """The kind of a webhook stands in a header that no file keeps."""
    repository = {"full_name": "acme/shop"}
    deployed = {"action": "created", "deployment_status": status("success", "13:05:55"),
                "deployment": {**DEPLOYMENT, "payload": {}}, "repository": repository}  # fmt: skip
    opened = {"action": "opened", "repository": repository, "sender": {"login": "ann"},
              "issue": {"id": 5, "number": 1, "title": "Down", "created_at": "2025-02-19T13:00:00Z"}}  # fmt: skip
    found = read(READER, "\n".join(map(json.dumps, [deployed, opened])))
    assert found.column("action") == ["deploy.succeeded", "issue.created"]
    assert found.column("service")[0] == "shop"


def test_records_without_a_time_are_rejected(read) -> None:
    """Reason and number; the deployment beside it is read."""
    found = read(READER, [DEPLOYMENT | {"created_at": "?"}, DEPLOYMENT, {"x": 1}])
    assert [each.position for each in found.rejected] == [1, 3]
    assert len(found.events) == 1


def test_gitlabs_deployments_are_not_claimed(read) -> None:
    """GitLab's have `iid` and the same sha, ref and environment."""
    assert read(READER, [DEPLOYMENT | {"iid": 1}]).claim is None


def test_an_address_of_the_api_names_the_repository(read) -> None:
    """`api.github.com/repos/shop/orders` is the repository shop/orders, not repos/shop."""
    run = {"id": 1, "name": "CI", "head_sha": "a", "status": "queued", "conclusion": None,
           "created_at": "2025-11-17T14:00:00Z", "url": "https://api.github.com/repos/shop/orders/actions/runs/1"}  # fmt: skip
    (event,) = read(READER, [run]).events
    assert (event["service"], event["attributes"]["repository"]) == ("orders", "shop/orders")
