"""Clocks of the generated incidents: true offsets lie within their intervals, zones are found, nothing else decides."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Workbench
    from incidents import Case
    from ledger import Ledger

WIDEST = 1.0  # seconds, of the median interval
MOVED = 37.0
_EPOCH_MS = re.compile(rb'^(\{"ts": )(\d{13})', re.MULTILINE)


def check_clocks(ledger: Ledger, workbench: Workbench, every: list[Case], work: Path) -> None:
    """All incidents together, then what must not matter on the first of them."""
    ledger.title("clocks")
    widths, outside, zones = [], [], []
    for case in every:
        found = by_path(workbench("sources", case.folder, "--json").document())
        for path, true in case.truth["clock"].items():
            offset = found.get(path, {}).get("clock_offset_seconds")
            if offset is None or not offset["low"] <= true["skew_s"] <= offset["high"]:
                outside.append(f"{case.name}/{path}: {offset}, true {true['skew_s']}")
            else:
                widths.append(offset["high"] - offset["low"])
            zones += wrong_zone(case, path, true, found.get(path, {}))
    ledger.gate(
        "clocks: true offsets within their intervals", met=not outside, detail="; ".join(outside) or f"{len(widths)}"
    )
    middle = sorted(widths)[len(widths) // 2] if widths else float("inf")
    ledger.gate(f"clocks: median width below {WIDEST} s", met=middle < WIDEST, detail=f"{middle:.3f} s")
    ledger.gate("clocks: zones and years found by shared ids", met=not zones, detail="; ".join(zones))
    if every:
        check_invariance(ledger, workbench, every[0], work)


def by_path(document: Json | None) -> dict[str, Json]:
    """The sources by their paths."""
    return {source["path"]: source for source in (document or {}).get("sources", [])}


def wrong_zone(case: Case, path: str, true: Json, source: Json) -> list[str]:
    """What is wrong with a source whose zone was inferred: another offset, or its first event on another day."""
    if source.get("zone_basis") != "by shared ids":
        bare = "assumed" in str(source.get("zone_basis"))
        return [f"{case.name}/{path}: no zone found"] if bare else []
    first = datetime.fromisoformat(case.truth["window_utc"][0])
    offset = first.astimezone(ZoneInfo(true["zone"])).strftime("%z")
    shown = f"UTC{offset[:3]}:{offset[3:]}"
    near = abs(datetime.fromisoformat(source["first"]) - first.astimezone(UTC)) < timedelta(days=1)
    return [] if source["zone"].startswith(shown) and near else [f"{case.name}/{path}: {source['zone']}, true {shown}"]


def check_invariance(ledger: Ledger, workbench: Workbench, case: Case, work: Path) -> None:
    """37 s more move the offset by 37 s; the order of the files and the seed of hashing change nothing."""
    before = by_path(workbench("sources", case.folder, "--json").document())
    copy = work / "moved"
    shutil.copytree(case.folder, copy, dirs_exist_ok=True)
    log = copy / "app-1" / "app.jsonl"
    log.write_bytes(
        _EPOCH_MS.sub(lambda each: each[1] + str(int(each[2]) + int(MOVED * 1000)).encode(), log.read_bytes())
    )
    after = by_path(workbench("sources", copy, "--json").document())
    moved = [
        after["app-1/app.jsonl"]["clock_offset_seconds"][key] - before["app-1/app.jsonl"]["clock_offset_seconds"][key]
        for key in ("low", "value", "high")
    ]
    ledger.gate(
        "clocks: 37 s more are 37 s more", met=all(abs(each - MOVED) < 0.002 for each in moved), detail=str(moved)
    )
    files = sorted(path for path in case.folder.rglob("*") if path.is_file())
    seeds = [run(workbench, order, seed) for order, seed in ((files, "0"), (files[::-1], "0"), (files, "4242"))]
    ledger.gate("clocks: neither order nor hash seed matters", met=seeds[0] == seeds[1] == seeds[2] and bool(seeds[0]))


def run(workbench: Workbench, files: list[Path], seed: str) -> str:
    """The accounts of these files, read anew."""
    home = workbench.home / f"seed-{seed}-{files[0].name}"
    home.mkdir(parents=True, exist_ok=True)
    found = replace(workbench, home=home, extra={"PYTHONHASHSEED": seed})("sources", *files, "--json").document()
    return json.dumps(found, sort_keys=True)


def check_folds(ledger: Ledger, workbench: Workbench, every: list[Case]) -> None:
    """Alerts stand as their episodes, and the counts of all rows are the number of the events."""
    ledger.title("folds")
    for case in every:
        true = case.truth["alerts"]
        rows = workbench("events", case.folder, "--folded").lines() or []
        alerts = [row for row in rows if row["kind"] == "alert"]
        fired = sum(row["action"] == "alert.fired" and row["why"] != "flapping" for row in alerts)
        flaps = [row["count"] for row in alerts if row["why"] == "flapping"]
        again = sum(row["count"] - 1 for row in alerts if row["why"] == "told again")
        ledger.same(
            f"{case.name}: alerts",
            {"episodes": fired + sum(count // 2 for count in flaps), "flap cycles": sum(count // 2 for count in flaps)},
            {"episodes": true["distinct_episodes"], "flap cycles": true["flap_cycles"]},
        )
        ledger.note(f"{case.name}: told again {again}, truth of the primary alert {true['repeats_of_primary']}")
        whole = len(workbench("events", case.folder).lines() or [])
        total = sum(row["count"] for row in rows)
        ledger.gate(
            f"{case.name}: no event is lost in folds", met=total == whole > 0, detail=f"{len(rows)} rows for {whole}"
        )
