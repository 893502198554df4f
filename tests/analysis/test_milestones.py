"""The moments that are found, confirmed or missing, and what does not count as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from analysis_frames import chat, edge, event, events, ns

from workbench.analysis.facts import SECOND
from workbench.analysis.impact import Impact, find_impact
from workbench.analysis.milestones import Findings, find_milestones
from workbench.analysis.selection import Cluster, clusters, select
from workbench.model import Basis, Candidate, Incident, Judgement, Verb

if TYPE_CHECKING:
    import pandas as pd

INCIDENT = Incident(id="INC-1", title="Shop down", severity="SEV-2", services=("shop",))
NOTHING = Impact(basis="none")


def alert(
    clock: str, name: str = "Errors", *, service: str = "shop", action: str = "alert.fired", level: str = "fatal"
) -> dict:
    """An alert of the pager or the metrics."""
    return event(clock, "alert", name, action=action, service=service, level=level, alert=name)


def page(clock: str, action: str, actor: str | None = "Ann", message: str = "", **more: object) -> dict:
    """An entry of the pager."""
    return event(
        clock,
        "page",
        message,
        action=f"incident.{action}",
        actor=actor,
        service="shop",
        incident="P1",
        urgency="high",
        title="Errors",
        **more,
    )


def status(clock: str, state: str, **more: object) -> dict:
    """An update of the status page."""
    return event(clock, "status", f"we are {state}", action=f"status.{state}", **({"incident": "S1"} | more))


FULL = events(
    alert("12:30:00", "Disk", service="search", level="warn"),
    alert("14:02:00"),
    page("14:02:10", "triggered", None),
    page("14:04:00", "acknowledged"),
    page("14:30:00", "acknowledged", "Bob"),
    chat("14:05:00", "INCIDENT DECLARED SEV-2: shop down", "IncidentBot", bot="B1"),
    chat("14:06:00", "found the cause: a leak in the pool"),
    status("14:07:00", "investigating"),
    chat("14:08:30", "fix is deployed"),
    chat("14:11:00", "errors are back to normal"),
    alert("14:12:00", action="alert.resolved"),
    page("14:20:00", "resolved"),
    status("14:21:00", "resolved"),
)  # fmt: skip


OFF = {"access.log": (300 * SECOND, 300 * SECOND)}


def found(frame: pd.DataFrame, impact: Impact = NOTHING, incident: Incident = INCIDENT) -> Findings:
    """The findings of a frame."""
    return find_milestones(frame, incident, impact)


def times(findings: Findings) -> dict[str, int | None]:
    """The times by moment."""
    return {name: one.time for name, one in findings.milestones.items()}


def test_every_moment_of_a_full_incident() -> None:
    """With a corrected clock each moment is at the event that states it."""
    findings = found(FULL, find_impact(edge()))
    assert times(findings) == {
        "started": ns("14:00:00"), "detected": ns("14:02:00"), "acknowledged": ns("14:04:00"),
        "declared": ns("14:05:00"),
        "identified": ns("14:06:00"), "communicated": ns("14:07:00"), "mitigated": ns("14:08:30"),
        "recovered": ns("14:09:07"), "resolved": ns("14:20:00"),
    }  # fmt: skip
    assert {one.basis for one in findings.milestones.values()} == {Basis.FOUND}
    assert str(findings.milestones["acknowledged"].evidence[0]) == "page.json:4"


def test_order_of_the_rows_is_nothing() -> None:
    """Shuffled events give the same findings."""
    shuffled = FULL.sample(frac=1, random_state=4)
    assert found(shuffled, find_impact(edge())).milestones == found(FULL, find_impact(edge())).milestones


def test_an_old_unrelated_alert_does_not_detect() -> None:
    """A disk warning of another service an hour earlier is no detection, not even alone."""
    only = events(alert("12:30:00", "Disk", service="search", level="warn"), chat("14:05:00", "declaring a SEV-2"))
    assert found(only, find_impact(edge())).milestones["detected"].basis is Basis.MISSING


def test_missing_says_why_and_has_no_time() -> None:
    """Only logs: what happened to requests is known, what people did is missing, each with its reason."""
    findings = found(events(), find_impact(edge()))
    known = {name for name, one in findings.milestones.items() if one.time is not None}
    assert known == {"started", "recovered"}
    assert all(one.why for one in findings.milestones.values() if one.time is None)


def test_no_requests_no_start() -> None:
    """Without edge log or counters the start is missing although alerts fired."""
    findings = found(FULL)
    assert findings.milestones["started"].time is None
    assert findings.milestones["detected"].time == ns("14:02:00")


def test_written_milestones_win() -> None:
    """What stands in incident.toml is confirmed and beats the sources; what was found stays as a runner-up."""
    written = Incident(
        id="INC-1", title="t", severity="SEV-2", services=("shop",), milestones={"detected": ns("14:01:15")}
    )
    one = found(FULL, find_impact(edge()), written).milestones["detected"]
    assert (one.basis, one.time, one.confidence) == (Basis.CONFIRMED, ns("14:01:15"), 1.0)
    assert one.runners_up[0].time == ns("14:02:00")


def test_what_a_person_wrote_is_proved_by_its_line_and_by_what_says_the_same() -> None:
    """The line of incident.toml; before it the event of the very time that was written."""
    stated = Incident(
        id="i", title="t", severity="SEV-2", services=("shop",), lines={"detected": 9, "resolved": 8},
        milestones={"detected": ns("14:02:00"), "resolved": ns("15:00:00")},
    )  # fmt: skip
    found = find_milestones(FULL, stated, NOTHING).milestones
    assert [str(place) for place in found["resolved"].evidence] == ["incident.toml:8"]
    first, *_, last = [str(place) for place in found["detected"].evidence]
    assert (first, last) == ("alert.json:2", "incident.toml:9")
    assert found["detected"].basis is Basis.CONFIRMED


def test_marked_milestones_win_and_the_last_mark_counts() -> None:
    """A milestone marked in the journal is confirmed; a later mark replaces an earlier one."""
    marks = [
        Judgement(
            id="1", event="e7", verb=Verb.MILESTONE, value="mitigated", author="Ann", time="2025-03-05T09:00:00Z"
        ),
        Judgement(
            id="2", event="e10", verb=Verb.MILESTONE, value="mitigated", author="Bob", time="2025-03-05T10:00:00Z"
        ),
    ]
    one = find_milestones(FULL, INCIDENT, NOTHING, marks).milestones["mitigated"]
    assert (one.basis, one.time) == (Basis.CONFIRMED, ns("14:11:00"))
    assert "Bob" in one.rule


def test_a_skewed_host_does_not_discard_the_alert() -> None:
    """Where the log's clock is ahead and the alert comes before the first failure both stay; the start moves."""
    impact = find_impact(edge(off=300), clocks=OFF)
    findings = found(events(alert("13:59:00"), page("13:59:10", "triggered", None)), impact)
    started, detected = findings.milestones["started"], findings.milestones["detected"]
    assert detected.time == ns("13:59:00")
    assert started.time == ns("13:59:00")
    assert started.earliest == ns("13:55:00")


