"""The questions that `add` asks: only what no evidence tells, and only where somebody sits at the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from workbench import terminal
from workbench.clock import ZoneBasis, parse_zone
from workbench.errors import ClockError
from workbench.model import SourceEntry
from workbench.store.folder import open_folder
from workbench.store.register import read_register, write_register

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from workbench.timeline.load import Loaded


def ask_zones(directory: Path, loaded: Loaded, added: Collection[str]) -> bool:
    """Asks for the zone of each new source that names none and has none by its ids; whether anything was answered.

    The answers go into sources.toml, as if a person had written them there. Nobody at the terminal, no question.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    open_ones = [
        report.path
        for report in loaded.reports
        if report.path in added and report.events and str(ZoneBasis.ASSUMED) in report.zone_basis
    ]
    answers = [SourceEntry(path=path, zone=zone) for path in open_ones if (zone := _zone_of(path))]
    if answers:
        write_register(read_register(open_folder(directory).path), answers, persons=True)
    return bool(answers)


def _zone_of(path: str) -> str:
    """A zone that there is, or nothing."""
    question = (
        f"{terminal.clean(path)}: its times name no zone. Which is it? (Europe/Berlin, -02:00, UTC; Enter: not known)"
    )
    while True:
        answer = str(click.prompt(question, default="", show_default=False, err=True)).strip()
        try:
            return parse_zone(answer).name if answer else ""
        except ClockError as error:
            terminal.say(str(error))
