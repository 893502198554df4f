"""Logs whose times stand in slashes, words or twelve hours are read, and what their dates leave open is an interval."""

from __future__ import annotations

import pytest

from workbench.timeline.frame import events_frame

_TIMES = ("time", "earliest", "latest")


def rows(found) -> list[dict]:
    """The events of files as read, with times as text."""
    frame = events_frame(found)
    stamps = {name: frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%f").str[:23] + "Z" for name in _TIMES}
    return frame.assign(**stamps).to_dict("records")


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("[Nest] 4321  - 11/17/2025, 7:32:47 PM     LOG [App] up", "2025-11-17T19:32:47.000Z"),
        ("17/11/2025 07:32 service restarted", "2025-11-17T07:32:00.000Z"),
        ("août 19 11:08:37 shop-1 worker[4]: down", "2025-08-19T11:08:37.000Z"),
        ("2025.11.17 14:00:05.120 <Error> queue is full", "2025-11-17T14:00:05.120Z"),
        ("[17.11.25 09:05:11] Ada: on it", "2025-11-17T09:05:11.000Z"),
        ("Monday, November 17, 2025 2:22:21 PM backup begins", "2025-11-17T14:22:21.000Z"),
        ("2025-11-17 14:22 - declared SEV-2", "2025-11-17T14:22:00.000Z"),
    ],
)
def test_a_line_with_a_written_time_is_an_event(loaded, line: str, time: str) -> None:
    """No named format is needed, and none other takes the file."""
    found = loaded("x.txt", f"{line}\n".encode(), zone="UTC", year=2025)
    assert [(row["time"], row["kind"]) for row in rows(found)] == [(time, "log")]


def test_a_later_line_decides_the_order_of_all_dates(loaded) -> None:
    """02/11 is read as February because 02/19 follows it, and the note says so."""
    found = loaded("x.txt", b"02/11/2025 1:00:00 PM a\n02/19/2025 1:00:00 PM b\n", zone="UTC")
    assert [row["time"] for row in rows(found)] == ["2025-02-11T13:00:00.000Z", "2025-02-19T13:00:00.000Z"]
    assert "Dates begin with the month: a second number is above 12." in found.reports[0].notes


def test_an_order_that_nothing_decides_is_an_interval(loaded) -> None:
    """Both readings lie within it."""
    (event,) = rows(loaded("x.txt", b"08/02/2025, 7:32:47 PM a\n", zone="UTC"))
    assert (event["time"][:10], event["earliest"][:10], event["latest"][:10]) == (
        "2025-02-08", "2025-02-08", "2025-08-02",
    )  # fmt: skip


def test_a_record_of_two_lines_is_one_event(loaded) -> None:
    """java.util.logging writes the level in a line of its own, in the words of its locale."""
    text = "17 nov. 2025 14:22:21 com.shop.Cart copy\r\nGRAVE: panier vide\r\n\tat com.shop.Cart.copy(Cart.java:8)\r\n"
    (event,) = rows(loaded("catalina.out", text.encode(), zone="Europe/Paris"))
    assert (event["time"], event["level"]) == ("2025-11-17T13:22:21.000Z", "error")
    assert event["message"].startswith("panier vide")


def test_prose_with_numbers_is_no_time(loaded) -> None:
    """Neither a version nor a duration begins an event."""
    found = loaded("x.txt", b"release 1.2.3 took 4:05\nafter 17 11:08 more\n")
    assert [each.path for each in found.unrecognised] == ["x.txt"]


def test_lines_without_any_time_say_so(loaded) -> None:
    """JSON lines and text alike: the reason is not that the format is unknown."""
    reasons = [
        loaded(name, data).unrecognised[0].why
        for name, data in {"a.ndjson": b'{"log":"one"}\n{"log":"two"}\n', "b.txt": b"hello\nworld\n"}.items()
    ]
    assert "no format finds a time" in reasons[0]
    assert "holds a date or a clock" in reasons[1]
