"""jira_issues.json: the incident's issue and its six action items, with their histories."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator import clock
from generator.cast import AIKO, HELEN, JONAS, MAREK, PRIYA, Person

if TYPE_CHECKING:
    from datetime import datetime

Move = tuple[str, str]  # when (UTC), the new status


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue: its moves are all that happened to its status since it was `To Do`."""

    key: str
    kind: str
    summary: str
    priority: str
    owner: Person
    created: str
    due: str | None
    moves: tuple[Move, ...] = ()
    comments: tuple[tuple[str, Person, str], ...] = ()


_ISSUES = (
    Issue(
        key="OPS-100", kind="Incident", priority="P1", owner=HELEN, due=None,
        summary="INC-2025-001: API errors from database connection-pool exhaustion",
        created="2025-11-17 14:48:20.512",
        moves=(("2025-11-17 14:50:02.731", "Post-mortem"), ("2025-11-18 16:05:10.482", "Done")),
        comments=(("2025-11-18 16:04:33.207", HELEN,
                   "Post-mortem review held this morning with Orders, Platform and Support."),),
    ),
    Issue(
        key="OPS-101", kind="Action item", priority="P0", owner=PRIYA, due="2025-11-21",
        summary="Show connection-pool use, waiting and timeouts of every service on the dashboards",
        created="2025-11-18 14:12:44.120",
        moves=(("2025-11-18 15:30:09.004", "In Progress"), ("2025-11-20 19:41:27.655", "Done")),
    ),
    Issue(
        key="OPS-102", kind="Action item", priority="P0", owner=MAREK, due="2025-11-24",
        summary="Check and correct the pool size of all databases for the present traffic",
        created="2025-11-18 14:15:02.893",
        moves=(("2025-11-18 17:02:51.310", "In Progress"), ("2025-11-24 15:22:40.071", "Done")),
    ),
    Issue(
        key="OPS-103", kind="Action item", priority="P1", owner=AIKO, due="2025-12-12",
        summary="Scale connection pools with the number of hosts and the load",
        created="2025-11-18 14:19:37.446",
        moves=(("2025-11-25 14:40:18.902", "In Progress"),),
    ),
    Issue(
        key="OPS-104", kind="Action item", priority="P1", owner=PRIYA, due="2025-11-28",
        summary="Alert when a pool is nearly full or requests wait for a connection",
        created="2025-11-18 14:22:13.018",
        moves=(("2025-11-19 14:05:44.230", "In Progress"), ("2025-11-21 16:50:31.774", "Done"),
               ("2025-11-25 15:12:06.389", "Reopened"),
               ("2025-11-25 15:13:58.127", "In Progress")),
        comments=(("2025-11-25 15:12:40.615", PRIYA,
                   "Reopened: in a drill the alert stayed silent on checkout-api."),),
    ),
    Issue(
        key="OPS-105", kind="Action item", priority="P2", owner=JONAS, due="2026-01-16",
        summary="Add sudden spikes to the load tests, with the campaign calendar as input",
        created="2025-11-18 14:25:50.771",
    ),
    Issue(
        key="OPS-106", kind="Action item", priority="P3", owner=AIKO, due="2026-02-13",
        summary="Write guidelines for sizing connection pools",
        created="2025-11-18 14:28:31.209",
    ),
)  # fmt: skip


def issues() -> str:
    """The answer of a search with `expand=changelog`."""
    found = [_issue(issue, 41200 + place) for place, issue in enumerate(_ISSUES)]
    body = {"startAt": 0, "maxResults": 50, "total": len(found), "issues": found}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _time(moment: datetime) -> str:
    """Jira's way: milliseconds and an offset without a colon."""
    text = clock.local(moment, clock.NEW_YORK)
    return text[:-3] + text[-2:]


def _user(person: Person) -> dict[str, Any]:
    return {
        "name": person.login,
        "emailAddress": person.email,
        "displayName": person.name,
        "active": True,
        "timeZone": person.zone,
    }


def _issue(issue: Issue, number: int) -> dict[str, Any]:
    histories = _histories(issue, number * 10)
    return {
        "expand": "changelog",
        "id": str(number),
        "self": f"https://jira.shop.example/rest/api/2/issue/{number}",
        "key": issue.key,
        "fields": _fields(issue),
        "changelog": {
            "startAt": 0,
            "maxResults": len(histories),
            "total": len(histories),
            "histories": histories,
        },
    }


def _fields(issue: Issue) -> dict[str, Any]:
    created = clock.at(issue.created)
    whens = [when for when, _ in issue.moves] + [when for when, _, _ in issue.comments]
    status = issue.moves[-1][1] if issue.moves else "To Do"
    return {
        "summary": issue.summary,
        "issuetype": {"name": issue.kind, "subtask": False},
        "project": {"key": "OPS", "name": "Operations"},
        "priority": {"name": issue.priority},
        "status": {"name": status},
        "labels": ["INC-2025-001"],
        "created": _time(created),
        "updated": _time(max([created, *map(clock.at, whens)])),
        "duedate": issue.due,
        "resolutiondate": _time(clock.at(issue.moves[-1][0])) if status == "Done" else None,
        "reporter": _user(HELEN),
        "assignee": _user(issue.owner),
        "comment": {"comments": [_comment(issue, *each) for each in issue.comments]},
    }


def _comment(issue: Issue, when: str, author: Person, body: str) -> dict[str, Any]:
    return {
        "id": f"{issue.key}-note",
        "author": _user(author),
        "body": body,
        "created": _time(clock.at(when)),
    }


def _histories(issue: Issue, number: int) -> list[dict[str, Any]]:
    before = ["To Do", *(status for _, status in issue.moves)]
    return [
        {
            "id": str(number + place),
            "author": _user(issue.owner),
            "created": _time(clock.at(when)),
            "items": [
                {
                    "field": "status",
                    "fieldtype": "jira",
                    "fromString": before[place],
                    "toString": after,
                }
            ],
        }
        for place, (when, after) in enumerate(issue.moves)
    ]
