"""Causes: what was made or quoted bounds the clock of a log that nobody vouches for, and moves none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock.differences import Pair
from workbench.postmortem import read_files
from workbench.timeline.causes import QUOTED, Bound
from workbench.timeline.floating import floating

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.model import SourceReport

NOON = datetime(2025, 11, 17, 12, tzinfo=UTC)
SHA = "5f2c8e1d9a7b40c3e6d1f8a2b94c7703d5e0a1b6"
PAGE = "Q1DISK4807MEDI"
SKEW = 300


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def log(ahead: float, lines: dict[float, str]) -> str:
    """A log whose clock is so many seconds ahead: what it says, by the true time."""
    texts = [f"{at(when + ahead):%Y-%m-%dT%H:%M:%S}.000Z INFO {text}\n" for when, text in sorted(lines.items())]
    return "".join(texts)


def deployment(created: float, done: float) -> list[dict[str, Any]]:
    """GitHub's record of one deployment."""
    times = [f"{at(when):%Y-%m-%dT%H:%M:%SZ}" for when in (created, done)]
    status = {"id": 2, "state": "success", "created_at": times[1], "environment": "production"}
    return [{"id": 88120, "sha": SHA, "ref": "main", "task": "deploy", "environment": "production",
             "created_at": times[0], "statuses": [status]}]  # fmt: skip


def message(when: float, text: str) -> list[dict[str, Any]]:
    """A channel in which one thing was said."""
    return [{"type": "message", "user": "U1", "ts": f"{at(when).timestamp():.6f}", "text": text}]


def page(when: float) -> list[dict[str, Any]]:
    """PagerDuty's entry of an incident that was triggered."""
    return [{"id": "R1ABC", "type": "trigger_log_entry", "created_at": f"{at(when):%Y-%m-%dT%H:%M:%SZ}",
             "incident": {"id": PAGE, "incident_number": 4807, "type": "incident_reference", "summary": "[#4807] disk"},
             "channel": {"type": "api"}, "agent": {"type": "service_reference", "summary": "media"}}]  # fmt: skip


def read(folder: Path, text: str, **hosted: list[dict[str, Any]]) -> SourceReport:
    """What was found of the log beside these exports."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "app.log").write_text(text)
    for name, records in hosted.items():
        (folder / "in" / f"{name}.json").write_text(
            json.dumps({"log_entries": records} if name == "pages" else records)
        )
    loaded = read_files([folder / "in"])
    assert not loaded.unrecognised
    return next(each for each in loaded.reports if each.path == "app.log")


def reach(found: SourceReport) -> tuple[float, float]:
    """From where to where the clock's offset may lie; it is taken as right."""
    assert found.clock_offset is not None
    assert found.clock_offset.value == 0
    return found.clock_offset.low, found.clock_offset.high


BEFORE = {float(when): f"request {when} served" for when in range(-600, 0, 30)}
FULL = {0.0: "HikariPool-1 - Connection is not available"}


def test_a_line_that_somebody_pasted_had_been_written(tmp_path) -> None:
    """The chat shows it forty seconds later: the clock is not more than that behind."""
    found = read(tmp_path, log(-10, BEFORE | FULL), chat=message(40, f"look:\n```{log(-10, FULL).strip()}```\nnew?"))
    assert reach(found) == (pytest.approx(-50, abs=1), SKEW)
    assert any("chat.json:1 quotes what stands in app.log:21" in note for note in found.notes)


def test_a_message_that_was_edited_has_its_text_since_then(tmp_path) -> None:
    """The line came into it long after it was posted."""
    said = message(-400, log(0, FULL).strip())
    said[0]["edited"] = {"user": "U1", "ts": f"{at(30).timestamp():.6f}"}
    assert reach(read(tmp_path, log(0, BEFORE | FULL), chat=said)) == (pytest.approx(-30, abs=1), SKEW)


def test_a_line_that_two_logs_hold_is_known_as_none_of_them(tmp_path) -> None:
    """Replicas write the same words in the same second."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "other.log").write_text(log(-40, BEFORE | {30.0: FULL[0]}))
    assert reach(read(tmp_path, log(-10, BEFORE | FULL), chat=message(40, log(-10, FULL).strip()))) == (-SKEW, SKEW)


ID = "9f86d081-884c-4d65-9a2f-eaa0c55ad015"


@pytest.mark.parametrize("key", ["request_id=", '"trace_id": "', "X-Correlation-ID: "])
def test_a_request_that_somebody_names_was_over(tmp_path, key) -> None:
    """Its id stands in the log as a request's, and in the chat."""
    text = log(0, BEFORE | {0: f"failed {key}{ID}"})
    assert reach(read(tmp_path, text, chat=message(25, f"see {ID.upper()}"))) == (pytest.approx(-25, abs=1), SKEW)


@pytest.mark.parametrize("words", [f"customer {ID} cannot pay", f"job_id={ID} queued", f"order_id={ID}", SHA])
def test_what_may_be_named_before_any_log_bounds_nothing(tmp_path, words) -> None:
    """A customer, a job, an order, a commit: the chat may well have them first, and the log long after."""
    told = message(-250, f"{ID} {SHA}")
    assert reach(read(tmp_path, log(-280, BEFORE | {0: words}), chat=told)) == (-SKEW, SKEW)


def test_a_commit_bounds_nothing(tmp_path) -> None:
    """It is named while it is built, and again at each start."""
    text = log(0, BEFORE | {-90.0: f"pushed image shop:{SHA[:8]}", 400.0: f"starting release {SHA[:7]}"})
    assert reach(read(tmp_path, text, deploys=deployment(0, 120))) == (-SKEW, SKEW)


