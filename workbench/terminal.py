"""What people see in the terminal: tables, progress and messages; never on standard output when JSON was asked for."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc
from workbench.model import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from workbench.analysis.curated import Entry
    from workbench.model import SourceReport, Unrecognised
    from workbench.store.journal import BrokenLine
    from workbench.timeline.load import Loaded

HOURS_FROM = 120  # minutes
PIPE_WIDTH = 180  # nobody watches a pipe: rows are not folded to a window


def console(*, stderr: bool = False) -> Console:
    """A rich console that respects NO_COLOR, pipes and narrow windows."""
    from rich.console import Console

    watched = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, highlight=False, soft_wrap=False, width=None if watched else PIPE_WIDTH)


def say(message: str) -> None:
    """A message for people, on standard error."""
    sys.stderr.write(f"{clean(message)}\n")


def put(line: str) -> None:
    """A line of what was asked for, on standard output."""
    sys.stdout.write(f"{clean(line)}\n")


def clean(text: object) -> str:
    """Text that cannot move the cursor or colour the terminal, whatever a log line holds."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Prints a table; cells are plain text, never markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(title=title or None, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for header in headers:
        shown.add_column(
            header, justify="right" if header in right else "left", overflow="fold", no_wrap=header in right
        )
    for row in rows:
        shown.add_row(*(Text(clean(cell)) for cell in row))
    console().print(shown)


@contextmanager
def reading() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress line on standard error while sources are read; none where nobody watches."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(path: str, done: int, events: int) -> None:
            if path not in tasks:
                tasks[path] = bars.add_task(f"Reading {clean(path)}", total=None, count="")
            bars.update(tasks[path], advance=1, count=f"{done:,} lines, {events:,} events")

        yield report


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while ``total`` things are done, with its rate and its end; none where nobody watches."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield lambda _step: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=screen, transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda step: bars.update(task, advance=step)


def sources_table(loaded: Loaded) -> None:
    """One row a source: what it is, in which zone and why, and how its lines add up."""
    headers = ("Source", "Format", "Zone", "Lines", "Events", "Cont.", "Blank", "Rej.", "Dup.", "Span (UTC)")
    rows = [_source_row(report) for report in loaded.reports]
    if rows:
        table("", headers, rows, right=("Lines", "Events", "Cont.", "Blank", "Rej.", "Dup."))
    notes(loaded.reports)
    unrecognised(loaded.unrecognised)


def _source_row(report: SourceReport) -> tuple[object, ...]:
    count = report.records if report.lines is None else report.lines
    parts = (report.continuations, report.blank, report.rejected, report.duplicates)
    zone = f"{report.zone} ({report.zone_basis})" if report.zone else report.zone_basis or "-"
    return (
        report.path,
        report.format,
        zone,
        f"{count:,}",
        f"{report.events:,}",
        *(f"{part:,}" if part else "-" for part in parts),
        _span(report.first, report.last),
    )


def notes(reports: Sequence[SourceReport]) -> None:
    """What a person should know or decide; what is the same of several sources is said once."""
    for note, paths in notes_of(reports).items():
        say(f"{paths}: {note}")


def unrecognised(files: Sequence[Unrecognised]) -> None:
    """The files that no reader took, and why."""
    for each in files:
        near = f" Nearest: {', '.join(each.nearest)} (--format)." if each.nearest else ""
        say(f"Not read: {each.path}: {each.why}.{near}")


def broken_judgements(lines: Sequence[BrokenLine]) -> None:
    """The lines of the journal that are without effect, and why."""
    for each in lines:
        say(f"journal.jsonl:{each.line}: {each.why}. The line is left as it is, and has no effect.")


def rejected(reports: Sequence[SourceReport]) -> None:
    """Every rejected line with its number and the reason."""
    out = sys.stdout.write
    for report in reports:
        for line in report.rejected_lines:
            out(f"{clean(report.path)}:{line.line}: {clean(line.reason)}: {clean(line.text[:200])}\n")
        hidden = report.rejected - len(report.rejected_lines)
        if hidden > 0:
            out(f"{clean(report.path)}: {hidden:,} more rejected lines are counted, not listed\n")


def timeline_table(entries: Sequence[Entry]) -> None:
    """The curated timeline."""
    rows = [
        (
            format_utc(entry.time)[:19].replace("T", " "),
            ", ".join(entry.milestones),
            shortened(entry.said),
            entry.actor,
            entry.place,
        )
        for entry in entries
    ]
    table("", ("Time (UTC)", "Milestone", "Event", "Who", "Evidence"), rows)


def shortened(text: str, width: int = 110) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def minutes(value: dict[str, Any]) -> str:
    """An interval with its range: ``24.4 (24.4 to 24.5) min``, ``8 h 5 min``; or that it is not known."""
    if value.get("minutes") is None:
        return "not known"
    texts = [length(value[key]) for key in ("minutes", "low", "high")]
    if texts[1] == texts[2]:
        return texts[0]
    if all(text.endswith(" min") and " h" not in text for text in texts):
        middle, low, high = (text.removesuffix(" min") for text in texts)
        return f"{middle} ({low} to {high}) min"
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def length(value: float) -> str:
    """Minutes as people read them: 24.4 min, and from two hours on 2 h, 8 h 5 min, 1,204 h."""
    if abs(value) < HOURS_FROM:
        return f"{value:.1f} min"
    hours, rest = divmod(round(abs(value)), 60)
    sign = "-" if value < 0 else ""
    return f"{sign}{hours:,} h {rest} min" if rest else f"{sign}{hours:,} h"


def _span(first: int | None, last: int | None) -> str:
    """From when to when; the day is named once where both are on it."""
    if first is None or last is None:
        return "no events"
    low, high = format_utc(first)[:16].replace("T", " "), format_utc(last)[:16].replace("T", " ")
    return f"{low} to {high[11:] if high[:10] == low[:10] else high}"
