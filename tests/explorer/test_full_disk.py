"""A disk that is full, at each of the moments at which it can be: nothing is called saved, nothing is half there."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest
from judged import ask, event, explorer_of, incident, lines

from workbench.store import atomic, incident_file, journal
from workbench.store.incident_file import read_incident

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALL = {"when": "2025-11-17T14:20", "text": "A call", "witness": "Kim"}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An incident of two lines; Aiko judges."""
    return incident(tmp_path, monkeypatch)


@pytest.fixture
def widget(folder):
    """Its explorer."""
    return explorer_of(folder)


def full(room: int) -> Callable[[int, Any], int]:
    """``os.write`` of a disk with room for so many bytes."""
    left, write = [room], os.write

    def writes(handle: int, data: Any) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = write(handle, data[: left[0]])
        left[0] -= done
        return done

    return writes


def no_sync(_handle: int) -> None:
    """``os.fsync`` of a disk that fails at the last moment."""
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("room", [0, 1, 100, 250])
def test_of_several_lines_none_is_there(widget, folder, monkeypatch, room) -> None:
    """Also where the first ones fitted: the file is as before, and with room again all of them are written."""
    first = event(widget, 0)
    said = [{"event": f"e{at}", "verb": "merge", "value": first, "base": ""} for at in range(3)]
    ask(widget, "judge", event=first, verb="pin", base="")
    before = (folder / journal.NAME).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", full(room))
        reply = ask(widget, "judge", said=said, id="00000000000000aa")
    assert (reply["op"], "the disk is full" in reply["sentence"]) == ("problem", True)
    assert (folder / journal.NAME).read_bytes() == before
    assert ask(widget, "judge", said=said, id="00000000000000aa")["op"] == "saved"
    assert len(lines(folder)) == 4


@pytest.mark.parametrize("what", ["judge", "told"])
def test_what_is_not_written_through_is_not_saved(widget, folder, monkeypatch, what) -> None:
    """A disk that fails at fsync: the lines are taken out again."""
    edit = {"op": "judge", "event": "e1", "verb": "note", "value": "n", "base": ""}
    edit = edit if what == "judge" else {"op": "told.save", "value": CALL}
    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "fsync", no_sync)
        reply = ask(widget, **edit, id="00000000000000aa")
    assert reply["op"] == "problem"
    assert lines(folder) == []
    assert ask(widget, **edit, id="00000000000000aa")["op"] == "saved"
    assert len(lines(folder)) == 1


def test_a_time_that_cannot_be_written_leaves_the_file(widget, folder, monkeypatch) -> None:
    """Of a mark and a time the mark may be there; asked again only the time is still written."""
    ask(widget, "milestones.save", name="detected", stated={"when": "2025-11-17T14:01"}, base="|")
    before = (folder / incident_file.NAME).read_bytes()
    base = next(one["base"] for one in ask(widget, "milestones")["milestones"] if one["name"] == "detected")
    said = [{"event": event(widget, 1), "verb": "milestone", "value": "detected", "base": ""}]
    edit = {"name": "detected", "said": said, "stated": None, "base": base, "id": "00000000000000aa"}
    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_replace", lambda *_: full(0)(0, b"x"))
        reply = ask(widget, "milestones.save", **edit)
    assert (reply["op"], "the disk is full" in reply["sentence"]) == ("problem", True)
    assert (folder / incident_file.NAME).read_bytes() == before
    assert "detected" in read_incident(folder).milestones
    assert ask(widget, "milestones.save", **edit)["op"] == "saved"
    assert "detected" not in read_incident(folder).milestones
    assert len(lines(folder)) == 1


def test_an_action_that_cannot_be_written_is_none(widget, folder, monkeypatch) -> None:
    """The file is as before, and no staging file stays."""
    before = (folder / "actions.toml").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, "write", full(20))
        reply = ask(widget, "links.action", name="A-1", values={"action": "Look"}, base="")
    assert (reply["op"], "the disk is full" in reply["sentence"]) == ("problem", True)
    assert (folder / "actions.toml").read_bytes() == before
    assert [path.name for path in folder.iterdir() if path.name.endswith(".part")] == []
