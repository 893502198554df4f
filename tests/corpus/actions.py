"""Action items and orders of the generated incidents: how far they are at the truth's moment, and what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from command import Workbench
    from incidents import Case
    from ledger import Ledger

_EXACT = ("total", "done", "done_on_time", "overdue_open", "reopened", "without_owner")


def check_actions(ledger: Ledger, workbench: Workbench, every: list[Case], made: Path) -> None:
    """Every incident by itself, in the folder that was made of it."""
    ledger.title("actions and orders")
    for case in every:
        truth = case.truth["action_items"]
        found = workbench("actions", made / case.name, "--as-of", truth["as_of_utc"], "--json").document() or {}
        counted = {name: (found.get("tracked") or {}).get(name) for name in _EXACT}
        met = counted == {name: truth[name] for name in _EXACT}
        ledger.gate(f"{case.name}: action items", met=met, detail=str(counted))
        check_orders(ledger, workbench, case, made)


def check_orders(ledger: Ledger, workbench: Workbench, case: Case, made: Path) -> None:
    """Those that met a failure to one in a hundred, for the edge log has cut lines; the loss within its range."""
    truth = case.truth["impact"]
    orders = (workbench("impact", made / case.name, "--json").document() or {}).get("orders") or {}
    hit, lost = orders.get("hit", 0), truth["orders_hit"] - truth["orders_recovered_by_retry"]
    ledger.gate(
        f"{case.name}: orders that met a failure", met=abs(hit - truth["orders_hit"]) <= 0.01 * truth["orders_hit"],
        detail=f"{hit}, truth {truth['orders_hit']}",
    )  # fmt: skip
    low, high = orders.get("lost_low", 0), orders.get("lost_high", 0)
    ledger.gate(
        f"{case.name}: orders lost within their range", met=low <= lost <= high + 0.01 * lost,
        detail=f"{low} to {high}, truth {lost}",
    )  # fmt: skip
    revenue = orders.get("revenue") or {"low": 0, "high": 0}
    true = truth["lost_revenue_cents"] / 100
    ledger.gate(
        f"{case.name}: lost revenue within its range", met=revenue["low"] <= true <= revenue["high"],
        detail=f"{revenue['low']} to {revenue['high']}, truth {true}",
    )  # fmt: skip
