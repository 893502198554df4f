"""``wb.show``: the explorer of an incident, or of any frame with a column of times."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from workbench.clock.zone import parse_zone
from workbench.errors import WorkbenchError
from workbench.postmortem import Postmortem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from workbench.explorer.answers import Answers
    from workbench.explorer.current import Current
    from workbench.explorer.widget import Explorer


def show(what: Postmortem | pd.DataFrame, *, time: str = "time", zone: str = "", title: str = "") -> Explorer:
    """The explorer of a post-mortem or of a frame, for the last line of a notebook's cell.

    ``time`` names the frame's column of times, ``zone`` the zone of the second axis (as "Europe/Berlin").
    """
    if find_spec("anywidget") is None:
        raise WorkbenchError(
            "the explorer needs anywidget", next_step="Install it with `pip install 'postmortem-workbench[lab]'`."
        )
    with _uncollected():
        return _shown(what, time, zone, title)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nearly all that is made at the opening stays: looking for what could be freed is a twentieth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _shown(what: Postmortem | pd.DataFrame, time: str, zone: str, title: str) -> Explorer:
    from workbench.explorer import surroundings
    from workbench.explorer.answers import Answers
    from workbench.explorer.detail import detail
    from workbench.explorer.events import Events
    from workbench.explorer.widget import Explorer

    zone = parse_zone(zone).name if zone else ""
    if isinstance(what, Postmortem):
        answers, setup, current = _of_incident(what, zone)
        return Explorer(answers, setup, stamps=current.stamps)
    events = Events.of(what, time=time)
    setup = surroundings.of_frame(events, title=title or "Events", zone=zone)
    return Explorer(Answers(events, lambda row: detail(events, row)), setup)


def _of_incident(pm: Postmortem, zone: str) -> tuple[Answers, dict[str, Any], Current]:
    """What answers for an incident folder with its desks, and what the browser is told at the start."""
    from workbench.explorer import surroundings
    from workbench.explorer.answers import Answers
    from workbench.explorer.current import Current
    from workbench.explorer.desks import desks_of, joined
    from workbench.explorer.detail import detail
    from workbench.explorer.events import Events
    from workbench.explorer.judged import Judged
    from workbench.explorer.judging import Judging

    current, judging = Current(pm), Judging(pm.folder.path)
    events = Events.of(pm.events, day=surroundings.first_day(pm))
    judged = Judged(pm.folder.path, events)
    setup = surroundings.of_postmortem(pm, events, zone=zone) | judging.setup()
    desks = desks_of(current, events, judging, judged, setup["zone"])
    setup["desks"] = {desk.name: desk.setup() for desk in desks}

    def proof(row: int) -> dict[str, Any]:
        return detail(answers.events, row, current.loaded)

    answers = Answers(events, proof, judging, desks, judged)
    return joined(answers, desks), setup, current
