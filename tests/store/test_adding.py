"""Adding exports: byte for byte, nothing overwritten, nothing out of place."""

from __future__ import annotations

import errno
import os

import pytest

from workbench.errors import FolderError
from workbench.model import SourceEntry
from workbench.store import adding
from workbench.store.adding import AddStatus, add_files
from workbench.store.folder import create_folder
from workbench.store.hashing import sha256_bytes
from workbench.store.register import read_register, write_register


@pytest.fixture
def folder(tmp_path):
    """An incident folder without sources."""
    return create_folder(tmp_path / "inc", title="T", severity="SEV-1")


@pytest.fixture
def given(tmp_path):
    """Makes files below a directory of exports."""

    def make(path, data=b"x\n"):
        file = tmp_path / "exports" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return file

    return make


def stored(folder):
    """The bytes below sources/ by path."""
    return {
        one.relative_to(folder.sources).as_posix(): one.read_bytes()
        for one in folder.sources.rglob("*")
        if one.is_file()
    }


def told(added):
    """Status and path of each."""
    return [(one.status, one.path) for one in added]


def test_a_file_is_copied_with_its_time(folder, given):
    """Bytes and modification time are kept, hash and size are told."""
    file = given("app.log", b"\xff\x00\r\n")
    os.utime(file, ns=(1, 1_700_000_000_123_456_789))
    (one,) = add_files(folder, [file])
    assert (one.status, one.path, one.size) == (AddStatus.ADDED, "app.log", 4)
    assert one.sha256 == sha256_bytes(b"\xff\x00\r\n")
    assert stored(folder) == {"app.log": b"\xff\x00\r\n"}
    assert (folder.sources / "app.log").stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_a_folder_keeps_its_paths(folder, given):
    """All below a folder is added by its path in the folder."""
    given("web-1/access.log", b"a")
    given("web-2/access.log", b"b")
    given(".DS_Store")
    added = add_files(folder, [given("top.json", b"c").parent])
    assert stored(folder) == {"web-1/access.log": b"a", "web-2/access.log": b"b", "top.json": b"c"}
    assert (AddStatus.SKIPPED, ".DS_Store") in told(added)


def test_files_of_one_name_given_together(folder, given):
    """Two hosts' files of one name are told apart by their folders."""
    added = add_files(folder, [given("web-1/access.log", b"a"), given("web-2/access.log", b"b")])
    assert told(added) == [(AddStatus.ADDED, "web-1/access.log"), (AddStatus.ADDED, "web-2/access.log")]


def test_two_folders_given_together(folder, given):
    """Two folders with the same paths in them are told apart by their own names."""
    given("web-1/access.log", b"a")
    add_files(folder, [given("web-1/access.log", b"a").parent, given("web-2/access.log", b"b").parent])
    assert stored(folder) == {"web-1/access.log": b"a", "web-2/access.log": b"b"}


def test_another_file_of_the_same_name(folder, given):
    """A different file of the same name gets a number before its ending, and the note says so."""
    add_files(folder, [given("a.log.gz", b"1")])
    (one,) = add_files(folder, [given("a.log.gz", b"2")])
    assert (one.status, one.path) == (AddStatus.ADDED, "a (2).log.gz")
    assert "a.log.gz" in one.note
    assert stored(folder) == {"a.log.gz": b"1", "a (2).log.gz": b"2"}


def test_names_that_differ_in_case_only(folder, given):
    """Names are told apart without their case, since some file systems cannot."""
    add_files(folder, [given("App.log", b"1")])
    assert add_files(folder, [given("app.log", b"2")])[0].path == "app (2).log"


def test_the_same_bytes_again(folder, given):
    """The same file added again, under whatever name, is already there."""
    add_files(folder, [given("a.log", b"1"), given("a.log", b"1")])
    (one,) = add_files(folder, [given("b.log", b"1")])
    assert (one.status, one.path) == (AddStatus.ALREADY, "a.log")
    assert "as a.log" in one.note
    assert list(stored(folder)) == ["a.log"]


def test_empty_files_are_not_the_same(folder, given):
    """Two empty logs of two hosts are two sources."""
    add_files(folder, [given("a.log", b"")])
    assert told(add_files(folder, [given("b.log", b""), given("a.log", b"")])) == [
        (AddStatus.ADDED, "b.log"), (AddStatus.ALREADY, "a.log")
    ]  # fmt: skip


