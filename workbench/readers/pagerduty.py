"""PagerDuty: log entries, incidents and notes from the REST API v2, and webhooks v3 and v2.

Schema: https://developer.pagerduty.com/api-reference (List log entries, List incidents) and the webhook overviews.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.clock import Assumption, Instant
    from workbench.readers.base import EventRows, Source

_ACTIONS = {
    "trigger": "incident.triggered", "triggered": "incident.triggered", "reopened": "incident.triggered",
    "acknowledge": "incident.acknowledged", "acknowledged": "incident.acknowledged",
    "unacknowledge": "incident.unacknowledged", "unacknowledged": "incident.unacknowledged",
    "reach_ack_timeout": "incident.unacknowledged",
    "escalate": "incident.escalated", "escalated": "incident.escalated", "repeat_escalation_path": "incident.escalated",
    "exhaust_escalation_path": "incident.escalated",
    "assign": "incident.assigned", "delegate": "incident.assigned", "delegated": "incident.assigned",
    "reassigned": "incident.assigned", "notify": "incident.notified",
    "annotate": "incident.noted", "annotated": "incident.noted",
    "urgency_change": "incident.priority_changed", "priority_change": "incident.priority_changed",
    "priority_updated": "incident.priority_changed",
    "responder_request": "incident.responder_requested", "responder.added": "incident.responder_requested",
    "add_responder": "incident.responder_added", "responder_added": "incident.responder_added",
    "responder_accept": "incident.responder_added", "responder.replied": "incident.responder_added",
    "status_update": "incident.status_updated", "status_update_published": "incident.status_updated",
    "resolve": "incident.resolved", "resolved": "incident.resolved",
    "merge": "incident.merged", "snooze": "incident.snoozed",
}  # fmt: skip
_TITLE = re.compile(r"^\[#(\d+)\]\s*(.*)$", re.DOTALL)
_NAMES = ("summary", "name", "display_name", "email")


class _Unfolder:
    """One source's records; entries seen before are marked, because pages overlap."""

    def __init__(self, source: Source) -> None:
        self._assumption: Assumption = source.assumption
        self._seen: set[str] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        shapes: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[..., None]], ...] = (
            (_is_entry, self._entry), (_is_v3, self._v3), (_is_v2, self._v2), (_is_incident, self._incident),
            (_is_note, self._note),
        )  # fmt: skip
        unfold = next((unfold for fits, unfold in shapes if fits(record)), None)
        if unfold is None:
            raise RecordError("neither a log entry, an incident, a note nor a webhook of PagerDuty")
        unfold(rows, number, record)

    def _repeats(self, identity: str | None) -> bool:
        if identity is None or identity not in self._seen:
            self._seen.add(identity or "")
            return False
        return True

    def _entry(self, rows: EventRows, number: int, entry: dict[str, Any]) -> None:
        verb = str(entry["type"]).removesuffix("_reference").removesuffix("_log_entry")
        incident, channel = mapping(entry.get("incident")), mapping(entry.get("channel"))
        said = label(channel.get("content")) if verb == "annotate" else None
        said = said or (label(channel.get("summary")) if verb == "annotate" else None) or label(entry.get("summary"))
        notified = entry.get("user") or listing(entry.get("assignees"))[:1]
        _add(
            rows, moment(entry, "created_at", assumption=self._assumption), number, verb, incident, said,
            agent=entry.get("agent"), service=entry.get("service"), duplicate=self._repeats(label(entry.get("id"))),
            entry=label(entry.get("id")), channel=label(channel.get("type")), url=label(entry.get("html_url")),
            to=_people(notified if isinstance(notified, list) else [notified]),
            notification=label(mapping(channel.get("notification")).get("type")),
        )  # fmt: skip

    def _v3(self, rows: EventRows, number: int, webhook: dict[str, Any]) -> None:
        event = mapping(webhook.get("event"))
        data = mapping(event.get("data"))
        incident = data if data.get("type") == "incident" else mapping(data.get("incident"))
        verb = str(event["event_type"]).removeprefix("incident.")
        said = label(data.get("content")) or label(data.get("message")) or verb.replace("_", " ").replace(".", " ")
        _add(
            rows, moment(event, "occurred_at", assumption=self._assumption), number, verb, incident, said,
            agent=event.get("agent"), service=data.get("service"), duplicate=self._repeats(label(event.get("id"))),
            entry=label(event.get("id")), to=_people(listing(data.get("assignees"))),
        )  # fmt: skip

    def _v2(self, rows: EventRows, number: int, message: dict[str, Any]) -> None:
        entry = mapping(next(iter(listing(message.get("log_entries"))), None))
        incident = mapping(message.get("incident"))
        verb = str(message["event"]).removeprefix("incident.")
        when = instant(entry.get("created_at"), self._assumption)
        _add(
            rows, when or moment(message, "created_on", assumption=self._assumption), number, verb, incident,
            label(mapping(entry.get("channel")).get("content")) or label(entry.get("summary")) or verb,
            agent=entry.get("agent"), service=incident.get("service"), entry=label(entry.get("id")),
            duplicate=self._repeats(label(message.get("id"))), to=_people(listing(incident.get("assignees"))),
        )  # fmt: skip

    def _note(self, rows: EventRows, number: int, note: dict[str, Any]) -> None:
        _add(
            rows, moment(note, "created_at", assumption=self._assumption), number, "annotate", {},
            label(note.get("content")), agent=note.get("user"), service=None,
            duplicate=self._repeats(label(note.get("id"))), entry=label(note.get("id")),
        )  # fmt: skip

    def _incident(self, rows: EventRows, number: int, incident: dict[str, Any]) -> None:
        changed = incident.get("updated_at") or incident.get("last_status_change_at")
        repeated = self._repeats(f"{incident.get('id')} {changed}")
        add = partial(_add, rows, service=incident.get("service"), duplicate=repeated)
        said = label(incident.get("title")) or label(incident.get("description")) or label(incident.get("summary"))
        add(moment(incident, "created_at", assumption=self._assumption), number, "trigger", incident, said, agent=None)
        for when, done in self._dated(incident.get("acknowledgements"), "at"):
            add(when, number, "acknowledge", incident, said, agent=done.get("acknowledger"))
        for when, done in self._dated(incident.get("assignments"), "at"):
            add(when, number, "assign", incident, said, agent=None, to=_people([done.get("assignee")]))
        for when, done in self._dated(incident.get("responder_requests"), "requested_at"):
            said_then = label(done.get("message")) or said
            add(when, number, "responder_request", incident, said_then, agent=done.get("requester"))
        if incident.get("status") == "resolved":
            ended = instant(incident.get("resolved_at"), self._assumption)
            if ended := ended or instant(incident.get("last_status_change_at"), self._assumption):
                add(ended, number, "resolve", incident, said, agent=incident.get("last_status_change_by"))

    def _dated(self, parts: Any, key: str) -> Iterator[tuple[Instant, dict[str, Any]]]:
        """The parts of an incident that state a time."""
        for part in map(mapping, listing(parts)):
            if when := instant(part.get(key), self._assumption):
                yield when, part


