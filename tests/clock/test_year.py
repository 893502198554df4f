"""Times without a year: they roll over at New Year, and the first comes from what is known of the file."""

from __future__ import annotations

import polars as pl
import pytest

from workbench.clock import Assumption, format_utc, parse_rfc3339, parse_zone
from workbench.readers.times import TimeReader

FORM = ["%b %e %H:%M:%S"]
UTC = parse_zone("UTC")


def days(texts: list[str], assumption: Assumption) -> list[str]:
    """The days that the texts are read as."""
    times = TimeReader(FORM, assumption).read(pl.Series(texts))
    return [format_utc(int(ns))[:10] for ns in times.time]


def test_the_year_rolls_over_within_a_file() -> None:
    """After December comes January of the next year, also where the two stand in different blocks."""
    reader = TimeReader(FORM, Assumption(zone=UTC, year=2024))
    first = reader.read(pl.Series(["Dec 31 23:59:59", "Jan  1 00:00:01"]))
    second = reader.read(pl.Series(["Feb 29 12:00:00", "Feb 28 12:00:00"]))
    assert [format_utc(int(ns))[:10] for ns in first.time] == ["2024-12-31", "2025-01-01"]
    assert second.valid.tolist() == [False, True]
    assert format_utc(int(second.time[1]))[:10] == "2025-02-28"


def test_a_month_that_falls_back_a_little_is_the_same_year() -> None:
    """Lines out of order, October after November, do not start a new year; a late December after January goes back."""
    assert days(["Nov  1 00:00:00", "Oct 31 23:59:59"], Assumption(zone=UTC, year=2024)) == ["2024-11-01", "2024-10-31"]
    late = ["Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01"]
    assert days(late, Assumption(zone=UTC, year=2024)) == ["2024-12-31", "2025-01-01", "2024-12-31", "2025-01-01"]


@pytest.mark.parametrize(
    ("text", "year"), [("Nov 17 14:00:00", "2025"), ("Dec 24 14:00:00", "2024"), ("Nov 18 09:00:00", "2025")]
)
def test_the_year_comes_from_the_files_own_time(text: str, year: str) -> None:
    """The first line is no later than a day after the file was last written, in the latest such year."""
    written = parse_rfc3339("2025-11-17T15:00:00Z")
    assert days([text], Assumption(zone=UTC, not_after=written))[0][:4] == year


def test_a_year_nobody_set_widens_the_interval() -> None:
    """An assumed year leaves a year of doubt either side; one that a person set leaves none."""
    written = parse_rfc3339("2025-11-17T15:00:00Z")
    assumed = TimeReader(FORM, Assumption(zone=UTC, not_after=written)).read(pl.Series(["Nov 17 14:00:00"]))
    stated = TimeReader(FORM, Assumption(zone=UTC, year=2025)).read(pl.Series(["Nov 17 14:00:00"]))
    assert int(assumed.time[0]) == int(stated.time[0])
    assert int(assumed.time[0] - assumed.earliest[0]) == 366 * 86_400 * 10**9
    assert int(stated.time[0] - stated.earliest[0]) == 0


MIXED = ["%Y-%m-%d %H:%M:%S", "%b %e %H:%M:%S"]


def test_a_line_without_a_year_takes_it_from_the_nearest_line_before_that_states_one() -> None:
    """The lines of a log follow one another: no year of doubt is left, also in the block after."""
    reader = TimeReader(MIXED, Assumption(zone=UTC))
    texts = ["Dec 31 23:59:58", "2024-12-31 23:59:59", "Dec 31 23:59:59", "Jan  1 00:00:01"]
    first = reader.read(pl.Series(texts))
    second = reader.read(pl.Series(["Jan  1 00:00:02"]))
    assert [format_utc(int(ns))[:10] for ns in first.time] == ["2024-12-31", "2024-12-31", "2024-12-31", "2025-01-01"]
    assert [format_utc(int(ns))[:10] for ns in second.time] == ["2025-01-01"]
    assert (first.time - first.earliest).tolist() == [0, 0, 0, 0]


def test_where_no_line_states_a_year_it_stays_in_doubt() -> None:
    """That the format could state one does not help."""
    written = parse_rfc3339("2025-11-17T15:00:00Z")
    found = TimeReader(MIXED, Assumption(zone=UTC, not_after=written)).read(pl.Series(["Nov 17 14:00:00"]))
    assert format_utc(int(found.time[0]))[:10] == "2025-11-17"
    assert int(found.time[0] - found.earliest[0]) == 366 * 86_400 * 10**9


def test_a_29_february_is_of_a_leap_year() -> None:
    """Though the file was written later; a person's year stays, and the day does not exist in it."""
    written = parse_rfc3339("2026-11-17T15:00:00Z")
    texts = ["Feb 28 23:59:59", "Feb 29 00:00:01", "Mar  1 00:00:01"]
    assert days(texts, Assumption(zone=UTC, not_after=written)) == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert days(["Dec 31 12:00:00", "Feb 29 00:00:01"], Assumption(zone=UTC, year_hint=2025)) == [
        "2023-12-31",
        "2024-02-29",
    ]
    read = TimeReader(FORM, Assumption(zone=UTC, year=2025)).read(pl.Series(texts))
    assert read.valid.tolist() == [True, False, True]
