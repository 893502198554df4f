"""statuspage_incidents.json: what customers could read, in the page's own zone, newest first."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from generator import clock

_ID = "k3v9orders17"
_POSTED_AFTER = timedelta(seconds=4)
_COMPONENTS = (("c1ordersapi7", "Orders API"), ("c2checkout88", "Checkout"))
_UPDATES = (
    (clock.STATUS_INVESTIGATING, "investigating", "operational", "partial_outage",
     ("Some requests to orders and checkout fail. We are investigating and will write again "
      "within 15 minutes.")),
    (clock.STATUS_IDENTIFIED, "identified", "partial_outage", "partial_outage",
     "We know why some orders and checkouts fail and are rolling out a change."),
    (clock.STATUS_MONITORING, "monitoring", "partial_outage", "degraded_performance",
     "The change is in place and fewer requests fail. We are watching the recovery."),
    (clock.STATUS_RESOLVED, "resolved", "degraded_performance", "operational",
     "Orders and checkout work as usual. We are sorry for the trouble. Carts were kept."),
)  # fmt: skip

Update = tuple[datetime, str, str, str, str]


def incidents() -> str:
    """The page's public incident list, which holds this one incident."""
    body = {"page": _page(), "incidents": [_incident()]}
    return json.dumps(body, indent=1) + "\n"


def _time(moment: datetime) -> str:
    return clock.local(moment, clock.LOS_ANGELES)


def _page() -> dict[str, str]:
    return {
        "id": "shopstatus01",
        "name": "Shop",
        "url": "https://status.shop.example",
        "time_zone": "America/Los_Angeles",
        "updated_at": _time(clock.STATUS_RESOLVED + _POSTED_AFTER),
    }


def _incident() -> dict[str, Any]:
    first, last = clock.STATUS_INVESTIGATING, clock.STATUS_RESOLVED
    return {
        "id": _ID,
        "name": "Errors on orders and checkout",
        "status": "resolved",
        "impact": "major",
        "shortlink": "https://stspg.io/k3v9orders17",
        "created_at": _time(first + _POSTED_AFTER),
        "started_at": _time(first),
        "monitoring_at": _time(clock.STATUS_MONITORING),
        "resolved_at": _time(last),
        "updated_at": _time(last + _POSTED_AFTER),
        "incident_updates": [_update(update) for update in reversed(_UPDATES)],
        "components": [{"id": code, "name": name} for code, name in _COMPONENTS],
    }


def _update(update: Update) -> dict[str, Any]:
    when, status, before, after, body = update
    return {
        "id": f"u-{status}",
        "incident_id": _ID,
        "status": status,
        "body": body,
        "display_at": _time(when),
        "created_at": _time(when + _POSTED_AFTER),
        "updated_at": _time(when + _POSTED_AFTER),
        "affected_components": [
            {"code": code, "name": name, "old_status": before, "new_status": after} for code, name in _COMPONENTS
        ],
    }
