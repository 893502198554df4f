"""Opsgenie: incidents with their timelines, alerts with their logs and notes, and webhooks.

Schema: https://docs.opsgenie.com/docs/api-overview (incident, incident timeline, alert logs and notes), and
https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/ for webhooks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.clock import Instant
from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.readers.base import EventRows, Source

# Webhooks say "Acknowledge", timelines "IncidentResolved", logs a sentence: the first word that fits tells the action.
_ACTIONS = (
    ("unacknowledg", "incident.unacknowledged"), ("un-acknowledg", "incident.unacknowledged"),
    ("acknowledg", "incident.acknowledged"), ("reopen", "incident.triggered"), ("unclos", "incident.triggered"),
    ("note", "incident.noted"), ("escalat", "incident.escalated"), ("priority", "incident.priority_changed"),
    ("unsnooz", "incident.unsnoozed"), ("snooz", "incident.snoozed"), ("statuspage", "incident.status_updated"),
    ("status page", "incident.status_updated"), ("stakeholder", "incident.status_updated"),
    ("responder", "incident.responder_added"), ("recipient", "incident.responder_added"),
    ("addteam", "incident.responder_added"), ("notif", "incident.notified"), ("owner", "incident.assigned"),
    ("assign", "incident.assigned"), ("resolv", "incident.resolved"), ("clos", "incident.resolved"),
    ("opened", "incident.triggered"), ("creat", "incident.triggered"),
)  # fmt: skip
_MILLI = 1_000_000
_LEVELS = {"P1": "fatal", "P2": "error", "P3": "warn", "P4": "info", "P5": "info"}


def action_of(words: str | None) -> str | None:
    """The action that a type or a sentence of Opsgenie states."""
    text = (words or "").lower()
    return next((action for word, action in _ACTIONS if word in text), None)


class _Unfolder:
    """One source's records; entries seen before are marked, because pages overlap."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        shapes: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[..., None]], ...] = (
            (_is_webhook, self._webhook), (_is_incident, self._incident), (_is_alert, self._alert),
            (_is_entry, self._entry), (_is_log, self._log),
        )  # fmt: skip
        unfold = next((unfold for fits, unfold in shapes if fits(record)), None)
        if unfold is None:
            raise RecordError("neither an incident, an alert, a timeline entry, a log nor a webhook of Opsgenie")
        unfold(rows, number, record)

    def _add(
        self, rows: EventRows, when: Instant, number: int, about: dict[str, Any], said: str | None, *,
        action: str | None, actor: str | None = None, **more: Any,
    ) -> None:  # fmt: skip
        title = label(about, "message", "alias") or ""
        key = (label(about, "id", "alertId"), more.get("entry"), action, said, when.ns)
        level = "info" if action == "incident.resolved" else _level(about.get("priority"))
        rows.add(
            when, line=number, kind=Kind.PAGE, action=action, level=level, actor=actor,
            message=": ".join(dict.fromkeys(part for part in (title, said) if part)) or action or "Opsgenie",
            duplicate=key in self._seen, title=title, incident=key[0], number=label(about.get("tinyId")),
            service=_service(about), priority=label(about.get("priority")), status=label(about.get("status")),
            entity=label(about.get("entity")), tags=listing(about.get("tags")),
            url=label(mapping(about.get("links")).get("web")), **more,
        )  # fmt: skip
        self._seen.add(key)

    def _webhook(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        """The time of the deed is when the alert was updated; when it was created is the alert's own time."""
        alert, verb = mapping(hook.get("alert")), str(hook.get("action"))
        keys = ("createdAt",) if verb == "Create" else ("updatedAt", "createdAt")
        when = moment(alert, *keys, assumption=self._assumption)
        said = label(alert.get("note")) or label(alert.get("description")) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", verb)
        actor = None if verb == "Create" else _person(alert.get("username"))
        self._add(rows, when, number, alert, said, action=action_of(verb), actor=actor, entry=verb,
                  integration=label(hook.get("integrationName")))  # fmt: skip

    def _incident(self, rows: EventRows, number: int, incident: dict[str, Any]) -> None:
        entries = [each for each in listing(incident.get("timelines")) if isinstance(each, dict)]
        for each in entries:
            self._entry(rows, number, each, incident)
        if not any(str(each.get("type")) == "IncidentOpened" for each in entries):
            opened = moment(incident, "createdAt", assumption=self._assumption)
            self._add(rows, opened, number, incident, label(incident.get("description")), action="incident.triggered")
        ended = incident.get("status") in {"resolved", "closed"}
        told = any(action_of(label(each.get("type"))) == "incident.resolved" for each in entries)
        if ended and not told and (when := instant(incident.get("updatedAt"), self._assumption)):
            self._add(rows, when, number, incident, label(incident.get("status")), action="incident.resolved")
        for key, action in (("impactStartDate", "incident.impact_started"), ("impactEndDate", "incident.impact_ended")):
            if when := instant(incident.get(key), self._assumption):
                self._add(rows, when, number, incident, action.partition(".")[2].replace("_", " "), action=action)

    def _entry(
        self, rows: EventRows, number: int, entry: dict[str, Any], incident: dict[str, Any] | None = None
    ) -> None:
        when = moment(entry, "eventTime", assumption=self._assumption)
        kind, actor = str(entry.get("type")), mapping(entry.get("actor"))
        parts = (label(entry.get("title"), "content"), label(entry.get("description"), "content"))
        said = ": ".join(part for part in parts if part) or kind
        person = _person(actor.get("name")) if actor.get("type", "user") == "user" else None
        self._add(rows, when, number, incident or {}, said, action=action_of(kind), actor=person,
                  entry=label(entry.get("id")), type=kind, hidden=entry.get("hidden") or None)  # fmt: skip

    def _alert(self, rows: EventRows, number: int, alert: dict[str, Any]) -> None:
        created = moment(alert, "createdAt", "insertedAt", assumption=self._assumption)
        self._add(rows, created, number, alert, label(alert.get("description")), action="incident.triggered")
        for when, action, actor in self._reported(alert, created):
            self._add(rows, when, number, alert, action.partition(".")[2], action=action, actor=actor)

    def _reported(self, alert: dict[str, Any], created: Instant) -> Iterator[tuple[Instant, str, str | None]]:
        """What the alert's report says: how many ms after its creation it was acknowledged and closed, and by whom."""
        report = mapping(alert.get("report"))
        for key, by, action in (("ackTime", "acknowledgedBy", "incident.acknowledged"),
                                ("closeTime", "closedBy", "incident.resolved")):  # fmt: skip
            if isinstance(after := report.get(key), int | float) and after > 0:
                shift = int(after) * _MILLI
                when = Instant(
                    created.ns + shift, created.earliest + shift, created.latest + shift + _MILLI, created.basis
                )
                yield when, action, _person(report.get(by))
        closed = alert.get("status") == "closed" and not report.get("closeTime")
        if closed and (last := instant(alert.get("updatedAt"), self._assumption)):
            yield last, "incident.resolved", None

    def _log(self, rows: EventRows, number: int, entry: dict[str, Any]) -> None:
        """A line of an alert's log, or a note to it; its ``offset`` is a place in the pages, no time."""
        when, note = moment(entry, "createdAt", assumption=self._assumption), label(entry.get("note"))
        said = note or label(entry.get("log"))
        self._add(
            rows, when, number, {}, said, action="incident.noted" if note else action_of(said),
            actor=_person(entry.get("owner")), entry=label(entry.get("offset")), type=label(entry.get("type")),
        )  # fmt: skip


def _level(priority: Any) -> str | None:
    text = f"P{priority}" if isinstance(priority, int) else str(priority or "")
    return _LEVELS.get(text) or level_of(text)


def _service(about: dict[str, Any]) -> str | None:
    named = [name for each in listing(about.get("impactedServices")) if (name := label(each, "name", "id"))]
    if named:
        return named[0] if len(named) == 1 else None
    tagged = [tag.partition(":")[2] for tag in map(str, listing(about.get("tags"))) if tag.startswith("service:")]
    return tagged[0] if len(tagged) == 1 else label(about.get("entity"))


def _person(name: Any) -> str | None:
    """System and the integrations are no people."""
    text = label(name)
    return None if text is None or text.lower() in {"system", "opsgenie", "alert api", "unknown"} else text


def _is_webhook(record: dict[str, Any]) -> bool:
    return "action" in record and "alertId" in mapping(record.get("alert"))


def _is_incident(record: dict[str, Any]) -> bool:
    marks = {"impactStartDate", "responders", "timelines", "impactedServices", "ownerTeam"}
    return "tinyId" in record and "createdAt" in record and bool(marks & record.keys() - {"responders"})


def _is_alert(record: dict[str, Any]) -> bool:
    return {"tinyId", "alias", "createdAt"} <= record.keys()


def _is_entry(record: dict[str, Any]) -> bool:
    return {"eventTime", "group", "type", "title"} <= record.keys()


def _is_log(record: dict[str, Any]) -> bool:
    return {"owner", "createdAt", "offset"} <= record.keys() and ("log" in record or "note" in record)


def _fits(record: Any) -> bool:
    shapes = (_is_webhook, _is_incident, _is_alert, _is_entry, _is_log)
    return isinstance(record, dict) and any(fits(record) for fits in shapes)


READER = RecordReader(
    name="opsgenie",
    title="Opsgenie incidents, alerts and webhooks",
    example="opsgenie_incidents.json",
    unfolds="each entry of a timeline, log or note; triggered, acknowledged, resolved; impact started and ended",
    kind=Kind.PAGE,
    wrappers=("data", "incidents", "alerts", "entries"),
    fits=_fits,
    signatures=(frozenset({"tinyId", "responders", "createdAt"}), frozenset({"eventTime", "group", "hidden"})),
    start=_Unfolder,
)