def test_one_bad_file_does_not_stop_the_others(folder, given, tmp_path):
    """What is missing, a device or a pipe is refused with its reason, and the rest is added."""
    os.mkfifo(tmp_path / "pipe")
    added = add_files(folder, [tmp_path / "nothing.log", tmp_path / "pipe", given("a.log")])
    assert [one.status for one in added] == [AddStatus.REFUSED, AddStatus.REFUSED, AddStatus.ADDED]
    assert "no such file" in added[0].note
    assert "Not a plain file" in added[1].note


def test_links_that_leave_a_folder_are_refused(folder, given, tmp_path):
    """A link out of the folder given is refused, one inside is passed over, and a link in a circle is told."""
    (tmp_path / "secret").write_text("s")
    root = given("a.log").parent
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "out-dir").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "a.log")
    (root / "circle").symlink_to(root / "circle")
    added = {one.path: one.status for one in add_files(folder, [root])}
    refused = dict.fromkeys(("out", "out-dir", "circle"), AddStatus.REFUSED)
    assert added == {"a.log": AddStatus.ADDED, "in": AddStatus.SKIPPED, **refused}
    assert list(stored(folder)) == ["a.log"]


def test_a_link_named_by_a_person_is_followed(folder, given, tmp_path):
    """A link given by name is the person's choice."""
    (tmp_path / "link.log").symlink_to(given("a.log", b"1"))
    (one,) = add_files(folder, [tmp_path / "link.log"])
    assert one.status is AddStatus.ADDED
    assert not (folder.sources / one.path).is_symlink()


def test_a_planted_link_in_sources_is_not_written_through(folder, given, tmp_path):
    """A folder from elsewhere whose sources/ leads out of it is not written to."""
    (tmp_path / "elsewhere").mkdir()
    (folder.sources / "web-1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FolderError, match="leads out"):
        add_files(folder, [given("web-1/access.log").parent.parent])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_odd_names_are_made_plain(folder, given):
    """Control signs and text-direction signs in a name become underscores, and the note says so."""
    (one,) = add_files(folder, [given("a\nb\u202e.log")])
    assert one.path == "a_b_.log"
    assert "a_b_.log" in one.note


def test_a_link_records_and_copies_nothing(folder, given):
    """With link the absolute path and the hash are told; added again it is already there."""
    file = given("big.log", b"big")
    (one,) = add_files(folder, [file], link=True)
    assert (one.status, one.link, one.sha256) == (AddStatus.LINKED, str(file), sha256_bytes(b"big"))
    assert stored(folder) == {}
    entry = SourceEntry(path=one.path, sha256=one.sha256, size=one.size, link=one.link)
    write_register(read_register(folder.path), [entry])
    assert told(add_files(folder, [file], link=True)) == [(AddStatus.ALREADY, "big.log")]


def test_the_incident_is_not_added_to_itself(folder, given):
    """A folder around the incident is added without the incident; a file of sources/ is already there."""
    add_files(folder, [given("a.log", b"1")])
    added = add_files(folder, [folder.path.parent])
    assert told(added) == [(AddStatus.ALREADY, "a.log")]
    assert told(add_files(folder, [folder.sources / "a.log"])) == [(AddStatus.ALREADY, "a.log")]


def test_a_full_disk_leaves_no_half_file(folder, given, monkeypatch):
    """When the disk is full the sentence says so, and nothing of the file is kept."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(adding.shutil, "copystat", full)
    with pytest.raises(FolderError, match="the disk is full"):
        add_files(folder, [given("a.log")])
    assert list(folder.sources.iterdir()) == []


def test_the_same_bytes_twice_in_one_call(folder, given):
    """A copy of a file beside it is not a second source: its events would count twice."""
    added = add_files(folder, [given("a.log", b"1"), given("copy of a.log", b"1")])
    assert told(added) == [(AddStatus.ADDED, "a.log"), (AddStatus.ALREADY, "a.log")]
    assert stored(folder) == {"a.log": b"1"}


def test_a_folder_without_files_is_answered_for(folder, tmp_path):
    """Nothing that was given passes in silence."""
    (tmp_path / "empty").mkdir()
    (one,) = add_files(folder, [tmp_path / "empty"])
    assert (one.status, one.path, one.note) == (AddStatus.SKIPPED, "empty", "The folder holds no files.")
