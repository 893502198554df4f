"""Events that no file holds, told at the explorer: the form's words as a line of the journal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.analysis.late_evidence import SHOWN, changes
from workbench.clock import format_utc
from workbench.clock.zone import SECOND
from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.moment import moment_of
from workbench.explorer.saying import Wanted
from workbench.explorer.surroundings import first_day
from workbench.explorer.written import LONGEST, author, words
from workbench.model import TOLD_ID, TOLD_KINDS, Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.judging import Judging
    from workbench.model import Judgement
    from workbench.postmortem import Postmortem

_LONGEST_NAME = 100
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d(\.\d+)?)?")
_MOST_UNSURE = 7 * 86_400  # seconds: who cannot say the week says nothing of this incident


class Telling:
    """What people told of one incident."""

    name = "told"

    def __init__(self, current: Current, judging: Judging, zone: str = "") -> None:
        self.current = current
        self.judging = judging
        self.zone = zone
        self._before: Postmortem | None = None  # the incident as it was before the last event was told
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {
            "told": self.asked, "told.save": self.save, "told.late": self.late,
        }  # fmt: skip

    def setup(self) -> dict[str, Any]:
        """The kinds that there are, the zones to choose from, and who most likely is the witness."""
        zones = ["UTC", *([self.zone] if self.zone else [])]
        return {"kinds": list(TOLD_KINDS), "zones": zones, "witness": author(), "longest": LONGEST}

    def asked(self, _message: Mapping[str, Any]) -> Reply:
        """All that was told, what was withdrawn too."""
        return {"op": "told", "told": self.told()}, []

    def told(self) -> list[dict[str, Any]]:
        """In the order in which it was told first; ``value`` is None of what was withdrawn, ``was`` its last words."""
        found: dict[str, dict[str, Any]] = {}
        for said in self.judging.now().judgements:
            if said.verb is Verb.TELL:
                was = found.get(said.event, {}).get("was")
                found[said.event] = _told(said, was)
        return [one | {"base": self.judging.state(event)["base"]} for event, one in found.items()]

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Tells an event, corrects one (``event``), or withdraws it (``value`` is null); it stays in the journal."""
        key = str(message.get("id") or "")
        event = str(message.get("event") or "") or f"{TOLD_ID}{key}"
        if not event.startswith(TOLD_ID) or event == TOLD_ID:
            raise WorkbenchError("only an event that somebody told can be corrected: of others say it in a note")
        told = message.get("value")
        value = None if told is None else _value(self._dated(told) if isinstance(told, dict) else {})
        if value is None and not self._known(event):
            raise WorkbenchError("nobody told this event, so it cannot be withdrawn")
        self._before = self.current.pm()
        wanted = Wanted(event=event, verb=Verb.TELL, value=value, base=str(message.get("base") or ""))
        self.judging.say([wanted], key=key)
        return saved(self.judging.state(event) | {"event": event}) | self.judging.states([event]), []

    def _dated(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was typed; a clock without a date is one of the incident's first day, else of its first event's."""
        when, pm = str(told.get("when") or "").strip(), self.current.pm()
        if not _CLOCK.fullmatch(when):
            return told
        day = first_day(pm) or min((one.first for one in pm.sources if one.first), default=None)
        return told if day is None else {**told, "when": f"{format_utc(day)[:10]} {when}"}

    def late(self, _message: Mapping[str, Any]) -> Reply:
        """What the event that was told last changes of a report that was written before; nothing without one."""
        before, now = self._before, self.current.pm()
        written = any(now.folder.output.glob("postmortem.*"))
        found = changes(before.draft, now.draft) if before and written else []
        return {"op": "told.late", "changed": [one.sentence for one in found[:SHOWN]], "count": len(found)}, []

    def _known(self, event: str) -> bool:
        return any(one["event"] == event for one in self.told())


def _told(said: Judgement, was: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "event": said.event, "value": said.value, "was": said.value or was, "by": said.author, "at": said.time,
    }  # fmt: skip


def _value(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of what the form, or Undo, gives."""
    text, witness = words(told.get("text")), words(told.get("witness"), _LONGEST_NAME)
    kind, service = str(told.get("kind") or TOLD_KINDS[0]), words(told.get("service"), _LONGEST_NAME)
    if not text:
        raise WorkbenchError("say what happened")
    if not witness:
        raise WorkbenchError("say who saw or heard it: an event that no file holds has a witness")
    if kind not in TOLD_KINDS:
        raise WorkbenchError(f"{kind[:40]!r} is no kind of event that is told")
    times = _kept(told) if "when" not in told else _typed(told)
    texts = {"text": text, "witness": witness, "kind": kind, "service": service}
    return {name: format_utc(ns) for name, ns in times.items()} | {name: each for name, each in texts.items() if each}


def _typed(told: Mapping[str, Any]) -> dict[str, int]:
    """The interval is what the person gives, and no less than what was typed leaves open."""
    at, around = moment_of(told), round(_unsure(told.get("unsure")) * SECOND)
    earliest, latest = min(at.earliest, at.ns - around), max(at.latest, at.ns + around)
    return {"time": at.ns, "earliest": earliest, "latest": latest}


def _kept(told: Mapping[str, Any]) -> dict[str, int]:
    """The times as the journal had them: what was told comes back as it was."""
    time = told.get("time")
    return {name: moment_of({"when": told.get(name) or time}).ns for name in ("time", "earliest", "latest")}


def _unsure(told: Any) -> float:
    """Seconds that the time may be off either way."""
    if told is None or told == "":
        return 0.0
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _MOST_UNSURE:
        raise WorkbenchError("how unsure the time is, is a number of minutes up to a week")
    return float(told)
