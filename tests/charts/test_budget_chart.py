"""The chart of the error budget, and lanes of alerts and people: what they show is what was counted, in words too."""

from __future__ import annotations

import vl_convert

from workbench.charts.budget_chart import budget_chart
from workbench.charts.coverage_chart import Covered, lanes_chart
from workbench.charts.timeline_chart import Mark
from workbench.clock import parse_rfc3339

MINUTE = 60_000_000_000
START = parse_rfc3339("2025-03-04T14:00:00Z")


def test_the_budget_rises_to_what_the_incident_used() -> None:
    """With the alerts that would have fired on it, and in words."""
    used = [(START + n * MINUTE, n / 2) for n in range(11)]
    chart = budget_chart(used, (START, START + 10 * MINUTE), [(START + 4 * MINUTE, "14.4 over 60 min")])
    assert chart is not None
    assert chart.title == "5% of the error budget in one incident"
    assert "used 5% of the error budget between 14:00 and 14:10 UTC" in chart.alt
    assert "14.4 over 60 min at 14:04" in chart.alt
    for spec in (chart.wide, chart.narrow):
        assert "14.4 over 60 min" in vl_convert.vegalite_to_svg(spec)


def test_what_used_nothing_has_no_chart() -> None:
    """A flat line says less than no picture."""
    assert budget_chart([(START, 0.0), (START + MINUTE, 0.0)], (START, START + MINUTE), []) is None


def test_lanes_show_what_went_on_around_the_milestones() -> None:
    """A lane a name, those of the incident in red; what was long before has none."""
    lanes = [
        Covered(source="Errors", stretches=((START, START + 5 * MINUTE),)),
        Covered(source="Disk", stretches=((START - 600 * MINUTE, START - 590 * MINUTE),)),
    ]
    marks = [Mark(ref="", name="started", time=START), Mark(ref="", name="resolved", time=START + 30 * MINUTE)]
    chart = lanes_chart(lanes, marks, title="t", alt="a", own=lanes[:1])
    assert chart is not None
    svg = vl_convert.vegalite_to_svg(chart.wide)
    assert "Errors" in svg
    assert "Disk" not in svg
    assert lanes_chart(lanes[1:], marks, title="t", alt="a") is None
    assert lanes_chart([], marks, title="t", alt="a") is None
