"""The Windows event log in XML, as Event Viewer, ``wevtutil`` and Get-WinEvent write it.

Schema: https://learn.microsoft.com/windows/win32/wes/eventschema-schema. Times are UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, instant
from workbench.readers.xml_records import XmlReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import EventRows, Source
    from workbench.readers.xml_documents import Sketch
    from workbench.readers.xml_elements import Element

_LEVELS = {"1": "fatal", "2": "error", "3": "warn", "4": "info", "5": "debug", "0": "info"}
_NAMESPACE = "schemas.microsoft.com/win/2004/08/events"
_PEOPLE = ("SubjectUserName", "TargetUserName", "User")


def _start(source: Source) -> Callable[[EventRows, int, Element], None]:
    seen: set[tuple[str, ...]] = set()

    def unfold(rows: EventRows, number: int, event: Element) -> None:
        system = event.find("System")
        created = system.find("TimeCreated") if system else None
        if system is None or created is None:
            raise RecordError("an event without System/TimeCreated")
        stated = created.attributes.get("SystemTime", "")
        when = instant(stated if stated.endswith(("Z", "z")) else f"{stated}Z", source.assumption)
        if when is None:
            raise RecordError(f"no usable time: SystemTime is {stated[:80]!r}")
        provider, security = _attributes(system, "Provider"), _attributes(system, "Security")
        data = _data(event)
        host, number_there = system.said("Computer"), system.said("EventRecordID")
        identity = (host, system.said("Channel"), number_there)
        rows.add(
            when, line=number, kind=Kind.LOG, message=_message(event, system, provider, data),
            level=_LEVELS.get(system.said("Level")), service=provider.get("Name"), host=host or None,
            actor=next((person for name in _PEOPLE if (person := _person(data.get(name)))), None),
            duplicate=bool(number_there) and identity in seen, event_id=system.said("EventID"),
            channel=system.said("Channel"), record=number_there, task=system.said("Task"), data=data,
            user_id=security.get("UserID"), process=_attributes(system, "Execution").get("ProcessID"),
        )  # fmt: skip
        seen.add(identity)

    return unfold


def _attributes(system: Element, tag: str) -> dict[str, str]:
    found = system.find(tag)
    return found.attributes if found else {}


def _data(event: Element) -> dict[str, str]:
    """What the event says besides: named values, or numbered ones."""
    parts = event.find("EventData") or event.find("UserData")
    found: dict[str, str] = {}
    for at, part in enumerate(_leaves(parts) if parts else [], start=1):
        if text := part.whole_text().strip():
            found[part.attributes.get("Name") or (part.tag if part.tag != "Data" else str(at))] = text
    return found


def _leaves(element: Element) -> list[Element]:
    return [leaf for child in element.children for leaf in (_leaves(child) if child.children else [child])]


def _message(event: Element, system: Element, provider: dict[str, str], data: dict[str, str]) -> str:
    """The rendered words where the file has them, else what the event is of, and its values."""
    if said := event.said("RenderingInfo", "Message"):
        return said
    heading = f"{provider.get('Name') or 'Event'} {system.said('EventID')}"
    values = ", ".join(text if name.isdigit() else f"{name}={text}" for name, text in data.items())
    return f"{heading}: {values}" if values else heading


def _person(name: str | None) -> str | None:
    """The name of an account of people: machines end with $, services are known."""
    known = {"-", "SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE", "ANONYMOUS LOGON"}
    return name if name and name.upper() not in known and not name.endswith("$") else None


def _fits(found: Sketch) -> bool:
    named = _NAMESPACE in found.attributes.get("xmlns", "") or {"System", "TimeCreated"} <= found.tags
    return found.root in {"Events", "Event"} and named and "Event" in found.tags


READER = XmlReader(
    name="windows_event_xml",
    title="Windows event log (XML)",
    example="System.xml",
    unfolds="one event per event: its rendered message, or its source, number and values",
    kind=Kind.LOG,
    tags=frozenset({"Event"}),
    fits=_fits,
    start=_start,
)
