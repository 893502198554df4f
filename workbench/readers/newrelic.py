"""New Relic: issues and incidents of the alerting API, notifications of workflows and of the older channels, NRQL rows.

Schema: https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-issues-api-via-github/ (aiIssues),
https://docs.newrelic.com/docs/alerts/ (incident event attributes, webhook templates). All times are epoch milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_STATES = {
    "open": "alert.fired", "opened": "alert.fired", "created": "alert.fired", "activated": "alert.fired",
    "create": "alert.fired", "activate": "alert.fired", "critical": "alert.fired",
    "acknowledged": "alert.acknowledged", "acknowledge": "alert.acknowledged",
    "closed": "alert.resolved", "close": "alert.resolved", "deactivated": "alert.resolved",
    "incident_closed": "alert.resolved", "issue_closed": "alert.resolved",
}  # fmt: skip
_MOMENTS = (
    (("activatedAt", "createdAt"), "alert.fired", ""), (("acknowledgedAt",), "alert.acknowledged", "acknowledgedBy"),
    (("closedAt",), "alert.resolved", "closedBy"),
)  # fmt: skip


class _Unfolder:
    """One source's issues, incidents and notifications."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._seen: set[tuple[Any, ...]] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        if _is_row(record):
            self._row(rows, number, record)
        elif _is_workflow(record):
            self._workflow(rows, number, record)
        elif _is_legacy(record):
            self._legacy(rows, number, record)
        elif _is_issue(record):
            self._issue(rows, number, record)
        else:
            raise RecordError("neither an issue, an incident nor a notification of New Relic")

    def _add(
        self, rows: EventRows, when: Instant, number: int, about: dict[str, Any], *, action: str | None,
        actor: str | None = None, state: str | None = None,
    ) -> None:  # fmt: skip
        title = _title(about)
        identity = label(about.get("issueId") or about.get("incidentId") or about.get("incident_id") or about.get("id"))
        severity = label(about.get("priority") or about.get("severity"))
        key = (identity, action, when.ns)
        names = _names(about, "impactedEntities", "entityNames", "targets", "entity")
        rows.add(
            when, line=number, kind=Kind.ALERT, action=action, actor=actor, duplicate=key in self._seen,
            level="info" if action == "alert.resolved" else level_of(severity),
            message=title if action != "alert.resolved" else f"{title}: closed", alert=title, fingerprint=identity,
            service=names[0] if len(names) == 1 else None, entities=names, state=state, severity=severity,
            policy=", ".join(_names(about, "alertPolicyNames", "policyName", "policy_name")) or None,
            condition=", ".join(_names(about, "alertConditionNames", "conditionName", "condition_name")) or None,
            url=label(about.get("issueUrl") or about.get("incident_url") or about.get("issueLink")),
        )  # fmt: skip
        self._seen.add(key)

    def _workflow(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        """A change that a workflow tells: it happened when the issue was updated, and began when it was created."""
        state = str(label(hook.get("state")) or "")
        action = _STATES.get(str(label(hook.get("trigger")) or "").lower()) or _STATES.get(state.lower())
        keys = ("createdAt", "updatedAt") if state == "CREATED" else ("updatedAt", "createdAt")
        self._add(rows, moment(hook, *keys, assumption=self._assumption), number, hook, action=action, state=state)

    def _legacy(self, rows: EventRows, number: int, hook: dict[str, Any]) -> None:
        state = str(label(hook.get("current_state")) or "")
        when = moment(hook, "timestamp", assumption=self._assumption)
        self._add(rows, when, number, hook, action=_STATES.get(state.lower()), state=state)

    def _issue(self, rows: EventRows, number: int, issue: dict[str, Any]) -> None:
        for keys, action, by in _MOMENTS:
            if when := next((found for key in keys if (found := instant(issue.get(key), self._assumption))), None):
                self._add(rows, when, number, issue, action=action, actor=label(issue.get(by), "name", "email"))

    def _row(self, rows: EventRows, number: int, row: dict[str, Any]) -> None:
        """A row of NrAiIncident or NrAiIssue: one row an opening, one a closing."""
        state = str(label(row.get("event")) or label(row.get("state")) or "")
        keys = ("closeTime", "closedAt") if state.startswith("clos") else ("openTime", "createdAt", "activatedAt")
        when = moment(row, *keys, "timestamp", assumption=self._assumption)
        self._add(rows, when, number, row, action=_STATES.get(state.lower()), state=state)


def _title(about: dict[str, Any]) -> str:
    title = about.get("title")
    said = ", ".join(map(str, title)) if isinstance(title, list) else label(title)
    conditions = _names(about, "conditionName", "condition_name", "alertConditionNames")
    details = label(about.get("details"))
    return said or ": ".join(part for part in (", ".join(conditions), details) if part) or "issue"


def _names(about: dict[str, Any], *keys: str) -> list[str]:
    """The names under the first of the keys that has any: a text, a list of texts, or of objects with a name."""
    for key in keys:
        value = about.get(key)
        found = [name for each in (value if isinstance(value, list) else [value]) if (name := label(each, "name"))]
        if found:
            return found
    return []


def _is_workflow(record: dict[str, Any]) -> bool:
    return "newrelic.com" in str(record.get("issueUrl")) or {"workflowName", "createdAt"} <= record.keys()


def _is_legacy(record: dict[str, Any]) -> bool:
    return {"current_state", "condition_name", "timestamp"} <= record.keys()


def _is_issue(record: dict[str, Any]) -> bool:
    known = {"incidentIds", "entityNames", "activatedAt", "conditionFamilyId", "incidentId", "policyName", "closedAt"}
    return bool({"issueId", "incidentId"} & record.keys()) and len(known & record.keys()) >= 2


def _is_row(record: dict[str, Any]) -> bool:
    return {"event", "openTime"} <= record.keys() and bool({"incidentId", "conditionName", "issueId"} & record.keys())


def _fits(record: Any) -> bool:
    shapes = (_is_row, _is_workflow, _is_legacy, _is_issue)
    return isinstance(record, dict) and any(fits(record) for fits in shapes)


def _opened(value: dict[str, Any]) -> Iterator[Any]:
    """The lists deep within an answer of NerdGraph; anything else is a record itself."""
    if _fits(value):
        yield value
        return
    for key in ("data", "actor", "account", "nrql", "aiIssues", "issues", "incidents", "results", "events"):
        inner = value.get(key)
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict):
                yield from _opened(each)


def _expand(value: dict[str, Any]) -> Iterator[Any]:
    found = list(_opened(value))
    yield from found or [value]


READER = RecordReader(
    name="newrelic",
    title="New Relic issues, incidents and notifications",
    example="newrelic_issues.json",
    unfolds="an alert fired, acknowledged, resolved",
    kind=Kind.ALERT,
    wrappers=(),
    fits=lambda value: isinstance(value, dict) and any(map(_fits, _opened(value))),
    signatures=(frozenset({"issueUrl", "workflowName"}), frozenset({"aiIssues", "issueId"})),
    start=_Unfolder,
    expand=_expand,
)
