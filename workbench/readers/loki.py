"""Loki: the streams of a query's answer, or of what was pushed: each line at its nanosecond, with its stream's labels.

Schema: https://grafana.com/docs/loki/latest/reference/loki-http-api/ (query_range, push). Answers that hold numbers
(matrix, vector) are Prometheus's; logcli's lines are formats of their own.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson

from workbench.events.schema import Kind
from workbench.readers.declared import parse_declared
from workbench.readers.json_lines import JsonReader
from workbench.readers.json_records import Broken, claim, documents, items, listing, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    import polars as pl

    from workbench.clock import Assumption
    from workbench.readers.base import Batch, Claim, Head, LazyReader, Source

# The engine of JSON lines reads the lines that are made of the streams, and lays out their fields.
_LINES = parse_declared(
    """
name = "loki"
title = "Loki query results"
kind = "log"
engine = "json"
certainty = "signature"
[time]
epoch = "ns"
[level]
search = true
[json]
time = ["ns"]
message = ["line.log", "line"]
level = ["metadata.detected_level", "metadata.level", "labels.level", "labels.detected_level", "labels.severity"]
service = ["labels.service_name", "labels.service", "labels.app", "labels.container", "labels.job"]
host = ["labels.host", "labels.instance", "labels.node_name", "labels.pod"]
x_trace_id = ["metadata.trace_id", "labels.trace_id"]
[[sample]]
text = '{"ns":"1763388005123456789","line":"pool is exhausted","labels":{"app":"pay"}}'
time = "2025-11-17T14:00:05.123456789Z"
""",
    origin="loki",
)


class _LokiReader:
    """Streams of lines."""

    name = "loki"
    title = "Loki query results"
    example = "query_range.json"
    unfolds = "each line of each stream, at its nanosecond"
    kind = Kind.LOG.value
    structured = True
    version = 1

    def __init__(self) -> None:
        self._lines: LazyReader = JsonReader(_LINES)

    def identify(self, head: Head) -> Claim | None:
        """By streams with values; Prometheus writes ``metric`` where Loki writes ``stream``."""
        return claim(
            head, _streams, _is_stream, (frozenset({"resultType", "stream"}), frozenset({"streams", "stream"}))
        )

    def read(self, source: Source) -> Iterator[Batch]:
        """The lines in the order of the file."""
        with source.open() as stream:
            yield from self.read_stream(stream, source.assumption)

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The lines of a stream of bytes."""
        lines = _Lines(stream)
        for batch in self._lines.read_stream(io.BufferedReader(lines, 1 << 16), assumption):
            batch.records, batch.lines = batch.lines, 0
            yield batch

    def decoded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of the lines."""
        return self._lines.decoded(frame)


class _Lines(io.RawIOBase):
    """A line of JSON for each line of each stream."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._parts, self._rest = _written(stream), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and (part := next(self._parts, b"")):
            self._rest = part
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _written(stream: IO[bytes]) -> Iterator[bytes]:
    for value in documents(stream):
        for each in (value,) if isinstance(value, Broken) else _streams(value):
            if isinstance(each, Broken) or not _is_stream(each):
                text = each.text if isinstance(each, Broken) else orjson.dumps(each, default=str).decode()
                yield b"! " + text.replace("\n", " ").encode() + b"\n"
            else:
                yield b"".join(_line(cells, each["stream"]) for cells in each["values"])


def _line(cells: Any, labels: Any) -> bytes:
    """One value: its nanosecond, its line, and what was said beside it in newer versions."""
    if not isinstance(cells, list) or len(cells) < 2:
        return b"! " + orjson.dumps(cells, default=str) + b"\n"
    record = {"ns": cells[0], "line": cells[1], "labels": labels}
    if len(cells) > 2:
        record["metadata"] = mapping(cells[2]).get("structuredMetadata") or cells[2]
    return orjson.dumps(record, default=str) + b"\n"


def _streams(value: Any) -> Iterator[Any]:
    """The streams of an answer, of a pushed body, or bare ones."""
    for answer in value if isinstance(value, list) else [value]:
        data = answer.get("data") if isinstance(answer, dict) else None
        yield from items(data if isinstance(data, dict) else answer, ("result", "streams"))


def _is_stream(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("stream"), dict) and bool(listing(value.get("values")))


READER = _LokiReader()
