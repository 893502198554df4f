"""Tracked items: what trackers (Jira, Linear, GitHub, GitLab) say of action items, read back from their exports."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc, parse_rfc3339
from workbench.errors import ClockError
from workbench.model import ActionItem, ActionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.analysis.facts import Fact
    from workbench.model import Evidence

_DONE = {"done", "closed", "resolved", "complete", "completed", "fixed", "released", "merged", "shipped", "verified"}
_CANCELLED = {
    "cancelled", "canceled", "won't do", "wont do", "won't fix", "wontfix", "rejected", "duplicate", "declined",
    "not planned", "not_planned", "not doing", "cannot reproduce", "invalid", "abandoned", "obsolete",
}  # fmt: skip
_CATEGORIES = {"done": ActionStatus.DONE, "new": ActionStatus.OPEN}
_BLOCKED = {"blocked", "on hold", "waiting", "paused"}
_OPEN = {
    "to do",
    "todo",
    "open",
    "opened",
    "new",
    "backlog",
    "triage",
    "reopened",
    "unstarted",
    "selected for development",
}
_OURS = re.compile(r"action[-_ ]?items?|post[-_ ]?mortem|follow[-_ ]?up|remediation|corrective", re.IGNORECASE)
_CHANGE = re.compile(r"(?:status|state): (?P<old>[^→]*?) (?:→|->|to) (?P<new>.+)$", re.IGNORECASE)
_KEY = re.compile(r"^[A-Z][A-Z0-9_]*-\d+$")
_ALERT = {"incident"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedItem:
    """One issue: its state at the end of the export, and how it came there. Times are UTC ns."""

    key: str
    title: str
    state: str  # as the tracker writes it
    status: ActionStatus
    owner: str
    due: str  # YYYY-MM-DD, empty where there is none
    priority: str
    done_at: int | None
    reopened: int
    evidence: Evidence
    proposed: bool  # its labels or type say that it is an action item

    def to_json(self) -> dict[str, Any]:
        """As in ``actions --json``."""
        return {
            "key": self.key, "title": self.title, "state": self.state, "status": str(self.status),
            "owner": self.owner or None, "due": self.due or None, "priority": self.priority or None,
            "done_at": format_utc(self.done_at) if self.done_at is not None else None, "reopened": self.reopened,
            "evidence": str(self.evidence),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far the items are at a moment (UTC ns); cancelled ones are not counted."""

    total: int
    done: int
    done_on_time: int
    overdue_open: int
    reopened: int
    without_owner: int
    as_of: int

    def to_json(self) -> dict[str, Any]:
        """As in ``actions --json``."""
        return {
            "total": self.total, "done": self.done, "done_on_time": self.done_on_time,
            "overdue_open": self.overdue_open, "reopened": self.reopened, "without_owner": self.without_owner,
            "as_of": format_utc(self.as_of),
        }  # fmt: skip


def tracked_items(rows: Iterable[Fact], until: int | None = None) -> list[TrackedItem]:
    """The issues that exports hold, by key; what happened after ``until`` (UTC ns) is not known yet."""
    issues: dict[str, list[Fact]] = defaultdict(list)
    for fact in rows:
        if fact.kind == "ticket" and fact.action.startswith("issue."):
            issues[_key(fact)].append(fact)
    moment = until if until is not None else sys.maxsize
    found = [_item(key, facts, moment) for key, facts in issues.items() if key and facts[0].time <= moment]
    return sorted((one for one in found if one), key=lambda one: (one.key, one.evidence))


def _key(fact: Fact) -> str:
    """Jira's or Linear's key, or the repository and number."""
    if key := fact.attribute("key", "identifier"):
        return key
    number = fact.attribute("number", "iid")
    return f"{fact.attribute('repository', 'project')}#{number}" if number else ""


