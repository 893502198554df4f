"""Intervals, targets, communications, alerts and people, from few events each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from analysis_frames import chat, edge, event, events, ns
from test_milestones import FULL, INCIDENT, NOTHING, alert, page, status

from workbench.analysis.alerts import summarise_alerts
from workbench.analysis.facts import facts
from workbench.analysis.impact import find_impact
from workbench.analysis.intervals import between
from workbench.analysis.milestones import find_milestones
from workbench.analysis.people import find_people
from workbench.analysis.scope import Scope
from workbench.analysis.summary import measure, milestone_json
from workbench.analysis.targets import Verdict, verdict
from workbench.model import Basis, Candidate, Incident, Milestone, People


def moment(name: str, clock: str, *, low: str = "", high: str = "") -> Milestone:
    """A moment with its bounds."""
    return Milestone(name=name, time=ns(clock), earliest=ns(low or clock), latest=ns(high or clock))


def test_an_interval_is_honest() -> None:
    """The bounds come from the bounds of both moments."""
    span = between("x", moment("started", "10:00:00", low="09:58:00", high="10:01:00"), moment("detected", "10:05:00"))
    assert (span.minutes, span.low, span.high) == (5.0, 4.0, 7.0)


def test_a_missing_moment_is_null_with_the_reason() -> None:
    """Never 0: the document has null and why."""
    document = between("x", Milestone(name="started", why="No log."), moment("detected", "10:05:00")).to_json()
    assert document["minutes"] is None
    assert "No log." in document["why"]


@pytest.mark.parametrize(("low", "high", "expected"), [
    (10, 14, Verdict.MET), (10, 15, Verdict.MET), (14, 16, Verdict.UNDECIDED), (15.1, 20, Verdict.MISSED),
    (None, None, Verdict.UNDECIDED),
])  # fmt: skip
def test_a_straddling_target_is_undecided(low: float | None, high: float | None, expected: Verdict) -> None:
    """Met only if the longest reading keeps the limit, missed only if the shortest breaks it."""
    assert verdict(low, high, 15) is expected


def test_the_document_of_a_full_incident() -> None:
    """Intervals, response target and cadence of a whole incident, as a script would read them."""
    document = measure(FULL, INCIDENT, find_impact(edge())).to_json()
    assert document["intervals"]["time_to_detect"]["minutes"] == pytest.approx(2.0, abs=0.02)
    assert document["intervals"]["time_to_acknowledge"]["from"] == "paged"
    assert document["intervals"]["time_to_acknowledge"]["minutes"] == pytest.approx(1.833, abs=0.001)
    assert document["targets"][0] == {
        "name": "response", "limit_minutes": 30.0, "verdict": "met", "minutes": 2.0, "low": 2.0, "high": 2.0,
    }  # fmt: skip
    assert document["communications"]["updates"] == 2
    assert document["communications"]["longest_gap_minutes"] == 13.0
    assert document["milestones"]["detected"]["time"] == "2025-03-04T14:02:00.000Z"


def test_silence_counts_from_the_declaration() -> None:
    """The longest gap may be the one before the first update, and a double post is one update."""
    frame = events(
        chat("10:00:00", "declaring a SEV-1"),
        status("10:50:00", "investigating"), status("10:50:09", "investigating"), status("11:00:00", "monitoring"),
        chat("11:10:00", "marking this resolved"),
    )  # fmt: skip
    told = measure(frame, Incident(id="i", title="t", severity="SEV-1"), NOTHING).communications
    assert (told.updates, told.longest_gap_minutes, told.verdict) == (3 - 1, 50.0, Verdict.MISSED)


def test_cadence_without_an_end_is_undecided() -> None:
    """An incident that nobody resolved has no longest gap yet."""
    told = measure(
        events(chat("10:00:00", "declaring a SEV-1")), Incident(id="i", title="t", severity="SEV-1"), NOTHING
    ).communications
    assert (told.longest_gap_minutes, told.verdict) == (None, Verdict.UNDECIDED)
    assert "resolved is missing" in told.why


def test_alert_episodes_and_flapping() -> None:
    """Repeated notices are no new episodes; three changes within ten minutes are flapping."""
    rows = facts(events(
        alert("10:00:00"), alert("10:05:00", action="alert.repeated"), alert("10:30:00", action="alert.resolved"),
        alert("10:00:00", "Slow"), alert("10:02:00", "Slow", action="alert.resolved"),
        alert("10:04:00", "Slow"), alert("10:06:00", "Slow", action="alert.resolved"),
    ))  # fmt: skip
    told = {one.name: (one.episodes, one.notifications, one.flapping) for one in summarise_alerts(rows, Scope())}
    assert told == {"Errors": (1, 3, False), "Slow": (2, 4, True)}


def test_roles_are_handed_out_while_taking_command() -> None:
    """The commander is who says so, the others are those named; what people wrote wins."""
    frame = events(
        chat("14:05:10", "I'm taking IC. @Eve Li tech lead, @Raj comms, @Sam Oh scribe", "Mia"),
        *FULL.to_dict("records"),
    )
    findings = find_milestones(frame, INCIDENT, NOTHING)
    told = find_people(findings, INCIDENT)
    assert {name: role.person for name, role in told.roles.items()} == {
        "incident_commander": "Mia", "technical_lead": "Eve Li", "communications_lead": "Raj", "scribe": "Sam Oh",
    }  # fmt: skip
    assert told.acknowledged_by == "Ann"
    written = Incident(id="i", title="t", severity="SEV-2", people=People(scribe="Zoe"))
    assert find_people(findings, written).roles["scribe"].basis == "confirmed"


def test_a_request_alone_makes_no_role() -> None:
    """Asking for a commander names nobody."""
    frame = events(chat("14:05:10", "can someone take IC?"), page("14:04:00", "acknowledged"))
    assert find_people(find_milestones(frame, INCIDENT, NOTHING), INCIDENT).roles == {}


def test_the_pager_names_the_commander() -> None:
    """Asked for as incident commander and then assigned: the assignee commands from the assignment on."""
    frame = events(
        page("14:04:00", "acknowledged"),
        page("14:05:00", "responder_requested", message="Errors: Requested Lin Wu as incident commander."),
        page("14:06:00", "assigned", message="Errors: Assigned to Lin Wu.", to=["Lin Wu"]),
    )
    role = find_people(find_milestones(frame, INCIDENT, NOTHING), INCIDENT).roles["incident_commander"]
    assert (role.person, role.since) == ("Lin Wu", ns("14:06:00"))


def test_logs_are_no_statements() -> None:
    """A log line that talks of a resolved incident states nothing."""
    frame = events(event("14:00:00", "log", "incident resolved"))
    assert measure(frame, INCIDENT, NOTHING).findings.milestones["resolved"].time is None


def test_what_would_flip_a_milestone_is_the_weight_that_its_runner_up_lacks() -> None:
    """Of 0.8 against 0.5 a sign of 0.6 makes them equal; what a person confirmed nothing flips."""
    other = Candidate(time=5, earliest=5, latest=5, weight=0.5, rule="r")
    one = Milestone(name="identified", time=1, basis=Basis.FOUND, confidence=0.8, runners_up=(other,))
    assert one.flip == (other, pytest.approx(0.6))
    assert milestone_json(one)["flip"]["weight"] == pytest.approx(0.6)
    assert replace(one, basis=Basis.CONFIRMED).flip is None
    assert replace(one, runners_up=()).flip is None


def test_no_update_at_all_is_no_cadence_kept() -> None:
    """An incident that is over before an update was due met no promise: nothing was said."""
    frame = events(chat("14:00:00", "Incident declared: SEV-2"), chat("14:20:00", "resolved, closing the incident"))
    said = measure(frame, Incident(id="i", title="t", severity="SEV-2"), NOTHING).communications
    assert said.verdict is not None
    assert (str(said.verdict), said.why) == ("undecided", "The sources hold no update for customers.")
