"""What customers felt, from the best source there is: the edge log, else counters of requests and errors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.analysis.burn import BurnAlert, burn_alerts
from workbench.analysis.edge import EdgeImpact, customers, edge_impact, rise
from workbench.analysis.error_rate import error_rate, peak
from workbench.analysis.facts import SECOND, Fact, facts, nanoseconds
from workbench.analysis.metric_impact import metric_impact, share_edges
from workbench.analysis.orders import Orders, find_orders
from workbench.clock import format_utc
from workbench.model import NO_CLOCKS, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.analysis.change import Baseline
    from workbench.analysis.metric_impact import MetricImpact, ShareEdges
    from workbench.model import ClockSlacks, Incident, Slo

DAY = 86_400 * SECOND
SETTLED = 5 * 60 * SECOND  # the service level must hold for this long before it counts as recovered
_TRACKERS = ("jira", "linear", "github", "gitlab")
_DESKS = ("support", "ticket", "zendesk", "freshdesk", "helpdesk", "intercom", "servicedesk")
_TICKET_COLUMNS = ("category", "ticket", "ticket_id", "ticket_number", "case", "case_id", "case_number", "requester")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceImpact:
    """One service's share of the failed requests, and when the first and the last of them came (UTC ns)."""

    service: str
    failed: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The first or last failing request: its honest interval and where it stands."""

    time: int
    earliest: int
    latest: int
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What customers felt. None is not known and ``why`` says why; 0 is a count."""

    basis: str  # edge log, metrics or none
    start: Edge | None = None
    end: Edge | None = None
    settled: bool = False  # the source goes on for five quiet minutes after the end
    total: int | None = None
    failed: int | None = None
    failed_low: int | None = None
    failed_high: int | None = None
    requests_basis: str = ""
    affected: int | None = None
    customers_basis: str = ""
    anonymous: int | None = None
    synthetic: int | None = None
    by_service: tuple[ServiceImpact, ...] = ()
    slo_target: float | None = None
    budget_used_percent: float | None = None
    slo_basis: str = ""
    tickets: int | None = None
    tickets_basis: str = ""
    peak_percent: float | None = None
    peak_time: int | None = None
    why: str = ""
    counters: MetricImpact | ShareEdges | None = None  # beside the edge log: a second witness by another clock
    curve: pd.DataFrame | None = None
    orders: Orders | None = None
    burn: tuple[BurnAlert, ...] = ()
    clock_slack: int = 0  # ns that the clock of the edge log's host may be off; start and end hold it

    @property
    def services(self) -> tuple[str, ...]:
        """The affected services, the worst first."""
        return tuple(each.service for each in self.by_service if each.service)

    @property
    def share_percent(self) -> float | None:
        """Failed of all requests in the window."""
        return round(100 * self.failed / self.total, 2) if self.total and self.failed is not None else None

    def to_json(self) -> dict[str, Any]:
        """The document of ``impact --json``."""
        requests = {
            "total": self.total,
            "failed": self.failed,
            "failed_low": self.failed_low,
            "failed_high": self.failed_high,
            "basis": self.requests_basis,
            "share_percent": self.share_percent,
            "peak_percent": self.peak_percent,
        }
        slo = {
            "target": self.slo_target,
            "budget_used_percent": self.budget_used_percent,
            "basis": self.slo_basis,
            "burn_alerts": [each.to_json() for each in self.burn],
        }
        return {
            "window": {"from": _stamp(self.start), "to": _stamp(self.end)},
            "requests": requests,
            "customers": {
                "affected": self.affected,
                "basis": self.customers_basis,
                "anonymous": self.anonymous,
                "synthetic": self.synthetic,
            },
            "by_service": [
                {
                    "service": each.service,
                    "failed": each.failed,
                    "from": format_utc(each.start),
                    "to": format_utc(each.end),
                }
                for each in self.by_service
            ],
            "slo": slo if self.slo_target is not None else None,
            "orders": self.orders.to_json() if self.orders else None,
            "tickets": self.tickets,
            "tickets_basis": self.tickets_basis,
            "why": self.why,
        }


