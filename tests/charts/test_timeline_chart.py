"""The picture of page one, as a specification."""

from __future__ import annotations

from itertools import pairwise

import pytest

from workbench.charts.layout import Axis, Label, flags, lanes_of, text_width
from workbench.charts.palette import PHASES, SEVERITIES
from workbench.charts.timeline_chart import Mark, phases_of, timeline_chart

MINUTE = 60_000_000_000
NOON = 1_763_380_800_000_000_000  # 2025-11-17T12:00:00Z


def test_labels_never_touch() -> None:
    """Sixty labels in an hour: those in one lane stand apart, and all stay on the chart."""
    labels = [Label(at=number * 11.3, text=f"E{number} Something happened") for number in range(60)]
    placed = flags(labels, width=760, size=12)
    length = {one.text: text_width(one.text, 12) for one in placed}
    for lane in {one.lane for one in placed}:
        row = sorted((one for one in placed if one.lane == lane), key=lambda one: one.x)
        assert all(left.x + length[left.text] < right.x for left, right in pairwise(row))
    assert all(one.x >= 0 and one.x + length[one.text] <= 761 for one in placed)


def test_a_raised_label_stands_over_its_own_mark() -> None:
    """Milestones within minutes: no line from a label down to its mark runs through the words of another."""
    for marks in ([100.0, 104.0, 109.0, 300.0], [140.0, 148.0, 200.0, 282.0, 340.0, 395.0, 520.0, 560.0, 700.0]):
        placed = flags([Label(at=at, text=f"E{at:.0f} Acknowledged") for at in marks], width=760, size=12)
        assert lanes_of(placed) <= 5
        for mark, one in zip(marks, placed, strict=True):
            under = [other for other in placed if other.lane < one.lane]
            assert all(not other.x < mark < other.x + text_width(other.text, 12) for other in under)


@pytest.mark.parametrize("minutes", [3, 35, 480, 60 * 24 * 3])
def test_ticks_are_round_and_few(minutes: int) -> None:
    """From minutes to days, a handful of ticks at round times."""
    ticks = Axis(start=NOON + 7 * MINUTE, end=NOON + (7 + minutes) * MINUTE, width=760).ticks()
    steps = {second - first for first, second in pairwise(ticks)}
    assert 2 <= len(ticks) <= 11
    assert len(steps) == 1


def test_phases_join_over_a_missing_milestone() -> None:
    """Without the moment of identification, diagnosis and mitigation are one stretch."""
    phases = phases_of(
        {"started": NOON, "detected": NOON + MINUTE, "mitigated": NOON + 9 * MINUTE, "resolved": NOON + 12 * MINUTE}
    )
    assert [phase.label for phase in phases] == ["Detect 1 min", "Diagnose + Mitigate 8 min", "Verify 3 min"]


def test_phases_out_of_order_are_not_drawn_backwards() -> None:
    """A milestone before its forerunner gives no negative stretch."""
    phases = phases_of({"started": NOON, "detected": NOON - MINUTE, "mitigated": NOON + MINUTE})
    assert all(phase.end > phase.start for phase in phases)


def test_nothing_known_is_no_chart() -> None:
    """There is no empty picture."""
    assert timeline_chart(marks=[], phases=[], curve=(), moments={}) is None


def test_a_curve_alone_is_drawn() -> None:
    """Without any milestone the curve's own window is shown."""
    curve = tuple((NOON + number * MINUTE, 100, number) for number in range(10))
    chart = timeline_chart(marks=[], phases=[], curve=curve, moments={})
    assert chart is not None
    assert chart.title == "Up to 9% of requests failed in a minute"


def test_a_long_curve_is_thinned_without_losing_a_request() -> None:
    """Three days of minutes become steps; the words still know the peak."""
    curve = tuple((NOON + number * MINUTE, 10, 5 if number == 2000 else 0) for number in range(4320))
    chart = timeline_chart(marks=[], phases=[], curve=curve, moments={})
    assert chart is not None
    points = next(layer["data"]["values"] for layer in chart.wide["layer"] if layer["mark"]["type"] == "area")
    assert len(points) <= 400
    assert max(point["share"] for point in points) > 0


def test_days_are_named_when_midnight_is_crossed() -> None:
    """The axis says which days it shows."""
    marks = [
        Mark(ref="E1", name="Started", time=NOON + 11 * 60 * MINUTE),
        Mark(ref="E2", name="Resolved", time=NOON + 14 * 60 * MINUTE),
    ]
    chart = timeline_chart(marks=marks, phases=[], curve=(), moments={})
    assert chart is not None
    assert chart.wide["encoding"]["x"]["axis"]["title"] == "UTC, 2025-11-17 to 2025-11-18"
    assert "%d %b" in chart.wide["encoding"]["x"]["axis"]["labelExpr"]


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*PHASES.values(), *SEVERITIES])
def test_white_text_is_readable_on_every_colour(colour: str) -> None:
    """WCAG AA: a contrast of 4.5 or more."""
    assert 1.05 / (_luminance(colour) + 0.05) >= 4.5


def test_the_headline_keeps_the_worst_minute_of_a_long_incident() -> None:
    """Minutes are joined to be drawn, and the words still name the worst of them, and the next day."""
    curve = tuple((NOON + at * MINUTE, 100, 90 if at == 601 else 0) for at in range(1200))
    moments = {"started": NOON + 600 * MINUTE, "resolved": NOON + 800 * MINUTE}
    chart = timeline_chart(marks=[], phases=[], curve=curve, moments=moments)
    assert chart is not None
    assert chart.title == "Up to 90% of requests failed in a minute, from 22:00 to 01:20 UTC the next day"
