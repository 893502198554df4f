"""Events that no file holds: told at the explorer, kept as lines of the journal, seen like all others."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from judged import ask, explorer_of, incident, judge, lines

import workbench as wb
from workbench.explorer.retold import with_told
from workbench.model import TOLD_KINDS
from workbench.store import journal

CALL = {"when": "2025-11-17T14:20", "text": "A customer called", "witness": "Kim Nov\u00e1", "unsure": 300}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident of two lines; Aiko writes."""
    return incident(tmp_path, monkeypatch)


@pytest.fixture
def widget(folder):
    """Its explorer."""
    return explorer_of(folder)


def rows(widget) -> list[dict]:
    """The rows of the table that holds everything."""
    answer = ask(widget, "refresh", turn=widget._answers.turn)
    view = {"start": 0, "end": 2e12, "offset": 0, "limit": 99}
    found = ask(widget, "rows", **view)["rows"]
    assert answer["setup"].get("total", len(found)) == len(found)
    assert answer["told"] == ("total" in answer["setup"])
    return found


def test_what_is_told_is_a_line_of_the_journal_and_an_event(widget, folder) -> None:
    """With its witness and its interval; its proof is the journal's line, by number and hash."""
    reply = ask(widget, "told.save", value=CALL | {"kind": "speech", "service": "shop"}, id="00000000000000aa")
    (line,) = lines(folder)
    assert (reply["op"], reply["state"]["event"]) == ("saved", "told-00000000000000aa") == ("saved", line["event"])
    assert line["value"] == {
        "time": "2025-11-17T14:20:00.000Z", "earliest": "2025-11-17T14:15:00.000Z",
        "latest": "2025-11-17T14:25:00.000Z", "text": "A customer called", "witness": "Kim Nov\u00e1", "kind": "speech",
        "service": "shop",
    }  # fmt: skip
    shown = rows(widget)
    assert [(row["message"], row["actor"], row["source"], row["line"]) for row in shown[2:]] == [
        ("A customer called", "Kim Nov\u00e1", "journal.jsonl", 1)
    ]
    (mark,) = ask(widget, "judged")["marks"]
    assert (mark["row"], mark["told"], mark["message"]) == (2, True, "A customer called"), (
        "it has its sign above the lanes"
    )
    proof = ask(widget, "detail", row=2)["detail"]
    (raw,) = (folder / journal.NAME).read_text(encoding="utf-8").splitlines()
    assert proof["lines"] == [{"line": 1, "text": raw, "own": True, "time": ""}]
    assert proof["line_sha256"] == hashlib.sha256(raw.encode()).hexdigest()
    assert proof["why"][-1] == f"Kim Nov\u00e1 told it; Aiko wrote it down at {line['time']}."


def test_the_explorer_has_the_events_that_the_incident_has(widget, folder) -> None:
    """To the last cell: as they would be read from the folder, however often something was told."""
    for at, when in enumerate(["2025-11-17T13:00", "2025-11-17T14:00:00", "2025-11-17T14:00:01"]):
        ask(widget, "told.save", value=CALL | {"when": when}, id=f"00000000000000a{at}")
        rows(widget)
    pm = wb.open_postmortem(folder)
    known = widget._answers.events
    assert widget._answers.turn == 3
    assert known.frame.reset_index(drop=True).equals(pm.events.reset_index(drop=True))
    assert known.frame.dtypes.equals(pm.events.dtypes)
    rest = with_told(pm.events, (), "journal.jsonl")
    assert len(rest) == 2
    assert with_told(rest, pm.loaded.told, "journal.jsonl").equals(pm.events)


def test_a_clock_without_a_date_is_one_of_the_incidents_day(widget, folder) -> None:
    """As people say it: at 14:20."""
    assert ask(widget, "told.save", value=CALL | {"when": "14:20"}, id="00000000000000aa")["op"] == "saved"
    assert lines(folder)[0]["value"]["time"] == "2025-11-17T14:20:00.000Z"


def test_it_is_corrected_and_withdrawn_and_every_line_stays(widget, folder) -> None:
    """The last words hold; withdrawn it is no event; it can be told again."""
    first = ask(widget, "told.save", value=CALL, id="00000000000000aa")["state"]
    changed = CALL | {"when": "2025-11-17T14:22", "text": "Two customers called"}
    second = ask(widget, "told.save", event=first["event"], value=changed, base=first["base"])["state"]
    assert [(row["message"], row["time"], row["line"]) for row in rows(widget)[2:]] == [
        ("Two customers called", "2025-11-17T14:22:00.000Z", 2)
    ]
    third = ask(widget, "told.save", event=first["event"], value=None, base=second["base"])["state"]
    assert len(rows(widget)) == 2
    (told,) = ask(widget, "told")["told"]
    assert (told["value"], told["was"]["text"], told["base"]) == (None, "Two customers called", third["base"])
    ask(widget, "told.save", event=first["event"], value=CALL, base=third["base"])
    assert [row["message"] for row in rows(widget)[2:]] == ["A customer called"]
    assert [bool(line["value"]) for line in lines(folder)] == [True, True, False, True]


def test_it_is_judged_like_any_event(widget) -> None:
    """Pinned, noted, hidden, put in other words; a correction before that is a conflict."""
    state = ask(widget, "told.save", value=CALL, id="00000000000000aa")["state"]
    rows(widget)
    noted = judge(widget, 2, "note", "by phone", state["base"])
    assert noted["state"]["note"]["value"] == "by phone"
    reply = ask(widget, "told.save", event=state["event"], value=CALL, base=state["base"])
    assert (reply["op"], reply["state"]["note"]["value"]) == ("conflict", "by phone")


