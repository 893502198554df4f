"""Which alerts, pages, updates and statements belong to this incident, and which only stand in the same export."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.analysis.facts import MINUTE, Fact
from workbench.analysis.lexicon import COMMAND
from workbench.analysis.phrases import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.analysis.impact import Impact
    from workbench.model import Incident

HOUR = 60 * MINUTE
BEFORE = 10 * MINUTE  # an alert may come this much before customers feel anything
_MENTION = re.compile(r"#(\d{2,})\b")
_SPOKEN = ("message.posted", "message.replied", "message.topic", "message.file", "speech.said", "incident.noted", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One incident of the pager: its entries in time order, and how surely it is this one."""

    key: str
    entries: tuple[Fact, ...]
    score: int = 0

    def first(self, action: str) -> Fact | None:
        """The first entry with this action."""
        return next((fact for fact in self.entries if fact.action == action), None)

    @property
    def title(self) -> str:
        """What the page is called."""
        return next(
            (found for fact in self.entries if (found := fact.attribute("title", "incident_title", "alert"))), ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The window (UTC ns, None where open) and the services of the incident, and the pages that are its own."""

    services: frozenset[str] = frozenset()
    start: int | None = None
    end: int | None = None
    by_impact: bool = False
    pages: tuple[Page, ...] = field(default_factory=tuple)

    def holds(self, time: int, *, before: int = BEFORE, after: int = 24 * HOUR) -> bool:
        """Whether a time may belong to the incident; everything may where no window is known."""
        return (self.start is None or time >= self.start - before) and (self.end is None or time <= self.end + after)

    def touches(self, fact: Fact) -> bool:
        """Whether the service or a label of an event names one of the incident's services."""
        labels = fact.attributes.get("labels")
        words = [fact.service, fact.attribute("component", "components", "job", "app")]
        words += [str(value) for value in labels.values()] if isinstance(labels, dict) else []
        return any(word and word.casefold() in self.services for word in words)


def pages_of(rows: Iterable[Fact]) -> list[Page]:
    """The pager's entries by incident, in the order of their first entry."""
    groups: dict[str, list[Fact]] = {}
    for fact in rows:
        if fact.kind == "page":
            groups.setdefault(fact.incident_key or f"{fact.source}:{fact.line}", []).append(fact)
    return [Page(key=key, entries=tuple(entries)) for key, entries in groups.items()]


def spoken(rows: Iterable[Fact]) -> list[Fact]:
    """What people and bots said: chat, calls, pager notes; not edits, joins and deletions."""
    return [fact for fact in rows if fact.kind in ("chat", "speech", "note", "page") and fact.action in _SPOKEN]


def _names_other(page: Page) -> bool:
    """Whether a page says whose it is: one that names no service may be anybody's."""
    return any(fact.service or fact.attribute("component", "components", "job", "app") for fact in page.entries)


def _score(page: Page, services: frozenset[str], called: set[str], *, touches: bool) -> int:
    """How much speaks for a page being this incident's: its service, its urgency, and that people dealt with it."""
    entries = page.entries
    urgent = any(fact.attribute("urgency").lower() == "high" or fact.level in ("error", "fatal") for fact in entries)
    handled = any(fact.action == "incident.acknowledged" and not fact.by_machine for fact in entries)
    commanded = any(
        fact.action in ("incident.responder_requested", "incident.noted", "incident.status_updated") for fact in entries
    )
    numbers = {fact.attribute("incident_number", "number").lstrip("#") for fact in entries}
    return (
        2 * touches
        + urgent
        + 2 * handled
        + 2 * commanded
        + 2 * bool(numbers & called)
        - (2 if services and not touches and _names_other(page) else 0)
    )


def _own_pages(rows: Sequence[Fact], scope: Scope) -> tuple[Page, ...]:
    """The pages that are this incident's, the surest first."""
    called = {
        number
        for fact in spoken(rows)
        if not fact.by_bot and fact.kind == "chat"
        for number in _MENTION.findall(fact.message)
    }
    scored = []
    for page in pages_of(rows):
        if not scope.holds(page.entries[0].time, after=0 if scope.by_impact else 24 * HOUR):
            continue
        score = _score(page, scope.services, called, touches=any(scope.touches(fact) for fact in page.entries))
        if score >= 2:
            scored.append(Page(key=page.key, entries=page.entries, score=score))
    return tuple(sorted(scored, key=lambda page: (-page.score, page.entries[0].time, page.key)))


def _anchor(rows: Sequence[Fact], incident: Incident) -> tuple[int, int] | None:
    """Without an impact, the span that people's own milestones or the incident's declaration and end give."""
    known = sorted(time for name, time in incident.milestones.items() if name != "postmortem_held")
    if known:
        return known[0], known[-1]
    for wanted in ("declared", "acknowledged"):
        said = [
            fact.time
            for fact in spoken(rows)
            if any(one.moment == wanted and one.weight >= 0.6 for one in statements(fact.message, bot=fact.by_bot))
        ]
        acted = (
            [fact.time for fact in rows if fact.action == "incident.acknowledged" and not fact.by_machine]
            if wanted == "acknowledged"
            else []
        )
        if said or acted:
            return min(said + acted), max(said + acted)
    return None


def _channels(rows: Iterable[Fact]) -> Iterator[tuple[str, str]]:
    """Where the incident was declared or commanded, and in which words."""
    for fact in spoken(rows):
        said = statements(fact.message, bot=fact.by_bot)
        if any(one.moment in ("declared", COMMAND) and one.weight >= 0.6 for one in said):
            yield fact.channel.casefold(), fact.message.casefold()


def _named(rows: Sequence[Fact], incident: Incident) -> frozenset[str]:
    """The service that the incident is about by its title, its channel and its declaration, where nobody wrote one."""
    known = {fact.service.casefold() for fact in rows if fact.service and fact.kind in ("alert", "page", "deploy")}
    if not known:
        return frozenset()
    told = [*_channels(rows)]
    status = [fact.message.casefold() for fact in rows if fact.kind == "status"]
    points = {
        name: 3 * (name in incident.title.casefold())
        + 3 * any(name in channel for channel, _ in told)
        + 2 * any(name in words for _, words in told)
        + any(name in words for words in status)
        for name in known
    }
    most = max(points.values())
    return frozenset(name for name, count in points.items() if count == most) if most > 1 else frozenset()


def scope_of(rows: Sequence[Fact], incident: Incident, impact: Impact) -> Scope:
    """The incident's window and services: from what customers felt, else from what people wrote and declared."""
    services = frozenset(name.casefold() for name in (*incident.services, *impact.services))
    services = services or _named(rows, incident)
    if impact.start is not None and impact.end is not None:
        known = [time for name, time in incident.milestones.items() if name != "postmortem_held"]
        start, end, by_impact = min([impact.start.earliest, *known]), max([impact.end.latest, *known]), True
    elif anchor := _anchor(rows, incident):
        start, end, by_impact = anchor[0] - 2 * HOUR, anchor[1] + 24 * HOUR, False
    else:
        start, end, by_impact = None, None, False
    scope = Scope(services=services, start=start, end=end, by_impact=by_impact)
    return Scope(services=services, start=start, end=end, by_impact=by_impact, pages=_own_pages(rows, scope))
