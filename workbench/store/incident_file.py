"""incident.toml: the facts that people state of an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

from workbench.clock import format_utc
from workbench.errors import FolderError
from workbench.model import STATED_IN, WRITABLE, ImpactFacts, Incident, IncidentStatus, People, SeverityScale, Slo
from workbench.model.severity import DEFAULT_SCALE
from workbench.store.atomic import ABSENT
from workbench.store.keys import edit_key
from workbench.store.schema_check import Shape, Table, Value, checked_table, one_of
from workbench.store.toml_file import TomlFile, edit_toml, read_toml
from workbench.store.values import FILLED, MOMENT, TEXT, TEXTS, amount, choice, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

NAME = STATED_IN


def _severity(scale: SeverityScale) -> Value:
    def parse(value: Any) -> str:
        name = scale.of(value, strict=True) if isinstance(value, str) else None
        if name is None:
            raise ValueError
        return name

    return Value(expected=one_of(tuple(f'"{name}"' for name in scale.names)), parse=parse)


def _target(value: Any) -> float:
    number = float(amount(above=0, below=100).parse(value))
    if number == 1:  # 1 % or all of it: nobody means the one, and the other cannot be kept
        raise ValueError
    return number


def _shape(scale: SeverityScale) -> Table:
    roles = ("incident_commander", "technical_lead", "communications_lead", "scribe")
    slo = {
        "target": Value(expected="a percentage below 100 such as 99.9", parse=_target),
        "window_days": whole(low=1, high=3660),
    }
    impact = {
        "customers_total": whole(low=0),
        "revenue_per_failed_order": amount(low=0),
        "currency": TEXT,
        "support_tickets": whole(low=0),
        "notes": TEXT,
    }
    fields: dict[str, Shape] = {
        "id": FILLED,
        "title": FILLED,
        "severity": _severity(scale),
        "services": TEXTS,
        "team": TEXT,
        "status": choice(IncidentStatus),
        "summary": TEXT,
        "trigger": TEXT,
        "cause": TEXT,
        "tags": TEXTS,
        "milestones": Table(fields=dict.fromkeys(WRITABLE, MOMENT)),
        "people": Table(fields={**dict.fromkeys(roles, TEXT), "participants": TEXTS}),
        "impact": Table(fields=impact),
        "slo": Table(fields=slo, required=frozenset({"target"})),
    }
    return Table(fields=fields, required=frozenset({"id", "title", "severity"}))


def read_incident(folder: Path, scale: SeverityScale = DEFAULT_SCALE) -> Incident:
    """The incident of a folder; the severity is given by its name on the scale. Raises FileProblemsError."""
    file = read_toml(folder / NAME)
    if file.digest == ABSENT:
        raise FolderError("is missing", where=str(file.path), next_step="Make a folder with `workbench new DIR`.")
    return incident_of(file, scale)


def incident_of(file: TomlFile, scale: SeverityScale = DEFAULT_SCALE) -> Incident:
    """The incident that a file states."""
    facts = checked_table(file, _shape(scale))
    parts = {"people": People, "impact": ImpactFacts, "slo": Slo}
    built = {name: build(**facts[name]) for name, build in parts.items() if name in facts}
    lines = {name: line for name in facts.get("milestones", {}) if (line := file.line_of(("milestones", name)))}
    return Incident(**{**facts, **built}, lines=lines)


def set_milestones(folder: Path, times: Mapping[str, int | None], scale: SeverityScale = DEFAULT_SCALE) -> Incident:
    """Write confirmed milestones (UTC ns by name; None takes one away) and keep all else as people wrote it."""
    file = read_toml(folder / NAME)

    def change(document: TOMLDocument) -> None:
        table = document.setdefault("milestones", tomlkit.table())
        for name, ns in times.items():
            if ns is not None:
                table[name] = format_utc(ns)
            elif name in table:
                del table[name]

    unknown = [name for name in times if name not in WRITABLE]
    if unknown:
        raise FolderError(f"{unknown[0]!r} is no milestone", where=str(file.path), next_step=f"Use {one_of(WRITABLE)}.")
    return incident_of(edit_toml(file, change), scale)


def edit_fact(
    folder: Path, key: tuple[str, ...], value: Any, *, base: str, scale: SeverityScale = DEFAULT_SCALE
) -> TomlFile:
    """Write one key as TOML holds it (None takes it away); ``base`` as in ``keys.edit_key``.

    A file that is damaged, or would be, raises FileProblemsError and is left as it is.
    """
    return edit_key(folder / NAME, key, value, base=base, check=lambda file: incident_of(file, scale))


def starter(*, id: str, title: str, severity: str) -> str:  # noqa: A002 - the key's own name
    """The text of a new incident.toml, with the optional keys as comments."""
    first = tomlkit.document()
    for key, value in {"id": id, "title": title, "severity": severity}.items():
        first[key] = value
    return "# What people know of the incident and no file can tell.\n" + tomlkit.dumps(first) + _OPTIONAL


_OPTIONAL = """
# All below is optional: take the # away and fill it in. Times need an offset (Z or +01:00);
# a time written here wins over what the workbench finds in the sources.
# services = ["checkout-api"]
# team = "Payments"
# status = "resolved"            # or "open"
# summary = "One or two sentences for somebody who was not there."
# trigger = "What set it off."
# cause = "capacity:db-pool"     # incidents that share a cause count as repeats
# tags = ["database"]

# [milestones]
# started = 2025-11-17T14:00:00Z
# detected = 2025-11-17T14:05:00Z
# acknowledged, declared, identified, communicated, mitigated, recovered, resolved, postmortem_held

# [people]
# incident_commander = ""
# technical_lead = ""
# communications_lead = ""
# scribe = ""
# participants = []

# [impact]
# customers_total = 10000
# revenue_per_failed_order = 35.0
# currency = "EUR"
# support_tickets = 12
# notes = ""

# [slo]
# target = 99.9                  # percent
# window_days = 30
"""