def _stamp(edge: Edge | None) -> str | None:
    return format_utc(edge.time) if edge else None


def find_impact(
    edge: pd.DataFrame | None,
    *,
    events: pd.DataFrame | None = None,
    metrics: pd.DataFrame | None = None,
    incident: Incident | None = None,
    client_errors: Iterable[int] = (),
    clocks: ClockSlacks = NO_CLOCKS,
) -> Impact:
    """The impact from the best source: edge log, else metrics; with tickets and the budget where they can be known.

    ``clocks`` are how far (ns) a source's events may be before and after what they say, for its clock alone.
    """
    extra = tuple(client_errors)
    found = None
    if edge is not None and len(edge):
        found = edge_impact(edge, extra, around=_around(incident), clocks=clocks)
    if found is not None:
        counters = metric_impact(metrics) if metrics is not None and len(metrics) else None
        impact = replace(
            _from_edge(found, error_rate(found.ledger, client_errors=extra)),
            counters=_overlapping(counters, found),
            clock_slack=_clock_slack(found, clocks),
            orders=find_orders(events, found.ledger, found.failing, incident) if events is not None else None,
        )
        exposure: Baseline | None = found.baseline
    else:
        counted = metric_impact(metrics) if metrics is not None and len(metrics) else None
        impact = (
            _from_metrics(counted, edge)
            if counted
            else Impact(
                basis="none",
                why=_no_source(edge, metrics),
                **_unknown(edge, metrics),
                counters=share_edges(metrics) if metrics is not None else None,
            )
        )
        exposure = counted.baseline if counted else None
    return _with_tickets(_with_slo(impact, incident.slo if incident else None, exposure), events, incident)


def stated(incident: Incident | None) -> object:
    """What of incident.toml the impact follows from: while this is the same, so is the impact."""
    return incident and (_around(incident), incident.slo, incident.impact)


def _clock_slack(found: EdgeImpact, clocks: ClockSlacks) -> int:
    """How far the clocks of the hosts whose requests failed may be off; nothing where it is a second or so."""
    slack = max((max(clocks.get(source, (0, 0))) for source in found.failing["source"].unique()), default=0)
    return slack if slack > 2 * SECOND else 0


def _around(incident: Incident | None) -> tuple[int, int] | None:
    """The time that people's own milestones span."""
    known = [time for name, time in incident.milestones.items() if name != "postmortem_held"] if incident else []
    return (min(known), max(known)) if known else None


def _overlapping(counters: MetricImpact | None, found: EdgeImpact) -> MetricImpact | None:
    """Counters whose stretch meets the edge log's, give or take ten minutes of clock; others tell of something else."""
    near = 600 * SECOND
    meets = counters is not None and any(
        counters.start <= last + near and counters.end >= first - near for first, last in found.stretches
    )
    return counters if meets else None


def _no_source(edge: pd.DataFrame | None, metrics: pd.DataFrame | None) -> str:
    if edge is not None and len(edge):
        return "In the edge log no status class rises above its background, so no request is counted as the incident's."
    if metrics is not None and len(metrics):
        return (
            "There is no edge log, and in the metrics no pair of request and error counts rises above its background."
        )
    return "There is no edge log and there are no metrics with requests and errors."


def _unknown(edge: pd.DataFrame | None, metrics: pd.DataFrame | None) -> dict[str, Any]:
    why = _no_source(edge, metrics)
    return {"requests_basis": why, "customers_basis": why}


def _edges(frame: pd.DataFrame) -> list[Edge]:
    times, lows, highs = (nanoseconds(frame[name]) for name in ("time", "earliest", "latest"))
    rows = zip(times, lows, highs, frame["source"], frame["line"], strict=True)
    return [
        Edge(
            time=time,
            earliest=low,
            latest=high,
            evidence=(Evidence(source=str(source), line=int(line)),) if source else (),
        )
        for time, low, high, source, line in rows
    ]


