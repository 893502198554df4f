"""Linear: issues with their history and comments from the GraphQL API, and webhooks.

Schema: https://linear.app/developers/graphql (Issue, IssueHistory, Comment) and the webhook payloads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_PRIORITIES = {0: "No priority", 1: "Urgent", 2: "High", 3: "Medium", 4: "Low"}
_LEVELS = {"urgent": "critical", "high": "high"}
_NAMES = ("displayName", "name", "email")
_STAGES = (
    ("triagedAt", "issue.status_changed", "triaged"), ("startedAt", "issue.status_changed", "started"),
    ("completedAt", "issue.resolved", "completed"), ("canceledAt", "issue.status_changed", "canceled"),
    ("archivedAt", "issue.changed", "archived"),
)  # fmt: skip
_CHANGES = {"State": "issue.status_changed", "Assignee": "issue.assigned", "Priority": "issue.priority_changed"}
_CHANGED = ("State", "Assignee", "Priority", "Title", "Project", "Cycle", "Team", "Parent", "DueDate", "Estimate")
_DONE = {"completed"}
_WRAPPERS = (
    "data", "issues", "issue", "team", "teams", "nodes", "edges", "node", "organization", "project", "viewer",
    "assignedIssues", "searchIssues",
)  # fmt: skip


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    reading = _Reading(source)
    return reading.unfold


class _Reading:
    """One source's issues; what an earlier page said is marked."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def unfold(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        """The events of an issue, or of a webhook."""
        if "action" in record and "data" in record:
            self._webhook(rows, number, record)
        elif "identifier" in record or "title" in record:
            self._issue(rows, number, record)
        else:
            raise RecordError("neither an issue nor a webhook of Linear")

    def _issue(self, rows: EventRows, number: int, issue: dict[str, Any]) -> None:
        title, key = label(issue.get("title")) or "no title", label(issue.get("identifier")) or "issue"
        about = _about(issue)
        created = moment(issue, "createdAt", assumption=self._assumption)
        self._add(rows, created, number, "issue.created", title, issue.get("creator"), "created", about,
                  description=label(issue.get("description")))  # fmt: skip
        told = set()
        for change in map(mapping, _nodes(issue.get("history"))):
            if when := self._instant(change.get("createdAt")):
                told |= self._change(rows, when, number, change, about)
        for stamp, action, verb in _STAGES:
            when = self._instant(issue.get(stamp))
            if when and (when.ns // 10**9, action) not in told:
                self._add(rows, when, number, action, f"{key} {verb}: {title}", None, verb, about)
        for comment in map(mapping, _nodes(issue.get("comments"))):
            if when := self._instant(comment.get("createdAt")):
                self._comment(rows, when, number, comment, about)

    def _change(
        self, rows: EventRows, when: Instant, number: int, change: dict[str, Any], about: dict[str, Any]
    ) -> set[tuple[int, str]]:
        """What one entry of the history changed; the seconds and actions that it tells."""
        told = set()
        for name, before, after in _changes(change):
            action = _CHANGES.get(name, "issue.changed")
            if name == "State" and mapping(change.get("toState")).get("type") in _DONE:
                action = "issue.resolved"
            text = f"{about['key']} {name.lower()}: {before or 'none'} → {after or 'none'}"
            self._add(rows, when, number, action, text, change.get("actor"), f"{change.get('id') or when.ns} {name}",
                      about, changed=name.lower(), before=before, after=after)  # fmt: skip
            told.add((when.ns // 10**9, action))
        return told

    def _comment(
        self, rows: EventRows, when: Instant, number: int, comment: dict[str, Any], about: dict[str, Any]
    ) -> None:
        text = label(comment.get("body")) or "(empty comment)"
        self._add(rows, when, number, "issue.commented", text, comment.get("user"), f"comment {comment.get('id')}",
                  about | {"url": label(comment.get("url")) or about["url"]})  # fmt: skip

    def _webhook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        data, verb, kind = mapping(hook.get("data")), str(hook["action"]), str(hook.get("type"))
        when = moment(hook, "createdAt", "webhookTimestamp", assumption=self._assumption)
        about = _about(mapping(data.get("issue")) or data) | {"url": label(hook.get("url"))}
        if kind == "Comment" and verb == "create":
            self._comment(rows, when, number, data | {"user": hook.get("actor") or data.get("user")}, about)
            return
        if kind != "Issue":
            raise RecordError(f"a webhook of the kind {kind} {verb}, which tells no event here")
        action, text = _told(verb, data, mapping(hook.get("updatedFrom")))
        who = hook.get("actor") or (data.get("creator") if verb == "create" else None)
        self._add(rows, when, number, action, f"{about['key']} {text}: {about['title']}", who, f"hook {verb}", about)

    def _instant(self, value: Any) -> Instant | None:
        return instant(value, self._assumption)

    def _add(
        self, rows: EventRows, when: Instant, number: int, action: str, message: str, actor: Any, identity: str,
        about: dict[str, Any], **attributes: Any,
    ) -> None:  # fmt: skip
        known = (about["id"] or about["key"], identity, when.ns)
        rows.add(
            when, line=number, kind=Kind.TICKET, action=action, message=message, actor=label(actor, *_NAMES),
            duplicate=known in self._seen, level=level_of(_LEVELS.get(str(about["priority"]).lower())),
            **about, **attributes,
        )  # fmt: skip
        self._seen.add(known)


def _told(verb: str, data: dict[str, Any], before: dict[str, Any]) -> tuple[str, str]:
    """The action of a webhook about an issue, and what it says."""
    if verb == "create":
        return "issue.created", "created"
    if verb != "update":
        return "issue.changed", f"{verb}d" if verb.endswith("e") else verb  # remove, restore
    if "stateId" in before or "state" in before:
        state = mapping(data.get("state"))
        done = state.get("type") in _DONE
        return (
            "issue.resolved" if done else "issue.status_changed",
            f"is now {label(state, 'name') or 'in another state'}",
        )
    if "assigneeId" in before:
        return "issue.assigned", f"assigned to {label(data.get('assignee'), *_NAMES) or 'nobody'}"
    if "priority" in before:
        return "issue.priority_changed", f"is now {_priority(data) or 'of another priority'}"
    changed = ", ".join(sorted(name for name in before if name not in {"updatedAt", "sortOrder"}))
    return "issue.changed", f"changed ({changed})" if changed else "changed"


def _changes(change: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None]]:
    """What an entry of the history says was one thing and became another."""
    for name in _CHANGED:
        before, after = (_named(name, change.get(f"{side}{name}")) for side in ("from", "to"))
        if before != after:
            yield name, before, after
    for side, name in (("addedLabels", "Label added"), ("removedLabels", "Label removed")):
        names = ", ".join(found for each in _nodes(change.get(side)) if (found := label(each, "name")))
        if names:
            yield name, None, names
    if change.get("archived") is True:
        yield "Archived", None, "yes"


def _named(name: str, value: Any) -> str | None:
    if name == "Priority" and isinstance(value, int | float):
        return _PRIORITIES.get(int(value), str(value))
    return label(value, "displayName", "name", "identifier", "title", "key")


def _about(issue: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": label(issue.get("id")), "key": label(issue.get("identifier")) or label(issue.get("id")),
        "title": label(issue.get("title")), "status": label(issue.get("state"), "name"), "priority": _priority(issue),
        "team": label(issue.get("team"), "key", "name"), "project": label(issue.get("project"), "name"),
        "assignee": label(issue.get("assignee"), *_NAMES), "due": label(issue.get("dueDate")),
        "labels": [name for each in _nodes(issue.get("labels")) if (name := label(each, "name"))],
        "url": label(issue.get("url")),
    }  # fmt: skip


def _priority(issue: dict[str, Any]) -> str | None:
    said, number = label(issue.get("priorityLabel")), issue.get("priority")
    return said or (_PRIORITIES.get(int(number)) if isinstance(number, int | float) else label(number))


def _nodes(value: Any) -> list[Any]:
    """The nodes of a connection: under `nodes`, under `edges[].node`, or a plain list."""
    if isinstance(value, dict) and "edges" in value:
        return [mapping(edge).get("node") for edge in listing(value["edges"])]
    return listing(value.get("nodes")) if isinstance(value, dict) else listing(value)


def _expand(value: dict[str, Any], depth: int = 0) -> Iterator[Any]:
    """The issues within a GraphQL answer: under `data`, a team, `issues`, an issue of its own."""
    if depth > 8 or "identifier" in value or "action" in value:
        yield value
        return
    inner = [value[key] for key in _WRAPPERS if key in value]
    if not inner:
        yield value
    for part in inner:
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, dict):
                yield from _expand(each, depth + 1)


def _is_issue(record: dict[str, Any]) -> bool:
    own = {"state", "team", "priority", "priorityLabel", "history", "creator", "branchName"} & record.keys()
    return "identifier" in record and "createdAt" in record and len(own) >= 2


def _is_hook(record: dict[str, Any]) -> bool:
    keyed = "webhookTimestamp" in record or "organizationId" in record or "updatedFrom" in record
    return keyed and {"action", "type", "data"} <= record.keys()


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    if _is_hook(record):
        return True
    found = list(_expand(record))[:5]
    return bool(found) and any(isinstance(each, dict) and _is_issue(each) for each in found)


READER = RecordReader(
    name="linear",
    title="Linear issues and webhooks",
    example="issues.json",
    unfolds="an issue created, each change of its history, each comment, completed or canceled",
    kind=Kind.TICKET,
    wrappers=(),
    fits=_fits,
    signatures=(
        frozenset({"identifier", "priorityLabel", "createdAt"}),
        frozenset({"identifier", "history", "nodes", "toState"}),
        frozenset({"action", "updatedFrom", "webhookTimestamp"}),
    ),
    start=_start,
    expand=_expand,
)
