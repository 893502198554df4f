"""Detectors: rules that people write in a line, and what they look at.

``NAME{label=value} > 0.8 for 5m``, ``NAME > 80% of OTHER for 1m``, ``error rate > 5% for 2m`` and
``log "pool is full" >= 10 in 5m``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pandas as pd

from workbench.analysis.facts import nanoseconds
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.analysis.backtest import Signals

    Series = tuple[Sequence[int], Sequence[bool]]

_SPAN = r"(?P<span>\d+(?:\.\d+)?)\s*(?P<unit>s|m|min|h)\b"
_METRIC = re.compile(
    r"^(?P<name>[A-Za-z_:][\w:.\-]*)\s*(?:\{(?P<labels>[^}]*)\})?\s*(?P<sign>>=?|<=?)\s*(?P<value>-?\d+(?:\.\d+)?)"
    rf"(?P<share>\s*%)?(?:\s+of\s+(?P<other>[A-Za-z_:][\w:.\-]*))?(?:\s+for\s+{_SPAN})?$"
)
_RATE = re.compile(rf"^error rate\s*>=?\s*(?P<value>\d+(?:\.\d+)?)\s*%(?:\s+for\s+{_SPAN})?$", re.IGNORECASE)
_LOG = re.compile(rf"^log\s+[\"“](?P<words>.+?)[\"”]\s*>=?\s*(?P<value>\d+)\s+in\s+{_SPAN}$", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600}
_CAPACITY = ("_max", "_limit", "_capacity", "_size", "_total")
_USED = ("_active", "_in_use", "_used", "_current", "_busy", "_open", "")
_LEAST = 30  # requests in the window of a rate, samples of a series


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One rule: ``kind`` metric, rate or log; it fires when its condition has held for ``seconds``."""

    kind: str
    text: str
    value: float
    name: str = ""
    sign: str = ">"
    labels: Mapping[str, str] | None = None
    other: str = ""  # the metric of whose value a share is meant
    seconds: float = 0.0
    window: float = 0.0  # seconds in which lines of a log are counted

    def __str__(self) -> str:
        return self.text

    def series(self, signals: Signals) -> list[Series]:
        """For each series that it looks at the times (UTC ns) and whether its condition holds."""
        if self.kind == "rate":
            return [] if signals.curve is None else [_rate(signals.curve, self.value)]
        if self.kind == "log":
            return [_counted(signals.logs, self)]
        return list(_of_metrics(signals.metrics, self))

    def span(self, signals: Signals) -> tuple[int, int] | None:
        """From when to when (UTC ns) there is anything to look at; a log says something by its silence too."""
        if self.kind == "log":
            times = signals.logs["time"]
        elif self.kind == "rate":
            times = signals.curve["time"] if signals.curve is not None else signals.logs["time"].iloc[:0]
        else:
            times = signals.metrics.loc[signals.metrics["name"] == self.name, "time"]
        ends = nanoseconds(times.sort_values()) if len(times) else []
        return (ends[0], ends[-1]) if ends else None


def detector_of(text: str) -> Detector:
    """The rule that a line states; raises WorkbenchError where it states none."""
    line = " ".join(text.split())
    if match := _RATE.match(line):
        return Detector(kind="rate", text=line, value=float(match["value"]) / 100, seconds=_seconds(match))
    if (match := _LOG.match(line)) and float(match["value"]) > 0 and _seconds(match) > 0:
        return Detector(kind="log", text=line, name=match["words"], value=float(match["value"]), window=_seconds(match))
    match = _METRIC.match(line)
    if match and bool(match["share"]) == bool(match["other"]) and not re.search(r"=~|!=|!~", match["labels"] or ""):
        value = float(match["value"]) / (100 if match["other"] else 1)
        return Detector(
            kind="metric", text=line, name=match["name"], sign=match["sign"], value=value, other=match["other"] or "",
            labels=_labels(match["labels"] or ""), seconds=_seconds(match),
        )  # fmt: skip
    raise WorkbenchError(
        f"{line!r} is no rule",
        next_step="Write one such as NAME{service=api} > 0.8 for 5m, NAME > 80% of OTHER for 1m, "
        'error rate > 5% for 2m, or log "pool is full" >= 10 in 5m.',
    )  # fmt: skip


def proposals(signals: Signals, window: tuple[int, int]) -> Iterator[Detector]:
    """Rules worth a try: capacities at 80 %, values that the quiet time never reached, and rates of errors."""
    names = sorted(set(signals.metrics["name"])) if len(signals.metrics) else []
    for name in names:
        if other := _capacity(name, names):
            yield detector_of(f"{name} > 80% of {other} for 1m")
        elif not name.endswith(_CAPACITY) and name not in {"ALERTS", "up"}:
            yield from _beyond(signals.metrics, name, window)
    if signals.curve is not None:
        yield from (detector_of(f"error rate > {share}% for {length}") for share, length in ((5, "2m"), (1, "5m")))


