"""Independent detectors, each proposing times for the moments of an incident with the evidence for them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.analysis.facts import MINUTE, SECOND, Fact, of_fact
from workbench.analysis.lexicon import COMMAND
from workbench.analysis.metric_impact import MetricImpact
from workbench.analysis.said import from_speech, without_reopened
from workbench.analysis.scope import HOUR, Scope
from workbench.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workbench.analysis.impact import Impact

Proposals = dict[str, list[Candidate]]
PAGED = "paged"
ROLLOUT = 10 * MINUTE  # a change that ends this long before recovery may have brought it
POSTED = 10 * MINUTE  # that the status page may tell of a deed after it was done
EARLY_SHARE = 0.4  # an alert before anything failed warned of something; it did not detect this
_COMMANDER = re.compile(r"incident command|(?:^|[\s,|])IC\b", re.IGNORECASE)
_PUBLIC = ("status.investigating", "status.identified", "status.monitoring", "status.resolved", "status.update")


def from_impact(impact: Impact) -> Iterator[tuple[str, Candidate]]:
    """The first and the last request that failed, or the minutes that counters give."""
    yield from _counted(impact)
    if impact.start is None or impact.end is None:
        return
    by_log = impact.basis == "edge log"
    slack = impact.clock_slack
    weight = (0.9 if not slack else 0.65) if by_log else 0.8
    what = "request" if by_log else "minute"
    doubt = f"; the clock of its host may be {slack // SECOND} s off" if slack else ""
    first, last = impact.start, impact.end
    yield (
        "started",
        Candidate(
            time=first.time,
            earliest=first.earliest,
            latest=first.latest,
            weight=weight,
            rule=f"first failing {what} of the classes that rose above their background{doubt}",
            evidence=first.evidence,
        ),
    )
    if impact.settled:
        yield (
            "recovered",
            Candidate(
                time=last.time,
                earliest=last.earliest,
                latest=last.latest,
                weight=weight,
                rule=f"last failing {what}; five minutes and more within the baseline follow{doubt}",
                evidence=last.evidence,
            ),
        )


def _counted(impact: Impact) -> Iterator[tuple[str, Candidate]]:
    """The same from counters beside the edge log: coarse, but by another clock; a label is a minute's start or end."""
    if (other := impact.counters) is None:
        return
    what = "counters of errors" if isinstance(other, MetricImpact) else "the share of errors"
    yield (
        "started",
        Candidate(
            time=other.start,
            earliest=other.start - MINUTE,
            latest=other.start + MINUTE - 1,
            weight=0.8,
            rule=f"first minute in which {what} rose above the background",
            evidence=other.first,
        ),
    )
    if other.settled:
        yield (
            "recovered",
            Candidate(
                time=other.end,
                earliest=other.end - 2 * MINUTE + 1,
                latest=other.end,
                weight=0.8,
                rule=f"end of the last minute in which {what} stood above the background",
                evidence=other.last,
            ),
        )


def alert_name(fact: Fact) -> str:
    """What an alert is called."""
    return (
        fact.attribute("alert", "alertname", "alert_name", "rule", "monitor", "title", "name")
        or fact.message.split(" on ")[0][:80]
    )


def _alert_weight(fact: Fact, scope: Scope) -> float:
    """How surely an alert is about the incident: linked to its page, on its service, or only grave and at the time."""
    titles = {page.title.casefold() for page in scope.pages if page.title}
    grave = fact.level in ("error", "fatal") or fact.attribute("severity").lower() in (
        "critical",
        "page",
        "high",
        "major",
    )
    linked, touching = alert_name(fact).casefold() in titles, scope.touches(fact)
    early = EARLY_SHARE if scope.by_impact and fact.time < (scope.start or 0) - MINUTE else 1.0
    if linked and (touching or scope.by_impact or not scope.services):
        return 0.97 * early
    if touching:
        return (0.95 if grave else 0.85) * early
    return 0.7 * early if grave and scope.by_impact else 0.0


