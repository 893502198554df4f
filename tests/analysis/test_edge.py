"""Failed requests from the edge log: exact without background, background out, duplicates without effect."""

from __future__ import annotations

import pandas as pd
import pytest
from analysis_frames import at, edge, event, events, ns, requests
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.change import affected, binomial_tail
from workbench.analysis.impact import find_impact, whole_shares
from workbench.model import ImpactFacts, Incident, Slo

INCIDENT = Incident(id="i", title="t", severity="SEV-2")


def test_exact_without_background() -> None:
    """A class that never fails outside the incident is counted to the request, low and high included."""
    impact = find_impact(edge())
    assert (impact.failed, impact.failed_low, impact.failed_high, impact.affected) == (80, 80, 80, 80)
    assert impact.to_json()["window"] == {"from": "2025-03-04T14:00:00.000Z", "to": "2025-03-04T14:09:07.000Z"}


def test_background_is_taken_out() -> None:
    """Failures at the rate of quiet times are subtracted, and the interval holds what was really added."""
    impact = find_impact(edge(background=4))  # 1 in 80 always; in the window all 8 of 20 are the incident's
    assert impact.failed is not None
    assert impact.failed_low is not None
    assert impact.failed_high is not None
    assert 77 <= impact.failed <= 79
    assert impact.failed_low < impact.failed <= impact.failed_high
    assert "less" in impact.requests_basis


def test_other_classes_stay_out() -> None:
    """A class that fails as always is no part of the incident although it fails inside the window."""
    noise = pd.DataFrame([row for minute in range(3, 120, 10) for row in requests(minute, 1, 500, first=300)])
    impact = find_impact(pd.concat([edge(), noise.assign(time=noise["time"].astype("datetime64[ns, UTC]"))]))
    assert impact.failed == 80


def test_client_errors_only_when_asked() -> None:
    """A burst of 429 is impact only where the user says that this class is the incident."""
    frame = edge(status=429)
    assert find_impact(frame).failed is None
    assert find_impact(frame, client_errors=[429]).failed == 80


def test_nothing_rises() -> None:
    """Steady failures are no incident: null with the reason, not 0."""
    impact = find_impact(edge(range(0), background=4))
    assert impact.failed is None
    assert "background" in impact.why


def test_a_quiet_unaffected_service_is_left_out() -> None:
    """A service with one background failure inside the window does not count as affected."""
    rows = [row for minute in range(120) for row in requests(minute, 10, 200, service="search", first=500)]
    rows += [row for minute in (5, 30, 64, 90) for row in requests(minute, 1, 500, service="search", first=600)]
    frame = pd.concat([edge(status=500, background=12), pd.DataFrame(rows)])
    assert find_impact(frame.assign(time=frame["time"].astype("datetime64[ns, UTC]"))).services == ("shop",)


def test_another_rise_in_the_log_is_another_incident() -> None:
    """Of two rises hours apart the bigger one counts, or the one that people's milestones name."""
    small = edge(range(10, 16), length=60)
    frame = pd.concat([small, edge(range(300, 310), length=400).query("time >= '2025-03-04T14:00Z'")])
    assert find_impact(frame).failed == 80
    known = Incident(id="i", title="t", severity="SEV-2", milestones={"detected": ns("13:11:00")})
    assert find_impact(frame, incident=known).failed == 48


def test_waves_between_peoples_milestones_are_one_incident() -> None:
    """Four hours of calm between two rises are no end where people say that it began before and recovered after."""
    small = edge(range(10, 16), length=60)
    frame = pd.concat([small, edge(range(300, 310), length=400).query("time >= '2025-03-04T14:00Z'")])
    said = {"started": ns("13:10:00"), "recovered": ns("18:10:00")}
    impact = find_impact(frame, incident=Incident(id="i", title="t", severity="SEV-2", milestones=said))
    assert (impact.failed, impact.to_json()["window"]["from"]) == (128, "2025-03-04T13:10:00.000Z")


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12))
def test_shares_add_up_to_their_rounded_sum(parts) -> None:
    """And each is one of the two whole numbers beside its own."""
    found = whole_shares(parts)
    assert sum(found) == round(sum(parts))
    assert all(abs(share - part) <= 1 for share, part in zip(found, parts, strict=True))


def test_nobody_and_checks_are_no_customers() -> None:
    """A dash is no customer and a synthetic check is none; both are counted apart."""
    frame = edge()
    failing = frame.index[frame["status"] == 503]
    frame.loc[failing[:5], "user"] = "-"
    frame.loc[failing[5:8], "agent"] = "uptime-check/2"
    impact = find_impact(frame)
    assert (impact.affected, impact.anonymous, impact.synthetic) == (72, 5, 3)


