"""Local time: the zone of a wall clock by other clocks, and the hour that came twice by the order of the lines."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from workbench.clock import parse_zone
from workbench.clock.local_time import second_pass, zone_behind
from workbench.clock.zone import HOUR, SECOND


def ns(text: str) -> int:
    """UTC ns of an RFC 3339 time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def times(first: str, *, count: int = 20, step: int = 120) -> np.ndarray:
    """So many times, two minutes apart."""
    return ns(first) + np.arange(count, dtype=np.int64) * step * SECOND


@pytest.mark.parametrize(
    ("offset", "shown"), [("+05:30", "UTC+05:30"), ("+05:45", "UTC+05:45"), ("-03:30", "UTC-03:30")]
)
def test_a_zone_is_found_by_what_other_clocks_say(offset: str, shown: str) -> None:
    """Half and quarter hours too, though the clock itself is three minutes fast."""
    true = times("2025-12-01T12:00:00")
    wall = true + parse_zone(offset).offset_seconds * SECOND + 180 * SECOND
    found = zone_behind(wall, true)
    assert found is not None
    assert (found.behaviour.text, found.votes, found.confidence) == (shown, 20, 0.99)


def test_a_zone_whose_clock_is_put_back_meanwhile_is_found_as_such() -> None:
    """No fixed offset explains both parts; the zones that do are told together."""
    true = times("2025-11-02T05:00:00", count=60)
    wall = np.where(true < ns("2025-11-02T06:00:00"), true - 4 * HOUR, true - 5 * HOUR)
    found = zone_behind(wall, true)
    assert found is not None
    assert found.behaviour.text == "UTC-04:00 then UTC-05:00"
    assert "America/New_York" in found.behaviour.names


def test_zones_that_fit_the_matches_and_differ_elsewhere_in_the_file_are_told_as_well() -> None:
    """The clocks were put back a week before the first match; whether this one was, no id can tell."""
    true = times("2025-11-08T12:00:00")
    first = ns("2025-10-30T12:00:00")
    found = zone_behind(true - 5 * HOUR, true, span=(first, int(true[-1])))
    assert found is not None
    assert found.behaviour.text == "UTC-04:00 then UTC-05:00"
    assert "UTC-05:00" in {other.text for other in found.also}
    near = zone_behind(true - 5 * HOUR, true, span=(int(true[0]) - 6 * HOUR, int(true[-1])))
    assert near is not None
    assert near.also == ()


def test_what_no_zone_explains_has_none() -> None:
    """A clock that is off by twenty minutes, too few matches, and matches that say all sorts of things."""
    true = times("2025-12-01T12:00:00")
    assert zone_behind(true + 20 * 60 * SECOND, true) is None
    assert zone_behind(true[:2], true[:2]) is None
    assert zone_behind(true + np.arange(20) * HOUR, true) is None


def clock(*texts: str) -> np.ndarray:
    """Wall-clock times on one day."""
    return np.array([ns(f"2025-11-02T{text}") for text in texts], dtype=np.int64)


def test_the_jump_back_tells_the_second_hour() -> None:
    """Lines before it were written in the first; one that came late is told by those after it."""
    wall = clock("01:10:00", "01:50:00", "01:59:00", "01:00:05", "01:59:30", "01:01:00", "01:20:00", "01:58:00")
    again = second_pass(wall, np.ones(len(wall), dtype=bool))
    assert again is not None
    assert again.tolist() == [False, False, False, True, False, True, True, True]


def test_without_a_jump_nothing_tells_the_hours_apart() -> None:
    """Both stay possible."""
    assert second_pass(clock("01:10:00", "01:30:00"), np.ones(2, dtype=bool)) is None
    assert second_pass(clock("03:10:00"), np.zeros(1, dtype=bool)) is None
