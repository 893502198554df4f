"""Zoom's chats: every way in which Zoom writes a message, and the day from wherever it is said."""

from __future__ import annotations

import pytest

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.zoom_chat import READER

BERLIN = Assumption(zone=parse_zone("Europe/Berlin"))
SAVED = "2025-02-19 14.52.33 Incident 123/meeting_saved_chat.txt"


@pytest.mark.parametrize(
    ("line", "sender", "text"),
    [("14:00:39\t From Ann Lee : pool is full", "Ann Lee", "pool is full"),
     ("14:00:39\t From  Ann Lee : see https://x.example/a:b", "Ann Lee", "see https://x.example/a:b"),
     ("14:00:39 From Ann: Ops (she/her) : up", "Ann: Ops (she/her)", "up"),
     ("14:00:39 Ann Lee:\tup", "Ann Lee", "up"),
     ("14:00:39 From Ann Lee to Everyone:\n\tpool\n\tis full", "Ann Lee", "pool\nis full"),
     ("14:00:39 From Ann Lee to Bob(Direct Message) : psst", "Ann Lee", "psst"),
     ("14:00:39 From Ann Lee  to  Bob(Privately) : psst", "Ann Lee", "psst")],
)  # fmt: skip
def test_every_way_of_writing_a_message(read, line, sender, text) -> None:
    """The folder says the day, the zone set for the source the zone."""
    found = read(READER, f"{line}\r\n14:00:40 From Bob : ok\r\n", SAVED, BERLIN)
    assert found.claim.certainty == Certainty.SIGNATURE
    assert [found.events[0][key] for key in ("time", "actor", "message")] == ["2025-02-19T13:00:39.000Z", sender, text]
    assert found.events[0]["zone_basis"] == "set by a person"
    assert (found.records, len(found.events)) == (2, 2)


def test_to_whom_a_private_message_went(read) -> None:
    """An attribute of it."""
    (event,) = read(READER, "14:00:39 From Ann Lee to Bob(Direct Message) : psst\n", SAVED).events
    assert event["attributes"]["to"] == "Bob"


def test_a_pasted_text_belongs_to_its_message_and_a_lone_return_breaks_a_line(read) -> None:
    """What begins no message goes on with the one before; lines are those of the file."""
    found = read(READER, "14:00:39 From Ann : a\rb\r\npasted: line\r\n14:01:00 From Bob : ok\r\n", SAVED)
    assert found.column("message") == ["a\nb\npasted: line", "ok"]
    assert found.column("line") == [1, 3]


def test_a_chat_past_midnight_goes_on_the_next_day(read) -> None:
    """A clock that falls by hours."""
    found = read(READER, "23:59:00 From Ann : late\n00:01:00 From Bob : later\n", SAVED, BERLIN)
    assert found.column("time") == ["2025-02-19T22:59:00.000Z", "2025-02-19T23:01:00.000Z"]


def test_a_cloud_recordings_chat_counts_from_its_start(read) -> None:
    """The file's name says it in UTC."""
    text = "00:08:42\tAnn Lee:\tpool is full\n00:09:00\tBob:\tok\n"
    found = read(READER, text, "GMT20250219-135233_Recording.txt")
    assert found.column("time") == ["2025-02-19T14:01:15.000Z", "2025-02-19T14:01:33.000Z"]


@pytest.mark.parametrize(("name", "why"), [("meeting_saved_chat.txt", "no day"), ("chat.txt", "no date")])
def test_without_a_day_each_message_says_what_is_missing(read, name, why) -> None:
    """No day is invented; the note says what to do."""
    found = read(READER, "00:08:42\tAnn Lee:\tpool is full\n00:09:00\tBob:\tok\n", name)
    assert (found.events, found.records) == ([], 2)
    assert all(each.reason.startswith(why) for each in found.rejected)
    assert found.notes[0].startswith("No message can be dated")


@pytest.mark.parametrize(
    "text", ["14:00:39 INFO main: started\n14:00:40 INFO main: ready\n", "plain prose\n", "14:00 we met\n"]
)
def test_logs_and_prose_are_no_chats(read, text) -> None:
    """A clock alone is not enough."""
    assert read(READER, text).claim is None
