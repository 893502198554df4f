"""The fields of incident.toml as the explorer's form has them: what each is called, and how it is shown and written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc, parse_rfc3339
from workbench.errors import ClockError, WorkbenchError
from workbench.explorer.written import cleaned
from workbench.model import WRITABLE, IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 20_000  # signs of one value
_MOST = 200  # items of a list
_DIGITS = 15
_MOMENTS = {
    "started": "customers began to feel it", "detected": "somebody or something noticed",
    "acknowledged": "a person took the page", "declared": "it was called an incident",
    "identified": "the cause was found", "communicated": "customers were told first",
    "mitigated": "what ended the harm was in place", "recovered": "requests succeeded again",
    "resolved": "it was closed; the 48 hours begin", "postmortem_held": "the meeting; the 48 hours end",
}  # fmt: skip
_LABELS = {"postmortem_held": "Post-mortem held"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: ``kind`` is text, long, choice, list, moment, whole or number."""

    key: tuple[str, ...]
    label: str
    kind: str = "text"
    hint: str = ""

    @property
    def name(self) -> str:
        """The key as people see it: ``people.scribe``."""
        return ".".join(self.key)


def _table(table: str, *fields: tuple[str, str, str, str]) -> list[Field]:
    return [Field(key=(table, key), label=label, kind=kind, hint=hint) for key, label, kind, hint in fields]


GROUPS: dict[str, list[Field]] = {
    "The incident": [
        Field(key=("title",), label="Title", hint="what failed, in a sentence"),
        Field(key=("id",), label="Id"),
        Field(key=("severity",), label="Severity", kind="choice"),
        Field(key=("status",), label="Status", kind="choice"),
        Field(key=("services",), label="Services", kind="list"),
        Field(key=("team",), label="Team"),
        Field(key=("cause",), label="Cause class", hint="such as capacity:db-pool; who share it are repeats"),
        Field(key=("tags",), label="Tags", kind="list"),
        Field(key=("trigger",), label="Trigger", kind="long", hint="what set it off"),
        Field(key=("summary",), label="Summary", kind="long",
              hint="where narrative.md has an executive summary, the report prints that one"),
    ],
    "People": _table(
        "people",
        ("incident_commander", "Incident commander", "text", ""),
        ("technical_lead", "Technical lead", "text", ""),
        ("communications_lead", "Communications", "text", ""),
        ("scribe", "Scribe", "text", ""),
        ("participants", "Participants", "list", ""),
    ),
    "Milestones (UTC)": _table(
        "milestones", *((name, _LABELS.get(name, name.capitalize()), "moment", _MOMENTS[name]) for name in WRITABLE)
    ),
    "Impact": _table(
        "impact",
        ("customers_total", "Customers in all", "whole", "what the affected ones are a share of"),
        ("support_tickets", "Support tickets", "whole", "what stands here wins over what was counted"),
        ("revenue_per_failed_order", "Revenue per failed order", "number", ""),
        ("currency", "Currency", "text", "such as EUR"),
        ("notes", "Notes", "long", "what no count says"),
    ),
    "Service level objective": _table(
        "slo",
        ("target", "Target in percent", "number", "such as 99.9"),
        ("window_days", "Window in days", "whole", "30 where nothing is written"),
    ),
}  # fmt: skip
FIELDS = {field.name: field for fields in GROUPS.values() for field in fields}


def choices(name: str, severities: tuple[str, ...]) -> list[str]:
    """The values that a field may have; none where it is free."""
    return {"severity": list(severities), "status": [str(one) for one in IncidentStatus]}.get(name, [])


def shown(field: Field, value: Any) -> Any:
    """A value of the file as the form has it: a list for a list, else text; ""  where there is none."""
    if field.kind == "list":
        return list(value) if value else []
    if value is None:
        return ""
    return moment_text(_ns(value)) if field.kind == "moment" else str(value)


def moment_text(ns: int) -> str:
    """UTC without a zone's sign: ``2025-11-17 14:05:00``."""
    return format_utc(ns, digits=0).replace("T", " ").rstrip("Z")


def _ns(value: Any) -> int:
    text = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
    return parse_rfc3339(text)


def written(field: Field, value: Any) -> Any:
    """What the form sends as TOML holds it; None takes the key away. A sentence where it cannot be a value."""
    if field.kind == "list":
        return _items(field, value)
    if value is not None and not isinstance(value, str | int | float):
        raise WorkbenchError(f"{field.name} cannot be written: {type(value).__name__} is no text")
    text = paragraphs(str(value)) if field.kind == "long" else cleaned("" if value is None else str(value))
    if len(text) > LONGEST:
        raise WorkbenchError(f"{field.name} has {len(text):,} signs, and {LONGEST:,} are the most")
    return _KINDS.get(field.kind, str)(text) if value is not None and text else None


def _items(field: Field, value: Any) -> list[str] | None:
    if not isinstance(value, list | None) or not all(isinstance(item, str) for item in value or ()):
        raise WorkbenchError(f"{field.name} is a list of texts")
    items = list(dict.fromkeys(filter(None, (cleaned(item) for item in value or ()))))
    if len(items) > _MOST or sum(map(len, items)) > LONGEST:
        raise WorkbenchError(f"{field.name} has {len(items):,} items, which is more than can be kept")
    return items or None


def paragraphs(text: str) -> str:
    """The text with its line ends, without signs that steer a terminal or cannot be written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(cleaned, lines)).strip()


def _moment(text: str) -> datetime | str:
    """A TOML time in UTC; the text itself where it says more than a microsecond."""
    try:
        ns = parse_rfc3339(text)
    except ClockError as error:
        raise WorkbenchError(str(error), next_step="Write it like 2025-11-17 14:05:00 (UTC).") from error
    if ns % 1_000:
        return format_utc(ns)
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC).replace(microsecond=ns // 1_000 % 1_000_000)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise WorkbenchError(f"{text!r} is no whole number", next_step="Write one such as 12.")
    return int(text)


def _number(text: str) -> float | int:
    try:
        number = float(text)
    except ValueError as error:
        raise WorkbenchError(f"{text!r} is no number", next_step="Write one such as 99.9.") from error
    return int(number) if text.isdigit() and len(text) <= _DIGITS else number


_KINDS: dict[str, Callable[[str], Any]] = {"moment": _moment, "whole": _whole, "number": _number}
