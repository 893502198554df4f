"""What ``workbench check`` finds in the folder as it stands, worked out beside the explorer's answers."""

from __future__ import annotations

import traceback
from threading import Thread
from typing import TYPE_CHECKING, Any

from workbench.check.finding import Level
from workbench.check.lint import lint
from workbench.dossier import DUE_AFTER
from workbench.errors import WorkbenchError
from workbench.examination import case_of
from workbench.explorer.findings import explained, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workbench.check.case import Case
    from workbench.check.finding import Finding
    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.postmortem import Postmortem

_MILLI = 1_000_000  # ns
_FAULT = "That is a fault of the check: the kernel's log has the traceback."


class Checking:
    """The linter's findings on an incident: asked for again whenever one of its files has changed.

    It works in a thread, one at a time: whoever asks while it does gets what was found before, and that it is at it.
    """

    name = "check"

    def __init__(self, current: Current) -> None:
        self.current = current
        self.case: Case | None = None  # what was looked at last
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"check": self.check}
        self._seen: Postmortem | None = None
        self._work: Thread | None = None
        self._told: dict[str, Any] = {"findings": [], "rules": {}, "waived": 0, "counts": {}, "due": None}
        self._number = 0  # of times that it was worked out: two may end within one second

    def setup(self) -> dict[str, Any]:
        """Nothing: what is found is asked for when the explorer stands."""
        return {}

    def check(self, _message: Mapping[str, Any]) -> Reply:
        """The findings, and whether newer ones are on their way."""
        pm = self.current.pm()  # another one as soon as a file has changed, or sources were read again
        if (self._work is None or not self._work.is_alive()) and pm is not self._seen:
            self._seen = pm
            self._work = Thread(target=self._look, args=(pm,), daemon=True)
            self._work.start()
        return {"op": "check", "running": bool(self._work and self._work.is_alive()), **self._told}, []

    def _look(self, pm: Postmortem) -> None:
        """In a thread of its own: what it leaves behind is one new table."""
        try:
            case = case_of(pm)
            made = _told(case, lint(case))
            self.case = case
        except WorkbenchError as problem:
            made = {**self._told, "problem": problem.sentence()}
        except Exception:  # noqa: BLE001 - a thread's errors are seen by nobody
            traceback.print_exc()
            made = {**self._told, "problem": _FAULT}
        self._number += 1
        self._told = {**made, "number": self._number}


def _told(case: Case, found: Sequence[Finding]) -> dict[str, Any]:
    shown = told(case, found)
    counts = {str(level): sum(one["level"] == level for one in shown) for level in Level}
    return {
        "findings": shown, "rules": explained(shown), "waived": len(found) - len(shown), "counts": counts,
        "due": _due(case), "problem": "",
    }  # fmt: skip


def _due(case: Case) -> float | None:
    """Until when (UTC ms) the post-mortem is to be held; None where it was, or where the end is not known."""
    end = case.measures.findings.milestones["resolved"].time
    if end is None or "postmortem_held" in case.incident.milestones:
        return None
    owed = any(one.name == "postmortem" for one in case.measures.targets)
    return (end + DUE_AFTER) / _MILLI if owed else None
