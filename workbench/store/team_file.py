"""workbench.toml: what a team keeps once above its incident folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.model import (
    DEFAULT_SCALE,
    OncallHours,
    Person,
    PhaseTargets,
    RedactionSettings,
    ReportSettings,
    Service,
    Severity,
    SeverityScale,
    Team,
)
from workbench.store.schema_check import Either, FileProblemsError, Keyed, Problem, Table, Value, checked_table, one_of
from workbench.store.toml_file import TomlFile, read_toml
from workbench.store.values import FILLED, TEXT, TEXT_OR_TEXTS, TEXTS, ZONE, amount

if TYPE_CHECKING:
    from pathlib import Path

NAME = "workbench.toml"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)$")


def _hours(value: Any) -> tuple[int, int]:
    match = _HOURS.match(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return start % 1440, min(end, 1440)


def _days(value: Any) -> tuple[int, ...]:
    words = [str(word).strip().lower()[:3] for word in value] if isinstance(value, list) else [""]
    return tuple(sorted({_DAYS.index(word) for word in words}))  # index raises ValueError for another word


_HOURS_VALUE = Value(expected='hours such as "09:00-18:00"', parse=_hours)
_SEVERITY = Table(fields={"response_minutes": amount(above=0), "update_minutes": amount(above=0)})
_PERSON = Table(
    fields={
        "name": FILLED,
        "names": TEXT_OR_TEXTS,
        "email": TEXT_OR_TEXTS,
        "logins": Keyed(value=TEXT_OR_TEXTS),
        "zone": ZONE,
        "role": TEXT,
    }
)
_SERVICE = Table(fields={"team": TEXT, "aliases": TEXTS})
_SHAPE = Table(
    fields={
        "people": Keyed(value=_PERSON),
        "services": Keyed(value=Either(short=TEXT, table=_SERVICE)),
        "zones": Keyed(value=ZONE),
        "targets": Table(fields={"detection_minutes": amount(above=0), "triage_minutes": amount(above=0)}),
        "clocks": Table(fields={"assumed_max_skew_seconds": amount(low=0)}),
        "reports": Table(fields={"templates": TEXT, "reference_docx": TEXT, "editions": TEXTS, "template": TEXT}),
        "redaction": Table(fields={"key_file": TEXT, "allow_file": TEXT}),
        "oncall": Table(
            fields={
                "hours": _HOURS_VALUE,
                "sleep": _HOURS_VALUE,
                "days": Value(expected='a list of days such as ["Mon", "Fri"]', parse=_days),
            }
        ),
    }
)


def find_team_file(folder: Path) -> Path | None:
    """The nearest workbench.toml in the folder or above it."""
    start = folder.resolve()
    return next((above / NAME for above in (start, *start.parents) if (above / NAME).is_file()), None)


def read_team(folder: Path) -> Team:
    """The team's facts for a folder; the defaults without a workbench.toml. Raises FileProblemsError."""
    path = find_team_file(folder)
    return team_of(read_toml(path)) if path else Team()


def team_of(file: TomlFile) -> Team:
    """The team that a file describes; its paths are taken from where the file stands."""
    facts = checked_table(file, _shape_for(file))
    return Team(
        file=str(file.path),
        severities=_scale(facts.get("severities", {}), file),
        people=tuple(_person(key, entry) for key, entry in facts.get("people", {}).items()),
        services=tuple(_service(name, entry) for name, entry in facts.get("services", {}).items()),
        zones=facts.get("zones", {}),
        reports=ReportSettings(**_placed(facts.get("reports", {}), ("templates", "reference_docx"), file.path.parent)),
        redaction=RedactionSettings(
            **_placed(facts.get("redaction", {}), ("key_file", "allow_file"), file.path.parent)
        ),
        oncall=OncallHours(**_oncall(facts.get("oncall", {}))),
        phases=PhaseTargets(**facts.get("targets", {})),
        **facts.get("clocks", {}),
    )


def _shape_for(file: TomlFile) -> Table:
    """The shape with one entry for each of the team's own severities; ``order`` and ``aliases`` are ours."""
    written = file.table.get("severities")
    names = [name for name in written if name not in {"order", "aliases"}] if isinstance(written, dict) else []
    ours: dict[str, Any] = {"order": TEXTS, "aliases": Keyed(value=FILLED)}
    severities = Table(fields={**dict.fromkeys(names, _SEVERITY), **ours})
    return Table(fields={**_SHAPE.fields, "severities": severities})


def _scale(entries: dict[str, Any], file: TomlFile) -> SeverityScale:
    written = {name: entry for name, entry in entries.items() if name not in {"order", "aliases"}}
    names = entries.get("order", tuple(written)) or DEFAULT_SCALE.names
    aliases = entries.get("aliases", {})
    strays = [("severities.order", name) for name in written if name not in names]
    strays += [(f"severities.aliases.{spelling}", name) for spelling, name in aliases.items() if name not in names]
    if strays:
        raise FileProblemsError(file.path, tuple(_stray(key, name, names, file) for key, name in strays))
    own = {severity.name: severity for severity in DEFAULT_SCALE.severities}
    severities = tuple(Severity(name=name, **written[name]) if name in written else own.get(name, Severity(name=name))
                       for name in names)  # fmt: skip
    return SeverityScale(severities=severities, aliases=aliases)


def _stray(key: str, name: str, names: tuple[str, ...], file: TomlFile) -> Problem:
    line = file.line_of(tuple(key.split(".", 2)))
    if key == "severities.order":
        return Problem(key=key, line=line, found=f"no place for {name!r}", expected="every severity of the table")
    return Problem(key=key, line=line, found=f"the text {name!r}", expected=one_of(names))


def _person(key: str, entry: dict[str, Any]) -> Person:
    names = entry.get("names", ())
    name = entry.get("name") or (names[0] if names else key)
    return Person(
        key=key,
        name=name,
        names=names,
        emails=entry.get("email", ()),
        logins=entry.get("logins", {}),
        zone=entry.get("zone", ""),
        role=entry.get("role", ""),
    )


def _service(name: str, entry: dict[str, Any] | str) -> Service:
    return Service(name=name, team=entry) if isinstance(entry, str) else Service(name=name, **entry)


def _placed(facts: dict[str, Any], paths: tuple[str, ...], root: Path) -> dict[str, Any]:
    """The facts with their paths made absolute."""
    return {name: str(root / value) if name in paths and value else value for name, value in facts.items()}


def _oncall(facts: dict[str, Any]) -> dict[str, Any]:
    return {"work" if name == "hours" else name: value for name, value in facts.items()}
