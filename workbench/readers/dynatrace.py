"""Dynatrace: problems and events of the API v2, problem comments, and problem notifications.

Schema: https://docs.dynatrace.com/docs/dynatrace-api/environment-api/problems-v2 and .../events-v2;
the placeholders of notifications: https://docs.dynatrace.com/docs/analyze-explore-automate/notifications-and-alerting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_LEVELS = {
    "AVAILABILITY": "fatal", "ERROR": "error", "PERFORMANCE": "warn", "RESOURCE_CONTENTION": "warn",
    "CUSTOM_ALERT": "warn", "MONITORING_UNAVAILABLE": "warn", "INFO": "info",
}  # fmt: skip
_STATES = {"OPEN": "alert.fired", "RESOLVED": "alert.resolved", "CLOSED": "alert.resolved", "MERGED": "alert.merged"}
_NOTICE = ("ProblemID", "PID", "ProblemTitle", "ProblemDetails", "ProblemDetailsJSON", "ProblemDetailsJSONv2")


class _Unfolder:
    """One source's problems, events and notifications."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        record = _unwrapped(record)
        if _is_problem(record):
            self._problem(rows, number, record)
        elif _is_notice(record):
            self._notice(rows, number, record)
        elif _is_comment(record):
            self._comment(rows, number, record, {})
        elif _is_event(record):
            self._evidence(rows, number, record, {})
        else:
            raise RecordError("neither a problem, an event, a comment nor a notification of Dynatrace")

    def _add(
        self, rows: EventRows, when: Instant, number: int, problem: dict[str, Any], said: str, *,
        kind: Kind = Kind.ALERT, action: str | None = None, actor: str | None = None, **more: Any,
    ) -> None:  # fmt: skip
        problem_id = label(problem.get("displayId")) or label(problem.get("problemId")) or label(problem.get("id"))
        key = (problem_id, action, said, when.ns, more.get("event"))
        severity = label(problem.get("severityLevel"))
        rows.add(
            when, line=number, kind=kind, action=action, actor=actor, message=said, duplicate=key in self._seen,
            level="info" if action == "alert.resolved" else _LEVELS.get(severity or ""),
            service=_only([name for each in listing(problem.get("impactedEntities")) if (name := _entity(each))]),
            alert=label(problem.get("title")), fingerprint=problem_id, severity=severity,
            impact=label(problem.get("impactLevel")), root_cause=_entity(problem.get("rootCauseEntity")), **more,
        )  # fmt: skip
        self._seen.add(key)

    def _problem(self, rows: EventRows, number: int, problem: dict[str, Any]) -> None:
        title = label(problem.get("title")) or label(problem.get("displayId")) or "problem"
        opened = moment(problem, "startTime", assumption=self._assumption)
        self._add(rows, opened, number, problem, title, action="alert.fired", state="OPEN")
        for each in map(mapping, listing(mapping(problem.get("evidenceDetails")).get("details"))):
            self._evidence(rows, number, mapping(each.get("data")) | each, problem)
        for each in map(mapping, listing(problem.get("rankedEvents"))):
            self._evidence(rows, number, each, problem)
        for each in map(mapping, listing(mapping(problem.get("recentComments")).get("comments"))):
            self._comment(rows, number, each, problem)
        if ended := instant(problem.get("endTime"), self._assumption):
            self._add(rows, ended, number, problem, f"{title}: closed", action="alert.resolved", state="CLOSED")

    def _evidence(self, rows: EventRows, number: int, each: dict[str, Any], problem: dict[str, Any]) -> None:
        """What Dynatrace saw: when it began and, unless it lasts, ended. Evidence that states no time is no event."""
        title = label(each.get("displayName")) or label(each.get("title")) or label(each.get("eventType")) or "event"
        entity = _entity(each.get("entity")) or _entity(each.get("entityId")) or label(each.get("entityName"))
        said = f"{title} on {entity}" if entity else title
        event, kind = label(each.get("eventId")), label(each.get("eventType"))
        for key, state in (("startTime", "began"), ("endTime", "ended")):
            if when := instant(each.get(key), self._assumption):
                self._add(rows, when, number, problem, f"{said}: {state}", event=event, type=kind, state=state)

    def _comment(self, rows: EventRows, number: int, each: dict[str, Any], problem: dict[str, Any]) -> None:
        if when := instant(each.get("createdAtTimestamp"), self._assumption):
            self._add(
                rows, when, number, problem, label(each.get("content")) or "comment", kind=Kind.NOTE,
                action="incident.noted", actor=label(each.get("authorName")), event=label(each.get("id")),
            )  # fmt: skip

    def _notice(self, rows: EventRows, number: int, notice: dict[str, Any]) -> None:
        """A notification says the state; its time stands in the problem's details where they were sent along."""
        details = _details(notice)
        state = str(label(notice.get("State")) or details.get("status") or "OPEN").upper()
        keys = ("endTime", "time") if _STATES.get(state) == "alert.resolved" else ("startTime", "time")
        when = moment({"time": notice.get("time")} | details, *keys, assumption=self._assumption)
        title = label(notice.get("ProblemTitle")) or label(details.get("title")) or "problem"
        about = {
            "displayId": label(notice.get("ProblemID")), "title": title, "impactLevel": notice.get("ProblemImpact"),
            "severityLevel": notice.get("ProblemSeverity") or details.get("severityLevel"),
            "impactedEntities": notice.get("ImpactedEntities"),
        }  # fmt: skip
        self._add(rows, when, number, about, title, action=_STATES.get(state), state=state,
                  url=label(notice.get("ProblemURL")), tags=label(notice.get("Tags")))  # fmt: skip
        for each in map(mapping, listing(details.get("rankedEvents"))):
            self._evidence(rows, number, each, about)


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """A notification within a cloud event, whose time then counts."""
    data = mapping(record.get("data"))
    return {"time": record.get("time")} | data if _is_notice(data) else record


def _details(notice: dict[str, Any]) -> dict[str, Any]:
    """The problem sent along, as an object or as JSON in a text."""
    for key in ("ProblemDetailsJSONv2", "ProblemDetailsJSON", "ProblemDetails"):
        value = notice.get(key)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                continue
        if isinstance(value, dict):
            return value
    return {}


def _entity(value: Any) -> str | None:
    return label(value, "name", "entity") or label(mapping(mapping(value).get("entityId")), "id")


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _is_problem(record: dict[str, Any]) -> bool:
    return {"startTime", "severityLevel"} <= record.keys() and bool({"problemId", "displayId", "id"} & record.keys())


def _is_notice(record: dict[str, Any]) -> bool:
    return sum(key in record for key in _NOTICE) >= 2


def _is_comment(record: dict[str, Any]) -> bool:
    return {"createdAtTimestamp", "content"} <= record.keys()


def _is_event(record: dict[str, Any]) -> bool:
    return {"eventId", "eventType", "startTime"} <= record.keys()


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    record = _unwrapped(record)
    return any(fits(record) for fits in (_is_problem, _is_notice, _is_comment, _is_event))


READER = RecordReader(
    name="dynatrace",
    title="Dynatrace problems, events and notifications",
    example="problems.json",
    unfolds="a problem opened and closed, what was seen began and ended, comments",
    kind=Kind.ALERT,
    wrappers=("problems", "events", "comments"),
    fits=_fits,
    signatures=(frozenset({"problemId", "displayId"}), frozenset({"ProblemID", "ProblemTitle"})),
    start=_Unfolder,
)
