"""Jira: issues in XML (RSS), as the issue navigator exports them; it has comments, and no history of changes.

Schema: https://confluence.atlassian.com/jirakb (the XML view, ``jira.issueviews:searchrequest-xml``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.html_text import html_to_text
from workbench.readers.json_records import RecordError, instant
from workbench.readers.xml_records import XmlReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source
    from workbench.readers.xml_documents import Sketch
    from workbench.readers.xml_elements import Element

_KEY = re.compile(r"^\[([A-Z][A-Z0-9_]*-\d+)\]\s*(.*)$", re.DOTALL)
_NOBODY = {"", "-1", "Unassigned"}


def _start(source: Source) -> Callable[[EventRows, int, Element], None]:
    seen: set[tuple[str, ...]] = set()

    def unfold(rows: EventRows, number: int, item: Element) -> None:
        _Issue(rows, number, item, source, seen).unfold()

    return unfold


class _Issue:
    """One issue on its way to events. ``seen`` is what earlier ones of the source said: exports overlap."""

    def __init__(self, rows: EventRows, number: int, item: Element, source: Source, seen: set[tuple[str, ...]]) -> None:
        self._rows, self._number, self._item, self._seen = rows, number, item, seen
        self._assumption = source.assumption
        title = _KEY.match(item.said("title"))
        self._key = item.said("key") or (title[1] if title else "")
        self._summary = item.said("summary") or (title[2] if title else item.said("title"))
        if not self._key:
            raise RecordError("an item without an issue key")
        self._about = _attributes(item, self._key, self._summary)

    def unfold(self) -> None:
        """Created, every comment and attachment, resolved, and the last change where nothing else stands there."""
        created = self._instant(self._item.said("created"))
        if created is None:
            raise RecordError(f"no usable time: created is {self._item.said('created')!r}")
        described = html_to_text(self._item.said("description"))
        self._add(created, "issue.created", self._summary, _person(self._item, "reporter"), "created",
                  description=described)  # fmt: skip
        told = {created.ns}
        for comment in self._inside("comments", "comment"):
            told.add(self._comment(comment))
        for attached in self._inside("attachments", "attachment"):
            told.add(self._attachment(attached))
        if resolved := self._instant(self._item.said("resolved")):
            told.add(resolved.ns)
            outcome = self._about["resolution"] or self._about["status"] or "resolved"
            self._add(resolved, "issue.resolved", f"{self._key} {outcome}: {self._summary}", None, "resolved")
        updated = self._instant(self._item.said("updated"))
        if updated and updated.ns not in told:
            self._add(updated, "issue.changed", f"{self._key} last changed: {self._summary}", None, "updated")

    def _comment(self, comment: Element) -> int:
        when = self._instant(comment.attributes.get("created"))
        if when is None:
            raise RecordError(f"a comment on {self._key} without a usable time")
        text = html_to_text(comment.whole_text()) or "(empty comment)"
        self._add(when, "issue.commented", text, comment.attributes.get("author"),
                  f"comment {comment.attributes.get('id') or when.ns}")  # fmt: skip
        return when.ns

    def _attachment(self, attached: Element) -> int:
        when = self._instant(attached.attributes.get("created"))
        if when is None:
            return 0
        name = attached.attributes.get("name") or "a file"
        self._add(when, "issue.attached", f"{self._key}: {name} attached", attached.attributes.get("author"),
                  f"attachment {attached.attributes.get('id') or when.ns}", file=name)  # fmt: skip
        return when.ns

    def _inside(self, group: str, tag: str) -> list[Element]:
        found = self._item.find(group)
        return found.all(tag) if found else []

    def _instant(self, text: str | None) -> Instant | None:
        return instant(text, self._assumption)

    def _add(
        self, when: Instant, action: str, message: str, actor: str | None, identity: str, **attributes: Any
    ) -> None:
        known = (self._key, identity, action, str(when.ns))
        components = self._about["components"]
        self._rows.add(
            when, line=self._number, kind=Kind.TICKET, action=action, message=message, actor=actor or None,
            service=components[0] if len(components) == 1 else None, duplicate=known in self._seen, **attributes,
            **self._about,
        )  # fmt: skip
        self._seen.add(known)


def _attributes(item: Element, key: str, summary: str) -> dict[str, Any]:
    labels = item.find("labels")
    project = item.find("project")
    return {
        "priority": item.said("priority"), "status": item.said("status"), "resolution": item.said("resolution"),
        "assignee": _person(item, "assignee"), "reporter": _person(item, "reporter"), "key": key,
        "type": item.said("type"), "summary": summary, "due": item.said("due"), "resolved": item.said("resolved"),
        "labels": [label.text for label in labels.all("label")] if labels else [],
        "components": [component.text for component in item.all("component")],
        "project": project.attributes.get("key") if project else None, "parent": item.said("parent"),
        "url": item.said("link"),
    }  # fmt: skip


def _person(item: Element, tag: str) -> str | None:
    """The name, where somebody is named: nobody has the account -1."""
    found = item.find(tag)
    if found is None or _NOBODY & {found.text, found.attributes.get("accountid", "?")}:
        return None
    return found.text


def _fits(found: Sketch) -> bool:
    return found.root == "rss" and len({"key", "reporter", "issue", "build-info"} & found.tags) >= 2


READER = XmlReader(
    name="jira_xml",
    title="Jira issues (XML export)",
    example="SearchRequest.xml",
    unfolds="an issue created, each comment and attachment, resolved, last changed",
    kind=Kind.TICKET,
    tags=frozenset({"item"}),
    fits=_fits,
    start=_start,
)
