"""Burn rates: the minute at which an alert on the error budget would have fired, by hand on a small curve."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.analysis.burn import MINUTE, burn_alerts
from workbench.analysis.change import Baseline
from workbench.model import Slo

SLO = Slo(target=99.9)
QUIET = Baseline(failed=0.0, requests=6000.0, minutes=60)
START = pd.Timestamp("2025-03-04T13:00:00Z")


def curve(failed: list[int], served: int = 100) -> pd.DataFrame:
    """A row a minute with so many requests."""
    times = pd.date_range(START, periods=len(failed), freq="min")
    return pd.DataFrame({"time": times, "requests": served, "failed": failed})


def fired(failed: list[int], **more) -> list[float | None]:
    """Minutes after the start at which each pair fires."""
    found = burn_alerts(curve(failed, **more), SLO, QUIET)
    return [None if each.fired is None else (each.fired - START.value) / MINUTE for each in found]


def test_a_pair_fires_when_both_of_its_windows_burn_fast_enough() -> None:
    """10 of 100 fail from minute 60 on: 1.44 % of an hour is 86.4 of 6,000, which is the ninth such minute."""
    assert fired([0] * 60 + [10] * 20)[0] == 69


def test_the_short_window_ends_an_alert_and_a_trickle_never_begins_one() -> None:
    """5 of 6,000 an hour are below every rate but that of days."""
    assert fired([0] * 60 + [5] + [0] * 60)[:2] == [None, None]


def test_what_fires_at_any_time_tells_nothing_of_the_incident() -> None:
    """A background of two in a thousand burns the budget twice as fast as it may all the time."""
    background = Baseline(failed=12.0, requests=6000.0, minutes=60)
    found = burn_alerts(curve([0] * 30 + [2] * 300, served=1000), SLO, background)
    assert (found[2].before, found[2].fired) == (True, None)


def test_few_requests_make_no_rate() -> None:
    """Two of five in a short window are no reason to wake anybody."""
    assert fired([0] * 60 + [1] * 20, served=1) == [None, None, None]


@pytest.mark.parametrize(("slo", "quiet"), [(Slo(target=100), QUIET), (SLO, None)])
def test_without_a_budget_or_a_baseline_nothing_is_said(slo, quiet) -> None:
    """Nothing can burn, or nobody knows how it was before."""
    assert burn_alerts(curve([1] * 10), slo, quiet) == []