def from_alerts(rows: Sequence[Fact], scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The first firing of each alert on the incident's services, and the last clearing of the surest one."""
    first: dict[str, Fact] = {}
    for fact in rows:
        if fact.action == "alert.fired" and scope.holds(fact.time, after=0 if scope.by_impact else 24 * HOUR):
            first.setdefault(alert_name(fact), fact)
    weights = {name: weight for name, fact in first.items() if (weight := _alert_weight(fact, scope))}
    for name, weight in weights.items():
        yield "detected", of_fact(first[name], weight, f"the alert {name} began to fire")
    if not weights:
        return
    surest = max(weights, key=lambda name: (weights[name], -first[name].time))
    cleared = [
        fact
        for fact in rows
        if fact.action == "alert.resolved" and alert_name(fact) == surest and fact.time >= first[surest].time
    ]
    if cleared:
        yield "recovered", of_fact(cleared[-1], 0.6, f"the alert {surest} cleared")


def from_pages(scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The pager's own entries for the incidents that are this one."""
    for rank, page in enumerate(scope.pages):
        share = 1.0 if rank == 0 else 0.8
        fact = page.first("incident.triggered") or page.first("incident.notified")
        if fact and (rank == 0 or page.score > 2):
            yield "detected", of_fact(fact, 0.9 * share, "the first page")
            yield PAGED, of_fact(fact, 0.95 * share, "the page went out")
        fact = next((one for one in page.entries if one.action == "incident.acknowledged" and not one.by_machine), None)
        if fact:
            yield "acknowledged", of_fact(fact, 0.99 * share, "first acknowledgement of the page by a person")
        ends = [one for one in page.entries if one.action == "incident.resolved" and not (rank and one.by_machine)]
        if ends:
            fact = ends[-1]
            weight = 0.3 if fact.by_machine else 0.95
            if fact.by_machine:
                yield "recovered", of_fact(fact, 0.5 * share, "the pager itself resolved the page")
            yield (
                "resolved",
                of_fact(
                    fact,
                    weight * share,
                    "the paged incident was resolved" + (" by the pager itself" if fact.by_machine else ""),
                ),
            )
        yield from _command_entries(page.entries, share)


def _command_entries(entries: Sequence[Fact], share: float) -> Iterator[tuple[str, Candidate]]:
    """A request for an incident commander, and the assignment that answers it."""
    asked = next(
        (one for one in entries if one.action.startswith("incident.responder") and _COMMANDER.search(one.message)), None
    )
    if asked is None:
        return
    yield COMMAND, of_fact(asked, 0.6 * share, "a responder was requested as incident commander")
    answer = next(
        (
            one
            for one in entries
            if one.action == "incident.assigned" and asked.time <= one.time <= asked.time + 15 * MINUTE
        ),
        None,
    )
    if answer:
        yield COMMAND, of_fact(answer, 0.9 * share, "assigned after the request for an incident commander")


def from_status(rows: Sequence[Fact], scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The public updates of the page's incident that falls into the window; none where several could be meant."""
    updates = status_updates(rows, scope)
    if updates:
        yield "communicated", of_fact(updates[0], 0.99, "first update of the status page")
    for action, moment, rule in (
        ("status.identified", "identified", "the status page says identified"),
        ("status.monitoring", "mitigated", "the status page says that a fix is in place"),
    ):
        if fact := next((one for one in updates if one.action == action), None):
            before = max([one.time for one in updates if one.time < fact.time] + [fact.earliest - POSTED])
            yield moment, replace(of_fact(fact, 0.4, rule), earliest=before)
    if ends := [one for one in updates if one.action == "status.resolved"]:
        yield "resolved", of_fact(ends[-1], 0.8, "the status page says resolved")


def status_updates(rows: Sequence[Fact], scope: Scope) -> list[Fact]:
    """The updates on the status page that are about this incident, first to last."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in rows:
        if fact.kind == "status" and fact.action in _PUBLIC:
            groups[f"{fact.source} {fact.incident_key or fact.attribute('name')}"].append(fact)
    if scope.start is None:
        return next(iter(groups.values())) if len(groups) == 1 else []
    own = [facts for facts in groups.values() if scope.holds(facts[0].time, after=2 * HOUR)]
    return sorted((fact for facts in own for fact in facts), key=lambda fact: (fact.time, fact.source, fact.line))


def from_deploys(rows: Sequence[Fact], scope: Scope, impact: Impact) -> Iterator[tuple[str, Candidate]]:
    """A change to an affected service that ended shortly before customers recovered."""
    if impact.end is None or impact.start is None:
        yield from _deployed_meanwhile(rows, scope)
        return
    slack = impact.clock_slack if impact.basis == "edge log" else MINUTE
    services = {
        _deployment(fact): fact.service for fact in rows if fact.kind == "deploy" and fact.service and _deployment(fact)
    }
    for fact in rows:
        before = impact.end.time - fact.time
        touching = scope.touches(fact) or services.get(_deployment(fact), "").casefold() in scope.services
        if (
            fact.action == "deploy.succeeded"
            and -slack <= before <= ROLLOUT + slack
            and fact.time > impact.start.time
            and touching
        ):
            yield (
                "mitigated",
                of_fact(fact, 0.75, "a deploy of an affected service succeeded within ten minutes of recovery"),
            )


def _deployed_meanwhile(rows: Sequence[Fact], scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """Where nobody knows when customers recovered: the last deploy of the service while people dealt with it."""
    if scope.start is None or scope.end is None:
        return
    dealt = scope.start + 2 * HOUR, scope.end - 22 * HOUR
    own = [
        fact for fact in rows
        if fact.action == "deploy.succeeded" and dealt[0] <= fact.time <= dealt[1] and scope.touches(fact)
    ]  # fmt: skip
    if own:
        yield "mitigated", of_fact(own[-1], 0.45, "the last deploy of the service while the incident was dealt with")


def _deployment(fact: Fact) -> str:
    """The id that a deployment and its statuses share; exports often hold them in two files."""
    return fact.attribute("deployment", "deployment_id") if fact.kind == "deploy" else ""


def from_tickets(rows: Sequence[Fact], scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The first support ticket about the incident: somebody noticed by then."""
    for fact in rows:
        about = "incident" in fact.attribute("category").lower()
        if fact.kind == "ticket" and about and scope.by_impact and scope.holds(fact.time, after=0):
            yield "detected", of_fact(fact, 0.3, "the first support ticket of the category incident")
            return


def proposals(rows: Sequence[Fact], scope: Scope, impact: Impact) -> Proposals:
    """All candidates by moment, in time order."""
    detectors: tuple[Callable[[], Iterator[tuple[str, Candidate]]], ...] = (
        lambda: from_impact(impact),
        lambda: from_alerts(rows, scope),
        lambda: from_pages(scope),
        lambda: from_status(rows, scope),
        lambda: from_speech(rows, scope),
        lambda: from_deploys(rows, scope, impact),
        lambda: from_tickets(rows, scope),
    )
    found: Proposals = defaultdict(list)
    for detector in detectors:
        for moment, candidate in detector():
            found[moment].append(candidate)
    without_reopened(found, rows, scope)
    return {
        moment: sorted(each, key=lambda one: (one.time, -one.weight, one.evidence)) for moment, each in found.items()
    }
