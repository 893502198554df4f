"""TOML files of people: read with places, edited with their comments, never overwritten by surprise."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.toml_file import TomlFile, edit_toml, read_toml

TEXT = """# mine
id = "INC-1"   # as the tracker names it

[people]
scribe = "Aiko"
note = '''
[impact]
'''
"odd key" = 1

[[source]]
path = "a.log"

[[source]]
path = "b.log"
  [source.clock]
  zone = "UTC"
"""


@pytest.fixture
def path(tmp_path):
    """A people's file on disk."""
    file = tmp_path / "incident.toml"
    file.write_text(TEXT)
    return file


@pytest.mark.parametrize(
    ("key", "line"),
    [(("id",), 2), (("people",), 4), (("people", "scribe"), 5), (("people", "odd key"), 9), (("source", 0, "path"), 12),
     (("source", 1, "path"), 15), (("source", 1, "clock", "zone"), 17), (("source", 1, "size"), 14),
     (("impact",), None)],
)  # fmt: skip
def test_the_line_of_a_key(path, key, line):
    """A key is found on its line, a missing one on its table's, and nothing inside a multi-line text."""
    assert read_toml(path).line_of(key) == line


def test_an_edit_keeps_comments_and_order(path):
    """Only the edited key's line differs afterwards."""
    file = read_toml(path)
    after = edit_toml(file, lambda document: document["people"].update({"scribe": "Marek"}))
    assert path.read_text() == TEXT.replace("Aiko", "Marek")
    assert after.table["people"]["scribe"] == "Marek"
    assert [one.name for one in path.parent.iterdir()] == ["incident.toml"]


def test_two_edits_in_a_row(path):
    """The file that an edit returns can be edited again."""
    first = edit_toml(read_toml(path), lambda document: document.update({"id": "INC-2"}))
    edit_toml(first, lambda document: document.update({"id": "INC-3"}))
    assert read_toml(path).table["id"] == "INC-3"


def test_a_file_that_changed_meanwhile_is_kept_and_so_is_the_edit(path):
    """Another hand's change stays; ours lies beside it, each conflict under a name of its own."""
    file = read_toml(path)
    path.write_text(TEXT + "# another hand\n")
    for number in (1, 2):
        with pytest.raises(FolderError, match=rf"incident\.toml\.conflict-{number}"):
            edit_toml(file, lambda document: document.update({"id": "INC-2"}))
        assert 'id = "INC-2"' in path.with_name(f"incident.toml.conflict-{number}").read_text()
    assert path.read_text() == TEXT + "# another hand\n"


def test_a_file_that_vanished_meanwhile_is_a_conflict_too(path):
    """A file that was deleted while it was edited is not brought back in silence."""
    file = read_toml(path)
    path.unlink()
    with pytest.raises(FolderError, match="conflict-1"):
        edit_toml(file, lambda document: document.update({"id": "INC-2"}))
    assert not path.exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "permission denied"), (errno.EROFS, "read-only")],
)
def test_a_disk_that_refuses_leaves_the_old_file(path, monkeypatch, code, words):
    """A full or closed disk gives a sentence; the old file is whole and no staging file stays."""

    def refuse(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("workbench.store.atomic.os.fsync", refuse)
    with pytest.raises(FolderError, match=words) as caught:
        edit_toml(read_toml(path), lambda document: document.update({"id": "INC-2"}))
    assert "nothing was changed" in caught.value.what
    assert path.read_text() == TEXT
    assert len(list(path.parent.iterdir())) == 1


def test_a_link_is_followed(path, tmp_path):
    """Editing a file that is a link edits its target and leaves the link."""
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    edit_toml(read_toml(link), lambda document: document.update({"id": "INC-2"}))
    assert link.is_symlink()
    assert read_toml(path).table["id"] == "INC-2"


def test_the_mode_of_the_file_stays(path):
    """A file that only its owner may read stays so."""
    path.chmod(0o600)
    edit_toml(read_toml(path), lambda document: document.update({"id": "INC-2"}))
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [(b"a = 1\nb = = 2\n", ":2", "is not TOML"), (b"a = 1\na = 2\n", ":2", "is not TOML"),
     (b'a = 1\nb = "\xff"\n', ":2", "UTF-8"),
     ("a = 1".encode("utf-16"), "", "UTF-16"), (b'a = "x\n', ":1", "is not TOML")],
)  # fmt: skip
def test_a_broken_file_is_a_sentence_with_its_line(tmp_path, data, place, words):
    """Broken TOML and other encodings name the file, the line and what to do."""
    file = tmp_path / "incident.toml"
    file.write_bytes(data)
    with pytest.raises(FolderError, match=words) as caught:
        read_toml(file)
    assert caught.value.where == f"{file}{place}"
    assert caught.value.next_step


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    """A file saved with a byte-order mark is read."""
    file = tmp_path / "incident.toml"
    file.write_bytes(b"\xef\xbb\xbfid = 1\n")
    assert read_toml(file).table == {"id": 1}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_sentence(tmp_path_factory, data):
    """No bytes lead to anything but a table or a FolderError."""
    file = tmp_path_factory.mktemp("toml") / "incident.toml"
    file.write_bytes(data)
    try:
        assert isinstance(read_toml(file), TomlFile)
    except FolderError as error:
        told = str(error)
    else:
        told = str(file)
    assert str(file) in told


def test_a_link_that_leads_out_of_the_folder_is_not_written_through(path, tmp_path):
    """The folder may have come from somebody else, and the link may lead to any file of this machine."""
    folder = tmp_path / "incident"
    folder.mkdir()
    link = folder / "factors.toml"
    link.symlink_to(path)
    with pytest.raises(FolderError, match="leads out of its folder"):
        edit_toml(read_toml(link), lambda document: document.update({"id": "INC-2"}))
    assert path.read_text() == TEXT
