"""Jira: issues from the search API with their changelog, comments and resolution.

Schema: https://developer.atlassian.com/cloud/jira/platform/rest/v3 (Search for issues, ``expand=changelog``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.json_records import (
    MAX_DEPTH,
    RecordError,
    RecordReader,
    instant,
    label,
    listing,
    mapping,
    moment,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows, Source

_ACTIONS = {"status": "issue.status_changed", "assignee": "issue.assigned", "priority": "issue.priority_changed"}
_NAMES = ("displayName", "name", "emailAddress", "accountId")
_BLOCKS = {"paragraph", "heading", "listItem", "codeBlock", "tableRow", "blockquote", "hardBreak", "rule"}


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    seen: set[tuple[str, ...]] = set()

    def unfold(rows: EventRows, number: int, issue: dict[str, Any]) -> None:
        if "fields" not in issue and "changelog" not in issue:
            raise RecordError("an issue without fields")
        _Issue(rows, number, issue, source, seen).unfold()

    return unfold


class _Issue:
    """One issue on its way to events. ``seen`` is what earlier records of the source said: pages overlap."""

    def __init__(
        self, rows: EventRows, number: int, issue: dict[str, Any], source: Source, seen: set[tuple[str, ...]]
    ) -> None:
        self._rows, self._number, self._seen = rows, number, seen
        self._assumption = source.assumption
        self._issue, self._fields = issue, mapping(issue.get("fields"))
        self._key = label(issue.get("key")) or label(issue.get("id")) or "?"
        self._about = self._attributes()

    def unfold(self) -> None:
        """Created, every change, every comment, resolved."""
        summary = label(self._fields.get("summary")) or self._key
        author = self._fields.get("reporter") or self._fields.get("creator")
        created = moment(self._fields, "created", assumption=self._assumption)
        described = plain(self._fields.get("description"))
        self._add(created, "issue.created", summary, author, "created", description=described)
        for history in listing(mapping(self._issue.get("changelog")).get("histories")):
            self._history(mapping(history))
        for comment in listing(mapping(self._fields.get("comment")).get("comments")):
            self._comment(mapping(comment))
        if resolved := instant(self._fields.get("resolutiondate"), self._assumption):
            outcome = self._about["resolution"] or self._about["status"] or "resolved"
            self._add(resolved, "issue.resolved", f"{self._key} {outcome}: {summary}", None, f"resolved {resolved.ns}")

    def _history(self, history: dict[str, Any]) -> None:
        when = instant(history.get("created"), self._assumption)
        if when is None:
            raise RecordError(f"a change of {self._key} without a usable time")
        for at, item in enumerate(map(mapping, listing(history.get("items")))):
            name = label(item.get("field")) or "field"
            before, after = (label(item.get(f"{side}String")) or label(item.get(side)) or "" for side in ("from", "to"))
            text = f"{self._key} {name}: {before or 'none'} → {after or 'none'}"
            identity = f"change {history.get('id') or when.ns} {at}"
            action = _ACTIONS.get(name.lower(), "issue.changed")
            self._add(when, action, text, history.get("author"), identity, changed=name, before=before, after=after)

    def _comment(self, comment: dict[str, Any]) -> None:
        when = instant(comment.get("created"), self._assumption)
        if when is None:
            raise RecordError(f"a comment on {self._key} without a usable time")
        text = plain(comment.get("body")) or "(empty comment)"
        self._add(when, "issue.commented", text, comment.get("author"), f"comment {comment.get('id') or when.ns}")

    def _add(self, when: Any, action: str, message: str, author: Any, identity: str, **attributes: Any) -> None:
        known = (self._key, identity)
        components = listing(self._fields.get("components"))
        self._rows.add(
            when, line=self._number, kind=Kind.TICKET, action=action, message=message, actor=label(author, *_NAMES),
            service=label(components[0], "name") if len(components) == 1 else None, duplicate=known in self._seen,
            actor_email=label(mapping(author).get("emailAddress")), **attributes, **self._about,
        )  # fmt: skip
        self._seen.add(known)

    def _attributes(self) -> dict[str, Any]:
        fields = self._fields
        own = {name: label(fields.get(name), "name", "value") for name in ("priority", "status", "resolution")}
        people = {name: label(fields.get(name), *_NAMES) for name in ("assignee", "reporter")}
        return own | people | {
            "key": self._key,
            "status_category": label(mapping(mapping(fields.get("status")).get("statusCategory")).get("key")),
            "type": label(fields.get("issuetype"), "name"),
            "summary": label(fields.get("summary")),
            "due": label(fields.get("duedate")),
            "resolved": label(fields.get("resolutiondate")),
            "labels": [name for each in listing(fields.get("labels")) if (name := label(each, "name"))],
            "components": [name for each in listing(fields.get("components")) if (name := label(each, "name"))],
            "project": label(fields.get("project"), "key", "name"),
            "parent": label(fields.get("parent"), "key"),
            "links": [key for link in listing(fields.get("issuelinks")) if (key := _linked(mapping(link)))],
            "url": _browse(label(self._issue.get("self")), self._key),
        }  # fmt: skip


def _linked(link: dict[str, Any]) -> str | None:
    return label(mapping(link.get("outwardIssue") or link.get("inwardIssue")).get("key"))


def _browse(api: str | None, key: str) -> str | None:
    """The page that people open, from the address of the API."""
    base, found, _ = (api or "").partition("/rest/api/")
    return f"{base}/browse/{key}" if found and base.startswith("http") else None


def plain(body: Any, depth: int = 0) -> str | None:
    """Text of a comment or description: a string as it is, an Atlassian document flattened."""
    if isinstance(body, str) or body is None:
        return (body or "").strip() or None
    if not isinstance(body, dict) or depth > MAX_DEPTH:
        return None
    if body.get("type") in {"mention", "emoji", "date", "inlineCard"}:
        return label(mapping(body.get("attrs")), "text", "shortName", "url", "timestamp")
    inner = "".join(_part(part, depth) for part in listing(body.get("content")))
    text = f"{body.get('text') or ''}{inner}"
    return (text if depth else text.strip()) or None


def _part(part: Any, depth: int) -> str:
    ends = mapping(part).get("type") in _BLOCKS
    return (plain(part, depth + 1) or "" if isinstance(part, dict) else "") + ("\n" if ends else "")


def _fits(record: Any) -> bool:
    fields = mapping(mapping(record).get("fields"))
    return "key" in mapping(record) and ("issuetype" in fields or {"summary", "created"} <= fields.keys())


READER = RecordReader(
    name="jira",
    title="Jira issues",
    example="issues.json",
    unfolds="an issue created, each change of its history, each comment, resolved",
    kind=Kind.TICKET,
    wrappers=("issues",),
    fits=_fits,
    signatures=(frozenset({"issues", "fields", "issuetype"}), frozenset({"fields", "issuetype", "histories"})),
    start=_start,
)
