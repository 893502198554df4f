"""The rise of failures: where the incident's begin and end, apart from those that fail at any time."""

from __future__ import annotations

import numpy as np

from workbench.analysis.edge import rise
from workbench.clock.zone import SECOND

CROWD = [600 + 2 * n for n in range(40)]


def at(*seconds: int) -> np.ndarray:
    """Times in ns."""
    return np.array(seconds, dtype=np.int64) * SECOND


def test_a_failure_long_before_the_others_is_background() -> None:
    """So is one long after; what the background explains no longer stays."""
    assert rise(at(400, *CROWD), 0.9) == (1, 40)
    assert rise(at(*CROWD, 900), 0.9) == (0, 39)
    assert rise(at(200, 400, *CROWD), 0.9) == (1, 41)


def test_without_background_every_failure_is_the_incidents() -> None:
    """And so is one that is near the others, or among few."""
    assert rise(at(400, *CROWD), 0.0) == (0, 40)
    assert rise(at(580, *CROWD), 0.9) == (0, 40)
    assert rise(at(400, 600, 601), 0.9) == (0, 2)
