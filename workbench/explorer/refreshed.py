"""What the explorer shows around the events, asked for again: after an edit it is what the folder says now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.explorer import surroundings
from workbench.explorer.events import Events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current

CHANGING = ("title", "milestones", "bands", "curve")
CHOSEN = frozenset({"zone", "by"})  # by the person, since or at the start


class Refreshed:
    """Milestones, bands and the curve as people's files and the journal make them now."""

    name = "refresh"

    def __init__(self, current: Current, events: Events) -> None:
        self.current = current
        self.adopting: Sequence[object] = ()
        self.turn = -1
        self.adopt(events)
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"refresh": self.refresh}

    def setup(self) -> dict[str, Any]:
        """Nothing: the explorer's own setup has it all at the start."""
        return {}

    def adopt(self, events: Events) -> None:
        """Other events: somebody told one, or sources were read anew."""
        self.events = events
        self.turn += 1
        self._frame = self.current.pm().events

    def refresh(self, message: Mapping[str, Any]) -> Reply:
        """The parts of the setup that judgements and people's files change; all of it where there are other events.

        ``turn`` is how often the one who asks has heard of other events: several pages may look at one explorer.
        """
        pm = self.current.pm()
        if pm.events is not self._frame:
            events = Events.of(pm.events, day=self.events.day)
            for each in self.adopting:
                if adopt := getattr(each, "adopt", None):
                    adopt(events)
        told = message.get("turn", self.turn) != self.turn
        made = surroundings.of_postmortem(pm, self.events)
        names = made.keys() - CHOSEN if told else CHANGING
        changed = {name: made[name] for name in names}
        return {"op": "refresh", "setup": changed, "told": told, "unread": self.current.unread}, []