def _from_edge(found: EdgeImpact, curve: pd.DataFrame) -> Impact:
    failing = found.failing
    expected = sum(each.expected for each in found.classes)
    ends = _edges(failing.iloc[[*rise(np.array(nanoseconds(failing["time"])), expected)]])
    times = found.ledger["time"].astype("datetime64[ns, UTC]").astype("int64")
    inside = pd.Series(False, index=found.ledger.index)
    for first, last in found.stretches:
        inside |= (times >= first) & (times <= last)
    people, anonymous, synthetic = customers(failing)
    top = peak(curve)
    failed = round(len(failing) - expected)
    return Impact(
        basis="edge log",
        start=ends[0],
        end=ends[-1],
        settled=int(times.iloc[-1]) - ends[-1].time >= SETTLED,
        total=int(inside.sum()),
        failed=failed,
        failed_low=min(failed, int(sum(each.low for each in found.classes))),
        failed_high=max(failed, round(sum(each.high for each in found.classes) + 0.49)) + found.unsure,
        requests_basis=_requests_basis(found, failing, expected),
        affected=people,
        anonymous=anonymous,
        synthetic=synthetic,
        customers_basis=_customers_basis(people, anonymous, synthetic, expected),
        by_service=_by_service(found),
        curve=curve,
        peak_time=top[0] if top else None,
        peak_percent=round(100 * top[1], 1) if top else None,
    )


def _requests_basis(found: EdgeImpact, failing: pd.DataFrame, expected: float) -> str:
    names = ", ".join(str(status) for status in sorted({each.status for each in found.classes}))
    sources = ", ".join(sorted({source for source in failing["source"] if source})) or "the edge log"
    said = f"Answers with status {names} in {sources} while that class stood above its background"
    if found.baseline.minutes < 30:
        said += f"; only {found.baseline.minutes} minutes outside the incident are there to tell the background"
    if found.elsewhere:
        said += f"; {len(found.elsewhere)} other rises, an hour and more away, are left out"
    unsure = (
        f" {found.unsure:,} equal lines of one second without an id are taken as sent twice, and may be requests."
        if found.unsure
        else ""
    )
    if expected > 0:
        return f"{said}: {len(failing)} counted, less {expected:.1f} that fail at any time.{unsure}"
    return f"{said}: each counted once; the class does not occur outside the incident.{unsure}"


def _customers_basis(people: int, anonymous: int, synthetic: int, expected: float) -> str:
    said = f"{people} distinct customer ids with at least one of these failed requests."
    if anonymous:
        said += f" {anonymous} failed requests carry no id and are not in it."
    if synthetic:
        said += f" {synthetic} failed requests of synthetic checks are not in it."
    return said + (" A few may have met only a background failure." if expected >= 1 else "")


def _by_service(found: EdgeImpact) -> tuple[ServiceImpact, ...]:
    names = sorted({each.service for each in found.classes})
    parts = [[each for each in found.classes if each.service == name] for name in names]
    shares = whole_shares([sum(len(each.rows) - each.expected for each in own) for own in parts])
    out = []
    for service, own, failed in zip(names, parts, shares, strict=True):
        rows = sorted(row for each in own for row in each.rows)
        times = nanoseconds(found.ledger["time"].iloc[[rows[0], rows[-1]]])
        out.append(ServiceImpact(service=service, failed=failed, start=times[0], end=times[1]))
    return tuple(sorted(out, key=lambda each: (-each.failed, each.service)))


def whole_shares(parts: Sequence[float]) -> list[int]:
    """The parts as whole numbers that add up to their rounded sum: what is left goes to the largest remainders."""
    floors = [math.floor(part) for part in parts]
    spare = round(sum(parts)) - sum(floors)
    first = sorted(range(len(parts)), key=lambda at: (floors[at] - parts[at], at))[:spare]
    return [floor + (at in first) for at, floor in enumerate(floors)]


