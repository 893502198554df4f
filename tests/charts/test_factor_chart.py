"""The drawing of factors: every factor is a box that touches no other, every cause a line, and words say the same."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from workbench.charts.factor_chart import Node, factor_chart

NODES = [
    Node(id="harm", text="Orders failed", kind="impact", because_of=("full", "blind")),
    Node(id="full", text="The pool ran full " * 4, kind="event", because_of=("small",)),
    Node(id="blind", text="No alert watched the pool", kind="missing_control", because_of=("small",)),
    Node(id="small", text="The limit is below the peak", kind="condition"),
]


def boxes(spec: dict) -> list[dict]:
    """The rectangles of a drawing."""
    return spec["layer"][1]["data"]["values"]


def overlap(one: dict, other: dict) -> bool:
    """Whether two rectangles share more than an edge."""
    return one["x"] < other["x2"] and other["x"] < one["x2"] and one["y"] < other["y2"] and other["y"] < one["y2"]


def test_every_factor_is_a_box_and_every_cause_a_line() -> None:
    """A factor that two others came from is drawn once, with two lines to it."""
    chart = factor_chart(NODES)
    assert chart is not None
    assert len(boxes(chart.wide)) == len(boxes(chart.narrow)) == 4
    assert len(chart.wide["layer"][0]["data"]["values"]) == 4
    assert chart.title == "4 factors in 3 steps"
    assert "Orders failed, because of: The pool ran full" in chart.alt


def test_it_can_be_drawn() -> None:
    """Both ways, with the words in it."""
    chart = factor_chart(NODES)
    assert chart is not None
    for spec in (chart.wide, chart.narrow):
        assert "below the peak" in vl_convert.vegalite_to_svg(spec)


@pytest.mark.parametrize("nodes", [[], NODES[3:], [NODES[0]] * 1])
def test_one_factor_is_no_graph(nodes) -> None:
    """And none is none."""
    assert factor_chart(nodes) is None


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.lists(st.integers(0, 11), max_size=3)),
        min_size=2,
        max_size=12,
        unique_by=lambda each: each[0],
    )
)
def test_whatever_the_graph_no_box_covers_another_and_none_is_lost(made) -> None:
    """Circles and factors that are not there too; nothing lies outside."""
    nodes = [Node(id=f"f{name}", text=f"factor {name}", kind="event", because_of=tuple(f"f{each}" for each in causes))
             for name, causes in made]  # fmt: skip
    chart = factor_chart(nodes)
    assert chart is not None
    for spec in (chart.wide, chart.narrow):
        assert len(boxes(spec)) == len(nodes)
        assert not any(overlap(one, other) for one, other in combinations(boxes(spec), 2))
        assert all(0 <= box["x"] < box["x2"] <= spec["width"] + 1 for box in boxes(spec))


def test_deep_factors_go_down_the_page() -> None:
    """Seven steps beside one another would leave a word a line; so each stands below the one before."""
    nodes = [
        Node(id=str(at), text="Something that takes room", kind="condition", because_of=(str(at + 1),))
        for at in range(8)
    ]
    chart = factor_chart(nodes)
    assert chart is not None
    boxes = chart.wide["layer"][1]["data"]["values"]
    assert min(box["x2"] - box["x"] for box in boxes) > 400
    assert all(before["y2"] < after["y"] for before, after in pairwise(boxes))
