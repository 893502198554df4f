"""Trials: rules tried on the files of an incident, those asked for or the best of those that the files suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.backtest import Signals, Verdict, backtest, best, incident_window
from workbench.analysis.detector import detector_of, proposals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from workbench.model import Milestone


def trials(
    events: pd.DataFrame,
    metrics: pd.DataFrame,
    curve: pd.DataFrame | None,
    milestones: Mapping[str, Milestone],
    rules: Iterable[str] = (),
) -> list[Verdict] | None:
    """What each rule would have done, or the best that the files suggest; None where nobody knows when it started.

    ``curve`` are requests and failures a minute. Raises RuleError for a rule that cannot be read.
    """
    detectors = [detector_of(rule) for rule in rules]
    window = incident_window(milestones["started"], milestones["recovered"], events["time"])
    if window is None:
        return None
    signals = Signals(metrics=metrics, curve=curve, logs=events[events["kind"] == "log"])
    detected = milestones["detected"]
    if detectors:
        return [backtest(each, signals, window, detected) for each in detectors]
    return best(backtest(each, signals, window, detected) for each in proposals(signals, window))
