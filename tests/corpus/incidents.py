"""Generated incidents with known truth: every line is accounted for, milestones and impact are the true ones."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from accounting import broken_sum, count
from actions import check_actions
from clocks import check_clocks, check_folds
from editions import check_editions

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Outcome, Workbench
    from ledger import Ledger

# Our name of a milestone, and the truth's.
MILESTONES = {
    "acknowledged": "acknowledged",
    "detected": "detected",
    "declared": "declared",
    "communicated": "comms_sent",
    "resolved": "resolved",
}
OTHERS = {"started": "started", "identified": "identified", "mitigated": "mitigated", "recovered": "recovered"}
WITHIN_SECONDS = 60.0
TEXT_PARTS = ("duplicates", "continuation_lines", "garbage", "lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident: its name, its exports as unpacked, and its truth."""

    name: str
    folder: Path
    truth: Json


def cases(corpus: Path, work: Path) -> list[Case]:
    """Unpacks the incidents (times of modification are kept) into a folder outside any repository."""
    found = []
    for archive in sorted((corpus / "incidents").glob("INC*.tar.gz")):
        name = archive.name.removesuffix(".tar.gz")
        with tarfile.open(archive) as tar:
            tar.extractall(work / "exports", filter="data")
        truth = json.loads(gzip.decompress(archive.with_name(f"{name}.truth.json.gz").read_bytes()))
        found.append(Case(name=name, folder=work / "exports" / name, truth=truth))
    return found


def check_incidents(ledger: Ledger, workbench: Workbench, corpus: Path, work: Path) -> None:
    """One incident after the other, then their clocks."""
    every = cases(corpus, work)
    for case in every:
        ledger.title(f"{case.name}: accounting")
        check_sources(ledger, case, workbench("sources", case.folder, "--json"))
        ledger.title(f"{case.name}: milestones and impact")
        incident = work / "incidents" / case.name
        if make_incident(ledger, workbench, case, incident):
            check_metrics(ledger, case, workbench("metrics", incident, "--json"))
            check_impact(ledger, case, workbench("impact", incident, "--json"))
    check_clocks(ledger, workbench, every, work)
    check_folds(ledger, workbench, every)
    check_actions(ledger, workbench, every, work / "incidents")
    check_editions(ledger, workbench, every, work / "incidents", work)


def answered(ledger: Ledger, case: Case, outcome: Outcome) -> Json | None:
    """The document, or a failed gate."""
    document = outcome.document()
    text = f"{case.name}: {outcome.words[-3]} answers"
    ledger.gate(text, met=document is not None and not outcome.crashed, detail=outcome.complaint)
    return document


# Accounting


def check_sources(ledger: Ledger, case: Case, outcome: Outcome) -> None:
    """Every file is recognised, and each count is the true one."""
    document = answered(ledger, case, outcome)
    if document is None:
        return
    unknown = [f"{entry.get('path')} ({entry.get('why')})" for entry in document.get("unrecognised") or []]
    ledger.gate(f"{case.name}: every file recognised", met=not unknown, detail=", ".join(unknown))
    sources: list[Json] = document.get("sources") or []
    broken = [f"{source.get('path')}: {why}" for source in sources if (why := broken_sum(source))]
    ledger.gate(f"{case.name}: sums hold", met=not broken, detail="; ".join(broken))
    for path, true in case.truth["files"].items():
        check_file(ledger, case, path, true, sources_of(sources, path))


def sources_of(sources: list[Json], path: str) -> list[Json]:
    """The sources that this file became; an archive may become one a member."""
    return [source for source in sources if str(source.get("path")).startswith(path)]


def check_file(ledger: Ledger, case: Case, path: str, true: Json, sources: list[Json]) -> None:
    """A text file by its lines, another one by its records."""
    text = f"{case.name}/{path}"
    if not sources:
        ledger.gate(text, met=False, detail="no such source")
    elif "lines" in true:
        ledger.same(text, text_figures(sources), {name: true[name] for name in ("events", *TEXT_PARTS)})
    else:
        ledger.same(f"{text} records", sum(count(source, "records") for source in sources), true["events"])
        if "duplicates" in true:
            duplicates = sum(count(source, "duplicates") for source in sources)
            ledger.note(f"{text} duplicates: {duplicates}, truth {true['duplicates']}")


def text_figures(sources: list[Json]) -> Json:
    """Our counts in the truth's words: its events are first copies, its garbage is what is no event."""
    total = {name: sum(count(s, name) for s in sources) for name in ("lines", "events", "continuations", "duplicates")}
    return {
        "events": total["events"] - total["duplicates"],
        "duplicates": total["duplicates"],
        "continuation_lines": total["continuations"],
        "garbage": sum(count(source, "rejected") + count(source, "blank") for source in sources),
        "lines": total["lines"],
    }


