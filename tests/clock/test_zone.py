"""Zones: wall-clock times become UTC intervals that hold the truth."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from workbench.clock import Assumption, Zone, format_utc, parse_rfc3339, parse_zone
from workbench.errors import ClockError
from workbench.readers.times import TimeReader

HOUR = 3_600_000_000_000
FORM = ["%Y-%m-%d %H:%M:%S"]


def read(text: str, zone: str = "") -> tuple[str, str, str]:
    """Time, earliest and latest of a wall-clock text, without the resolution's end."""
    times = TimeReader(FORM, Assumption(zone=parse_zone(zone) if zone else None)).read(pl.Series([text]))
    assert times.valid[0]
    stamps = (int(times.time[0]), int(times.earliest[0]), int(times.latest[0]) + 1 - 1_000_000_000)
    time, low, high = (format_utc(ns)[:19] for ns in stamps)
    return time, low, high


def test_an_hour_that_came_twice_gives_both_readings() -> None:
    """Where clocks were set back the interval runs from the first reading to the second."""
    assert read("2025-10-26 02:30:00", "Europe/Berlin") == (
        "2025-10-26T00:30:00",
        "2025-10-26T00:30:00",
        "2025-10-26T01:30:00",
    )


def test_an_hour_that_was_skipped_is_read_with_the_offset_before() -> None:
    """A time in the gap of spring keeps its event, at the offset that held before the jump."""
    assert read("2025-03-30 02:30:00", "Europe/Berlin")[0] == "2025-03-30T01:30:00"


@pytest.mark.parametrize(
    ("zone", "time"),
    [("Europe/Berlin", "12:00:00"), ("-02:00", "15:00:00"), ("+0530", "07:30:00"), ("UTC", "13:00:00")],
)
def test_a_set_zone_gives_one_reading(zone: str, time: str) -> None:
    """Outside the changes of the clock there is no doubt."""
    hour = "14" if zone == "Europe/Berlin" else "13"
    assert read(f"2025-07-17 {hour}:00:00", zone) == (f"2025-07-17T{time}",) * 3


def test_without_a_zone_the_interval_holds_every_zone_of_the_world() -> None:
    """Assumed UTC may be 14 hours too late (Kiritimati) to 12 hours too early (Baker Island)."""
    assert read("2025-11-17 14:00:00") == ("2025-11-17T14:00:00", "2025-11-17T00:00:00", "2025-11-18T02:00:00")


def test_a_text_with_an_offset_needs_no_zone() -> None:
    """The zone that a person set does not touch times that state their offset."""
    form = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S"]
    texts = pl.Series(["2025-11-17T14:00:00+01:00", "2025-11-17 14:00:00"])
    times = TimeReader(form, Assumption(zone=parse_zone("-05:00"))).read(texts)
    assert [format_utc(int(ns))[11:19] for ns in times.time] == ["13:00:00", "19:00:00"]
    assert times.basis == ["in the text", "set by a person"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("-02:00", -7200), ("+0530", 19800), ("UTC+3", 10800), ("GMT", 0), ("z", 0), ("+14", 50400)]
)
def test_fixed_offsets_in_each_spelling(text: str, seconds: int) -> None:
    """People write offsets in several ways."""
    assert parse_zone(text).offset_seconds == seconds


@pytest.mark.parametrize("text", ["Europe/Berln", "", "+19:00", "CST", "../../etc/passwd"])
def test_what_is_no_zone_is_refused_with_what_to_write(text: str) -> None:
    """The sentence quotes what was written and names an example."""
    with pytest.raises(ClockError) as error:
        parse_zone(text)
    assert repr(text) in error.value.sentence()
    assert error.value.next_step


def test_utc_lies_within_its_interval_through_a_whole_year() -> None:
    """For every half hour of a year the reading lies between earliest and latest, at most an hour apart."""
    wall = np.arange(
        parse_rfc3339("2025-01-01T00:00:00Z"), parse_rfc3339("2026-01-01T00:00:00Z"), HOUR // 2, dtype=np.int64
    )
    time, low, high = Zone("America/New_York").to_utc(wall)
    assert (low <= time).all()
    assert (time <= high).all()
    assert sorted(set((high - low).tolist())) == [0, HOUR]
    assert int((high > low).sum()) == 2
