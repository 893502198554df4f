"""Loki: the lines of streams, to the nanosecond, with the labels of their stream."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import pytest

from workbench.clock import Assumption
from workbench.readers.base import Certainty
from workbench.readers.loki import READER
from workbench.readers.prometheus import READER as PROMETHEUS
from workbench.readers.registry import head_of

STREAM = {"stream": {"app": "pay", "level": "error"}, "values": [["1763388005123456789", "pool is exhausted"],
          ["1763388006000000000", "pool has grown", {"trace_id": "t1"}]]}  # fmt: skip
ANSWER = {"status": "success", "data": {"resultType": "streams", "result": [STREAM], "stats": {}}}


def rows(value: Any) -> list[dict[str, Any]]:
    """The events with their fields."""
    batches = list(READER.read_stream(io.BytesIO(json.dumps(value).encode()), Assumption()))
    frames = [READER.decoded(batch.events) for batch in batches if batch.events is not None and len(batch.events)]
    return pl.concat(frames).with_columns(pl.col("time").cast(pl.Int64)).to_dicts() if frames else []


@pytest.mark.parametrize("value", [ANSWER, {"streams": [STREAM]}, [STREAM], [ANSWER]])
def test_the_lines_of_streams_keep_their_nanoseconds(value) -> None:
    """Of an answer, of a pushed body, of a dump."""
    first, second = rows(value)
    assert (first["time"], first["message"], first["service"], first["level"]) == (
        1_763_388_005_123_456_789, "pool is exhausted", "pay", "error",
    )  # fmt: skip
    assert second["x_trace_id"] == "t1"


def test_a_line_may_be_an_object() -> None:
    """Docker's wrapping is opened."""
    stream = STREAM | {"values": [["1763388005123456789", {"log": "pool is exhausted\n", "stream": "stderr"}]]}
    assert rows({"streams": [stream]})[0]["message"] == "pool is exhausted"


def test_loki_and_prometheus_do_not_take_each_others_answers() -> None:
    """A stream has lines, a metric numbers."""
    series = {"metric": {"a": "b"}, "values": [[1763388005, "1"]]}
    numbers = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
    lines, samples = (head_of("a.json", json.dumps(each).encode(), complete=True) for each in (ANSWER, numbers))
    assert READER.identify(lines).certainty == Certainty.SIGNATURE
    assert READER.identify(samples) is None
    assert PROMETHEUS.identify(lines) is None


def test_values_that_are_none_are_rejected() -> None:
    """Each on its own."""
    batches = list(
        READER.read_stream(
            io.BytesIO(b'{"streams":[{"stream":{},"values":[["x","no time"],[1],["1763388005123456789","ok"]]}]}'),
            Assumption(),
        )
    )
    assert sum(batch.records for batch in batches) == 3
    assert sum(len(batch.rejected) for batch in batches) == 2
