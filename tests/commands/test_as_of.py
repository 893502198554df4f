"""The cursor: what nobody could know at a time is not there, and the moments that came later are missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import _status
from workbench.clock import parse_rfc3339

SAMPLE = Path(__file__).parents[2] / "sample_data" / "connection-pool"


def document(capsys, *words: str) -> dict:
    """What a verb prints of the sample incident."""
    capsys.readouterr()
    assert _status([words[0], str(SAMPLE), *words[1:], "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("cursor", ["2025-11-17T14:02:00Z", "2025-11-17T14:10:00Z"])
def test_nothing_that_came_later_is_told(capsys, cursor) -> None:
    """Neither on the timeline nor as a milestone, an alternative or a figure."""
    until = parse_rfc3339(cursor)
    rows = document(capsys, "timeline", "--as-of", cursor)["timeline"]
    assert rows
    assert all(parse_rfc3339(row["earliest"]) <= until for row in rows)
    milestones = document(capsys, "metrics", "--as-of", cursor)["milestones"]
    known = {name: one for name, one in milestones.items() if one["time"]}
    assert {"started", "detected"} <= set(known)
    assert not {"mitigated", "recovered", "resolved"} & set(known)
    told = [other["time"] for one in milestones.values() for other in one["runners_up"]]
    assert all(parse_rfc3339(time) <= until for time in [*told, *(one["time"] for one in known.values())])
    assert parse_rfc3339(document(capsys, "impact", "--as-of", cursor)["window"]["to"]) <= until


def test_at_the_end_everything_is_known(capsys) -> None:
    """A cursor after the last event changes nothing of the timeline."""
    assert document(capsys, "timeline", "--as-of", "2026-01-01T00:00:00Z") == document(capsys, "timeline")


def test_before_the_first_evidence_nothing_is_known(capsys) -> None:
    """And a figure that is not known has no range."""
    assert _status(["impact", str(SAMPLE), "--as-of", "2020-01-01T00:00:00Z"]) == 0
    out = capsys.readouterr().out
    assert "not known" in out
    assert "(not known" not in out


def test_a_cursor_that_is_no_time_is_told(capsys) -> None:
    """It needs an offset."""
    assert _status(["timeline", str(SAMPLE), "--as-of", "14:02"]) == 1
    assert "--as-of" in capsys.readouterr().err
