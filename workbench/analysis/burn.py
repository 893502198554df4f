"""Burn rate: how fast the incident used the error budget, and when alerts on that would have fired.

Source: Google, *The Site Reliability Workbook*, chapter 5: pairs of a long and a short window, both of which must burn
faster than the pair's rate. A rate of 1 uses the whole budget in the whole window of the objective.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.clock import format_utc

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from workbench.analysis.change import Baseline
    from workbench.model import Slo

    Minutes = npt.NDArray[np.float64]

MINUTE = 60_000_000_000
LEAST = 30  # requests in the short window: fewer make no rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A long and a short window in minutes, and the rate that both must reach."""

    long: int
    short: int
    rate: float


PAIRS = (Pair(long=60, short=5, rate=14.4), Pair(long=360, short=30, rate=6.0), Pair(long=4320, short=360, rate=1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """When (UTC ns, the end of the minute) a pair would have begun to fire; None where it would not have.

    ``before``: it fired from the first minute on, by what fails at any time, and tells nothing of the incident.
    """

    pair: Pair
    fired: int | None
    highest: float  # of the long window, the highest rate
    before: bool = False

    def to_json(self) -> dict[str, Any]:
        """As in ``impact --json``."""
        return {
            "long_minutes": self.pair.long, "short_minutes": self.pair.short, "rate": self.pair.rate,
            "fired": format_utc(self.fired) if self.fired is not None else None, "highest_rate": self.highest,
            "before": self.before,
        }  # fmt: skip


def burn_alerts(curve: pd.DataFrame, slo: Slo, quiet: Baseline | None) -> list[BurnAlert]:
    """For each pair the minute at which it would have fired.

    ``curve`` has a row a minute: ``time``, ``requests``, ``failed``. The time before its first minute is taken to have
    been as the ``quiet`` minutes were; without them nothing can be said.
    """
    if not len(curve) or slo.share >= 1 or quiet is None or not quiet.minutes:
        return []
    first = int(curve["time"].astype("datetime64[ns, UTC]").astype("int64").iloc[0])
    served, failed = (curve[name].to_numpy(dtype=np.float64) for name in ("requests", "failed"))
    usual = (quiet.requests / quiet.minutes, quiet.failed / quiet.minutes)
    return [_alert(pair, first, served, failed, usual, 1 - slo.share) for pair in PAIRS]


def _alert(
    pair: Pair, first: int, served: Minutes, failed: Minutes, quiet: tuple[float, float], budget: float
) -> BurnAlert:
    served, failed = (np.concatenate((np.full(pair.long, usual), each))
                      for usual, each in zip(quiet, (served, failed), strict=True))  # fmt: skip
    long, short = (_rate(served, failed, window)[pair.long :] / budget for window in (pair.long, pair.short))
    enough = _over(served, pair.short)[pair.long :] >= LEAST
    firing = (long >= pair.rate) & (short >= pair.rate) & enough
    begins = np.flatnonzero(firing)
    before = bool(enough.any() and firing[np.argmax(enough)])
    fired = first + (int(begins[0]) + 1) * MINUTE if len(begins) and not before else None
    highest = round(float(long[enough].max()), 2) if enough.any() else 0.0
    return BurnAlert(pair=pair, fired=fired, highest=highest, before=before)


def _rate(served: Minutes, failed: Minutes, window: int) -> Minutes:
    total = _over(served, window)
    return np.divide(_over(failed, window), total, out=np.zeros_like(total), where=total > 0)


def _over(values: Minutes, window: int) -> Minutes:
    """The sum over the last so many minutes, for each minute."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    ends = np.arange(1, len(sums))
    return sums[ends] - sums[np.maximum(ends - window, 0)]
