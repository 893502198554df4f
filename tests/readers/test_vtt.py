"""Transcripts: cues become what was said, if anything tells when the recording began."""

from __future__ import annotations

from workbench.clock import Assumption, parse_zone
from workbench.readers.base import Certainty
from workbench.readers.vtt import READER

ZOOM = """WEBVTT

1
00:00:20.000 --> 00:00:24.000
Bob Kumar: welcome everyone

2
00:08:42.900 --> 00:08:46.900
we restart it now
"""


def test_zooms_file_name_dates_the_cues(read) -> None:
    """GMT in the name is UTC, to the second; a cue without a name is the speaker before."""
    found = read(READER, ZOOM, "zoom/GMT20250219-135233_Recording.transcript.vtt")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert found.records == 2
    assert found.column("time") == ["2025-02-19T13:52:53.000Z", "2025-02-19T14:01:15.900Z"]
    assert found.column("latest")[0] == "2025-02-19T13:52:53.999Z"
    assert found.column("actor") == ["Bob Kumar", "Bob Kumar"]
    assert found.column("message") == ["welcome everyone", "we restart it now"]
    assert set(found.column("action")) == {"speech.said"}
    assert set(found.column("zone_basis")) == {"by the format"}


def test_without_a_date_every_cue_is_rejected(read) -> None:
    """No time is invented: each cue says what is missing."""
    found = read(READER, ZOOM, "call.vtt")
    assert (found.events, len(found.rejected), found.records) == ([], 2, 2)
    assert found.rejected[0].reason.startswith("no date")
    assert found.notes


def test_the_folders_name_is_a_wall_clock(read) -> None:
    """Zoom names the folder by the clock of who saved it: the zone set for the source counts."""
    berlin = Assumption(zone=parse_zone("Europe/Berlin"))
    found = read(READER, ZOOM, "2025-02-19 14.52.33 Incident/closed.vtt", berlin)
    assert found.column("time")[0] == "2025-02-19T13:52:53.000Z"
    assert found.column("zone_basis")[0] == "set by a person"


def test_teams_marks_voices_with_tags(read) -> None:
    """Names in tags, entities unescaped, several voices in one cue."""
    text = "WEBVTT\r\n\r\nguid/1-0\r\n00:01.000 --> 00:02.000\r\n<v Ann Lee>up &amp; running</v><v Bo>good</v>\r\n"
    found = read(READER, text, "GMT20250219-135233.vtt")
    assert list(zip(found.column("actor"), found.column("message"), strict=True)) == [
        ("Ann Lee", "up & running"), ("Bo", "good")
    ]  # fmt: skip
    assert found.column("line") == [1, 1]


def test_notes_and_styles_are_no_cues_and_a_bad_cue_is_rejected(read) -> None:
    """Its number is that of the cue."""
    cues = "1\n00:00:xx --> 00:00:02.000\nAnn: hm\n\n2\n00:00:03.000 --> 00:00:04.000\nAnn: ok\n"
    found = read(READER, "WEBVTT\n\nNOTE made by hand\n\n" + cues, "GMT20250219-135233.vtt")
    assert found.column("message") == ["ok"]
    assert [each.position for each in found.rejected] == [1]
    assert found.records == 2


def test_a_clock_that_starts_again_is_the_next_day(read) -> None:
    """Offsets that fall by more than half a day have passed midnight; a small step back has not."""
    cues = [("23:59:50.000", "a"), ("00:00:10.000", "b"), ("00:00:09.000", "c")]
    text = "WEBVTT\n\n" + "\n\n".join(f"{at} --> {at}\nAnn: {said}" for at, said in cues)
    found = read(READER, text, "GMT20250219-000000.vtt")
    assert found.column("time") == ["2025-02-19T23:59:50.000Z", "2025-02-20T00:00:10.000Z", "2025-02-20T00:00:09.000Z"]


def test_sbv_holds_what_was_written_in_a_call(read) -> None:
    """Google Meet's chat: start and end stand on one line, by a comma."""
    text = "0:00:20.000,0:00:24.000\nAnn Lee: pool is full\n\n0:08:42.900,0:08:46.900\nBob: ok\n"
    found = read(READER, text, "GMT20250219-135233 - chat.sbv")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert list(zip(found.column("kind"), found.column("time"), found.column("actor"), strict=True)) == [
        ("chat", "2025-02-19T13:52:53.000Z", "Ann Lee"), ("chat", "2025-02-19T14:01:15.900Z", "Bob"),
    ]  # fmt: skip
