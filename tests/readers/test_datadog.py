"""Datadog: incidents with their impact, events of both versions, and what monitors told."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.datadog import READER

ABOUT = {
    "public_id": 7, "title": "Payments fail", "created": "2025-02-19T13:50:00Z", "detected": "2025-02-19T13:42:00Z",
    "resolved": "2025-02-19T14:20:00Z", "customer_impact_start": "2025-02-19T13:40:00Z", "customer_impact_end": None,
    "fields": {"severity": {"type": "dropdown", "value": "SEV-2"}, "state": {"value": "resolved"}},
}  # fmt: skip
EVENT = {"type": "event", "id": "e1", "attributes": {"timestamp": "2025-02-19T13:42:00Z", "message": "%%% over 5 % %%%",
         "tags": ["service:payments"], "attributes": {"title": "[Triggered] Errors", "status": "error"}}}  # fmt: skip


def camel(name: str) -> str:
    """As the vendor's libraries dump names."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


@pytest.mark.parametrize("spell", [str, camel])
def test_an_incident_unfolds_into_its_moments(read, spell) -> None:
    """In either spelling; what is null did not happen."""
    incident = {"type": "incidents", "id": "i", "attributes": {spell(key): value for key, value in ABOUT.items()}}
    found = read(READER, {"data": [incident], "meta": {}})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert list(zip(found.column("action"), found.column("time"), strict=True)) == [
        ("incident.impact_started", "2025-02-19T13:40:00.000Z"), ("incident.detected", "2025-02-19T13:42:00.000Z"),
        ("incident.triggered", "2025-02-19T13:50:00.000Z"), ("incident.resolved", "2025-02-19T14:20:00.000Z"),
    ]  # fmt: skip
    assert found.column("level") == ["error", "error", "error", "info"]


def test_a_search_holds_its_incidents_deeper(read) -> None:
    """Each is nested once more."""
    incident = {"type": "incidents", "id": "i", "attributes": ABOUT}
    found = read(
        READER, {"data": {"type": "incidents_search_results", "attributes": {"incidents": [{"data": incident}]}}}
    )
    assert len(found.events) == 4


def test_an_event_that_a_title_calls_triggered_is_an_alert(read) -> None:
    """Its service is a tag, its text without the marks of the editor; a page that overlaps repeats it."""
    found = read(READER, [{"data": [EVENT]}, {"data": [EVENT]}])
    first, second = found.events
    assert (first["kind"], first["action"], first["service"]) == ("alert", "alert.fired", "payments")
    assert first["attributes"]["text"] == "over 5 %"
    assert second["duplicate"]


def test_an_event_of_the_first_version_counts_seconds(read) -> None:
    """A deploy marked by hand is no alert."""
    old = {"id": 1, "date_happened": 1739972400, "title": "deployed v7", "text": "", "alert_type": "info", "tags": [],
           "source": "api"}  # fmt: skip
    (event,) = read(READER, {"events": [old]}).events
    assert (event["kind"], event["action"], event["time"]) == ("log", None, "2025-02-19T13:40:00.000Z")


@pytest.mark.parametrize(("state", "action"), [("Triggered", "alert.fired"), ("No Data", "alert.fired"),
                                               ("Recovered", "alert.resolved"), ("Renotify", "alert.fired")])  # fmt: skip
def test_a_monitor_tells_its_transition(read, state, action) -> None:
    """Nested as the vendor's page proposes it, or flat."""
    nested = {"alert": {"id": "5", "transition": state, "title": "Errors"}, "date": 1739972400000, "id": "1"}
    flat = {"alert_transition": state, "alert_id": "5", "last_updated": 1739972400000, "id": "2", "title": "Errors"}
    for hook in (nested, flat):
        (event,) = read(READER, hook).events
        assert (event["action"], event["time"], event["message"]) == (action, "2025-02-19T13:40:00.000Z", "Errors")


def test_logs_are_not_taken_for_events(read) -> None:
    """They are another format."""
    log = {
        "type": "log",
        "id": "l",
        "attributes": {"timestamp": "2025-02-19T13:42:00Z", "message": "x", "status": "info"},
    }
    assert read(READER, {"data": [log]}).claim is None
