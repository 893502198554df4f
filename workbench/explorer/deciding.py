"""Which event, or which time, each milestone is: what people decide, never over what others said unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.moment import moment_of
from workbench.explorer.reasons import Reasons, base_of, said_of
from workbench.explorer.saying import Wanted
from workbench.model import MILESTONES
from workbench.store.incident_file import read_incident, set_milestones

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.events import Events
    from workbench.explorer.judging import Held, Judging


class Deciding:
    """The milestones of one incident folder, with their reasons."""

    name = "deciding"

    def __init__(self, current: Current, events: Events, judging: Judging) -> None:
        self.current = current
        self.events = events
        self.judging = judging
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "milestones": self.asked, "milestones.save": self.save,
        }  # fmt: skip

    def adopt(self, events: Events) -> None:
        """Other events: somebody told one."""
        self.events = events

    def setup(self) -> dict[str, Any]:
        """Nothing: they are asked for when somebody wants to see them."""
        return {}

    def asked(self, _message: Mapping[str, Any]) -> Reply:
        """Each milestone with its reasons; ``base`` says what people said of it."""
        found = self.current.pm().measures.findings.milestones
        reasons = Reasons(found, self.events, self._stated(), self.judging.now())
        return {"op": "milestones", "milestones": reasons.all()}, []

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Writes ``said`` of events, and where there is ``stated`` the time of the milestone in incident.toml.

        ``base`` is what the browser saw that people said of the milestone: where that is not so any more, nothing is
        written. The journal comes first, as a time in incident.toml wins over it.
        """
        name, seen, key = (str(message.get(each) or "") for each in ("name", "base", "id"))
        if name not in MILESTONES:
            raise WorkbenchError(f"{name[:40]!r} is no milestone")
        told = message.get("said")
        wanted = [Wanted.of(each) for each in told] if isinstance(told, list) else []
        times = {name: _time(message["stated"])} if "stated" in message else {}
        before = self.judging.together(one.event for one in wanted)
        if self._to_write(times) or not times:
            self._same(name, seen, file=True)
        if wanted:
            self.judging.say(wanted, key=key, also=lambda held: self._same(name, seen, held=held))
        elif self._to_write(times):
            self._same(name, seen, held=self.judging.now())
        if self._to_write(times):
            set_milestones(self.current.folder, times, self.current.pm().team.severities)
        return saved(self._state(name)) | self.judging.states(before), []

    def _to_write(self, times: Mapping[str, int | None]) -> bool:
        """Whether incident.toml does not say so already: the browser asks again where it heard nothing."""
        stated = self._stated()
        return any(stated.get(name) != time for name, time in times.items())

    def _same(self, name: str, seen: str, *, file: bool = False, held: Held | None = None) -> None:
        """Raises where people said something else of the milestone meanwhile, in the file or in the journal."""
        state = self._state(name)
        pairs = zip(seen.split("|"), state["base"].split("|"), (file, held is not None), strict=False)
        if any(was != now for was, now, asked in pairs if asked):
            raise ConflictError(_meanwhile(name, state["said"]), state)

    def _state(self, name: str) -> dict[str, Any]:
        stated, held = self._stated(), self.judging.now()
        return {"name": name, "base": base_of(name, stated, held), "said": said_of(name, stated, held)}

    def _stated(self) -> Mapping[str, int]:
        """The times that people wrote into incident.toml."""
        return read_incident(self.current.folder, self.current.pm().team.severities).milestones


def _time(told: Any) -> int | None:
    """The time that is stated, UTC ns; None takes it back."""
    if told is None:
        return None
    return moment_of(told if isinstance(told, dict) else {}).ns


def _meanwhile(name: str, said: Mapping[str, Any]) -> str:
    if said["stated"]:
        return f"Meanwhile incident.toml says that {name} is {said['stated']}"
    if mark := said["marked"]:
        return f"Meanwhile {mark['by'] or 'somebody'} marked another event as {name} ({mark['at']})"
    return f"Meanwhile somebody took back what was said of {name}"
