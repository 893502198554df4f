"""``wb.show``: the explorer of an incident, or of any frame with a column of times."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from workbench.clock.zone import parse_zone
from workbench.errors import WorkbenchError
from workbench.postmortem import Postmortem

if TYPE_CHECKING:
    import pandas as pd

    from workbench.explorer.answers import Answers
    from workbench.explorer.widget import Explorer


def show(what: Postmortem | pd.DataFrame, *, time: str = "time", zone: str = "", title: str = "") -> Explorer:
    """The explorer of a post-mortem or of a frame, for the last line of a notebook's cell.

    ``time`` names the frame's column of times, ``zone`` the zone of the second axis (as "Europe/Berlin").
    """
    if find_spec("anywidget") is None:
        raise WorkbenchError(
            "the explorer needs anywidget", next_step="Install it with `pip install 'postmortem-workbench[lab]'`."
        )
    from workbench.explorer import surroundings
    from workbench.explorer.answers import Answers
    from workbench.explorer.detail import detail
    from workbench.explorer.events import Events
    from workbench.explorer.widget import Explorer

    zone = parse_zone(zone).name if zone else ""
    if isinstance(what, Postmortem):
        return Explorer(*_of_incident(what, zone))
    events = Events.of(what, time=time)
    setup = surroundings.of_frame(events, title=title or "Events", zone=zone)
    return Explorer(Answers(events, lambda row: detail(events, row)), setup)


def _of_incident(pm: Postmortem, zone: str) -> tuple[Answers, dict[str, Any]]:
    """What answers for an incident folder with its desks, and what the browser is told at the start."""
    from workbench.explorer import surroundings
    from workbench.explorer.answers import Answers, Desk
    from workbench.explorer.clocks import Clocks
    from workbench.explorer.current import Current
    from workbench.explorer.detail import detail
    from workbench.explorer.events import Events
    from workbench.explorer.judging import Judging
    from workbench.explorer.refreshed import Refreshed
    from workbench.explorer.rereading import Rereading

    judging = Judging(pm.folder.path)
    events = Events.of(pm.events, day=surroundings.first_day(pm))
    current = Current(pm)
    clocks, reading = Clocks(current, events), Rereading(current, zone=zone)
    desks: tuple[Desk, ...] = (Refreshed(current, events), reading, clocks)
    setup = surroundings.of_postmortem(pm, events, zone=zone) | judging.setup()
    setup["desks"] = {desk.name: desk.setup() for desk in desks}
    answers = Answers(events, lambda row: detail(answers.events, row, current.pm().loaded), judging, desks)
    answers.on_trial = clocks.shown
    reading.adopting = (answers, *desks)
    return answers, setup
