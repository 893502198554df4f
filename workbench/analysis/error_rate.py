"""The curve of failing requests, a minute a point, for the chart and for the peak."""

from __future__ import annotations

import pandas as pd

from workbench.analysis.edge import cleaned, failure_classes
from workbench.analysis.facts import nanoseconds

COLUMNS = ["time", "requests", "failed", "share"]


def error_rate(edge: pd.DataFrame, *, client_errors: tuple[int, ...] = (), service: str | None = None) -> pd.DataFrame:
    """Requests, failed requests and their share (0..1) each minute; minutes without a request have no share."""
    ledger = cleaned(edge) if len(edge) else pd.DataFrame()
    if service is not None and len(ledger):
        ledger = ledger[ledger["service"] == service]
    if not len(ledger):
        return pd.DataFrame({name: [] for name in COLUMNS})
    failed = ledger["status"].isin(failure_classes(ledger, client_errors))
    minute = ledger["time"].dt.floor("min")
    grouped = pd.DataFrame({"time": minute, "requests": 1, "failed": failed.astype("int64")}).groupby("time").sum()
    whole = pd.date_range(grouped.index.min(), grouped.index.max(), freq="min", name="time")
    series = grouped.reindex(whole, fill_value=0).reset_index()
    series["share"] = (series["failed"] / series["requests"]).where(series["requests"] > 0)
    return series[COLUMNS]


def peak(series: pd.DataFrame, *, least: int = 5) -> tuple[int, float] | None:
    """The minute (UTC ns) with the highest share among minutes with at least ``least`` requests, and that share."""
    busy = series[series["requests"] >= least] if len(series) else series
    if not len(busy) or not busy["failed"].sum():
        return None
    top = busy.nlargest(1, "share", keep="first")
    return nanoseconds(top["time"])[0], float(top["share"].iloc[0])