def test_what_was_withdrawn_comes_back_as_it_was(widget, folder) -> None:
    """To the nanosecond: Undo sends what the journal had."""
    first = ask(widget, "told.save", value=CALL | {"unsure": 0}, id="00000000000000aa")["state"]
    gone = ask(widget, "told.save", event=first["event"], value=None, base=first["base"])["state"]
    ask(widget, "told.save", event=first["event"], value=first["told"]["value"], base=gone["base"])
    assert lines(folder)[2]["value"] == lines(folder)[0]["value"]
    assert lines(folder)[0]["value"]["latest"] == "2025-11-17T14:20:59.999999999Z"


def test_asked_again_it_is_told_once(widget, folder) -> None:
    """A kernel that was only slow gets the same event twice."""
    for _ in range(2):
        assert ask(widget, "told.save", value=CALL, id="00000000000000aa")["op"] == "saved"
    assert len(lines(folder)) == 1


def test_what_another_process_told_is_seen(widget, folder) -> None:
    """With the next look at the folder."""
    code = f"""import workbench as wb
from workbench.explorer.current import Current
from workbench.explorer.judging import Judging
from workbench.explorer.telling import Telling
current = Current(wb.open_postmortem({str(folder)!r}))
Telling(current, Judging(current.folder)).save({{"id": "00000000000000bb", "value": {CALL!r}}})"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert [row["id"] for row in rows(widget)[2:]] == ["told-00000000000000bb"]


def test_a_row_is_named_with_its_event(widget) -> None:
    """A page that has not heard of the new event yet asks for rows that are others now, and gets what it means."""
    begun, error = (ask(widget, "detail", row=row)["detail"]["id"] for row in range(2))
    ask(widget, "told.save", value=CALL | {"when": "2025-11-17T13:00"}, id="00000000000000aa")
    rows(widget)
    assert ask(widget, "detail", row=1, event=error)["detail"]["id"] == error
    assert ask(widget, "detail", row=1)["detail"]["id"] == begun
    assert ask(widget, "detail", row=1)["turn"] == 1
    assert "not among those" in ask(widget, "detail", row=1, event="told-gone")["sentence"]


@pytest.mark.parametrize(
    ("change", "why"),
    [({"text": " "}, "what happened"), ({"witness": ""}, "who saw"), ({"when": "at noon"}, "no time"), ({"when": ""}, "missing"),
     ({"zone": "Mars/Olympus"}, "Mars"), ({"kind": "log"}, "no kind"), ({"kind": "status"}, "no kind"),
     ({"unsure": -1}, "unsure"), ({"unsure": float("nan")}, "unsure"), ({"unsure": "much"}, "unsure"),
     ({"text": "x" * 2001}, "2,001 signs"), ({"when": "2500-01-01T00:00"}, "no time")],
)  # fmt: skip
def test_what_cannot_be_told_is_a_sentence(widget, folder, change, why) -> None:
    """And nothing is written."""
    reply = ask(widget, "told.save", value=CALL | change, id="00000000000000aa")
    assert reply["op"] == "problem"
    assert why in reply["sentence"]
    assert lines(folder) == []


@pytest.mark.parametrize(("event", "value", "why"), [("abc-1", CALL, "only an event"), ("told-x", None, "nobody told")])
def test_only_what_was_told_is_corrected(widget, event, value, why) -> None:
    """A file's own event is not."""
    assert why in ask(widget, "told.save", event=event, value=value)["sentence"]


def test_a_time_in_the_second_zone(widget, folder) -> None:
    """As it was typed: an hour that came twice is both, and a minute lasts a minute."""
    ask(widget, "told.save", value=CALL | {"zone": "Europe/Berlin", "unsure": 0}, id="00000000000000aa")
    twice = {"when": "2025-10-26T02:30:00", "zone": "Europe/Berlin", "unsure": 0}
    ask(widget, "told.save", value=CALL | twice, id="00000000000000ab")
    times = [[line["value"][name][11:19] for name in ("time", "earliest", "latest")] for line in lines(folder)]
    assert times[0] == ["13:20:00", "13:20:00", "13:20:59"]
    assert times[1][1:] == ["00:30:00", "01:30:00"]


def test_the_form_knows_its_choices(widget) -> None:
    """The kinds, and who is most likely the witness."""
    told = widget.setup["desks"]["told"]
    assert (told["kinds"], told["zones"], told["witness"]) == (list(TOLD_KINDS), ["UTC"], "Aiko")


def test_what_it_changes_of_a_report_that_was_written_is_told(widget, folder) -> None:
    """Late evidence is: the row that is new, or has other words; nothing where no report was written."""
    state = ask(widget, "told.save", value=CALL, id="00000000000000aa")["state"]
    assert ask(widget, "told.late")["count"] == 0
    (folder / "output").mkdir(exist_ok=True)
    (folder / "output" / "postmortem.md").write_text("# T\n", encoding="utf-8")
    assert ask(widget, "told.late")["changed"] == [
        "timeline: new: 2025-11-17 14:20:00 A customer called (told by Kim Nov\u00e1)"
    ]
    ask(widget, "told.save", event=state["event"], value=None, base=state["base"])
    assert ask(widget, "told.late")["changed"] == [
        "timeline: no longer: 2025-11-17 14:20:00 A customer called (told by Kim Nov\u00e1)"
    ]
