"""An export with keys gone, null or of another type is read as far as it goes: no reader falls over a value."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clock import Assumption
from workbench.readers.base import Source
from workbench.readers.registry import choose, head_of, readers

WHEN = "2025-11-17T14:00:41Z"
EPOCH = 1_763_388_041
ALERT = {"status": "firing", "labels": {"alertname": "Slow", "severity": "page"}, "startsAt": WHEN, "endsAt": WHEN,
         "fingerprint": "f", "annotations": {"summary": "slow"}}  # fmt: skip
EXPORTS: dict[str, Any] = {
    "alertmanager": {"groupKey": "{}", "receiver": "ops", "commonLabels": {}, "alerts": [ALERT]},
    "datadog": {"data": [{"id": "1", "type": "incidents", "attributes": {
        "title": "Slow", "created": WHEN, "detected": WHEN, "resolved": None, "fields": {"severity": {"value": "SEV-2"}}}}]},
    "dynatrace": {"problems": [{"problemId": "1", "title": "Slow", "startTime": EPOCH * 1000, "endTime": -1,
                                "status": "OPEN", "severityLevel": "ERROR", "impactedEntities": [{"name": "orders"}]}]},
    "github": [{"id": 1, "sha": "a", "ref": "main", "task": "deploy", "environment": "production", "created_at": WHEN,
                "payload": {"service": "orders"}, "statuses": [{"id": 2, "state": "success", "created_at": WHEN}]}],
    "github_records": [{"number": 5, "title": "Slow", "created_at": WHEN, "closed_at": WHEN, "user": {"login": "ada"},
                        "labels": [{"name": "x"}], "comments": [{"body": "hm", "created_at": WHEN}]}],
    "gitlab": [{"id": 1, "iid": 1, "title": "Slow", "state": "closed", "created_at": WHEN, "closed_at": WHEN,
                "author": {"username": "ada"}, "project_id": 3, "web_url": "https://shop.test/1", "labels": ["x"]}],
    "grafana": [{"id": 1, "alertId": 2, "alertName": "Slow", "newState": "alerting", "prevState": "ok", "text": "slow",
                 "time": EPOCH * 1000, "timeEnd": EPOCH * 1000, "created": EPOCH * 1000, "tags": ["x"], "data": {}}],
    "jaeger": {"data": [{"traceID": "t", "processes": {"p": {"serviceName": "orders"}}, "spans": [
        {"traceID": "t", "spanID": "s", "processID": "p", "operationName": "GET", "startTime": EPOCH * 1_000_000,
         "duration": 5, "tags": [{"key": "error", "value": True}], "references": [{"refType": "CHILD_OF", "spanID": "r"}],
         "logs": [{"timestamp": EPOCH * 1_000_000, "fields": [{"key": "event", "value": "error"}]}]}]}]},
    "jira": {"issues": [{"key": "A-1", "fields": {
        "summary": "Slow", "created": WHEN, "issuetype": {"name": "Bug"}, "reporter": {"displayName": "Ada"},
        "comment": {"comments": [{"created": WHEN, "body": "hm", "author": {"displayName": "Ada"}}]}},
        "changelog": {"histories": [{"created": WHEN, "items": [{"field": "status", "toString": "Done"}]}]}}]},
    "linear": {"data": {"issues": {"nodes": [{"identifier": "A-1", "title": "Slow", "createdAt": WHEN,
        "team": {"key": "A"}, "state": {"name": "Done", "type": "completed"}, "history": {"nodes": [
            {"createdAt": WHEN, "actor": {"name": "Ada"}, "toState": {"name": "Done"}}]}}]}}},
    "loki": {"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"app": "orders"}, "values": [[str(EPOCH * 10**9), "level=error msg=slow"]]}]}},
    "newrelic": {"issueUrl": "https://one.newrelic.com/1", "id": "1", "title": "Slow", "priority": "CRITICAL", "state": "ACTIVATED",
                 "createdAt": EPOCH * 1000, "updatedAt": EPOCH * 1000, "alertConditionNames": ["slow"], "impactedEntities": []},
    "notion_api": {"results": [{"object": "page", "id": "1", "created_time": WHEN, "last_edited_time": WHEN,
                                "properties": {"Name": {"type": "title", "title": [{"plain_text": "Slow"}]}}}]},
    "opsgenie": {"data": [{"id": "1", "tinyId": "2", "message": "Slow", "status": "closed", "createdAt": WHEN,
                           "updatedAt": WHEN, "priority": "P1", "tags": ["x"], "ownerTeam": "t", "impactedServices": ["o"],
                           "impactStartDate": WHEN}]},
    "pagerduty": {"log_entries": [{"id": "1", "type": "trigger_log_entry", "created_at": WHEN, "summary": "Slow",
                                   "agent": {"type": "user_reference", "summary": "Ada"}, "channel": {"type": "api"},
                                   "incident": {"id": "2", "summary": "[#1] Slow"}, "service": {"summary": "orders"}}]},
    "prometheus": {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "ALERTS", "alertname": "Slow", "alertstate": "firing"}, "values": [[EPOCH, "1"]]}]}},
    "slack": [{"type": "message", "user": "U1", "text": "hm <@U2>", "ts": f"{EPOCH}.000100", "thread_ts": f"{EPOCH}.000100",
               "user_profile": {"real_name": "Ada"}, "reactions": [{"name": "x", "count": 1}], "files": [{"title": "a"}],
               "edited": {"user": "U1", "ts": f"{EPOCH}.000200"}, "attachments": [{"title_link": "https://shop.test"}]}],
    "statuspage": {"page": {"name": "Shop"}, "incidents": [{"id": "1", "name": "Slow", "status": "resolved", "impact": "major",
                   "created_at": WHEN, "resolved_at": WHEN, "incident_updates": [
                       {"id": "2", "status": "resolved", "body": "done", "created_at": WHEN, "display_at": WHEN}]}]},
    "teams": {"value": [{"id": "1", "messageType": "message", "createdDateTime": WHEN, "from": {"user": {"displayName": "Ada"}},
                         "body": {"contentType": "html", "content": "<p>hm</p>"}, "channelIdentity": {"channelId": "c"}}]},
    "zipkin": [[{"traceId": "t", "id": "s", "name": "get", "timestamp": EPOCH * 1_000_000, "duration": 5,
                 "localEndpoint": {"serviceName": "orders"}, "tags": {"error": "slow"}, "annotations": []}]],
}  # fmt: skip
VALUES = [None, "", "x", 0, -1, True, [], {}, [[]], [None], [{"x": 1}], {"a": {}}, "9999-12-31T00:00:00Z", "0000-00-00",
          2**70, 1e400, float("nan"), "\ud800"]  # fmt: skip
ALL = readers()


def ways(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything inside of a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [each for key, part in inside for each in ((*way, key), *ways(part, (*way, key)))]


def changed(value: Any, way: tuple[Any, ...], to: Any, *, gone: bool) -> Any:
    """A copy in which one thing is another, or gone."""
    copied = copy.deepcopy(value)
    holder = copied
    for key in way[:-1]:
        holder = holder[key]
    if gone:
        del holder[way[-1]]
    else:
        holder[way[-1]] = to
    return copied


@pytest.mark.parametrize("name", EXPORTS)
def test_the_reader_takes_its_own_export(name: str) -> None:
    """Else what follows would prove nothing."""
    data = json.dumps(EXPORTS[name]).encode()
    chosen = choose(head_of("export.json", data, complete=True), ALL).reader
    assert chosen is not None
    assert chosen.name == name


@pytest.mark.parametrize("name", EXPORTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_value_stops_a_reader(name: str, data: st.DataObject) -> None:
    """Whatever stands in one place: all readers bid without an error, and every interval holds its time."""
    way = data.draw(st.sampled_from(ways(EXPORTS[name])))
    document = changed(EXPORTS[name], way, data.draw(st.sampled_from(VALUES)), gone=data.draw(st.booleans()))
    raw = json.dumps(document).encode()
    head = head_of("export.json", raw, complete=True)
    for each in ALL:
        each.identify(head)
    reader = next(each for each in ALL if each.name == name)
    source = Source(
        path="export.json", file=Path("export.json"), size=len(raw), sha256="0" * 64, assumption=Assumption(),
        open=lambda: io.BytesIO(raw),
    )  # fmt: skip
    for batch in reader.read(source):
        if batch.events is not None and len(batch.events):
            assert (batch.events["earliest"] <= batch.events["time"]).all()
            assert (batch.events["time"] <= batch.events["latest"]).all()
