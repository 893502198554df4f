"""The review of a quarter: counts are exact, open incidents stay in, and no change is claimed that the numbers do not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from records import DAY, MINUTE, Q3, Q4, incident, reviewed

from workbench.errors import WorkbenchError
from workbench.report.blocks import words
from workbench.review.period import between, months_in, quarter, weeks_in
from workbench.review.record import Item, Page, record_from
from workbench.review.sections import incidents_section
from workbench.review.tables import Tables
from workbench.statistics.comparison import Verdict


def test_a_quarter_is_its_three_months_in_utc() -> None:
    """It knows the one before it, its weeks and its months; what is no quarter is a sentence."""
    assert (Q4.before().name, quarter("2026-Q1").before().name) == ("2025Q3", "2025Q4")
    assert (months_in(Q4), weeks_in(Q4)[0], len(weeks_in(Q4))) == (["2025-10", "2025-11", "2025-12"], "2025-09-29", 14)
    year = between("2025-01-01", "2025-12-31")
    assert (year.end, round(year.weeks, 1)) == (Q4.end, 52.1)
    for wrong in (lambda: quarter("2025Q5"), lambda: between("2025-02-01", "2025-01-01"), lambda: between("x", "y")):
        with pytest.raises(WorkbenchError):
            wrong()


def test_incidents_are_counted_where_they_began() -> None:
    """Severities that had none are there with 0; so is every week."""
    found = reviewed(
        [incident("a", day=1), incident("b", day=91.9), incident("c", day=92), incident("d", period=Q3)]
    ).to_json()
    assert (found["incidents"], found["period"]["previous"]["incidents"]) == (2, 1)
    assert found["by_severity"] == {"SEV-1": 0, "SEV-2": 2, "SEV-3": 0, "SEV-4": 0}
    assert sum(found["by_week"].values()) == 2
    assert len(found["by_week"]) == 14


def test_each_incident_is_listed_with_who_says_when_it_began_and_ended() -> None:
    """A line of its sources, or people; in the document too."""
    one = incident("a", resolved=30.0)
    ended = replace(one.moments["resolved"], basis="found", evidence="status.json:7")
    made = reviewed([replace(one, moments=one.moments | {"resolved": ended})])
    (listed,) = made.to_json()["listed"]
    assert (listed["id"], listed["began"], listed["minutes"]["time_to_resolve"]["minutes"]) == (
        "a",
        "2025-10-02T00:00:00.000Z",
        30,
    )
    assert listed["moments"]["resolved"]["evidence"] == "status.json:7"
    (row,) = incidents_section(made).blocks[0].rows
    assert [words(cell.note) for cell in row.cells[-2:]] == ["stated by people", "status.json:7"]


def test_an_open_incident_is_in_the_estimate_and_in_a_warning() -> None:
    """The median of those that are over is no median of all."""
    over = [incident(f"i{at}", day=at, resolved=10.0 * at) for at in range(1, 8)]
    found = reviewed([*over, *(incident(f"open{at}", day=80, resolved=None) for at in range(3))])
    told = found.to_json()["time_to_resolve"]
    assert (told["n"], told["open"], told["median"], told["with_open"]["median"]) == (7, 3, 40, 50)
    assert "open" in {one.code for one in found.warnings}


def test_what_was_resolved_after_the_moment_of_the_review_was_open_then() -> None:
    """A review of the past does not know better."""
    one = incident("late", day=91, resolved=3 * 1440.0)
    assert reviewed([one]).to_json()["time_to_resolve"]["open"] == 1
    assert reviewed([one], as_of=Q4.end + 5 * DAY).to_json()["time_to_resolve"]["open"] == 0


def test_action_items_are_counted_as_they_stood() -> None:
    """Done in time, done late, overdue, not due yet, cancelled; an issue that two incidents export counts once."""
    items = (
        Item(key="A-1", title="a", owner="Aiko", due="2025-11-10", status="done", created=Q4.start, done_at=Q4.start + 5 * DAY),
        Item(key="A-2", title="b", owner="Bo", due="2025-10-03", status="done", created=Q4.start, done_at=Q4.start + 9 * DAY),
        Item(key="A-3", title="c", due="2025-12-30", created=Q4.start),
        Item(key="A-4", title="d", due="2026-03-01", owner="Bo", created=Q4.start, reopened=1),
        Item(key="A-5", title="e", status="cancelled"),
    )  # fmt: skip
    found = reviewed([replace(incident("a"), actions=items), replace(incident("b"), actions=items[:1])]).to_json()[
        "actions"
    ]
    expected = {"total": 4, "done": 2, "on_time": 1, "overdue": 1, "reopened": 1, "without_owner": 1, "cancelled": 1}
    assert {name: found[name] for name in expected} == expected
    assert (found["percent"], found["as_of"]) == (50, "2026-01-01T00:00:00.000Z")


def test_a_repeat_has_the_cause_of_an_earlier_incident_and_a_suggestion_never_counts() -> None:
    """The earlier one may be of any time before; what only sounds alike is proposed with its reasons."""
    found = reviewed([
        incident("old", period=Q3, cause="capacity:db-pool"),
        incident("again", day=2, cause="Capacity:DB-pool"),
        replace(incident("x", day=3), title="ledger queue: certificate expired on the broker"),
        replace(incident("y", day=4), title="certificate of the ledger broker expired"),
    ]).to_json()["repeats"]  # fmt: skip
    assert (found["n"], found["total"], [(one["id"], one["earlier"]) for one in found["pairs"]]) == (
        1,
        3,
        [("again", "old")],
    )
    (suggested,) = found["suggested"]
    assert (suggested["id"], suggested["earlier"], suggested["confirmed"]) == ("y", "x", False)
    assert "certificate" in suggested["why"]


def test_a_post_mortem_counts_within_48_hours_of_the_end() -> None:
    """Of the two worst severities; one whose time is not over yet is not due."""
    found = reviewed([
        incident("good", day=1, resolved=60, postmortem_held=60 + 47 * 60),
        incident("late", day=2, resolved=60, postmortem_held=60 + 49 * 60),
        incident("never", day=3, resolved=60),
        incident("small", day=4, resolved=60, severity=3),
        incident("new", day=91.5, resolved=60),
    ]).to_json()["postmortems"]  # fmt: skip
    assert (found["due"], found["within_48h"], found["late"], found["not_held"]) == (3, 1, ["late"], ["never"])
    assert (round(found["percent"], 1), found["not_due_yet"]) == (33.3, 1)


def test_nights_are_those_of_the_person() -> None:
    """The page's own zone; without one nobody knows, and the pages say so."""
    at = Q4.start + 10 * DAY  # Saturday, 11 October, midnight in UTC
    pages = (
        Page(person="aiko", time=at + 60 * MINUTE, zone="Asia/Tokyo", incident="a"),  # 10:00 there
        Page(person="aiko", time=at + 61 * MINUTE, zone="Asia/Tokyo", incident="b"),
        Page(person="bo", time=at + 60 * MINUTE, zone="Europe/Berlin"),  # 03:00 there
        Page(person="cy", time=at),
        Page(person="cy", time=Q3.start),
    )
    found = reviewed([incident("a")], tables=Tables(pages=pages)).to_json()["oncall"]
    assert (found["pages"], found["night"], found["out_of_hours"], found["pages_without_zone"]) == (4, 1, 3, 1)
    assert (found["by_person"]["aiko"]["weeks_over_limit"], found["by_person"]["cy"]["night"]) == (1, None)
    assert list(found["by_person"]) == ["aiko", "bo", "cy"], "by name: nobody is ranked"