def _add(
    rows: EventRows, when: Any, number: int, verb: str, incident: dict[str, Any], said: str | None, *,
    agent: Any, service: Any, duplicate: bool, **attributes: Any,
) -> None:  # fmt: skip
    """One event; only people are actors, a service that acts through the API is an attribute."""
    title = label(incident, "title", "summary", "description") or ""
    match = _TITLE.match(title)
    incident_number = incident.get("incident_number") or incident.get("number") or (int(match[1]) if match else None)
    title = match[2] if match else title
    heading = " ".join(part for part in (f"[#{incident_number}]" if incident_number else "", title) if part)
    message = f"{heading}: {said}" if heading and said and said != title else heading or said or verb
    person = _is_person(agent)
    rows.add(
        when, line=number, kind=Kind.PAGE, action=_ACTIONS.get(verb), message=message,
        level="info" if _ACTIONS.get(verb) == "incident.resolved" else level_of(incident.get("urgency")),
        actor=label(agent, *_NAMES) if person else None,
        service=label(service, *_NAMES) or label(incident.get("service"), *_NAMES), duplicate=duplicate,
        type=verb, incident=label(incident.get("id")), incident_number=incident_number, title=title,
        urgency=label(incident.get("urgency")), priority=label(incident.get("priority"), *_NAMES),
        status=label(incident.get("status")), incident_key=label(incident.get("incident_key")),
        agent=None if person else label(agent, *_NAMES), actor_email=label(mapping(agent).get("email")),
        url=attributes.pop("url", None) or label(incident.get("html_url")), **attributes,
    )  # fmt: skip


def _is_person(agent: Any) -> bool:
    kind = str(mapping(agent).get("type") or "user")
    return bool(agent) and kind.startswith("user")


def _people(people: list[Any]) -> list[str]:
    return [name for person in people if (name := label(person, *_NAMES))]


def _is_entry(record: dict[str, Any]) -> bool:
    return "_log_entry" in str(record.get("type"))


def _is_v3(record: dict[str, Any]) -> bool:
    event = mapping(record.get("event"))
    return "event_type" in event and "occurred_at" in event


def _is_v2(record: dict[str, Any]) -> bool:
    return str(record.get("event")).startswith("incident.") and "incident" in record


def _is_incident(record: dict[str, Any]) -> bool:
    return "created_at" in record and ("incident_key" in record or {"urgency", "service"} <= record.keys())


def _is_note(record: dict[str, Any]) -> bool:
    return {"content", "user", "created_at", "channel"} <= record.keys() and "type" not in record


def _fits(record: Any) -> bool:
    return isinstance(record, dict) and any(fit(record) for fit in (_is_entry, _is_v3, _is_v2, _is_incident, _is_note))


READER = RecordReader(
    name="pagerduty",
    title="PagerDuty log entries, incidents and webhooks",
    example="log_entries.json",
    unfolds="triggered, notified, acknowledged, escalated, noted, resolved",
    kind=Kind.PAGE,
    wrappers=("log_entries", "incidents", "messages", "notes"),
    fits=_fits,
    signatures=(
        frozenset({"log_entries"}),
        frozenset({"incident_key", "urgency"}),
        frozenset({"event_type", "occurred_at", "resource_type"}),
    ),
    start=_Unfolder,
)
