"""What is gathered for a report: the lines that prove its rows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from workbench.cli import _status
from workbench.postmortem import open_postmortem

CHAT = '[{"type": "message", "user": "U1", "ts": "1763388010.000000", "text": "Incident declared: pool full"}]'


@pytest.fixture
def rows(tmp_path, monkeypatch):
    """`rows(access log)`: source, hash and raw text of the evidence."""
    monkeypatch.chdir(tmp_path)
    lines = [
        f'10.0.0.1 - - [17/Nov/2025:14:{minute:02}:{second:02} +0000] "GET /pay HTTP/1.1" {status} 120'
        for minute in range(40)
        for second, status in ((5, 503 if 15 <= minute < 20 else 200), (35, 503 if 15 <= minute < 20 else 200))
    ]
    Path("access.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path("chat.json").write_text(CHAT, encoding="utf-8")
    assert _status(["new", "inc", "access.log", "chat.json", "--title", "T", "--severity", "SEV-2"]) == 0
    section = open_postmortem("inc").section("evidence")
    return lines, section.blocks[1].rows


def test_only_a_line_has_a_hash(rows) -> None:
    """The hash of a line can be made again from the source; a record of an export has none of its own."""
    lines, evidence = rows
    cells = [["".join(run.text for run in cell.text) for cell in row.cells] for row in evidence]
    access = [each for each in cells if each[1].startswith("access.log:")]
    assert access
    notes = {row.anchor: "".join(run.text for run in row.cells[1].note) for row in evidence}
    for ref, place, raw in access:
        line = lines[int(place.rpartition(":")[2]) - 1]
        digest = hashlib.sha256(line.encode()).hexdigest()[:16]
        assert (raw, notes[f"{ref}-proof"]) == (line, f"sha256 {digest}")
    assert {notes[f"{each[0]}-proof"] for each in cells if each[1].startswith("chat.json:")} == {""}
