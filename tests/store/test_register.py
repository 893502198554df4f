"""sources.toml: what the tool finds is merged in, what people wrote stays."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.model import SourceEntry
from workbench.store.register import read_register, write_register
from workbench.store.schema_check import FileProblemsError

BY_HAND = """# Two files carry no zone.
[[source]]
path = "orders-1/orders.log" # from the old host
zone = "America/New_York"

# asked Priya
[[source]]
path = "db-1/syslog"
zone = "UTC"
year = 2025
clock_offset_seconds = 2
"""
FOUND = SourceEntry(path="orders-1/orders.log", sha256="ab", size=3, format="log4j", added="2025-11-18T08:00:00Z")


def test_a_persons_minimal_entry(tmp_path):
    """Path and zone are enough for an entry."""
    (tmp_path / "sources.toml").write_text(BY_HAND)
    first, second = read_register(tmp_path).entries
    assert first == SourceEntry(path="orders-1/orders.log", zone="America/New_York")
    assert (second.year, second.clock_offset_seconds) == (2025, 2.0)


def test_what_people_wrote_stays(tmp_path):
    """A merge adds the tool's keys; comments, order, zones and other entries stay as they were."""
    (tmp_path / "sources.toml").write_text(BY_HAND)
    after = write_register(read_register(tmp_path), [FOUND, SourceEntry(path="new.json", zone="Asia/Tokyo", size=1)])
    text = (tmp_path / "sources.toml").read_text()
    assert all(line in text for line in BY_HAND.splitlines())
    assert [entry.path for entry in after.entries] == ["orders-1/orders.log", "db-1/syslog", "new.json"]
    assert after.entries == read_register(tmp_path).entries
    assert (after.entries[0].zone, after.entries[0].format) == ("America/New_York", "log4j")


def test_a_blank_line_stands_between_rows(tmp_path):
    """Also before the rows that join a file which is there already, however often it is written."""
    for names in ("ab", "cd", "e"):
        write_register(read_register(tmp_path), [SourceEntry(path=name, size=1) for name in names])
    text = (tmp_path / "sources.toml").read_text()
    assert text.count("\n\n[[source]]\n") == len("abcde")
    assert "\n\n\n" not in text


def test_a_found_zone_does_not_replace_a_persons(tmp_path):
    """A zone that a person set wins over one that was found, and gives way to one that a person says now."""
    (tmp_path / "sources.toml").write_text(BY_HAND)
    found = SourceEntry(path="db-1/syslog", zone="Asia/Tokyo", zone_basis="by the format", year=2024)
    kept = write_register(read_register(tmp_path), [found]).entry("db-1/syslog")
    assert kept is not None
    assert (kept.zone, kept.year, kept.zone_basis) == ("UTC", 2025, "")
    said = write_register(read_register(tmp_path), [found], persons=True).entry("db-1/syslog")
    assert said is not None
    assert (said.zone, said.year) == ("Asia/Tokyo", 2024)


def test_nothing_new_nothing_written(tmp_path):
    """Merging the same again leaves the file's bytes and time alone, and the day of adding too."""
    first = write_register(read_register(tmp_path), [FOUND])
    before = (tmp_path / "sources.toml").stat().st_mtime_ns
    later = SourceEntry(path=FOUND.path, sha256="ab", size=3, format="log4j", added="2026-01-01T00:00:00Z")
    assert write_register(first, [later]).entries == first.entries
    assert (tmp_path / "sources.toml").stat().st_mtime_ns == before


def test_vanished_files_are_told(tmp_path):
    """An entry whose file is gone stays and is reported; a linked one is looked for where it is."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "here.log").write_text("x")
    (tmp_path / "big.log").write_text("x")
    linked = SourceEntry(path="big.log", link=str(tmp_path / "big.log"))
    register = write_register(
        read_register(tmp_path), [SourceEntry(path="here.log"), SourceEntry(path="gone.log"), linked]
    )
    assert [entry.path for entry in register.vanished()] == ["gone.log"]


def test_a_conflict_keeps_both(tmp_path):
    """Where a person wrote the file meanwhile, theirs stays and ours lies beside it."""
    register = write_register(read_register(tmp_path), [FOUND])
    (tmp_path / "sources.toml").write_text(BY_HAND)
    with pytest.raises(FolderError, match="conflict-1"):
        write_register(register, [SourceEntry(path="new.json")])
    assert (tmp_path / "sources.toml").read_text() == BY_HAND


@pytest.mark.parametrize(
    ("line", "key"),
    [('zone = "Berlin"', "source[1].zone"), ("year = 25", "source[1].year"), ('clock_offset_seconds = "2 s"',
     "source[1].clock_offset_seconds"), ('zon = "UTC"', "source[1].zon")],
)  # fmt: skip
def test_a_wrong_entry_is_refused(tmp_path, line, key):
    """A zone, a year or a key that cannot be is told with its place."""
    (tmp_path / "sources.toml").write_text(f'[[source]]\npath = "a"\n{line}\n')
    with pytest.raises(FileProblemsError) as caught:
        read_register(tmp_path)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_an_inline_list_is_kept(tmp_path):
    """A person's inline list of sources can be added to."""
    (tmp_path / "sources.toml").write_text('source = [{path = "a"}]\n')
    write_register(read_register(tmp_path), [SourceEntry(path="b", size=1)])
    assert [entry.path for entry in read_register(tmp_path).entries] == ["a", "b"]


names = st.text(string.ascii_letters + '."\\# éü[]=', min_size=1, max_size=8).map(str.strip).filter(bool)
comments = st.text(string.ascii_letters + " #=[]\"'", max_size=12)


@given(st.dictionaries(names, comments, max_size=4), st.lists(names, max_size=4, unique=True))
def test_any_comments_survive_any_merge(tmp_path_factory, people, found):
    """Whatever people wrote beside their entries is there after a merge, and every entry reads back."""
    folder = tmp_path_factory.mktemp("inc")
    quoted = {name: name.replace("\\", "\\\\").replace('"', '\\"') for name in people}
    lines = [f'# {note}\n[[source]]\npath = "{quoted[name]}" # {note}\nzone = "UTC"\n' for name, note in people.items()]
    (folder / "sources.toml").write_text("".join(lines))
    after = write_register(read_register(folder), [SourceEntry(path=name, size=1, zone="Asia/Tokyo") for name in found])
    text = (folder / "sources.toml").read_text()
    assert all(line in text for block in lines for line in block.splitlines())
    assert read_register(folder).entries == after.entries
    assert {entry.path: entry.zone for entry in after.entries} == dict.fromkeys(found, "Asia/Tokyo") | dict.fromkeys(
        people, "UTC"
    )
