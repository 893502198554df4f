"""On-call load: how often each person was paged, and how often at night, by the clock where they live.

Pages of one person within an hour are one interruption. The limit of two incidents a week is that of Google's *Site
Reliability Engineering*, chapter 11 (at most two incidents a shift).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.analysis.facts import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbench.analysis.facts import Fact
    from workbench.model import OncallHours, Team

MOST_A_WEEK = 2  # fewer than that
_ONE = 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class OncallLoad:
    """One person; ``asleep`` and ``out_of_hours`` are interruptions, None where nobody says in which zone they live."""

    person: str
    pages: int
    incidents: int
    interruptions: int
    asleep: int | None
    out_of_hours: int | None
    most_in_a_week: int
    zone: str = ""

    @property
    def within_limit(self) -> bool:
        """Fewer than two incidents in every week that the sources hold."""
        return self.most_in_a_week < MOST_A_WEEK

    def to_json(self) -> dict[str, Any]:
        """As in ``metrics --json``."""
        return {
            "person": self.person, "pages": self.pages, "incidents": self.incidents,
            "interruptions": self.interruptions, "asleep": self.asleep, "out_of_hours": self.out_of_hours,
            "most_incidents_in_a_week": self.most_in_a_week, "within_limit": self.within_limit,
            "zone": self.zone or None,
        }  # fmt: skip


def oncall_load(rows: Iterable[Fact], team: Team) -> list[OncallLoad]:
    """Everybody who was paged, the most often interrupted first."""
    told: dict[str, list[Fact]] = defaultdict(list)
    for fact in rows:
        to = fact.attributes.get("to") if fact.action == "incident.notified" else None
        for name in to if isinstance(to, list) else []:
            told[str(name)].append(fact)
    found = [_load(name, sorted(facts, key=lambda fact: fact.time), team) for name, facts in told.items()]
    return sorted(found, key=lambda one: (-one.interruptions, one.person))


def _load(name: str, facts: Sequence[Fact], team: Team) -> OncallLoad:
    person = team.person(name)
    zone = person.zone if person else ""
    times = _interruptions([fact.time for fact in facts])
    local = [_local(time, zone) for time in times] if zone else None
    weeks: dict[str, set[int]] = defaultdict(set)
    for fact in facts:
        year, week, _ = _local(fact.time, zone or "UTC").isocalendar()
        weeks[fact.incident_key or fact.message].add(year * 100 + week)
    by_week = Counter(week for held in weeks.values() for week in held)
    return OncallLoad(
        person=name, pages=len(facts), incidents=len(weeks), interruptions=len(times),
        asleep=None if local is None else sum(is_within(at, team.oncall.sleep) for at in local),
        out_of_hours=None if local is None else sum(not is_at_work(at, team.oncall) for at in local),
        most_in_a_week=max(by_week.values(), default=0), zone=zone,
    )  # fmt: skip


def _interruptions(times: Sequence[int]) -> list[int]:
    """The first page of each hour in which somebody was paged."""
    found: list[int] = []
    for time in times:
        if not found or time - found[-1] >= _ONE:
            found.append(time)
    return found


def _local(ns: int, zone: str) -> datetime:
    return datetime.fromtimestamp(ns // SECOND, UTC).astimezone(ZoneInfo(zone))


def is_within(at: datetime, hours: tuple[int, int]) -> bool:
    """Whether a time of day lies within hours (minutes after midnight), which may go over midnight."""
    minute, (first, last) = at.hour * 60 + at.minute, hours
    return first <= minute < last if first <= last else minute >= first or minute < last


def is_at_work(at: datetime, hours: OncallHours) -> bool:
    """Whether it is a working hour of a working day."""
    return at.weekday() in hours.days and is_within(at, hours.work)
