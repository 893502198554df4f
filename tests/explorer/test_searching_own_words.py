"""Search sees what people said: their own words and notes count as the event's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import ask, explorer_of, incident, judge

from workbench.explorer.events import Events
from workbench.explorer.matching import matched, with_said
from workbench.explorer.probes import Said

LINES = "".join(f"2025-11-17T14:00:{at:02d}Z INFO request {at} done\n" for at in range(30))
BEGIN = 1763388000000.0


def found(widget, query: str) -> list[int]:
    """The rows that a query finds."""
    asked = {"start": BEGIN, "end": BEGIN + 60_000, "offset": 0, "limit": 100, "query": query, "only": True}
    return [row["row"] for row in ask(widget, "rows", **asked)["rows"]]


@pytest.fixture
def widget(tmp_path, monkeypatch):
    """The explorer of thirty requests, of which three were judged."""
    made = explorer_of(incident(tmp_path, monkeypatch, LINES))
    judge(made, 3, "relabel", "The nightly cron begins")
    judge(made, 7, "note", "see the cron table, and /etc/crontab")
    judge(made, 9, "pin")
    return made


def test_words_expressions_and_phrases_are_found_in_own_words_and_notes(widget) -> None:
    """Beside the events' own; what was replaced is still found, and a test of one field is of that field."""
    assert found(widget, "cron") == [3, 7]
    assert found(widget, '"cron table"') == [7]
    assert found(widget, "/[Cc]ron(tab| beg)/") == [3, 7]
    assert found(widget, '"request 3 done"') == [3]
    assert found(widget, "cron request level=info") == [3, 7]
    assert found(widget, "message:cron") == []
    assert len(found(widget, "-cron")) == 28


def test_what_was_taken_back_is_no_longer_found(widget) -> None:
    """As soon as the journal says so."""
    base = judge(widget, 5, "relabel", "A nightly backup")["state"]["base"]
    assert found(widget, "nightly") == [3, 5]
    assert judge(widget, 5, "relabel", base=base)["op"] == "saved"
    assert found(widget, "nightly") == [3]


ROWS = 40
WORDS = ("pool", "cron", "done", "level")


@given(
    said=st.dictionaries(
        st.integers(0, ROWS - 1), st.sampled_from(["pool full", "cron", "done twice", ""]), max_size=9
    ),
    query=st.sampled_from(
        ["pool", "-pool", "cron OR done", "pool -done", "/p.ol/", "level=error pool", "done level=info"]
    ),
)
def test_it_is_as_if_the_words_stood_in_the_message(said, query) -> None:
    """A frame whose messages end with what was said gives the same rows."""
    times = pd.Timestamp("2025-11-17T14:00:00Z") + pd.to_timedelta(range(ROWS), unit="s")
    plain = ["pool gone" if at % 7 == 0 else f"request {at} done" if at % 3 else "quiet" for at in range(ROWS)]

    def events(messages: list[str]) -> Events:
        level = ["error" if at % 5 == 0 else "info" for at in range(ROWS)]
        return Events.of(pd.DataFrame({"time": times, "message": messages, "level": level}))

    base = events(plain)
    rows = sorted(said)
    words = Said(rows=np.array(rows, dtype=np.uint32), texts=pl.Series([said[at] for at in rows], dtype=pl.String))
    one = with_said(matched(base, query, 0, ROWS, lambda: False), query, words)
    joined = events([f"{text}\n{said.get(at, '')}" for at, text in enumerate(plain)])
    assert one.rows.tolist() == matched(joined, query, 0, ROWS, lambda: False).rows.tolist()