def test_a_promise_is_broken_where_it_was_due_before_its_like() -> None:
    """An action of an incident with the same cause, due and not done when the later one began."""
    late = Item(key="A-1", title="size the pool", due="2025-08-01")
    early = replace(
        incident("old", period=Q3, cause="capacity:pool"), actions=(late, replace(late, key="A-2", due="2025-12-24"))
    )
    found = reviewed([early, incident("again", day=20, cause="capacity:pool")]).to_json()["broken_promises"]
    assert [(one["action"], one["promised_by"], one["later"]) for one in found] == [("A-1", "old", "again")]


def test_only_the_team_and_the_service_that_were_asked_for() -> None:
    """Spelled in any case."""
    records = [replace(incident("a"), team="Orders"), replace(incident("b"), services=("cart",))]
    assert [one.id for one in reviewed(records, team="orders").records] == ["a"]
    assert [one.id for one in reviewed(records, service="Cart").records] == ["b"]


def quarters(seed: int, *, scale: tuple[float, float] = (1, 1), sizes: tuple[int, ...] = (3, 6, 10, 5)) -> list:
    """Two quarters of one law: log-normal durations by severity, the second's times ``scale``."""
    rng, made = np.random.default_rng(seed), []
    for period, factor in zip((Q3, Q4), scale, strict=True):
        for rank, size in enumerate(sizes, start=1):
            for at in range(int(rng.poisson(size))):
                times = {name: float(rng.lognormal(mu + 0.4 * rank, 1) * factor) for name, mu in
                         (("detected", 0.5), ("mitigated", 3.5), ("resolved", 4.2))}  # fmt: skip
                day = float(rng.uniform(0, 85))
                made.append(incident(f"{period.name}-{rank}-{at}", day=day, period=period, severity=rank, **times))
    return made


