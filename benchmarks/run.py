"""Compares reading speed: this workbench, lnav, a pandas script and ripgrep, on files of four formats.

    python benchmarks/run.py --size-mb 256 --runs 3

Each tool is measured as a whole process, from start to exit: CPU seconds (user and system, with the processes it
waited for), elapsed seconds and peak resident memory, as the kernel states them. Runs are interleaved (A B C, A B C),
each with an empty home and an empty cache; the figures are medians. One unmeasured pass warms the page cache.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from generate import FORMATS, ensure
from tools import Tool, all_tools, prepare_home

SMALL_MB = 64
MEMORY_LIMIT_MB = 300.0
MEMORY_GROWTH = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process, measured."""

    cpu: float
    wall: float
    peak_mb: float
    events: int | None
    failed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The medians of one tool on one file."""

    format: str
    size_mb: int
    tool: str
    cpu: float
    wall: float
    peak_mb: float
    events: int | None
    failed: str | None = None

    @property
    def speed(self) -> float:
        """Megabytes a CPU second."""
        return self.size_mb / self.cpu if self.cpu else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One sentence we hold ourselves to, the figure, and whether it is met."""

    text: str
    figure: str
    met: bool


def measure(tool: Tool, form: str, path: Path) -> Run:
    """Runs the tool once; a tool that fails is a row, not an end of the benchmark."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        environment = {"PATH": os.environ["PATH"], **prepare_home(Path(home))}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            began = time.perf_counter()
            child = subprocess.Popen(  # noqa: S603 - the commands are in tools.py
                tool.command(form, path), env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=out, stderr=errors
            )
            _, status, used = os.wait4(child.pid, 0)
            wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            text, complaint = out.read().decode(errors="replace"), errors.read().decode(errors="replace")
    failed = complaint.strip().splitlines()[-1:] or [f"exit status {child.returncode}"]
    return Run(
        cpu=used.ru_utime + used.ru_stime,
        wall=wall,
        peak_mb=used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
        events=tool.events(text),
        failed=None if child.returncode == 0 else failed[0][:90],
    )


def median_row(tool: str, form: str, size_mb: int, runs: list[Run]) -> Row:
    """What the runs say together."""
    return Row(
        format=form,
        size_mb=size_mb,
        tool=tool,
        cpu=statistics.median(run.cpu for run in runs),
        wall=statistics.median(run.wall for run in runs),
        peak_mb=statistics.median(run.peak_mb for run in runs),
        events=runs[0].events,
        failed=next((run.failed for run in runs if run.failed), None),
    )


def compare(tools: list[Tool], form: str, size_mb: int, runs: int, folder: Path) -> list[Row]:
    """All tools on one file, interleaved."""
    path = ensure(folder, form, size_mb).resolve()
    warm(path)
    found: dict[str, list[Run]] = {tool.name: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            found[tool.name].append(measure(tool, form, path))
    return [median_row(name, form, size_mb, measured) for name, measured in found.items()]


def warm(path: Path) -> None:
    """Reads the file once, so that the first tool does not pay for the disk."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def print_rows(rows: list[Row]) -> None:
    """A plain table."""
    print(
        f"{'format':8} {'MB':>5} {'tool':14} {'CPU s':>8} {'wall s':>8} {'MB/CPU s':>9} {'peak MB':>8} {'events':>10}"
    )
    for row in rows:
        events = "-" if row.events is None else str(row.events)
        figures = f"{row.cpu:8.2f} {row.wall:8.2f} {row.speed:9.1f} {row.peak_mb:8.0f} {events:>10}"
        print(
            f"{row.format:8} {row.size_mb:5} {row.tool:14} {figures}"
            + (f"  FAILED: {row.failed}" if row.failed else "")
        )


def goals(rows: list[Row], size_mb: int) -> list[Goal]:
    """What we promise, as far as the tools it needs were measured."""
    table = {(row.format, row.size_mb, row.tool): row for row in rows if not row.failed}
    found: list[Goal] = []
    for form in FORMATS:
        ours = table.get((form, size_mb, "workbench"))
        if ours:
            found += speed_goals(
                form, ours, table.get((form, size_mb, "pandas script")), table.get((form, size_mb, "lnav"))
            )
            found += memory_goals(form, ours, table.get((form, SMALL_MB, "workbench")))
    return found


