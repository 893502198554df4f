"""Tracked items: what a tracker's export says of action items, at the end and at any moment before."""

from __future__ import annotations

from typing import Any

import pytest
from analysis_frames import event, events, ns

from workbench.analysis.facts import facts
from workbench.analysis.tracked import TrackedItem, match, tally, tracked_items
from workbench.model import ActionItem, ActionStatus


def issue(clock: str, key: str = "OPS-1", **about: Any) -> dict[str, Any]:
    """An issue as Jira's reader gives it."""
    return event(clock, "ticket", "Alert on pools", action="issue.created", source="jira.json", key=key,
                 summary="Alert on pools", **{"status": "Done", "labels": ["action-item"], "due": "2025-03-05"} | about)  # fmt: skip


def moved(clock: str, old: str, new: str, key: str = "OPS-1") -> dict[str, Any]:
    """A change of its state."""
    return event(
        clock, "ticket", f"{key} status: {old} → {new}", action="issue.status_changed", source="jira.json", key=key
    )


def items(*rows: dict[str, Any], until: str | None = None) -> list[TrackedItem]:
    """The issues of these events."""
    return tracked_items(facts(events(*rows)), ns(until) if until else None)


def test_an_issue_is_in_the_state_that_it_was_last_moved_to() -> None:
    """Done when it came there the first time; nothing is known of what comes later."""
    rows = [issue("09:00:00"), moved("10:00:00", "To Do", "In Progress"), moved("11:00:00", "In Progress", "Done")]
    (found,) = items(*rows)
    assert (found.status, found.done_at, found.title, found.due) == (
        ActionStatus.DONE,
        ns("11:00:00"),
        "Alert on pools",
        "2025-03-05",
    )
    (earlier,) = items(*rows, until="10:30:00")
    assert (earlier.status, earlier.done_at) == (ActionStatus.IN_PROGRESS, None)


def test_an_issue_that_was_opened_again_is_not_done() -> None:
    """And it is counted how often."""
    (found,) = items(
        issue("09:00:00", status="In Progress"), moved("10:00:00", "To Do", "Done"),
        moved("11:00:00", "Done", "Reopened"), moved("11:05:00", "Reopened", "In Progress"),
    )  # fmt: skip
    assert (found.status, found.done_at, found.reopened) == (ActionStatus.IN_PROGRESS, None, 1)


def test_before_its_first_change_an_issue_is_what_it_was_changed_from() -> None:
    """Its own field is that of the day of the export, and so is the day of its resolution."""
    changed = [issue("09:00:00"), moved("11:00:00", "To Do", "Done")]
    (found,) = items(*changed, until="10:00:00")
    assert (found.status, found.state, found.done_at) == (ActionStatus.OPEN, "To Do", None)
    (found,) = items(issue("09:00:00", resolved="2025-03-04T11:00:00Z"), until="10:00:00")
    assert (found.status, found.done_at) == (ActionStatus.OPEN, None)


@pytest.mark.parametrize(
    ("state", "category", "status"),
    [
        ("Erledigt", "done", ActionStatus.DONE),
        ("Zu erledigen", "new", ActionStatus.OPEN),
        ("In Arbeit", "indeterminate", ActionStatus.IN_PROGRESS),
        ("Won't do", "done", ActionStatus.CANCELLED),
        ("Erledigt", None, ActionStatus.IN_PROGRESS),
    ],
)
def test_a_state_of_a_team_s_own_is_told_by_its_category(state, category, status) -> None:
    """Jira has three, in any language; a word that we know says more."""
    (found,) = items(issue("09:00:00", status=state, status_category=category), moved("10:00:00", "Offen", state))
    assert found.status is status


@pytest.mark.parametrize(
    ("about", "proposed"),
    [({"labels": ["action-item"]}, True), ({"labels": [], "type": "Post-mortem action"}, True), ({"labels": ["bug"]}, False),
     ({"labels": ["postmortem"], "type": "Incident"}, False)],
)  # fmt: skip
def test_what_looks_like_an_action_item_is_proposed(about, proposed) -> None:
    """By its labels or its type; the incident's own issue is none."""
    (found,) = items(issue("09:00:00", **about))
    assert found.proposed is proposed


@pytest.mark.parametrize(
    ("action", "key"),
    [
        (ActionItem(id="OPS-1", action="a"), "OPS-1"),
        (ActionItem(id="A", action="a", link="https://jira.example/browse/OPS-1"), "OPS-1"),
        (ActionItem(id="A", action="a", link="https://github.com/shop/orders/issues/7"), "shop/orders#7"),
    ],
)
def test_an_action_item_is_matched_by_its_id_or_its_link(action, key) -> None:
    """Of a number the repository has to be the same."""
    found = items(issue("09:00:00"), issue("09:01:00", key="", number=7, repository="shop/orders"))
    assert match(action, found).key == key
    assert match(ActionItem(id="A", action="a", link="https://github.com/shop/cart/issues/7"), found) is None


def test_how_far_they_are_is_counted_at_a_moment() -> None:
    """Done in time and late, overdue, without an owner; cancelled ones are none."""
    rows = [
        issue("09:00:00", "OPS-1", due="2025-03-04", assignee="Ann"), moved("10:00:00", "To Do", "Done", "OPS-1"),
        issue("09:00:00", "OPS-2", due="2025-03-03", assignee="Ann"), moved("10:00:00", "To Do", "Done", "OPS-2"),
        issue("09:00:00", "OPS-3", due="2025-03-03", status="To Do"),
        issue("09:00:00", "OPS-4", status="Won't do", assignee="Ann"),
    ]  # fmt: skip
    assert tally(items(*rows), ns("12:00:00")).to_json() == {
        "total": 3, "done": 2, "done_on_time": 1, "overdue_open": 1, "reopened": 0, "without_owner": 1,
        "as_of": "2025-03-04T12:00:00.000Z",
    }  # fmt: skip


def test_what_was_closed_undone_is_cancelled_and_what_was_done_some_day_is_not_in_time() -> None:
    """By its resolution; and a day that nobody knows is none."""
    (given_up,) = items(issue("09:00:00", resolution="Won't Do"))
    assert given_up.status is ActionStatus.CANCELLED
    assert tally(items(issue("09:00:00")), ns("12:00:00")).done_on_time == 0
