"""Orders: which of them met a failed request, which went through later, and what those that did not were worth.

An attempt is a request at the edge whose id a log names together with an order. Counting failed attempts instead would
overstate the loss by those that were tried again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from workbench.model import Incident

_ID = r"[\"']?\s?[=:]\s?[\"']?((?=[\w-]*\d)[A-Za-z0-9][\w-]{3,63})"  # a word is no id
_ORDER = (rf"(?i)\border[_-]?(?:id|number|no|key|ref){_ID}", rf"(?i)\border{_ID}")
_REQUEST = r"(?i)\b(?:rid|(?:x[_-])?req(?:uest)?[_-]?id)[\"']?\s?[=:]\s?[\"']?([\w.:-]{6,64})"
_CENTS = r"(?i)\b(?:amount|total|price)_cents[\"']?\s?[=:]\s?(\d{1,12})\b"
_AMOUNT = r"(?i)\b(?:amount|order_total|total_amount|grand_total)[\"']?\s?[=:]\s?[\"']?[€$£¥]?(\d[\d.,']*)"
_CURRENCY = r"\bcurrency[\"']?\s?[=:]\s?[\"']?([A-Z]{3})\b|\bamount[\"']?\s?[=:]\s?[\"']?[\d.,']+ ([A-Z]{3})\b"
_RANGE = "at least for the orders that were lost, at most for all that met a failure"
DAY = pd.Timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What was lost, at least and at most, in ``currency`` (empty where nobody names it)."""

    low: float
    high: float
    currency: str
    basis: str

    def to_json(self) -> dict[str, Any]:
        """As in ``impact --json``."""
        return {"low": self.low, "high": self.high, "currency": self.currency or None, "basis": self.basis}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Distinct orders: those that met a failure, and those of them that are known to have succeeded within a day."""

    hit: int
    recovered: int
    perhaps: int  # more that may have gone through: their customers succeeded later, in requests that name no order
    attempts: int  # failed requests that name an order
    basis: str
    revenue: Revenue | None = None

    @property
    def lost(self) -> int:
        """Orders that met a failure and did not go through."""
        return self.hit - self.recovered

    def to_json(self) -> dict[str, Any]:
        """As in ``impact --json``."""
        return {
            "hit": self.hit, "recovered_by_retry": self.recovered, "lost": self.lost,
            "lost_low": self.lost - self.perhaps, "lost_high": self.lost,
            "failed_attempts": self.attempts, "basis": self.basis,
            "revenue": self.revenue.to_json() if self.revenue else None,
        }  # fmt: skip


def find_orders(
    events: pd.DataFrame, ledger: pd.DataFrame, failing: pd.DataFrame, incident: Incident | None
) -> Orders | None:
    """The orders that the incident's failed requests were about; None where no log names orders and requests together.

    ``ledger`` are all requests at the edge, ``failing`` the incident's failed ones.
    """
    named = _named(events)
    if not len(named):
        return None
    attempts = ledger[["request_id", "time", "status", "user", "path"]].merge(named, on="request_id")
    failed = attempts[attempts["request_id"].isin(set(failing["request_id"]))]
    if not len(failed):
        return None
    first = failed.groupby("order")["time"].min().rename("first")
    later = attempts[attempts["status"] < 400].merge(first, on="order")
    paths = set(zip(failed["order"], failed["path"], strict=True))  # looking an order up is no second try
    same = [pair in paths for pair in zip(later["order"], later["path"], strict=True)]
    later = later[pd.Series(same, index=later.index, dtype=bool)]
    recovered = set(later.loc[(later["time"] > later["first"]) & (later["time"] <= later["first"] + DAY), "order"])
    hit = set(failed["order"])
    perhaps = _perhaps(ledger, named, failed, hit - recovered)
    sources = ", ".join(sorted(set(failed["source"])))
    basis = (
        f"Orders that {sources} names with a request that failed at the edge; recovered are those with a later request "
        "that succeeded within 24 hours."
    )
    if perhaps:
        basis += (
            f" {perhaps} more may be: their customers succeeded later, in requests of which the logs name no order."
        )
    revenue = _revenue(failed, hit, hit & recovered, incident, perhaps)
    return Orders(
        hit=len(hit),
        recovered=len(hit & recovered),
        perhaps=perhaps,
        attempts=len(failed),
        basis=basis,
        revenue=revenue,
    )


def _perhaps(ledger: pd.DataFrame, named: pd.DataFrame, failed: pd.DataFrame, lost: set[str]) -> int:
    """How many of the orders that seem lost may hide behind later requests of their customers that no log names.

    Where logs keep a sample of what went well, a repeated order is often not in it.
    """
    open_ones = failed[failed["order"].isin(lost) & (failed["user"] != "")].sort_values("time")
    first = open_ones.drop_duplicates("order")[["user", "path", "time"]]
    unnamed = ledger[(ledger["status"] < 400) & ~ledger["request_id"].isin(set(named["request_id"]))]
    later = unnamed.merge(first, on=["user", "path"], suffixes=("", "_first"))
    later = later[(later["time"] > later["time_first"]) & (later["time"] <= later["time_first"] + DAY)]
    tries = later.drop_duplicates("request_id").groupby("user").size()
    orders = first.groupby("user").size()
    both = pd.concat([tries.rename("tries"), orders.rename("orders")], axis=1, join="inner")
    return int(both.min(axis=1).sum())


def _named(events: pd.DataFrame) -> pd.DataFrame:
    """Each request with the order that it was about: request_id, order, cents, currency and source."""
    logs = events[(events["kind"] == "log") & (events["action"] != "request.served")]
    text = logs["message"].astype(str).str.cat(logs["attributes"].fillna("").astype(str), sep=" ")
    near = text.str.contains("order", case=False, regex=False)
    text, source = text[near], logs.loc[near, "source"]
    currency = text.str.extract(_CURRENCY)
    cents = pd.to_numeric(text.str.extract(_CENTS, expand=False), errors="coerce")
    stated = text.str.extract(_AMOUNT, expand=False)
    whole = stated.map({each: _money(each) for each in stated.dropna().unique()}).astype("float64") * 100
    first, second = (text.str.extract(each, expand=False) for each in _ORDER)
    found = pd.DataFrame({
        "request_id": text.str.extract(_REQUEST, expand=False), "order": first.fillna(second),
        "cents": cents.fillna(whole), "currency": currency[0].fillna(currency[1]), "source": source,
    })  # fmt: skip
    found = found.dropna(subset=["request_id", "order"])
    return found.sort_values("cents", na_position="last").drop_duplicates("request_id")


def _money(text: str) -> float:
    """A number with or without marks between thousands; NaN where one mark could be either."""
    text = text.rstrip(".,'")
    if re.fullmatch(r"\d{1,3}(?:[,']\d{3})+\.\d+|\d+(?:\.\d+)?|\d{1,3}(?:[,']\d{3}){2,}", text):
        return float(text.replace(",", "").replace("'", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}", text):
        return float(text.replace(".", "").replace(",", "."))
    return float("nan")


def _revenue(
    failed: pd.DataFrame, hit: set[str], recovered: set[str], incident: Incident | None, perhaps: int
) -> Revenue | None:
    """From what the logs say an order was worth, else from the figure that people gave; else nothing.

    The least is without the dearest of those orders that may have gone through after all.
    """
    worth = failed.dropna(subset=["cents"]).groupby("order")["cents"].max()
    if set(worth.index) >= hit:
        open_ones = worth[~worth.index.isin(recovered)].sort_values()
        lost = float(open_ones.iloc[: len(open_ones) - perhaps].sum()) / 100
        named = sorted(set(failed["currency"].dropna()))
        if len(named) > 1:  # several currencies make no sum
            return None
        return Revenue(
            low=round(lost, 2),
            high=round(float(worth.sum()) / 100, 2),
            currency=named[0] if named else "",
            basis=f"The amounts that the logs state: {_RANGE}.",
        )
    given = incident.impact if incident else None
    if given is None or given.revenue_per_failed_order is None:
        return None
    price = given.revenue_per_failed_order
    return Revenue(
        low=round(price * (len(hit - recovered) - perhaps), 2),
        high=round(price * len(hit), 2),
        currency=given.currency,
        basis=f"{price:g} an order, as incident.toml states: {_RANGE}.",
    )
