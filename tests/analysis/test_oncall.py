"""On-call load: interruptions by the clock where a person lives, nights of changed clocks included."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis_frames import event, events

from workbench.analysis.facts import facts
from workbench.analysis.oncall import OncallLoad, oncall_load
from workbench.model import Person, Team

TEAM = Team(people=(Person(key="ann", name="Ann Lee", zone="America/New_York"),))


def paged(*times: str, to: str = "Ann Lee", incident: str = "P1") -> list[dict]:
    """Notifications at RFC 3339 times."""
    rows = []
    for time in times:
        row = event(
            "00:00:00",
            "page",
            f"[#1] Errors: Notified {to} by phone.",
            action="incident.notified",
            to=[to],
            incident=incident,
        )
        at = pd.Timestamp(time)
        rows.append(row | {"time": at, "earliest": at, "latest": at})
    return rows


def load(rows: list[dict], team: Team = TEAM) -> OncallLoad:
    """The load of the only person who was paged."""
    (found,) = oncall_load(facts(events(*rows)), team)
    return found


def test_pages_within_an_hour_are_one_interruption() -> None:
    """Of three pages two are one night's, and the third is another's."""
    found = load(paged("2025-03-04T07:00:00Z", "2025-03-04T07:40:00Z", "2025-03-05T07:00:00Z"))
    assert (found.pages, found.interruptions, found.asleep) == (3, 2, 2)


@pytest.mark.parametrize(
    ("time", "asleep", "out"),
    [
        ("2025-03-04T15:00:00Z", 0, 0),  # Tuesday, ten in the morning
        ("2025-03-04T23:30:00Z", 0, 1),  # half past six in the evening
        ("2025-03-08T15:00:00Z", 0, 1),  # Saturday
        ("2025-03-09T11:30:00Z", 0, 1),  # Sunday half past seven: clocks were put forward, it was half past six before
        ("2025-03-10T02:00:00Z", 1, 1),  # ten in the evening
    ],
)
def test_the_night_is_that_of_the_person(time, asleep, out) -> None:
    """By New York's clock, over its change."""
    found = load(paged(time))
    assert (found.asleep, found.out_of_hours) == (asleep, out)


def test_where_nobody_says_where_a_person_lives_their_night_is_not_known() -> None:
    """It is not taken for UTC."""
    found = load(paged("2025-03-04T03:00:00Z", to="Bo"))
    assert (found.person, found.asleep, found.out_of_hours) == ("Bo", None, None)


def test_two_incidents_in_a_week_are_beyond_the_limit() -> None:
    """One in each of two weeks is not."""
    one, other = paged("2025-03-04T15:00:00Z"), paged("2025-03-06T15:00:00Z", incident="P2")
    assert not load([*one, *other]).within_limit
    assert load([*one, *paged("2025-03-13T15:00:00Z", incident="P2")]).within_limit
