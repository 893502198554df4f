"""Times read by their place say what the format's expression would have said."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import Assumption, parse_zone
from workbench.readers import line_times
from workbench.readers.registry import named

UTC = Assumption(zone=parse_zone("UTC"), year=2025)
LINES = {
    "syslog_rfc3164": [
        "Nov 17 14:00:09 db-1 postgres[1]: up", "Nov 17 14:00:09 db-1 postgres[1]: down", "Nov 31 14:00:09 db-1 a: b",
        "<13>Nov 17 14:00:10 db-1 cron[2]: x", "Nov 17 14:00", "garbage", "  indented", "",
        "Nov 7 02:00:09 --- last message repeated 1 time ---", "Nov  7 02:00:09 db-1 a: b", "Jan  1 00:00:00 db-1 a: b",
    ],
    "log4j": [
        "2025-11-17 09:00:05,123 ERROR [a] com.shop.A - one", "2025-11-17 09:00:05,123456 INFO [a] com.shop.A - micro",
        "[2025-11-17 14:00:05,123] WARN [b] two (kafka.A)", "WARN  [c] 2025-11-17 14:00:05,123 R.java:88 - slow",
        "2025-11-17 09:00:05,123 nothing of a level", "2025-13-17 09:00:05,123 ERROR [a] com.shop.A - no such month",
        "\tat com.shop.Pool.take(Pool.java:88)", "com.shop.PoolTimeout: none", "", "2025-11-17 09:0",
    ],
    "access": [
        '203.0.113.7 - a [17/Nov/2025:14:00:04 +0000] "GET / HTTP/1.1" 200 2', "203.0.113.7 - - [17/Nov/2025:14:0",
        '203.0.113.7 - - [31/Feb/2025:14:00:00 +0000] "GET / HTTP/1.1" 200 1', "noise [with a mark", "",
        '198.51.100.4 - - [17/Nov/2025:09:00:04 -0500] "GET /x HTTP/2.0" 500 2 "-" "curl"',
    ],
    "text_times": [
        "2025-11-17 14:00:05 one", "2025-11-17 14:00:05 +0200 with an offset after it", "2025-11-17T14:00:05Z two",
        "2025-11-17 14:00:05.250 fraction", "2025-11-17 14:00:06, a comma", "no time", "",
    ],
}  # fmt: skip


def account(name: str, lines: list[str]) -> tuple[list[tuple[int, int, int, int]], dict[int, str]]:
    """Each event's line, time and interval; each rejected line's reason."""
    reader: Any = named(name)
    rows, rejected = [], {}
    for batch in reader.read_stream(io.BytesIO("\n".join(lines).encode() + b"\n"), UTC):
        rejected.update({each.position: each.reason for each in batch.rejected})
        if batch.events is not None:
            rows += batch.events.select(
                "line", *(batch.events[n].cast(int) for n in ("time", "earliest", "latest"))
            ).rows()
    return rows, rejected


@given(st.sampled_from(sorted(LINES)).flatmap(lambda name: st.tuples(
    st.just(name), st.lists(st.sampled_from(LINES[name]), min_size=1, max_size=12)
)))  # fmt: skip
def test_a_place_is_a_short_cut_and_nothing_else(drawn: tuple[str, list[str]]) -> None:
    """With the place known from the first line on, or never, the same events and the same rejections come out."""
    name, lines = drawn
    reader: Any = named(name)
    blocks = list(line_times_blocks("\n".join(lines).encode() + b"\n"))
    placed, expressed = (line_times.LineTimeReader(reader.declared, reader._times(UTC)) for _ in range(2))
    first = next((n for n, line in enumerate(lines) if account(name, [line])[0]), None)
    if first is not None:
        for block in line_times_blocks(lines[first].encode() + b"\n"):
            placed.read(block)
    for block in blocks:
        one, other = placed.read(block), by_expression(expressed, block)
        assert (one.matched & one.times.valid).tolist() == (other.matched & other.times.valid).tolist()
        begins = one.matched & one.times.valid
        assert one.times.time[begins].tolist() == other.times.time[begins].tolist()
        assert one.times.latest[begins].tolist() == other.times.latest[begins].tolist()


def line_times_blocks(data: bytes) -> Any:
    """The lines as the engine sees them."""
    from workbench.readers.blocks import Blocks

    return Blocks(io.BytesIO(data))


def by_expression(reader: line_times.LineTimeReader, block: Any) -> line_times.LineTimes:
    """What the expressions alone say."""
    import numpy as np

    matched, texts = reader._by_expression(block, np.arange(len(block)))
    return line_times.LineTimes(matched, reader._times.read(texts))