def test_a_corrected_clock_keeps_its_time() -> None:
    """An alert long before the first failure warned of it; it detected nothing and does not move the start."""
    findings = found(events(alert("13:52:00")), find_impact(edge()))
    assert findings.milestones["started"].time == ns("14:00:00")
    assert findings.milestones["detected"].time is None


def test_other_incidents_of_the_status_page_stay_out() -> None:
    """An update of last month's incident is not the first communication."""
    old = status("02:00:00", "investigating", incident="S0")
    assert found(events(old, *FULL.to_dict("records")), find_impact(edge())).milestones["communicated"].time == ns(
        "14:07:00"
    )


def test_several_published_incidents_without_any_anchor_are_not_guessed() -> None:
    """With nothing but a status page of two incidents nothing is said to be communicated."""
    frame = events(status("02:00:00", "investigating", incident="S0"), status("14:07:00", "investigating"))
    assert found(frame).milestones["communicated"].basis is Basis.MISSING


def test_a_deploy_that_ends_before_recovery_mitigates() -> None:
    """A rollback of the affected service minutes before the end is the mitigation, another service's deploy is not."""
    frame = events(
        event("14:05:00", "deploy", action="deploy.succeeded", service="search"),
        event("14:08:00", "deploy", action="deploy.succeeded", service="shop"),
    )
    assert found(frame, find_impact(edge())).milestones["mitigated"].time == ns("14:08:00")


def test_no_pager_but_its_bot_in_chat() -> None:
    """Without the pager's export its messages in chat and people's words still give the moments."""
    frame = events(
        chat("14:01:40", "Triggered #77: Errors on shop", "PagerDuty", bot="B2"),
        chat("14:03:00", "acked"),
    )
    findings = found(frame, find_impact(edge()))
    assert times(findings)["detected"] == ns("14:01:40")
    assert times(findings)["acknowledged"] == ns("14:03:00")


