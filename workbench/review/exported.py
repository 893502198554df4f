"""An incident as an incident tool exports it: a folder with incident.json, which has its facts, beside its exports.

It is read where it lies, and nothing is written into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from workbench.clock import parse_rfc3339
from workbench.errors import ClockError, FolderError
from workbench.model import WRITABLE, Incident, IncidentStatus, People
from workbench.postmortem import Postmortem, read_files
from workbench.store.folder import IncidentFolder
from workbench.store.team_file import read_team

if TYPE_CHECKING:
    from pathlib import Path

NAME = "incident.json"
_KEYS = {  # what tools call it
    "id": ("id", "key", "reference", "identifier", "number"),
    "title": ("title", "name", "summary"),
    "severity": ("severity", "sev", "priority"),
    "team": ("team", "owner_team", "team_name"),
    "trigger": ("trigger",),
    "cause": ("cause", "cause_class", "root_cause_tag", "root_cause_category"),
    "commander": ("commander", "incident_commander", "lead"),
}
_ALSO = {
    "postmortem_held": ("retrospective_held", "review_held"),
    "mitigated": ("stabilized",),
    "resolved": ("closed",),
}


def is_exported(path: Path) -> bool:
    """Whether a directory holds an incident's export and no incident folder of ours."""
    return (path / NAME).is_file()


def exported(path: Path) -> Postmortem:
    """The post-mortem of an exported incident; raises FolderError where its facts cannot be read."""
    team = read_team(path)
    made = Postmortem(folder=IncidentFolder(path=path.resolve()))
    made.__dict__["team"] = team
    made.__dict__["incident"] = incident_from(_facts(path / NAME), made)
    files = sorted(one for one in path.iterdir() if one.name != NAME and not one.name.startswith("."))
    made.__dict__["loaded"] = read_files(files)
    return made


def _facts(path: Path) -> dict[str, Any]:
    try:
        values = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise FolderError(f"is not JSON: {error}", where=str(path), next_step="Export it again.") from error
    if isinstance(values, dict) and isinstance(values.get("incident"), dict):
        values = values["incident"]
    if not isinstance(values, dict):
        raise FolderError("is no JSON object", where=str(path), next_step="Export it again.")
    return values


def incident_from(values: dict[str, Any], pm: Postmortem) -> Incident:
    """The facts that an export states, in our terms."""
    where = str(pm.folder.path / NAME)
    known = {name: _first(values, keys) for name, keys in _KEYS.items()}
    severity = pm.team.severities.of(known["severity"])
    missing = next((name for name in ("id", "title") if not known[name]), "" if severity else "severity")
    if missing or severity is None:
        raise FolderError(
            f"says no {missing} that is understood", where=where, next_step=f"Write it under {_KEYS[missing][0]!r}."
        )
    held = values.get("tags") or values.get("labels")
    tags = tuple(one for one in held if isinstance(one, str)) if isinstance(held, list) else ()
    status = str(values.get("status") or "").casefold()
    over = status in {"resolved", "closed", "done", "completed", "postmortem"}
    return Incident(
        id=known["id"], title=known["title"], severity=severity, services=_services(values), team=known["team"],
        status=(IncidentStatus.RESOLVED if over else IncidentStatus.OPEN) if status else None,
        trigger=known["trigger"], cause=known["cause"] or next((one for one in tags if ":" in one), ""), tags=tags,
        milestones=_milestones(values, where), people=People(incident_commander=known["commander"]),
    )  # fmt: skip


def _first(values: dict[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = values.get(key)
        if isinstance(value, dict):
            value = value.get("name") or value.get("id")
        if value not in (None, "", [], {}):
            return str(value)
    return ""


def _services(values: dict[str, Any]) -> tuple[str, ...]:
    held = values.get("services") or values.get("service") or ()
    listed = held if isinstance(held, list) else [held]
    return tuple(str(one.get("name") if isinstance(one, dict) else one) for one in listed if one)


def _milestones(values: dict[str, Any], where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in WRITABLE:
        told = _first(values, tuple(each for base in (name, *_ALSO.get(name, ())) for each in (f"{base}_at", base)))
        if told:
            try:
                found[name] = parse_rfc3339(told, where=f"{where}: {name}")
            except ClockError:
                continue  # a flag or a duration under the same name is no moment
    return found
