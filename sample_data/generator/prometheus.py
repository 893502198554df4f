"""prometheus_query_range.json: error ratios, the pool and the ALERTS series, each 15 seconds."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from generator import clock, pool
from generator.alert_episodes import EPISODES, Episode
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.traffic import Request

STEP_MS = 15_000
_STEPS = range(clock.ms(clock.LOGS_FROM) + 60_000, clock.ms(clock.LOGS_TO) + 1, STEP_MS)
_SERVICES = ("auth-api", "catalog-api", "checkout-api", "orders-api")


def query_range(requests: Sequence[Request]) -> str:
    """The answer to one range query over several series."""
    result = [_ratio(service, requests) for service in _SERVICES]
    result += _pool()
    result += [series for episode in EPISODES for series in _alert(episode)]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    return json.dumps(answer, separators=(",", ":")) + "\n"


def _series(name: str, labels: dict[str, str], values: list[list[Any]]) -> dict[str, Any]:
    return {"metric": {"__name__": name, **labels}, "values": values}


def _ratio(service: str, requests: Sequence[Request]) -> dict[str, Any]:
    """Share of 5xx in the minute before each sample."""
    mine = [r for r in requests if r.service == service]
    ends = [r.end_ms for r in mine]
    bad = [r.end_ms for r in mine if r.status >= 500]
    values = [[ts // 1000, f"{_share(ends, bad, ts):.4g}"] for ts in _STEPS]
    return _series("service:http_5xx_ratio:rate1m", {"service": service}, values)


def _share(ends: list[int], bad: list[int], ts: int) -> float:
    def in_minute(times: list[int]) -> int:
        return bisect_right(times, ts) - bisect_right(times, ts - 60_000)

    return in_minute(bad) / max(1, in_minute(ends))


def _pool() -> list[dict[str, Any]]:
    draw = Draw("pool metrics")
    samples = [(ts, pool.state(draw, ts)) for ts in _STEPS]
    labels = {"pool": "orders-db", "instance": "orders-1:8080", "service": "orders-api"}
    names = (
        "hikaricp_connections_max",
        "hikaricp_connections_active",
        "hikaricp_connections_pending",
    )
    return [
        _series(name, labels, [[ts // 1000, str(counts[place])] for ts, counts in samples])
        for place, name in enumerate(names)
    ]


def _alert(episode: Episode) -> list[dict[str, Any]]:
    """A series while pending and one while firing; there are no samples at other times."""
    spans = {"pending": (episode.pending, episode.fired), "firing": (episode.fired, episode.ended)}
    found = []
    for state, (begin, end) in spans.items():
        values = [[ts // 1000, "1"] for ts in _STEPS if clock.ms(begin) <= ts < clock.ms(end)]
        labels = {
            "alertname": episode.name, "alertstate": state,
            "service": episode.service, "severity": episode.severity,
        }  # fmt: skip
        found.append(_series("ALERTS", labels, values))
    return [series for series in found if series["values"]]
