"""Exports of the incident tools: each is recognised as its own system, its counts add up, nothing crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounting import broken_sum
from export_times import check_export_times

if TYPE_CHECKING:
    from pathlib import Path

    from command import Json, Workbench
    from ledger import Ledger

# Each system's folder, and the words that a format's name may hold for it.
SYSTEMS = {
    "alertmanager": ("alertmanager",),
    "confluence": ("confluence",),
    "datadog": ("datadog",),
    "dynatrace": ("dynatrace",),
    "elk": ("elasticsearch", "kibana"),
    "github": ("github",),
    "gitlab": ("gitlab",),
    "google_docs": ("google_docs",),
    "google_meet": ("google_meet",),
    "grafana": ("grafana",),
    "jaeger": ("jaeger", "otlp"),
    "jira": ("jira",),
    "linear": ("linear",),
    "loki": ("loki",),
    "msteams": ("teams",),
    "newrelic": ("newrelic",),
    "notion": ("notion",),
    "opsgenie": ("opsgenie",),
    "pagerduty": ("pagerduty",),
    "prometheus": ("prometheus",),
    "slack": ("slack",),
    "splunk": ("splunk",),
    "statuspage": ("statuspage",),
    "zipkin": ("zipkin",),
    "zoom": ("zoom", "vtt"),
}
# Files that no system marks as its own: they are read by what they hold.
GENERIC = {
    "kibana_discover_source_lines.log": "text_times",
    "table_export_semicolon_bom.csv": "csv",
    "winlogbeat_ndjson_in.zip": "json_lines",
}


def files_of(folder: Path) -> list[Path]:
    """The exports of a system; `SOURCE.txt` says where they come from."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SOURCE.txt")


def check_exports(ledger: Ledger, workbench: Workbench, corpus: Path) -> None:
    """Each system's folder, file by file."""
    ledger.title("exports")
    verdicts = {path: verdict(workbench, path) for path in files_of(corpus / "exports")}
    for path, found in verdicts.items():
        ledger.note(f"{path.parent.name}/{path.name}: {found}")
    for kind, text in (("CRASH", "no crash"), ("BROKEN", "counts add up"), ("WRONG", "none taken for another system")):
        bad = [path.name for path, found in verdicts.items() if found.startswith(kind)]
        ledger.gate(f"exports: {text}", met=not bad, detail=", ".join(bad) or f"{len(verdicts)} files")
    gate_recognised(ledger, verdicts)
    check_export_times(ledger, workbench, list(verdicts))


def gate_recognised(ledger: Ledger, verdicts: dict[Path, str]) -> None:
    """All files; those that are not are named."""
    missed = [path.name for path, found in verdicts.items() if not found.startswith("ok")]
    ledger.gate("exports: recognised", met=not missed, detail=", ".join(missed) or f"{len(verdicts)} files")


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
    own = SYSTEMS.get(path.parent.name, ())
    right = all(name == GENERIC.get(path.name) or any(word in name.lower() for word in own) for name in formats)
    events = sum(source.get("events") or 0 for source in sources)
    return f"{'ok' if right else 'WRONG'} {', '.join(formats)}, {events} events"


def reasons(document: Json) -> str:
    """Why it was not recognised, in the tool's words."""
    return "; ".join(str(entry.get("why"))[:100] for entry in document.get("unrecognised") or []) or "no reason given"
