"""The text engine: every line of any bytes is answered for once, and events do not depend on where blocks are cut."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clock import Assumption, parse_zone
from workbench.readers import blocks as blocks_room
from workbench.readers import text_lines
from workbench.readers.declared import parse_declared
from workbench.readers.registry import named
from workbench.store.derived import Cache
from workbench.timeline.frame import events_frame
from workbench.timeline.load import Loader

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.readers.base import Rejected

KNOWN = Assumption(zone=parse_zone("UTC"), year=2025)
LOG4J = b"2025-11-17 14:00:05,123 ERROR [main] com.shop.Pool - no connection"
SYSLOG = b"Nov 17 14:00:09 db-1 postgres[2260]: FATAL:  no slots"
CRI = b"2025-11-17T14:00:05.123456789Z stderr F timeout"
FORMATS = ["log4j", "syslog_rfc3164", "cri", "logfmt", "klog", "access", "postgresql", "python_logging"]


@dataclass(frozen=True)
class Account:
    """What a reader gives for some bytes, put together."""

    events: list[tuple[Any, ...]]
    rejected: list[Rejected]
    lines: int
    continuations: int
    blank: int

    @property
    def balanced(self) -> bool:
        """Whether every line is answered for once."""
        return self.lines == len(self.events) + self.continuations + self.blank + len(self.rejected)

    @property
    def messages(self) -> list[str]:
        """The messages of the events."""
        return [event[-1] for event in self.events]


def account(name: str, data: bytes, *, size: int = blocks_room.BLOCK_BYTES) -> Account:
    """Reads bytes as a format, in blocks of a size; each event as (time, line, level, message)."""
    reader: Any = named(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_lines, "Blocks", lambda stream: blocks_room.Blocks(stream, size=size))
        batches = list(reader.read_stream(io.BytesIO(data), KNOWN))
    frames = [reader.decoded(batch.events) for batch in batches if batch.events is not None and len(batch.events)]
    chosen = [frame.select(pl.col("time").cast(pl.Int64), "line", "level", "message") for frame in frames]
    return Account(
        events=[row for frame in chosen for row in frame.rows()],
        rejected=[each for batch in batches for each in batch.rejected],
        lines=sum(batch.lines for batch in batches),
        continuations=sum(batch.continuations for batch in batches),
        blank=sum(batch.blank for batch in batches),
    )


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                LOG4J,
                SYSLOG,
                CRI,
                CRI.replace(b" F ", b" P "),
                CRI.replace(b"stderr F", b"stdout P"),
                b"",
                b"  ",
                b"\tat com.shop.Pool.take(Pool.java:88)",
                b"Caused by: java.io.IOException: gone",
                b"*** log rotated ***",
                b"\xff\xfe\x00",
                LOG4J[:20],
                LOG4J + b"\r",
                b"\r",
                b"2025-02-30 14:00:05,123 ERROR [main] com.shop.Pool - no such day",
                SYSLOG.replace(b"Nov 17", b"Nov 31"),
                b"ts=2025-11-17T14:00:05Z level=warn msg=full",
                b'E1117 14:00:05.123456       1 a.go:88] "x"',
                b'1.2.3.4 - - [17/Nov/2025:14:00:04 +0000] "GET / HTTP/1.1" 200 2',
                b"2025-11-17 14:00:05,123 - a.b - ERROR - failed",
            ]
        ),
        st.binary(max_size=24).map(lambda line: line.replace(b"\n", b"")),
    ),
    max_size=12,
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(lines=LINES, ended=st.booleans())
def test_lines_are_events_continuations_blank_or_rejected(name: str, lines: list[bytes], ended: bool) -> None:
    """Whatever the bytes, each line is counted once and under one heading only."""
    data = b"\n".join(lines) + (b"\n" if ended else b"")
    found = account(name, data)
    assert found.balanced
    if b"\n" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in data[:4096]:
        assert found.lines == data.count(b"\n") + (not data.endswith(b"\n"))


@pytest.mark.parametrize("name", ["log4j", "syslog_rfc3164", "cri", "logfmt"])
@settings(max_examples=30, deadline=None)
@given(lines=LINES, size=st.integers(8, 300))
def test_events_do_not_depend_on_the_block_size(name: str, lines: list[bytes], size: int) -> None:
    """Cutting the bytes elsewhere changes no time, no line number, no message and no count."""
    first = {
        "log4j": LOG4J,
        "syslog_rfc3164": SYSLOG,
        "cri": CRI,
        "logfmt": b"ts=2025-11-17T14:00:05Z level=warn msg=full",
    }[name]
    data = b"\n".join([first, *(line.replace(b"\x00", b"").replace(b"\r", b"") for line in lines)]) + b"\n"
    whole, cut = account(name, data), account(name, data, size=size)
    assert cut == whole


def test_a_stack_trace_is_one_event() -> None:
    """The lines of a trace belong to the message that they follow."""
    trace = b"\ncom.shop.PoolTimeout: gone\n\tat com.shop.Pool.take(Pool.java:88)\nCaused by: java.io.IOException: x\n\t... 8 more\n"
    found = account("log4j", LOG4J + trace + LOG4J + b"\n")
    assert (len(found.events), found.continuations, found.rejected) == (2, 4, [])
    assert found.messages[0] == "no connection" + trace.decode().rstrip("\n")
    assert [event[1] for event in found.events] == [1, 6]


SLOW = b"""# User@Host: app[app] @ localhost []
# Query_time: 2.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9
SET timestamp=1763388005;
select 1;
# Time: 251117 14:00:09
# User@Host: app[app] @ localhost []
# Query_time: 2.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9
SET timestamp=1763388006;
select 2;
"""


@pytest.mark.parametrize("size", [16, 100, 4096])
def test_a_time_in_a_later_line_is_that_of_its_event(size: int) -> None:
    """Two lines of a head are one event, wherever the blocks are cut."""
    found = account("mysql_slow", SLOW, size=size)
    assert [(event[0], event[1]) for event in found.events] == [
        (1_763_388_005_000_000_000, 1),
        (1_763_388_006_000_000_000, 5),
    ]
    assert (found.continuations, found.rejected, found.balanced) == (7, [], True)


def test_an_event_without_a_time_is_rejected_with_the_reason() -> None:
    """It is no part of the event before it, and is not given that one's time."""
    found = account("mysql_slow", SLOW.replace(b"SET timestamp=1763388005;\n", b""))
    assert [event[1] for event in found.events] == [4]
    assert "no time is in it" in found.rejected[0].reason


