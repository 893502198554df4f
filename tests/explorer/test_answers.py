"""The explorer's protocol: what the browser asks and what the kernel answers, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.cli import _status
from workbench.errors import WorkbenchError
from workbench.explorer import surroundings
from workbench.explorer.answers import Answers
from workbench.explorer.current import Current
from workbench.explorer.events import Events
from workbench.explorer.refreshed import Refreshed
from workbench.explorer.widget import Explorer
from workbench.model import Verb
from workbench.store import journal

START = pd.Timestamp("2025-11-17T14:00:00Z")
HOSTILE = '<img src=x onerror="window.hit=1">'


def frame(events: int = 600) -> pd.DataFrame:
    """One event a second in two services; every tenth is an error, every twentieth a warning besides."""
    levels = ["error" if at % 10 == 0 else "warn" if at % 20 == 5 else "info" for at in range(events)]
    return pd.DataFrame(
        {
            "time": START + pd.to_timedelta(range(events), unit="s"),
            "service": ["orders" if at % 3 else HOSTILE for at in range(events)],
            "level": levels,
            "message": [f"request {at} done" for at in range(events)],
        }
    )


@pytest.fixture
def widget(monkeypatch: pytest.MonkeyPatch) -> Explorer:
    """The explorer of the frame; what it sends is kept in ``sent``."""
    made = wb.show(frame())
    made.sent = []
    monkeypatch.setattr(made, "send", lambda reply, buffers=None: made.sent.append((reply, buffers or [])))
    return made


def ask(widget: Explorer, op: str, **message) -> tuple[dict, list]:
    """The answer to one question, as plain JSON and bytes."""
    widget._on(widget, {"op": op, "seq": "v-1", **message}, [])
    reply, buffers = widget.sent.pop()
    assert reply["seq"] == "v-1"
    return json.loads(json.dumps(reply)), [bytes(one) for one in buffers]


def whole(widget: Explorer, **more) -> dict:
    """A question about all of the events."""
    return {"start": widget.setup["start"], "end": widget.setup["end"], **more}


def test_counts_of_a_view_add_up_to_its_events(widget) -> None:
    """Lanes have true counts and errors; the buffer is lanes x grades x bins, and nothing is lost in it."""
    reply, [buffer] = ask(widget, "view", **whole(widget, by="service", bins=70, most=0))
    assert reply["op"] == "density"
    assert [(lane["name"], lane["count"], lane["errors"]) for lane in reply["lanes"]] == [
        ("orders", 400, 40),
        (HOSTILE, 200, 20),
    ]
    counts = np.frombuffer(buffer, dtype=np.uint32).reshape(2, 3, 70)
    assert counts.sum() == 600
    assert counts[:, 2].sum() == 60
    assert reply["found"] is None


def test_a_few_events_come_one_by_one(widget) -> None:
    """Marks have lane, grade, times after the start in ms and row numbers, in that order."""
    start = widget.setup["start"]
    reply, buffers = ask(widget, "view", by="service", start=start + 10_000, end=start + 20_000, bins=9, most=100)
    assert (reply["op"], reply["count"]) == ("marks", 10)
    kinds = (np.uint16, np.uint8, np.float64, np.float64, np.float64, np.uint32)
    lane, grade, time, earliest, latest, row = (
        np.frombuffer(one, dtype=kind) for one, kind in zip(buffers, kinds, strict=True)
    )
    assert time.tolist() == [1000.0 * at for at in range(10)]
    assert row.tolist() == list(range(10, 20))
    assert grade.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert lane.tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert (earliest <= time).all()
    assert (time <= latest).all()


def test_a_query_narrows_all_answers(widget) -> None:
    """Counts, rows and the next event are of what was found."""
    query = "level=error service:orders"
    reply, [buffer] = ask(widget, "view", **whole(widget, by="service", bins=70, most=0, query=query))
    assert reply["found"] == 40
    assert [lane["count"] for lane in reply["lanes"]] == [40, 0]
    assert np.frombuffer(buffer, dtype=np.uint32).sum() == 40
    rows, _ = ask(widget, "rows", **whole(widget, offset=0, limit=5, query=query))
    assert (rows["total"], len(rows["rows"])) == (40, 5)
    assert {row["level"] for row in rows["rows"]} == {"error"}
    near, _ = ask(widget, "near", at=widget.setup["start"], row=10, step=1, what="event", query=query)
    assert near["row"] == 20


def test_a_query_that_cannot_be_understood_is_a_sentence(widget) -> None:
    """And no exception."""
    reply, buffers = ask(widget, "view", **whole(widget, by="service", bins=70, most=0, query="level>=loud"))
    assert reply["op"] == "problem"
    assert "loud" in reply["sentence"]
    assert buffers == []


def test_an_event_is_found_in_the_table(widget) -> None:
    """Its place among the rows of the window, and whether it is one of them."""
    start, end = widget.setup["start"], widget.setup["end"]
    ask_place = {"op": "place", "start": start + 100_000, "end": end, "at": 0}
    assert ask(widget, **ask_place, row=130)[0] | {"seq": 0} == {"op": "place", "place": 30, "held": True, "seq": 0}
    found, _ = ask(widget, **ask_place, row=130, query="level=error")
    assert (found["place"], found["held"]) == (3, True)
    assert ask(widget, **ask_place, row=131, query="level=error")[0]["held"] is False
    at, _ = ask(widget, **(ask_place | {"at": start + 150_000}), row=None)
    assert (at["place"], at["held"]) == (50, False)


def test_next_and_previous_end_where_there_is_none(widget) -> None:
    """None is an answer."""
    assert ask(widget, "near", at=0, row=599, step=1, what="event")[0]["row"] is None
    assert ask(widget, "near", at=0, row=0, step=-1, what="error")[0]["row"] is None
    assert ask(widget, "near", at=0, row=None, step=1, what="error")[0]["row"] == 0


def test_the_detail_tells_one_event(widget) -> None:
    """Its message, its interval, and no line where there is no source."""
    reply, _ = ask(widget, "detail", row=42)
    assert reply["detail"]["message"] == "request 42 done"
    assert reply["detail"]["lines"] == []


@pytest.mark.parametrize(
    "message",
    [
        {"op": "rm"},
        {"op": "view", "by": "service", "start": 1, "end": 0, "bins": 5, "most": 0},
        {"op": "view", "by": "id", "start": 0, "end": 1, "bins": 5, "most": 0},
        {"op": "view", "by": "service", "start": float("nan"), "end": 1, "bins": 5, "most": 0},
        {"op": "rows", "start": "0", "end": 1, "offset": 0, "limit": 5},
        {"op": "detail", "row": None},
    ],
)
def test_a_question_that_is_none_is_answered_with_a_sentence(widget, message) -> None:
    """Whatever comes from the browser."""
    reply, _ = ask(widget, **message)
    assert reply["op"] == "problem"
    assert len(reply["sentence"]) > 10


def test_what_is_asked_for_has_bounds(widget) -> None:
    """A browser cannot make the kernel fill its memory."""
    rows, _ = ask(widget, "rows", **whole(widget, offset=0, limit=10**9))
    assert len(rows["rows"]) == 500
    _, [buffer] = ask(widget, "view", **whole(widget, by="service", bins=10**9, most=0))
    assert len(buffer) == 2 * 3 * 4_000 * 4


def test_a_fault_of_ours_reaches_the_browser_too(widget, monkeypatch) -> None:
    """The browser does not wait for an answer that will not come, and the traceback is not lost."""
    monkeypatch.setattr(widget._answers, "answer", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        widget._on(widget, {"op": "rows", "seq": "v-9"}, [])
    assert widget.sent[-1][0]["seq"] == "v-9"


def test_the_first_picture_travels_with_the_widget(widget) -> None:
    """Counts and rows of the opening view: the kernel may be busy when the browser asks."""
    counts = np.frombuffer(widget.first["counts"], dtype=np.uint32)
    assert counts.sum() == widget.first["rows"]["total"] == widget.setup["total"] == 600


def test_nothing_is_a_view_too() -> None:
    """A frame without rows opens, and says that it has none."""
    made = wb.show(frame(0))
    assert made.setup["total"] == 0
    assert (made.first["rows"]["total"], made.first["rows"]["rows"]) == (0, [])
    assert made._answers.answer({"op": "detail", "row": 0, "seq": 1})[0]["op"] == "problem"


def test_where_no_widget_lives_there_is_a_picture(widget) -> None:
    """An SVG that runs nothing, with a text equivalent, and the same in words."""
    data, _ = widget._repr_mimebundle_()
    svg = data["image/svg+xml"]
    assert "<img" not in svg
    assert re.search(r"<title>Events</title><desc>Events. 600 events, .*orders 400", svg)
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].startswith("Events. 600 events, 17 Nov 2025, 14:00:00 to 14:09:59 UTC.")


def test_a_zone_that_is_none_is_refused() -> None:
    """Before a browser stumbles over it."""
    with pytest.raises(WorkbenchError, match="Mars"):
        wb.show(frame(), zone="Mars/Olympus")
    assert wb.show(frame(), zone="Europe/Berlin").setup["zone"] == "Europe/Berlin"


def test_a_late_straggler_does_not_spoil_the_overview() -> None:
    """A ticket closed a week later is in the extent, but not in what the overview shows first."""
    late = pd.concat([frame(2_000), frame(1).assign(time=START + pd.Timedelta(days=7))])
    setup = surroundings.of_frame(Events.of(late), title="")
    assert setup["end"] - setup["core"][1] > 6 * 86_400_000
    assert setup["core"][0] < setup["start"] + 60_000


def test_nothing_in_the_browser_makes_markup_of_text() -> None:
    """No sink for HTML, no code from text, no address: all data goes through textContent and fillText."""
    static = Path(surroundings.__file__).parent / "static"
    text = Explorer._esm + Explorer._css
    for sink in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "http:",
        "https:",
        "import(",
    ):
        assert sink not in text, sink
    assert not re.search(r"^import ", Explorer._esm, re.MULTILINE)
    assert all(len(file.read_text("utf-8").splitlines()) < 420 for file in static.glob("*.js"))


def test_answers_know_their_lanes() -> None:
    """Each column that makes lanes can be asked for, and the counts of each add up."""
    answers = Answers(Events.of(frame()), lambda _: {})
    for by in ("service", "level"):
        reply, _ = answers.view({"by": by, "start": 0.0, "end": 4e12, "bins": 1, "most": 0})
        assert sum(lane["count"] for lane in reply["lanes"]) == 600


def test_an_event_is_found_by_its_id_and_by_its_place(tmp_path, monkeypatch) -> None:
    """A line that continues an event leads to that event; what is not there is said so."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(
        "2025-11-17T14:00:00Z ERROR one\n  at a\n2025-11-17T14:00:01Z INFO two\n", encoding="utf-8"
    )
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    pm = wb.open_postmortem("inc")
    answers = Answers(Events.of(pm.events), dict)
    found = answers.answer({"op": "find", "event": pm.events["id"].iloc[1]})[0]
    assert (found["row"], found["time"]) == (1, pm.events["time"].iloc[1].timestamp() * 1000)
    assert [answers.answer({"op": "find", "source": "app.log", "line": line})[0]["row"] for line in (1, 2, 3)] == [
        0,
        0,
        1,
    ]
    assert answers.answer({"op": "find", "source": "other.log", "line": 1})[0]["row"] is None
    assert answers.answer({"op": "find", "event": "0"})[0]["row"] is None


