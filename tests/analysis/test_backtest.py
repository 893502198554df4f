"""The back-test of detectors: when each would have fired, by hand on small series, and how often it cries wolf."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from analysis_frames import at, event, events, ns

from workbench.analysis.backtest import Signals, backtest, best
from workbench.analysis.detector import detector_of, proposals
from workbench.errors import WorkbenchError
from workbench.model import Milestone

WINDOW = ns("14:00:00"), ns("14:30:00")
DETECTED = Milestone(name="detected", time=ns("14:05:00"), earliest=ns("14:05:00"), latest=ns("14:06:00"))


def metrics(**series: list[float]) -> pd.DataFrame:
    """A value a minute from 13:00 on."""
    rows = [
        {
            "time": at("13:00:00") + pd.Timedelta(minutes=minute),
            "name": name,
            "labels": json.dumps({"service": "api"}),
            "value": value,
        }
        for name, values in series.items()
        for minute, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["time", "name", "labels", "value"])


def pool(blip: int | None = None) -> list[float]:
    """Connections in use: 10 of 20, full from 14:00 to 14:30, with one blip before."""
    return [20.0 if 60 <= minute < 90 or minute == blip else 10.0 for minute in range(120)]


def signals(
    frame: pd.DataFrame | None = None, logs: pd.DataFrame | None = None, curve: pd.DataFrame | None = None
) -> Signals:
    """What detectors look at."""
    return Signals(metrics=metrics() if frame is None else frame, curve=curve, logs=events() if logs is None else logs)


def test_a_threshold_fires_when_it_has_held_long_enough() -> None:
    """Two minutes after the pool ran full, three to four before anybody was told; twice in an hour is no alarm."""
    found = backtest(detector_of("pool > 15 for 2m"), signals(metrics(pool=pool(blip=20))), WINDOW, DETECTED)
    assert (found.fired, found.gained, found.false_alarms) == (ns("14:02:00"), (3, 4), 0)
    assert found.hours == pytest.approx(0.92 + 0.32, abs=0.02)


def test_what_fires_without_an_incident_is_a_false_alarm() -> None:
    """A blip that is over long before the start is no early warning."""
    found = backtest(detector_of("pool > 15"), signals(metrics(pool=pool(blip=40))), WINDOW, DETECTED)
    assert (found.fired, found.false_alarms) == (ns("14:00:00"), 1)


def test_what_always_fires_tells_nothing_of_the_incident() -> None:
    """It is a false alarm, however early it was."""
    found = backtest(detector_of("pool > 5"), signals(metrics(pool=pool())), WINDOW, DETECTED)
    assert (found.fired, found.false_alarms) == (None, 1)


def test_a_rule_of_which_there_is_nothing_to_see_says_so() -> None:
    """Another name is no rule that would not have fired."""
    assert not backtest(detector_of("poool > 5"), signals(metrics(pool=pool())), WINDOW, DETECTED).seen


def test_a_share_of_a_capacity_follows_the_capacity() -> None:
    """80 % of 20 until somebody raised the limit to 60: the same 20 are a third of that."""
    limit = [20.0 if minute < 75 else 60.0 for minute in range(120)]
    frame = metrics(pool_active=pool(), pool_max=limit)
    found = backtest(detector_of("pool_active > 80% of pool_max for 1m"), signals(frame), WINDOW, DETECTED)
    assert found.episodes == ((ns("14:01:00"), ns("14:14:00")),)


def test_labels_choose_the_series() -> None:
    """Of another service nothing fires."""
    data = signals(metrics(pool=pool()))
    assert backtest(detector_of("pool{service=api} > 15"), data, WINDOW, DETECTED).fired == WINDOW[0]
    assert backtest(detector_of("pool{service=web} > 15"), data, WINDOW, DETECTED).fired is None


def test_lines_of_a_log_are_counted_in_a_window() -> None:
    """The third line within a minute; words are words, whatever signs they hold."""
    lines = [
        event(clock, "log", "pool (full)", source="app.log")
        for clock in ("13:10:00", "14:01:00", "14:01:20", "14:01:50", "14:20:00")
    ]
    found = backtest(detector_of('log "pool (full)" >= 3 in 1m'), signals(logs=events(*lines)), WINDOW, DETECTED)
    assert (found.fired, found.false_alarms) == (ns("14:01:50"), 0)


def test_a_rate_of_errors_is_known_at_the_end_of_its_minute() -> None:
    """10 of 100 fail from 14:00 on."""
    times = pd.date_range(at("13:00:00"), periods=120, freq="min")
    failed = np.where((np.arange(120) >= 60) & (np.arange(120) < 90), 10, 0)
    curve = pd.DataFrame({"time": times, "requests": 100, "failed": failed})
    found = backtest(detector_of("error rate > 5% for 2m"), signals(curve=curve), WINDOW, DETECTED)
    assert found.fired == ns("14:03:00")


def test_proposals_are_tried_and_the_best_come_first() -> None:
    """A capacity by its limit, others beyond what the quiet time reached; none that cries wolf before one that does not."""
    data = signals(metrics(pool_active=pool(), pool_max=[20.0] * 120, queue=[0.0 if v == 10 else 7.0 for v in pool()]))
    made = [backtest(each, data, WINDOW, DETECTED) for each in proposals(data, WINDOW)]
    rules = [each.rule for each in best(made)]
    assert rules == ["pool_active > 80% of pool_max for 1m", "queue > 0 for 1m"]


@pytest.mark.parametrize(
    "text", ["", "pool", "pool > ", "pool > 80%", "pool > 5 of other", "log pool >= 3 in 1m", "error rate > much"]
)
def test_what_is_no_rule_is_told_with_examples(text) -> None:
    """In a sentence that shows how to write one."""
    with pytest.raises(WorkbenchError, match="is no rule"):
        detector_of(text)
