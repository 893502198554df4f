"""Times what is done with a million lines after they were read: clocks reconciled, events laid out and folded.

    python benchmarks/timeline.py --lines 1000000

Three sources tell of the same requests on clocks that are off: checks from outside, an access log and an application's
log. CPU seconds of one process. The offsets that come out are held to those that were put in. Then the same without the
checks, beside a chat that quotes lines and pages that a log names: clocks that nobody vouches for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_763_388_005.0
WEB, APP = -50.0, 120.0  # seconds that the clocks are ahead
LIMIT = 10.0  # CPU seconds beyond reading
ALONE = "clocks that nobody vouches for"
CHECKED = 500  # one request in so many is a check from outside


def write(folder: Path, lines: int) -> None:
    """The three sources, the same bytes each time."""
    rng, at = random.Random(3), START  # noqa: S311 - the same bytes each time
    with (
        (folder / "app.jsonl").open("w") as app,
        (folder / "access.log").open("w") as web,
        (folder / "checks.csv").open("w") as checks,
    ):
        checks.write("checked_at,check,request_id,http_status,total_ms\n")
        for number in range(lines // 2):
            at += rng.random() * 0.04
            one, took = f"{rng.getrandbits(64):016x}", 0.01 + rng.expovariate(12)
            record = {
                "ts": int((at + 0.005 + APP) * 1000),
                "level": "INFO",
                "msg": f"accepted {one}",
                "request_id": one,
            }
            app.write(json.dumps(record) + "\n")
            shown = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at + took + WEB))
            web.write(f'192.0.2.1 - - [{shown}] "POST /pay HTTP/1.1" 200 87 "-" "curl/8" rid={one} rt={took:.3f}\n')
            if number % CHECKED == 0:
                began = at - 0.01
                clock = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(began))}.{int(began % 1 * 1000):03d}Z"
                checks.write(f"{clock},pay,{one},200,{(took + 0.03) * 1000:.0f}\n")


def write_hosted(folder: Path, logs: Path) -> None:
    """The two logs beside a chat that quotes every some thousandth line of one, and pages of which no log knows."""
    for name in ("app.jsonl", "access.log"):
        (folder / name).hardlink_to(logs / name)
    chat, pages = [], []
    for number, line in enumerate((folder / "access.log").read_text().splitlines()[:: 20 * CHECKED]):
        chat.append({"type": "message", "user": "U1", "ts": f"{START + 20_000 + number:.6f}", "text": f"```{line}```"})
    for number in range(200):
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + 10 * number))
        incident = {"id": f"Q1BENCH{number:04d}X", "incident_number": number, "type": "incident_reference"}
        pages.append({"id": f"R{number:06d}", "type": "trigger_log_entry", "created_at": when, "incident": incident})
    (folder / "chat.json").write_text(json.dumps(chat))
    (folder / "pages.json").write_text(json.dumps({"log_entries": pages}))


def measured(name: str, work: Callable[[], Any], table: dict[str, float]) -> Any:
    """What the work gives; its CPU seconds go into the table."""
    began = time.process_time()
    result = work()
    table[name] = round(time.process_time() - began, 2)
    return result


def main() -> int:
    """Status 1 when the limit is passed or an offset is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the two logs together")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary) / "incident"
        folder.mkdir()
        write(folder, chosen.lines)
        os.environ["WORKBENCH_CACHE"] = str(Path(temporary) / "cache")
        table, wrong = run(folder)
        alone = Path(temporary) / "alone"
        alone.mkdir()
        write_hosted(alone, folder)
        wrong += run_alone(alone, table)
    beyond = round(max(table["clocks"], table[ALONE]) + table["folds"], 2)
    print(
        json.dumps(
            {"lines": chosen.lines, "cpu_seconds": table, "beyond_reading": beyond, "limit": LIMIT, "wrong": wrong}
        )
    )
    return 0 if beyond < LIMIT and not wrong else 1


def run(folder: Path) -> tuple[dict[str, float], list[str]]:
    """The figures, and the clocks whose true offset lies outside of what was found."""
    from workbench.postmortem import read_files
    from workbench.timeline.folding import folds
    from workbench.timeline.frame import merged
    from workbench.timeline.reconciled import reconciled

    table: dict[str, float] = {}
    read = measured("read", lambda: read_files([folder], as_logged=True), table)
    loaded = measured("clocks", lambda: reconciled(read, {}), table)
    events = measured("events laid out and merged", lambda: merged(loaded), table)
    measured("folds", lambda: folds(events), table)
    found = {report.path: report.clock_offset for report in loaded.reports}
    wrong = [
        path for path, true in (("access.log", WEB), ("app.jsonl", APP))
        if (offset := found[path]) is None or not offset.low <= true <= offset.high
    ]  # fmt: skip
    return table, wrong


def run_alone(folder: Path, table: dict[str, float]) -> list[str]:
    """The same for clocks that nobody vouches for: how far they are from one another is known."""
    from workbench.postmortem import read_files
    from workbench.timeline.reconciled import reconciled

    read = read_files([folder], as_logged=True)
    loaded = measured(ALONE, lambda: reconciled(read, {}), table)
    found = {report.path: report.clock_offset for report in loaded.reports}
    app, web = found["app.jsonl"], found["access.log"]
    apart = app.value - web.value if app and web else 0.0
    return [] if abs(apart - (APP - WEB)) < 1 else [f"apart by {apart:.1f} s"]


if __name__ == "__main__":
    sys.exit(main())
