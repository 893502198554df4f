"""The 48 hours: until when the post-mortem is to be held, how surely that is known, and whether it was."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from workbench.analysis.targets import Verdict
from workbench.dossier import DUE_AFTER
from workbench.explorer.fact_fields import moment_text
from workbench.explorer.surroundings import in_ms
from workbench.model import Basis

if TYPE_CHECKING:
    from workbench.analysis.targets import Target
    from workbench.model import Milestone
    from workbench.postmortem import Postmortem

_SECOND = 1_000_000_000
_SAID = {
    Verdict.MET: "in time",
    Verdict.MISSED: "too late",
    Verdict.UNDECIDED: "in time or not: the end is not known so exactly",
}


def deadline(pm: Postmortem) -> dict[str, Any]:
    """The clock as the browser shows it: times in ms, ``due`` None where the end is not known, and why it is that.

    The end is what documents take for it: ``resolved``. ``now`` is the kernel's clock, as the browser's may be wrong.
    """
    milestones = pm.measures.findings.milestones
    end, held = milestones["resolved"], pm.incident.milestones.get("postmortem_held")
    owed = next((one for one in pm.measures.targets if one.name == "postmortem"), None)
    return {
        "now": time.time() * 1000,
        "due": _later(end.time), "earliest": _later(end.earliest), "latest": _later(end.latest),
        "held": None if held is None else in_ms(held), "verdict": _verdict(owed, end, held),
        "basis": _basis(end, milestones["recovered"]), "evidence": [str(place) for place in end.evidence[:3]],
        "owed": "" if owed else f"{pm.incident.severity} owes no post-mortem; the 48 hours are counted all the same.",
    }  # fmt: skip


def _later(ns: int | None) -> float | None:
    return None if ns is None else in_ms(ns + DUE_AFTER)


def _verdict(owed: Target | None, end: Milestone, held: int | None) -> str:
    if held is None or end.earliest is None or end.latest is None:
        return ""
    if owed is not None:
        return _SAID[owed.verdict]
    late = (held - end.latest > DUE_AFTER, held - end.earliest > DUE_AFTER)
    return _SAID[Verdict.MISSED if all(late) else Verdict.UNDECIDED if any(late) else Verdict.MET]


def _basis(end: Milestone, recovered: Milestone) -> str:
    """What the 48 hours are counted from, in a sentence."""
    if end.time is not None:
        how = "a person said so" if end.basis is Basis.CONFIRMED else f"found: {end.rule}"
        wide = (end.latest or 0) - (end.earliest or 0) >= 2 * _SECOND
        between = f", between {moment_text(end.earliest or 0)} and {moment_text(end.latest or 0)}" if wide else ""
        return f"48 hours after it was resolved at {_clock(end.time)} UTC ({how}{between})."
    said = f"Nobody knows when it was resolved, so the 48 hours have no beginning. {end.why}".rstrip()
    if recovered.time is not None:
        from_there = _clock(recovered.time + DUE_AFTER)
        said += f" It recovered at {_clock(recovered.time)} UTC; counted from there, they end at {from_there} UTC."
    return said


def _clock(ns: int) -> str:
    return moment_text(ns // _SECOND * _SECOND)
