"""The desk for the facts of an incident: incident.toml as a form, what was found beside it, and the 48 hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.deadline import deadline
from workbench.explorer.fact_fields import FIELDS, GROUPS, choices, shown, written
from workbench.explorer.found_facts import found_facts, people_known, services_known
from workbench.store import incident_file
from workbench.store.keys import KeyChangedError, revision, value_at
from workbench.store.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.explorer.answers import Reply
    from workbench.explorer.current import Current
    from workbench.explorer.fact_fields import Field
    from workbench.model import Incident
    from workbench.store.toml_file import TomlFile


class Facts:
    """What people state of the incident, each with where it comes from; one key is written at a time."""

    name = "facts"

    def __init__(self, current: Current) -> None:
        self.current = current
        self._services: tuple[object, list[str]] | None = None
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"facts": self.facts, "facts.save": self.save}

    def setup(self) -> dict[str, Any]:
        """The form without its values."""
        scale = self.current.pm().team.severities.names
        groups = [
            {"title": title, "fields": [_described(field, choices(field.name, scale)) for field in fields]}
            for title, fields in GROUPS.items()
        ]
        return {"groups": groups, "file": incident_file.NAME}

    def facts(self, _message: Mapping[str, Any]) -> Reply:
        """Everything: the values, what was found, the names that could be meant, and the clock."""
        state = self.state()
        if state["problem"]:
            return {"op": "facts", "state": state}, []
        try:
            more = self._found()
        except WorkbenchError as problem:  # another of people's files is damaged: the form still stands
            more = {"trouble": problem.sentence()}
        return {"op": "facts", "state": state | more}, []

    def _found(self) -> dict[str, Any]:
        pm = self.current.pm()
        people = people_known(pm)
        if self._services is None or self._services[0] is not pm.loaded:
            self._services = (pm.loaded, services_known(pm))
        known = {"services": self._services[1]} | {name: people for name in FIELDS if name.startswith("people.")}
        return {
            "found": {name: one.as_json() for name, one in found_facts(pm).items()},
            "known": known,
            "clock": deadline(pm),
        }

    def state(self) -> dict[str, Any]:
        """What the file says, each value with its place and its revision; ``problem`` where it cannot be read."""
        try:
            file = read_toml(self.current.folder / incident_file.NAME)
            incident = incident_file.incident_of(file, self.current.pm().team.severities)
        except WorkbenchError as problem:
            return {"problem": problem.sentence(), "fields": {}}
        return {"problem": "", "fields": {name: _value(file, incident, field) for name, field in FIELDS.items()}}

    def save(self, message: Mapping[str, Any]) -> Reply:
        """Writes one key, or takes it away; what others wrote there meanwhile is told, and then nothing is written."""
        field = FIELDS.get(str(message.get("key")))
        if field is None:
            raise WorkbenchError(f"incident.toml has no {message.get('key')!r} in this form")
        value, base = written(field, message.get("value")), str(message.get("base") or "")
        scale = self.current.pm().team.severities
        try:
            incident_file.edit_fact(self.current.folder, field.key, value, base=base, scale=scale)
        except KeyChangedError as changed:
            state = self.state() | {"base": revision(changed.current)}
            raise ConflictError(_meanwhile(field, changed.current), state) from changed
        return saved(self.state()), []


def _described(field: Field, options: list[str]) -> dict[str, Any]:
    return {"name": field.name, "label": field.label, "kind": field.kind, "hint": field.hint, "choices": options}


def _value(file: TomlFile, incident: Incident, field: Field) -> dict[str, Any]:
    """The value as the form has it; a choice is one of its words, however the file spells it."""
    value = value_at(file.table, field.key)
    line = file.line_of(field.key) if value is not None else None
    said = getattr(incident, field.name) if field.kind == "choice" else value
    return {"value": shown(field, said), "base": revision(value), "line": line}


def _meanwhile(field: Field, value: Any) -> str:
    now = shown(field, value)
    told = ", ".join(now) if isinstance(now, list) else now
    return f"Meanwhile {field.label} was made “{told}”" if told else f"Meanwhile {field.label} was taken away"
