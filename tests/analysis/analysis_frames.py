"""Small frames for the tests of the analysis: events and edge logs from a few words each."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from workbench.events.schema import COLUMNS

DAY = "2025-03-04T"


def at(clock: str) -> pd.Timestamp:
    """A time of the test day, ``14:05:30``."""
    return pd.Timestamp(f"{DAY}{clock}Z")


def ns(clock: str) -> int:
    """The same in ns."""
    return int(at(clock).value)


def event(clock: str, kind: str, message: str = "", **fields: Any) -> dict[str, Any]:
    """One event; unknown fields become attributes."""
    row: dict[str, Any] = {name: fields.pop(name, None) for name in COLUMNS}
    row |= {"time": at(clock), "earliest": row["earliest"] or at(clock), "latest": row["latest"] or at(clock)}
    row |= {"kind": kind, "message": message, "duplicate": bool(row["duplicate"])}
    row["source"] = row["source"] or f"{kind}.json"
    return row | {"attributes": json.dumps(fields) if fields else None}


def events(*rows: dict[str, Any]) -> pd.DataFrame:
    """The events frame, ids and lines given by position where they are missing."""
    numbered = [row | {"line": row["line"] or i, "id": row["id"] or f"e{i}"} for i, row in enumerate(rows, start=1)]
    frame = pd.DataFrame(numbered, columns=list(COLUMNS))
    for name in ("time", "earliest", "latest"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[ns, UTC]")
    return frame


def chat(clock: str, message: str, actor: str = "Ann", **fields: Any) -> dict[str, Any]:
    """A chat message."""
    return event(clock, "chat", message, actor=actor, action="message.posted", **({"channel": "inc"} | fields))


def requests(minute: int, count: int, status: int, *, service: str = "shop", first: int = 0) -> list[dict[str, Any]]:
    """``count`` requests spread over a minute after 13:00, each by its own customer."""
    start = at("13:00:00") + pd.Timedelta(minutes=minute)
    return [
        {
            "time": start + pd.Timedelta(seconds=i % 60), "status": status, "service": service, "path": "/buy",
            "user": f"c{minute}-{first + i}", "request_id": f"{service}-{status}-{minute}-{first + i}",
            "agent": "curl/8", "source": "access.log", "line": minute * 1000 + first + i + 1, "duplicate": False,
        }
        for i in range(count)
    ]  # fmt: skip


def edge(
    failing: range = range(60, 70),
    *,
    bad: int = 8,
    background: int = 0,
    status: int = 503,
    length: int = 120,
    off: int = 0,
) -> pd.DataFrame:
    """Two hours, 20 requests a minute: ``bad`` of them fail in the failing minutes, else one every ``background``.

    The clock of the host may be ``off`` seconds off.
    """
    rows: list[dict[str, Any]] = []
    for minute in range(length):
        count = bad if minute in failing else 1 if background and minute % background == 0 else 0
        rows += requests(minute, 20 - count, 200) + requests(minute, count, status, first=100)
    frame = pd.DataFrame(rows)
    frame["time"] = pd.to_datetime(frame["time"], utc=True).astype("datetime64[ns, UTC]")
    slack = pd.Timedelta(seconds=off)
    return frame.assign(earliest=frame["time"] - slack, latest=frame["time"] + slack) if off else frame
