"""On-call load over a period: pages, nights by each person's own clock, and weeks with too many incidents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbench.analysis.oncall import MOST_A_WEEK, is_at_work, is_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.model import Team
    from workbench.review.period import Period
    from workbench.review.record import Page

_SECOND = 1_000_000_000
WEEK = 7 * 86_400 * _SECOND  # counted from the first day of the period


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLoad:
    """One person's pages; ``night`` and ``out_of_hours`` are None where nobody says in which zone they live."""

    person: str
    pages: int
    incidents: int
    night: int | None
    out_of_hours: int | None
    weeks_over_limit: int
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Everybody's pages in a period, by name and never by rank; ``unzoned`` pages count in no night."""

    people: tuple[PersonLoad, ...]
    unzoned: int

    @property
    def pages(self) -> int:
        """All of them."""
        return sum(one.pages for one in self.people)

    def to_json(self) -> dict[str, Any]:
        """As in ``review --json``."""
        return {
            "pages": self.pages, "night": sum(one.night or 0 for one in self.people),
            "out_of_hours": sum(one.out_of_hours or 0 for one in self.people), "pages_without_zone": self.unzoned,
            "by_person": {
                one.person: {"pages": one.pages, "incidents": one.incidents, "night": one.night,
                             "out_of_hours": one.out_of_hours, "weeks_over_limit": one.weeks_over_limit,
                             "zone": one.zone or None}
                for one in self.people
            },
            "weeks_over_limit": sum(one.weeks_over_limit for one in self.people),
            "limit": f"fewer than {MOST_A_WEEK} incidents a week",
        }  # fmt: skip


def load(pages: Sequence[Page], period: Period, team: Team) -> Load:
    """The load of each person; a page's own zone wins over the team's file."""
    held: dict[str, list[Page]] = defaultdict(list)
    for page in sorted(pages, key=lambda one: one.time):
        if page.time in period:
            known = team.person(page.person)
            held[known.name if known else page.person].append(page)
    people = [
        _person(name, own, team, period) for name, own in sorted(held.items(), key=lambda pair: pair[0].casefold())
    ]
    return Load(people=tuple(people), unzoned=sum(one.pages for one in people if one.night is None))


def _person(name: str, pages: Sequence[Page], team: Team, period: Period) -> PersonLoad:
    known = team.person(name)
    zone = next((page.zone for page in pages if _is_zone(page.zone)), known.zone if known else "")
    local = [_local(page.time, page.zone if _is_zone(page.zone) else zone) for page in pages] if zone else []
    weeks: dict[int, set[str]] = defaultdict(set)
    for page in pages:
        if page.incident:
            weeks[(page.time - period.start) // WEEK].add(page.incident)
    return PersonLoad(
        person=name, pages=len(pages), incidents=len({page.incident for page in pages if page.incident}),
        night=sum(is_within(at, team.oncall.sleep) for at in local) if zone else None,
        out_of_hours=sum(not is_at_work(at, team.oncall) for at in local) if zone else None,
        weeks_over_limit=sum(len(held) >= MOST_A_WEEK for held in weeks.values()),
        zone=zone,
    )  # fmt: skip


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _local(ns: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ns // _SECOND, UTC).astimezone(ZoneInfo(zone))
