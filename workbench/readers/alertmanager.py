"""Alertmanager: webhook notifications (version 4), alerts and alert groups of the API v2, and silences.

Grafana's alerting sends the same with more keys: https://grafana.com/docs/grafana/latest/alerting/ (webhook notifier).
Schema: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and the API's ``openapi.yaml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from workbench.clock import format_utc
from workbench.events.levels import level_of
from workbench.events.schema import Kind
from workbench.readers.json_records import RecordError, RecordReader, instant, label, listing, mapping, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.clock import Instant
    from workbench.readers.base import EventRows, Source

_SERVICE = ("service", "service_name", "app", "app_kubernetes_io_name", "application", "component", "job")
_HOST = ("host", "hostname", "node", "instance", "pod")
_TEXT = ("summary", "message", "title", "description")
# Sinks that store webhooks add when they got them; Alertmanager itself does not say.
_RECEIVED = ("receivedAt", "received_at", "timestamp", "@timestamp", "time")
_SIGNS = {(True, True): "=~", (True, False): "=", (False, True): "!~", (False, False): "!="}
_LINKS = ("runbook_url", "runbook", "dashboard", "dashboard_url")


class _Unfolder:
    """One source's notifications. An alert is its fingerprint and its start; told again it is a repetition."""

    def __init__(self, source: Source) -> None:
        self._assumption = source.assumption
        self._fired: set[tuple[str, int]] = set()
        self._ended: set[tuple[str, int, int]] = set()
        self._silences: set[str] = set()

    def __call__(self, rows: EventRows, number: int, record: dict[str, Any]) -> None:
        if "matchers" in record:
            self._silence(rows, number, record)
            return
        alerts = record.get("alerts") if "alerts" in record else [record]
        if not isinstance(alerts, list) or not alerts:
            raise RecordError("a notification without alerts")
        notification = record if "alerts" in record else {}
        failed = [reason for alert in alerts if (reason := self._alert(rows, number, alert, notification))]
        if failed:
            raise RecordError(f"{len(failed)} of {len(alerts)} alerts not read: {failed[0]}")

    def _alert(self, rows: EventRows, number: int, alert: Any, notification: dict[str, Any]) -> str | None:
        """The events of one alert of a notification; the reason where it has none."""
        alert = mapping(alert)
        try:
            began = moment(alert, "startsAt", assumption=self._assumption)
        except RecordError as error:
            return str(error)
        # Webhooks say "firing" or "resolved" of each alert; the API has an object there and lists no resolved ones.
        state = next((each["status"] for each in (alert, notification) if isinstance(each.get("status"), str)), None)
        received = next((found for key in _RECEIVED if (found := instant(notification.get(key)))), None)
        details = _details(alert, notification, received)
        identity = (
            label(alert.get("fingerprint"))
            or orjson.dumps(mapping(alert.get("labels")), option=orjson.OPT_SORT_KEYS).decode()
        )
        fresh = (identity, began.ns) not in self._fired
        self._fired.add((identity, began.ns))
        if state == "resolved":
            if fresh:
                rows.add(began, line=number, action="alert.fired", told_by="its resolution", **details)
            return self._resolved(rows, number, alert, identity, began, details)
        if fresh or state is None:
            rows.add(began, line=number, action="alert.fired", duplicate=not fresh, **details)
        else:
            rows.add(received or began, line=number, action="alert.repeated", **details)
        return None

    def _resolved(
        self, rows: EventRows, number: int, alert: dict[str, Any], identity: str, began: Instant,
        details: dict[str, Any],
    ) -> str | None:  # fmt: skip
        ended = instant(alert.get("endsAt"), self._assumption)
        if ended is None:
            return "resolved without a usable endsAt"
        key = (identity, began.ns, ended.ns)
        details = details | {"level": "info"}
        rows.add(ended, line=number, action="alert.resolved", duplicate=key in self._ended, **details)
        self._ended.add(key)
        return None

    def _silence(self, rows: EventRows, number: int, silence: dict[str, Any]) -> None:
        began = moment(silence, "startsAt", assumption=self._assumption)
        state, author = label(mapping(silence.get("status")).get("state")), label(silence.get("createdBy"))
        what = ", ".join(_matchers(silence))
        text = f"{what}: {comment}" if (comment := label(silence.get("comment"))) else what
        identity = f"{silence.get('id')} {silence.get('updatedAt')}"
        details: dict[str, Any] = {
            "line": number, "kind": Kind.CHANGE, "actor": author, "duplicate": identity in self._silences,
            "silence": label(silence.get("id")), "state": state, "starts": label(silence.get("startsAt")),
            "ends": label(silence.get("endsAt")),
        }  # fmt: skip
        self._silences.add(identity)
        rows.add(began, message=f"Silence begins: {text}", **details)
        ended = instant(silence.get("endsAt"), self._assumption)
        if state == "expired" and ended:  # an active silence's end is a plan
            rows.add(ended, message=f"Silence ends: {text}", **details)


