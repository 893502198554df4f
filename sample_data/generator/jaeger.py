"""jaeger_traces.json: some requests as traces; the failed ones end at the connection pool."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator import pool
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.traffic import Request

FAILED = 70
HEALTHY = 80

_HOSTS = {"edge": "web-1", "orders-db": "db-1"}


def traces(requests: Sequence[Request]) -> str:
    """The traces that were kept: many of the failed ones, few of the others."""
    draw = Draw("traces")
    kept = draw.some([r for r in requests if r.failed], FAILED)
    kept += draw.some([r for r in requests if r.status == 200], HEALTHY)
    kept.sort(key=lambda request: request.start_ms)
    body = {"data": [_trace(draw, request) for request in kept], "total": 0, "errors": None}
    return json.dumps(body, separators=(",", ":")) + "\n"


def _path(request: Request) -> list[str]:
    """The services that the request passed, outermost first."""
    further = {
        "orders-api": ["orders-db"],
        "checkout-api": ["orders-api", "orders-db"],
    }
    return ["edge", request.service, *further.get(request.service, [])]


def _trace(draw: Draw, request: Request) -> dict[str, Any]:
    path = _path(request)
    spans: list[dict[str, Any]] = []
    start, duration = request.start_ms * 1000, request.took_ms * 1000
    for depth, service in enumerate(path):
        parent = spans[-1]["spanID"] if spans else None
        spans.append(_span(draw, request, service, f"p{depth + 1}", parent))
        spans[-1] |= {"startTime": start, "duration": duration}
        start += draw.whole(300, 900)
        duration -= draw.whole(1000, 2000)
    _blame(spans, request)
    processes = {f"p{i + 1}": _process(service) for i, service in enumerate(path)}
    return {"traceID": request.trace, "spans": spans, "processes": processes, "warnings": None}


def _process(service: str) -> dict[str, Any]:
    host = _HOSTS.get(service, "app-1")
    return {"serviceName": service, "tags": [_tag("hostname", host)]}


def _tag(key: str, value: object) -> dict[str, object]:
    kind = {bool: "bool", int: "int64"}.get(type(value), "string")
    return {"key": key, "type": kind, "value": value}


def _span(draw: Draw, request: Request, service: str, process: str, parent: str | None) -> dict[str, Any]:
    reference = {"refType": "CHILD_OF", "traceID": request.trace, "spanID": parent}
    database = service == "orders-db"
    return {
        "traceID": request.trace,
        "spanID": draw.hexes(16),
        "operationName": "getConnection" if database else f"{request.method} {request.path}",
        "references": [reference] if parent else [],
        "tags": [_tag("span.kind", "client" if database else "server")],
        "logs": [],
        "processID": process,
        "warnings": None,
    }


def _blame(spans: list[dict[str, Any]], request: Request) -> None:
    """The request's id and status on the root, the error on all, its exception on the last."""
    spans[0]["tags"] += [_tag("request_id", request.rid), _tag("http.status_code", request.status)]
    if not request.failed:
        return
    for span in spans:
        span["tags"].append(_tag("error", True))
    last = spans[-1]
    message = pool.complaint(request.end_ms)
    fields = {"event": "error", "error.kind": pool.EXCEPTION, "message": message}
    last["logs"].append(
        {
            "timestamp": last["startTime"] + last["duration"],
            "fields": [_tag(key, value) for key, value in fields.items()],
        }
    )
