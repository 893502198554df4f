"""Folding: what says one thing stands as one row, nothing is deleted, and what may be two events stays two."""

from __future__ import annotations

import json
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import parse_rfc3339
from workbench.events.schema import TIME
from workbench.timeline.folding import folded, folds
from workbench.timeline.templates import templates_of

DAY = "2025-11-17T"


def events(*rows: dict) -> pl.DataFrame:
    """Events in order of time; ``at`` is a clock on the day."""
    made = [
        {
            "id": f"e{number}", "time": parse_rfc3339(f"{DAY}{row.get('at', '14:00:00')}Z"), "kind": row.get("kind", "log"),
            "action": row.get("action"), "level": row.get("level"), "service": row.get("service"), "host": row.get("host"),
            "actor": row.get("actor"), "message": row["message"], "source": row.get("source", "app.log"), "line": number,
            "duplicate": row.get("duplicate", False), "attributes": json.dumps(row["about"]) if "about" in row else None,
        }
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    texts = dict.fromkeys(("action", "level", "service", "host", "actor", "attributes"), pl.String)
    return (
        pl.DataFrame(made, schema_overrides=texts)
        .with_columns(pl.col("time").cast(TIME))
        .sort("time", maintain_order=True)
    )


def shown(frame: pl.DataFrame) -> list[tuple[str, int, str | None]]:
    """Each row: the event, how many it stands for, and why."""
    return list(folded(frame).select("id", "count", "why").iter_rows())


def test_a_line_that_was_sent_twice_is_one_where_its_id_or_its_fraction_tells() -> None:
    """Two equal lines of one second without an id may be two events, and stay two."""
    request = {"message": "served 56884db938208402", "duplicate": True}
    assert shown(events({**request, "duplicate": False}, request)) == [("e1", 2, "sent twice")]
    exact = {"message": "served", "at": "14:00:00.123"}
    assert shown(events(exact, {**exact, "duplicate": True})) == [("e1", 2, "sent twice")]
    second = {"message": "session opened for root"}
    assert shown(events(second, {**second, "duplicate": True})) == [("e1", 1, None), ("e2", 1, None)]


def test_a_burst_is_one_row_until_it_pauses() -> None:
    """Lines of one template; a pause of more than half a minute begins another."""
    rows = [{"message": f"connection {n} refused by 10.0.0.{n}", "at": f"14:00:{n:02d}"} for n in range(5)]
    later = [{"message": f"connection {n} refused by 10.0.0.{n}", "at": f"14:02:{n:02d}"} for n in range(4)]
    found = folded(events(*rows, {"message": "pool is healthy", "at": "14:01:00"}, *later))
    assert found.select("id", "count").rows() == [("e1", 5), ("e6", 1), ("e7", 4)]
    assert found["template"][0] == "connection <*> refused by <*>"
    assert found["last"][0].isoformat().startswith("2025-11-17T14:00:04")


def test_bursts_of_other_services_levels_and_sources_stay_apart() -> None:
    """The same words from two hosts are two rows."""
    rows = [{"message": f"timeout {n}", "at": f"14:00:{n:02d}", "host": f"web-{n % 2}"} for n in range(8)]
    assert [count for _, count, _ in shown(events(*rows))] == [4, 4]


def alert(at: str, action: str, name: str = "Latency") -> dict:
    """A change of an alert."""
    return {"kind": "alert", "action": action, "at": at, "message": name, "about": {"fingerprint": name}}


def test_an_alert_that_is_told_again_is_one_episode() -> None:
    """A repetition belongs to the firing before it, however long it goes on; the resolution is a row of its own."""
    rows = [alert("14:00:00", "alert.fired"), alert("14:30:00", "alert.repeated"), alert("15:00:00", "alert.repeated"),
            alert("15:10:00", "alert.resolved")]  # fmt: skip
    assert shown(events(*rows)) == [("e1", 3, "told again"), ("e4", 1, None)]


def test_an_alert_that_flaps_is_one_row_from_its_first_firing() -> None:
    """Three changes within ten minutes after the first; another alert between them stands by itself."""
    rows = [alert(f"14:0{n}:00", "alert.fired" if n % 2 == 0 else "alert.resolved") for n in range(6)]
    rows.insert(3, alert("14:02:30", "alert.fired", name="Disk"))
    assert shown(events(*rows)) == [("e1", 6, "flapping"), ("e4", 1, None)]
    slow = [alert(f"{14 + n}:00:00", "alert.fired" if n % 2 == 0 else "alert.resolved") for n in range(6)]
    assert all(count == 1 for _, count, _ in shown(events(*slow)))


def test_a_status_that_is_posted_twice_is_one() -> None:
    """The same words within two minutes; later they are an update."""
    status = {"kind": "status", "action": "status.investigating", "message": "We are looking into it."}
    rows = [{**status, "at": "14:00:00"}, {**status, "at": "14:00:09", "message": "We are  looking into it."},
            {**status, "at": "14:30:00"}]  # fmt: skip
    assert shown(events(*rows)) == [("e1", 2, "posted twice"), ("e3", 1, None)]


def test_what_somebody_posts_again_is_one() -> None:
    """Almost word for word, within a minute, by the same person in the same channel."""
    post = {"kind": "chat", "actor": "Ada", "about": {"channel": "inc"}, "message": "rolling back the last deploy now"}
    assert shown(events(post, {**post, "at": "14:00:20", "message": "rolling back the last deploy now!"})) == [
        ("e1", 2, "posted again")
    ]
    for other in (
        {"actor": "Bo"},
        {"about": {"channel": "ops"}},
        {"at": "14:02:00"},
        {"message": "rolled forward again"},
    ):
        assert [count for _, count, _ in shown(events(post, {**post, "at": "14:00:20", **other}))] == [1, 1]


@pytest.mark.parametrize(
    ("messages", "template"),
    [
        (["user 17 took 12 ms", "user 9 took 1043 ms"], "user <*> took <*>"),
        (["order_17 paid by a@b.test", "order_9 paid by c.d@e.test"], "<*> paid by <*>"),
        (["could not reach cart-7f9c2b1a0de4", "could not reach cart-11aa22bb33cc"], "could not reach cart-<*>"),
        (['bad value "x y"', "bad value 'z'"], "bad value <*>"),
    ],
)
def test_templates_are_what_messages_have_in_common(messages: list[str], template: str) -> None:
    """Whatever the order in which they come."""
    assert templates_of(pl.Series(messages)).to_list() == [template] * 2
    assert templates_of(pl.Series(messages[::-1])).to_list() == [template] * 2


@given(seed=st.integers(0, 500), count=st.integers(0, 60))
def test_no_event_is_lost_and_none_is_in_two_folds(seed: int, count: int) -> None:
    """The counts of all rows are the number of the events, and every fold begins with an event of its own."""
    random = Random(seed)
    kinds = ("log", "alert", "chat", "status")
    rows = [
        {"kind": random.choice(kinds), "message": random.choice(["down", "up 1", "up 2", "x" * 20]),
         "at": f"14:{random.randrange(30):02d}:{random.randrange(60):02d}", "actor": random.choice(["Ada", None]),
         "action": random.choice(["alert.fired", "alert.resolved", "alert.repeated"]),
         "duplicate": random.random() < 0.3}
        for _ in range(count)
    ]  # fmt: skip
    if not rows:
        return
    frame = events(*rows)
    found = folds(frame)
    assert found["id"].is_unique().all()
    heads = folded(frame)
    assert heads["count"].sum() == count
    assert set(found["fold"]) <= set(heads["id"])


def test_what_repeats_a_folded_event_stands_in_the_same_fold() -> None:
    """A repetition of the last firing of an alert that flaps is told under the first firing."""
    rows = [alert(f"14:0{n}:00", "alert.fired" if n % 2 == 0 else "alert.resolved") for n in range(5)]
    assert shown(events(*rows, alert("14:30:00", "alert.repeated"))) == [("e1", 6, "flapping")]


def test_a_line_that_only_counts_stands_with_the_line_that_it_counts() -> None:
    """Rows are counted as rows and times as times; rsyslog names the message, others mean the host's last one."""
    found = folded(
        events(
            {"message": "Failed password for root", "host": "db-1"},
            {"message": "job started", "host": "db-1"},
            {"message": "oops", "host": "db-2"},
            {"message": "last message repeated 3 times", "host": "db-1"},
            {"message": "message repeated 5 times: [ Failed password for root]", "host": "db-1"},
            {"message": "db-2 last message repeated 2 times"},
        )
    )
    assert found.select("id", "count", "times", "why").rows() == [
        ("e1", 2, 6, "repeated"), ("e2", 2, 4, "repeated"), ("e3", 2, 3, "repeated"),
    ]  # fmt: skip


def test_a_count_with_nothing_before_it_stays_a_row() -> None:
    """The line that it counts is in another file, or gone; and it says how often."""
    assert folded(events({"message": "last message repeated 3 times", "host": "db-1"})).select(
        "count", "times"
    ).rows() == [(1, 3)]


def test_an_id_that_other_lines_hold_too_makes_no_duplicate() -> None:
    """A customer's id, or a time in digits, does not tell two events of one second apart."""
    line = {"message": "login of customer 65f1c0ffee12ab34cd56ef78"}
    other = {**line, "at": "14:05:00"}
    assert shown(events(line, {**line, "duplicate": True}, other)) == [("e1", 3, "burst")]
    timed = {"message": "served", "about": {"ts": 1763384405000}}
    assert shown(events(timed, {**timed, "duplicate": True})) == [("e1", 1, None), ("e2", 1, None)]


def test_messages_that_differ_in_a_number_are_two() -> None:
    """Another version is another fact, however alike the words are."""
    rows = [
        {"kind": "chat", "actor": "Ann", "message": f"rolling back orders-api v{n} now", "at": f"14:00:0{n}"}
        for n in (1, 2)
    ]
    assert shown(events(*rows)) == [("e1", 1, None), ("e2", 1, None)]
