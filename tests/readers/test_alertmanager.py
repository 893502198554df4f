"""Alertmanager: notifications, API answers and silences become alerts that fired, repeated and resolved."""

from __future__ import annotations

import json

from workbench.readers.alertmanager import GRAFANA, READER
from workbench.readers.base import Certainty

NEVER = "0001-01-01T00:00:00Z"


def alert(status: str | None = "firing", starts: str = "2025-02-19T12:56:20.123456789Z", ends: str = NEVER, **more):
    """An alert of a notification."""
    return {
        "status": status, "labels": {"alertname": "DiskFull", "service": "db", "severity": "critical"},
        "annotations": {"summary": "Disk is full"}, "startsAt": starts, "endsAt": ends, "fingerprint": "f1",
    } | more  # fmt: skip


def webhook(*alerts, **more):
    """A notification of version 4."""
    return {"version": "4", "groupKey": "{}", "receiver": "pd", "status": "firing", "alerts": list(alerts)} | more


def test_a_notification_fires_and_resolves(read) -> None:
    """Firing stands at startsAt, resolved at endsAt; the severity is the level."""
    lines = [webhook(alert()), webhook(alert("resolved", ends="2025-02-19T13:11:10Z"))]
    found = read(READER, "\n".join(map(json.dumps, lines)), "alerts.jsonl")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 2
    assert found.column("action") == ["alert.fired", "alert.resolved"]
    assert found.column("time") == ["2025-02-19T12:56:20.123Z", "2025-02-19T13:11:10.000Z"]
    assert found.column("level") == ["fatal", "info"]
    assert (found.events[0]["service"], found.events[0]["message"]) == ("db", "Disk is full")
    assert found.events[0]["attributes"]["alert"] == "DiskFull"


def test_a_second_notification_of_the_same_alert_is_a_repetition(read) -> None:
    """The same fingerprint and start again is no new alert; where the sink says when it came, that is its time."""
    lines = [webhook(alert()), webhook(alert()), webhook(alert(), receivedAt="2025-02-19T13:56:20Z")]
    found = read(READER, lines)
    assert found.column("action") == ["alert.fired", "alert.repeated", "alert.repeated"]
    assert found.column("time")[1:] == ["2025-02-19T12:56:20.123Z", "2025-02-19T13:56:20.000Z"]


def test_the_api_repeats_an_alert_in_several_groups(read) -> None:
    """Groups list an alert once each, and an endsAt to come is no end."""
    listed = alert({"state": "active", "silencedBy": []}, ends="2099-01-01T00:00:00Z")
    groups = [{"labels": {}, "receiver": {"name": "a"}, "alerts": [listed]}] * 2
    found = read(READER, groups)
    assert found.claim is not None
    assert found.column("action") == ["alert.fired", "alert.fired"]
    assert found.column("duplicate") == [False, True]


def test_a_resolution_alone_still_tells_the_start(read) -> None:
    """A log that begins in the middle has the start in the resolved notification."""
    found = read(READER, webhook(alert("resolved", ends="2025-02-19T13:11:10Z")))
    assert found.column("action") == ["alert.fired", "alert.resolved"]


def test_a_silence_begins_and_ends_only_when_it_is_over(read) -> None:
    """An active silence's end is a plan."""
    silence = {"id": "s", "status": {"state": "active"}, "createdBy": "Ann", "comment": "deploy",
               "matchers": [{"name": "alertname", "value": "Disk.*", "isRegex": True, "isEqual": True}],
               "startsAt": "2025-02-19T12:00:00Z", "endsAt": "2025-02-19T14:00:00Z"}  # fmt: skip
    over = silence | {"id": "t", "status": {"state": "expired"}}
    found = read(READER, [silence, over])
    assert found.column("message") == [
        "Silence begins: alertname=~Disk.*: deploy", "Silence begins: alertname=~Disk.*: deploy",
        "Silence ends: alertname=~Disk.*: deploy",
    ]  # fmt: skip
    assert found.column("actor") == ["Ann"] * 3


def test_an_alert_without_a_start_is_rejected_and_its_neighbour_read(read) -> None:
    """One bad alert of a notification is named; the other one is an event."""
    found = read(READER, webhook(alert(), alert(startsAt="?", fingerprint="f2")))
    assert found.column("action") == ["alert.fired"]
    assert found.rejected[0].reason == "1 of 2 alerts not read: no usable time: startsAt is '?'"


def test_a_broken_line_is_rejected_with_its_number(read) -> None:
    """The record's number is its line where every line is a record."""
    found = read(READER, json.dumps(webhook(alert())) + '\n{"version": "4", \n')
    assert [each.position for each in found.rejected] == [2]


def test_grafanas_webhook_is_told_apart(read) -> None:
    """The same shape with an organisation and values; Alertmanager's own reader leaves it alone."""
    alert = {"status": "firing", "labels": {"alertname": "Slow"}, "startsAt": "2025-11-17T14:00:41Z", "fingerprint": "f1",
             "values": {"B": 22, "C": 1}, "panelURL": "https://shop.test/d/1?viewPanel=2"}  # fmt: skip
    hook = {
        "receiver": "ops",
        "orgId": 1,
        "groupKey": "{}",
        "alerts": [alert],
        "state": "alerting",
        "title": "[FIRING]",
    }
    found = read(GRAFANA, hook)
    assert (found.claim is not None, read(READER, hook).claim) == (True, None)
    (event,) = found.events
    assert (event["action"], event["attributes"]["values"]) == ("alert.fired", {"B": 22, "C": 1})
    assert event["attributes"]["panel"].endswith("viewPanel=2")