def _item(key: str, facts: list[Fact], until: int) -> TrackedItem | None:
    """An issue as it was at a moment; its own fields are those of the export, so earlier states are its changes'."""
    created = next((fact for fact in facts if fact.action == "issue.created"), facts[0])
    changes = sorted(change for fact in facts if (change := _change(fact)))
    written = _written(created)
    state, done_at, reopened = created.attribute("status", "state"), written, 0
    if changes or (written or 0) > until:
        state, done_at = changes[0][1] if changes else "open", None
    last = _last(facts)
    for time, _, new in changes:
        if time > until:
            break
        over = last.get(new.casefold(), _status(new)) is ActionStatus.DONE
        reopened += done_at is not None and not over
        done_at = (done_at if done_at is not None else time) if over else None
        state = new
    status = last.get(state.casefold(), _status(state))
    if status is ActionStatus.DONE and any(_given_up(fact) for fact in facts):
        status = ActionStatus.CANCELLED
    labels = created.attributes.get("labels")
    told = " ".join([*map(str, labels if isinstance(labels, list) else [labels or ""]), created.attribute("type")])
    return TrackedItem(
        key=key,
        title=created.attribute("summary", "title") or created.message,
        state=state,
        status=status,
        owner=created.attribute("assignee", "assignees"),
        due=created.attribute("due", "due_date", "due date")[:10],
        priority=created.attribute("priority"),
        done_at=done_at,
        reopened=reopened,
        evidence=created.evidence,
        proposed=bool(_OURS.search(told)) and created.attribute("type").lower() not in _ALERT,
    )


def _last(facts: list[Fact]) -> dict[str, ActionStatus]:
    """What Jira's own category says of the state that an issue is in: teams name their states in any language."""
    return {
        fact.attribute("status").casefold(): _CATEGORIES[category]
        for fact in facts
        if (category := fact.attribute("status_category")) in _CATEGORIES
        and _status(fact.attribute("status")) is ActionStatus.IN_PROGRESS  # so are all words that we do not know
    }


def _given_up(fact: Fact) -> bool:
    """Whether an issue was closed without being done, by its resolution or the reason of its state."""
    return any(fact.attribute(name).casefold() in _CANCELLED for name in ("resolution", "state_reason", "state_type"))


def _change(fact: Fact) -> tuple[int, str, str] | None:
    """When the state changed, from what, and to what."""
    if match := _CHANGE.search(fact.message):
        return fact.time, match["old"].strip(), match["new"].strip()
    if fact.action != "issue.resolved":
        return None
    named = fact.attribute("status", "state")
    return fact.time, "open", named if _status(named) is ActionStatus.DONE else "Done"


def _written(created: Fact) -> int | None:
    """When it was done, by the field that says so."""
    if _status(created.attribute("status", "state")) is not ActionStatus.DONE:
        return None
    try:
        return parse_rfc3339(created.attribute("resolved", "closed_at", "completedAt"))
    except (ClockError, ValueError):
        return None


def _status(state: str) -> ActionStatus:
    word = state.strip().casefold()
    for words, status in ((_DONE, ActionStatus.DONE), (_CANCELLED, ActionStatus.CANCELLED),
                          (_BLOCKED, ActionStatus.BLOCKED), (_OPEN, ActionStatus.OPEN)):  # fmt: skip
        if word in words:
            return status
    return ActionStatus.IN_PROGRESS if word else ActionStatus.OPEN


def match(action: ActionItem, items: Sequence[TrackedItem]) -> TrackedItem | None:
    """The issue that an action item stands for: by its id, or by the end of its link."""
    end = action.link.rstrip("/").rpartition("/")[2]
    for item in items:
        number = item.key.rpartition("#")[2] if "#" in item.key else ""
        repository = item.key.rpartition("#")[0]
        if item.key == action.id or (_KEY.match(item.key) and item.key == end):
            return item
        if number and end == number and (not repository or f"{repository}/" in f"{action.link}/"):
            return item
    return None


def tally(items: Iterable[TrackedItem], as_of: int) -> Tally:
    """How many are done, on time, overdue and without an owner at a moment."""
    wanted = [item for item in items if item.status is not ActionStatus.CANCELLED]
    today = format_utc(as_of)[:10]
    done = [item for item in wanted if item.status is ActionStatus.DONE]
    return Tally(
        total=len(wanted),
        done=len(done),
        done_on_time=sum(
            item.done_at is not None and (not item.due or _day(item.done_at) <= item.due) for item in done
        ),
        overdue_open=sum(bool(item.due) and item.due < today for item in wanted if item not in done),
        reopened=sum(item.reopened > 0 for item in wanted),
        without_owner=sum(not item.owner for item in wanted),
        as_of=as_of,
    )


def _day(ns: int | None) -> str:
    return format_utc(ns)[:10] if ns is not None else ""
