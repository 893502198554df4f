"""The verb for many incidents: the review of a quarter, or of any period."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.clock import format_utc
from workbench.commands.output import document
from workbench.commands.writing import forms_of
from workbench.review.durations import NAMES
from workbench.review.gathered import folders_below, gather
from workbench.review.opened import open_review, period_of

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.gathered import Gathered
    from workbench.review.quarterly import Review


def review_incidents(
    root: Path,
    *,
    named: str | None,
    since: str | None,
    until: str | None,
    team: str,
    service: str,
    as_of: str | None,
    jobs: int,
    to: str,
    output: Path | None,
    as_json: bool,
) -> int:
    """Prints or writes the review of all incidents below a directory; status 1 where one of them could not be read."""
    period_of(named or "", since or "", until or "")  # before anything is read
    folders = folders_below(root)
    with terminal.counting("Incidents", len(folders)) as told:
        found = gather(root, folders, jobs=jobs or os.cpu_count() or 1, told=told)
    asked: dict[str, Any] = {
        "quarter": named or "", "since": since or "", "until": until or "", "team": team, "service": service,
    }  # fmt: skip
    made = open_review(root, as_of=as_of or "", found=found, **asked)
    files = _published(root, made, found, asked, to, output) if to else []
    if as_json:
        document(made.to_json() | ({"files": [str(path) for path in files]} if to else {}))
    elif files:
        for path in files:
            sys.stdout.write(f"{path}\n")
    else:
        _shown(made)
    for failure in found.failures:
        terminal.say(f"{failure.folder}: {failure.why}")
    return 1 if found.failures else 0


def _published(
    root: Path, made: Review, found: Gathered, asked: dict[str, Any], to: str, output: Path | None
) -> list[Path]:
    from workbench.review.published import publish_review

    parts = (made.wanted.period.name.replace(" ", "-"), made.wanted.team, made.wanted.service)
    name = "-".join(["review", *(_plain(part) for part in parts if part)])
    parameters = {"root": ".", **asked, "as_of": format_utc(made.as_of)}
    return publish_review(root.resolve(), parameters, forms_of(to), name=name, team=found.team, output=output)


def _plain(text: str) -> str:
    """Of a name, what a file may be called."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")


def _shown(made: Review) -> None:
    period = made.wanted.period
    rate = made.counts.weekly
    terminal.say(
        f"{period.name}: {len(made.records)} incidents ({rate.value:.2g} a week, {rate.low:.2g} to {rate.high:.2g}), "
        f"{len(made.before)} in {made.previous.name}; as of {format_utc(made.as_of)[:16]}Z."
    )
    terminal.table("", ("Severity", "Incidents"), [*made.counts.by_severity.items()], right=("Incidents",))
    rows = [_duration(NAMES[name], one.to_json()) for name, one in made.durations.items()]
    headers = ("Minutes", "n", "Open", "Median", "95 %", "90th", "Ratio to before", "Verdict")
    terminal.table("", headers, rows, right=("n", "Open", "Median", "90th"))
    done, held, repeated = made.actions, made.reviews, made.repeated
    terminal.table("", ("Share", "Of", "Percent", "95 %"), [
        ("Action items done", f"{done.done.n} of {done.done.total}", *_percent(done.to_json())),
        ("Post-mortems within 48 hours", f"{held.within.n} of {held.within.total}", *_percent(held.to_json())),
        ("Repeated incidents", f"{repeated.n} of {repeated.total}", *_percent(made.to_json()["repeats"])),
    ])  # fmt: skip
    for one in made.warnings:
        terminal.say(f"Note: {one.message}")


def _duration(name: str, one: dict[str, Any]) -> tuple[object, ...]:
    versus = one["versus_previous"]
    ratio = "" if versus["ratio"] is None else f"{versus['ratio']:.2g} ({versus['low']:.2g} to {versus['high']:.2g})"
    return (
        name, one["n"], one["open"] or "", _number(one["median"]), _range(one["low"], one["high"]), _number(one["p90"]),
        ratio, versus["verdict"],
    )  # fmt: skip


def _percent(one: dict[str, Any]) -> tuple[str, str]:
    return ("" if one["percent"] is None else f"{one['percent']:.0f}"), _range(one["low"], one["high"])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_number(low)} to {_number(high)}"
