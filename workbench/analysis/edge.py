"""The edge log as the one ledger of requests: which of them failed because of the incident."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.analysis.change import Baseline, Counts, affected, binomial_tail, outside
from workbench.analysis.facts import nanoseconds
from workbench.model import NO_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbench.model import ClockSlacks

COLUMNS = (
    "time",
    "earliest",
    "latest",
    "duplicate",
    "source",
    "line",
    "status",
    "service",
    "path",
    "user",
    "request_id",
    "agent",
)
SYNTHETIC = re.compile(
    r"synthetic|monitor(?:ing|or)?\b|uptime|pingdom|health-?check|kube-probe|statuscake|blackbox|site24x7|checkly"
    r"|catchpoint|healthchecker|googlehc|check_http|nagios|zabbix",
    re.IGNORECASE,
)
NOBODY = ("", "-", "null", "none", "nil", "anonymous")
MINUTE = 60_000_000_000
NEAR = 30 * MINUTE
APART_MINUTES = 60
Stretch = tuple[int, int]
Mask = npt.NDArray[np.bool_]
_WORTH = 1e-3  # a service or a rarer class counts beside a sure one where its rise is this unlikely by chance
_ODD = 0.05  # a service whose background differs from the others' by more than this keeps its own rate
_95 = 1.96
_WHOLE_SECOND = 10**9 - 1  # ns that a time without a fraction leaves open
_CROWD = 12  # failures that show how close they come


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
    elsewhere: tuple[tuple[int, int], ...] = ()  # other rises in the same log, far from this one
    baseline: Baseline
    unsure: int = 0  # equal lines of one second without an id: sent twice, or requests of their own

    @property
    def failing(self) -> pd.DataFrame:
        """The failed requests, background and all, in time order."""
        rows = sorted({row for each in self.classes for row in each.rows})
        return self.ledger.iloc[rows]


def cleaned(edge: pd.DataFrame) -> pd.DataFrame:
    """The ledger: every column there, each request once, in time order whatever the order of the files."""
    frame = edge.copy()
    for name in COLUMNS:
        if name not in frame.columns:
            frame[name] = (
                False
                if name == "duplicate"
                else 0
                if name == "line"
                else frame["time"]
                if name in ("earliest", "latest")
                else ""
            )
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


class _Requests:
    """The ledger's columns as arrays, with counts a minute."""

    def __init__(self, ledger: pd.DataFrame) -> None:
        times = ledger["time"].astype("datetime64[ns, UTC]").astype("int64").to_numpy()
        self.origin = int(times.min()) // MINUTE
        self.minutes = (times // MINUTE - self.origin).astype(np.int64)
        self.length = int(self.minutes.max()) + 1
        self.statuses: npt.NDArray[np.int64] = ledger["status"].to_numpy(dtype=np.int64)
        self.services = ledger["service"].to_numpy(dtype=object)

    def a_minute(self, chosen: Mask | None = None) -> Counts:
        """How many of the chosen requests, or of all, fall into each minute."""
        minutes = self.minutes if chosen is None else self.minutes[chosen]
        return np.bincount(minutes, minlength=self.length).astype(np.float64)

    def inside(self, stretches: list[Stretch]) -> Mask:
        """The requests whose minute lies in a stretch."""
        wanted = np.zeros(self.length, dtype=np.bool_)
        for first, last in stretches:
            wanted[first : last + 1] = True
        return np.asarray(wanted[self.minutes], dtype=np.bool_)

    def span(self, stretch: Stretch) -> tuple[int, int]:
        """A stretch of minutes in UTC ns."""
        return (self.origin + stretch[0]) * MINUTE, (self.origin + stretch[1] + 1) * MINUTE - 1


def _class_stretches(requests: _Requests, hit: Mask) -> list[Stretch]:
    """Where a status class stands out, over all services together and for each that fails on its own."""
    found, _ = affected(requests.a_minute(hit), requests.a_minute())
    for service in sorted(set(requests.services[hit])):
        own = requests.services == service
        more, _ = affected(requests.a_minute(hit & own), requests.a_minute(own))
        found = found + more
    return joined(found)


def joined(stretches: list[Stretch]) -> list[Stretch]:
    """Overlapping or touching stretches as one."""
    out: list[Stretch] = []
    for first, last in sorted(stretches):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def one_incident(
    stretches: list[Stretch], weight: Callable[[Stretch], float], inside: Callable[[Stretch], bool] = lambda _: False
) -> list[Stretch]:
    """Of groups of stretches with an hour of calm between them the one with most weight: the incident.

    With all others of which a part is ``inside``: between milestones that people set, a calm is no end.
    """
    groups: list[list[Stretch]] = []
    for stretch in stretches:
        if groups and stretch[0] - groups[-1][-1][1] <= APART_MINUTES:
            groups[-1].append(stretch)
        else:
            groups.append([stretch])
    own = max(groups, key=lambda group: sum(weight(stretch) for stretch in group), default=[])
    return [stretch for group in groups if group is own or any(map(inside, group)) for stretch in group]


def background(
    count: float, requests: float, baseline: Baseline, dispersion: float = 1.0
) -> tuple[float, float, float]:
    """Background failures expected among ``requests`` of which ``count`` failed, with the interval that they lie in.

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


def _dispersion(failed: Counts, requests: Counts, stretches: list[Stretch]) -> float:
    """How much more the background jumps from minute to minute than chance alone makes it; at least 1."""
    free = np.ones(len(failed), dtype=bool)
    for first, last in stretches:
        free[first : last + 1] = False
    total, count = requests[free].sum(), failed[free].sum()
    expected = requests[free] * (count / total) if total else requests[free]
    usable = expected > 0
    if usable.sum() < 10 or not count:
        return 1.0
    return max(1.0, float((((failed[free] - expected) ** 2)[usable] / expected[usable]).sum() / (usable.sum() - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Where the incident is, and all stretches that tell nothing of the background."""

    own: list[Stretch]
    disturbed: list[Stretch]


def _class_impact(
    requests: _Requests, hit: Mask, service: str, window: _Window, shared: Baseline
) -> ClassImpact | None:
    """What one class of one service adds; None where it is no more than background."""
    own = requests.services == service
    failed, served = requests.a_minute(hit & own), requests.a_minute(own)
    baseline = _steadier(outside(failed, served, window.disturbed), shared)
    inside = requests.inside(window.own)
    chosen = np.flatnonzero(hit & own & inside)
    total = float((own & inside).sum())
    doubt = _WORTH if baseline.failed else 0.5  # a class never seen before is the incident's even where it is rare
    if not len(chosen) or binomial_tail(len(chosen), total, baseline.test_rate) >= doubt:
        return None
    dispersion = _dispersion(failed, served, window.disturbed)
    mean, least, most = background(len(chosen), total, baseline, dispersion)
    near = _near(failed, window.own) if baseline.failed else 0.0
    return ClassImpact(
        service=service,
        status=int(requests.statuses[chosen[0]]),
        observed=len(chosen),
        expected=mean,
        low=len(chosen) - most,
        high=len(chosen) - least + near,
        rows=tuple(int(row) for row in chosen),
    )


def _near(failed: Counts, stretches: list[Stretch]) -> float:
    """Failures in the minute before and after: the partial minutes may hold some of the incident's."""
    edges = {minute for first, last in stretches for minute in (first - 1, last + 1) if 0 <= minute < len(failed)}
    return float(sum(failed[minute] for minute in edges))


def edge_impact(
    edge: pd.DataFrame,
    extra: tuple[int, ...] = (),
    *,
    around: tuple[int, int] | None = None,
    clocks: ClockSlacks = NO_CLOCKS,
) -> EdgeImpact | None:
    """The incident's failed requests by status class and service; None where nothing rises above the background.

    Of several rises far apart those that meet ``around`` (UTC ns) count, else the biggest.
    """
    ledger = _bounded(cleaned(edge)) if len(edge) else edge
    if not len(ledger):
        return None
    requests = _Requests(ledger)
    hits = {status: requests.statuses == status for status in failure_classes(ledger, extra)}
    found = {status: _class_stretches(requests, hit) for status, hit in hits.items()}
    disturbed = joined([each for stretches in found.values() for each in stretches])
    wrong = np.isin(requests.statuses, list(hits))
    window = one_incident(
        disturbed, _weigher(requests, requests.a_minute(wrong), around), lambda each: _meets(requests, each, around)
    )
    classes = tuple(
        part for status in hits for part in _class_impacts(requests, hits[status], found[status], window, disturbed)
    )
    if not classes:
        return None
    spans = tuple(requests.span(stretch) for stretch in window)
    return EdgeImpact(
        ledger=ledger,
        unsure=_unsure(edge, {each.status for each in classes}, spans, clocks),
        classes=classes,
        stretches=spans,
        elsewhere=tuple(requests.span(stretch) for stretch in disturbed if stretch not in window),
        baseline=outside(requests.a_minute(wrong), requests.a_minute(), disturbed),
    )


def _unsure(edge: pd.DataFrame, statuses: set[int], spans: Sequence[Stretch], clocks: ClockSlacks) -> int:
    """Failures left out as repeated lines, though neither an id nor a fraction of a second says that they are."""
    if not {"duplicate", "request_id", "earliest", "latest"} <= set(edge.columns):
        return 0
    again = edge[edge["duplicate"].fillna(False).astype(bool)]
    nameless = again["request_id"].fillna("").astype(str).str.lower().isin(NOBODY)
    slack = [sum(clocks.get(str(source), (0, 0))) for source in again["source"]]
    low, high = (np.array(nanoseconds(again[name]), dtype=np.int64) for name in ("earliest", "latest"))
    coarse = high - low - np.array(slack, dtype=np.int64) >= _WHOLE_SECOND
    failed = pd.to_numeric(again["status"], errors="coerce").isin(statuses)
    times = again["time"].astype("datetime64[ns, UTC]").astype("int64")[nameless & coarse & failed]
    return sum(any(first <= time <= last for first, last in spans) for time in times)


def _class_impacts(
    requests: _Requests, hit: Mask, found: list[Stretch], window: list[Stretch], disturbed: list[Stretch]
) -> Iterator[ClassImpact]:
    """One status class, service by service, in its own stretches or, where it has none, in the incident's."""
    own = [each for each in found if any(first <= each[0] and each[1] <= last for first, last in window)] or window
    shared = outside(requests.a_minute(hit), requests.a_minute(), disturbed)
    for service in sorted(set(requests.services[hit])):
        part = _class_impact(requests, hit, str(service), _Window(own=own, disturbed=disturbed), shared)
        if part:
            yield part


def _weigher(requests: _Requests, wrong: Counts, around: tuple[int, int] | None) -> Callable[[Stretch], float]:
    """How much a stretch speaks for being the incident: its failures, and above all that it meets the known time."""

    def weight(stretch: Stretch) -> float:
        meets = _meets(requests, stretch, around, near=NEAR)
        return float(wrong[stretch[0] : stretch[1] + 1].sum()) + (1e12 if meets else 0.0)

    return weight


def _meets(requests: _Requests, stretch: Stretch, around: tuple[int, int] | None, near: int = 0) -> bool:
    """Whether a stretch meets the time that people's milestones span."""
    first, last = requests.span(stretch)
    return around is not None and first <= around[1] + near and last >= around[0] - near


def _bounded(ledger: pd.DataFrame) -> pd.DataFrame:
    """The ledger without requests half a year and more from its middle: a wrong year is no minute of this incident."""
    if not len(ledger):
        return ledger
    middle = ledger["time"].iloc[len(ledger) // 2]
    near: pd.DataFrame = ledger[(ledger["time"] - middle).abs() <= pd.Timedelta(days=183)]
    return near.reset_index(drop=True)


def rise(times: npt.NDArray[np.int64], expected: float) -> tuple[int, int]:
    """The first and the last of failures in time order (UTC ns) that are the incident's.

    Where ``expected`` of them are background, as many that stand far before or after the others are taken for it.
    """
    first, last = 0, len(times) - 1
    spare = math.ceil(expected) if expected > 0 else 0
    while spare and last - first > _CROWD:
        before, after = times[first + 1] - times[first], times[last] - times[last - 1]
        if before > _lonely(times[first + 1 : first + _CROWD]):
            first += 1
        elif after > _lonely(times[last - _CROWD : last]):
            last -= 1
        else:
            break
        spare -= 1
    return first, last


def _lonely(near: npt.NDArray[np.int64]) -> float:
    """The distance from which a failure is none of these: ten times theirs, and more than a minute."""
    return max(float(MINUTE), 10 * float(np.median(np.diff(near))))


def customers(failing: pd.DataFrame) -> tuple[int, int, int]:
    """Distinct customers with a failed request; failed requests without a customer; failed synthetic checks."""
    synthetic = failing["agent"].str.contains(SYNTHETIC)
    nobody = failing["user"].str.strip().str.lower().isin(NOBODY)
    return (
        int(failing.loc[~synthetic & ~nobody, "user"].nunique()),
        int((nobody & ~synthetic).sum()),
        int(synthetic.sum()),
    )