def speed_goals(form: str, ours: Row, script: Row | None, lnav: Row | None) -> list[Goal]:
    """In CPU seconds, so that a busy machine does not decide; elapsed time stands beside it."""
    found = []
    if script:
        wall = f"elapsed {script.wall / ours.wall:.2f}"
        figure = f"{script.cpu / ours.cpu:.2f} ({wall})"
        found.append(
            Goal(text=f"{form}: at least 2.5 times the pandas script", figure=figure, met=script.cpu >= 2.5 * ours.cpu)
        )
    if lnav:
        limit = 1.3 if form == "java" else 1.0
        figure = f"{ours.cpu / lnav.cpu:.2f} (elapsed {ours.wall / lnav.wall:.2f})"
        found.append(
            Goal(text=f"{form}: at most {limit:g} times lnav's time", figure=figure, met=ours.cpu <= limit * lnav.cpu)
        )
    return found


def memory_goals(form: str, ours: Row, small: Row | None) -> list[Goal]:
    """Bounded, and not a function of the size."""
    limit = MEMORY_LIMIT_MB
    found = [
        Goal(
            text=f"{form}: peak memory under {limit:.0f} MB", figure=f"{ours.peak_mb:.0f} MB", met=ours.peak_mb < limit
        )
    ]
    if small:
        figure = f"{small.peak_mb:.0f} MB at {small.size_mb} MB, {ours.peak_mb:.0f} MB at {ours.size_mb} MB"
        met = ours.peak_mb <= MEMORY_GROWTH * small.peak_mb
        found.append(Goal(text=f"{form}: memory does not grow with the file", figure=figure, met=met))
    return found


def print_goals(found: list[Goal]) -> None:
    """One line a goal."""
    print()
    for goal in found:
        print(f"{'met   ' if goal.met else 'MISSED'}  {goal.text}: {goal.figure}")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size-mb", type=int, default=256, help="megabytes of each file (default 256)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each tool (default 3)")
    parser.add_argument("--only", nargs="*", default=[], help="formats or tools, for example: syslog lnav")
    parser.add_argument(
        "--to", type=Path, default=Path("build/bench"), help="where the files are (default build/bench)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    return parser.parse_args()


def chosen_tools(only: list[str]) -> tuple[list[Tool], list[str]]:
    """Those to run, and the names of those that are not installed."""
    tools = all_tools()
    names = {tool.name for tool in tools} & set(only)
    wanted = [tool for tool in tools if not names or tool.name in names]
    return [tool for tool in wanted if tool.program], [tool.name for tool in wanted if not tool.program]


def report(rows: list[Row], found: list[Goal], missing: list[str], *, as_json: bool) -> None:
    """For a person or for a script."""
    if as_json:
        document = {
            "rows": [asdict(row) for row in rows],
            "goals": [asdict(goal) for goal in found],
            "missing": missing,
        }
        print(json.dumps(document, indent=2))
        return
    print_rows(rows)
    print("".join(f"not installed: {name}\n" for name in missing), end="")
    print_goals(found)


def main() -> int:
    """Status 1 when a goal is missed."""
    chosen = arguments()
    tools, missing = chosen_tools(chosen.only)
    formats = [name for name in FORMATS if name in chosen.only] or list(FORMATS)
    rows = [row for name in formats for row in compare(tools, name, chosen.size_mb, chosen.runs, chosen.to)]
    ours = [tool for tool in tools if tool.name == "workbench"]
    if chosen.size_mb > SMALL_MB and ours:
        rows += [row for name in formats for row in compare(ours, name, SMALL_MB, 1, chosen.to)]
    found = goals(rows, chosen.size_mb)
    report(rows, found, missing, as_json=chosen.json)
    return 0 if all(goal.met for goal in found) else 1


if __name__ == "__main__":
    sys.exit(main())
