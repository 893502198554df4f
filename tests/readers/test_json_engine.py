"""The JSON-lines engine: a broken line harms no other, and times keep every digit they have."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.clock import Assumption
from workbench.readers import blocks as blocks_room
from workbench.readers import json_lines
from workbench.readers.registry import choose, head_of, named, readers, shape_of

GOOD = b'{"ts":1763388005123,"level":"ERROR","msg":"no connection"}'


def read(
    data: bytes, *, size: int = blocks_room.BLOCK_BYTES, name: str = "json_lines"
) -> tuple[list[dict[str, Any]], dict[int, str], list[int]]:
    """Events (time in ns), the reasons by line number, and the counts of lines and blank ones."""
    reader: Any = named(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "Blocks", lambda stream: blocks_room.Blocks(stream, size=size))
        batches = list(reader.read_stream(io.BytesIO(data), Assumption()))
    frames = [reader.decoded(batch.events) for batch in batches if batch.events is not None and len(batch.events)]
    names = ["time", "line", "level", "service", "message", "attributes"]
    rows = [
        row for frame in frames for row in frame.with_columns(pl.col("time").cast(pl.Int64)).select(names).to_dicts()
    ]
    rejected = {each.position: each.reason for batch in batches for each in batch.rejected}
    return rows, rejected, [sum(batch.lines for batch in batches), sum(batch.blank for batch in batches)]


def times(*lines: str) -> list[int]:
    """The times of some records."""
    return [row["time"] for row in read("\n".join(lines).encode())[0]]


def test_broken_lines_are_rejected_one_by_one() -> None:
    """Each line that is cut, no object or timeless has its number and its own reason; the others are events."""
    data = b"\n".join([GOOD, GOOD[:30], b"", b"[1, 2]", b"plain text", b'{"ts":,}', b'{"level":"INFO"}', GOOD]) + b"\n"
    rows, rejected, counts = read(data)
    assert [row["line"] for row in rows] == [1, 8]
    assert sorted(rejected) == [2, 4, 5, 6, 7]
    assert rejected[6] == "not valid JSON"
    assert "without a time" in rejected[7]
    assert counts == [8, 1]


def test_nanoseconds_survive() -> None:
    """An epoch of 19 digits and an RFC 3339 time of nine decimals are the same instant, to the last digit."""
    assert (
        times('{"ts":1763388005123456789}', '{"ts":"2025-11-17T14:00:05.123456789Z"}')
        == [1_763_388_005_123_456_789] * 2
    )


def test_seconds_with_a_long_fraction_are_no_floats() -> None:
    """A float would lose the last digits of 1763388005.123456789."""
    assert times('{"ts":1763388005.123456}') == [1_763_388_005_123_456_000]
    assert times('{"ts":"1763388005.123456789"}') == [1_763_388_005_123_456_789]


def test_epochs_and_texts_may_be_mixed_in_one_file() -> None:
    """Row by row, whichever a record has: s, ms, ns, RFC 3339 with an offset."""
    found = times(
        '{"t":1763388005}', '{"t":"2025-11-17T15:00:05+01:00"}', '{"t":1763388005000}', '{"t":1763388005000000000}'
    )
    assert found == [1_763_388_005_000_000_000] * 4


def test_nested_and_dotted_keys_are_the_same() -> None:
    """``log.level`` as one key or as an object in an object gives the level."""
    rows, _, _ = read(
        b'{"@timestamp":"2025-11-17T14:00:05Z","log":{"level":"warn"},"service":{"name":"a"},"message":"x"}\n'
        b'{"@timestamp":"2025-11-17T14:00:06Z","log.level":"error","service.name":"b","message":"y"}\n'
    )
    assert [(row["level"], row["service"], row["message"]) for row in rows] == [("warn", "a", "x"), ("error", "b", "y")]


def test_a_record_keeps_all_of_its_keys() -> None:
    """The whole object is in the attributes, as it was written."""
    line = b'{"ts":1763388005123,"msg":"x","odd key":{"deep":[1,null]}}'
    assert read(line)[0][0]["attributes"].encode() == line


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                GOOD,
                GOOD[:30],
                b"",
                b" ",
                b"[]",
                b"{}",
                b'{"ts":',
                b'{"ts":"soon"}',
                GOOD + b"\r",
                b"\xff\xfe",
                b"}{",
                b'{"ts":[1]}',
                b'{"ts":{"ts":1}}',
                b"{" * 40 + b"}" * 40,
                b'{"ts":1763388005,"ts":"x"}',
            ]
        ),
        st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"").replace(b"\x00", b"")),
    ),
    max_size=10,
)


@settings(max_examples=60, deadline=None)
@given(lines=LINES, size=st.integers(8, 200))
def test_every_line_is_answered_for_whatever_the_blocks(lines: list[bytes], size: int) -> None:
    """Lines are events, blank or rejected, each once, and the same ones wherever the bytes are cut."""
    data = b"\n".join([GOOD, *(line.replace(b"\r", b"") for line in lines)]) + b"\n"
    rows, rejected, counts = read(data)
    assert counts[0] == data.count(b"\n") == len(rows) + len(rejected) + counts[1]
    assert read(data, size=size) == (rows, rejected, counts)


@pytest.mark.parametrize("data", [b"", b"\n \n", bytes(range(256)), b"{", b"\x00" * 100, b"[" * 100_000])
def test_files_without_records_crash_nothing(data: bytes) -> None:
    """Empty, binary and absurd files give no event."""
    rows, rejected, counts = read(data)
    assert rows == []
    assert counts[0] == counts[1] + len(rejected)


ROW = '{"time":"2025-11-17T14:00:05Z","msg":"one"}'
OTHER = '{"time":"2025-11-17T14:00:06Z","msg":"two"}'


@pytest.mark.parametrize(
    "text",
    [f"[{ROW},{OTHER}]", f"[{ROW}]\n[{OTHER}]", f"[{ROW}][{OTHER}]", f'{{"took":3,"rows":[{ROW},{OTHER}],"tags":["a"]}}',
     f'{{"data":{{"deep":{{"rows":[{ROW},{OTHER}]}}}}}}', f'{{"rows":[{ROW}]}}\n{{"rows":[{OTHER}]}}\n',
     json.dumps(json.loads(f"[{ROW},{OTHER}]"), indent=2), f"{json.dumps(json.loads(ROW), indent=1)}\n{json.dumps(json.loads(OTHER), indent=1)}",
     f"\ufeff[\n{ROW},\n{OTHER}\n]\n"],
)  # fmt: skip
def test_records_are_found_however_the_document_is_written(text: str) -> None:
    """Lists, answers with a list in them, pages, written out over lines, one after another."""
    rows, rejected, counts = read(text.encode())
    assert [(row["line"], row["message"]) for row in rows] == [(1, "one"), (2, "two")]
    assert (rejected, counts) == ({}, [0, 0])


def test_a_document_is_recognised_by_its_beginning_alone() -> None:
    """The head ends within a record; what is whole before it says enough."""
    whole = json.dumps({"meta": {"a": [1, {"b": "]}"}]}, "rows": [json.loads(ROW)] * 3000}).encode()
    head = head_of("a.json", whole[: 64 * 1024])
    assert choose(head, readers(None, shape_of(head))).reader.name == "json_lines"
    assert len(read(whole)[0]) == 3000


def test_an_unusual_key_is_taken_where_its_values_are_times() -> None:
    """By what most records hold; a note names it."""
    reader: Any = named("json_lines")
    data = "\n".join(f'{{"n":{at},"occurredOn":"2025-11-17T14:00:0{at}Z","msg":"x"}}' for at in range(5))
    batches = list(reader.read_stream(io.BytesIO(data.encode()), Assumption()))
    assert sum(len(batch.events) for batch in batches if batch.events is not None) == 5
    assert [note for batch in batches for note in batch.notes] == [
        "None of the usual keys holds a time: 'occurredOn' is taken, whose values are times."
    ]


def test_what_is_broken_between_documents_is_rejected_with_its_place() -> None:
    """And the documents around it are read."""
    rows, rejected, _ = read(f"[{ROW}]\n[{{cut\n[{OTHER}]\n".encode())
    assert [row["message"] for row in rows] == ["one", "two"]
    assert "not JSON" in rejected[2]


@pytest.mark.parametrize("text", ['{"name":"x","size":3}', '[{"a":1},{"a":2}]', '{"rows":[]}', "[]", "{}"])
def test_json_without_times_is_not_claimed(text: str) -> None:
    """Its reason says so."""
    head = head_of("a.json", text.encode(), complete=True)
    choice = choose(head, readers(None, shape_of(head)))
    assert choice.reader is None
    assert choice.why.startswith("JSON ")


def docker(log: str, *, stream: str = "stderr", at: str = "14:00:05.1") -> str:
    """A line as Docker's json-file driver writes it."""
    return json.dumps({"log": log, "stream": stream, "time": f"2025-11-17T{at}Z"})


