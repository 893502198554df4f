"""The account of a source: the keys of the contract, and the sum of its lines."""

from __future__ import annotations

from workbench.model import ClockOffset, RejectedLine, SourceReport, Unrecognised

REPORT = SourceReport(
    path="web-1/access.log", format="nginx", kind="log", zone="UTC", zone_basis="in the text", lines=10, events=6,
    continuations=2, blank=1, rejected=1, first=0, last=1_500_000_000, sha256="ab",
    clock_offset=ClockOffset(value=2.5, low=2.0, high=3.0, basis="request ids"),
    rejected_lines=(RejectedLine(line=3, text="?", reason="no time"),),
)  # fmt: skip


def test_a_text_counts_lines():
    """A text's row has lines and no records; times are RFC 3339 with milliseconds."""
    row = REPORT.as_json()
    assert row["lines"] == 10
    assert "records" not in row
    assert (row["first"], row["last"]) == ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.500Z")
    assert row["clock_offset_seconds"] == {"value": 2.5, "low": 2.0, "high": 3.0, "basis": "request ids"}


def test_a_structured_source_counts_records():
    """A structured source's row has records and no lines, and what is not known is null."""
    row = SourceReport(path="slack.zip", format="slack", kind="chat", records=4, events=4).as_json()
    assert row["records"] == 4
    assert "lines" not in row
    assert (row["first"], row["zone"], row["clock_offset_seconds"]) == (None, None, None)


def test_every_line_is_accounted_for():
    """A text adds up only when events, continuations, blank and rejected make its lines."""
    assert REPORT.adds_up
    assert not SourceReport(path="a", format="b", kind="log", lines=2, events=1).adds_up


def test_an_unrecognised_file_names_the_nearest():
    """What no reader takes is told with its reason."""
    row = Unrecognised(path="x.bin", why="not text", nearest=("syslog",)).as_json()
    assert row == {"path": "x.bin", "why": "not text", "nearest": ["syslog"]}
