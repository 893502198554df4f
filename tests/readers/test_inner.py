"""Wrapped lines: the wrapper's time, the innermost fields."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl

from workbench.clock import Assumption
from workbench.readers.registry import named

APP = {"level": "error", "msg": "pool is exhausted", "service": "pay", "status": 503, "time": "2025-02-19T13:00:04Z"}


def rows(name: str, *lines: str) -> list[dict[str, Any]]:
    """The events of these lines, read as a format."""
    reader: Any = named(name)
    text = "".join(f"{line}\n" for line in lines).encode()
    batches = reader.read_stream(io.BytesIO(text), Assumption(year=2025))
    frames = [batch.events for batch in batches if batch.events is not None and len(batch.events)]
    stamps = pl.col("time").dt.strftime("%Y-%m-%dT%H:%M:%S")
    return reader.decoded(pl.concat(frames)).with_columns(stamps).to_dicts()


def test_json_in_dockers_json_in_cri_is_opened() -> None:
    """Two wrappers deep; the runtime's time counts."""
    inner = json.dumps({"log": json.dumps(APP) + "\n", "stream": "stderr", "time": "2025-02-19T13:00:05Z"})
    (event,) = rows("cri", f"2025-02-19T13:00:06.000000000Z stderr F {inner}")
    assert (event["time"], event["level"], event["message"], event["service"]) == (
        "2025-02-19T13:00:06", "error", "pool is exhausted", "pay",
    )  # fmt: skip
    assert event["x_status"] == "503"


def test_klog_in_the_journal_is_opened() -> None:
    """Its level wins over the journal's."""
    entry = {"__REALTIME_TIMESTAMP": "1739970006000000", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "kubelet",
             "MESSAGE": 'E0219 13:00:05.100000       1 pod.go:88] "Failed to attach" err="timeout"'}  # fmt: skip
    first, second = rows("journald", json.dumps(entry), json.dumps(entry))
    assert (first["level"], first["message"]) == ("error", '"Failed to attach" err="timeout"')
    assert second["service"] == "kubelet"


def test_lines_of_plain_text_beside_json_stay_as_they_are() -> None:
    """Row by row."""
    first, second = rows(
        "cri", f"2025-02-19T13:00:06Z stdout F {json.dumps(APP)}", "2025-02-19T13:00:07Z stderr F just words"
    )
    assert (first["level"], second["message"], second["level"]) == ("error", "just words", None)


def test_json_in_syslog_is_opened_and_keeps_the_header() -> None:
    """Host and program are the header's where the object has none."""
    bare = {key: value for key, value in APP.items() if key != "service"}
    (event,) = rows("syslog_rfc3164", f"Feb 19 13:00:06 web-1 app[7]: {json.dumps(bare)}")
    assert (event["message"], event["host"], event["service"]) == ("pool is exhausted", "web-1", "app")
