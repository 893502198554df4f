"""The desk of clocks: what was found and why, tried otherwise, written into sources.toml, and read anew."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from clock_incident import APP, made

import workbench as wb
from workbench.explorer import rereading
from workbench.store.register import read_register

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.explorer.widget import Explorer

REGISTER = """# what Mira wrote
[[source]]
path = "app.jsonl" # the pod in zone b
added = "2025-11-18T09:00:00Z"

# the old machine
[[source]]
path = "db.log"
zone = "America/New_York"
zone_basis = "set by a person"
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """An incident whose sources.toml has comments."""
    return made(tmp_path, register=REGISTER)


@pytest.fixture
def widget(folder, monkeypatch) -> Explorer:
    """Its explorer; what it sends is kept in ``sent``."""
    shown = wb.show(wb.open_postmortem(folder))
    shown.sent = []
    monkeypatch.setattr(shown, "send", lambda reply, buffers=None: shown.sent.append((reply, buffers)))
    return shown


def ask(widget: Explorer, op: str, **message: Any) -> dict[str, Any]:
    """The answer to one question, as plain JSON."""
    widget._on(widget, {"op": op, "seq": "v-1", **message}, [])
    return json.loads(json.dumps(widget.sent.pop()[0]))


def source(widget: Explorer, path: str) -> dict[str, Any]:
    """What the desk says of a source."""
    (found,) = [row for row in ask(widget, "clocks")["state"]["sources"] if row["path"] == path]
    return found


def save(widget: Explorer, name: str, based: str | None = None, **values: Any) -> dict[str, Any]:
    """The answer to an edit of what is there now."""
    known = source(widget, name)["base"] if based is None else based
    return ask(widget, "clocks.save", path=name, values=values, base=known, id="00000000000000aa")


