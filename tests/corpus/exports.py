"""Exports of the incident tools: each is recognised as its own system, its counts add up, nothing crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounting import broken_sum

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Workbench
    from ledger import Ledger

# The systems that are read today, and the words that a format's name may hold for each.
SYSTEMS = {
    "alertmanager": ("alertmanager",),
    "github": ("github",),
    "jaeger": ("jaeger", "otlp"),
    "jira": ("jira",),
    "pagerduty": ("pagerduty",),
    "prometheus": ("prometheus",),
    "slack": ("slack",),
    "statuspage": ("statuspage",),
    "zoom": ("zoom", "vtt"),
}
GENERIC = ("csv", "json_lines", "notes", "text_times")
RECOGNISED_AT_LEAST = 0.8


def files_of(folder: Path) -> list[Path]:
    """The exports of a system; `SOURCE.txt` says where they come from."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SOURCE.txt")


def check_exports(ledger: Ledger, workbench: Workbench, corpus: Path) -> None:
    """Each system's folder, file by file; the others only must not crash."""
    ledger.title("exports")
    verdicts = {path: verdict(workbench, path) for path in files_of(corpus / "exports")}
    for path, found in verdicts.items():
        ledger.note(f"{path.parent.name}/{path.name}: {found}")
    today = {path: found for path, found in verdicts.items() if path.parent.name in SYSTEMS}
    for kind, text in (("CRASH", "no crash"), ("BROKEN", "counts add up"), ("WRONG", "none taken for another system")):
        scope = verdicts if kind == "CRASH" else today
        bad = [path.name for path, found in scope.items() if found.startswith(kind)]
        ledger.gate(f"exports: {text}", met=not bad, detail=", ".join(bad) or f"{len(scope)} files")
    gate_recognised(ledger, today)


def gate_recognised(ledger: Ledger, today: dict[Path, str]) -> None:
    """Most files of the systems of today; those that are not are named."""
    missed = [path.name for path, found in today.items() if not found.startswith("ok")]
    share = 1 - len(missed) / max(len(today), 1)
    detail = f"{share:.0%} of {len(today)}" + (f", not {', '.join(missed)}" if missed else "")
    ledger.gate("exports: recognised", met=share >= RECOGNISED_AT_LEAST, detail=detail)


def verdict(workbench: Workbench, path: Path) -> str:
    """One line on a file, beginning with a word that the gates count."""
    outcome = workbench("sources", path, "--json")
    if outcome.crashed:
        return f"CRASH {outcome.complaint}"
    document = outcome.document()
    if document is None:
        return f"CRASH no JSON on stdout, {outcome.complaint}"
    sources = document.get("sources") or []
    return recognised(path, sources) if sources else f"unrecognised: {reasons(document)}"


def recognised(path: Path, sources: list[Json]) -> str:
    """What the file was taken for, and whether the counts hold."""
    formats = sorted({str(source.get("format")) for source in sources})
    problems = [problem for source in sources if (problem := broken_sum(source))]
    if problems:
        return f"BROKEN {problems[0]}"
    words = SYSTEMS.get(path.parent.name)
    allowed = (*(words or ()), *GENERIC)  # a generic reading is no wrong one: another system's reader would be
    right = words is None or all(any(word in name.lower() for word in allowed) for name in formats)
    events = sum(source.get("events") or 0 for source in sources)
    return f"{'ok' if right else 'WRONG'} {', '.join(formats)}, {events} events"


def reasons(document: Json) -> str:
    """Why it was not recognised, in the tool's words."""
    return "; ".join(str(entry.get("why"))[:100] for entry in document.get("unrecognised") or []) or "no reason given"
