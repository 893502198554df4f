"""Log files with the times that other projects' own tests expect: each event starts on its line, at its instant."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from command import Json, Outcome, Workbench
    from ledger import Ledger

RIGHT_AT_LEAST = 0.99
UNKNOWN_TIME = frozenset({"no-year-or-zone", "tz=unknown", "not-first-ts"})
WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One row of the truth: the lines on which the event may start, and its time cut to the digits that are known."""

    first: int
    last: int
    time: str
    digits: int
    assume: frozenset[str]

    @property
    def boundary_only(self) -> bool:
        """No instant to compare: none can be known, or the line holds several and another one was taken."""
        return not self.time or bool(self.assume & UNKNOWN_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of one file."""

    rows: int
    right: int
    found: int
    wrong: tuple[str, ...]
    crashed: bool
    complaint: str


def truth(corpus: Path) -> dict[str, list[Expected]]:
    """The rows of `truth.csv`, by file."""
    found: dict[str, list[Expected]] = defaultdict(list)
    with (corpus / "logs" / "truth.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if not row["message_prefix"] and not row["time_utc"]:
                continue  # a blank line: it is counted as one, and is no event
            found[row["file"]].append(expected(row))
    return dict(found)


def expected(row: dict[str, str]) -> Expected:
    """One row; the MySQL slow log may start on the `# Time:` line above."""
    lines = int(row["line"]), int(row["ts_line"])
    above = 1 if row["file"].startswith("mysql_slowlog") else 0
    return Expected(
        first=min(lines) - above,
        last=max(lines),
        time=row["time_utc"],
        digits=int(row["digits"] or 0),
        assume=frozenset(row["assume"].split(";")) - {""},
    )


def options(rows: Iterable[Expected]) -> list[str]:
    """`--zone` and `--year` as the truth assumes them; where nothing can be known, some zone, to see the boundaries."""
    assumed = Counter(word for row in rows for word in row.assume)
    zones = [word[3:] for word, _ in assumed.most_common() if word.startswith("tz=") and word != "tz=unknown"]
    years = [word[5:] for word, _ in assumed.most_common() if word.startswith("year=")]
    zone = zones[:1] or (["UTC"] if assumed["no-year-or-zone"] else [])
    return [
        word for name, values in (("--zone", zone), ("--year", years[:1])) for value in values for word in (name, value)
    ]


def cut(time: str, digits: int) -> str:
    """An RFC 3339 time in UTC, truncated (not rounded) to so many digits of a second."""
    whole, _, fraction = time.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{whole.replace(' ', 'T')}.{fraction.ljust(9, '0')[:digits]}"


def compare(rows: list[Expected], events: list[Json], outcome: Outcome) -> Score:
    """Counts the rows whose event was found, and those whose time is right."""
    by_line: dict[int, list[str]] = defaultdict(list)
    for event in events:
        by_line[event.get("line") or 0].append(str(event.get("time")))
    verdicts = [judge(row, by_line) for row in rows]
    return Score(
        rows=len(rows),
        right=verdicts.count("right"),
        found=sum(verdict != "absent" for verdict in verdicts),
        wrong=tuple(verdict for verdict in verdicts if verdict not in {"right", "absent"}),
        crashed=outcome.crashed,
        complaint=outcome.complaint if outcome.status else "",
    )


def judge(row: Expected, by_line: dict[int, list[str]]) -> str:
    """`right`, `absent`, or both times."""
    times = [time for line in range(row.first, row.last + 1) for time in by_line.get(line, [])]
    if not times:
        return "absent"
    if row.boundary_only or cut(row.time, row.digits) in {cut(time, row.digits) for time in times}:
        return "right"
    return f"line {row.first}: {times[0]}, expected {row.time}"


def score(workbench: Workbench, path: Path, rows: list[Expected]) -> Score:
    """Reads one file; output that is no JSON lines counts as a crash."""
    outcome = workbench("events", path, "--format", "jsonl", *(options(rows) if rows else ["--zone", "UTC"]))
    events = outcome.lines()
    found = compare(rows, events or [], outcome)
    if events is None:
        return Score(rows=found.rows, right=0, found=0, wrong=(), crashed=True, complaint="invalid JSON lines")
    return found


def check_logs(ledger: Ledger, workbench: Workbench, corpus: Path) -> None:
    """All files, two at a time."""
    ledger.title("logs: rows, found, right, wrong")
    expectations, root = truth(corpus), corpus / "logs"
    files = sorted(path for folder in root.iterdir() if folder.is_dir() for path in folder.rglob("*") if path.is_file())
    names = {str(path.relative_to(root)): path for path in files if path.name != "SOURCE.txt"}
    with ThreadPoolExecutor(WORKERS) as pool:
        scores = pool.map(lambda name: score(workbench, names[name], expectations.get(name, [])), names)
        scored = dict(zip(names, scores, strict=True))
    print_scores(ledger, scored)
    gate_scores(ledger, scored)


def print_scores(ledger: Ledger, scored: dict[str, Score]) -> None:
    """A line a file; where something is amiss, what."""
    for name, found in scored.items():
        figures = f"{found.rows:4} {found.found:4} {found.right:4} {len(found.wrong):4}"
        amiss = found.complaint or (found.wrong[0] if found.wrong else "")
        ledger.note(f"{figures}  {name}" + (f"  [{amiss}]" if amiss else ""))


def gate_scores(ledger: Ledger, scored: dict[str, Score]) -> None:
    """Of all rows 99 in 100 are right (where no time can be known, found at their line); no file crashes."""
    rows, right = sum(found.rows for found in scored.values()), sum(found.right for found in scored.values())
    share = right / rows if rows else 0.0
    ledger.gate("logs: rows right", met=share >= RIGHT_AT_LEAST, detail=f"{right} of {rows} rows, {share:.1%}")
    crashed = [name for name, found in scored.items() if found.crashed]
    ledger.gate("logs: no crash", met=not crashed, detail=", ".join(crashed) or f"{len(scored)} files")
