"""The history feeds of a status page: an entry is an incident, its text holds the updates."""

from __future__ import annotations

import html

from workbench.readers.base import Certainty
from workbench.readers.statuspage_feed import READER


def update(day: str, clock: str, status: str, said: str, zone: str = "UTC") -> str:
    """An update as the page writes it."""
    month, number = day.split()
    return (f"<p><small>{month} <var data-var='date'>{number}</var>, <var data-var='time'>{clock}</var> {zone}</small><br>"
            f"<strong>{status}</strong> - {said}</p>")  # fmt: skip


def entry(*updates: str, at: str = "2024-01-02T00:30:12Z", number: int = 7) -> str:
    """An entry of these updates, newest first."""
    return (f"<entry><id>tag:status.shop.test,2005:Incident/{number}</id><published>{at}</published><updated>{at}</updated>"
            f'<link rel="alternate" href="https://status.shop.test/incidents/x{number}"/><title>Payments &amp;amp; cards</title>'
            f'<content type="html">{html.escape("".join(updates))}</content></entry>')  # fmt: skip


def feed(*entries: str) -> str:
    """A page's Atom feed."""
    return (
        f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Shop</title>{"".join(entries)}</feed>'
    )


def test_each_update_of_an_entry_is_an_event(read) -> None:
    """The year is that of the entry's time, or the year before it."""
    text = feed(
        entry(
            update("Jan 2", "00:30", "Resolved", "All good.<br>Thanks"),
            update("Dec 31", "23:50", "Investigating", "We look into it - now."),
        )
    )
    found = read(READER, text)
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [(event["time"], event["action"], event["message"]) for event in found.events] == [
        ("2024-01-02T00:30:00.000Z", "status.resolved", "All good.\nThanks"),
        ("2023-12-31T23:50:00.000Z", "status.investigating", "We look into it - now."),
    ]
    event = found.events[0]
    assert (event["latest"], event["level"], event["zone_basis"]) == ("2024-01-02T00:30:59.999Z", "info", "in the text")
    about = event["attributes"]
    assert (about["title"], about["incident"], about["url"]) == (
        "Payments & cards",
        "7",
        "https://status.shop.test/incidents/x7",
    )


def test_the_zone_of_the_page_is_read(read) -> None:
    """An abbreviation may mean summer time, which the interval holds; one that means several zones is assumed."""
    text = feed(
        entry(update("Jan 1", "10:00", "Update", "x", "PST"), update("Jan 1", "09:00", "In progress", "y", "IST"))
    )
    found = read(READER, text)
    assert found.column("time") == ["2024-01-01T18:00:00.000Z", "2024-01-01T09:00:00.000Z"]
    assert (found.events[0]["earliest"], found.events[0]["latest"]) == (
        "2024-01-01T17:00:00.000Z",
        "2024-01-01T19:00:59.999Z",
    )
    assert found.column("zone_basis") == ["in the text", "assumed UTC"]
    assert found.column("action") == ["status.update", "status.in_progress"]


def test_what_stands_above_the_updates_is_kept_with_each(read) -> None:
    """A maintenance says its window there."""
    window = "<p><strong>THIS IS A SCHEDULED EVENT Jan 5, 02:00 - 04:00 UTC</strong></p>"
    found = read(READER, feed(entry(window + update("Jan 1", "10:00", "Verifying", "Almost."))))
    assert (found.column("action"), found.events[0]["attributes"]["status"]) == (["status.update"], "verifying")
    assert found.events[0]["attributes"]["above"] == "THIS IS A SCHEDULED EVENT Jan 5, 02:00 - 04:00 UTC"


def test_rss_says_the_same(read) -> None:
    """Its times are RFC 822."""
    body = html.escape(update("Jun 3", "07:28", "Monitoring", "A fix is out."))
    item = f"<item><title>Errors</title><description>{body}</description><pubDate>Mon, 03 Jun 2024 07:28:39 +0000</pubDate><link>https://status.shop.test/incidents/abc</link></item>"
    found = read(READER, f'<rss version="2.0"><channel>{item}</channel></rss>')
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert (found.column("time"), found.column("action")) == (["2024-06-03T07:28:00.000Z"], ["status.monitoring"])


def test_entries_that_say_less_are_told_or_rejected(read) -> None:
    """A text without updates stands at the entry's time; repeats are marked; no time is a reason."""
    one = entry(update("Jan 1", "10:00", "Resolved", "x"))
    found = read(READER, feed(one, one, entry("<p>Planned work.</p>"), entry(at="soon")))
    assert found.column("duplicate") == [False, True, False]
    assert (found.events[2]["time"], found.events[2]["message"]) == ("2024-01-02T00:30:12.000Z", "Planned work.")
    assert [each.position for each in found.rejected] == [4]


def test_another_feed_is_not_a_status_pages(read) -> None:
    """Any feed has entries."""
    assert read(READER, "<feed><entry><title>x</title></entry></feed>").claim is None
