"""What people read in the terminal: lengths of time and large numbers."""

from __future__ import annotations

import pytest

from workbench import terminal


@pytest.mark.parametrize(
    ("value", "text"),
    [(24.44, "24.4 min"), (119.0, "119.0 min"), (120, "2 h"), (485, "8 h 5 min"), (2880, "48 h"), (72_240, "1,204 h")],
)
def test_lengths_are_minutes_then_hours(value, text) -> None:
    """Nobody thinks in 2880 minutes, and thousands have a separator."""
    assert terminal.length(value) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ({"minutes": None}, "not known"),
        ({"minutes": 5.0, "low": 5.0, "high": 5.01}, "5.0 min"),
        ({"minutes": 25.13, "low": 24.13, "high": 26.13}, "25.1 (24.1 to 26.1) min"),
        ({"minutes": 125, "low": 119, "high": 130}, "2 h 5 min (119.0 min to 2 h 10 min)"),
    ],
)
def test_intervals_carry_their_range(interval, text) -> None:
    """The range is said where it says more."""
    assert terminal.minutes(interval) == text
