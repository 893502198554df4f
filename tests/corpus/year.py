"""A generated year of incidents with known truth: the review's counts are the true ones, its medians nearly so."""

from __future__ import annotations

import gzip
import json
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Workbench
    from ledger import Ledger

NAME = "year-2025"
NEAR = 0.01  # of a median: the truth has times to the millisecond, the exports some to the second
ACTIONS = {"total": "total", "done": "done", "done_on_time": "on_time", "overdue_open": "overdue",
    "reopened": "reopened", "without_owner": "without_owner"}  # fmt: skip
ONCALL = {"pages": "pages", "sleep_pages": "night", "out_of_hours_pages": "out_of_hours",
    "weeks_with_2_or_more_incidents": "weeks_over_limit"}  # fmt: skip


def check_year(ledger: Ledger, workbench: Workbench, corpus: Path, work: Path) -> None:
    """The whole year, then each quarter."""
    archive = corpus / "incidents" / f"{NAME}.tar.gz"
    with tarfile.open(archive) as tar:
        tar.extractall(work / "year", filter="data")
    truth = json.loads(gzip.decompress(archive.with_name(f"{NAME}.truth.json.gz").read_bytes()))
    ledger.title(f"{NAME}: review")
    root = work / "year" / NAME
    whole = _review(ledger, workbench, root, "--since", "2025-01-01", "--until", "2025-12-31")
    if whole is None:
        return
    _counts(ledger, whole, truth)
    _people(ledger, whole, truth)
    _near(ledger, "minutes to detect", whole["time_to_detect"]["median"], truth["median_ttd_min"])
    for quarter, minutes in truth["median_ttr_min_closed"]["by_quarter"].items():
        found = _review(ledger, workbench, root, "--quarter", f"2025Q{quarter}")
        if found is not None:
            _quarter(ledger, quarter, found, truth["count_by_quarter"][quarter], minutes)


def _review(ledger: Ledger, workbench: Workbench, root: Path, *period: str) -> Json | None:
    outcome = workbench("review", root, *period, "--json")
    found = outcome.document()
    ledger.gate(f"{NAME}: {' '.join(period)} answers", met=found is not None and not outcome.crashed)
    return found


def _counts(ledger: Ledger, found: Json, truth: Json) -> None:
    ledger.same("incidents", found["incidents"], truth["n"])
    ledger.same("open", found["open"], len(truth["open_ids"]))
    for name in ("severity", "service"):
        counts = {key: count for key, count in sorted(found[f"by_{name}"].items()) if count}
        ledger.same(f"by {name}", counts, dict(sorted(truth[f"count_by_{name}"].items())))
    pairs = {one["id"] for one in found["repeats"]["pairs"]}
    true = {one["id"] for one in truth["incidents"] if one["repeat"]}
    ledger.gate("repeats that are counted are repeats", met=pairs <= true, detail=f"{len(pairs)} of {len(true)}")
    ledger.note(f"repeats suggested: {len({one['id'] for one in found['repeats']['suggested']} & (true - pairs))} more")


def _people(ledger: Ledger, found: Json, truth: Json) -> None:
    """Action items, post-mortems, and who was woken."""
    for told, own in ACTIONS.items():
        ledger.same(f"action items: {own}", found["actions"][own], truth["action_items"][told])
    held = found["postmortems"]
    true = [truth["postmortems_due"], truth["postmortems_within_48h"]]
    ledger.same("post-mortems due and held in time", [held["due"], held["within_48h"]], true)
    for told, own in ONCALL.items():
        ledger.same(f"on call: {own}", found["oncall"][own], truth["oncall"][told])
    pages = {name: one["pages"] for name, one in sorted(found["oncall"]["by_person"].items())}
    ledger.same("on call: pages by person", pages, dict(sorted(truth["oncall"]["by_user"].items())))


def _quarter(ledger: Ledger, quarter: str, found: Json, incidents: int, minutes: float) -> None:
    ledger.same(f"Q{quarter}: incidents", found["incidents"], incidents)
    resolved = found["time_to_resolve"]
    _near(ledger, f"Q{quarter}: minutes to resolve", resolved["median"], minutes)
    verdict = resolved["versus_previous"]["verdict"]  # the law of this year is the same in all quarters
    ledger.gate(f"Q{quarter}: no change is made out of chance", met=verdict != "changed", detail=verdict)


def _near(ledger: Ledger, text: str, found: float | None, expected: float) -> None:
    met = found is not None and abs(found - expected) <= NEAR * expected
    ledger.gate(text, met=met, detail=f"{found}, in truth {expected}")
