"""Datadog: incidents, events of both API versions, and notifications of monitors.

Schema: https://docs.datadoghq.com/api/latest/incidents/, .../events/, and
https://docs.datadoghq.com/integrations/webhooks/ for the variables of a notification. Logs are a format of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_MOMENTS = (
    ("customer_impact_start", "incident.impact_started", "customer impact began"),
    ("detected", "incident.detected", "detected"), ("created", "incident.triggered", "opened"),
    ("declared", "incident.declared", "declared"),
    ("customer_impact_end", "incident.impact_ended", "customer impact ended"),
    ("resolved", "incident.resolved", "resolved"),
)  # fmt: skip
_TRANSITIONS = {
    "triggered": "alert.fired", "re-triggered": "alert.fired", "warn": "alert.fired", "re-warn": "alert.fired",
    "no data": "alert.fired", "re-no data": "alert.fired", "renotify": "alert.fired", "alert": "alert.fired",
    "recovered": "alert.resolved", "alert recovery": "alert.resolved", "ok": "alert.resolved",
}  # fmt: skip
_TITLED = re.compile(r"\[(Triggered|Re-Triggered|Warn|No Data|Recovered|Renotify)\b[^\]]*\]", re.IGNORECASE)
_MARKS = re.compile(r"%%%")
_LEVELS = {"sev-1": "fatal", "sev-2": "error", "sev-3": "warn", "sev-4": "info", "sev-5": "info"}


class _Unfolder:
    """One source's incidents, events and notifications."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        record = _inner(record)
        if _is_incident(record):
            self._incident(rows, number, record)
        elif _is_event(record):
            self._event(rows, number, record)
        elif _is_first_event(record):
            self._first_event(rows, number, record)
        elif _is_notice(record):
            self._notice(rows, number, record)
        else:
            raise RecordError("neither an incident, an event nor a notification of Datadog")

    def _repeats(self, *key: Any) -> bool:
        known = key in self._seen
        self._seen.add(key)
        return known

    def _incident(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        about = {_snake(key): value for key, value in mapping(record.get("attributes")).items()}
        fields = {key: mapping(each).get("value") for key, each in mapping(about.get("fields")).items()}
        severity = label(about.get("severity")) or label(fields.get("severity"))
        title, services = label(about.get("title")) or "incident", listing(fields.get("services"))
        known = len(rows)
        for key, action, said in _MOMENTS:
            if when := instant(about.get(key), self._assumption):
                rows.add(
                    when, line=number, kind=Kind.PAGE, action=action, message=f"{title}: {said}", title=title,
                    level="info" if action == "incident.resolved" else _LEVELS.get((severity or "").lower()),
                    service=label(services[0]) if len(services) == 1 else None, severity=severity,
                    incident=label(record.get("id")), number=about.get("public_id"), state=label(fields.get("state")),
                    root_cause=label(fields.get("root_cause")), summary=label(fields.get("summary")),
                    scope=label(about.get("customer_impact_scope")),
                    duplicate=self._repeats(record.get("id"), action, when.ns),
                )  # fmt: skip
        if len(rows) == known:
            raise RecordError("no usable time: the incident states none")

    def _event(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        about = mapping(record.get("attributes"))
        inner = mapping(about.get("attributes"))
        transition = mapping(mapping(inner.get("monitor")).get("transition"))
        state = label(transition.get("trans_name")) or label(transition.get("destination_state"))
        self._said(
            rows, moment(about, "timestamp", assumption=self._assumption), number, record.get("id"),
            title=label(inner.get("title")) or label(about.get("title")), text=label(about.get("message")), state=state,
            status=label(inner.get("status")), host=label(inner.get("hostname")), service=label(inner.get("service")),
            tags=listing(about.get("tags")), group=label(inner.get("aggregation_key")),
            monitored="monitor" in inner,
        )  # fmt: skip

    def _first_event(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        """An event of API version 1: ``date_happened`` in seconds."""
        self._said(
            rows, moment(record, "date_happened", assumption=self._assumption), number, record.get("id"),
            title=label(record.get("title")), text=label(record.get("text")), state=None,
            host=label(record.get("host")), status=label(record.get("alert_type")), service=None,
            tags=listing(record.get("tags")), group=label(record.get("aggregation_key")), url=label(record.get("url")),
            monitored=bool(record.get("monitor_id")),
        )  # fmt: skip

    def _notice(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        """A monitor's notification, by the template that the vendor's page proposes, nested or flat."""
        alert, event = mapping(record.get("alert")), mapping(record.get("event"))
        tags = record.get("tags")
        when = moment(record, "last_updated", "date", "timestamp", assumption=self._assumption)
        self._said(
            rows, when, number, record.get("id"),
            title=label(event.get("title")) or label(record.get("title")) or label(alert.get("title")),
            text=label(record.get("text_only_msg")) or label(event.get("msg")) or label(record.get("body")),
            state=label(alert.get("transition")) or label(record.get("alert_transition")),
            status=label(alert.get("type")) or label(record.get("alert_type")), host=label(record.get("hostname")),
            service=None, tags=tags.split(",") if isinstance(tags, str) else listing(tags),
            group=label(alert.get("id")) or label(record.get("alert_id")), monitored=True,
            url=label(record.get("link")),
        )  # fmt: skip

    def _said(
        self, rows: EventRows, when: Instant, number: int, identity: Any, *, title: str | None, text: str | None,
        state: str | None, status: str | None, service: str | None, tags: list[Any], monitored: bool, **more: Any,
    ) -> None:  # fmt: skip
        match = _TITLED.search(title or "")
        state = state or (match[1] if match else None)
        action = _TRANSITIONS.get((state or "").lower())
        text = _MARKS.sub("", text or "").strip() or None
        rows.add(
            when, line=number, kind=Kind.ALERT if monitored or action else Kind.LOG, action=action,
            message=title or text or "event", level="info" if action == "alert.resolved" else level_of(status),
            service=_tag(tags, "service") or (service if service != "undefined" else None), state=state, text=text,
            tags=tags, host=more.pop("host", None) or _tag(tags, "host"), alert=title, event=label(identity),
            duplicate=identity is not None and self._repeats(str(identity), when.ns, state), **more,
        )  # fmt: skip


def _tag(tags: list[Any], name: str) -> str | None:
    return next((str(tag).partition(":")[2] for tag in tags if str(tag).startswith(f"{name}:")), None)


def _snake(name: str) -> str:
    """Dumps of the vendor's libraries write ``customerImpactStart``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _inner(record: dict[str, Any]) -> dict[str, Any]:
    """A search nests each incident once more."""
    return mapping(record["data"]) if isinstance(record.get("data"), dict) else record


def _is_incident(record: dict[str, Any]) -> bool:
    return record.get("type") == "incidents" and isinstance(record.get("attributes"), dict)


def _is_event(record: dict[str, Any]) -> bool:
    return record.get("type") == "event" and "timestamp" in mapping(record.get("attributes"))


def _is_first_event(record: dict[str, Any]) -> bool:
    return {"date_happened", "title"} <= record.keys()


def _is_notice(record: dict[str, Any]) -> bool:
    nested = "transition" in mapping(record.get("alert"))
    return (nested or {"alert_transition", "alert_id"} <= record.keys()) and bool(
        {"date", "last_updated"} & record.keys()
    )


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    return any(fits(_inner(record)) for fits in (_is_incident, _is_event, _is_first_event, _is_notice))


def _expand(value: dict[str, Any]) -> Iterator[Any]:
    """The incidents of a search; one incident alone; anything else as it is."""
    found = mapping(mapping(value.get("data")).get("attributes")).get("incidents")
    yield from found if isinstance(found, list) else [value]


READER = RecordReader(
    name="datadog",
    title="Datadog incidents, events and monitor notifications",
    example="datadog_incidents.json",
    unfolds="an incident detected, declared, resolved, its impact; alerts fired and resolved; other events",
    kind=Kind.ALERT,
    wrappers=("data", "events"),
    fits=lambda value: isinstance(value, dict) and any(map(_fits, _expand(value))),
    signatures=(frozenset({"customer_impact_start", "public_id"}), frozenset({"customerImpactStart", "publicId"}),
                frozenset({"date_happened", "alert_type"}), frozenset({"aggregation_key", "evt"})),
    start=_Unfolder,
    expand=_expand,
)  # fmt: skip