def repeated(name: str, data: bytes) -> list[bool]:
    """Which events of the data repeat an earlier one."""
    reader: Any = named(name)
    return (
        pl.concat([each.events for each in reader.read_stream(io.BytesIO(data), KNOWN)])
        .get_column("duplicate")
        .to_list()
    )


def test_a_line_with_a_time_that_comes_again_was_sent_twice_whatever_follows_it() -> None:
    """Shippers repeat lines: the trace may not have been sent again."""
    assert repeated("log4j", LOG4J + b"\n\tat a.B\n" + LOG4J + b"\n") == [False, True]


def test_where_the_time_stands_further_down_only_a_whole_event_was_sent_twice() -> None:
    """A slow query's first line is that of every query of its user."""
    query = b"# User@Host: app[app] @ web-1 [10.0.0.7]\n# Query_time: 2.5\nSET timestamp=1763388005;\nselect 1;\n"
    assert repeated("mysql_slow", query + query.replace(b"select 1", b"select 2") + query) == [False, False, True]


def test_junk_inside_a_trace_is_rejected_and_not_in_the_message() -> None:
    """A banner, a cut line and unreadable bytes between the lines of a trace are listed with their numbers."""
    lines = [
        LOG4J,
        b"\tat a.B.c(B.java:1)",
        b"==== log rotated ====",
        LOG4J[:22],
        b"\xff\xfe\xfd\x00",
        b"\tat a.B.d(B.java:2)",
        LOG4J,
    ]
    found = account("log4j", b"\n".join(lines) + b"\n")
    assert found.messages[0] == "no connection\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)"
    assert [each.position for each in found.rejected] == [3, 4, 5]
    assert all(each.reason for each in found.rejected)
    assert found.balanced