@pytest.mark.parametrize(("line", "high"), [
    (f"webhook: incident {PAGE} received", 13), ("deployment 88120 started", 13), ("deployment_id=88120", 13),
    (f"x{PAGE}", SKEW), ("order 88120 placed", SKEW),
])  # fmt: skip
def test_a_log_names_what_a_service_made_after_that(tmp_path, line, high) -> None:
    """A page, a deployment by its number: the clock is ahead by that much at most."""
    hosted = {"pages": page(0), "deploys": deployment(0, 120)}
    low, found = reach(read(tmp_path, log(0, BEFORE | {12: line}), **hosted))
    assert (low, found) == (-SKEW, pytest.approx(high, abs=1))


@pytest.mark.parametrize("times", [1, 4])
def test_what_contradicts_a_clock_is_said_and_moves_nothing(tmp_path, times) -> None:
    """Lines stood in the chat a minute before their own time: by how much the clock is ahead a person has to say."""
    said = {60.0 * n: f"pool-{n} - Connection is not available" for n in range(times)}
    chat = [each for n, line in enumerate(log(75, said).splitlines()) for each in message(60 * n + 15, line)]
    found = read(tmp_path, log(75, BEFORE | said), chat=chat)
    assert reach(found) == (-SKEW, SKEW)
    (note,) = [note for note in found.notes if "contradicts its clock" in note]
    assert "it would be ahead by 59.8 s or more" in note
    assert "clock_offset_seconds" in note


def test_clocks_that_are_too_far_apart_are_left_where_they_are() -> None:
    """One writes half an hour later, or shows another zone: that is told of both."""
    pair = Pair(first="a", later="b", low=1799, high=1801, votes=9, of=9)
    found = floating("ab", [pair], {}, SKEW)
    assert [(each.low, each.value, each.high) for each in found.values()] == [(-SKEW, 0, SKEW)] * 2
    assert [each.far for each in found.values()] == [(pair,)] * 2
    assert floating("abc", [], {}, SKEW) == {}


def test_a_bound_on_one_clock_bounds_those_that_are_put_right_to_it() -> None:
    """The other is 40 s ahead of it by shared ids, and as unsure as it is."""
    pair = Pair(first="a", later="b", low=40, high=42, votes=9, of=9)
    bound = Bound(path="a", by="chat", how=QUOTED, low=-30)
    found = floating("ab", [pair], {"a": [bound]}, SKEW)
    assert (found["a"].low, found["a"].value, found["a"].high) == (-30, 0, 300)
    assert (found["b"].low, found["b"].value, found["b"].high) == (10, 41, 342)
    assert found["b"].beside == "a"
    assert found["b"].bounds == (bound,)


def test_the_clock_under_which_most_bounds_hold_is_taken_as_right() -> None:
    """One of two that are 40 s apart was quoted before its own time: then the other is right."""
    pair = Pair(first="a", later="b", low=40, high=40, votes=9, of=9)
    bounds = {
        "a": [Bound(path="a", by="chat", how=QUOTED, low=-60)],
        "b": [Bound(path="b", by="chat", how=QUOTED, low=5)],
    }
    found = floating("ab", [pair], bounds, SKEW)
    assert (found["a"].value, found["b"].value) == (0, 40)
    moved = {"b": [Bound(path="b", by="page", how="made", high=20)]}
    assert [each.value for each in floating("ab", [pair], moved, SKEW).values()] == [-40, 0]


@given(
    lows=st.lists(st.integers(-90, 90), min_size=6, max_size=6),
    votes=st.lists(st.integers(3, 9), min_size=6, max_size=6),
)
def test_pairs_that_contradict_one_another_are_left_out_and_nothing_else_happens(lows, votes) -> None:
    """Whatever four clocks say of one another, each has an interval that holds its value, or none."""
    every = [(one, other) for at, one in enumerate("abcd") for other in "abcd"[at + 1 :]]
    pairs = [
        Pair(first=one, later=other, low=low, high=low + 2, votes=count, of=count)
        for (one, other), low, count in zip(every, lows, votes, strict=True)
    ]
    found = floating("abcd", pairs, {}, SKEW)
    assert all(each.low <= each.value <= each.high for each in found.values())
    assert len(found) > 1


@given(
    true=st.lists(st.integers(-SKEW, SKEW), min_size=2, max_size=5),
    late=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 500), st.booleans()), max_size=12),
    width=st.integers(0, 9),
)
def test_what_is_true_of_clocks_and_causes_holds_the_true_offsets(true, late, width) -> None:
    """Whatever was quoted or made, and however late: the interval holds the truth where no bound speaks against it."""
    names = "abcde"[: len(true)]
    pairs = [
        Pair(first=one, later=other, low=true[names.index(other)] - true[names.index(one)] - width,
             high=true[names.index(other)] - true[names.index(one)] + width, votes=5, of=5)
        for one, other in pairwise(names)
    ]  # fmt: skip
    bounds: dict[str, list[Bound]] = {}
    for at_, delay, made in late:
        path, ahead = names[at_ % len(names)], true[at_ % len(names)]
        one = {"high": ahead + delay} if made else {"low": ahead - delay}
        bounds.setdefault(path, []).append(Bound(path=path, by="x", how=QUOTED, **one))
    found = floating(names, pairs, bounds, SKEW)
    right = next(path for path, each in found.items() if not each.beside)
    for path, each in found.items():
        assert each.low <= each.value <= each.high
        assert each.low <= true[names.index(path)] <= each.high or abs(true[names.index(right)]) > SKEW
