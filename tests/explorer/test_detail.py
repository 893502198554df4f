"""The panel of one event: its lines, its hashes, and the reasons of its time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from workbench.cli import _status
from workbench.explorer.detail import _wide, detail
from workbench.explorer.events import Events
from workbench.postmortem import open_postmortem
from workbench.timeline.load import Settings

LINES = [
    "2025-11-17 14:00:00 INFO begun",
    "2025-11-17 14:00:01 ERROR no connection",
    "    at Pool.get(Pool.java:118)",
    "2025-11-17 14:00:02 INFO the last",
]
CHAT = [{"type": "message", "user": "U1", "ts": "1763388003.000000", "text": "said"}]


@pytest.fixture
def postmortem(tmp_path, monkeypatch):
    """An incident of a log in New York's time, and a chat."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    Path("chat.json").write_text(json.dumps(CHAT), encoding="utf-8")
    assert _status(["new", "inc", "app.log", "chat.json", "--title", "T", "--severity", "SEV-2"]) == 0
    opened = open_postmortem("inc")
    opened.settings = Settings(zone="America/New_York")
    return opened


def row_of(events: Events, message: str) -> int:
    """The row that says this."""
    return int(events.selection(f'"{message}"').rows[0])


def test_a_line_has_its_neighbours_and_a_hash(postmortem) -> None:
    """The hash is that of the line as it stands in the source, and the source has its own."""
    events = Events.of(postmortem.events)
    found = detail(events, row_of(events, "no connection"), postmortem.loaded)
    assert [one["text"] for one in found["lines"]] == LINES
    assert [one["line"] for one in found["lines"] if one["own"]] == [2] == [found["line"]]
    assert found["line_sha256"] == hashlib.sha256(LINES[1].encode()).hexdigest()
    assert found["source_sha256"] == hashlib.sha256(Path("app.log").read_bytes()).hexdigest()
    assert found["problem"] == ""
    json.dumps(found)


def test_a_time_has_its_reasons(postmortem) -> None:
    """The zone that a person set, and the interval in words."""
    events = Events.of(postmortem.events)
    found = detail(events, row_of(events, "no connection"), postmortem.loaded)
    assert found["time"] == "2025-11-17T19:00:01.000Z"
    assert "It names no zone; a person said America/New_York." in found["why"]
    assert found["interval"].startswith(f"between {found['earliest']} and {found['latest']} (")


def test_a_record_has_no_hash_of_its_own(postmortem) -> None:
    """Nobody could make it again; what it holds besides the fields is there."""
    events = Events.of(postmortem.events)
    found = detail(events, row_of(events, "said"), postmortem.loaded)
    assert (found["line_sha256"], found["zone_basis"], found["original_time"]) == ("", "epoch", "")
    assert found["attributes"]["ts"] == "1763388003.000000"


def test_a_source_that_is_gone_is_a_sentence(postmortem) -> None:
    """The panel opens all the same."""
    events, loaded = Events.of(postmortem.events), postmortem.loaded
    Path("inc/sources/app.log").write_text("other\n", encoding="utf-8")
    found = detail(events, row_of(events, "no connection"), loaded)
    assert found["problem"]
    assert "no connection" in found["message"]


def test_any_frame_has_a_panel() -> None:
    """Its other columns are its attributes."""
    frame = pd.DataFrame({"time": ["2025-11-17T14:00:00.5Z"], "message": ["m"], "amount": [1.5], "ok": [True]})
    found = detail(Events.of(frame), 0)
    assert found["attributes"] == {"amount": "1.5", "ok": True}
    assert (found["interval"], found["lines"]) == ("2025-11-17T14:00:00.500Z, to the nanosecond", [])
    broken = frame.assign(attributes=["{no json"], message=[None])
    found = detail(Events.of(broken), 0)
    assert found["attributes"]["attributes"] == "{no json"
    assert found["message"] == ""


@pytest.mark.parametrize(
    ("ns", "words"),
    [
        (999, "999 ns"),
        (999_999_999, "1 s"),
        (93_600 * 10**9, "1.08 d"),
        (5_400 * 10**9, "1.5 h"),
        (1_500_000, "1.5 ms"),
    ],
)
def test_a_span_in_words(ns, words) -> None:
    """In the unit that suits it."""
    assert _wide(ns) == words
