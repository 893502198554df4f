"""Whether a total says the opposite of its parts: Simpson's paradox between two periods."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from workbench.statistics.comparison import Groups

ALPHA = 0.05
_FEWEST = 3  # values of a group in each period that say which way it went


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What the groups did and what all together did: ratios of medians, now to before.

    ``p`` is the chance of groups that differ as much in size without a changed mix; ``reversed`` says that the total
    went one way and every group the other.
    """

    pooled: float | None
    groups: dict[Hashable, float]
    p: float | None
    reversed: bool

    @property
    def changed(self) -> bool:
        """Whether the mix of groups is another one."""
        return self.p is not None and self.p < ALPHA


def mix(now: Groups, before: Groups) -> Mix:
    """The change of the pooled median beside that of each group with at least three values in both periods."""
    pooled = _ratio(_all(now), _all(before))
    told = {
        name: _ratio(now[name], before[name]) for name in now if _enough(now[name]) and _enough(before.get(name, ()))
    }
    groups = {name: ratio for name, ratio in told.items() if ratio is not None}
    against = pooled is not None and len(groups) > 1 and all(_opposite(pooled, ratio) for ratio in groups.values())
    return Mix(pooled=pooled, groups=groups, p=_chance(now, before), reversed=against)


def _enough(values: Sequence[float]) -> bool:
    return len(values) >= _FEWEST


def _all(groups: Groups) -> list[float]:
    return [value for values in groups.values() for value in values]


def _ratio(now: Sequence[float], before: Sequence[float]) -> float | None:
    if not len(now) or not len(before):
        return None
    first = float(np.median(before))
    return float(np.median(now)) / first if first > 0 else None


def _opposite(one: float, other: float) -> bool:
    return one > 0 and other > 0 and math.log(one) * math.log(other) < 0


def _chance(now: Groups, before: Groups) -> float | None:
    """The chi-squared test of the two periods' sizes of groups."""
    from scipy.stats import chi2_contingency

    names = [name for name in {**before, **now} if len(now.get(name, ())) + len(before.get(name, ()))]
    table = np.array([[len(groups.get(name, ())) for name in names] for groups in (now, before)])
    if len(names) < 2 or not table.sum(axis=1).all():
        return None
    return float(chi2_contingency(table, correction=False).pvalue)
