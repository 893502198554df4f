"""alertmanager_webhooks.jsonl: each notification of Alertmanager, as its receiver kept it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from generator import clock
from generator.alert_episodes import EPISODES, Episode

_OPEN = "0001-01-01T00:00:00Z"
_DELAY = timedelta(seconds=6)
_REPEAT = timedelta(minutes=5)


def webhooks() -> str:
    """One JSON object a line, in the order of arrival."""
    sent = [notice for episode in EPISODES for notice in _notices(episode)]
    lines = [json.dumps(body, separators=(",", ":")) for _, body in sorted(sent, key=_when)]
    return "\n".join(lines) + "\n"


def _when(notice: tuple[datetime, dict[str, Any]]) -> datetime:
    return notice[0]


def _notices(episode: Episode) -> list[tuple[datetime, dict[str, Any]]]:
    """Firing, again every five minutes, and resolved."""
    sent = []
    moment = episode.fired + _DELAY
    while moment < episode.ended:
        sent.append((moment, _webhook(episode, moment, resolved=False)))
        moment += _REPEAT
    moment = episode.ended + _DELAY
    return [*sent, (moment, _webhook(episode, moment, resolved=True))]


def _labels(episode: Episode) -> dict[str, str]:
    return {
        "alertname": episode.name,
        "env": "production",
        "service": episode.service,
        "severity": episode.severity,
    }


def _webhook(episode: Episode, received: datetime, *, resolved: bool) -> dict[str, Any]:
    group = {"alertname": episode.name, "service": episode.service}
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{episode.name}", service="{episode.service}"}}',
        "truncatedAlerts": 0,
        "status": "resolved" if resolved else "firing",
        "receiver": "pagerduty",
        "groupLabels": group,
        "commonLabels": _labels(episode),
        "commonAnnotations": {"summary": episode.summary},
        "externalURL": "https://alertmanager.shop.example",
        "alerts": [_alert(episode, resolved=resolved)],
        "receivedAt": clock.zulu(received),
    }


def _alert(episode: Episode, *, resolved: bool) -> dict[str, Any]:
    return {
        "status": "resolved" if resolved else "firing",
        "labels": _labels(episode),
        "annotations": {
            "summary": episode.summary,
            "runbook_url": f"https://runbooks.shop.example/{episode.name}",
        },
        "startsAt": clock.zulu(episode.fired),
        "endsAt": clock.zulu(episode.ended) if resolved else _OPEN,
        "generatorURL": f"https://prometheus.shop.example/graph?alert={episode.name}",
        "fingerprint": episode.fingerprint,
    }
