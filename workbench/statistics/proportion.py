"""A share of a few: Wilson's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054  # of 95 %, two sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``n`` of ``total``, in percent with its interval; None where there is nothing to be a share of."""

    n: int
    total: int
    percent: float | None = None
    low: float | None = None
    high: float | None = None


def share(n: int, total: int) -> Share:
    """The share with Wilson's interval of 95 %. Source: Wilson, JASA 22 (1927), 209-212."""
    if not 0 <= n <= total:
        raise ValueError(f"{n} of {total} is no share")
    if not total:
        return Share(n=n, total=total)
    part, z2 = n / total, _Z * _Z
    middle = (part + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z / (1 + z2 / total) * math.sqrt(part * (1 - part) / total + z2 / (4 * total * total))
    low = 0.0 if n == 0 else max(0.0, middle - half)
    high = 1.0 if n == total else min(1.0, middle + half)
    return Share(n=n, total=total, percent=100 * part, low=100 * low, high=100 * high)
