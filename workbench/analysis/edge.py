"""The edge log as the one ledger of requests: which of them failed because of the incident."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.analysis.change import Baseline, Counts, affected, binomial_tail, outside

COLUMNS = ("time", "earliest", "latest", "duplicate", "source", "line", "status", "service", "path", "user", "request_id", "agent")
SYNTHETIC = re.compile(r"synthetic|monitor(?:ing|or)?\b|uptime|pingdom|health-?check|kube-probe|statuscake|blackbox|site24x7|checkly"
                       r"|catchpoint|healthchecker|googlehc|check_http|nagios|zabbix", re.I)
NOBODY = ("", "-", "null", "none", "nil", "anonymous")
_WORTH = 1e-3  # a service or a rarer class counts beside a sure one where its rise is this unlikely by chance
_ODD = 0.05  # a service whose background differs from the others' by more than this keeps its own rate
_95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassImpact:
    """One status class of one service inside the window: what failed, and how much of it is background."""

    service: str
    status: int
    observed: int
    expected: float
    low: float
    high: float
    rows: tuple[int, ...]  # positions in the cleaned ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeImpact:
    """The failed requests of an incident in a ledger, with the stretches (UTC ns) in which they fell."""

    ledger: pd.DataFrame
    classes: tuple[ClassImpact, ...]
    stretches: tuple[tuple[int, int], ...]
    baseline: Baseline

    @property
    def failing(self) -> pd.DataFrame:
        rows = sorted({row for each in self.classes for row in each.rows})
        return self.ledger.iloc[rows]


def cleaned(edge: pd.DataFrame) -> pd.DataFrame:
    """The ledger: every column there, each request once, in time order whatever the order of the files."""
    frame = edge.copy()
    for name in COLUMNS:
        if name not in frame.columns:
            frame[name] = False if name == "duplicate" else 0 if name == "line" else frame["time"] if name in ("earliest", "latest") else ""
    frame = frame[~frame["duplicate"].fillna(False).astype(bool)]
    frame["status"] = pd.to_numeric(frame["status"], errors="coerce").fillna(0).astype("int64")
    for name in ("service", "path", "user", "request_id", "agent", "source"):
        frame[name] = frame[name].astype("object").where(frame[name].notna(), "").astype(str)
    frame = frame[(frame["status"] > 0) & frame["time"].notna()]
    known = ~frame["request_id"].str.lower().isin(NOBODY)
    repeated = frame.duplicated(["request_id", "time", "status", "path"]) & known
    return frame[~repeated].sort_values(["time", "source", "line"], kind="stable").reset_index(drop=True)


def failure_classes(ledger: pd.DataFrame, extra: tuple[int, ...] = ()) -> list[int]:
    """The status classes that count as failures: every 5xx, and those that the user named."""
    present = set(ledger["status"].unique())
    return sorted(int(status) for status in present if status >= 500 or status in extra)


def minutes_of(ledger: pd.DataFrame) -> tuple[np.ndarray, int]:
    """For each request its minute since the ledger's first, and the first minute in ns."""
    times = ledger["time"].astype("datetime64[ns, UTC]").astype("int64").to_numpy()
    first = int(times.min()) // 60_000_000_000
    return times // 60_000_000_000 - first, first * 60_000_000_000


def _per_minute(minutes: np.ndarray, chosen: np.ndarray, length: int) -> Counts:
    return np.bincount(minutes[chosen], minlength=length).astype(np.float64)


def _class_stretches(minutes: np.ndarray, hit: np.ndarray, services: np.ndarray, length: int) -> list[tuple[int, int]]:
    """Where a status class stands out, over all services together and for each that fails on its own."""
    everything = np.ones(len(minutes), dtype=bool)
    found, _ = affected(_per_minute(minutes, hit, length), _per_minute(minutes, everything, length))
    for service in np.unique(services[hit]):
        own = services == service
        more, _ = affected(_per_minute(minutes, hit & own, length), _per_minute(minutes, own, length))
        found = found + more
    return joined(found)