def docker_messages(*lines: str, size: int = blocks_room.BLOCK_BYTES) -> list[tuple[int, str]]:
    """The line each event begins on, and its message; every line is accounted for."""
    rows, rejected, (count, blank) = read("\n".join(lines).encode() + b"\n", size=size, name="docker_json")
    assert (count, blank, rejected) == (len(lines), 0, {})
    return [(row["line"], row["message"]) for row in rows]


TRACE = [
    docker("order 7 failed\n"),
    docker("java.io.IOException: no route\n"),
    docker("\tat com.shop.Pool.take(Pool.java:8)\n", at="14:00:05.2"),
    docker("Caused by: java.net.ConnectException: refused\n", at="14:00:05.3"),
    docker("order 8 served\n", at="14:00:06"),
]


@pytest.mark.parametrize("size", [80, 300, blocks_room.BLOCK_BYTES])
def test_a_containers_stack_trace_is_one_event_wherever_a_block_ends(size: int) -> None:
    """Docker dates each line of it; the message is the trace as the program wrote it."""
    trace = "order 7 failed\njava.io.IOException: no route\n\tat com.shop.Pool.take(Pool.java:8)\nCaused by: "
    assert docker_messages(*TRACE, size=size) == [
        (1, trace + "java.net.ConnectException: refused"),
        (5, "order 8 served"),
    ]


