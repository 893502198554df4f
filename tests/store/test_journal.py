"""journal.jsonl: judgements are appended, never lost, and read back in order."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.model import Judgement, Verb
from workbench.store import journal
from workbench.store.journal import append, judge, read_journal


def said(id, time="2025-11-17T12:00:00Z", **more):  # noqa: A002
    """A judgement by its id."""
    return Judgement(**{"id": id, "event": "e1", "verb": Verb.PIN, "author": "Aiko", "time": time, **more})


def test_what_is_appended_reads_back(tmp_path):
    """Any JSON value and any text come back as they were."""
    entry = said("1", verb=Verb.RELABEL, value={"kind": "deploy", "n": [1, None]}, author="Jörg\n\u202e")
    append(tmp_path, entry)
    assert read_journal(tmp_path).judgements == (entry,)
    assert (tmp_path / "journal.jsonl").read_bytes().count(b"\n") == 1


CALL = {"time": "2025-11-17T14:20:00Z", "text": "A customer called", "witness": "Kim"}


def tell(id, value, event="told-1", **more):  # noqa: A002
    """What is told of an event."""
    return said(id, event=event, verb=Verb.TELL, value=value, **more)


def test_what_is_told_is_an_event_proved_by_its_line(tmp_path):
    """The last words hold, with the number and the text of their line; withdrawn there is no event."""
    append(tmp_path, said("1"), tell("2", CALL), tell("3", CALL | {"text": "Two called"}))
    (told,) = read_journal(tmp_path).told
    assert (told.id, told.text, told.witness, told.author, told.line) == ("told-1", "Two called", "Kim", "Aiko", 3)
    assert told.time == told.earliest == told.latest == 1_763_389_200_000_000_000
    assert told.raw == (tmp_path / "journal.jsonl").read_text().splitlines()[2]
    append(tmp_path, tell("4", None))
    assert read_journal(tmp_path).told == ()


@pytest.mark.parametrize(
    ("value", "why"),
    [("called", "no object"), ({}, "no text"), (CALL | {"text": 7}, "text of what is told is no text"),
     (CALL | {"time": None}, "missing"), (CALL | {"time": "14:20"}, "offset"), (CALL | {"kind": "log"}, "no kind"),
     (CALL | {"earliest": "2025-11-17T14:21:00Z"}, "outside"), (CALL | {"time": "1500-01-01T00:00:00Z"}, "exists")],
)  # fmt: skip
def test_what_cannot_be_told_is_a_broken_line(tmp_path, value, why):
    """It is told with its number, and the line before it holds."""
    append(tmp_path, tell("1", CALL), tell("2", value))
    found = read_journal(tmp_path)
    assert [(one.line, one.why) for one in found.broken if why in one.why] == [(2, found.broken[0].why)]
    assert [one.text for one in found.told] == ["A customer called"]


def test_no_event_of_a_file_is_told(tmp_path):
    """Ids of files' events are made of hashes: what is told has others."""
    append(tmp_path, tell("1", CALL, event="abc-1"))
    assert "told-" in read_journal(tmp_path).broken[0].why


def test_an_id_of_its_own():
    """Two judgements of the same words have different ids, and the time is UTC."""
    first, second = (judge(event="e1", verb=Verb.HIDE) for _ in range(2))
    assert first.id != second.id
    assert first.time.endswith("Z")


def test_order_of_time_then_of_the_file(tmp_path):
    """Lines that a merge mixed are in order of time; within a second the file's order holds."""
    append(tmp_path, said("b", "2025-11-17T12:00:01Z"), said("c", "2025-11-17T13:00:01+01:00"), said("a"))
    assert [entry.id for entry in read_journal(tmp_path).judgements] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("line", "why"),
    [('{"id": "x", "ev', "cut short"), ("<<<<<<< HEAD", "merge"), ("[1]", "not a JSON object"),
     ('{"id":"x","event":"e","verb":"dance","time":"2025-11-17T12:00:00Z"}', "dance"),
     ('{"id":"x","event":"e","verb":"pin","time":"noon"}', "noon"),
     ('{"id":1,"event":"e","verb":"pin","time":"t"}', "id")],
)  # fmt: skip
def test_a_broken_line_is_reported_and_kept(tmp_path, line, why):
    """A line that is no judgement is told with its number, and the lines around it count."""
    append(tmp_path, said("1"))
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write(line)
    append(tmp_path, said("2"))
    found = read_journal(tmp_path)
    assert [entry.id for entry in found.judgements] == ["1", "2"]
    assert [(one.line, one.text) for one in found.broken] == [(2, line)]
    assert why in found.broken[0].why


