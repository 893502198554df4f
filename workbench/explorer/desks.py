"""The desks of an incident's explorer, in the order in which they are asked; the tabs' order is the scripts'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.explorer.actions import Actions
from workbench.explorer.checking import Checking
from workbench.explorer.clocks import Clocks
from workbench.explorer.deciding import Deciding
from workbench.explorer.facts import Facts
from workbench.explorer.linking import Linking
from workbench.explorer.lookback import Lookback
from workbench.explorer.prose import Prose
from workbench.explorer.refreshed import Refreshed
from workbench.explorer.reporting import Reporting
from workbench.explorer.rereading import Rereading
from workbench.explorer.telling import Telling
from workbench.explorer.whys import Whys

if TYPE_CHECKING:
    from workbench.explorer.answers import Answers, Desk
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events
    from workbench.explorer.judged import Judged
    from workbench.explorer.judging import Judging


def desks_of(current: Current, events: Events, judging: Judging, judged: Judged, zone: str) -> tuple[Desk, ...]:
    """Everything that can be asked or written besides the events themselves; ``zone`` is that of the second axis."""
    checking, actions = Checking(current), Actions(current)
    return (
        Refreshed(current, events),
        Lookback(current, judged),
        Deciding(current, events, judging),
        Linking(current.folder, actions.used),
        Telling(current, judging, zone),
        checking,
        Prose(current, checking),
        Whys(current, events),
        actions,
        Facts(current),
        Reporting(current),
        Clocks(current, events),
        Rereading(current, zone=zone),
    )


def joined(answers: Answers, desks: tuple[Desk, ...]) -> Answers:
    """Clocks on trial move what is answered, and sources that are read again are taken over by all who have events."""
    for desk in desks:
        if isinstance(desk, Clocks):
            answers.on_trial = desk.shown
        if isinstance(desk, Rereading | Refreshed):
            desk.adopting = (answers, *desks)
    return answers