def test_a_joined_event_keeps_the_first_object_as_its_attributes() -> None:
    """And the lines after it are counted as continuations."""
    reader: Any = named("docker_json")
    (batch, *_) = reader.read_stream(io.BytesIO("\n".join(TRACE).encode()), Assumption())
    assert (batch.lines, batch.continuations, len(batch.events)) == (5, 3, 2)
    assert reader.decoded(batch.events)["attributes"].to_list() == [TRACE[0], TRACE[4]]


@pytest.mark.parametrize(
    "second",
    [
        docker("\tat com.shop.Pool\n", stream="stdout"),
        docker("\tat com.shop.Pool\n", at="14:00:11"),
        docker("at com.shop.Pool\n"),
        docker("   \n"),
    ],
)
def test_lines_of_another_stream_a_later_time_or_another_look_are_events(second: str) -> None:
    """Only a frame that follows at once, on the same stream, goes on."""
    assert [line for line, _ in docker_messages(docker("failed\n"), second)] == [1, 2]


def test_parts_of_a_long_line_are_joined_where_whole_lines_end_with_a_line_feed() -> None:
    """A shipper that strips every line feed cuts nothing."""
    long = [docker("x" * 16_384), docker("tail\n"), docker("next\n")]
    assert docker_messages(*long) == [(1, "x" * 16_384 + "tail"), (3, "next")]
    assert [line for line, _ in docker_messages(docker("one"), docker("two"), docker("three"))] == [1, 2, 3]


def test_what_is_no_object_ends_a_stack_trace() -> None:
    """The frame after a broken line is an event of its own: nothing is joined over what could not be read."""
    data = "\n".join([TRACE[0], '{"log":"cut', TRACE[2], ""]).encode()
    rows, rejected, _ = read(data, name="docker_json")
    assert ([row["line"] for row in rows], sorted(rejected)) == ([1, 3], [2])
