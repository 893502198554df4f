"""Orders: distinct ones that met a failure, less those that went through later; money only from figures that are there."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from analysis_frames import at, event, events

from workbench.analysis.orders import Orders, find_orders
from workbench.model import ImpactFacts, Incident


def served(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    """Requests at the edge: clock, request id, status, customer."""
    return pd.DataFrame(
        [
            {"time": at(clock), "request_id": rid, "status": status, "user": user, "path": "/pay"}
            for clock, rid, status, user in rows
        ]
    )


def paid(clock: str, rid: str, order: str, **more: Any) -> dict[str, Any]:
    """A line of a service's log that names the request and the order."""
    return event(clock, "log", f"rid={rid} charge order={order}", source="pay.log", **more)


def found(logs: list[dict[str, Any]], edge: pd.DataFrame, price: float | None = None) -> Orders | None:
    """The orders of the requests that failed with 503."""
    impact = ImpactFacts(revenue_per_failed_order=price, currency="EUR")
    incident = Incident(id="i", title="t", severity="SEV-1", impact=impact)
    return find_orders(events(*logs), edge, edge[edge["status"] == 503], incident)


EDGE = served(
    ("14:00:00", "aaaaaa1", 503, "c1"), ("14:00:05", "aaaaaa2", 503, "c1"), ("14:01:00", "aaaaaa3", 200, "c1"),
    ("14:00:10", "bbbbbb1", 503, "c2"), ("14:00:20", "dddddd1", 200, "c4"),
)  # fmt: skip
LOGS = [
    paid("14:00:00", "aaaaaa1", "ord_1", amount_cents=1000), paid("14:00:05", "aaaaaa2", "ord_1", amount_cents=1000),
    paid("14:01:00", "aaaaaa3", "ord_1", amount_cents=1000), paid("14:00:10", "bbbbbb1", "ord_2", amount_cents=2550),
    paid("14:00:20", "dddddd1", "ord_4", amount_cents=900),
]  # fmt: skip


def test_an_order_that_was_tried_again_and_went_through_is_not_lost() -> None:
    """Three failed attempts are two orders, one of which is lost; a fourth order never failed."""
    orders = found(LOGS, EDGE)
    assert orders is not None
    assert (orders.hit, orders.recovered, orders.lost, orders.attempts) == (2, 1, 1, 3)


def test_what_the_logs_state_of_money_is_a_range() -> None:
    """At least what was lost, at most what met a failure."""
    orders = found(LOGS, EDGE)
    assert orders is not None
    assert orders.revenue is not None
    assert (orders.revenue.low, orders.revenue.high) == (25.5, 35.5)


def test_without_amounts_peoples_figure_counts_and_without_that_nothing() -> None:
    """A mean that nobody gave is not made up."""
    bare = [paid(row["time"].strftime("%H:%M:%S"), row["message"][4:11], row["message"].split("=")[-1]) for row in LOGS]
    assert found(bare, EDGE).revenue is None
    revenue = found(bare, EDGE, price=40.0).revenue
    assert (revenue.low, revenue.high, revenue.currency) == (40, 80, "EUR")


def test_a_later_success_of_the_customer_that_names_no_order_may_be_the_lost_one() -> None:
    """Logs that keep a sample of what went well make the loss a range."""
    later = pd.concat([EDGE, served(("14:05:00", "bbbbbb2", 200, "c2"))], ignore_index=True)
    orders = found(LOGS, later)
    assert (orders.lost, orders.perhaps) == (1, 1)
    assert orders.to_json()["lost_low"] == 0
    assert orders.revenue.low == 0


def test_a_success_before_the_failure_or_days_later_recovers_nothing() -> None:
    """The order has to go through after it failed, and within a day."""
    logs = [paid("14:00:00", "bbbbbb1", "ord_2"), paid("13:00:00", "bbbbbb0", "ord_2")]
    edge = served(("13:00:00", "bbbbbb0", 200, "c2"), ("14:00:00", "bbbbbb1", 503, "c2"))
    assert found(logs, edge).recovered == 0


def test_logs_that_name_no_order_with_a_request_say_nothing() -> None:
    """None is not known, and 0 would be a count."""
    assert found([event("14:00:00", "log", "order=None rid=aaaaaa1")], EDGE) is None
    assert found([event("14:00:00", "log", "in order to see, rid=aaaaaa1")], EDGE) is None


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("amount=1,234.50", 1234.5),
        ("amount=1.234,50", 1234.5),
        ("amount=12.5000", 12.5),
        ("amount=€12.50", 12.5),
        ("total=20 amount=12.50", 12.5),
    ],
)
def test_amounts_are_read_as_they_are_written(text, worth) -> None:
    """With marks between thousands, and the amount of the order rather than any total."""
    logs = [event("14:00:10", "log", f"rid=bbbbbb1 charge order=ord_2 {text}", source="pay.log")]
    assert found(logs, EDGE).revenue.high == worth


def test_several_currencies_make_no_sum() -> None:
    """Nothing is better than a sum of euros and yen."""
    logs = [
        event("14:00:00", "log", "rid=aaaaaa1 charge order=ord_1 amount=10 EUR", source="pay.log"),
        event("14:00:10", "log", "rid=bbbbbb1 charge order=ord_2 amount=1000 JPY", source="pay.log"),
    ]
    assert found(logs, EDGE).revenue is None


def test_a_word_is_no_order_and_a_lookup_is_no_second_try() -> None:
    """The id of the order has a digit, its own key comes first, and another path recovers nothing."""
    logs = [event("14:00:10", "log", "rid=bbbbbb1 order=created orderId=A000001", source="pay.log"),
            event("14:02:00", "log", "rid=cccccc1 order=A000001", source="pay.log")]  # fmt: skip
    looked = served(("14:02:00", "cccccc1", 200, "c2")).assign(path="/orders")
    orders = found(logs, pd.concat([EDGE, looked], ignore_index=True))
    assert (orders.hit, orders.recovered) == (1, 0)
