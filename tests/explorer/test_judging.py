"""What people judge in the explorer: on disk before the reply, never over what others said meanwhile."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import ask, event, explorer_of, incident, judge, lines

import workbench as wb
from workbench.errors import WorkbenchError
from workbench.explorer import written
from workbench.explorer.conflict import ConflictError
from workbench.explorer.judging import LONGEST, Judging
from workbench.explorer.written import author, cleaned
from workbench.store import journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An incident of two lines; Aiko judges."""
    return incident(tmp_path, monkeypatch)


@pytest.fixture
def widget(folder):
    """The incident's explorer; what it sends is kept in ``sent``."""
    return explorer_of(folder)


def test_nothing_is_said_of_an_event_at_first(widget) -> None:
    """The base of the first judgement is the empty one."""
    assert ask(widget, "detail", row=0)["judged"] == {
        "base": "", "pinned": None, "hidden": None, "label": None, "note": None, "milestone": None, "merged": None,
        "rejected": None, "told": None, "last": None, "group": [],
    }  # fmt: skip


def test_a_judgement_is_in_the_journal_and_in_the_state(widget, folder) -> None:
    """Who said it, when; the rows of the table carry a mark; the reply has the base of the next one."""
    reply = judge(widget, 1, "pin")
    (line,) = lines(folder)
    assert (reply["op"], reply["seq"]) == ("saved", "v-1")
    assert reply["rows"] == {line["event"]: {"mark": "pinned", "label": "", "base": line["id"], "into": ""}}
    assert reply["state"]["base"] == line["id"]
    assert reply["state"]["pinned"]["by"] == line["author"] == "Aiko"
    assert (line["verb"], line["value"]) == ("pin", None)
    assert ask(widget, "detail", row=1)["judged"] == reply["state"]
    view = {"start": widget.setup["start"], "end": widget.setup["end"], "offset": 0, "limit": 9}
    assert [row["mark"] for row in ask(widget, "rows", **view)["rows"]] == ["", "pinned"]


def test_the_line_is_on_disk_before_the_reply(widget, folder, monkeypatch) -> None:
    """What is sent finds the line in the file, written through."""
    order: list[str] = []
    first, fsync = event(widget, 0), os.fsync
    monkeypatch.setattr(journal.os, "fsync", lambda handle: (fsync(handle), order.append("on disk"))[0])
    monkeypatch.setattr(widget, "send", lambda _reply, _buffers=None: order.append(f"reply, {len(lines(folder))}"))
    widget._on(widget, {"op": "judge", "seq": "v-1", "event": first, "verb": "pin", "base": ""}, [])
    assert order == ["on disk", "reply, 1"]


def test_what_was_said_can_be_taken_back(folder) -> None:
    """Unpin, unhide, and nothing as a note or a milestone; each stays in the journal."""
    said = Judging(folder)
    base = ""
    for verb, value in [("pin", None), ("hide", "noise"), ("note", "n"), ("milestone", "detected")]:
        base = said.judge("e1", verb, value, base)["base"]
    held = said.state("e1")
    assert {name: held[name]["value"] for name in ("pinned", "hidden", "note", "milestone")} == {
        "pinned": "", "hidden": "noise", "note": "n", "milestone": "detected",
    }  # fmt: skip
    assert said.mark("e1") == "detected, pinned, hidden, note"
    for verb in ("unpin", "unhide", "note", "milestone"):
        base = said.judge("e1", verb, None, base)["base"]
    held = said.state("e1")
    assert [held[name] for name in ("pinned", "hidden", "note", "milestone")] == [None] * 4
    assert len(lines(folder)) == 8
    assert said.judge("e1", "pin", None, base)["pinned"]


def test_what_another_process_said_meanwhile_is_a_conflict(widget, folder) -> None:
    """Nothing is written; the reply says who said what; based on it, the same judgement is written."""
    judge(widget, 0, "pin")
    base = ask(widget, "detail", row=0)["judged"]["base"]
    event = lines(folder)[0]["event"]
    code = f"""from pathlib import Path
from workbench.explorer.judging import Judging
Judging(Path({str(folder)!r})).judge({event!r}, "note", "the pool was full", {base!r})"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "WORKBENCH_AUTHOR": "Bo"})
    before = (folder / journal.NAME).read_bytes()
    reply = judge(widget, 0, "note", "mine", base=base)
    assert (reply["op"], reply["state"]["note"]["value"]) == ("conflict", "the pool was full")
    assert reply["sentence"].startswith("Meanwhile Bo wrote a note (")
    assert "the pool was full" in reply["sentence"]
    assert (folder / journal.NAME).read_bytes() == before
    reply = judge(widget, 0, "note", "mine", base=reply["state"]["base"])
    assert (reply["op"], reply["state"]["note"]["value"]) == ("saved", "mine")
    assert judge(widget, 1, "pin")["op"] == "saved", "another event is another matter"


def test_two_at_once_one_conflict(folder) -> None:
    """Between the look and the line nobody else gets in: of many that have one base, one is written."""
    code = f"""import sys
