"""The programs that are compared: the command of each, and how to read from its output how many events it found."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
SCRIPTS = Path(sys.executable).parent
QUERY = ";select count(*), min(log_time), max(log_time) from all_logs"
PATTERN = 'error|timeout|refused|" 50[0-9] '


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One program: `program` tells whether it is installed, `command` what to run on a file of a format."""

    name: str
    program: str | None
    command: Callable[[str, Path], list[str]]
    events: Callable[[str], int | None]


def last_row(output: str) -> int | None:
    """lnav and our script print the count first on the last line that starts with a number."""
    found = re.findall(r"^\s*(\d+)\b", output, re.MULTILINE)
    return int(found[-1]) if found else None


def counted(output: str) -> int | None:
    """The events that `workbench sources --json` states."""
    try:
        return sum(source.get("events") or 0 for source in json.loads(output)["sources"])
    except (ValueError, KeyError):
        return None


def installed(name: str) -> str | None:
    """Beside this Python, or on the path."""
    beside = SCRIPTS / name
    return str(beside) if beside.exists() else shutil.which(name)


def all_tools() -> list[Tool]:
    """In the order in which they run."""
    ours, rg, lnav = installed("workbench"), shutil.which("rg"), shutil.which("lnav")
    script = str(HERE / "naive_pandas.py")
    return [
        Tool(
            name="workbench",
            program=ours,
            command=lambda _, path: [str(ours), "sources", str(path), "--json"],
            events=counted,
        ),
        Tool(
            name="lnav",
            program=lnav,
            command=lambda _, path: [str(lnav), "-n", "-c", QUERY, str(path)],
            events=last_row,
        ),
        Tool(
            name="pandas script",
            program=sys.executable,
            command=lambda form, path: [sys.executable, script, form, str(path)],
            events=last_row,
        ),
        # Not a reader of events: the floor, what one pass of a search over the bytes costs.
        Tool(
            name="ripgrep",
            program=rg,
            command=lambda _, path: [str(rg), "--no-config", "-c", "-e", PATTERN, str(path)],
            events=lambda _: None,
        ),
    ]


def prepare_home(home: Path) -> dict[str, str]:
    """A home without anyone's settings, an empty cache, and the one format lnav needs for our JSON lines."""
    formats = home / ".lnav" / "formats" / "bench"
    formats.mkdir(parents=True)
    shutil.copy(HERE / "lnav-json.json", formats)
    return {"HOME": str(home), "WORKBENCH_CACHE": str(home / "cache"), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
