"""The verb that tries detectors on the files at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.commands.output import document, opened
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.analysis.backtest import Verdict


def backtest(directory: Path, rules: tuple[str, ...], *, as_json: bool) -> int:
    """Tries the rules, or finds some that are worth a try."""
    from workbench.analysis import backtest as trial
    from workbench.analysis.detector import detector_of, proposals

    detectors = [detector_of(rule) for rule in rules]
    with terminal.reading() as progress:
        postmortem = opened(directory, progress=progress)
        milestones = postmortem.measures.findings.milestones
        events = postmortem.events
    window = trial.incident_window(milestones["started"], milestones["recovered"], events["time"])
    if window is None:
        raise WorkbenchError(
            f"when the incident started is not known: {milestones['started'].why}",
            next_step="Write started into [milestones] of incident.toml.",
        )
    signals = trial.Signals(
        metrics=postmortem.metrics, curve=postmortem.impact.curve, logs=events[events["kind"] == "log"]
    )
    tried = [
        trial.backtest(each, signals, window, milestones["detected"])
        for each in detectors or proposals(signals, window)
    ]
    verdicts = tried if detectors else trial.best(tried)
    if as_json:
        detected = postmortem.measures.to_json()["milestones"]["detected"]["time"]
        document({"detected": detected, "proposed": not detectors, "rules": [each.to_json() for each in verdicts]})
    else:
        _shown(verdicts, proposed=not detectors)
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
