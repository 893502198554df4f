"""Spans of any tracer as rows, and the spans that failed or logged an exception as events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench.clock import Instant, ZoneBasis
from workbench.events.schema import SPAN_SCHEMA, TIME, Kind
from workbench.readers.base import Batch, EventRows, Rejected
from workbench.readers.json_records import Broken, excerpt, label

if TYPE_CHECKING:
    from collections.abc import Callable

MICRO = 1_000
_LAST_US = 9_000_000_000_000_000  # the year 2255: what ns can still hold
_TRUE = {"true", "1", "yes", "error", "status_code_error"}
_STATUS = ("http.status_code", "http.response.status_code")


@dataclass(slots=True, kw_only=True)
class Span:
    """A span of any format, before it is a row; times in ns."""

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
class SpanRows:
    """What one source gave so far, columns apart."""

    rows: EventRows = field(default_factory=EventRows)
    rejected: list[Rejected] = field(default_factory=list)
    columns: list[tuple[Any, ...]] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    records: int = 0
    repeated: int = 0

    def reject(self, value: Any, reason: str) -> None:
        """A value that holds no spans."""
        self.records += 1
        broken = isinstance(value, Broken)
        self.rejected.append(
            Rejected(self.records, value.text if broken else excerpt(value), value.reason if broken else reason)
        )

    def take(self, value: Any, make: Callable[[Any], Span]) -> None:
        """One span; a value of which none can be made is rejected."""
        self.records += 1
        try:
            span: Span = make(value)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
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

    def _events(self, span: Span, *, failed: bool) -> None:
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

    def batch(self) -> Batch:
        """All of it, once the source is read."""
        schema = SPAN_SCHEMA | {"time": pl.Int64}
        spans = pl.DataFrame(self.columns, schema=schema, orient="row").with_columns(pl.col("time").cast(TIME))
        batch = Batch(events=self.rows.frame(), spans=spans, rejected=self.rejected, records=self.records)
        if self.repeated:
            batch.notes.append(f"{self.repeated} spans stand in the file more than once and count once.")
        if len(spans) and not len(self.rows):
            batch.notes.append(
                f"None of its {len(spans)} spans failed or logged an exception: they are data, not events."
            )
        return batch


def _at(ns: int, step: int) -> Instant:
    return Instant(ns, ns, ns + step - 1, ZoneBasis.EPOCH)


def micro(value: Any) -> int:
    """Microseconds since 1970 as ns; ValueError for what is no time."""
    number = int(value)
    if not 0 < number < _LAST_US:
        raise ValueError(f"{value!r} is not a time in microseconds")
    return number * MICRO


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
