"""Texts that are left in their source: they come back as they were, or the reader says that the source changed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import polars as pl
import pytest

from workbench.errors import SourceError
from workbench.store.derived import Cache
from workbench.timeline.load import Loader, ReadSource

if TYPE_CHECKING:
    from pathlib import Path

TRACE = b"""2025-11-17 14:00:05,123 ERROR [exec-7] com.shop.Orders - could not open a connection
com.shop.pool.PoolTimeout: no connection within 2000 ms
\tat com.shop.pool.Pool.take(Pool.java:88)
2025-11-17 14:00:06,001 INFO [exec-8] com.shop.Orders - caf\xc3\xa9 open
"""
TEXTS = [text.strip("\n") for text in TRACE.decode().replace("\n2025", "\n\0" + "2025").split("\0")]


def loaded(file: Path, cache: Path) -> ReadSource:
    """The one source in the file."""
    return Loader(cache=Cache(cache)).load([file]).sources[0]


def placed(source: ReadSource) -> list[bool]:
    """For each event, whether its text was left in the source."""
    return source.entry.events().get_column("start").is_not_null().to_list()


def test_texts_of_a_plain_file_stay_in_it(tmp_path: Path) -> None:
    """The cache holds places only, and the texts come from the file, continuation lines and accents with them."""
    (tmp_path / "app.log").write_bytes(TRACE)
    source = loaded(tmp_path / "app.log", tmp_path / "cache")
    assert placed(source) == [True, True]
    assert source.kept().get_column("text").to_list() == TEXTS
    assert source.kept([4]).get_column("text").to_list() == TEXTS[1:]


def test_texts_of_a_compressed_file_are_copied(tmp_path: Path) -> None:
    """What has to be unpacked again is kept as text, although the same bytes were left in a plain file before."""
    (tmp_path / "app.log").write_bytes(TRACE)
    (tmp_path / "app.log.gz").write_bytes(gzip.compress(TRACE))
    assert placed(loaded(tmp_path / "app.log", tmp_path / "cache")) == [True, True]
    packed = loaded(tmp_path / "app.log.gz", tmp_path / "cache")
    assert placed(packed) == [False, False]
    assert packed.kept().get_column("text").to_list() == TEXTS


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\n\n"])
def test_places_count_what_stands_before_the_first_event(tmp_path: Path, mark: bytes) -> None:
    """A byte order mark, and blank lines, move the places with them."""
    (tmp_path / "app.log").write_bytes(mark + TRACE)
    assert loaded(tmp_path / "app.log", tmp_path / "cache").kept().get_column("text").to_list() == TEXTS


def test_bytes_that_are_no_text_are_shown_and_kept(tmp_path: Path) -> None:
    """Where a byte is no UTF-8, the event says which, and its text is the one that was read."""
    (tmp_path / "app.log").write_bytes(TRACE.replace(b"caf\xc3\xa9", b"caf\xe9"))
    source = loaded(tmp_path / "app.log", tmp_path / "cache")
    assert source.kept().get_column("text").to_list()[1].endswith(r"caf\xe9 open")


def test_a_line_in_a_stack_trace_that_is_none_is_left_out(tmp_path: Path) -> None:
    """An event with a foreign line inside is no one piece of the file, and is kept without that line."""
    torn = TRACE.replace(b"\tat", b"--- log rotated ---\n\tat")
    (tmp_path / "app.log").write_bytes(torn)
    source = loaded(tmp_path / "app.log", tmp_path / "cache")
    assert placed(source) == [False, True]
    assert source.kept().get_column("text").to_list() == TEXTS


def test_json_objects_stay_in_their_file_without_the_blanks_around_them(tmp_path: Path) -> None:
    """Indented objects, blank lines and Windows line ends: each text is the object."""
    one, two = '{"ts":1763388005123,"msg":"a"}', '{"ts":1763388005124,"msg":"b"}'
    (tmp_path / "app.jsonl").write_bytes(f"  {one}\r\n\r\n{two}\t\r\n".encode())
    source = loaded(tmp_path / "app.jsonl", tmp_path / "cache")
    assert placed(source) == [True, True]
    assert source.kept().get_column("text").to_list() == [one, two]


@pytest.mark.parametrize("damage", [TRACE[:120], TRACE.replace(b"caf\xc3\xa9", b"\xff\xff\xff\xff\xff")])
def test_a_source_that_changed_since_is_told(tmp_path: Path, damage: bytes) -> None:
    """A file that was cut, or now holds bytes that are no text, gives a sentence and no wrong line."""
    (tmp_path / "app.log").write_bytes(TRACE)
    source = loaded(tmp_path / "app.log", tmp_path / "cache")
    (tmp_path / "app.log").write_bytes(damage)
    with pytest.raises(SourceError, match="changed"):
        source.kept()


def test_far_apart_events_are_sought_one_by_one(tmp_path: Path) -> None:
    """A few lines of a long log come without the megabytes between them."""
    lines = [
        f"2025-11-17 14:00:{n % 60:02},000 INFO [a] com.shop.Orders - number {n} {'x' * 90}\n" for n in range(9_000)
    ]
    (tmp_path / "app.log").write_text("".join(lines))
    kept = loaded(tmp_path / "app.log", tmp_path / "cache").kept([1, 4_000, 9_000])
    assert kept.get_column("text").to_list() == [lines[n].rstrip("\n") for n in (0, 3_999, 8_999)]
    assert isinstance(kept, pl.DataFrame)