def joined(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping or touching stretches as one."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def _inside(minutes: np.ndarray, stretches: list[tuple[int, int]]) -> np.ndarray:
    inside = np.zeros(len(minutes), dtype=bool)
    for first, last in stretches:
        inside |= (minutes >= first) & (minutes <= last)
    return inside


def background(count: float, requests: float, baseline: Baseline, dispersion: float = 1.0) -> tuple[float, float, float]:
    """Background failures expected among ``requests`` of which ``count`` failed, with the interval of what they may have been.

    A request that the incident failed cannot fail as background too, so only the others are exposed to it.
    """
    if not baseline.failed or not baseline.requests:
        return 0.0, 0.0, 0.0
    exposed = max(0.0, (requests - count) / (1 - baseline.rate)) if baseline.rate < 1 else requests
    mean = exposed * baseline.rate
    spread = _95 * math.sqrt(dispersion * mean * (1 + exposed / baseline.requests))
    return min(mean, count), max(0.0, mean - spread), min(count, mean + spread)


def _steadier(own: Baseline, shared: Baseline) -> Baseline:
    """The rate of all services of the class where this service's few failures do not speak against it, else its own."""
    expected = own.requests * shared.rate
    too_many = binomial_tail(own.failed, own.requests, shared.rate) < _ODD
    too_few = own.failed == 0 and math.exp(-expected) < _ODD
    return own if not shared.failed or too_many or too_few else shared


def _dispersion(failed: Counts, requests: Counts, stretches: list[tuple[int, int]]) -> float:
    """How much more the background jumps from minute to minute than chance alone makes it; at least 1."""
    free = np.ones(len(failed), dtype=bool)
    for first, last in stretches:
        free[first:last + 1] = False
    total, count = requests[free].sum(), failed[free].sum()
    expected = requests[free] * (count / total) if total else requests[free]
    usable = expected > 0
    if usable.sum() < 10 or not count:
        return 1.0
    return max(1.0, float((((failed[free] - expected) ** 2)[usable] / expected[usable]).sum() / (usable.sum() - 1)))


def _class_impact(
    service: str, status: int, minutes: np.ndarray, hit: np.ndarray, own: np.ndarray, stretches: list[tuple[int, int]], shared: Baseline,
) -> ClassImpact | None:
    """What one class of one service adds; None where it is no more than background."""
    length = int(minutes.max()) + 1
    failed, requests = _per_minute(minutes, hit & own, length), _per_minute(minutes, own, length)
    baseline = _steadier(outside(failed, requests, stretches), shared)
    inside = _inside(minutes, stretches)
    chosen = np.flatnonzero(hit & own & inside)
    total = float((own & inside).sum())
    doubt = _WORTH if baseline.failed else 0.5  # a class never seen before is the incident's even where it is rare
    if not len(chosen) or binomial_tail(len(chosen), total, baseline.test_rate) >= doubt:
        return None
    mean, least, most = background(len(chosen), total, baseline, _dispersion(failed, requests, stretches))
    near = _near(failed, stretches) if baseline.failed else 0
    return ClassImpact(
        service=service, status=status, observed=len(chosen), expected=mean, low=len(chosen) - most,
        high=min(len(chosen) - least, len(chosen)) + near, rows=tuple(int(row) for row in chosen),
    )


def _near(failed: Counts, stretches: list[tuple[int, int]]) -> float:
    """Failures in the minute before and after: the partial minutes may hold some of the incident's."""
    edges = {minute for first, last in stretches for minute in (first - 1, last + 1) if 0 <= minute < len(failed)}
    return float(sum(failed[minute] for minute in edges))


def edge_impact(edge: pd.DataFrame, extra: tuple[int, ...] = ()) -> EdgeImpact | None:
    """The incident's failed requests by status class and service; None where nothing rises above the background."""
    ledger = cleaned(edge) if len(edge) else edge
    if not len(ledger):
        return None
    minutes, origin = minutes_of(ledger)
    length = int(minutes.max()) + 1
    statuses, services = ledger["status"].to_numpy(), ledger["service"].to_numpy()
    own_stretches = {status: _class_stretches(minutes, statuses == status, services, length) for status in failure_classes(ledger, extra)}
    union = joined([each for found in own_stretches.values() for each in found])
    if not union:
        return None
    classes = []
    for status, found in own_stretches.items():
        hit = statuses == status
        shared = outside(_per_minute(minutes, hit, length), _per_minute(minutes, hit | True, length), found or union)
        for service in np.unique(services[hit]):
            if part := _class_impact(str(service), status, minutes, hit, services == service, found or union, shared):
                classes.append(part)
    if not classes:
        return None
    spans = tuple((origin + first * 60_000_000_000, origin + (last + 1) * 60_000_000_000 - 1) for first, last in union)
    wrong = np.isin(statuses, list(own_stretches))
    baseline = outside(_per_minute(minutes, wrong, length), _per_minute(minutes, wrong | True, length), union)
    return EdgeImpact(ledger=ledger, classes=tuple(classes), stretches=spans, baseline=baseline)


def customers(failing: pd.DataFrame) -> tuple[int, int, int]:
    """Distinct customers with a failed request; failed requests without a customer; failed synthetic checks."""
    synthetic = failing["agent"].str.contains(SYNTHETIC)
    nobody = failing["user"].str.strip().str.lower().isin(NOBODY)
    return int(failing.loc[~synthetic & ~nobody, "user"].nunique()), int((nobody & ~synthetic).sum()), int(synthetic.sum())

