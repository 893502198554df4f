"""Jaeger: traces as spans, and the spans that failed or logged an exception as events; OTLP JSON of its API v3 too.

Schema: the ``/api/traces`` JSON of the Jaeger UI (model/json in jaegertracing/jaeger), and OTLP's JSON mapping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench.clock import Instant, ZoneBasis
from workbench.events.schema import SPAN_SCHEMA, TIME, Kind
from workbench.readers.base import Batch, EventRows, Rejected
from workbench.readers.json_records import Broken, claim, documents, excerpt, items, label, listing, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Claim, Head, Source

_MICRO = 1_000
_LAST_US = 9_000_000_000_000_000  # the year 2255: what ns can still hold
_TRUE = {"true", "1", "yes", "error", "STATUS_CODE_ERROR"}
_STATUS = ("http.status_code", "http.response.status_code")


@dataclass(slots=True, kw_only=True)
class _Span:
    """A span of either format, before it is a row; times in ns."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str | None
    operation: str
    start: int
    duration: int
    tags: dict[str, Any]
    logs: list[tuple[int, dict[str, Any]]]
    step: int


@dataclass(slots=True)
class _Reading:
    """What one source gave so far, columns apart."""

    rows: EventRows = field(default_factory=EventRows)
    rejected: list[Rejected] = field(default_factory=list)
    columns: list[tuple[Any, ...]] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    records: int = 0
    repeated: int = 0

    def trace(self, trace: Any) -> None:
        """One trace of Jaeger, or one resource of OTLP."""
        if isinstance(trace, dict) and isinstance(trace.get("spans"), list):
            processes = mapping(trace.get("processes"))
            for span in trace["spans"]:
                self._take(span, lambda span: _jaeger_span(span, trace, processes))
        elif isinstance(trace, dict) and ("scopeSpans" in trace or "instrumentationLibrarySpans" in trace):
            resource = _attributes(mapping(trace.get("resource")).get("attributes"))
            for scope in listing(trace.get("scopeSpans") or trace.get("instrumentationLibrarySpans")):
                for span in listing(mapping(scope).get("spans")):
                    self._take(span, lambda span: _otlp_span(span, resource))
        else:
            self.records += 1
            text, reason = (trace.text, trace.reason) if isinstance(trace, Broken) else (excerpt(trace), "not a trace")
            self.rejected.append(Rejected(self.records, text, reason))

    def _take(self, value: Any, make: Any) -> None:
        self.records += 1
        try:
            span: _Span = make(value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"not a span with a time: {type(error).__name__} {error}"
            self.rejected.append(Rejected(self.records, excerpt(value), reason))
            return
        key = (span.trace_id, span.span_id, span.start, span.duration, span.service, span.operation)
        if key in self.seen:
            self.repeated += 1
            return
        self.seen.add(key)
        failed = _failed(span.tags)
        self.columns.append((
            span.start, span.duration / 1e9, span.trace_id, span.span_id, span.parent_id, span.service, span.operation,
            failed, orjson.dumps(span.tags, default=str).decode() if span.tags else None, self.records,
        ))  # fmt: skip
        if failed or span.logs:
            self._events(span, failed=failed)

    def _events(self, span: _Span, *, failed: bool) -> None:
        about: dict[str, Any] = {
            "line": self.records, "kind": Kind.TRACE, "service": span.service, "level": "error",
            "trace_id": span.trace_id, "span_id": span.span_id, "operation": span.operation,
            "request_id": label(span.tags.get("request_id")), "duration": span.duration / 1e9,
            "http_status": next((label(span.tags[key]) for key in _STATUS if key in span.tags), None),
        }  # fmt: skip
        if failed:
            why = next((text for key in ("error.message", "otel.status_description", "error.kind")
                        if (text := label(span.tags.get(key)))), None) or about["http_status"]  # fmt: skip
            text = f"{span.operation} failed" + (f": {why}" if why else "")
            self.rows.add(_at(span.start, span.step), action="trace.error", message=text, **about)
        for ns, fields in span.logs:
            if said := _exception(fields):
                self.rows.add(_at(ns, span.step), action="span.exception", message=said, fields=fields, **about)


def _at(ns: int, step: int) -> Instant:
    return Instant(ns, ns, ns + step - 1, ZoneBasis.EPOCH)


def _micro(value: Any) -> int:
    number = int(value)
    if not 0 < number < _LAST_US:
        raise ValueError(f"{value!r} is not a time in microseconds")
    return number * _MICRO


def _jaeger_span(span: dict[str, Any], trace: dict[str, Any], processes: dict[str, Any]) -> _Span:
    process = span.get("process") or processes.get(span.get("processID") or "")
    references = [each for each in listing(span.get("references")) if isinstance(each, dict)]
    parents = [each for each in references if each.get("refType") == "CHILD_OF"] or references
    parent = parents[0] if parents else {}
    return _Span(
        trace_id=str(span.get("traceID") or trace["traceID"]), span_id=str(span["spanID"]),
        parent_id=label(parent.get("spanID")) or label(span.get("parentSpanID")),
        service=label(process, "serviceName"), operation=str(span.get("operationName") or ""),
        start=_micro(span["startTime"]), duration=max(0, int(span.get("duration") or 0)) * _MICRO,
        tags={str(tag.get("key")): tag.get("value") for tag in span.get("tags") or ()},
        logs=[(_micro(log["timestamp"]), {str(each.get("key")): each.get("value") for each in log.get("fields") or ()})
              for log in span.get("logs") or ()],
        step=_MICRO,
    )  # fmt: skip


def _otlp_span(span: dict[str, Any], resource: dict[str, Any]) -> _Span:
    start, end = int(span["startTimeUnixNano"]), int(span.get("endTimeUnixNano") or span["startTimeUnixNano"])
    _micro(start // _MICRO)
    tags = _attributes(span.get("attributes"))
    status = mapping(span.get("status"))
    if status.get("code") in {2, "2", "STATUS_CODE_ERROR"}:
        tags |= {"otel.status_code": "ERROR", "otel.status_description": status.get("message")}
    return _Span(
        trace_id=str(span["traceId"]), span_id=str(span["spanId"]), parent_id=label(span.get("parentSpanId")),
        service=label(resource.get("service.name")), operation=str(span.get("name") or ""), start=start,
        duration=max(0, end - start), tags=tags, step=1,
        logs=[(int(each["timeUnixNano"]), {"event": each.get("name")} | _attributes(each.get("attributes")))
              for each in listing(span.get("events"))],
    )  # fmt: skip


def _attributes(pairs: Any) -> dict[str, Any]:
    """OTLP's list of keys and typed values as one object."""
    return {str(pair.get("key")): next(iter(mapping(pair.get("value")).values()), None) for pair in listing(pairs)}


def _failed(tags: dict[str, Any]) -> bool:
    """Tagged as an error by OpenTracing's or OpenTelemetry's rules, or a 5xx answer."""
    if "error" in tags and (tags["error"] is True or str(tags["error"]).lower() in _TRUE):
        return True
    if str(tags.get("otel.status_code", "")).upper() == "ERROR":
        return True
    return any(str(tags[key])[:1] == "5" and len(str(tags[key])) == 3 for key in _STATUS if key in tags)


def _exception(fields: dict[str, Any]) -> str | None:
    """What an exception in a span's log says; None for a log of anything else."""
    kind = label(fields.get("exception.type")) or label(fields.get("error.kind"))
    text = label(fields.get("exception.message")) or label(fields.get("error.object"))
    if not kind and not text and str(fields.get("event")).lower() not in {"error", "exception"}:
        return None
    text = text or label(fields.get("message")) or label(fields.get("stack"))
    return ": ".join(part for part in (kind, text) if part) or "error"


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
        schema = SPAN_SCHEMA | {"time": pl.Int64}
        spans = pl.DataFrame(reading.columns, schema=schema, orient="row").with_columns(pl.col("time").cast(TIME))
        batch = Batch(events=reading.rows.frame(), spans=spans, rejected=reading.rejected, records=reading.records)
        if reading.repeated:
            batch.notes.append(f"{reading.repeated} spans stand in the file more than once and count once.")
        yield batch


READER = _JaegerReader()
