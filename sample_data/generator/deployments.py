"""github_deployments.json: the day's deployments, each with its statuses, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator import clock
from generator.cast import AIKO, MAREK, Person

if TYPE_CHECKING:
    from datetime import datetime

_API = "https://github.shop.example/api/v3/repos/shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One roll-out: when it was asked for, when it ran, when it was done."""

    number: int
    service: str
    task: str
    by: Person
    description: str
    sha: str
    created: datetime
    running: datetime
    done: datetime


CATALOG = Deployment(
    number=88120, service="catalog-api", task="deploy", by=AIKO,
    description="catalog-api: new sort order in search",
    sha="5f2c8e1d9a7b40c3e6d1f8a2b94c7703d5e0a1b6",
    created=clock.at("11:42:10"), running=clock.at("11:42:25"), done=clock.at("11:45:02"),
)  # fmt: skip
POOL_SIZE = Deployment(
    number=88131, service="orders-api", task="deploy:config", by=MAREK,
    description="orders-api config: orders-db maximumPoolSize 20 -> 60",
    sha="c94a1be07d35f2869e0b7c41d8a6f35210e9b7d4",
    created=clock.ROLLOUT_BEGAN, running=clock.at("14:21:09"), done=clock.MITIGATED,
)  # fmt: skip


def deployments() -> str:
    """The answer of the deployments call with the statuses put into each."""
    body = [_deployment(POOL_SIZE), _deployment(CATALOG)]
    return json.dumps(body, indent=1) + "\n"


def _seconds(moment: datetime) -> str:
    return clock.zulu(moment, "seconds")


def _deployment(item: Deployment) -> dict[str, Any]:
    url = f"{_API}/{item.service}/deployments/{item.number}"
    return {
        "url": url,
        "id": item.number,
        "node_id": f"DE_{item.number}",
        "sha": item.sha,
        "ref": "main",
        "task": item.task,
        "payload": {"service": item.service},
        "environment": "production",
        "description": item.description,
        "creator": {"login": item.by.login, "type": "User"},
        "created_at": _seconds(item.created),
        "updated_at": _seconds(item.done),
        "statuses_url": f"{url}/statuses",
        "repository_url": f"{_API}/{item.service}",
        "statuses": _statuses(item, url),
    }


def _statuses(item: Deployment, url: str) -> list[dict[str, Any]]:
    steps = (("success", item.done), ("in_progress", item.running), ("queued", item.created))
    return [
        {
            "url": f"{url}/statuses/{item.number * 10 + 3 - place}",
            "id": item.number * 10 + 3 - place,
            "node_id": f"DS_{item.number * 10 + 3 - place}",
            "state": state,
            "creator": {"login": item.by.login, "type": "User"},
            "description": "",
            "environment": "production",
            "created_at": _seconds(when),
            "updated_at": _seconds(when),
        }
        for place, (state, when) in enumerate(steps)
    ]
