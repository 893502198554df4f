"""What stands around an event in its source."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from workbench.cli import _status
from workbench.postmortem import open_postmortem
from workbench.timeline.nearby import LONGEST, Nearby, nearby

LINES = [
    "2025-11-17T14:00:00Z INFO begun",
    "2025-11-17T14:00:01Z ERROR no connection",
    "    at Pool.get(Pool.java:118)",
    "",
    "    at Pool.wait(Pool.java:220)",
    f"2025-11-17T14:00:02Z INFO {'x' * 900}",
    "2025-11-17T14:00:03Z INFO the third",
    "2025-11-17T14:00:04Z INFO the last",
]
CHAT = [
    {"type": "message", "user": "U1", "ts": f"17633880{at:02}.000000", "text": f"said {at}"} for at in (30, 20, 10, 40)
]


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """An incident of one log and one chat whose newest message comes first."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    Path("chat.json").write_text(json.dumps(CHAT), encoding="utf-8")
    assert _status(["new", "inc", "app.log", "chat.json", "--title", "T", "--severity", "SEV-2"]) == 0
    return open_postmortem("inc").loaded


def test_lines_keep_their_numbers(loaded) -> None:
    """Two lines before and after, also those that only continue an event, each cut at 300 signs."""
    found = nearby(loaded, [("app.log", 6)])["app.log", 6]
    assert [one.line for one in found] == [4, 5, 6, 7, 8]
    assert [one.line for one in found if one.own] == [6]
    for one in found:
        assert one.text == LINES[one.line - 1][:LONGEST]


def test_numbers_that_are_not_sure_are_left_out(loaded) -> None:
    """Of a packed log the lines are known by their events alone; one that held a blank line gives its first."""
    with gzip.open("packed.log.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(LINES) + "\n")
    assert _status(["new", "other", "packed.log.gz", "--title", "T", "--severity", "SEV-2"]) == 0
    again = open_postmortem("other").loaded
    for wanted, expected in ((6, [6, 7, 8]), (2, [1, 2]), (7, [6, 7, 8])):
        found = nearby(again, [("packed.log.gz", wanted)])["packed.log.gz", wanted]
        assert [one.line for one in found] == expected
        assert all(one.text == LINES[one.line - 1][:LONGEST] for one in found)
    assert loaded.sources


def test_the_first_line_has_none_before_it(loaded) -> None:
    """At an end of the source there are fewer lines; a place that no source holds has none."""
    found = nearby(loaded, [("app.log", 1), ("app.log", 99), ("other.log", 1)])
    assert [one.line for one in found["app.log", 1]] == [1, 2, 3]
    assert set(found) == {("app.log", 1)}


def test_records_stand_in_the_order_of_time(loaded) -> None:
    """Of an export the messages before and after are shown, whichever way it is sorted."""
    found = nearby(loaded, [("chat.json", 2)])["chat.json", 2]
    assert [one.text for one in found] == ["said 10", "said 20", "said 30", "said 40"]
    assert [one.text for one in found if one.own] == ["said 20"]
    assert all(isinstance(one, Nearby) and one.time_ns for one in found)
