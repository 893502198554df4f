"""What is seen of many events: in the light or alone, known by a moment, folded, and while a search goes on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.explorer import matching, surroundings, views
from workbench.explorer.events import Events
from workbench.explorer.views import Views

START = pd.Timestamp("2025-11-17T14:00:00Z")
BEGIN = START.value / 1e6


def frame(events: int = 600) -> pd.DataFrame:
    """One event a second in two services, each tenth an error; the clock of one of them is a minute unsure."""
    times = START + pd.to_timedelta(range(events), unit="s")
    service = np.where(np.arange(events) % 3 > 0, "orders", "pay")
    return pd.DataFrame({
        "time": times, "earliest": times - pd.to_timedelta(np.where(service == "pay", 60, 0), unit="s"),
        "latest": times, "service": service, "level": ["error" if at % 10 == 0 else "info" for at in range(events)],
        "message": [f"request {at} done" if at % 50 else f"odd one {'abc'[at // 50 % 3]}" for at in range(events)],
    })  # fmt: skip


@pytest.fixture
def asked() -> Views:
    """The views of the frame."""
    return Views(Events.of(frame()))


def whole(**more) -> dict:
    """A question about all events."""
    return {"start": BEGIN, "end": BEGIN + 600_000, "by": "service", "bins": 60, "most": 0, **more}


def counts(buffer: memoryview) -> np.ndarray:
    """Lanes x grades x bins."""
    return np.frombuffer(buffer, dtype=np.uint32).reshape(2, 3, -1)


def test_matches_in_the_light_come_beside_all_events(asked) -> None:
    """Two pictures of the same bins, and both counts of each lane; alone, only what was found."""
    reply, buffers = asked.view(whole(query="level=error", only=False))
    every, lit = map(counts, buffers)
    assert (every.sum(), lit.sum()) == (600, 60)
    assert (lit <= every).all()
    assert [(lane["count"], lane["found"], lane["found_errors"]) for lane in reply["lanes"]] == [
        (400, 40, 40), (200, 20, 20),
    ]  # fmt: skip
    assert (reply["found"], reply["total"]) == (60, 600)
    alone, [buffer] = asked.view(whole(query="level=error", only=True))
    assert counts(buffer).sum() == 60
    assert [lane["count"] for lane in alone["lanes"]] == [40, 20]


def test_marks_and_rows_say_which_match(asked) -> None:
    """One byte a mark, one word a row."""
    near = {"start": BEGIN, "end": BEGIN + 30_000, "query": "level=error", "only": False}
    reply, buffers = asked.view({**whole(), **near, "most": 100})
    assert reply["op"] == "marks"
    assert np.flatnonzero(np.frombuffer(buffers[6], dtype=np.uint8)).tolist() == [0, 10, 20]
    rows, _ = asked.rows({**near, "offset": 0, "limit": 30})
    assert [row["row"] for row in rows["rows"] if row["hit"]] == [0, 10, 20]
    assert (rows["total"], rows["events"]) == (30, 30)
    step, _ = asked.near({**near, "at": BEGIN, "row": 12, "step": 1, "what": "event"})
    assert step["row"] == 20


def test_a_search_that_finds_nothing_is_no_search_for_everything(asked) -> None:
    """There is no next event, and nothing is in the light."""
    nothing = {"query": "no such words", "only": False}
    assert asked.near({**nothing, "at": BEGIN, "step": 1, "what": "event"})[0]["row"] is None
    _, buffers = asked.view(whole(**nothing))
    assert [counts(buffer).sum() for buffer in buffers] == [600, 0]


def test_only_what_could_be_known_is_counted_and_listed(asked) -> None:
    """By 14:05:00 the events until then, and those of the unsure clock that may have happened by then."""
    until = BEGIN + 300_000
    reply, [buffer] = asked.view(whole(until=until))
    known = 301 + sum(1 for at in range(301, 361) if at % 3 == 0)
    assert counts(buffer).sum() == known == reply["total"]
    assert sum(lane["count"] for lane in reply["lanes"]) == known
    assert counts(buffer)[0, :, 31:].sum() == 0  # the lane whose times are sure
    rows, _ = asked.rows(whole(until=until, offset=290, limit=100))
    assert (rows["events"], rows["of"]) == (known, 600)
    assert {row["service"] for row in rows["rows"] if row["row"] > 300} == {"pay"}
    assert asked.near({"at": BEGIN, "row": 360, "step": 1, "what": "event", "until": until})[0]["row"] is None


def test_a_folded_table_counts_every_event_once(asked) -> None:
    """Rows that stand for many say how many; an open one shows its events below it, and places follow."""
    question = whole(folded=True, offset=0, limit=100)
    answer = next(reply for reply, _ in (asked.rows(question) for _ in range(40)) if not reply.get("folding"))
    rows = answer["rows"]
    assert answer["events"] == 600 == sum(row["fold"]["count"] if row["fold"] else 1 for row in rows)
    burst = next(row for row in rows if row["fold"] and row["service"] == "orders" and row["level"] == "info")
    opened, _ = asked.rows({**question, "open": [burst["row"]]})
    under = [row for row in opened["rows"] if row.get("under")]
    assert opened["total"] == answer["total"] + burst["fold"]["count"]
    assert under[0]["row"] == burst["row"]
    member = under[3]["row"]
    at = opened["rows"].index(under[3])
    assert asked.place({**question, "open": [burst["row"]], "row": member, "at": 0})[0] | {"op": 0} == {
        "op": 0, "place": at, "held": True,
    }  # fmt: skip
    closed, _ = asked.place({**question, "row": member, "at": 0})
    assert rows[closed["place"]]["row"] == burst["row"]


def test_steps_in_a_folded_table_go_from_row_to_row(asked) -> None:
    """N never goes back, however folds lie within one another."""
    question = whole(folded=True, offset=0, limit=100)
    answer = next(reply for reply, _ in (asked.rows(question) for _ in range(40)) if not reply.get("folding"))
    row, visited = None, []
    while True:
        step, _ = asked.near({"folded": True, "at": BEGIN - 1, "row": row, "step": 1, "what": "event"})
        if (row := step["row"]) is None:
            break
        visited.append(row)
    assert visited == [row["row"] for row in answer["rows"]]


def test_a_long_search_says_how_far_it_is_and_looks_first_at_the_window(asked, monkeypatch) -> None:
    """The window is seen first; until the end steps wait; at the end all is found, and is at hand."""
    monkeypatch.setattr(views, "PATIENCE", -1.0)
    monkeypatch.setattr(matching, "_LEAST", 50)
    monkeypatch.setattr(matching, "_MOST", 50)
    here = {"start": BEGIN + 400_000, "end": BEGIN + 450_000, "query": "odd one"}
    shares = []
    for _ in range(30):
        reply, _ = asked.search(here)
        shares.append(reply["share"])
        if reply["seen"] and reply["share"] < 1:
            assert asked.rows({**here, "offset": 0, "limit": 9})[0]["total"] == 1
            assert "searching" in asked.near({**here, "query": f"-{here['query']}", "at": BEGIN, "step": 1})[0]
        if reply["share"] == 1:
            break
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert reply["found"] == 12
    assert asked.events.kept("odd one") is not None


def test_what_people_hid_can_be_left_out_of_every_count() -> None:
    """Of lanes, bins and rows; it comes back when it is asked for."""

    class Hidden:
        hidden = np.array([3, 10, 599], dtype=np.uint32)

    asked = Views(Events.of(frame()), judged=Hidden())
    reply, [buffer] = asked.view(whole(bare=True))
    assert counts(buffer).sum() == reply["total"] == sum(lane["count"] for lane in reply["lanes"]) == 597
    rows, _ = asked.rows(whole(bare=True, offset=0, limit=20))
    assert {3, 10} & {row["row"] for row in rows["rows"]} == set()
    assert asked.near({"at": BEGIN, "row": 2, "step": 1, "what": "event", "bare": True})[0]["row"] == 4
    assert asked.view(whole())[0]["total"] == 600


def test_one_moment_stands_in_the_middle() -> None:
    """A single event, or several of one moment, are not at an edge of a view of no length."""
    setup = surroundings.of_frame(Events.of(frame(1)), title="")
    assert setup["start"] == BEGIN - 30_000
    assert setup["end"] > BEGIN + 29_000


def test_another_search_takes_the_place_of_one_that_is_not_done(asked, monkeypatch) -> None:
    """What nobody asks for any more is not searched on."""
    monkeypatch.setattr(views, "PATIENCE", -1.0)
    for query in ("request a", "request b", "request c", "request d"):
        assert 0 < asked.search({"start": BEGIN, "end": BEGIN, "query": query})[0]["share"] < 1
    assert list(asked._searches) == ["request b", "request c", "request d"]
