"""Frames of events for the explorer's tests: few names, many equal times, rows in any order."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

START = pd.Timestamp("2025-11-17T14:00:00Z")
SECOND = 1_000_000_000
WORDS = ("Timeout", "pool", "retry", "customer", "10.0.0.1", "caf\u00e9", '"quoted"', "a/b")
LEVELS = ("debug", "info", "WARN", "error", "FATAL", None)
SERVICES = ("orders-api", "Catalog", "pool", None)

rows = st.fixed_dictionaries({
    "time": st.integers(0, 30).map(lambda second: START + pd.Timedelta(seconds=second)),
    "unsure": st.integers(0, 5),
    "level": st.sampled_from(LEVELS),
    "service": st.sampled_from(SERVICES),
    "source": st.sampled_from(("a.log", "b.log")),
    "message": st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)),
    "attributes": st.sampled_from((None, '{"request_id":"r-77","path":"/pay"}', '{"timeout":"12"}', '{"status":500}')),
})  # fmt: skip


def framed(told: list[dict[str, object]]) -> pd.DataFrame:
    """The rows as a frame with intervals around their times."""
    names = ["time", "unsure", "level", "service", "source", "message", "attributes"]
    frame = pd.DataFrame(told, columns=names)
    frame["time"] = pd.to_datetime(frame["time"], utc=True).astype("datetime64[ns, UTC]")
    wide = pd.to_timedelta(frame.pop("unsure").astype("int64"), unit="s")
    frame["earliest"], frame["latest"] = frame["time"] - wide, frame["time"] + wide
    texts = ["level", "service", "source", "message", "attributes"]
    frame[texts] = frame[texts].astype("str")
    frame["line"] = range(1, len(frame) + 1)
    frame["id"] = [f"abc-{line}" for line in frame["line"]]
    return frame


frames = st.lists(rows, max_size=40).map(framed)
