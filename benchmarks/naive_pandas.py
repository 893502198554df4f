"""The script that people write in a notebook: a regex a line, a list of rows, a DataFrame, `to_datetime`.

It is meant to be fair: the pattern is compiled once and anchored, rows are tuples, times are parsed by the column with
a stated format. It prints what every tool here prints: how many events, the first and the last.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pandas as pd

SYSLOG = re.compile(r"(\w{3} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\[:]+)(?:\[(\d+)\])?: (.*)")
NGINX = re.compile(r'(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+) ([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)"')
JAVA = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) +(\w+) +\[([^\]]+)\] (\S+) - (.*)")


def syslog(path: Path) -> pd.DataFrame:
    """RFC 3164; the year is known."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        rows = [found.groups() for line in lines if (found := SYSLOG.match(line))]
    frame = pd.DataFrame(rows, columns=["time", "host", "program", "pid", "message"])
    frame["time"] = pd.to_datetime("2025 " + frame["time"], format="%Y %b %d %H:%M:%S", utc=True)
    return frame


def nginx(path: Path) -> pd.DataFrame:
    """The combined format."""
    names = ["address", "user", "time", "method", "url", "protocol", "status", "size", "referrer", "agent"]
    with path.open(encoding="utf-8", errors="replace") as lines:
        rows = [found.groups() for line in lines if (found := NGINX.match(line))]
    frame = pd.DataFrame(rows, columns=names)
    frame["time"] = pd.to_datetime(frame["time"], format="%d/%b/%Y:%H:%M:%S %z", utc=True)
    return frame.astype({"status": int, "size": int})


def jsonl(path: Path) -> pd.DataFrame:
    """One record a line."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        frame = pd.DataFrame([json.loads(line) for line in lines])
    frame["time"] = pd.to_datetime(frame["timestamp"], format="ISO8601", utc=True)
    return frame


def java(path: Path) -> pd.DataFrame:
    """Logback, with the stack trace added to the message it follows."""
    rows: list[list[str]] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if found := JAVA.match(line):
                rows.append([*found.groups()])
            elif rows:
                rows[-1][4] += "\n" + line.rstrip("\n")
    frame = pd.DataFrame(rows, columns=["time", "level", "thread", "logger", "message"])
    frame["time"] = pd.to_datetime(frame["time"], format="%Y-%m-%d %H:%M:%S,%f", utc=True)
    return frame


READERS = {"syslog": syslog, "nginx": nginx, "jsonl": jsonl, "java": java}


def main() -> None:
    """`naive_pandas.py FORMAT FILE`."""
    frame = READERS[sys.argv[1]](Path(sys.argv[2])).sort_values("time", kind="stable")
    print(len(frame), frame["time"].iloc[0], frame["time"].iloc[-1])


if __name__ == "__main__":
    main()
