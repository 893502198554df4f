"""Events that are said to be one, and events in a person's own words, at the explorer."""

from __future__ import annotations

import os

import pytest
from judged import ask, event, explorer_of, incident, judge, lines

from workbench.explorer.judging import Judging
from workbench.explorer.saying import Wanted
from workbench.store import journal

LINES = "".join(f"2025-11-17T14:00:0{second}Z ERROR no connection {second}\n" for second in range(4))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident of four lines; Aiko judges."""
    return incident(tmp_path, monkeypatch, LINES)


@pytest.fixture
def widget(folder):
    """Its explorer."""
    return explorer_of(folder)


def merge(widget, into: str | None, *events: str, **more) -> dict:
    """Merges these events into one; each with the base that it has."""
    said = [
        {"event": one, "verb": "merge", "value": into, "base": Judging(widget.folder).state(one)["base"]}
        for one in events
    ]
    return ask(widget, "judge", said=said, **more)


@pytest.fixture
def ids(widget, folder) -> list[str]:
    """The events' ids."""
    widget.folder = folder
    return [event(widget, row) for row in range(4)]


def test_several_events_are_merged_in_one_append(widget, folder, ids, monkeypatch) -> None:
    """A line each, written at a stroke; each row says that it is one of them, and the panel of any names them all."""
    writes: list[int] = []
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda handle, data: (writes.append(len(data)), write(handle, data))[1])
    reply = merge(widget, ids[0], ids[1], ids[2], id="00000000000000aa")
    assert len(writes) == 1
    assert [(line["event"], line["verb"], line["value"]) for line in lines(folder)] == [
        (ids[1], "merge", ids[0]), (ids[2], "merge", ids[0]),
    ]  # fmt: skip
    assert {name: row["mark"] for name, row in reply["rows"].items()} == {
        ids[0]: "3 as one", ids[1]: "merged", ids[2]: "merged",
    }  # fmt: skip
    for row in range(3):
        shown = ask(widget, "detail", row=row)
        assert shown["judged"]["group"] == ids[:3]
        assert [one["id"] for one in shown["group"]] == ids[:3]
    assert ask(widget, "detail", row=3)["group"] == []


def test_asked_again_every_line_is_written_once_also_after_a_cut(widget, folder, ids) -> None:
    """A power cut may have left the first line alone: the others follow when the browser asks again."""
    merge(widget, ids[0], ids[1], ids[2], id="00000000000000aa")
    whole = (folder / journal.NAME).read_bytes()
    merge(widget, ids[0], ids[1], ids[2], id="00000000000000aa")
    assert (folder / journal.NAME).read_bytes() == whole
    (folder / journal.NAME).write_bytes(whole.splitlines(keepends=True)[0])
    said = [{"event": one, "verb": "merge", "value": ids[0], "base": ""} for one in ids[1:3]]
    assert ask(widget, "judge", said=said, id="00000000000000aa")["op"] == "saved"
    assert [line["event"] for line in lines(folder)] == ids[1:3]


def test_where_one_of_them_was_judged_meanwhile_none_is_written(widget, folder, ids) -> None:
    """The reply says of which event others spoke."""
    judge(widget, 2, "note", "theirs")
    said = [{"event": one, "verb": "merge", "value": ids[0], "base": ""} for one in ids[1:3]]
    reply = ask(widget, "judge", said=said)
    assert (reply["op"], reply["state"]["event"], reply["state"]["note"]["value"]) == ("conflict", ids[2], "theirs")
    assert len(lines(folder)) == 1


def test_taken_apart_again(widget, ids) -> None:
    """A value of nothing takes an event out; the last one leaves no group."""
    merge(widget, ids[0], ids[1], ids[2])
    reply = merge(widget, None, ids[1])
    assert {name: (row["mark"], row["into"]) for name, row in reply["rows"].items()} == {
        ids[0]: ("2 as one", ""), ids[1]: ("", ""), ids[2]: ("merged", ids[0]),
    }  # fmt: skip
    merge(widget, None, ids[2])
    assert ask(widget, "detail", row=0)["judged"]["group"] == []


def test_no_circle_and_no_event_in_itself(widget, folder, ids) -> None:
    """An event does not stay in one that stands in it."""
    merge(widget, ids[0], ids[1])
    merge(widget, ids[2], ids[0])
    for into, one, why in [(ids[1], ids[2], "merged into this one already"), (ids[3], ids[3], "into itself")]:
        reply = merge(widget, into, one)
        assert reply["op"] == "problem"
        assert why in reply["sentence"]
    assert len(lines(folder)) == 2


@pytest.mark.parametrize("said", [[], [{"event": "e", "verb": "pin", "base": ""}] * 1001])
def test_as_many_as_people_can_mean(widget, said) -> None:
    """Not none, and not thousands."""
    assert "at once" in ask(widget, "judge", said=said)["sentence"]


def test_own_words_are_in_the_table_and_the_panel_keeps_those_of_the_source(widget, folder) -> None:
    """One paragraph; words of nothing give the event its own back."""
    reply = judge(widget, 1, "relabel", " The pool\nwas full ")
    assert [line["value"] for line in lines(folder)] == ["The pool was full"]
    view = {"start": widget.setup["start"], "end": widget.setup["end"], "offset": 0, "limit": 9}
    assert [row["label"] for row in ask(widget, "rows", **view)["rows"]] == ["", "The pool was full", "", ""]
    shown = ask(widget, "detail", row=1)
    assert shown["detail"]["message"] == "ERROR no connection 1"
    assert shown["judged"]["label"]["value"] == "The pool was full"
    assert judge(widget, 1, "relabel", None, reply["state"]["base"])["state"]["label"] is None


def test_conflicts_are_told_in_words(folder) -> None:
    """Who said or took back what."""
    said = Judging(folder)
    base = ""
    for verb, value, words in [
        ("relabel", "own", "put it in other words"), ("relabel", None, "took the other words back"),
        ("merge", "e2", "merged it"), ("merge", None, "took it out of another event"),
        ("reject", ["detected", "declared"], "is not"), ("milestone", ["detected", "declared"], ": detected, declared"),
        ("reject", None, "took a rejection back"), ("unpin", None, "unpinned it"),
    ]:  # fmt: skip
        base = said.judge("e1", verb, value, base)["base"]
        with pytest.raises(Exception, match="Meanwhile Aiko") as raised:
            said.say([Wanted(event="e1", verb="pin", base="")])
        assert words in str(raised.value)