def test_command_is_found() -> None:
    """Taking command is found beside the milestones."""
    assert found(events(chat("14:05:10", "I'm taking IC"), *FULL.to_dict("records"))).command.time == ns("14:05:10")


def one(clock: str, weight: float, rule: str = "rule") -> Candidate:
    """A candidate that is sure of its time."""
    return Candidate(time=ns(clock), earliest=ns(clock), latest=ns(clock), weight=weight, rule=rule)


def test_agreeing_evidence_adds_up() -> None:
    """Two rules within a minute score 1 - (1-a)(1-b); the same rule twice counts once."""
    assert clusters([one("10:00:00", 0.7, "a"), one("10:00:30", 0.5, "b")])[0].score == pytest.approx(0.85)
    assert clusters([one("10:00:00", 0.5), one("10:00:30", 0.5)])[0].score == pytest.approx(0.5)


def test_the_order_decides_between_candidates() -> None:
    """A surer mitigation after the recovery loses to a weaker one before it."""
    chosen = select({
        "mitigated": clusters([one("10:30:00", 0.8), one("10:10:00", 0.6)]),
        "recovered": clusters([one("10:15:00", 0.9)]),
        "declared": clusters([one("10:01:00", 0.95)]),
    })  # fmt: skip
    assert chosen["mitigated"].lead.time == ns("10:10:00")


def test_what_cannot_fit_is_left_out() -> None:
    """Where no candidate keeps the order the weaker moment is dropped, not bent."""
    chosen = select({"mitigated": clusters([one("10:30:00", 0.5)]), "recovered": clusters([one("10:15:00", 0.9)])})
    assert set(chosen) == {"recovered"}


def test_people_are_never_weighed_against_each_other() -> None:
    """Two written times in an odd order both stay."""
    fixed = {
        name: [Cluster(lead=one(clock, 1.0), members=(one(clock, 1.0),), fixed=True)]
        for name, clock in (("mitigated", "10:30:00"), ("recovered", "10:15:00"))
    }
    assert set(select(fixed)) == {"mitigated", "recovered"}


def said(verb: str, event: object, value: object, at: int = 0) -> Judgement:
    """A judgement on an event, or on a place."""
    return Judgement(id=f"{at}", event=str(event), verb=Verb(verb), value=value, time=f"2025-11-18T09:00:{at:02}Z")


def rejected(frame: pd.DataFrame, *judgements: Judgement, impact: Impact = NOTHING) -> Findings:
    """The findings of a frame after these judgements."""
    return find_milestones(frame, INCIDENT, impact, judgements)


def test_a_rejected_proposal_is_no_candidate_and_is_told() -> None:
    """The next best is chosen; of one milestone only; taken back it is as it was."""
    fired = FULL["id"][FULL["action"] == "alert.fired"].tolist()[1]
    before = times(found(FULL))
    after = rejected(FULL, said("reject", fired, "detected"))
    assert before["detected"] == ns("14:02:00")
    assert times(after)["detected"] == ns("14:02:10")
    (out,) = after.milestones["detected"].rejected
    assert (out.time, out.rule) == (ns("14:02:00"), "the alert Errors began to fire")
    assert {name: time for name, time in times(after).items() if name != "detected"} == {
        name: time for name, time in before.items() if name != "detected"
    }
    again = rejected(FULL, said("reject", fired, "detected"), said("reject", fired, None, 1))
    assert times(again) == before


def test_all_that_was_found_may_be_rejected() -> None:
    """The milestone is missing, and its reason says so."""
    frame = events(status("14:07:00", "investigating"))
    missing = rejected(frame, said("reject", frame["id"].iloc[0], ["communicated", "declared"])).milestones
    assert (missing["communicated"].time, missing["communicated"].why) == (None, "People rejected all that was found.")
    assert missing["communicated"].rejected


def test_a_measurement_is_rejected_by_its_place() -> None:
    """No event stands there: the place is named."""
    lines = edge(off=0)
    impact = find_impact(lines, events=FULL, metrics=None, incident=INCIDENT)
    start = rejected(FULL, impact=impact).milestones["started"]
    place = start.evidence[0]
    after = rejected(FULL, said("reject", str(place), "started"), impact=impact).milestones["started"]
    assert start.time is not None
    assert place in {one.evidence[0] for one in after.rejected}
