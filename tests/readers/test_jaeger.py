"""Jaeger: every span is kept as data, the failed ones are events."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.jaeger import READER

START = 1739968542249697


def span(name: str, *, parent: str | None = None, tags=(), logs=(), **more):
    """A span of 68.765 ms."""
    references = [{"refType": "CHILD_OF", "traceID": "t", "spanID": parent}] if parent else []
    return {"traceID": "t", "spanID": name, "operationName": f"GET /{name}", "references": references,
            "startTime": START, "duration": 68765, "processID": "p1", "logs": list(logs),
            "tags": [{"key": key, "value": value} for key, value in tags]} | more  # fmt: skip


def trace(*spans):
    """A trace of one process."""
    return {"traceID": "t", "spans": list(spans), "processes": {"p1": {"serviceName": "payments"}}}


def test_spans_are_data(read) -> None:
    """Microseconds to time and seconds, the parent from its reference, the service from the process."""
    found = read(READER, {"data": [trace(span("a"), span("b", parent="a", tags=[("http.method", "GET")]))]})
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert (found.records, found.events) == (2, [])
    assert found.spans["parent_id"].to_list() == [None, "a"]
    assert found.spans["service"].to_list() == ["payments", "payments"]
    assert found.spans["duration"].to_list() == [0.068765, 0.068765]
    assert found.spans["attributes"].to_list() == [None, '{"http.method":"GET"}']


def test_failed_spans_are_events(read) -> None:
    """The error tag, OpenTelemetry's status and a 5xx answer fail; a 404 and error=false do not."""
    tags = [("error", True), ("otel.status_code", "ERROR"), ("http.status_code", 503), ("http.status_code", "404"),
            ("error", False)]  # fmt: skip
    found = read(READER, trace(*(span(str(at), tags=[tag]) for at, tag in enumerate(tags))))
    assert found.column("line") == [1, 2, 3]
    assert set(found.column("action")) == {"trace.error"}
    assert found.events[2]["message"] == "GET /2 failed: 503"
    assert found.spans["error"].to_list() == [True, True, True, False, False]


def test_exceptions_in_logs_are_events_at_their_own_time(read) -> None:
    """Other logs of a span are not."""
    logs = [{"timestamp": START + 1_000_000, "fields": [{"key": "event", "value": "exception"},
                                                        {"key": "exception.type", "value": "Timeout"},
                                                        {"key": "exception.message", "value": "pool is empty"}]},
            {"timestamp": START, "fields": [{"key": "event", "value": "cache miss"}]}]  # fmt: skip
    (event,) = read(READER, trace(span("a", logs=logs))).events
    assert (event["action"], event["message"]) == ("span.exception", "Timeout: pool is empty")
    assert event["time"] == "2025-02-19T12:35:43.249Z"


def test_a_repeated_span_counts_once(read) -> None:
    """Overlapping pulls repeat traces; the note says how many spans that were."""
    found = read(READER, {"data": [trace(span("a")), trace(span("a"))]})
    assert (len(found.spans), found.records) == (1, 2)
    assert found.notes[0] == "1 spans stand in the file more than once and count once."


def test_a_span_without_a_time_is_rejected_alone(read) -> None:
    """Its neighbours are kept."""
    found = read(READER, {"data": [trace(span("a", startTime="x"), span("b"), span("c", startTime=0)), 5]})
    assert found.spans["span_id"].to_list() == ["b"]
    assert [each.position for each in found.rejected] == [1, 3, 4]


def test_otlp_json_is_read_too(read) -> None:
    """Nanoseconds as text, attributes with types, a status code of 2."""
    one = {"traceId": "t", "spanId": "s", "parentSpanId": "", "name": "charge",
           "startTimeUnixNano": "1739968542249697123",
           "endTimeUnixNano": "1739968543249697123", "status": {"code": 2, "message": "declined"}}  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "payments"}}]}
    found = read(READER, {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [one]}]}]})
    assert found.claim is not None
    assert found.column("message") == ["charge failed: declined"]
    assert found.spans["duration"].to_list() == [1.0]


def test_zipkins_spans_are_not_claimed(read) -> None:
    """Zipkin writes traceId."""
    assert read(READER, [{"traceId": "t", "id": "s", "localEndpoint": {"serviceName": "a"}}]).claim is None