def _details(alert: dict[str, Any], notification: dict[str, Any], received: Instant | None) -> dict[str, Any]:
    labels = mapping(notification.get("commonLabels")) | mapping(alert.get("labels"))
    notes = mapping(notification.get("commonAnnotations")) | mapping(alert.get("annotations"))
    name = label(labels.get("alertname"))
    status = mapping(alert.get("status"))
    receivers = [label(each, "name") for each in listing(alert.get("receivers"))]
    return {
        "kind": Kind.ALERT,
        "level": level_of(labels.get("severity")) or level_of(labels.get("level")),
        "service": next((found for key in _SERVICE if (found := label(labels.get(key)))), None),
        "host": next((found for key in _HOST if (found := label(labels.get(key)))), None),
        "message": next((found for key in _TEXT if (found := label(notes.get(key)))), None) or name or "alert",
        "alert": name,
        "severity": label(labels.get("severity")),
        "labels": labels,
        "annotations": notes,
        "fingerprint": label(alert.get("fingerprint")),
        "state": label(status.get("state")) if status else None,
        "silenced_by": listing(status.get("silencedBy")),
        "receiver": label(notification.get("receiver"), "name") or ", ".join(filter(None, receivers)),
        "group": label(notification.get("groupKey")),
        "received_at": format_utc(received.ns) if received else None,
        "url": label(alert.get("generatorURL")),
        "panel": label(alert.get("panelURL")) or label(alert.get("dashboardURL")),
        "values": mapping(alert.get("values")) or label(alert.get("valueString")),
        "silence_link": label(alert.get("silenceURL")),
        "runbook": next((found for key in _LINKS if (found := label(notes.get(key)))), None),
    }


def _matchers(silence: dict[str, Any]) -> Iterator[str]:
    for each in map(mapping, listing(silence.get("matchers"))):
        sign = _SIGNS[bool(each.get("isEqual", True)), bool(each.get("isRegex"))]
        yield f"{each.get('name')}{sign}{each.get('value')}"


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    silence = {"matchers", "startsAt", "createdBy"} <= record.keys()
    alert = {"startsAt", "labels"} <= record.keys() and ("fingerprint" in record or "generatorURL" in record)
    alerts = listing(record.get("alerts"))
    first = mapping(alerts[0]) if alerts else {}
    group = {"startsAt", "labels"} <= first.keys() and bool(record.keys() & {"groupKey", "receiver", "groupLabels"})
    return silence or alert or group


def _is_grafanas(record: Any) -> bool:
    """Grafana's webhook has Alertmanager's shape and more keys."""
    return _fits(record) and "orgId" in record


def _start(source: Source) -> Callable[[EventRows, int, dict[str, Any]], None]:
    return _Unfolder(source)


READER = RecordReader(
    name="alertmanager",
    title="Alertmanager notifications, alerts and silences",
    example="alerts.json",
    unfolds="an alert fired, an alert resolved, a silence set and ended",
    kind=Kind.ALERT,
    wrappers=("data",),
    fits=lambda record: _fits(record) and not _is_grafanas(record),
    signatures=(
        frozenset({"groupKey", "alerts", "startsAt"}),
        frozenset({"fingerprint", "startsAt", "labels"}),
        frozenset({"matchers", "createdBy", "startsAt"}),
    ),
    start=_start,
)
GRAFANA = RecordReader(
    name="grafana_alerts",
    title="Grafana alert notifications (webhook contact point)",
    example="grafana-webhook.json",
    unfolds="an alert fired, an alert resolved, with its values, panel and silence link",
    kind=Kind.ALERT,
    wrappers=("data",),
    fits=_is_grafanas,
    signatures=(frozenset({"orgId", "groupKey", "alerts", "startsAt"}),),
    start=_start,
)
