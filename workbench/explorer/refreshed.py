"""What the explorer shows around the events, asked for again: after an edit it is what the folder says now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.explorer import surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events

CHANGING = ("title", "milestones", "bands", "curve")


class Refreshed:
    """Milestones, bands and the curve as people's files and the journal make them now."""

    name = "refresh"

    def __init__(self, current: Current, events: Events) -> None:
        self.current = current
        self.events = events
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"refresh": self.refresh}

    def setup(self) -> dict[str, Any]:
        """Nothing: the explorer's own setup has it all at the start."""
        return {}

    def adopt(self, events: Events) -> None:
        """Events of sources that were read anew."""
        self.events = events

    def refresh(self, _message: Mapping[str, Any]) -> Reply:
        """The parts of the setup that judgements and people's files change."""
        made = surroundings.of_postmortem(self.current.pm(), self.events)
        changed = {name: made[name] for name in CHANGING}
        return {"op": "refresh", "setup": changed, "unread": self.current.unread}, []