# Milestones and impact


def make_incident(ledger: Ledger, workbench: Workbench, case: Case, incident: Path) -> bool:
    """An incident folder with all exports in it, each with the zone that its host is known to write."""
    title, severity = case.truth["title"], case.truth["severity"]
    outcome = workbench("new", incident, "--title", title, "--severity", severity, "--id", case.truth["id"])
    made = outcome.status == 0
    ledger.gate(f"{case.name}: new", met=made, detail=outcome.complaint)
    for zone, folder in by_zone(case, incident.parent / f"{case.name}-by-zone").items() if made else ():
        outcome = workbench("add", incident, folder, *(["--zone", zone] if zone else []))
        made = made and outcome.status == 0
        ledger.gate(
            f"{case.name}: add, zone {zone or 'in the files'}", met=outcome.status == 0, detail=outcome.complaint
        )
    return made


def by_zone(case: Case, stage: Path) -> dict[str, Path]:
    """The exports in one folder a zone, laid out as they were, so that paths below it stay the same."""
    clock: Json = case.truth["clock"]
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(case.folder.rglob("*")):
        if path.is_file():
            zone = clock.get(str(path.relative_to(case.folder)), {}).get("zone", "epoch")
            groups["" if zone == "epoch" else zone].append(path)
    return {zone: copied(paths, case.folder, stage / str(n)) for n, (zone, paths) in enumerate(sorted(groups.items()))}


def copied(paths: list[Path], root: Path, folder: Path) -> Path:
    """Copies files with their times of modification: a syslog's year hangs on it."""
    for path in paths:
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return folder


def check_metrics(ledger: Ledger, case: Case, outcome: Outcome) -> None:
    """The five milestones that sources state, within a minute; the others are printed."""
    document = answered(ledger, case, outcome)
    found: Json = (document or {}).get("milestones") or {}
    for ours, theirs in (MILESTONES | OTHERS).items() if document is not None else ():
        true = case.truth["moments_utc"][theirs]
        seconds = difference(found.get(ours), true)
        text = f"{case.name}: {ours}"
        detail = described(found.get(ours), seconds, true)
        if ours in MILESTONES:
            ledger.gate(text, met=seconds is not None and abs(seconds) <= WITHIN_SECONDS, detail=detail)
        else:
            ledger.note(f"{text}: {detail}")


def difference(milestone: Json | None, true: str) -> float | None:
    """Seconds from the true moment to ours; None where we have none."""
    time = (milestone or {}).get("time")
    try:
        return (datetime.fromisoformat(str(time)) - datetime.fromisoformat(true)).total_seconds() if time else None
    except (ValueError, TypeError):
        return None


def described(milestone: Json | None, seconds: float | None, true: str) -> str:
    """Our time, how far off, and what it rests on."""
    if not milestone or seconds is None:
        return f"missing, truth {true}: {(milestone or {}).get('why') or (milestone or {}).get('rule')}"
    return f"{milestone['time']} ({seconds:+.1f} s), {milestone.get('rule')}, {(milestone.get('evidence') or [])[:2]}"


def check_impact(ledger: Ledger, case: Case, outcome: Outcome) -> None:
    """Failed requests and customers affected are exact, as the edge log holds them."""
    document = answered(ledger, case, outcome)
    if document is None:
        return
    true: Json = case.truth["impact"]
    requests, customers = document.get("requests") or {}, document.get("customers") or {}
    ledger.note(f"{case.name}: {requests.get('total')} requests, {requests.get('basis')}; {customers.get('basis')}")
    ledger.note(
        f"{case.name}: window {document.get('window')}, clock of web-1 {case.truth['clock']['web-1/access.log']}"
    )
    # Background failures of the same status are subtracted by expectation: exact where there are none, else the truth
    # lies in the interval and the figure within half a percent of it.
    failed, expected = requests.get("failed") or 0, true["failed_incident_in_wellformed_nginx"]
    low, high = requests.get("failed_low") or 0, requests.get("failed_high") or 0
    close = low <= expected <= high and abs(failed - expected) <= 0.005 * expected
    ledger.gate(f"{case.name}: failed requests", met=close, detail=f"found {failed} ({low} to {high}), true {expected}")
    affected = true["affected_customers_in_wellformed_nginx"]
    ledger.same(f"{case.name}: customers affected", customers.get("affected"), affected)
