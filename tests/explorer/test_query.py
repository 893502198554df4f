"""The search box: what is found, and that nothing that is typed does harm."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from frames import LEVELS, START, WORDS, framed, frames
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.events.levels import level_of, rank
from workbench.explorer import matching
from workbench.explorer.events import Events
from workbench.explorer.query import LONGEST, parse

TOLD = [
    ("info", "orders-api", "a.log", "connection pool of 10 is open", None),
    ("WARN", "orders-api", "a.log", "Connection pool exhausted", '{"request_id":"r-77","pool":"main"}'),
    ("error", "catalog", "b.log", 'TimeoutError: said "no reply" from /api/v1/orders', '{"status":500}'),
    ("fatal", None, "b.log", "status=500 after 3 retries", None),
    (None, "pool-manager", "b.log", "done", '{"note":"none of it"}'),
]
FIELDS = ["level", "service", "source", "message", "attributes"]


@pytest.fixture(scope="module")
def events() -> Events:
    """Five events, ten minutes apart from 13:50 on."""
    times = [START + pd.Timedelta(minutes=10 * number - 10) for number in range(5)]
    return Events.of(
        framed(
            [
                {"time": at, "unsure": 0, **dict(zip(FIELDS, told, strict=True))}
                for at, told in zip(times, TOLD, strict=True)
            ]
        )
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("pool", [0, 1, 4]),
        ("POOL", [0, 1, 4]),
        ("connection exhausted", [1]),
        ('"connection pool"', [0, 1]),
        (r'"said \"no reply\""', [2]),
        ("-pool", [2, 3]),
        ("NOT pool", [2, 3]),
        ("exhausted OR retries", [1, 3]),
        ("exhausted OR retries level:fatal", [3]),
        ("-exhausted OR pool", [0, 1, 2, 3, 4]),
        ("done AND manager", [4]),
        ("pool*", [0, 1, 4]),
        ("/pool (of|exhausted)/", [0, 1]),
        ("/CONNECTION/", []),
        ("/(?i)CONNECTION/", [0, 1]),
        (r"/api\/v1/", [2]),
        ("/api/v1/orders", [2]),
        ("-/pool/", [2, 3]),
        ("service:orders-api", [0, 1]),
        ("service:orders", []),
        ("service:ORDERS*", [0, 1]),
        ("service:*a*", [0, 1, 2, 4]),
        ("service:none", [3]),
        ("none", [4]),
        ("-service:none", [0, 1, 2, 4]),
        ("service:/^pool/", [4]),
        ("source:b.log", [2, 3, 4]),
        ("source:b?log", []),
        ("id:abc-3", [2]),
        ("id:*-4", [3]),
        ('message:"pool exhausted"', [1]),
        ("message:pool", [0, 1]),
        ("level:warning", [1]),
        ("level=error", [2]),
        ("level>=warn", [1, 2, 3]),
        ("level<warn", [0]),
        ("level!=info", [1, 2, 3]),
        ("level:none", [4]),
        ("r-77", [1]),
        ("request_id", []),
        ("request_id:r-77", [1]),
        ("request_id:r-*", [1]),
        ("request_id:r", []),
        ("status=500", [2, 3]),
        ("status:500", [2]),
        ("after:14:00", [1, 2, 3, 4]),
        ("before:14:10", [0, 1]),
        ("after:14:00 before:14:10:00.5", [1, 2]),
        ("after:2025-11-17T15:10+01:00", [2, 3, 4]),
        ("before:2025-11-17", []),
        ("-after:14:00", [0]),
        ("done:", []),
        ("error:", [2]),
        ("TimeoutError:", [2]),
    ],
)
def test_what_is_found(events, query, found) -> None:
    """Each rule of the grammar."""
    selection = events.selection(query)
    assert selection.why == ""
    assert selection.rows.tolist() == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('"no end', "A quote is opened and not closed"),
        ('""', "The quotes hold nothing"),
        ("/(/", "unclosed group"),
        (r"/(a)\1/", "backreferences are not supported"),
        ("level>=loud", "'loud' is no level"),
        ("after:noon", "'noon' is no time"),
        ("after:2025-02-30", "is no time"),
        ("service:", "service: needs a value"),
        ("OR pool", "OR needs a term on its left"),
        ("pool OR", "OR needs a term on its right"),
        ("pool OR OR pool", "OR needs a term on its left"),
        ("x" * 1_000_000, "The query has 1,000,000 signs"),
        ("x " * 200, "more than 50 terms"),
        (f"/{'a' * 400}/", "The expression has 400 signs"),
        (r"/((\w{90}){90}){90}/", "/ is no regular expression"),
        (f"/{'(' * 290}/", "/ is no regular expression"),
        ("/(?P<n>a)(?P<n>b)/", "duplicate capture group name"),
    ],
)
def test_what_cannot_be_understood_gets_a_sentence_soon(events, query, sentence) -> None:
    """No exception, no rows, and no waiting."""
    began = time.process_time()
    selection = events.selection(query)
    assert sentence in selection.why
    assert len(selection) == 0
    assert time.process_time() - began < 1


def test_a_clock_is_of_the_day_with_most_events(events) -> None:
    """What was taken for granted is told; whoever knows the day of the incident says it."""
    assert events.selection("after:14:00").said == ("After 2025-11-17T14:00:00Z.",)
    day_before = int(events.times[0]) - 86_400_000_000_000
    other = Events.of(events.frame, day=day_before)
    assert other.selection("after:14:00").said == ("After 2025-11-16T14:00:00Z.",)
    assert len(other.selection("after:14:00")) == 5


fragments = st.sampled_from((
    *WORDS, "level", "level>=warn", "service:", "service:pool", "-", "--", '"', "/", "/a/", "OR", "AND", "NOT", "*", "\\",
    "after:14:00:05", "before:", "a:b", "r-77", "id:abc-1", "é", "\x00", "\n", "(", "[", "message:/t./", ":", "=", "x>y",
))  # fmt: skip
typed = st.one_of(st.text(max_size=40), st.lists(fragments, max_size=6).map(" ".join), st.lists(fragments).map("".join))


@settings(max_examples=200, deadline=None)
@given(typed)
def test_nothing_that_is_typed_raises(text) -> None:
    """Any text is a query, or gets a sentence that ends like one."""
    query = parse(text)
    assert not query.why or (query.why.endswith(".") and not query.groups)
    selection = Events.of(framed([{"time": START, "unsure": 0, "message": "a pool"}])).selection(text)
    assert not selection.why or len(selection) == 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_no_expression_raises(pattern) -> None:
    """The engine takes it, or says why it does not."""
    selection = Events.of(framed([{"time": START, "unsure": 0, "message": "a pool"}])).selection(f"/{pattern}/")
    assert len(selection) <= 1


terms = st.one_of(
    st.sampled_from(WORDS).map(lambda word: f'"{word.replace(chr(34), chr(92) + chr(34))}"'),
    st.sampled_from(
        ("level>=warn", "level:error", "level:none", "service:pool", "service:*o*", "service:none", "/o+/")
    ),
    st.sampled_from(("request_id:r-77", "timeout", "status=500", "after:14:00:10", "source:a.log", "id:abc-*", "12")),
)


@settings(max_examples=100, deadline=None)
@given(frames, terms, terms)
def test_a_negation_is_the_rest(frame, one, other) -> None:
    """A term and its contrary share no event and leave none out; OR unites, and side by side intersects."""
    events = Events.of(frame)
    first, second, contrary = (set(events.selection(text).rows.tolist()) for text in (one, other, f"-{one}"))
    assert first | contrary == set(range(len(events)))
    assert not first & contrary
    assert set(events.selection(f"{one} OR {other}").rows.tolist()) == first | second
    assert set(events.selection(f"{one} {other}").rows.tolist()) == first & second


@settings(max_examples=60, deadline=None)
@given(frames, st.sampled_from([level for level in LEVELS if level]))
def test_levels_compare_as_their_ranks(frame, level) -> None:
    """What the system calls its levels does not matter."""
    events = Events.of(frame)
    ranks = [rank(level_of(name if isinstance(name, str) else None)) for name in events.frame["level"].tolist()]
    expected = [row for row, each in enumerate(ranks) if each >= rank(level_of(level))]
    assert events.selection(f"level>={level}").rows.tolist() == expected


@settings(max_examples=40, deadline=None)
@given(frames, st.integers(0, 31), st.integers(0, 31), terms)
def test_a_window_holds_its_part(frame, low, high, query) -> None:
    """Asked of a window, a query finds what it finds there when it is asked of all."""
    events = Events.of(frame)
    start, end = (START.value + each * 1_000_000_000 for each in sorted((low, high)))
    part = events.selection(query, start=start, end=end).rows.tolist()
    every = events.selection(query).rows.tolist()
    assert part == [row for row in every if start <= events.times[row] < end]


def test_many_rows_are_searched_in_portions_as_few_are() -> None:
    """Threads and portions change nothing in what is found."""
    number = 70_000
    texts = pd.Series([f"line {each}" for each in range(number)], dtype="str")
    events = Events.of(pd.DataFrame({"time": pd.date_range(START, periods=number, freq="s"), "message": texts}))
    expected = [each for each in range(number) if "99" in str(each)]
    assert events.selection("99").rows.tolist() == expected


def test_a_search_can_be_given_up(events, monkeypatch) -> None:
    """By whoever asked, without a word; by the clock, with a sentence. Neither is kept as an answer."""
    given_up = events.selection("pool exhausted", lambda: True)
    assert (given_up.complete, given_up.why, len(given_up)) == (False, "", 0)
    monkeypatch.setattr(matching, "SECONDS", -1.0)
    late = events.selection("pool exhausted")
    assert not late.complete
    assert "given up" in late.why
    monkeypatch.undo()
    assert events.selection("pool exhausted").rows.tolist() == [1]


@settings(max_examples=80, deadline=None)
@given(frames, terms, st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=6))
def test_a_search_in_portions_looks_first_where_people_look(frame, query, stretches) -> None:
    """Whatever stretch is asked for first, at last the same is found; a stretch that was seen has all of its own."""
    events = Events.of(frame)
    every = events.selection(query).rows.tolist()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(matching, "_MOST", 3)
        patched.setattr(matching, "_LEAST", 3)
        search, shares = matching.Search(events, query), []
        for first, last in [*stretches, *[(0, 0)] * 20]:
            tries = iter((False, True))
            search.go_on(lambda tries=tries: next(tries), first, last)
            shares.append(search.share)
            held = set(search.selection().rows.tolist())
            assert held <= set(every)
            if search.saw(first, last):
                assert {row for row in every if first <= row < last} <= held
    assert shares == sorted(shares)
    assert (search.complete, search.share, search.selection().rows.tolist()) == (True, 1.0, every)


def test_the_longest_query_is_soon_answered(events) -> None:
    """Fifty words of forty signs."""
    began = time.process_time()
    text = " OR ".join(f"{'q' * 30}{number}" for number in range(50))
    assert len(text) <= LONGEST
    assert events.selection(text).why == ""
    assert time.process_time() - began < 2
