"""The review of a period: every measure beside the period before, and warnings where a figure would mislead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc
from workbench.review.completion import Completion, completion
from workbench.review.counts import Counts, counts
from workbench.review.durations import Duration, durations, rounded
from workbench.review.felt import Felt, felt
from workbench.review.load import Load, load
from workbench.review.promises import Broken, Reviews, Updates, broken, reviews, updates
from workbench.review.similar import Like, repeats, suggestions
from workbench.review.warnings import Warned, warnings
from workbench.statistics.proportion import Share, share

if TYPE_CHECKING:
    from workbench.report.blocks import Section
    from workbench.review.gathered import Gathered
    from workbench.review.period import Period
    from workbench.review.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a review is about: a period, and a team's or a service's incidents alone where these are named."""

    period: Period
    team: str = ""
    service: str = ""

    def holds(self, record: Record) -> bool:
        """Whether an incident is of the team and the service."""
        own = not self.team or record.team.casefold() == self.team.casefold()
        return own and (not self.service or self.service.casefold() in {one.casefold() for one in record.services})


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that is said of a period; ``as_of`` is the moment that it looks back from, UTC ns."""

    wanted: Wanted
    previous: Period
    as_of: int
    records: tuple[Record, ...]
    before: tuple[Record, ...]
    counts: Counts
    durations: dict[str, Duration]
    actions: Completion
    repeats: tuple[Like, ...]
    suggested: tuple[Like, ...]
    repeated: Share
    reviews: Reviews
    load: Load
    updates: Updates
    felt: Felt
    broken: tuple[Broken, ...]
    warnings: tuple[Warned, ...]

    def section(self, name: str) -> Section:
        """One section of the document by its name, for a notebook cell to show."""
        from workbench.review.content import section

        return section(self, name)

    def to_json(self) -> dict[str, Any]:
        """The document of ``review --json``."""
        period, previous = self.wanted.period, self.previous
        return {
            "period": {
                "name": period.name, "from": format_utc(period.start), "to": format_utc(period.end),
                "previous": {"name": previous.name, "from": format_utc(previous.start), "to": format_utc(previous.end),
                             "incidents": len(self.before)},
                "team": self.wanted.team or None, "service": self.wanted.service or None,
            },
            "as_of": format_utc(self.as_of), "incidents": len(self.records), "rate": self.counts.to_json(),
            "open": sum(one.open for one in self.records), "by_severity": self.counts.by_severity,
            "by_service": self.counts.by_service, "by_team": self.counts.by_team, "by_week": self.counts.by_week,
            "by_month": self.counts.by_month, "by_trigger": self.counts.by_trigger, "by_cause": self.counts.by_cause,
            "by_factor": self.counts.by_factor,
            **{name: one.to_json() for name, one in self.durations.items()},
            "error_budget": self.felt.to_json(), "actions": self.actions.to_json(),
            "repeats": {
                "n": self.repeated.n, "total": self.repeated.total, "percent": rounded(self.repeated.percent),
                "low": rounded(self.repeated.low), "high": rounded(self.repeated.high),
                "pairs": [one.to_json() for one in self.repeats],
                "suggested": [one.to_json() for one in self.suggested],
            },
            "postmortems": self.reviews.to_json(), "oncall": self.load.to_json(),
            "communications": self.updates.to_json(),
            "broken_promises": [
                {"action": one.item.key, "title": one.item.title, "due": one.item.due, "promised_by": one.promised_by,
                 "later": one.later, "why": one.why, "evidence": one.item.evidence} for one in self.broken
            ],
            "learned": [
                {"incident": one.id, "text": quote.text, "place": quote.place}
                for one in self.records for quote in one.learned
            ],
            "warnings": [one.to_json() for one in self.warnings],
            "listed": [one.to_json() for one in self.records],
        }  # fmt: skip


def review(found: Gathered, wanted: Wanted, as_of: int) -> Review:
    """The review of what lies below a directory."""
    period, previous = wanted.period, wanted.period.before()
    own = [one for one in found.records if wanted.holds(one)]
    now = [one for one in own if one.began is not None and one.began in period]
    before = [one for one in own if one.began is not None and one.began in previous]
    ids = {one.id for one in own}
    narrowed = bool(wanted.team or wanted.service)
    listed = found.tables.pages or [page for one in own for page in one.pages]
    pages = [page for page in listed if not narrowed or page.incident in ids]
    known = repeats(now, own)
    made = durations(now, before, as_of, period.start)
    tally = counts(now, before, period.cut(as_of), previous, found.team.severities.names)
    return Review(
        wanted=wanted, previous=previous, as_of=as_of, records=tuple(now), before=tuple(before), counts=tally,
        durations=made, actions=completion(now, as_of), repeats=tuple(known), suggested=tuple(suggestions(now, own)),
        repeated=share(len(known), len(now)), reviews=reviews(now, as_of), load=load(pages, period, found.team),
        updates=updates(now), felt=felt(now, 7 * period.cut(as_of).weeks), broken=tuple(broken(now, own)),
        warnings=tuple(warnings(found, own, now, made, tally, as_of)),
    )  # fmt: skip
