"""Silences: gaps that a source's own rhythm does not explain, ends before the incident was over, lines that were lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.analysis.silence import coverage, longest_usual, silences
from workbench.clock import parse_rfc3339
from workbench.clock.zone import SECOND
from workbench.model import SourceReport

START = parse_rfc3339("2025-11-17T14:00:00Z")
METRICS = pd.DataFrame({"time": pd.to_datetime([], utc=True), "name": [], "labels": [], "value": [], "source": []})
MOMENTS = {"started": START + 600 * SECOND, "resolved": START + 3000 * SECOND}


def log(seconds: list[float], *, source: str = "app.log", message: str = "served", kind: str = "log") -> pd.DataFrame:
    """Events so many seconds after 14:00."""
    times = [START + round(each * SECOND) for each in seconds]
    return pd.DataFrame(
        {"time": pd.to_datetime(times, utc=True), "kind": kind, "message": message, "source": source,
         "line": range(1, len(times) + 1), "actor": None, "attributes": None}
    ).astype({"actor": "str", "attributes": "str"})  # fmt: skip


def found(events: pd.DataFrame, metrics: pd.DataFrame = METRICS, reports=()) -> list[tuple[str, tuple[str, ...]]]:
    """What was found, and over which milestones."""
    return [(one.what, one.over) for one in silences(events, metrics, reports, MOMENTS)]


def test_a_gap_over_a_milestone_is_told_first() -> None:
    """With the lines before and after it."""
    steady = [n for n in range(0, 3600, 5) if not 500 < n < 900 and not 2000 < n < 2200]
    first, second = silences(log(steady), METRICS, (), MOMENTS)
    assert (first.what, first.over, first.lines) == ("gap", ("started",), (101, 102))
    assert "from 14:08:20 to 14:15:00 UTC" in first.sentence
    assert "started lies in it" in first.sentence
    assert (second.what, second.over) == ("gap", ())


def test_a_rhythm_of_its_own_is_no_silence() -> None:
    """Requests that come by chance, and a job that runs every ten minutes."""
    rng = np.random.default_rng(3)
    by_chance = np.cumsum(rng.exponential(4, 1000)).tolist()
    assert found(log(by_chance)) == []
    assert found(log([600.0 * n for n in range(30)])) == []
    assert longest_usual(np.arange(5) * SECOND) is None


def test_a_source_that_does_not_cover_the_incident_is_told() -> None:
    """Where it begins after the incident did, or ends before it was over."""
    assert found(log([float(n) for n in range(1200, 2400, 3)])) == [
        ("begins late", ("started",)),
        ("ends early", ("resolved",)),
    ]
    assert found(log([float(n) for n in range(1200, 2400, 3)], kind="chat")) == []


def test_missing_samples_are_told_once_a_source() -> None:
    """Though every series of it misses the same minute."""
    times = [START + minute * 60 * SECOND for minute in range(40) if minute != 12]
    rows = [
        {"time": time, "name": name, "labels": "{}", "value": 1.0, "source": "metrics.csv"}
        for name in ("requests", "errors")
        for time in times
    ]
    metrics = pd.DataFrame(rows).assign(time=lambda frame: pd.to_datetime(frame["time"], utc=True))
    (one,) = silences(log([]), metrics, (), MOMENTS)
    assert (one.what, one.sentence) == ("missing samples", "metrics.csv has no samples from 14:12:00 to 14:13:00 UTC.")


@pytest.mark.parametrize(
    "message", ["imjournal: 42 messages lost due to rate-limiting", "Suppressed 42 messages from pay.service"]
)
def test_what_a_source_says_of_lost_lines_is_told(message: str) -> None:
    """With how many, and the line that says so."""
    (one,) = silences(log([1.0], message=message), METRICS, (), MOMENTS)
    assert one.what == "lines lost"
    assert "42 messages were lost, first in line 1" in one.sentence


def test_an_export_of_a_round_number_of_records_may_be_cut() -> None:
    """Pages and limits are round; lines of a log are not counted so."""
    reports = (SourceReport(path="a.json", format="x", kind="log", records=1000),
               SourceReport(path="b.log", format="x", kind="log", lines=1000))  # fmt: skip
    assert [(one.source, one.what) for one in silences(log([]), METRICS, reports, MOMENTS)] == [
        ("a.json", "page limit")
    ]


def test_coverage_is_the_stretches_between_silences() -> None:
    """What is read from it is what is drawn."""
    steady = [float(n) for n in range(0, 3600, 5) if not 500 < n < 900]
    ends = coverage(log(steady), METRICS)["app.log"]
    assert [(first - START) // SECOND for first, _ in ends] == [0, 900]
    assert [(last - START) // SECOND for _, last in ends] == [500, 3595]


def test_a_channel_in_which_nobody_writes_for_a_quarter_of_an_hour_is_told() -> None:
    """Of people, during the incident; a bot alone, or a channel of a few messages, is none."""
    chat = log([700, 760, 800, 900, 1000, 2100, 2160], source="slack.zip", kind="chat")
    chat = chat.assign(actor="Ada", attributes='{"channel":"inc-7"}')
    (one,) = silences(chat, METRICS, (), MOMENTS)
    assert (one.what, one.source, one.lines) == ("quiet channel", "slack.zip", (5, 6))
    assert one.sentence == "slack.zip, channel inc-7: nobody writes for 18 min, from 14:16:40 to 14:35:00 UTC."
    assert found(chat.head(4)) == []
