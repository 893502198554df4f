"""Examination: what the checks find and what detectors would have done, as tables for notebooks and scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import workbench as wb

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.postmortem import Postmortem


@pytest.fixture
def incident(tmp_path: Path, monkeypatch) -> Path:
    """An incident of ten failing minutes, alerted after six of them."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "incident"
    (folder / "sources").mkdir(parents=True)
    (folder / "incident.toml").write_text(
        'id = "T-1"\ntitle = "Payments fail"\nseverity = "SEV-2"\nservices = ["pay"]\n'
    )
    rows = []
    for minute in range(60):
        for number in range(20):
            status = 503 if 30 <= minute < 40 and number < 12 else 200
            rows.append(
                f'192.0.2.1 - - [17/Nov/2025:13:{minute:02d}:{number * 3:02d} +0000] "GET /pay HTTP/1.1" {status} 5'
            )
    (folder / "sources" / "access.log").write_text("\n".join(rows) + "\n")
    alert = {
        "status": "firing", "labels": {"alertname": "HighErrorRate", "service": "pay"}, "annotations": {},
        "startsAt": "2025-11-17T13:36:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "a1b2c3d4e5f60718",
    }  # fmt: skip
    hook = {"receiver": "x", "status": "firing", "alerts": [alert], "groupLabels": {}, "version": "4"}
    (folder / "sources" / "alerts.jsonl").write_text(json.dumps(hook) + "\n")
    return folder


@pytest.fixture
def opened(incident: Path) -> Postmortem:
    """The same, opened."""
    return wb.open_postmortem(incident)


def test_findings_are_those_that_check_prints(opened) -> None:
    """With code, level and place; nothing is left out."""
    found = wb.findings(opened)
    assert list(found.columns) == ["code", "level", "file", "line", "key", "message", "waived"]
    assert "incident.toml" in set(found["file"])
    assert set(found["level"]) <= {"error", "warning", "note"}
    assert not found["waived"].any()


def test_a_rule_of_ones_own_is_tried(opened) -> None:
    """Two minutes are the least that 30 requests need, and two more it holds; one that cannot be read is refused."""
    (row,) = wb.backtest(opened, "error rate > 50% for 2m").to_dict("records")
    assert row["fired"].isoformat() == "2025-11-17T13:34:00+00:00"
    assert row["gained_minutes_least"] == pytest.approx(2, abs=0.2)
    assert row["false_alarms"] == 0
    with pytest.raises(wb.WorkbenchError, match="is no rule"):
        wb.backtest(opened, "nonsense")


def test_without_a_start_no_rule_is_tried(tmp_path, monkeypatch) -> None:
    """The error says what to write."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "sources").mkdir()
    (tmp_path / "incident.toml").write_text('id = "T-2"\ntitle = "Nothing"\nseverity = "SEV-4"\n')
    with pytest.raises(wb.WorkbenchError, match="when the incident started is not known"):
        wb.backtest(wb.open_postmortem(tmp_path))


def test_the_report_tells_of_rules_that_would_have_fired_sooner(incident) -> None:
    """To the team, in the section on alerts; other readers are not told how things are found."""
    (section,) = [one for one in wb.open_postmortem(incident).report.sections if one.name == "alerts"]
    (table,) = [block for block in section.blocks if getattr(block, "caption", "").startswith("Rules that would")]
    assert "error rate > 5% for 2m" in str(table.rows[0])
    assert [cell.text[0].text for cell in table.rows[0].cells][1:4] == ["13:33", "3 min", "0"]
    public = [one for one in wb.open_postmortem(incident, edition="public").report.sections if one.name == "alerts"]
    assert "error rate" not in str(public)
