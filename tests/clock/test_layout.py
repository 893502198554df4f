"""Layouts: columns of time texts are read exactly by byte position, and what is no time is not valid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import parse_column
from workbench.clock.layout import layout
from workbench.errors import FormatError

SECOND = 1_000_000_000


def utc(text: str, *formats: str, year: int | None = None) -> int | None:
    """UTC ns of one text; None where no layout fits."""
    column = parse_column(pl.Series([text]), formats)
    years = None if year is None else np.array([year], dtype=np.int64)
    return int((column.wall(years) - column.offset * SECOND)[0]) if column.valid[0] else None


def at(text: str) -> int:
    """UTC ns of an RFC 3339 text without a fraction, by the standard library."""
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%Y-%m-%d %H:%M:%S", "2025-11-07 14:00:05"),
        ("%y%m%d %k:%M:%S", "251107 14:00:05"),
        ("%a, %d %b %Y %H:%M:%S", "Fri, 07 Nov 2025 14:00:05"),
        ("%d/%b/%Y:%H:%M:%S", "07/nov/2025:14:00:05"),
        ("%b %e %Y %H:%M:%S", "Nov  7 2025 14:00:05"),
        ("%Y %j %H%M%S", "2025 311 140005"),
        ("100%% %Y-%m-%d %H:%M:%S", "100% 2025-11-07 14:00:05"),
    ],
)
def test_every_directive_reads_its_part(form: str, text: str) -> None:
    """Each directive of a layout stands for its part of the same instant."""
    assert utc(text, form) == at("2025-11-07T14:00:05+00:00")


def test_a_space_padded_hour_is_read() -> None:
    """An hour below ten may be padded with a space."""
    assert utc("2025-11-07  9:05:00", "%Y-%m-%d %k:%M:%S") == at("2025-11-07T09:05:00+00:00")


@pytest.mark.parametrize(
    ("offset", "hour"),
    [("Z", 14), ("z", 14), ("+01:00", 13), ("+0100", 13), ("+01", 13), ("-02:30", 16), ("-0230", 16), ("+0000", 14)],
)
@pytest.mark.parametrize("fraction", ["", ".5", ",123456"])
def test_offsets_are_read_in_each_spelling(offset: str, hour: int, fraction: str) -> None:
    """``Z``, ``+hh:mm``, ``+hhmm`` and ``+hh`` all lead to UTC, with a fraction before them or not."""
    minute = "30" if "30" in offset else "00"
    part = int((fraction[1:] or "0").ljust(9, "0"))
    found = utc(f"2025-11-17T14:00:00{fraction}{offset}", "%Y-%m-%dT%H:%M:%S%.f%z")
    assert found == at(f"2025-11-17T{hour}:{minute}:00+00:00") + part


@pytest.mark.parametrize("digits", range(1, 10))
def test_a_fraction_keeps_every_digit_and_says_its_resolution(digits: int) -> None:
    """From tenths to nanoseconds the value is exact and the step is one unit of the last digit."""
    fraction = "123456789"[:digits]
    column = parse_column(pl.Series([f"2025-11-17 14:00:00.{fraction}"]), ["%Y-%m-%d %H:%M:%S%.f"])
    assert int(column.wall()[0]) == at("2025-11-17T14:00:00+00:00") + int(fraction.ljust(9, "0"))
    assert int(column.step[0]) == 10 ** (9 - digits)


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30 00:00:00",
        "2025-02-29 00:00:00",
        "2025-04-31 00:00:00",
        "2025-11-17 24:00:00",
        "2025-13-01 00:00:00",
        "2025-00-01 00:00:00",
        "2025-11-00 00:00:00",
        "2025-11-17 14:60:00",
        "2025-11-17 14:00:61",
        "2025-11-17 14:00",
        "2025-11-17 14:00:0x",
        "",
        "2025-11-17T14:00:00",
        "2025-11-17 14:00:00 ",
        "٢025-11-17 14:00:0",
    ],
)
def test_what_is_no_time_is_not_valid(text: str) -> None:
    """Days, hours and shapes that do not exist are marked, never rounded to one that does."""
    assert utc(text, "%Y-%m-%d %H:%M:%S") is None


def test_a_null_row_is_not_valid_and_moves_no_other_row() -> None:
    """A column with a hole keeps each time in its own row."""
    column = parse_column(pl.Series(["2025-11-17 14:00:00", None, "2024-02-29 00:00:01"]), ["%Y-%m-%d %H:%M:%S"])
    assert column.valid.tolist() == [True, False, True]
    assert int(column.wall()[2]) == at("2024-02-29T00:00:01+00:00")


@pytest.mark.parametrize("offset", ["+25:00", "+2", "*01:00", "+1:00"])
def test_an_offset_that_no_zone_has_is_not_valid(offset: str) -> None:
    """Only signed offsets up to 18 hours are offsets."""
    assert utc(f"2025-11-17T14:00:00{offset}", "%Y-%m-%dT%H:%M:%S%z") is None


def test_a_leap_second_is_the_last_instant_of_its_minute() -> None:
    """23:59:60 has no place in POSIX time and stays before midnight."""
    assert utc("2016-12-31 23:59:60", "%Y-%m-%d %H:%M:%S") == at("2017-01-01T00:00:00+00:00") - 1


@pytest.mark.parametrize(("two", "four"), [("69", 2069), ("70", 1970), ("99", 1999), ("25", 2025), ("00", 2000)])
def test_two_digit_years_turn_at_seventy(two: str, four: int) -> None:
    """00 to 69 are this century, 70 to 99 the one before."""
    assert utc(f"{two}-03-01 00:00:00", "%y-%m-%d %H:%M:%S") == at(f"{four}-03-01T00:00:00+00:00")


def test_the_day_of_the_year_knows_leap_years() -> None:
    """Day 366 exists in 2024 and not in 2025."""
    assert utc("2024 366 00:00:00", "%Y %j %H:%M:%S") == at("2024-12-31T00:00:00+00:00")
    assert utc("2025 366 00:00:00", "%Y %j %H:%M:%S") is None


def test_known_abbreviations_are_offsets_with_an_hour_of_doubt() -> None:
    """CET is +1 give or take daylight saving; UTC is sure; an ambiguous one such as IST states nothing."""
    column = parse_column(
        pl.Series([f"2025-11-17 14:00:00 {name}" for name in ("CET", "UTC", "IST")]), ["%Y-%m-%d %H:%M:%S %Z"]
    )
    assert column.valid.all()
    assert column.offset.tolist() == [3600, 0, 0]
    assert column.has_offset.tolist() == [True, True, False]
    assert column.slack[0] == 3600 * SECOND


def test_the_first_layout_that_fits_reads_a_row() -> None:
    """Rows of several layouts in one column are each read by their own."""
    column = parse_column(
        pl.Series(["2025-11-17 14:00:00", "17/Nov/2025:14:00:00"]), ["%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S"]
    )
    assert column.wall().tolist() == [at("2025-11-17T14:00:00+00:00")] * 2


def test_a_day_without_a_year_waits_for_one() -> None:
    """29 February is read without a year, and exists only in a leap year."""
    column = parse_column(pl.Series(["Feb 29 00:00:00"]), ["%b %e %H:%M:%S"])
    assert column.valid.tolist() == [True]
    assert column.exists(np.array([2024])).tolist() == [True]
    assert column.exists(np.array([2025])).tolist() == [False]
    assert utc("Feb 29 00:00:00", "%b %e %H:%M:%S", year=2024) == at("2024-02-29T00:00:00+00:00")


def test_an_unknown_directive_is_an_error() -> None:
    """A layout that cannot be kept to is refused with a sentence."""
    with pytest.raises(FormatError, match="%Q"):
        layout("%Y %Q")


def test_a_row_without_a_year_among_rows_with_one_has_the_year_0() -> None:
    """Whoever knows the lines around it gives it one."""
    column = parse_column(pl.Series(["2025-11-17", "11-18"]), ["%Y-%m-%d", "%m-%d"])
    assert column.valid.tolist() == [True, True]
    assert column.year is not None
    assert column.year.tolist() == [2025, 0]


def test_seconds_since_1970_are_a_date_and_an_offset() -> None:
    """Ten digits, with or without a fraction, need no zone."""
    column = parse_column(pl.Series(["1763388005", "1763388005.25", "17633880x5"]), ["%s%.f"])
    assert column.valid.tolist() == [True, True, False]
    assert column.has_offset.tolist() == [True, True, False]
    assert column.wall()[:2].tolist() == [
        at("2025-11-17T14:00:05+00:00"),
        at("2025-11-17T14:00:05+00:00") + 250_000_000,
    ]


ROUND_TRIPS = [
    "%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%dT%H:%M:%S.%f%z", "%y%m%d %H%M%S", "%Y %j %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z", "%Y/%m/%d %H:%M:%S.%f",
]  # fmt: skip
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2069, 12, 31, 23, 59, 59))  # noqa: DTZ001 - hypothesis wants naive bounds


@pytest.mark.parametrize("form", ROUND_TRIPS)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=5), minutes=st.integers(-12 * 60, 14 * 60))
def test_reading_what_was_written_gives_it_back(form: str, moments: list[datetime], minutes: int) -> None:
    """Formatting by a layout and reading by it is the identity, to the layout's resolution."""
    zone = timezone(timedelta(minutes=minutes)) if "%z" in form else UTC
    written = [moment.replace(tzinfo=zone, microsecond=moment.microsecond if "%f" in form else 0) for moment in moments]
    column = parse_column(pl.Series([each.strftime(form) for each in written]), [form])
    assert column.valid.all()
    expected = [(each - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000 for each in written]
    assert (column.wall() - column.offset * SECOND).tolist() == expected


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_is_read_or_refused_without_a_crash(texts: list[str]) -> None:
    """No text breaks the reading of a column."""
    column = parse_column(pl.Series(texts, dtype=pl.String), ["%Y-%m-%dT%H:%M:%S%.f%z", "%d %b %Y %H:%M:%S %Z"])
    assert len(column.valid) == len(texts)
