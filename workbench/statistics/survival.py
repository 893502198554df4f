"""Durations of which some are not over yet: Kaplan and Meier's estimate, so that nothing open is dropped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``time`` on the share ``open`` is not over, between ``low`` and ``high`` (95 %)."""

    time: float
    open: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """The steps of the curve; ``closed`` are over, ``censored`` still open when they were last seen."""

    closed: int
    censored: int
    steps: tuple[Step, ...]

    def quantile(self, share: float) -> tuple[float | None, float | None, float | None]:
        """When ``share`` of all are over, with its interval; None where that cannot be told yet.

        Source: Brookmeyer and Crowley, Biometrics 38 (1982), 29-41.
        """
        level = 1 - share
        return (
            _first(self.steps, level, "open"), _first(self.steps, level, "low"), _first(self.steps, level, "high"),
        )  # fmt: skip


def survival(closed: Sequence[float], censored: Sequence[float]) -> Survival:
    """The curve, Greenwood's variance on the scale of log(-log). Source: Kaplan and Meier, JASA 53 (1958), 457-481."""
    over = np.sort(np.asarray(closed, dtype=float))
    ends = np.sort(np.concatenate([over, np.asarray(censored, dtype=float)]))
    steps: list[Step] = []
    open_, spread = 1.0, 0.0
    for time in np.unique(over):
        at_risk = len(ends) - int(np.searchsorted(ends, time, side="left"))
        ended = int(np.count_nonzero(over == time))
        open_ *= 1 - ended / at_risk
        spread = spread + ended / (at_risk * (at_risk - ended)) if at_risk > ended else math.inf
        low, high = _interval(open_, spread)
        steps.append(Step(time=float(time), open=open_, low=low, high=high))
    return Survival(closed=len(over), censored=len(censored), steps=tuple(steps))


def _interval(open_: float, spread: float) -> tuple[float, float]:
    if open_ <= 0 or open_ >= 1 or math.isinf(spread):
        return (0.0, 0.0) if open_ <= 0 else (open_, open_)
    shift = _Z * math.sqrt(spread) / abs(math.log(open_))
    return open_ ** math.exp(shift), open_ ** math.exp(-shift)


def _first(steps: Sequence[Step], level: float, which: str) -> float | None:
    return next((step.time for step in steps if getattr(step, which) <= level + 1e-12), None)
