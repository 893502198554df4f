"""The JSON engine: every way that exports put JSON into a file gives the same values, and damage stays where it is."""

from __future__ import annotations

import io

import pytest

from workbench.readers.json_records import Broken, documents, instant, items, keys_in
from workbench.readers.registry import head_of


def values(data: bytes) -> list[object]:
    """All that the engine finds."""
    return list(documents(io.BytesIO(data)))


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}\n{"a": 2}\n',
        b'{"a": 1}{"a": 2}',
        b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}',
        '{"a": 1}\n{"a": 2}'.encode("utf-16"),
        '{"a": 1}\n{"a": 2}'.encode("utf-16-le"),
        b'\n\n{\n "a": 1\n}\n{\n "a": 2\n}\n',
        b'var data = {"a": 1};\n{"a":\n 2}',
    ],
)
def test_all_layouts_give_the_same_records(data: bytes) -> None:
    """NDJSON, JSON end to end, with a byte order mark, in UTF-16, over many lines: two records each time."""
    assert values(data) == [{"a": 1}, {"a": 2}]


def test_a_broken_line_stands_between_its_neighbours() -> None:
    """One damaged NDJSON line comes as broken with its text, and the lines after it are read."""
    first, broken, last = values(b'{"a": 1}\n{"a": \n{"a": 3}\n')
    assert (first, last) == ({"a": 1}, {"a": 3})
    assert isinstance(broken, Broken)
    assert broken.text == '{"a":'
    assert broken.reason.startswith("not JSON")


def test_a_broken_first_line_does_not_hide_the_rest() -> None:
    """NDJSON is recognised by its later lines when the first is damaged."""
    broken, *rest = values(b'{"a": 1, "b\n{"a": 2}\n{"a": 3}\n')
    assert isinstance(broken, Broken)
    assert rest == [{"a": 2}, {"a": 3}]


def test_a_cut_document_is_broken_not_a_traceback() -> None:
    """A download that stopped half-way gives one broken stretch that names the line."""
    (broken,) = values(b'{\n "incidents": [\n  {"id": 1},\n  {"id"')
    assert isinstance(broken, Broken)
    assert "line 4" in broken.reason


def test_nesting_without_end_is_refused() -> None:
    """A hundred thousand brackets are broken JSON, not a crash."""
    (broken,) = values(b"[" * 100_000)
    assert isinstance(broken, Broken)


def test_not_a_number_is_let_through() -> None:
    """NaN is no JSON, but Python programs write it."""
    (value,) = values(b'{"a": NaN}')
    assert isinstance(value, dict)
    assert value["a"] != value["a"]


def test_nothing_but_space_has_no_values() -> None:
    """A blank file holds no documents."""
    assert values(b" \n\n") == []


def test_pages_are_unwrapped() -> None:
    """A page, a list of pages and a bare list all come as their records."""
    page = {"incidents": [{"id": 1}, {"id": 2}], "more": False}
    for value in (page, [page], page["incidents"]):
        assert list(items(value, ("incidents",))) == [{"id": 1}, {"id": 2}]


def test_keys_are_seen_in_a_head_that_does_not_parse() -> None:
    """Of a document longer than the head the keys are still known; text that is no JSON has none."""
    assert keys_in(head_of("a.json", b'{"log_entries": [{"type": "x", "na')) == {"log_entries", "type"}
    assert not keys_in(head_of("a.log", b'INFO got {"log_entries": 1}'))


def test_never_is_not_a_time() -> None:
    """The year 9999 stands for "no end" and does not fit into nanoseconds."""
    assert instant("9999-12-31T23:59:59Z") is None
    assert instant("2025-02-19T13:00:00Z") is not None