def test_missing_columns_are_accepted() -> None:
    """A log with no more than time and status still gives a count."""
    impact = find_impact(edge()[["time", "status"]])
    assert (impact.failed, impact.affected) == (80, 0)


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1), seed=st.integers(0, 9), marked=st.booleans())
def test_duplicates_and_order_change_nothing(share: float, seed: int, *, marked: bool) -> None:
    """Repeating any of the lines, marked as duplicates or not, in any order, leaves every number as it is."""
    frame = edge(background=7)
    again = frame.sample(frac=share, random_state=seed).assign(duplicate=marked)
    shuffled = pd.concat([frame, again]).sample(frac=1, random_state=seed)
    assert find_impact(shuffled).to_json() == find_impact(frame).to_json()


def test_equal_lines_of_one_second_without_an_id_widen_the_count() -> None:
    """They are taken as sent twice; the upper end of the range holds them, and the basis says so."""
    frame = edge()
    second = pd.Timedelta("999999999ns")
    again = frame[frame["status"] == 503].head(6).assign(duplicate=True, request_id="-")
    whole = pd.concat([frame, again])
    whole = whole.assign(earliest=whole["time"], latest=whole["time"] + second)
    impact = find_impact(whole)
    assert (impact.failed, impact.failed_high) == (80, 86)
    assert "6 equal lines of one second" in impact.requests_basis
    assert find_impact(whole.assign(latest=whole["time"])).failed_high == 80


def test_budget() -> None:
    """The budget is the failed share allowed of the requests that the window would have at the quiet rate."""
    impact = find_impact(
        edge(), incident=Incident(id="i", title="t", severity="SEV-2", slo=Slo(target=99.9, window_days=30))
    )
    assert impact.budget_used_percent == pytest.approx(100 * 80 / (0.001 * 20 * 1440 * 30), abs=0.01)
    assert "days" in impact.slo_basis


def test_tickets() -> None:
    """Support tickets of the category incident count, questions and issue trackers do not; a written number wins."""
    opened = {"kind": "ticket", "action": "issue.created"}
    frame = events(
        event("14:03:00", **opened, source="support.csv", category="incident"),
        event("14:04:00", **opened, source="support.csv", category="other"),
        event("12:00:00", **opened, source="support.csv", category="incident"),
        event("14:30:00", **opened, source="jira.json", key="OPS-1"),
    )
    assert find_impact(edge(), events=frame).tickets == 1
    written = Incident(id="i", title="t", severity="SEV-2", impact=ImpactFacts(support_tickets=7))
    assert find_impact(edge(), events=frame, incident=written).tickets == 7
    assert find_impact(edge()).tickets is None


def _metrics(frame: pd.DataFrame, missing: tuple[int, ...] = ()) -> pd.DataFrame:
    minute = frame["time"].dt.floor("min")
    rows = []
    for time, group in frame.groupby(minute):
        if int((time - at("13:00:00")).total_seconds() // 60) in missing:
            continue
        for name, value in (("requests", len(group)), ("errors", int((group["status"] >= 500).sum()))):
            rows.append({"time": time, "name": name, "labels": '{"service":"shop"}', "value": float(value), "line": 1})
    return pd.DataFrame(rows).assign(source="m.csv")


def test_metrics_stand_in() -> None:
    """Without an edge log counters give the count, and nobody's customers."""
    impact = find_impact(None, metrics=_metrics(edge()))
    assert (impact.basis, impact.failed, impact.affected) == ("metrics", 80, None)
    assert impact.customers_basis


def test_a_missing_minute_is_filled_and_doubted() -> None:
    """A gap in the counters is filled from its neighbours and widens the interval."""
    impact = find_impact(None, metrics=_metrics(edge(), missing=(64,)))
    assert impact.failed == 80
    assert impact.failed_low is not None
    assert impact.failed_low < 80


def test_no_source_says_why() -> None:
    """Without any source of requests everything is null with the reason."""
    document = find_impact(None).to_json()
    assert document["requests"]["failed"] is None
    assert document["customers"]["affected"] is None
    assert "no edge log" in document["why"]


def test_a_log_that_begins_in_the_incident_still_has_a_baseline() -> None:
    """The minutes after the incident serve where there are none before."""
    assert find_impact(edge(range(10), background=9)).failed in {78, 79, 80}


def test_binomial_tail_agrees_with_the_sum() -> None:
    """P(X >= 3) for ten tosses at 0.1 is 0.0702."""
    assert binomial_tail(3, 10, 0.1) == pytest.approx(0.07019, abs=1e-5)


def test_one_odd_failure_is_no_rise() -> None:
    """A single failure among quiet minutes is not a stretch."""
    failed = pd.Series([0.0] * 60).to_numpy().copy()
    failed[30] = 1
    assert affected(failed, failed * 0 + 20)[0] == []
