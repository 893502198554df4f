"""The verb that tries detectors on the files at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.commands.output import document, opened
from workbench.examination import verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.analysis.backtest import Verdict


def backtest(directory: Path, rules: tuple[str, ...], *, as_json: bool) -> int:
    """Tries the rules, or finds some that are worth a try."""
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        found = verdicts(postmortem, rules)
    if as_json:
        detected = postmortem.measures.to_json()["milestones"]["detected"]["time"]
        document({"detected": detected, "proposed": not rules, "rules": [each.to_json() for each in found]})
    else:
        _shown(found, proposed=not rules)
    return 0


def _shown(verdicts: list[Verdict], *, proposed: bool) -> None:
    rows = [_row(each.to_json()) for each in verdicts]
    if rows:
        headers = ("Rule", "Fired (UTC)", "The detection", "False alarms", "Hours tried")
        terminal.table("", headers, rows, right=("False alarms", "Hours tried"))
    else:
        terminal.say("No rule that was tried would have fired.")
    if proposed and rows:
        terminal.say("Proposed from these files and tried on them: expect less of them elsewhere.")


def _beside(minutes: float) -> str:
    return f"{terminal.length(abs(minutes))} {'before' if minutes >= 0 else 'after'}"


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    said = " to ".join(dict.fromkeys(map(_beside, each["gained_minutes"] or ())))
    fired = (
        each["fired"][:19].replace("T", " ")
        if each["fired"]
        else "would not have fired"
        if each["seen"]
        else "nothing in the sources is of that name"
    )
    return each["rule"], fired, said, str(each["false_alarms"]), f"{each['hours_without_the_incident']:g}"
