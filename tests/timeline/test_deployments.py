"""Statuses of deployments in one file, the deployments in another: one story."""

from __future__ import annotations

import json

import pytest

from workbench.postmortem import read_files
from workbench.timeline.frame import merged

STATUSES = {
    "7": [{"id": 2, "state": "success", "created_at": "2025-11-17T14:22:21Z", "environment": "production"}],
    "8": [{"id": 3, "state": "failure", "created_at": "2025-11-17T14:30:00Z", "environment": "production"}],
}


def deployment(identity: int, service: str, environment: str = "production") -> dict:
    """A deployment as the API gives it."""
    return {
        "id": identity, "sha": "ab" * 20, "ref": "main", "task": "deploy", "environment": environment,
        "payload": {"service": service}, "created_at": "2025-11-17T14:20:00Z",
    }  # fmt: skip


@pytest.fixture
def deploys(tmp_path, monkeypatch):
    """`deploys(deployment, …)`: the events of both files, by message."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))

    def read(*deployments: dict) -> dict[str, dict]:
        files = [tmp_path / "deployments.json", tmp_path / "statuses.json"]
        files[0].write_text(json.dumps(deployments))
        files[1].write_text(json.dumps(STATUSES))
        return {row["message"]: row for row in merged(read_files(files)).to_dicts()}

    return read


def test_a_status_takes_service_and_commit_of_its_deployment(deploys) -> None:
    """By the deployment's id; the attribute says where it stands, and a status without its deployment stays as it is."""
    found = deploys(deployment(7, "orders-api"))
    row = found["Deployment of orders-api to production: success"]
    attributes = json.loads(row["attributes"])
    assert (row["service"], row["source"], attributes["sha"]) == ("orders-api", "statuses.json", "ab" * 20)
    assert attributes["deployment_source"] == "deployments.json:1"
    assert found["Deployment of #8 to production: failure"]["service"] is None


def test_what_may_be_two_deployments_is_left_alone(deploys) -> None:
    """One id of two services (two servers), or of another environment, names nothing."""
    assert "Deployment of #7 to production: success" in deploys(deployment(7, "orders-api"), deployment(7, "pay"))
    assert "Deployment of #7 to production: success" in deploys(deployment(7, "orders-api", "staging"))
