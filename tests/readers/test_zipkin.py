"""Zipkin: spans of both versions are data, those that failed are events."""

from __future__ import annotations

import pytest

from workbench.readers.base import Certainty
from workbench.readers.jaeger import READER as JAEGER
from workbench.readers.zipkin import READER

SPAN = {
    "traceId": "t1", "id": "s1", "parentId": "s0", "kind": "SERVER", "name": "get /pay", "timestamp": 1739972400123000,
    "duration": 65000, "localEndpoint": {"serviceName": "payments"}, "tags": {"http.path": "/pay"},
}  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda span: [span], lambda span: [[span]]])
def test_a_trace_is_a_list_of_spans_or_a_list_of_such_lists(read, wrap) -> None:
    """Microseconds become nanoseconds and seconds; nothing failed, so that there is no event, and a note says so."""
    found = read(READER, wrap(SPAN))
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.events == []
    assert found.spans.select("trace_id", "parent_id", "service", "operation", "duration", "error").row(0) == (
        "t1", "s0", "payments", "get /pay", 0.065, False,
    )  # fmt: skip
    assert "spans failed" in found.notes[0]


@pytest.mark.parametrize(("tags", "text"), [({"error": "pool timeout"}, "get /pay failed: pool timeout"),
                                            ({"error": ""}, "get /pay failed"),
                                            ({"http.status_code": "503"}, "get /pay failed: 503")])  # fmt: skip
def test_a_span_that_failed_is_an_event(read, tags, text) -> None:
    """The mark is the tag, whatever it says."""
    (event,) = read(READER, [SPAN | {"tags": tags}]).events
    assert (event["time"], event["action"], event["service"]) == (
        "2025-02-19T13:40:00.123Z",
        "trace.error",
        "payments",
    )
    assert event["message"] == text


def test_version_1_keeps_names_and_times_in_its_annotations(read) -> None:
    """A span without its own time began when the server received the call."""
    end = {"serviceName": "payments"}
    old = {"traceId": "t", "id": "s", "name": "get", "binaryAnnotations": [{"key": "error", "value": "x", "endpoint": end}],
           "annotations": [{"timestamp": 1739972400100000, "value": "cs", "endpoint": {"serviceName": "web"}},
                           {"timestamp": 1739972400123000, "value": "sr", "endpoint": end}]}  # fmt: skip
    found = read(READER, [old])
    assert found.column("time") == ["2025-02-19T13:40:00.123Z"]
    assert found.spans.get_column("service").to_list() == ["web"]


def test_a_span_without_any_time_is_rejected(read) -> None:
    """And the others count."""
    found = read(READER, [SPAN, SPAN | {"id": "s2", "timestamp": None}])
    assert len(found.spans) == 1
    assert "no timestamp" in found.rejected[0].reason


def test_jaeger_and_zipkin_do_not_take_each_others_traces(read) -> None:
    """One letter tells them apart."""
    jaeger = {"data": [{"traceID": "t", "processes": {}, "spans": [{"traceID": "t", "spanID": "s", "operationName": "x",
              "startTime": 1739972400123000, "duration": 5, "references": [], "tags": [], "logs": []}]}]}  # fmt: skip
    assert read(JAEGER, [SPAN]).claim is None
    assert read(READER, jaeger).claim is None
