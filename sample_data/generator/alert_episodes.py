"""Which alerts fired and when; Alertmanager, Prometheus, Slack and PagerDuty all tell of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import clock

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One alert on one service, from the start of its pending state to its end."""

    name: str
    service: str
    severity: str
    pending: datetime
    fired: datetime
    ended: datetime
    summary: str
    fingerprint: str
    number: int


DISK = Episode(
    name="DiskFillingUp", service="media-api", severity="warning",
    pending=clock.at("13:20:26.318"), fired=clock.at("13:30:26.318"),
    ended=clock.at("13:51:56.318"),
    summary="/var on media-2 is 85% full", fingerprint="8d1f03c5b2a64e77", number=4807,
)  # fmt: skip
ORDERS_ERRORS = Episode(
    name="HighErrorRate", service="orders-api", severity="critical",
    pending=clock.PENDING, fired=clock.FIRST_ALERT, ended=clock.at("14:25:41.318"),
    summary="High error rate on API: orders-api answers more than 5% of requests with 5xx",
    fingerprint="4b7a90de61c2f835", number=4812,
)  # fmt: skip
CHECKOUT_ERRORS = Episode(
    name="HighErrorRate", service="checkout-api", severity="critical",
    pending=clock.at("14:00:26.318"), fired=clock.at("14:00:41.318"),
    ended=clock.at("14:25:56.318"),
    summary="High error rate on API: checkout-api answers more than 5% of requests with 5xx",
    fingerprint="c06e5d1b7f3948a2", number=4812,
)  # fmt: skip
ORDERS_LATENCY = Episode(
    name="LatencyP95High", service="orders-api", severity="warning",
    pending=clock.at("14:00:26.318"), fired=clock.at("14:01:26.318"),
    ended=clock.at("14:25:56.318"),
    summary="p95 latency of orders-api is above 1 s", fingerprint="1e9c47f8a05bd263", number=4813,
)  # fmt: skip

EPISODES = (DISK, ORDERS_ERRORS, CHECKOUT_ERRORS, ORDERS_LATENCY)