def _capacity(name: str, names: Sequence[str]) -> str:
    """The metric that says how much of this one there can be."""
    for used in _USED:
        stem = name.removesuffix(used) if used else name
        for limit in _CAPACITY if name.endswith(used) else ():
            if f"{stem}{limit}" in names and f"{stem}{limit}" != name:
                return f"{stem}{limit}"
    return ""


def _beyond(metrics: pd.DataFrame, name: str, window: tuple[int, int]) -> Iterator[Detector]:
    """Above all that was seen outside of the incident, in all of its series."""
    own = metrics[metrics["name"] == name]
    times = np.array(nanoseconds(own["time"]), dtype=np.int64)
    quiet = own["value"].to_numpy(dtype=np.float64)[
        (times < window[0] - 60 * 10**9) | (times > window[1] + 600 * 10**9)
    ]
    if len(quiet) >= _LEAST and np.isfinite(quiet).all():
        yield detector_of(f"{name} > {_rounded_up(float(quiet.max()))} for 1m")


def _rounded_up(value: float) -> str:
    """A tenth more, in two figures: no alarm sits on the highest value that was ever seen."""
    if value <= 0:
        return "0"
    more = value * 1.1
    digits = 1 - int(np.floor(np.log10(more)))
    return np.format_float_positional(np.ceil(more * 10**digits) / 10**digits, trim="-")


def _seconds(match: re.Match[str]) -> float:
    return float(match["span"]) * _SECONDS[match["unit"]] if match["span"] else 0.0


def _labels(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def _of_metrics(metrics: pd.DataFrame, rule: Detector) -> Iterator[Series]:
    """Each series of the name whose labels are those of the rule."""
    own = metrics[metrics["name"] == rule.name] if len(metrics) else metrics
    limits = metrics[metrics["name"] == rule.other] if rule.other else None
    for labels, rows in own.groupby("labels", dropna=False):
        known = orjson.loads(str(labels)) if str(labels).startswith("{") else {}
        if any(str(known.get(name)) != value for name, value in (rule.labels or {}).items()):
            continue
        ordered = rows.sort_values("time")
        value = ordered["value"].to_numpy(dtype=np.float64)
        if limits is not None:
            value = _share(ordered, limits[limits["labels"] == labels])
        yield nanoseconds(ordered["time"]), _compared(value, rule)


def _share(rows: pd.DataFrame, limit: pd.DataFrame) -> np.ndarray:
    """The values as shares of the limit that held at their time."""
    if not len(limit):
        return np.full(len(rows), np.nan)
    joined = pd.merge_asof(rows[["time", "value"]], limit[["time", "value"]].sort_values("time"), on="time",
                           suffixes=("", "_limit"), direction="nearest")  # fmt: skip
    top = joined["value_limit"].to_numpy(dtype=np.float64)
    share = np.full(len(top), np.nan)
    np.divide(joined["value"].to_numpy(dtype=np.float64), top, out=share, where=top > 0)
    return share


def _compared(value: np.ndarray, rule: Detector) -> list[bool]:
    signs = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
    held: list[bool] = signs[rule.sign](value, rule.value).tolist()
    return held


def _rate(curve: pd.DataFrame, share: float) -> Series:
    """Whether the share of failures in the last minutes, as many as 30 requests need, is beyond the limit."""
    served, failed = (curve[name].to_numpy(dtype=np.float64) for name in ("requests", "failed"))
    minutes = 1
    while minutes < 10 and np.median(served) * minutes < _LEAST:
        minutes += 1
    total, bad = (np.convolve(each, np.ones(minutes))[: len(each)] for each in (served, failed))
    held = np.divide(bad, total, out=np.zeros_like(total), where=total > 0) > share
    ends = np.array(nanoseconds(curve["time"]), dtype=np.int64) + 60 * 10**9  # a minute is known when it is over
    return ends.tolist(), held.tolist()


def _counted(logs: pd.DataFrame, rule: Detector) -> Series:
    """At each line that holds the words, whether there were enough of them in the window that ends there."""
    hits = logs[logs["message"].str.contains(rule.name, case=False, regex=False, na=False)]
    at = np.sort(np.array(nanoseconds(hits["time"]), dtype=np.int64))
    since = np.searchsorted(at, at - int(rule.window * 1e9), side="left")
    return at.tolist(), (np.arange(1, len(at) + 1) - since >= rule.value).tolist()
