"""Definitions: the duration between other moments, and how far each is from the headline."""

from __future__ import annotations

from analysis_frames import ns
from test_milestones import INCIDENT, NOTHING

from workbench.analysis.definitions import variants
from workbench.analysis.milestones import Findings, find_milestones
from workbench.model import Incident


def findings(**clocks: str) -> Findings:
    """The moments as a person wrote them."""
    times = {name: ns(clock) for name, clock in clocks.items()}
    incident = Incident(id="i", title="t", severity="SEV-2", services=INCIDENT.services, milestones=times)
    from analysis_frames import events

    return find_milestones(events(), incident, NOTHING)


def test_the_definition_that_moves_the_duration_most_comes_first() -> None:
    """Each with the moments that it lies between."""
    told = variants(
        findings(
            started="14:00:00", detected="14:02:00", declared="14:10:00", recovered="14:30:00", resolved="14:35:00"
        )
    )
    assert [(one.interval.start, one.interval.end, one.interval.minutes, one.change) for one in told] == [
        ("declared", "recovered", 20, -10), ("started", "resolved", 35, 5), ("detected", "recovered", 28, -2),
    ]  # fmt: skip


def test_without_the_headline_there_is_nothing_to_move() -> None:
    """Nobody knows when it was over."""
    assert variants(findings(started="14:00:00", detected="14:02:00")) == []