def _from_metrics(counted: MetricImpact, edge: pd.DataFrame | None) -> Impact:
    start, end = counted.start, counted.end
    missing = (
        "No customer is named in metrics."
        if edge is None or not len(edge)
        else "The edge log shows no rise in failures."
    )
    return Impact(
        basis="metrics",
        start=Edge(time=start, earliest=start, latest=start + 60 * SECOND - 1, evidence=counted.first),
        end=Edge(time=end, earliest=end - 60 * SECOND + 1, latest=end, evidence=counted.last),
        settled=counted.settled,
        total=round(counted.total),
        failed=round(counted.failed),
        failed_low=round(counted.low),
        failed_high=round(counted.high),
        requests_basis=counted.basis,
        customers_basis=missing,
        curve=counted.curve,
        by_service=tuple(
            ServiceImpact(service=name, failed=round(failed), start=first, end=last)
            for name, failed, first, last in counted.services
        ),
        why="There is no edge log; the counts come from metrics.",
    )


def _with_slo(impact: Impact, slo: Slo | None, baseline: Baseline | None) -> Impact:
    """The share of the error budget that the incident used, assuming that traffic is always as in the quiet minutes."""
    if slo is None:
        return impact
    if impact.failed is None or baseline is None or not baseline.requests or not baseline.minutes or slo.share >= 1:
        return replace(
            impact,
            slo_target=slo.target,
            slo_basis="The budget cannot be computed: the requests outside the incident are not known.",
        )
    per_minute = baseline.requests / baseline.minutes
    budget = (1 - slo.share) * per_minute * slo.window_days * 1440
    said = (
        f"Failed requests of the incident over a budget of {budget:,.0f}: {slo.window_days} days at"
        f" {per_minute:,.1f} requests a minute, the mean of {baseline.minutes} minutes"
        " outside the incident, carried over the whole window."
    )
    burn = burn_alerts(impact.curve, slo, baseline) if impact.curve is not None else []
    return replace(
        impact,
        slo_target=slo.target,
        budget_used_percent=round(100 * impact.failed / budget, 2),
        slo_basis=said,
        burn=tuple(burn),
    )


def _with_tickets(impact: Impact, events: pd.DataFrame | None, incident: Incident | None) -> Impact:
    if incident is not None and incident.impact.support_tickets is not None:
        return replace(impact, tickets=incident.impact.support_tickets, tickets_basis="Written in incident.toml.")
    if events is None or impact.start is None or impact.end is None:
        return replace(impact, tickets_basis="No support tickets can be counted without a window.")
    opened = [fact for fact in facts(events[events["kind"] == "ticket"]) if _is_support(fact)]
    if not opened:
        return replace(impact, tickets_basis="No source holds support tickets.")
    sorted_out = any(fact.attribute("category") for fact in opened)
    chosen = [fact for fact in opened if not sorted_out or "incident" in fact.attribute("category").lower()]
    inside = [
        fact for fact in chosen if fact.latest >= impact.start.earliest and fact.earliest <= impact.end.latest + DAY
    ]
    what = "of the category incident " if sorted_out else ""
    sources = ", ".join(sorted({fact.source for fact in chosen}))
    basis = f"Support tickets {what}in {sources} opened from the start until a day after the recovery."
    return replace(impact, tickets=len(inside), tickets_basis=basis)


def _is_support(fact: Fact) -> bool:
    """Whether a ticket event is a customer's ticket being opened, not work in an issue tracker."""
    source = fact.source.lower()
    if any(name in source for name in _TRACKERS) or (fact.action and not fact.action.endswith((".created", ".opened"))):
        return False
    return bool(fact.attribute(*_TICKET_COLUMNS)) or any(name in source for name in _DESKS)
