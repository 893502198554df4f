"""Late evidence: what a new source changes of a draft is said, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from workbench.analysis.late_evidence import Draft, changes
from workbench.clock import parse_rfc3339

ROWS = (
    ("a", parse_rfc3339("2025-11-17T14:00:00Z"), "the alert fired"),
    ("b", parse_rfc3339("2025-11-17T14:01:00Z"), "paged"),
)
DRAFT = Draft(
    milestones={"started": "2025-11-17 14:00:00"},
    intervals={"time_to_detect": "1.0 min (1.0 to 1.0)"},
    targets={"response": "met"},
    impact={"failed requests": "400 (390 to 410)"},
    rows=ROWS,
)


def said(after: Draft) -> list[str]:
    """The sentences."""
    return [change.sentence for change in changes(DRAFT, after)]


def test_nothing_is_said_where_nothing_changes() -> None:
    """The same draft twice."""
    assert said(DRAFT) == []


def test_figures_that_change_come_and_go_are_said() -> None:
    """With the value before and the value now."""
    after = replace(DRAFT, milestones={"detected": "2025-11-17 14:02:00"}, targets={"response": "missed"}, impact={})
    assert said(after) == [
        "started: no longer: 2025-11-17 14:00:00",
        "detected: new: 2025-11-17 14:02:00",
        "response: met, now missed",
        "failed requests: no longer: 400 (390 to 410)",
    ]


def test_rows_that_move_come_or_change_places_are_said() -> None:
    """A row that moves behind its neighbour is two things: another time, and another order."""
    moved = ("a", parse_rfc3339("2025-11-17T14:03:00Z"), "the alert fired")
    new = ("c", parse_rfc3339("2025-11-17T14:02:00Z"), "deployed")
    assert said(replace(DRAFT, rows=(ROWS[1], new, moved))) == [
        "the alert fired: 2025-11-17 14:00:00, now 2025-11-17 14:03:00",
        "timeline: new: 2025-11-17 14:02:00 deployed",
        "The order is the other way round: the alert fired, then paged; now paged, then the alert fired",
    ]
