"""The verb for action items: as people wrote them, as trackers tell of them, and in the trackers' import formats."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.analysis.tracked import TrackedItem, match, tally, tracked_items
from workbench.clock import parse_rfc3339
from workbench.commands.output import document, opened
from workbench.report.text import clean
from workbench.store.actions_file import read_actions

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.model import ActionItem
    from workbench.postmortem import Postmortem


def actions(directory: Path, *, to: str | None, output: Path | None, as_of: str | None, as_json: bool) -> int:
    """Lists the items with what trackers say, or prints them in an import format."""
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        items = read_actions(postmortem.folder.path)
        if to is not None:
            return _exported(postmortem, items, to, output)
        moment = parse_rfc3339(as_of) if as_of else newest(postmortem)
        tracked = tracked_items(postmortem.measures.findings.rows, moment)
    found = compared(items, tracked, moment)
    if as_json:
        document(found)
    else:
        _shown(found)
    return 0


def newest(postmortem: Postmortem) -> int:
    """The time of the newest evidence (UTC ns), which is what "as of" means; 0 without a source."""
    return max((report.last for report in postmortem.sources if report.last), default=0)


def _exported(postmortem: Postmortem, items: tuple[ActionItem, ...], to: str, output: Path | None) -> int:
    from workbench.export.calendar import FORM, due_days
    from workbench.export.trackers import TRACKERS
    from workbench.gate import Gate

    incident = postmortem.incident.id
    gate = Gate(postmortem)  # a tracker has more readers than the folder: no secret goes there

    def told(words: str) -> str:
        return str(gate.plain(clean(words)))

    items = tuple(
        replace(one, action=told(one.action), done_condition=told(one.done_condition), owner=clean(one.owner))
        for one in items
    )
    if to == FORM:
        text = due_days(items, incident, as_of=newest(postmortem))
    else:
        text = TRACKERS[to](items, incident, postmortem.team)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_bytes(text.encode())
        terminal.say(f"Written: {output}")
    return 0


def compared(items: tuple[ActionItem, ...], tracked: list[TrackedItem], as_of: int) -> dict[str, Any]:
    """Each item with its issue; the issues that look like items and are in no file; and the tally of all issues."""
    pairs = [(item, match(item, tracked)) for item in items]
    known = {issue.key for _, issue in pairs if issue}
    proposed = [issue for issue in tracked if issue.proposed and issue.key not in known]
    followed = [issue for issue in tracked if issue.key in known or issue.proposed]
    return {
        "actions": [_row(item, issue) for item, issue in pairs],
        "proposed": [issue.to_json() for issue in proposed],
        "tracked": tally(followed, as_of).to_json() if followed else None,
    }


def _row(item: ActionItem, issue: TrackedItem | None) -> dict[str, Any]:
    return {
        "id": item.id, "action": item.action, "owner": item.owner or None,
        "priority": str(item.priority) if item.priority else None, "kind": str(item.kind) if item.kind else None,
        "due": item.due.isoformat() if item.due else None, "status": str(item.status), "link": item.link or None,
        "done_condition": item.done_condition or None, "tracker": issue.to_json() if issue else None,
        "differs": issue is not None and issue.status is not item.status,
    }  # fmt: skip


def _shown(found: dict[str, Any]) -> None:
    rows = [
        (each["id"], each["action"], each["owner"] or "nobody", each["priority"] or "", each["due"] or "no day",
         each["status"].replace("_", " "), said_of(each))
        for each in found["actions"]
    ]  # fmt: skip
    if rows:
        terminal.table("", ("Item", "Action", "Owner", "Priority", "Due", "Status", "The tracker says"), rows)
    more = [
        (
            each["key"],
            each["title"],
            each["owner"] or "nobody",
            each["due"] or "no day",
            each["state"],
            each["evidence"],
        )
        for each in found["proposed"]
    ]
    if more:
        terminal.table("Not in actions.toml", ("Issue", "Title", "Owner", "Due", "State", "Evidence"), more)
    if count := found["tracked"]:
        terminal.say(
            f"As of {count['as_of'][:16]}Z the trackers say: {count['done']} of {count['total']} done, "
            f"{count['done_on_time']} of them in time; {count['overdue_open']} open and overdue, "
            f"{count['reopened']} reopened, {count['without_owner']} without an owner."
        )
    if not rows and not more:
        terminal.say("No action items: nobody has written one in actions.toml, and no tracker's export holds any.")


def said_of(row: dict[str, Any]) -> str:
    """What the tracker says of an item, in a few words."""
    issue = row["tracker"]
    if issue is None:
        return "not found"
    said = f"{issue['key']}: {issue['state']}"
    if issue["done_at"] and issue["status"] == "done":
        said += f" on {issue['done_at'][:10]}"
    if issue["reopened"]:
        said += f", reopened {issue['reopened']} times" if issue["reopened"] > 1 else ", was reopened"
    return f"{said} (differs)" if row["differs"] else said
