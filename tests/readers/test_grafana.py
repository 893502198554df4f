"""Grafana: annotations are points or regions, alerts change their state."""

from __future__ import annotations

import json

import pytest

from workbench.readers.base import Certainty
from workbench.readers.grafana import READER

NOTE = {"id": 5, "alertId": 0, "dashboardUID": "d", "panelId": 2, "time": 1739972400000, "timeEnd": 1739972400000, "text": "noted",
        "tags": ["ops"], "newState": "", "prevState": "", "login": "ann"}  # fmt: skip


def test_a_point_is_one_event_and_a_region_two(read) -> None:
    """An end that equals the start is none."""
    found = read(READER, [NOTE, NOTE | {"id": 6, "timeEnd": 1739972700000, "text": "load test"}])
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert list(zip(found.column("message"), found.column("time"), strict=True)) == [
        ("noted", "2025-02-19T13:40:00.000Z"), ("load test", "2025-02-19T13:40:00.000Z"),
        ("load test (end)", "2025-02-19T13:45:00.000Z"),
    ]  # fmt: skip
    assert found.column("actor") == ["ann"] * 3


def test_old_regions_are_two_annotations_of_one_number(read) -> None:
    """The second one is the end."""
    old = {key: value for key, value in NOTE.items() if key != "timeEnd"}
    found = read(READER, [old | {"regionId": 9}, old | {"id": 6, "regionId": 9, "time": 1739972700000}])
    assert found.column("message") == ["noted", "noted (end)"]


@pytest.mark.parametrize(("state", "action"), [("Alerting", "alert.fired"), ("ok", "alert.resolved"), ("no_data", None),
                                               ("Normal (MissingSeries)", "alert.resolved")])  # fmt: skip
def test_a_change_of_state_fires_or_resolves(read, state, action) -> None:
    """In the words of any version."""
    (event,) = read(READER, [NOTE | {"newState": state, "alertName": "Errors", "text": ""}]).events
    assert (event["kind"], event["action"], event["message"]) == ("alert", action, "Errors")


def test_a_deployment_that_was_annotated_is_a_deployment(read) -> None:
    """By its tags."""
    assert read(READER, [NOTE | {"tags": ["deploy", "payments"]}]).column("kind") == ["deploy"]


@pytest.mark.parametrize("wrap", [dict, json.dumps])
def test_the_history_of_states_is_a_frame_of_columns(read, wrap) -> None:
    """Times and lines stand in columns of their own."""
    line = {"schemaVersion": 1, "previous": "Normal", "current": "Alerting", "ruleTitle": "Errors", "ruleUID": "r",
            "labels": {"service": "payments"}}  # fmt: skip
    frame = {"schema": {"fields": [{"name": "time"}, {"name": "line"}, {"name": "labels"}]},
             "data": {"values": [[1739972400000, 1739974200000], [wrap(line), wrap(line | {"current": "Normal"})], [{}, {}]]}}  # fmt: skip
    found = read(READER, frame)
    assert found.column("action") == ["alert.fired", "alert.resolved"]
    assert (found.events[0]["service"], found.events[0]["message"]) == ("payments", "Errors: Normal to Alerting")