from pathlib import Path
from workbench.explorer.conflict import ConflictError
from workbench.explorer.judging import Judging
said = Judging(Path({str(folder)!r}))
sys.stdin.readline()
try:
    said.judge("e1", "note", "mine", "")
except ConflictError:
    sys.exit(7)"""
    hands = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) for _ in range(4)]
    for hand in hands:
        hand.stdin.write(b"\n")
        hand.stdin.flush()
    assert sorted(hand.wait(60) for hand in hands) == [0, 7, 7, 7]
    for hand in hands:
        hand.stdin.close()
    assert len(lines(folder)) == 1


def test_asked_again_it_is_written_once(folder) -> None:
    """A kernel that was only slow gets the same judgement twice."""
    said = Judging(folder)
    first = said.judge("e1", "note", "n", "", key="00000000000000aa")
    assert said.judge("e1", "note", "n", "", key="00000000000000aa") == first
    assert [line["id"] for line in lines(folder)] == ["00000000000000aa"]
    with pytest.raises(WorkbenchError, match="another judgement has this id"):
        said.judge("e1", "note", "other", first["base"], key="00000000000000aa")


def test_a_full_disk_is_a_problem_and_nothing_is_said(widget, folder, monkeypatch) -> None:
    """The sentence says so, and the state is as before."""

    def full(_handle: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", full)
        reply = judge(widget, 0, "pin")
    assert reply["op"] == "problem"
    assert "not recorded: the disk is full" in reply["sentence"]
    assert (lines(folder), ask(widget, "detail", row=0)["judged"]["pinned"]) == ([], None)


@pytest.mark.parametrize(
    ("verb", "value", "why"),
    [("dance", None, "dance"), ("tell", {}, "told-"), ("reject", "noon", "no milestone"), ("hide", " \n", "why"), ("hide", None, "why"),
     ("milestone", "noon", "no milestone"), ("milestone", {"a": 1}, "several names"),
     ("note", "x" * (LONGEST + 1), "2,001 signs")],
)  # fmt: skip
def test_what_cannot_be_said_is_a_sentence(widget, folder, verb, value, why) -> None:
    """And nothing is written."""
    reply = judge(widget, 0, verb, value)
    assert reply["op"] == "problem"
    assert why in reply["sentence"]
    assert lines(folder) == []


def test_a_journal_from_the_future_is_told(folder) -> None:
    """A judgement that would stand before the last one would say nothing: a clock is wrong."""
    later = {"id": "1", "event": "e1", "verb": "pin", "author": "Bo", "time": "2199-01-01T00:00:00Z"}
    (folder / journal.NAME).write_text(json.dumps(later) + "\n", encoding="utf-8")
    with pytest.raises(WorkbenchError, match="set the clock right"):
        Judging(folder).judge("e1", "unpin", None, "1")
    assert len(lines(folder)) == 1


def test_conflict_has_the_state(folder) -> None:
    """Of an event of which nobody said anything any more, too."""
    with pytest.raises(ConflictError, match="not in the journal any more") as raised:
        Judging(folder).judge("e1", "pin", None, "gone")
    assert raised.value.state["base"] == ""


@given(st.text(max_size=200))
def test_any_text_is_one_clean_paragraph(text) -> None:
    """It can be written as JSON, and steers no terminal."""
    found = cleaned(text)
    assert found.encode("utf-8").decode("utf-8") == found
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in found)
    assert cleaned(found) == found


def test_the_author_is_who_is_logged_in(monkeypatch) -> None:
    """Or nobody, where the machine knows no name."""
    monkeypatch.delenv("WORKBENCH_AUTHOR", raising=False)
    monkeypatch.setattr(written.getpass, "getuser", lambda: "aiko\x1b[31m")
    assert author() == "aiko[31m"

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr(written.getpass, "getuser", nobody)
    assert author() == ""


def test_a_bare_frame_has_no_judging(monkeypatch) -> None:
    """There is no folder to write to."""
    made = wb.show(pd.DataFrame({"time": ["2025-11-17T14:00:00Z"], "message": ["m"], "id": ["e1"]}))
    made.sent = []
    monkeypatch.setattr(made, "send", lambda reply, _buffers=None: made.sent.append(reply))
    assert "judging" not in made.setup
    assert ask(made, "detail", row=0)["judged"] is None
    assert ask(made, "judge", row=0, verb="pin", base="")["op"] == "problem"
