"""Statuspage: every update is an event at the time that the page showed."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.statuspage import READER


def update(status: str, at: str, body: str = "We look into it.", **more):
    """An update at a clock of the page's zone."""
    return {"id": f"{status}{at}", "status": status, "body": body, "created_at": f"2025-02-19T{at}-08:00",
            "display_at": f"2025-02-19T{at}-08:00"} | more  # fmt: skip


def incident(*updates, **more):
    """An incident with these updates, newest first."""
    return {"id": "i", "name": "Payments failing", "impact": "major", "shortlink": "https://stspg.io/x",
            "created_at": "2025-02-19T05:53:00-08:00", "incident_updates": list(updates)} | more  # fmt: skip


def test_updates_stand_at_the_time_that_was_shown(read) -> None:
    """display_at can be set back; created_at is kept as the time of posting."""
    parts = [{"name": "api", "old_status": "operational", "new_status": "major_outage"}]
    late = update("identified", "06:05:00", created_at="2025-02-19T06:20:00-08:00", affected_components=parts)
    found = read(READER, {"page": {"id": "p"}, "incidents": [incident(late, update("investigating", "05:54:00"))]})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 2
    assert found.column("action") == ["status.identified", "status.investigating"]
    assert found.column("time") == ["2025-02-19T14:05:00.000Z", "2025-02-19T13:54:00.000Z"]
    about = found.events[0]["attributes"]
    assert about["posted_at"] == "2025-02-19T06:20:00-08:00"
    assert about["components"] == [{"name": "api", "from": "operational", "to": "major_outage"}]
    assert (found.events[0]["service"], found.events[0]["level"]) == ("api", "error")


def test_the_same_words_within_two_minutes_are_a_double_post(read) -> None:
    """The later of the two is the duplicate, though it stands first in the file; an hour later it is news."""
    posts = [update("investigating", at) for at in ("06:54:00", "05:54:09", "05:54:00")]
    assert read(READER, [incident(*posts)]).column("duplicate") == [False, True, False]


def test_a_published_post_mortem_is_an_event(read) -> None:
    """It comes with the newest update, and counts as no record of its own."""
    held = incident(update("resolved", "07:00:00"), postmortem_published_at="2025-02-21T09:00:00-08:00")
    found = read(READER, [held])
    assert (found.records, found.column("action")) == (1, ["status.resolved", "status.postmortem"])


def test_an_incident_without_updates_is_still_told(read) -> None:
    """That it was opened and resolved is all that it says."""
    found = read(READER, [incident(resolved_at="2025-02-19T07:00:00-08:00", status="resolved")])
    assert found.column("action") == ["status.update", "status.resolved"]


def test_an_unknown_status_is_an_update(read) -> None:
    """`verifying` has no action of its own."""
    assert read(READER, [incident(update("verifying", "06:00:00"))]).column("action") == ["status.update"]


def test_an_update_without_a_time_is_rejected(read) -> None:
    """The others of its incident are read."""
    bad = update("identified", "06:00:00") | {"display_at": None, "created_at": None}
    found = read(READER, [incident(bad, update("investigating", "05:54:00"), 3)])
    assert found.column("action") == ["status.investigating"]
    assert [each.position for each in found.rejected] == [1, 3]
    assert found.records == 3
