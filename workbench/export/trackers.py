"""Action items in the import formats of trackers (Jira, GitHub, GitLab, Linear).

Sources: Atlassian, "Prepare a CSV file for import"; GitLab, "Import issues from CSV" (title, description, due date,
quick actions in the description); GitHub's REST API, "Create an issue"; Linear's CSV columns.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from workbench.model import ActionStatus, Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from workbench.model import ActionItem, Person, Team

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_JIRA = {Priority.P0: "Highest", Priority.P1: "High", Priority.P2: "Medium", Priority.P3: "Low"}
_LINEAR = {Priority.P0: "Urgent", Priority.P1: "High", Priority.P2: "Medium", Priority.P3: "Low"}
_STATES = {
    ActionStatus.OPEN: "To Do", ActionStatus.IN_PROGRESS: "In Progress", ActionStatus.BLOCKED: "Blocked",
    ActionStatus.DONE: "Done", ActionStatus.CANCELLED: "Canceled",
}  # fmt: skip
LABEL = "post-mortem"


def jira_csv(actions: Sequence[ActionItem], incident: str, team: Team) -> str:
    """For Jira's CSV importer; dates are yyyy-MM-dd, which it asks for."""
    head = ("Summary", "Description", "Issue Type", "Priority", "Assignee", "Due Date", "Status", "Labels", "Labels")
    return _csv(head, (
        (one.action, body(one, incident), "Task", _JIRA.get(one.priority, "") if one.priority else "",
         _email(one, team), _due(one), _STATES[one.status], LABEL, _label(incident))
        for one in actions
    ))  # fmt: skip


def gitlab_csv(actions: Sequence[ActionItem], incident: str, team: Team) -> str:
    """For GitLab's CSV import; owner and labels as quick actions, which it carries out."""
    rows = []
    for one in actions:
        login = _login(one, team, "gitlab")
        quick = [f"/assign @{login}"] if login else []
        quick.append(f'/label ~"{LABEL}" ~"{_label(incident)}"')
        rows.append((one.action, "\n\n".join([body(one, incident), "\n".join(quick)]), _due(one)))
    return _csv(("title", "description", "due_date"), rows)


def github_jsonl(actions: Sequence[ActionItem], incident: str, team: Team) -> str:
    """A line an issue, as ``gh api repos/OWNER/REPO/issues --input -`` takes them one by one."""
    lines = []
    for one in actions:
        login = _login(one, team, "github")
        issue = {"title": one.action, "body": body(one, incident), "labels": [LABEL, _label(incident)]}
        lines.append(json.dumps({**issue, "assignees": [login] if login else []}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def linear_csv(actions: Sequence[ActionItem], incident: str, team: Team) -> str:
    """The columns of Linear's own CSV."""
    head = ("Title", "Description", "Status", "Priority", "Assignee", "Labels", "Due Date")
    return _csv(head, (
        (one.action, body(one, incident), _STATES[one.status], _LINEAR.get(one.priority, "") if one.priority else "",
         _email(one, team), f"{LABEL}, {_label(incident)}", _due(one))
        for one in actions
    ))  # fmt: skip


TRACKERS: dict[str, Callable[[Sequence[ActionItem], str, Team], str]] = {
    "jira-csv": jira_csv, "github": github_jsonl, "gitlab": gitlab_csv, "linear": linear_csv,
}  # fmt: skip


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return held.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def body(one: ActionItem, incident: str) -> str:
    """What an item says of itself, in paragraphs."""
    parts = [f"From the post-mortem of {incident}, action item {one.id}."]
    parts += [f"Done when: {one.done_condition}"] if one.done_condition else []
    parts += [f"Kind: {one.kind}"] if one.kind else []
    parts += [f"Owner: {one.owner}"] if one.owner else []
    return "\n\n".join(parts)


def _due(one: ActionItem) -> str:
    return one.due.isoformat() if one.due else ""


def _label(incident: str) -> str:
    """A label without blanks, which Jira refuses."""
    return "-".join(incident.split())


def _person(one: ActionItem, team: Team) -> Person | None:
    return team.person(one.owner) if one.owner else None


def _email(one: ActionItem, team: Team) -> str:
    """The owner's address where the team's file has it, else the name as it was written."""
    person = _person(one, team)
    return person.emails[0] if person and person.emails else one.owner


def _login(one: ActionItem, team: Team, system: str) -> str:
    person = _person(one, team)
    return next(iter(person.logins.get(system, ())), "") if person else ""
