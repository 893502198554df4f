"""Back-test: when a detector would have fired in the files at hand, what that gains, and how often it cries wolf.

A rule that was made from the same files that it is tried on looks better than it will be: it is a proposal, and the
hours without an incident that it was tried on are told with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.analysis.facts import MINUTE, nanoseconds
from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from workbench.analysis.detector import Detector
    from workbench.model import Milestone

NEAR = 5 * MINUTE  # a warning that ends longer before the start is none of this incident, however early it came
AFTER = 10 * MINUTE
_GAP = 3  # times the usual step between samples: a longer gap ends what held


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What detectors look at: measurements, requests a minute, and the events of logs."""

    metrics: pd.DataFrame
    curve: pd.DataFrame | None
    logs: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a detector would have done. Times are UTC ns; ``gained``: minutes before the detection, least and most."""

    rule: str
    fired: int | None
    gained: tuple[float, float] | None
    false_alarms: int
    hours: float  # without the incident, that it was tried on
    episodes: tuple[tuple[int, int], ...]
    seen: bool = True  # there is anything that the rule looks at

    def to_json(self) -> dict[str, Any]:
        """As in ``backtest --json``."""
        return {
            "rule": self.rule, "fired": format_utc(self.fired) if self.fired is not None else None,
            "gained_minutes": list(self.gained) if self.gained else None, "false_alarms": self.false_alarms,
            "seen": self.seen, "hours_without_the_incident": self.hours,
            "episodes": [[format_utc(first), format_utc(last)] for first, last in self.episodes],
        }  # fmt: skip


def backtest(detector: Detector, signals: Signals, window: tuple[int, int], detected: Milestone | None) -> Verdict:
    """What a detector would have done; ``window`` is the incident from its start to its recovery, UTC ns."""
    series, span, holds = detector.series(signals), detector.span(signals), round(detector.seconds * 1e9)
    episodes = sorted({each for one in series for each in _episodes(*one, holds=holds)})
    begin, end = window[0] - NEAR, window[1] + AFTER
    standing = span[0] + holds + MINUTE if span else 0  # what fires from the first sample on tells nothing
    own = [each for each in episodes if each[1] >= begin and each[0] <= window[1] and each[0] > min(standing, begin)]
    others = [each for each in episodes if each not in own and not begin <= each[0] <= end]
    fired = own[0][0] if own else None
    return Verdict(
        rule=str(detector), fired=fired, gained=_gained(fired, detected), false_alarms=len(_joined(others)),
        hours=_hours(span, begin, end),
        seen=any(len(one[0]) for one in series), episodes=tuple(_joined(episodes)),
    )  # fmt: skip


def best(verdicts: Iterable[Verdict], most: int = 5) -> list[Verdict]:
    """Those that fired, with the fewest false alarms and then the most gained; one of several that say the same."""
    fired = [each for each in verdicts if each.fired is not None]
    ranked = sorted(fired, key=lambda each: (each.false_alarms, each.fired, each.rule))
    return ranked[:most]


def _episodes(times: Sequence[int], holding: Sequence[bool], *, holds: int) -> list[tuple[int, int]]:
    """When it fires, from the moment at which the condition has held long enough; ``times`` in order, UTC ns."""
    at, on = np.asarray(times, dtype=np.int64), np.asarray(holding, dtype=bool)
    if not len(at):
        return []
    step = int(np.median(np.diff(at))) if len(at) > 1 else 0
    cut = np.concatenate(([True], (np.diff(at) > _GAP * max(step, 1)) | (on[1:] != on[:-1])))
    starts = np.flatnonzero(cut)
    stops = np.append(starts[1:], len(at)) - 1
    return [
        (int(at[first]) + holds, int(at[last]))
        for first, last in zip(starts, stops, strict=True)
        if on[first] and at[last] - at[first] >= holds
    ]


def _joined(episodes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Episodes of several series that overlap as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(episodes):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _gained(fired: int | None, detected: Milestone | None) -> tuple[float, float] | None:
    if fired is None or detected is None or detected.time is None:
        return None
    low, high = (one if one is not None else detected.time for one in (detected.earliest, detected.latest))
    return round((low - fired) / MINUTE, 2), round((high - fired) / MINUTE, 2)


def _hours(span: tuple[int, int] | None, begin: int, end: int) -> float:
    """How long what it looks at reaches outside the incident."""
    if span is None:
        return 0.0
    outside = max(0, begin - span[0]) + max(0, span[1] - end)
    return round(outside / (60 * MINUTE), 2)


def incident_window(started: Milestone, recovered: Milestone, times: pd.Series) -> tuple[int, int] | None:
    """From the start to the recovery; to the end of the data where nobody knows when it recovered."""
    if started.time is None:
        return None
    last = nanoseconds(times.iloc[-1:])[0] if len(times) else started.time
    return started.time, recovered.time if recovered.time is not None else max(last, started.time)
