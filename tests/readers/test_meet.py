"""Google Meet: turns lie between the marks around them, on the day that the document says."""

from __future__ import annotations

import pytest

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.meet import READER

BERLIN = Assumption(zone=parse_zone("Europe/Berlin"))
TALK = """
Attendees
Ann Lee, Bob Kumar
Transcript
This editable transcript was computer generated and might contain errors.

Ann Lee: The pool is full.
Bob Kumar: I raise it.
00:05:00

Ann Lee: It works again: errors fall.

Transcription ended after 00:07:12
"""


def test_turns_lie_between_their_marks(read) -> None:
    """The title says day, time and offset."""
    found = read(READER, "Incident call (2025-02-19 14:00 GMT+1) - Transcript" + TALK, "t.txt")
    assert found.claim.certainty == Certainty.SIGNATURE
    assert [(event["actor"], event["earliest"], event["latest"]) for event in found.events] == [
        ("Ann Lee", "2025-02-19T13:00:00.000Z", "2025-02-19T13:05:00.999Z"),
        ("Bob Kumar", "2025-02-19T13:00:00.000Z", "2025-02-19T13:05:00.999Z"),
        ("Ann Lee", "2025-02-19T13:05:00.000Z", "2025-02-19T13:07:12.999Z"),
    ]  # fmt: skip
    assert found.column("message")[2] == "It works again: errors fall."
    assert found.column("action") == ["speech.said"] * 3


@pytest.mark.parametrize(
    ("stated", "time"),
    [("Date: Wednesday, February 19th, 2025\nTime: 09:00 AM PT (Pacific Time)", "2025-02-19T17:00:00.000Z"),
     ("# Call 2025-02-19 14:00", "2025-02-19T13:00:00.000Z"), ("# Call\n- Date: 19 February 2025\n- Time: 14:00 UTC", "2025-02-19T14:00:00.000Z")],
)  # fmt: skip
def test_the_day_stands_in_lines_above_the_talk(read, stated, time) -> None:
    """With a zone, or in the one that is set."""
    assert read(READER, stated + TALK.replace("Ann Lee:", "**Ann Lee:**"), "t.md", BERLIN).column("time")[0] == time


def test_a_day_without_a_time_leaves_the_whole_day(read) -> None:
    """And the note says so."""
    found = read(READER, "Call 2025-02-19" + TALK, "t.txt", BERLIN)
    assert (found.events[0]["earliest"], found.events[0]["latest"]) == (
        "2025-02-18T23:00:00.000Z",
        "2025-02-19T23:04:59.999Z",
    )
    assert "anywhere in that day" in found.notes[0]


def test_without_any_day_each_turn_is_rejected(read) -> None:
    """No day is invented."""
    found = read(READER, "Call" + TALK, "t.txt")
    assert (found.events, len(found.rejected), found.records) == ([], 3, 3)
    assert found.rejected[0].reason.startswith("no date")


def test_a_post_mortem_that_mentions_names_is_no_transcript(read) -> None:
    """Neither marks nor Meet's sentences."""
    assert (
        read(
            READER, "# Post-mortem 2025-02-19\n\nOwner: Ann\nSeverity: two\nStatus: done\n- 13:42 first alert\n", "p.md"
        ).claim
        is None
    )
