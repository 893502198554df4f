"""Zipkin: traces of the API v2 and v1 as spans; annotations that tell of an error as events.

Schema: https://zipkin.io/zipkin-api/ (v2 and v1). Times and durations are microseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.schema import Kind
from workbench.readers.json_records import Broken, claim, documents, items, label, listing, mapping
from workbench.readers.span_rows import MICRO, Span, SpanRows, micro

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Batch, Claim, Head, Source

# What the two ends of a call wrote in version 1, in the order in which they are trusted as the span's begin.
_BEGINS = ("sr", "cs", "ms", "mr")
_SAID = {"sr", "ss", "cs", "cr", "ms", "mr", "ws", "wr"}


class _ZipkinReader:
    """Traces of Zipkin: a list of spans, or a list of such lists."""

    name = "zipkin"
    title = "Zipkin traces"
    example = "trace.json"
    unfolds = "spans as data; an event for each span that failed"
    kind = Kind.TRACE.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the keys of the first spans; Jaeger writes traceID where Zipkin writes traceId."""
        signatures = (frozenset({"traceId", "localEndpoint"}), frozenset({"traceId", "binaryAnnotations"}))
        return claim(head, lambda value: items(value, ()), _fits, signatures)

    def read(self, source: Source) -> Iterator[Batch]:
        """Every span as data; those that failed as events."""
        spans = SpanRows()
        with source.open() as stream:
            for value in documents(stream):
                for span in (value,) if isinstance(value, Broken) else items(value, ()):
                    if isinstance(span, dict):
                        spans.take(span, _span)
                    else:
                        spans.reject(span, "not a span")
        yield spans.batch()


def _span(span: dict[str, Any]) -> Span:
    notes = [mapping(each) for each in listing(span.get("annotations"))]
    tags = mapping(span.get("tags")) | _binary(span)
    if "error" in tags:  # its presence is the mark; its text says why, and may be empty
        tags = tags | {"error": "true", "error.message": label(tags["error"])}
    return Span(
        trace_id=str(span["traceId"]), span_id=str(span["id"]), parent_id=label(span.get("parentId")),
        service=_service(span, notes), operation=str(span.get("name") or ""), start=_start(span, notes),
        duration=max(0, int(span.get("duration") or 0)) * MICRO, tags=tags, step=MICRO,
        logs=[(micro(each["timestamp"]), {"event": "error", "message": each.get("value")}) for each in notes
              if "error" in str(each.get("value")).lower() and each.get("value") not in _SAID],
    )  # fmt: skip


def _start(span: dict[str, Any], notes: list[dict[str, Any]]) -> int:
    """The span's own time; where the other end kept it, the first thing that was said in it."""
    if span.get("timestamp"):
        return micro(span["timestamp"])
    said = {str(each.get("value")): each.get("timestamp") for each in notes}
    first = next((said[value] for value in _BEGINS if value in said), None)
    times = [int(each["timestamp"]) for each in notes if each.get("timestamp")]
    if first is None and not times:
        raise ValueError("no timestamp, and no annotation that has one")
    return micro(first if first is not None else min(times))


def _service(span: dict[str, Any], notes: list[dict[str, Any]]) -> str | None:
    own = label(span.get("localEndpoint"), "serviceName")
    told = (label(each.get("endpoint"), "serviceName") for each in (*notes, *map(mapping, _binaries(span))))
    return own or next((name for name in told if name), None)


def _binary(span: dict[str, Any]) -> dict[str, Any]:
    """The tags of version 1."""
    return {str(each.get("key")): each.get("value") for each in map(mapping, _binaries(span)) if "key" in each}


def _binaries(span: dict[str, Any]) -> list[Any]:
    return listing(span.get("binaryAnnotations"))


def _fits(record: Any) -> bool:
    marks = {"localEndpoint", "remoteEndpoint", "binaryAnnotations", "annotations", "parentId", "timestamp"}
    return isinstance(record, dict) and {"traceId", "id"} <= record.keys() and len(marks & record.keys()) >= 2


READER = _ZipkinReader()
