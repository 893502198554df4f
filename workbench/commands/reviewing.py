"""The verb for many incidents: the review of a quarter, or of any period."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from workbench import terminal
from workbench.clock import format_utc, now_utc, parse_rfc3339
from workbench.commands.output import document
from workbench.errors import WorkbenchError
from workbench.review.durations import NAMES
from workbench.review.gathered import folders_below, gather
from workbench.review.period import between, quarter
from workbench.review.quarterly import Wanted, review

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.review.period import Period
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
    as_json: bool,
) -> int:
    """Prints the review of all incidents below a directory; exit status 1 where one of them could not be read."""
    period = period_of(named, since, until)
    folders = folders_below(root)
    with terminal.counting("Incidents", len(folders)) as told:
        found = gather(root, folders, jobs=jobs or os.cpu_count() or 1, told=told)
    moment = parse_rfc3339(as_of, where="--as-of") if as_of else min(period.end, parse_rfc3339(now_utc()))
    made = review(found, Wanted(period=period, team=team, service=service), moment)
    if as_json:
        document(made.to_json())
    else:
        _shown(made)
    return 1 if found.failures else 0


def period_of(named: str | None, since: str | None, until: str | None) -> Period:
    """The period that was asked for: a quarter, or from one day to another."""
    if named and not since and not until:
        return quarter(named)
    if since and until and not named:
        return between(since, until)
    raise WorkbenchError(
        "the review needs a quarter, or a first and a last day",
        where="--quarter" if named else "--since",
        next_step="Use --quarter 2025Q4, or --since 2025-10-01 --until 2025-12-31.",
    )


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