def test_after_an_edit_the_milestones_are_what_the_folder_says(tmp_path, monkeypatch) -> None:
    """Another program's milestone is there at the next question, and no source is read again for it."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("2025-11-17T14:00:00Z ERROR one\n2025-11-17T14:00:01Z INFO two\n", encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    pm = wb.open_postmortem("inc")
    current = Current(pm)
    refreshed = Refreshed(current, Events.of(pm.events))
    assert [one["name"] for one in refreshed.refresh({})[0]["setup"]["milestones"] if one["confirmed"]] == []
    journal.append(Path("inc"), journal.judge(event=pm.events["id"].iloc[1], verb=Verb.MILESTONE, value="detected"))
    confirmed = [one for one in refreshed.refresh({})[0]["setup"]["milestones"] if one["confirmed"]]
    assert [(one["name"], one["time"]) for one in confirmed] == [("Detected", 1763388001000.0)]
    assert current.pm() is not pm
    assert current.pm().events is pm.events


def test_prose_moves_no_milestone(tmp_path, monkeypatch) -> None:
    """After somebody wrote in narrative.md the measures are those that were found before; documents are new."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("2025-11-17T14:00:00Z ERROR one\n", encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    pm = wb.open_postmortem("inc")
    current = Current(pm)
    measures, _ = pm.measures, pm.facts
    Path("inc/narrative.md").write_text("## Prevention\n\nA limit.\n", encoding="utf-8")
    assert current.pm() is not pm
    assert current.pm().measures is measures
    assert current.pm().facts.narrative == {"Prevention": "A limit."}


def test_the_impact_is_worked_out_again_only_where_it_can_be_another(tmp_path, monkeypatch) -> None:
    """Another title leaves it as it is; another objective, or a damaged file, does not."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("2025-11-17T14:00:00Z ERROR one\n", encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    pm, facts = wb.open_postmortem("inc"), Path("inc/incident.toml")
    current, impact, written = Current(pm), pm.impact, facts.read_text("utf-8")
    facts.write_text(written.replace('"T"', '"Another title"'), encoding="utf-8")
    assert current.pm().incident.title == "Another title"
    assert current.pm().impact is impact
    facts.write_text(written + "\n[slo]\ntarget = 99.9\n", encoding="utf-8")
    assert current.pm().impact is not impact
    facts.write_text("id = ", encoding="utf-8")
    with pytest.raises(WorkbenchError, match="is not TOML"):
        _ = current.pm().incident
