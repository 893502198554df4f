"""One time on its own: every usual shape is read exactly, "no time" gives None, and writing it gives it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import Assumption, ZoneBasis, format_utc, parse_rfc3339, parse_zone, read_instant
from workbench.errors import ClockError

NS = 1_763_388_005_123_456_789  # 2025-11-17T14:00:05.123456789Z


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1763388005, NS - NS % 10**9),
        (1763388005123, NS - NS % 10**6),
        (1763388005123456, NS - NS % 1000),
        (NS, NS),
        ("1763388005.123456", NS - NS % 1000),
        (str(NS), NS),
    ],
)
def test_the_size_of_an_epoch_tells_its_unit(value: object, expected: int) -> None:
    """Seconds, milliseconds, microseconds and nanoseconds are told apart, and every digit is kept."""
    instant = read_instant(value)
    assert instant is not None
    assert (instant.ns, instant.earliest, instant.basis) == (expected, expected, ZoneBasis.EPOCH)


def test_slacks_ts_keeps_its_microseconds() -> None:
    """A ts such as "1763388005.000199" is no float: its last digit survives."""
    instant = read_instant("1763388005.000199", unit="s")
    assert instant is not None
    assert (instant.ns, instant.latest - instant.earliest) == (1_763_388_005_000_199_000, 999)


@given(st.integers(10**9, 4 * 10**9), st.integers(0, 999_999))
def test_every_ts_is_exact(second: int, micro: int) -> None:
    """Whatever the digits, seconds with six decimals come back to the microsecond."""
    instant = read_instant(f"{second}.{micro:06d}")
    assert instant is not None
    assert instant.ns == second * 10**9 + micro * 1000


def test_a_unit_that_is_stated_wins_over_the_size() -> None:
    """A small number of milliseconds is read as such where the format says so."""
    instant = read_instant(5_000, unit="ms")
    assert instant is not None
    assert (instant.ns, instant.latest) == (5 * 10**9, 5 * 10**9 + 999_999)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "",
        "-",
        0,
        "0",
        -1,
        "null",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        12345,
        "soon",
        "2025-02-30T00:00:00Z",
        "2025-11-17T24:00:00Z",
        "9" * 19,
        "nan",
        "inf",
        [],
        {},
    ],
)
def test_no_end_and_no_time_give_none(value: object) -> None:
    """Sentinels of "never", days that do not exist and other values are no instants."""
    assert read_instant(value) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-11-17T14:00:05Z", "2025-11-17T14:00:05.000Z"),
        ("2025-11-17T15:00:05+01:00", "2025-11-17T14:00:05.000Z"),
        ("2025-11-17 09:00:05.25 -0500", "2025-11-17T14:00:05.250Z"),
        ("20251117T140005Z", "2025-11-17T14:00:05.000Z"),
        ("2025-11-17T14:00Z", "2025-11-17T14:00:00.000Z"),
        ("2025-11-17T14:00:05,5+00", "2025-11-17T14:00:05.500Z"),
        ("Mon, 17 Nov 2025 15:00:05 +0100", "2025-11-17T14:00:05.000Z"),
    ],
)
def test_usual_shapes_lead_to_utc(text: str, expected: str) -> None:
    """RFC 3339, ISO 8601 with blanks or without separators, and RFC 2822 are the same instant."""
    instant = read_instant(text)
    assert instant is not None
    assert format_utc(instant.ns) == expected


def test_the_interval_is_the_resolution_of_the_text() -> None:
    """A time to the minute lies anywhere in that minute, one to the millisecond in that millisecond."""
    minute, milli = read_instant("2025-11-17T14:00Z"), read_instant("2025-11-17T14:00:00.000Z")
    assert minute is not None
    assert milli is not None
    assert (minute.latest - minute.ns, milli.latest - milli.ns) == (60 * 10**9 - 1, 10**6 - 1)


def test_a_time_without_an_offset_takes_the_zone_that_was_set() -> None:
    """Without one it is read as UTC and widened by what any zone could change."""
    berlin = read_instant("2025-11-17 15:00:00", Assumption(zone=parse_zone("Europe/Berlin")))
    unknown = read_instant("2025-11-17 15:00:00")
    assert berlin is not None
    assert unknown is not None
    assert (format_utc(berlin.ns), berlin.basis) == ("2025-11-17T14:00:00.000Z", ZoneBasis.SET)
    assert (format_utc(unknown.earliest), format_utc(unknown.latest)[:19]) == (
        "2025-11-17T01:00:00.000Z",
        "2025-11-18T03:00:00",
    )
    assert unknown.basis == ZoneBasis.ASSUMED


def test_shifting_moves_and_widening_opens_the_interval() -> None:
    """A clock correction moves all three times; doubt moves only the ends."""
    instant = read_instant(NS)
    assert instant is not None
    assert instant.shifted(-1.5).ns == NS - 1_500_000_000
    wide = instant.widened(2)
    assert (wide.ns, wide.earliest, wide.latest) == (NS, NS - 2 * 10**9, NS + 2 * 10**9)


@given(st.integers(0, 2**62))
def test_writing_and_reading_a_time_is_the_identity(ns: int) -> None:
    """format_utc loses nothing, and never writes fewer than milliseconds."""
    text = format_utc(ns)
    assert parse_rfc3339(text) == ns
    assert len(text) >= len("2025-11-17T14:00:05.000Z")


@pytest.mark.parametrize("text", ["2025-11-17T14:00:00", "17 Nov 2025", "", "2025-02-30T00:00:00Z"])
def test_a_person_must_write_the_offset(text: str) -> None:
    """A time of people's without an offset, or of no existing day, is refused naming the place."""
    with pytest.raises(ClockError) as error:
        parse_rfc3339(text, where="incident.toml, milestones.started")
    assert "incident.toml, milestones.started" in error.value.sentence()


@pytest.mark.parametrize(("text", "utc", "basis"), [
    ("Mon Feb 06 2023 05:00:00 GMT+0100 (GMT+01:00)", "2023-02-06T04:00:00Z", ZoneBasis.TEXT),
    ("17/Feb/22 11:02 AM", "2022-02-17T11:02:00Z", ZoneBasis.ASSUMED),
    ("17/févr./22 12:02 AM", "2022-02-17T00:02:00Z", ZoneBasis.ASSUMED),
    ("17.02.2022 23:02", "2022-02-17T23:02:00Z", ZoneBasis.ASSUMED),
    ("2013-02-11 10:43:01 PST", "2013-02-11T18:43:01Z", ZoneBasis.TEXT),
])  # fmt: skip
def test_times_that_pages_and_scripts_write_are_read(text, utc, basis) -> None:
    """Month names of many languages, half days, dots, abbreviations."""
    instant = read_instant(text)
    assert (format_utc(instant.ns, digits=0), instant.basis) == (utc, basis)


@pytest.mark.parametrize(
    "text", ["02/03/2022 10:00", "31.02.2022 11:02", "17/Feb/22 13:02 AM", "17/Fox/22 11:02", "17.02.2022 24:01"]
)
def test_a_date_that_may_be_two_days_or_none_is_no_time(text) -> None:
    """Which of its numbers is the month is not guessed from one value."""
    assert read_instant(text) is None
