"""The incident folder: made, told from other directories, and opened with good sentences."""

from __future__ import annotations

import pytest

from workbench.errors import FolderError
from workbench.store.actions_file import read_actions
from workbench.store.factors_file import read_factors
from workbench.store.folder import create_folder, incidents_below, is_incident, open_folder
from workbench.store.incident_file import read_incident


def test_a_new_folder(tmp_path):
    """A new folder holds the starter files, an empty sources/ and what git should know; all of it reads."""
    folder = create_folder(tmp_path / "2025-11-17 pool", title="Pool", severity="SEV-2")
    names = {one.name for one in folder.path.iterdir()}
    assert names == {
        "incident.toml",
        "narrative.md",
        "factors.toml",
        "actions.toml",
        "sources",
        ".gitignore",
        ".gitattributes",
    }
    assert read_incident(folder.path).id == "2025-11-17-pool"
    assert (read_factors(folder.path), read_actions(folder.path)) == ((), ())
    assert {"output/", "redaction.key"} <= set((folder.path / ".gitignore").read_text().splitlines())
    assert "merge=union" in (folder.path / ".gitattributes").read_text()
    assert open_folder(folder.path) == folder


def test_what_is_there_already_stays(tmp_path):
    """A folder with a narrative of its own becomes an incident and keeps it."""
    (tmp_path / "narrative.md").write_text("mine")
    create_folder(tmp_path, title="T", severity="SEV-1", id="X")
    assert (tmp_path / "narrative.md").read_text() == "mine"
    assert is_incident(tmp_path)


def test_an_incident_is_not_made_twice(tmp_path):
    """Making a folder where an incident is says how to add to it, and changes nothing."""
    create_folder(tmp_path, title="T", severity="SEV-1")
    before = (tmp_path / "incident.toml").read_text()
    with pytest.raises(FolderError, match="workbench add"):
        create_folder(tmp_path, title="Other", severity="SEV-1")
    assert (tmp_path / "incident.toml").read_text() == before


def test_opening_something_else(tmp_path):
    """Nothing, a file, a plain directory and a directory of incidents each get their own sentence."""
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "plain").mkdir()
    create_folder(tmp_path / "all" / "inc-1", title="T", severity="SEV-1")
    for name, words in (
        ("nothing", "no such folder"),
        ("a.log", "is a file"),
        ("plain", "workbench new"),
        ("all", "inc-1"),
    ):
        with pytest.raises(FolderError, match=words):
            open_folder(tmp_path / name)


def test_incidents_below(tmp_path):
    """Incident folders are found at any depth, not inside one another, not in hidden directories."""
    for name in ("b", "a/x", ".hidden/y", "b/sources/z"):
        create_folder(tmp_path / name, title="T", severity="SEV-1")
    assert [one.relative_to(tmp_path).as_posix() for one in incidents_below(tmp_path)] == ["a/x", "b"]


def test_an_empty_title_makes_no_folder(tmp_path):
    """A title of blanks is refused before anything is written."""
    with pytest.raises(FolderError, match="title is empty"):
        create_folder(tmp_path / "INC", title="  ", severity="SEV-1")
    assert not (tmp_path / "INC").exists()


def test_a_place_that_is_a_file(tmp_path):
    """A folder cannot be made where a file is, nor below one."""
    (tmp_path / "f").write_text("x")
    for path in (tmp_path / "f", tmp_path / "f" / "below"):
        with pytest.raises(FolderError):
            create_folder(path, title="T", severity="SEV-1")
