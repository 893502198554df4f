"""Jaeger: traces as spans, and the spans that failed or logged an exception as events; OTLP JSON of its API v3 too.

Schema: the ``/api/traces`` JSON of the Jaeger UI (model/json in jaegertracing/jaeger), and OTLP's JSON mapping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.json_records import Broken, claim, documents, items, label, listing, mapping
from workbench.readers.span_rows import MICRO, Span, SpanRows, micro

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Batch, Claim, Head, Source


class _Reading(SpanRows):
    """The spans of Jaeger's traces and of OTLP's resources."""

    __slots__ = ()

    def trace(self, trace: Any) -> None:
        """One trace of Jaeger, or one resource of OTLP."""
        if isinstance(trace, dict) and isinstance(trace.get("spans"), list):
            processes = mapping(trace.get("processes"))
            for span in trace["spans"]:
                self.take(span, lambda span: _jaeger_span(span, trace, processes))
        elif isinstance(trace, dict) and ("scopeSpans" in trace or "instrumentationLibrarySpans" in trace):
            resource = _attributes(mapping(trace.get("resource")).get("attributes"))
            for scope in listing(trace.get("scopeSpans") or trace.get("instrumentationLibrarySpans")):
                for span in listing(mapping(scope).get("spans")):
                    self.take(span, lambda span: _otlp_span(span, resource))
        else:
            self.reject(trace, "not a trace")


def _jaeger_span(span: dict[str, Any], trace: dict[str, Any], processes: dict[str, Any]) -> Span:
    process = span.get("process") or processes.get(span.get("processID") or "")
    references = [each for each in listing(span.get("references")) if isinstance(each, dict)]
    parents = [each for each in references if each.get("refType") == "CHILD_OF"] or references
    parent = parents[0] if parents else {}
    return Span(
        trace_id=str(span.get("traceID") or trace["traceID"]), span_id=str(span["spanID"]),
        parent_id=label(parent.get("spanID")) or label(span.get("parentSpanID")),
        service=label(process, "serviceName"), operation=str(span.get("operationName") or ""),
        start=micro(span["startTime"]), duration=max(0, int(span.get("duration") or 0)) * MICRO,
        tags={str(tag.get("key")): tag.get("value") for tag in span.get("tags") or ()},
        logs=[(micro(log["timestamp"]), {str(each.get("key")): each.get("value") for each in log.get("fields") or ()})
              for log in span.get("logs") or ()],
        step=MICRO,
    )  # fmt: skip


def _otlp_span(span: dict[str, Any], resource: dict[str, Any]) -> Span:
    start, end = int(span["startTimeUnixNano"]), int(span.get("endTimeUnixNano") or span["startTimeUnixNano"])
    logs = [(int(each["timeUnixNano"]), {"event": each.get("name")} | _attributes(each.get("attributes")))
            for each in listing(span.get("events"))]  # fmt: skip
    for ns in (start, *(ns for ns, _ in logs)):
        micro(ns // MICRO)
    tags = _attributes(span.get("attributes"))
    status = mapping(span.get("status"))
    if status.get("code") in {2, "2", "STATUS_CODE_ERROR"}:
        tags |= {"otel.status_code": "ERROR", "otel.status_description": status.get("message")}
    return Span(
        trace_id=str(span["traceId"]), span_id=str(span["spanId"]), parent_id=label(span.get("parentSpanId")),
        service=label(resource.get("service.name")), operation=str(span.get("name") or ""), start=start,
        duration=max(0, end - start), tags=tags, step=1, logs=logs,
    )  # fmt: skip


def _attributes(pairs: Any) -> dict[str, Any]:
    """OTLP's list of keys and typed values as one object."""
    return {
        str(pair.get("key")): next(iter(mapping(pair.get("value")).values()), None)
        for pair in map(mapping, listing(pairs))
    }


def _traces(value: Any) -> Iterator[Any]:
    """The traces of an answer, of the UI's saved state, of a bare trace, or OTLP's resources."""
    if isinstance(value, dict) and isinstance(value.get("data"), dict):
        value = value["data"]
    if isinstance(value, dict) and isinstance(value.get("result"), dict):
        value = value["result"]
    yield from items(value, ("data", "resourceSpans", "traces"))


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    spans = listing(record.get("spans"))
    jaeger = "traceID" in record and isinstance(record.get("spans"), list)
    otlp = "scopeSpans" in record and "resource" in record
    return jaeger or otlp or (bool(spans) and "spanID" in mapping(spans[0]))


class _JaegerReader:
    """Traces of Jaeger, and OTLP JSON."""

    name = "jaeger"
    title = "Jaeger traces"
    example = "traces.json"
    unfolds = "spans as data; an event for each error and exception"
    kind = Kind.TRACE.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the keys of the first traces; Zipkin writes traceId where Jaeger writes traceID."""
        signatures = (frozenset({"traceID", "spanID", "operationName"}), frozenset({"resourceSpans", "scopeSpans"}))
        return claim(head, _traces, _fits, signatures)

    def read(self, source: Source) -> Iterator[Batch]:
        """Every span as data; errors and exceptions as events."""
        reading = _Reading()
        with source.open() as stream:
            for value in documents(stream):
                for trace in (value,) if isinstance(value, Broken) else _traces(value):
                    reading.trace(trace)
        yield reading.batch()


READER = _JaegerReader()