def test_a_day_that_does_not_exist_is_rejected_with_its_text() -> None:
    """A line of the right shape on 30 February is no event, and the reason quotes the time."""
    found = account("access", b'1.2.3.4 - - [30/Feb/2025:14:00:04 +0000] "GET / HTTP/1.1" 200 2\n')
    assert found.events == []
    assert "30/Feb/2025:14:00:04" in found.rejected[0].reason


def test_partial_lines_join_within_their_stream_only() -> None:
    """A CRI line that says it is a part goes on in the next of its stream; another stream's line stays apart."""
    lines = [
        b"2025-11-17T14:00:05.1Z stdout P one, ", b"2025-11-17T14:00:05.2Z stdout F two",
        b"2025-11-17T14:00:05.3Z stdout P three", b"2025-11-17T14:00:05.4Z stderr F four",
    ]  # fmt: skip
    found = account("cri", b"\n".join(lines) + b"\n")
    assert found.messages[0] == "one, two"
    assert "four" in found.messages
    assert not any("three" in message and "four" in message for message in found.messages)
    assert found.balanced


@pytest.mark.parametrize(
    "data",
    [
        LOG4J + b"\r\n" + LOG4J + b"\r\n",
        LOG4J + b"\r" + LOG4J + b"\r",
        LOG4J + b"\n" + LOG4J,
        b"\xef\xbb\xbf" + LOG4J + b"\n" + LOG4J + b"\n",
        "\ufeff".encode("utf-16-le") + (LOG4J.decode() + "\n").encode("utf-16-le") * 2,
        "\ufeff".encode("utf-16-be") + (LOG4J.decode() + "\n").encode("utf-16-be") * 2,
        (LOG4J.decode() + "\r\n").encode("utf-16-le") * 2,
        (LOG4J.decode() + "\n").encode("utf-16-be") * 2,
    ],
    ids=["crlf", "cr", "no last newline", "utf-8 mark", "utf-16-le mark", "utf-16-be mark", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("size", [100, 4096])
def test_line_ends_and_encodings_do_not_change_the_events(data: bytes, size: int) -> None:
    """Files of Windows, old Macs and PowerShell hold the same two events, their messages without the line's end."""
    found = account("log4j", data, size=size)
    assert found.messages == ["no connection", "no connection"]
    assert [event[1] for event in found.events] == [1, 2]
    assert found.rejected == []


def test_bytes_that_are_no_utf8_stay_visible() -> None:
    """Latin-1 in a message is shown as its bytes; the line is an event all the same."""
    found = account("log4j", LOG4J + b" caf\xe9\n" + LOG4J + b" z\x00o\n")
    assert found.messages == ["no connection caf\\xe9", "no connection z\x00o"]


def test_a_line_of_ten_megabytes_is_one_event() -> None:
    """A line longer than a block is carried, whole, to its end."""
    found = account("log4j", LOG4J + b" " + b"x" * 10_000_000 + b"\n" + LOG4J + b"\n")
    assert len(found.events) == 2
    assert len(found.messages[0]) == len("no connection ") + 10_000_000


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b" \r\n\t\n", bytes(range(256)) * 20, b"\x00" * 5000, b"\xff\xfe", b"\xef\xbb\xbf"]
)
@pytest.mark.parametrize("name", FORMATS)
def test_files_without_events_crash_nothing(name: str, data: bytes) -> None:
    """Empty, white, binary and zero-filled files give no event and stay accounted for."""
    found = account(name, data)
    assert found.events == []
    assert found.balanced