@pytest.mark.slow
def test_quarters_without_a_change_are_seldom_called_changed() -> None:
    """Of 200 pairs of quarters from one law, at most one comparison in twenty says so."""
    verdicts = [one.versus.verdict for seed in range(200) for one in reviewed(quarters(seed)).durations.values()
                if one.versus.verdict is not Verdict.FEW]  # fmt: skip
    assert len(verdicts) > 500
    assert sum(verdict is Verdict.CHANGED for verdict in verdicts) <= len(verdicts) / 20


def test_a_change_to_a_tenth_is_seen() -> None:
    """The verdict, the ratio and its interval agree."""
    found = reviewed(quarters(1, scale=(1, 0.1))).to_json()["time_to_resolve"]["versus_previous"]
    assert found["verdict"] == "changed"
    assert 0.03 < found["low"] < 0.1 < found["high"] < 0.35


def test_everything_slower_and_the_median_shorter_raises_the_warning() -> None:
    """More of the short severities hide that each takes half as long again."""
    before = [incident(f"b{at}", day=at, period=Q3, severity=1 if at < 5 else 4, resolved=50 + at if at < 5 else 400.0 + at)
              for at in range(25)]  # fmt: skip
    now = [incident(f"n{at}", day=at, severity=1 if at < 20 else 4, resolved=80 + at if at < 20 else 650.0 + at)
           for at in range(25)]  # fmt: skip
    found = reviewed([*before, *now])
    (warned,) = [one for one in found.warnings if one.code == "simpson"]
    assert "every severity longer" in warned.message
    assert found.to_json()["time_to_resolve"]["versus_previous"]["ratio"] > 1


def test_too_few_to_say_is_said() -> None:
    """Two incidents a quarter have no interval and no verdict."""
    told = reviewed(
        [incident("a", resolved=5), incident("b", resolved=9), incident("c", period=Q3, resolved=7)]
    ).to_json()
    assert told["time_to_resolve"]["versus_previous"]["verdict"] == "too few to say"
    assert (told["time_to_resolve"]["median"], told["time_to_resolve"]["low"]) == (7, None)
    assert reviewed([]).to_json()["incidents"] == 0


def test_a_record_is_the_same_after_the_cache() -> None:
    """Plain JSON and back; what another version wrote is not believed."""
    one = replace(incident("a", resolved=5), actions=(Item(key="A-1", title="a"),), pages=(Page(person="bo", time=1),))
    assert record_from(one.as_json()) == one
    assert record_from(one.as_json() | {"version": 0}) is None


def test_a_day_beyond_our_time_is_a_sentence() -> None:
    """No traceback of a calendar that ends."""
    for wrong in (lambda: quarter("9999Q4"), lambda: between("2025-01-01", "9999-12-31")):
        with pytest.raises(WorkbenchError):
            wrong()


def test_what_customers_felt_is_added_up_where_it_is_known() -> None:
    """Minutes, requests and budgets of those that say it, each budget of its own days; never customers."""
    known = replace(
        incident("A"), impact_minutes=30.0, failed=1200.0, customers=80.0, budget_percent=20.0, budget_days=30.0
    )
    weekly = replace(incident("B"), impact_minutes=12.0, budget_percent=50.0, budget_days=7.0)
    made = reviewed([known, weekly, incident("C")])
    budget = made.to_json()["error_budget"]
    assert (budget["known"], budget["unknown"], budget["used_percent"]) == (2, 1, 70.0)
    assert budget["of_period_percent"] == pytest.approx((20 * 30 + 50 * 7) / 92, abs=0.01)
    assert list(budget["by_incident"]) == ["B", "A"]
    text = str(made.section("felt"))
    assert "2 incidents (of 1 it is not known) for 42 min in all" in text
    assert "1,200 requests failed in 1 incident (of 2 it is not known)" in text
    assert "2 incidents (of 1 it is not known) used 70% of an error budget" in text


def test_where_nothing_tells_what_customers_felt_that_is_said() -> None:
    """And not that it was nothing."""
    assert "Of no incident is it known what customers felt" in str(reviewed([incident("A")]).section("felt"))


def test_an_action_item_that_was_written_after_the_period_is_of_no_age() -> None:
    """Written the day after the quarter, it is open since then, and the curve of open items can be drawn."""
    items = tuple(
        Item(key=f"A-{at}", title=f"a{at}", status="done", created=Q4.start, done_at=Q4.start + at * DAY)
        for at in (2, 5, 9)
    )
    late = Item(key="A-9", title="late", created=Q4.end + DAY)
    made = reviewed([replace(incident("A"), actions=(*items, late))])
    assert made.actions.ages == (0.0,)
    assert made.section("actions").blocks
