"""Runs the explorer's browser tests again and again, and says which of them do not always pass.

    python benchmarks/soak.py --runs 100

Each run is a pytest of its own, whose processes have each a JupyterLab and a Chromium of their own. The output of a run
that fails is kept in build/soak. Status 1 where any did.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "soak"
WORKERS = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile")  # as `make test`


def run(number: int, tests: list[str]) -> tuple[int, list[str]]:
    """One run: how many tests there were, and the names of those that failed."""
    report, log = KEPT / f"run-{number:03}.xml", KEPT / f"run-{number:03}.log"
    command = [
        sys.executable, "-m", "pytest", *WORKERS, "-m", "browser", "-q", "-p", "no:cacheprovider",
        f"--junitxml={report}", *tests,
    ]  # fmt: skip
    with log.open("w") as out:
        status = subprocess.run(command, cwd=ROOT, stdout=out, stderr=out, check=False).returncode  # noqa: S603 - our own interpreter
    cases = ET.parse(report).getroot().findall(".//testcase") if report.exists() else []  # noqa: S314 - pytest wrote it
    failed = [f"{case.get('classname')}::{case.get('name')}" for case in cases if _failed(case)]
    if status and not failed:
        failed = [f"pytest itself: see {log.relative_to(ROOT)}"]
    if not failed:
        log.unlink()
    report.unlink(missing_ok=True)
    return len(cases), failed


def _failed(case: ET.Element) -> bool:
    return any(case.find(kind) is not None for kind in ("failure", "error"))


def main() -> int:
    """A line for each run, and at the end how often each test failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("tests", nargs="*", default=["tests/explorer"], help="what pytest is given")
    chosen = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    failures: Counter[str] = Counter()
    for number in range(1, chosen.runs + 1):
        began = time.monotonic()
        count, failed = run(number, chosen.tests)
        failures.update(failed)
        took, load = time.monotonic() - began, os.getloadavg()[0]
        print(f"run {number}: {count} tests, {len(failed)} failed, {took:.0f} s, load {load:.1f}", *failed, flush=True)
    for name, often in failures.most_common():
        print(f"{often} of {chosen.runs}: {name}")
    print(f"{chosen.runs} runs, {sum(failures.values())} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