def reread(widget: Explorer) -> dict[str, Any]:
    """Asks until the sources are read again."""
    until = time.monotonic() + 60
    while not (found := ask(widget, "reread"))["done"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def votes(widget: Explorer, path: str, **more: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What shared ids say, once all texts are read, with the matches as arrays."""
    while True:
        widget._on(widget, {"op": "clocks.votes", "seq": "v-1", "path": path, **more}, [])
        reply, buffers = widget.sent.pop()
        if "pairs" in reply:
            return json.loads(json.dumps(reply)), [np.frombuffer(each) for each in buffers]


def times(widget: Explorer, path: str, trial: dict[str, Any] | None = None) -> dict[str, str]:
    """The times of a source's events by id, as the table has them."""
    events = widget._answers.base.extent
    window = {"start": events[0] / 1e6 - 1e9, "end": events[1] / 1e6 + 1e9, "offset": 0, "limit": 500}
    rows = ask(widget, "rows", **window, query=f"source:{path}", **({"trial": trial} if trial else {}))["rows"]
    return {row["id"]: row["time"] for row in rows}


def moved(before: dict[str, str], after: dict[str, str]) -> set[float]:
    """By how many seconds the events moved."""
    assert before.keys() == after.keys()
    return {
        round((np.datetime64(after[each][:-1]) - np.datetime64(before[each][:-1])) / np.timedelta64(1, "ms")) / 1000
        for each in before
    }


def test_each_source_has_its_clock_its_zone_and_why(widget) -> None:
    """With the interval, the votes in words, the confidence, and what a person set."""
    app, db, checks = (source(widget, path) for path in ("app.jsonl", "db.log", "checks.csv"))
    assert app["offset"]["low"] <= APP <= app["offset"]["high"]
    assert "60 of 60 matches by shared ids agree with checks.csv" in app["offset"]["basis"]
    assert (app["format"], app["events"], app["shown"], app["known"]) == ("json_lines", 60, 60, True)
    assert (app["bare"], app["set"]) == (0, {"offset": None, "unsure": None, "zone": None})
    assert (db["zone"], db["basis"], db["bare"], db["now"]) == (
        "America/New_York", "set by a person", 60, "America/New_York",
    )  # fmt: skip
    assert (db["zone_words"], db["set"]["zone"], db["year"]) == (
        "A person set it.", "America/New_York", "2025, as stated",
    )  # fmt: skip
    assert checks["trusted"].startswith("checks from outside")


def test_a_zone_that_was_found_says_how_sure_it_is(tmp_path, monkeypatch) -> None:
    """The sentence, and the confidence as a number."""
    shown = wb.show(wb.open_postmortem(made(tmp_path)))
    shown.sent = []
    monkeypatch.setattr(shown, "send", lambda reply, buffers=None: shown.sent.append((reply, buffers)))
    db = source(shown, "db.log")
    assert (db["zone"], db["basis"], db["sure"], db["now"]) == ("UTC-05:00", "by shared ids", 0.99, "-05:00")
    assert db["zone_words"].startswith("Its times name no zone: read as UTC-05:00 (America/New_York")


def test_a_trial_moves_the_events_of_its_source_in_every_answer(widget) -> None:
    """Rows, lanes and counts; without it all stands as it was; nothing is written."""
    before = times(widget, "app.jsonl")
    value = source(widget, "app.jsonl")["offset"]["value"]
    trial = {"app.jsonl": {"offset": value + 37}}
    assert moved(before, times(widget, "app.jsonl", trial)) == {-37.0}
    assert moved(times(widget, "db.log"), times(widget, "db.log", trial)) == {0.0}
    assert times(widget, "app.jsonl") == before
    assert ask(widget, "near", at=0, row=None, step=1, what="event", trial=trial)["row"] == 0
    tried = ask(widget, "clocks.try", trial=trial)
    assert tried["moved"]["app.jsonl"]["least"] == tried["moved"]["app.jsonl"]["most"] == pytest.approx(-37)
    first = min(time for time in times(widget, "app.jsonl", trial).values())
    assert tried["moved"]["app.jsonl"]["first"] == first
    assert source(widget, "app.jsonl")["set"] == {"offset": None, "unsure": None, "zone": None}


def test_a_bin_counts_what_moved_into_it(widget) -> None:
    """The checks stay in their minute; the application's events leave it by the shift."""
    start = widget._answers.base.extent[0] // 1_000_000_000 * 1000
    window = {"by": "source", "start": start - 600_000, "end": start + 600_000, "bins": 20, "most": 0}

    def counts(**trial: Any) -> dict[str, int]:
        widget._on(widget, {"op": "view", "seq": "v-1", **window, **trial}, [])
        reply, (buffer,) = widget.sent.pop()
        found = np.frombuffer(buffer, dtype=np.uint32).reshape(len(reply["lanes"]), 3, 20).sum(axis=(1, 2))
        return {lane["name"]: int(number) for lane, number in zip(reply["lanes"], found, strict=True)}

    before, after = counts(), counts(trial={"app.jsonl": {"offset": APP - 305}})
    assert before["app.jsonl"] - after["app.jsonl"] == 5  # one a minute and a second: five leave ten minutes
    assert before["checks.csv"] == after["checks.csv"]


def test_an_event_is_judged_by_its_id_wherever_it_stands(widget, folder) -> None:
    """Its row number is that of the trial; what is judged is the event that the person saw."""
    trial = {"app.jsonl": {"offset": APP + 3600}}
    rows = ask(widget, "rows", start=0, end=4e12, offset=0, limit=500, trial=trial)["rows"]
    chosen = next(row for row in rows if row["source"] == "app.jsonl")
    ask(widget, "judge", row=chosen["row"], event=chosen["id"], verb="pin", base="")
    (line,) = (folder / "journal.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["event"] == chosen["id"]
    assert ask(widget, "detail", row=10**6, event=chosen["id"])["detail"]["id"] == chosen["id"]
    assert ask(widget, "detail", row=0, event="gone")["op"] == "problem"


def test_pins_and_folds_go_with_their_events(widget) -> None:
    """Marks have the row that the event has in the trial; folded rows are those of the same events."""
    trial = {"app.jsonl": {"offset": APP + 3600}}
    window = {"start": 0, "end": 4e12, "offset": 0, "limit": 500}
    rows = ask(widget, "rows", **window, trial=trial)["rows"]
    chosen = next(row for row in rows if row["source"] == "app.jsonl")
    ask(widget, "judge", row=0, event=chosen["id"], verb="pin", base="")
    (mark,) = ask(widget, "judged", trial=trial)["marks"]
    assert mark["row"] == chosen["row"] != ask(widget, "judged")["marks"][0]["row"]
    while (found := ask(widget, "rows", **window, folded=True, trial=trial)).get("folding"):
        time.sleep(0.05)
    folds = sorted(row["fold"]["count"] for row in found["rows"] if row.get("fold"))
    plain = ask(widget, "rows", **window, folded=True)["rows"]
    assert folds == sorted(row["fold"]["count"] for row in plain if row.get("fold"))
    assert sum(folds) + sum(not row.get("fold") for row in found["rows"]) == 180


def test_what_is_saved_stands_in_the_file_with_its_comments(widget, folder) -> None:
    """A whole number is written as one; a zone takes its basis along; taken back, the keys are gone."""
    reply = save(widget, "app.jsonl", clock_offset_seconds=37.0)
    assert reply["op"] == "saved"
    assert (folder / "sources.toml").read_text("utf-8") == REGISTER.replace(
        'added = "2025-11-18T09:00:00Z"\n', 'added = "2025-11-18T09:00:00Z"\nclock_offset_seconds = 37\n'
    )
    assert source(widget, "app.jsonl")["set"]["offset"] == 37
    save(widget, "db.log", zone="Europe/Berlin", clock_offset_seconds=-1.5)
    assert read_register(folder).entry("db.log").zone == "Europe/Berlin"
    save(widget, "app.jsonl", clock_offset_seconds=None)
    save(widget, "db.log", zone=None, clock_offset_seconds=None)
    assert (folder / "sources.toml").read_text("utf-8") == REGISTER.replace(
        'zone = "America/New_York"\nzone_basis = "set by a person"\n', ""
    )


def test_how_unsure_it_is_stands_beside_it(widget, folder) -> None:
    """It goes with the offset, and is gone with it."""
    save(widget, "app.jsonl", clock_offset_seconds=37, clock_offset_unsure_seconds=0.5)
    assert "clock_offset_seconds = 37\nclock_offset_unsure_seconds = 0.5\n" in (folder / "sources.toml").read_text(
        "utf-8"
    )
    reread(widget)
    assert source(widget, "app.jsonl")["offset"] | {"basis": ""} == {
        "value": 37,
        "low": 36.5,
        "high": 37.5,
        "basis": "",
    }
    save(widget, "app.jsonl", clock_offset_seconds=37, clock_offset_unsure_seconds=None)
    assert "unsure" not in (folder / "sources.toml").read_text("utf-8")
    save(widget, "app.jsonl", clock_offset_seconds=36, clock_offset_unsure_seconds=1)
    save(widget, "app.jsonl", clock_offset_seconds=None)
    assert (folder / "sources.toml").read_text("utf-8") == REGISTER


def test_a_source_without_a_row_gets_one(tmp_path, monkeypatch) -> None:
    """And an incident without the file a file."""
    inc = made(tmp_path)
    (inc / "sources.toml").unlink()
    shown = wb.show(wb.open_postmortem(inc))
    shown.sent = []
    monkeypatch.setattr(shown, "send", lambda reply, buffers=None: shown.sent.append((reply, buffers)))
    assert save(shown, "app.jsonl", clock_offset_seconds=37.25)["op"] == "saved"
    (entry,) = read_register(inc).entries
    assert (entry.path, entry.clock_offset_seconds) == ("app.jsonl", 37.25)


def test_what_somebody_wrote_meanwhile_is_a_conflict(widget, folder) -> None:
    """Nothing is written; the sentence says what stands there now; the same edit on what is there now is written."""
    base = source(widget, "app.jsonl")["base"]
    text = REGISTER.replace("added", "clock_offset_seconds = 12\nadded")
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    reply = save(widget, "app.jsonl", base, clock_offset_seconds=37)
    assert reply["op"] == "conflict"
    assert "clock_offset_seconds = 12" in reply["sentence"]
    assert (folder / "sources.toml").read_text("utf-8") == text
    (row,) = [row for row in reply["state"]["sources"] if row["path"] == "app.jsonl"]
    assert row["set"]["offset"] == 12
    assert save(widget, "app.jsonl", row["base"], clock_offset_seconds=37)["op"] == "saved"
    assert save(widget, "db.log", source(widget, "db.log")["base"], zone="UTC")["op"] == "saved", "another row"


@pytest.mark.parametrize(
    ("values", "why"),
    [({}, "can be set here"), ({"path": "x"}, "can be set here"), ({"clock_offset_seconds": "soon"}, "no number"),
     ({"zone": "Mars/Olympus"}, "not a time zone"), ({"clock_offset_seconds": float("inf")}, "no number")],
)  # fmt: skip
def test_what_cannot_be_set_is_a_sentence(widget, folder, values, why) -> None:
    """And the file stays."""
    reply = save(widget, "app.jsonl", **values)
    assert reply["op"] == "problem"
    assert why in reply["sentence"]
    assert (folder / "sources.toml").read_text("utf-8") == REGISTER


def test_after_a_save_the_sources_are_read_anew(widget) -> None:
    """Until they are, the explorer answers from what it has; then the times are those that were tried, ids are the same."""
    before = times(widget, "app.jsonl")
    tried = times(widget, "app.jsonl", {"app.jsonl": {"offset": APP + 37}})
    assert "turn" not in ask(widget, "clocks")
    save(widget, "app.jsonl", clock_offset_seconds=APP + 37)
    assert ask(widget, "refresh")["unread"]
    assert times(widget, "app.jsonl") == before
    found = reread(widget)
    assert found["moved"][0] == {"path": "app.jsonl", "seconds": pytest.approx(-37, abs=0.1), "zone": "UTC"}
    assert found["setup"]["total"] == 180
    assert not ask(widget, "refresh")["unread"]
    assert ask(widget, "clocks")["turn"] == 1
    assert times(widget, "app.jsonl") == tried
    row = source(widget, "app.jsonl")
    assert (row["offset"]["value"], row["offset"]["basis"]) == (APP + 37, "set by a person")
    assert row["contrary"] == 2
    assert any("contradict" in note for note in row["notes"])
    detail = ask(widget, "detail", row=0, event=next(iter(tried)))["detail"]
    assert any("set by a person" in why for why in detail["why"])


def test_what_is_taken_back_is_found_again(widget) -> None:
    """The workbench's own finding is there after the sources were read."""
    value = source(widget, "app.jsonl")["offset"]["value"]
    save(widget, "app.jsonl", clock_offset_seconds=5)
    reread(widget)
    save(widget, "app.jsonl", clock_offset_seconds=None)
    reread(widget)
    assert source(widget, "app.jsonl")["offset"]["value"] == value


def test_a_zone_that_is_saved_is_what_the_times_are_read_in(widget) -> None:
    """Berlin is six hours from New York."""
    before = times(widget, "db.log")
    save(widget, "db.log", zone="Europe/Berlin")
    reread(widget)
    # The clock's own offset of three seconds cannot be told any more.
    assert all(abs(each + 6 * 3600) < 5 for each in moved(before, times(widget, "db.log")))
    assert "may be wrong" in " ".join(source(widget, "db.log")["notes"])


def test_sources_that_cannot_be_read_again_leave_all_as_it_is(widget, folder) -> None:
    """The sentence says why, and the explorer goes on."""
    before = times(widget, "app.jsonl")
    (folder / "sources.toml").write_text('[[source]]\npath = "db.log"\nzone = "Mars"\n', encoding="utf-8")
    found = reread(widget)
    assert "zone" in found["problem"]
    assert times(widget, "app.jsonl") == before


def test_a_fault_while_reading_is_told(widget, folder, monkeypatch) -> None:
    """Whatever it is: nobody waits for ever."""
    (folder / "sources.toml").write_text(REGISTER + "\n", encoding="utf-8")
    monkeypatch.setattr(rereading.surroundings, "first_day", lambda _pm: 1 / 0)
    assert "ZeroDivisionError" in reread(widget)["problem"]


def test_votes_are_told_match_by_match(widget) -> None:
    """How many ids with whom, where they agree, and each with its lines."""
    found, (low, high, at, line, other) = votes(widget, "app.jsonl")
    pairs = {pair["other"]: pair for pair in found["pairs"]}
    assert pairs.keys() == {"checks.csv", "db.log"}
    checks = pairs["checks.csv"]
    assert (checks["of"], checks["sent"], checks["known"], checks["vote"]["votes"]) == (60, 60, True, 60)
    assert checks["vote"]["low"] <= APP <= checks["vote"]["high"]
    assert len(low) == len(high) == len(at) == len(line) == len(other) == 120
    assert (low <= APP).all()
    assert (high >= APP).all()
    assert (line[:60] == np.arange(1, 61)).all()
    assert pairs["db.log"]["follows"] is False
    assert found["zones"] == []


def test_votes_tell_zones_and_may_be_asked_under_another(widget) -> None:
    """The zone that the ids fit comes first; under another one the clock seems hours off."""
    found, _ = votes(widget, "db.log")
    assert (found["zones"][0]["zone"], found["zones"][0]["votes"]) == ("America/New_York", found["zones"][0]["of"])
    berlin, _ = votes(widget, "db.log", zone="Europe/Berlin")
    low = {pair["other"]: pair["vote"]["low"] for pair in berlin["pairs"]}["checks.csv"]
    assert low == pytest.approx(3 - 6 * 3600, abs=2)


def two(widget: Explorer, own: str, other: str, relation: str, **more: Any) -> dict[str, Any]:
    """The proposal of two events, by the times that the table shows."""
    return ask(widget, "clocks.two", own=own, other=other, relation=relation, **more)


def test_two_events_set_a_clock(widget) -> None:
    """Under the offset that is proposed they stand at one moment, and it lies in the interval of both."""
    own, other = (list(times(widget, path)) for path in ("app.jsonl", "checks.csv"))
    found = two(widget, own[3], other[5], "same", path="app.jsonl")
    assert found["low"] <= found["value"] <= found["high"]
    trial = {"app.jsonl": {"offset": found["value"]}}
    assert times(widget, "app.jsonl", trial)[own[3]] == times(widget, "checks.csv")[other[5]]
    cause = two(widget, own[3], other[2], "before", path="app.jsonl", least=2)
    assert cause["high"] is None
    tried = times(widget, "app.jsonl", {"app.jsonl": {"offset": cause["value"]}})
    gap = np.datetime64(times(widget, "checks.csv")[other[2]][:-1]) - np.datetime64(tried[own[3]][:-1])
    assert gap == np.timedelta64(2000, "ms")
    held = two(widget, own[3], other[9], "before", path="app.jsonl")
    assert (held["holds"], held["value"]) == (True, source(widget, "app.jsonl")["offset"]["value"])
    effect = two(widget, own[3], other[9], "after", path="app.jsonl")
    assert (effect["low"], effect["holds"]) == (None, False)


def test_two_events_that_can_say_nothing(widget) -> None:
    """Of one source, of none, or of another relation: each is a sentence."""
    own, other = (list(times(widget, path)) for path in ("app.jsonl", "checks.csv"))
    for told, why in (
        ((own[0], own[1], "same"), "both events are of one source"), ((own[0], "gone", "same"), "not among those"),
        ((other[0], own[0], "same"), "the event that shall move is of checks.csv"),
        ((own[0], other[0], "perhaps"), "perhaps"),
    ):  # fmt: skip
        reply = two(widget, *told, path="app.jsonl")
        assert reply["op"] == "problem"
        assert why in reply["sentence"]


def test_what_is_asked_wrongly_is_a_sentence(widget) -> None:
    """Sources that there are not, and trials that are none; one of a source that is gone is passed over."""
    assert "nothing.log" in ask(widget, "clocks.votes", path="nothing.log")["sentence"]
    assert ask(widget, "clocks.try", trial=["app.jsonl"])["op"] == "problem"
    assert ask(widget, "clocks.try", trial={"app.jsonl": {"zone": "Mars"}})["op"] == "problem"
    assert times(widget, "app.jsonl", {"gone.log": {"offset": 1}}) == times(widget, "app.jsonl")
