"""The chart of sources against time: a row a source, silences in red, and the words for those who cannot see it."""

from __future__ import annotations

import vl_convert

from workbench.charts.coverage_chart import MOST, Covered, coverage_chart
from workbench.charts.palette import ACCENT, FAILING
from workbench.charts.timeline_chart import Mark

MINUTE = 60 * 10**9
START = 1_763_388_000 * 10**9


def covered(name: str, *stretches: tuple[int, int]) -> Covered:
    """Stretches in minutes after the start."""
    return Covered(
        source=name, stretches=tuple((START + first * MINUTE, START + last * MINUTE) for first, last in stretches)
    )


MARKS = [
    Mark(ref="", name="started", time=START + 60 * MINUTE),
    Mark(ref="", name="resolved", time=START + 90 * MINUTE),
]


def bars(chart, colour: str) -> list[dict]:
    """The bars of a colour."""
    layers = (layer for layer in chart.wide["layer"] if layer["mark"]["type"] == "rect")
    return [bar for layer in layers for bar in layer["data"]["values"] if bar["colour"] == colour]


def test_a_row_a_source_and_a_bar_a_stretch() -> None:
    """What lies outside of the window is left out; a moment is still seen."""
    chart = coverage_chart([covered("a.log", (0, 70), (80, 200)), covered("b.csv", (75, 75)), covered("c.log")], MARKS)
    assert len(bars(chart, ACCENT)) == 3
    assert min(bar["x2"] - bar["x"] for bar in bars(chart, ACCENT)) >= 2
    assert chart.title == "2 sources against time; no silence found"
    assert "a.log: 2 stretches; b.csv: 1 stretch" in chart.alt


def test_silences_are_red_and_counted() -> None:
    """On the row of their source."""
    chart = coverage_chart([covered("a.log", (0, 200))], MARKS, [covered("a.log", (70, 80)), covered("gone", (1, 2))])
    assert len(bars(chart, FAILING)) == 1
    assert chart.title.endswith("2 silences found")


def test_of_many_sources_those_with_a_silence_are_kept() -> None:
    """And the title says that there are more."""
    many = [covered(f"{number:03}.log", (0, 200)) for number in range(MOST + 10)]
    chart = coverage_chart(many, MARKS, [covered(f"{MOST + 9:03}.log", (70, 80))])
    assert chart.title.startswith(f"{MOST} of {MOST + 10} sources")
    assert len(bars(chart, FAILING)) == 1


def test_both_specifications_can_be_drawn() -> None:
    """Wide and narrow, long names too."""
    chart = coverage_chart([covered("folder/" * 12 + "a.log", (0, 200))], MARKS)
    for spec in (chart.wide, chart.narrow):
        assert "<svg" in vl_convert.vegalite_to_svg(spec)


def test_without_anything_said_there_is_no_chart() -> None:
    """No source has an event."""
    assert coverage_chart([covered("a.log")], MARKS) is None