def loader(tmp_path: Path, name: str = "cache") -> Loader:
    """A loader with a cache of its own."""
    return Loader(cache=Cache(tmp_path / name))


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    """Three logs whose events interleave, one of them compressed."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "b.log").write_bytes(LOG4J + b"\n" + LOG4J.replace(b":05,123", b":07,000") + b"\n")
    (folder / "a.log").write_bytes(LOG4J.replace(b":05,123", b":06,000") + b"\n")
    (folder / "c.log.gz").write_bytes(gzip.compress((CRI + b"\n") * 2, mtime=1_763_388_005))
    return sorted(folder.iterdir())


def test_the_order_of_sources_does_not_matter(tmp_path: Path, logs: list[Path]) -> None:
    """Files given backwards make the same frame, row by row."""
    forward = events_frame(loader(tmp_path, "one").load(logs))
    backward = events_frame(loader(tmp_path, "two").load(logs[::-1]))
    assert len(forward) == 5
    assert forward.equals(backward)
    assert forward["time"].is_monotonic_increasing


def test_reading_twice_gives_the_same_frame(tmp_path: Path, logs: list[Path]) -> None:
    """Ids and all other columns are equal whether a source was read now or kept from before."""
    once = events_frame(loader(tmp_path).load(logs))
    again = events_frame(loader(tmp_path).load(logs))
    assert once.equals(again)
    assert once["id"].is_unique


def test_a_source_that_is_known_is_not_read_again(
    tmp_path: Path, logs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second load opens no source; a source that changed is read."""

    def refuse(*_: object) -> None:
        pytest.fail("a source was read again")

    before = loader(tmp_path).load(logs)
    monkeypatch.setattr(text_lines.TextReader, "read", refuse)
    assert loader(tmp_path).load(logs).reports == before.reports
    logs[0].write_bytes(LOG4J + b" changed\n")
    with pytest.raises(pytest.fail.Exception):
        loader(tmp_path).load(logs)


@pytest.mark.parametrize(
    ("data", "why"), [(b"", "empty"), (b" \n\n", "white space"), (bytes(range(1, 32)) * 30, "not text")]
)
def test_a_file_without_text_is_listed_with_the_reason(tmp_path: Path, data: bytes, why: str) -> None:
    """Nothing is dropped in silence: what no reader takes stands among the unrecognised."""
    (tmp_path / "odd.bin").write_bytes(data)
    loaded = loader(tmp_path).load([tmp_path / "odd.bin"])
    assert loaded.sources == ()
    assert [each.path for each in loaded.unrecognised] == ["odd.bin"]
    assert why in loaded.unrecognised[0].why


TILL = r"""
name = "till"
title = "The till's log"
kind = "log"
[[pattern]]
action = "request.served"
regex = '^(?P<time>[0-9]{10}) (?P<request>GET [^ \n]+) (?P<status>[0-9]{3})'
[[pattern]]
regex = '^(?P<time>[0-9]{10}) '
[time]
formats = ["%s"]
[fields]
message = "{request}: {status}"
[[sample]]
text = "1763388005 GET /carts 503"
time = "2025-11-17T14:00:05Z"
"""


def test_a_pattern_says_what_was_done_and_what_a_template_has_nothing_for_stays_as_written() -> None:
    """Requests and notices stand in one log: only requests were served, and a notice is its own message."""
    reader: Any = text_lines.TextReader(parse_declared(TILL, origin="till.toml"))
    (batch,) = reader.read_stream(io.BytesIO(b"1763388005 GET /carts 503\n1763388006 drawer is open\n"), KNOWN)
    found = reader.decoded(batch.events)
    assert found.get_column("action").to_list() == ["request.served", None]
    assert found.get_column("message").to_list() == ["GET /carts: 503", "drawer is open"]
