"""Notes: lines that begin with a time are events where the document says the day; every line is accounted for."""

from __future__ import annotations

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.markdown_notes import READER

UTC = Assumption(zone=parse_zone("UTC"))

NOTES = """# Incident 2025-02-19

All times are UTC.

- 14:03 — paged Ann
- **14:05:30**: restarted payments
  it took a minute
1. 14:10 +01:00 customers write

What we saw:
"""


def test_bullets_below_a_dated_heading(read) -> None:
    """The heading dates them, the document says the zone, an offset on the line wins."""
    found = read(READER, NOTES, "notes.md")
    assert found.claim is not None
    assert found.claim.certainty == Certainty.SHAPE
    assert found.column("time") == ["2025-02-19T14:03:00.000Z", "2025-02-19T14:05:30.000Z", "2025-02-19T13:10:00.000Z"]
    assert found.column("message") == ["paged Ann", "restarted payments", "customers write"]
    assert found.column("line") == [5, 6, 8]
    assert set(found.column("zone_basis")) == {"in the text"}


def test_every_line_is_counted(read) -> None:
    """Events, continuations, blanks and rejected lines make all lines."""
    found = read(READER, NOTES, "notes.md")
    assert found.lines == len(found.events) + found.continuations + found.blank + len(found.rejected) == 10
    assert (found.continuations, found.blank) == (4, 3)


def test_table_rows_with_who_and_what(read) -> None:
    """The column `Who` is the actor; the rule below the header is no row; the header may say the zone."""
    text = "## 19 February 2025\n\n| Time (Europe/Berlin) | Who | What |\n|---|---|---|\n| 14:03 | Ann | restarted |\n"
    (event,) = read(READER, text, "notes.md").events
    assert (event["time"], event["actor"], event["message"]) == ("2025-02-19T13:03:00.000Z", "Ann", "restarted")


def test_a_date_in_its_own_column(read) -> None:
    """The clock in the second column belongs to the date in the first."""
    text = "| Date | Time | What |\n|--|--|--|\n| 2025-02-19 | 14:03 | restarted |\n"
    assert read(READER, text, "n.md", UTC).column("time") == ["2025-02-19T14:03:00.000Z"]


def test_the_file_name_and_the_front_matter_date_lines(read) -> None:
    """Nearest wins: the front matter over the name of the file."""
    assert read(READER, "- 14:03Z a thing\n", "2025-02-19-notes.md").column("time") == ["2025-02-19T14:03:00.000Z"]
    text = "---\ntitle: x\ndate: 2025-02-20\n---\n- 14:03Z a thing\n"
    assert read(READER, text, "2025-02-19-notes.md").column("time") == ["2025-02-20T14:03:00.000Z"]


def test_a_full_time_needs_nothing_else(read) -> None:
    """ISO with offset, and a clock in halves of the day."""
    text = "- 2025-02-19T14:03:00Z one\n- 2025-02-19 2:05 PM UTC two\n"
    assert read(READER, text, "n.md").column("time") == ["2025-02-19T14:03:00.000Z", "2025-02-19T14:05:00.000Z"]


def test_a_time_without_a_day_is_rejected(read) -> None:
    """Never today, never the file's own time."""
    found = read(READER, "# Notes\n- 14:03 UTC paged\n", "notes.md")
    assert found.events == []
    assert [each.position for each in found.rejected] == [2]
    assert "date" in found.rejected[0].reason


def test_midnight_passes(read) -> None:
    """A clock that falls from late to early is the next day, and the note says so."""
    found = read(READER, "## 2025-12-31\n- 23:58 UTC paged\n- 00:04 UTC fixed\n", "n.md")
    assert found.column("time")[1] == "2026-01-01T00:04:00.000Z"
    assert found.notes


def test_code_and_prose_are_no_events(read) -> None:
    """A pasted log in a fence belongs to the document, and so does a time within a sentence."""
    text = "# 2025-02-19\n```\n14:03:00 ERROR x\n```\nAt 14:03 it failed.\n- 14:04 UTC ok\n"
    found = read(READER, text, "n.md")
    assert found.column("message") == ["ok"]
    assert found.continuations == 5


def test_without_a_zone_the_interval_is_honest(read) -> None:
    """A clock without a zone could be anywhere on earth."""
    (event,) = read(READER, "# 2025-02-19\n- 14:03 paged\n", "n.md").events
    assert event["earliest"] == "2025-02-19T00:03:00.000Z"
    assert event["zone_basis"] == "assumed UTC"


def test_a_saved_meeting_chat_is_not_notes(read) -> None:
    """Zoom's chat begins its lines with a clock and a tab."""
    assert read(READER, "08:58:13\t From Ann : hi\n08:58:28\t From Bo : hi\n", "chat.txt").claim is None


def test_bare_timed_lines_are_notes_only_in_a_file_of_notes(read) -> None:
    """Lines that begin with a time and nothing else could be any log."""
    text = "14:03 UTC paged Ann\n14:05 UTC restarted\n"
    assert read(READER, text, "2025-02-19.txt").claim == (Certainty.GENERIC, 0.5)
    assert read(READER, text, "2025-02-19.log").claim is None