def test_a_line_that_two_branches_added_counts_once(tmp_path):
    """The same line twice is one judgement; the same id with other words is reported."""
    append(tmp_path, said("1"), said("1"), said("1", event="other"))
    found = read_journal(tmp_path)
    assert len(found.judgements) == 1
    assert [one.line for one in found.broken] == [3]


def test_keys_of_a_later_version_are_passed_over(tmp_path):
    """A line with keys that this version does not know is still a judgement."""
    (tmp_path / "journal.jsonl").write_text(
        '{"id":"1","event":"e","verb":"pin","time":"2025-11-17T12:00:00Z","mood":"good"}\n'
    )
    assert read_journal(tmp_path).judgements[0].id == "1"


def test_a_full_disk_adds_nothing(tmp_path, monkeypatch):
    """When the disk is full, the sentence says that nothing was recorded, and the file is as before."""
    append(tmp_path, said("1"))
    before = (tmp_path / "journal.jsonl").read_bytes()
    write, calls = os.write, []

    def half_then_full(handle, data):
        calls.append(1)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data[:10])

    monkeypatch.setattr(journal.os, "write", half_then_full)
    with pytest.raises(FolderError, match=r"not recorded: the disk is full"):
        append(tmp_path, said("2"))
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_no_file_no_judgements(tmp_path):
    """A folder without a journal has none."""
    assert read_journal(tmp_path) == journal.Journal()


def test_many_hands_at_once(tmp_path):
    """Appends from several threads never mix within a line."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(tmp_path, said(str(number), value="x" * 5000)), range(64)))
    found = read_journal(tmp_path)
    assert (len(found.judgements), found.broken) == (64, ())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 59), st.booleans()), max_size=20))
def test_any_interleaving_reads_back(tmp_path_factory, steps):
    """Whatever the order of appends and torn lines, every whole judgement is there once, and each torn line is told."""
    folder = tmp_path_factory.mktemp("inc")
    for number, second, torn in steps:
        append(
            folder,
            said(str(number), "2025-11-17T12:00:00Z"),
            said(f"{number}-{second}", f"2025-11-17T12:00:{second:02}Z"),
        )
        if torn:
            with (folder / "journal.jsonl").open("a") as file:
                file.write('{"id": "to')
    found = read_journal(folder)
    assert {one.id for one in found.judgements} == {str(n) for n, _, _ in steps} | {f"{n}-{s}" for n, s, _ in steps}
    assert len(found.judgements) == len({one.id for one in found.judgements})
    assert len(found.broken) == sum(torn for _, _, torn in steps)
    assert [one.time for one in found.judgements] == sorted(one.time for one in found.judgements)


def test_a_journal_that_is_a_link_out_of_the_folder_or_no_file_is_a_sentence(tmp_path):
    """Nothing is appended to some other file of this machine, and nobody waits for a pipe."""
    folder, other = tmp_path / "incident", tmp_path / "other"
    folder.mkdir()
    other.write_text("theirs\n")
    (folder / journal.NAME).symlink_to(other)
    with pytest.raises(FolderError, match="leads out of its folder"):
        journal.append(folder, journal.judge(event="e", verb=Verb.PIN))
    assert other.read_text() == "theirs\n"
    (folder / journal.NAME).unlink()
    os.mkfifo(folder / journal.NAME)
    with pytest.raises(FolderError, match="is no file"):
        journal.read_journal(folder)
