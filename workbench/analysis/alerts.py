"""The alerts by name: how often each really fired, how often it told somebody, and whether it flapped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.candidates import alert_name
from workbench.analysis.facts import MINUTE
from workbench.clock import format_utc
from workbench.events.flapping import stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.analysis.facts import Fact
    from workbench.analysis.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSummary:
    """One alert by name: episodes are distinct firings, notifications all the messages it sent."""

    name: str
    episodes: int
    notifications: int
    flapping: bool
    first: int
    last: int
    related: bool
    services: tuple[str, ...] = ()
    firing: tuple[tuple[int, int], ...] = ()  # from when to when (UTC ns) one of its series fired
    summary: str = ""  # what it said when it first fired
    runbook: str = ""  # the address of its runbook, as the alert gives it

    def to_json(self) -> dict[str, Any]:
        """The alert as in ``metrics --json``."""
        return {
            "name": self.name,
            "episodes": self.episodes,
            "notifications": self.notifications,
            "flapping": self.flapping,
            "first": format_utc(self.first),
            "last": format_utc(self.last),
            "related": self.related,
            "services": list(self.services),
            "firing": [[format_utc(begin), format_utc(end)] for begin, end in self.firing],
            "summary": self.summary,
            "runbook": self.runbook or None,
        }


def summarise_alerts(rows: Iterable[Fact], scope: Scope) -> list[AlertSummary]:
    """The alerts in the order of their first firing; the pager's incidents stand in where there is no alert source."""
    kept = [fact for fact in rows if fact.action.startswith("alert.")]
    kept = kept or [
        fact
        for fact in rows
        if fact.kind == "page" and fact.action in ("incident.triggered", "incident.resolved", "incident.notified")
    ]
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in kept:
        groups[alert_name(fact)].append(fact)
    return sorted(
        (_summary(name, facts, scope) for name, facts in groups.items()), key=lambda one: (one.first, one.name)
    )


def _series(fact: Fact) -> str:
    """What tells one firing series of an alert from another: its fingerprint, else its labels or its page."""
    return (
        fact.attribute("fingerprint") or str(sorted((fact.attributes.get("labels") or {}).items())) or fact.incident_key
    )


def _is_start(fact: Fact) -> bool:
    return fact.action in ("alert.fired", "incident.triggered")


def _summary(name: str, facts: Sequence[Fact], scope: Scope) -> AlertSummary:
    starts = {(_series(fact), fact.time) for fact in facts if _is_start(fact)}
    told = [fact for fact in facts if not fact.attribute("told_by")]
    related = any(scope.touches(fact) for fact in facts) and any(
        scope.holds(fact.time, after=0 if scope.by_impact else 24 * 60 * MINUTE) for fact in facts if _is_start(fact)
    )
    linked = name.casefold() in {page.title.casefold() for page in scope.pages if page.title}
    times = [fact.time for fact in facts]
    return AlertSummary(
        name=name,
        episodes=len(starts) or 1,
        notifications=len(told),
        flapping=flaps(facts),
        first=min(times),
        last=max(times),
        related=related or linked,
        services=tuple(sorted({fact.service for fact in facts if fact.service})),
        firing=_firing(facts),
        summary=next((fact.message for fact in sorted(facts, key=lambda one: one.time) if fact.message), ""),
        runbook=next((found for fact in facts if (found := fact.attribute("runbook", "runbook_url"))), ""),
    )


def _firing(facts: Sequence[Fact]) -> tuple[tuple[int, int], ...]:
    """From each start to its end, of all series together; to the last word of it where no end is told."""
    series: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda one: (one.time, one.action)):
        series[_series(fact)].append(fact)
    spans = sorted(span for own in series.values() for span in _spans(own))
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def _spans(own: Sequence[Fact]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for fact in own:
        if _is_end(fact):
            found.append((begun if begun is not None else fact.time, fact.time))
            begun = None
        elif begun is None:
            begun = fact.time
    return found if begun is None else [*found, (begun, own[-1].time)]


def flaps(facts: Sequence[Fact]) -> bool:
    """Whether one series changed its state three times or more within ten minutes."""
    return bool(flapping(facts))


def flapping(facts: Iterable[Fact]) -> list[list[Fact]]:
    """The stretches in which one series flaps, as its facts from the first change to the last."""
    series: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda one: (one.time, one.action)):
        series[_series(fact)].append(fact)
    return [
        own[first : last + 1]
        for own in series.values()
        for first, last in stretches([fact.time for fact in own], [not _is_end(fact) for fact in own])
    ]


def _is_end(fact: Fact) -> bool:
    return fact.action.endswith("resolved")
