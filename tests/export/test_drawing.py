"""Charts that another process draws: the same drawing, nobody else's, and none missing where that process is gone."""

from __future__ import annotations

import json
from multiprocessing import Pipe
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from workbench.errors import ReportError
from workbench.export import drawing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

SPEC = json.dumps({"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}})


@pytest.fixture
def ends() -> Iterator[tuple[Connection, Connection]]:
    """Both ends of the way to another process; afterwards there is none."""
    drawing._drawn.cache_clear()
    ours, theirs = Pipe()
    drawing.draw_beside(ours)
    yield ours, theirs
    ours.close()
    drawing._BESIDE.end = None
    drawing._drawn.cache_clear()


def test_it_draws_what_this_process_would(ends) -> None:
    """SVG and PNG alike."""
    worker = Thread(target=drawing.draws, args=(ends[1],), daemon=True)
    worker.start()
    assert drawing.svg(SPEC).encode() == drawing._machine(SPEC, 0)
    assert drawing.png(SPEC, 2.0) == drawing._machine(SPEC, 2.0)


def test_the_drawing_of_the_report_before_is_not_taken(ends) -> None:
    """A report that was stopped may have left an answer on the way."""
    ends[1].send(("of another", b"<svg>another</svg>", ""))
    Thread(target=drawing.draws, args=(ends[1],), daemon=True).start()
    assert drawing.svg(SPEC).encode() == drawing._machine(SPEC, 0)


def test_without_the_other_process_this_one_draws(ends) -> None:
    """It is not asked again."""
    ends[1].close()
    assert drawing.svg(SPEC).encode() == drawing._machine(SPEC, 0)
    assert drawing._BESIDE.end is None


def test_what_cannot_be_drawn_is_a_sentence(ends) -> None:
    """The same as of a chart that this process draws."""
    Thread(target=drawing.draws, args=(ends[1],), daemon=True).start()
    with pytest.raises(ReportError, match="a chart in the notebook cannot be drawn"):
        drawing.svg("{}")
