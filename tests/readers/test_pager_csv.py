"""PagerDuty's and Opsgenie's tables: the dates and durations of a row are its events."""

from __future__ import annotations

from workbench.readers.base import Certainty
from workbench.readers.pager_csv import OPSGENIE, PAGERDUTY


def told(found) -> list[tuple]:
    """Time, action, actor and message of each event."""
    return [(event["time"], event["action"], event["actor"], event["message"]) for event in found.events]


def test_an_incident_is_triggered_acknowledged_and_resolved(read) -> None:
    """When it was acknowledged stands as seconds since it was made: known to the second either way."""
    header = "id,incident_number,description,service_name,created_on,resolved_on,urgency,seconds_to_first_ack,"
    row = "Q1,12,High error rate,orders,2025-11-17T09:00:41-05:00,2025-11-17T09:35:00-05:00,high,139,Ada,Bo"
    found = read(PAGERDUTY, f"{header}acknowledged_by_user_name,resolved_by_user_name\n{row}\n", "incidents.csv")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert told(found) == [
        ("2025-11-17T14:00:41.000Z", "incident.triggered", None, "High error rate triggered"),
        ("2025-11-17T14:35:00.000Z", "incident.resolved", "Bo", "High error rate resolved"),
        ("2025-11-17T14:03:00.000Z", "incident.acknowledged", "Ada", "High error rate acknowledged"),
    ]
    acknowledged = found.events[2]
    assert (acknowledged["earliest"], acknowledged["latest"]) == (
        "2025-11-17T14:02:59.000Z",
        "2025-11-17T14:03:01.999Z",
    )
    assert acknowledged["attributes"]["derived"] == "from secondstofirstack"


def test_an_open_incident_has_no_end(read) -> None:
    """Empty cells are no events; the spelling of the columns may be another."""
    header = '"Incident Number","Title","Service","Created At","Resolved At","Seconds To First Ack","Urgency"'
    found = read(PAGERDUTY, f'{header}\n"7","Disk full","db","2025-11-17 14:00:41 UTC","","0","low"\n', "incidents.csv")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [event["action"] for event in found.events] == ["incident.triggered"]


def test_a_row_without_a_time_is_rejected(read) -> None:
    """With the reason."""
    header = "incident_number,description,created_on,urgency"
    found = read(PAGERDUTY, f"{header}\n7,Disk full,soon,low\n", "incidents.csv")
    assert [each.reason for each in found.rejected] == ["no usable time: createdon is 'soon'"]


def test_an_alert_of_opsgenie_with_durations_in_ms(read) -> None:
    """Epochs in ms; acknowledged and closed so many ms later."""
    header = "TinyID,Message,CreatedAt,Priority,Report.AckTime,Report.CloseTime,Owner"
    found = read(OPSGENIE, f"{header}\n9,High error rate,1763388041000,P1,139000,2059000,ada@shop.test\n", "alerts.csv")
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert [(time[11:19], action) for time, action, *_ in told(found)] == [
        ("14:00:41", "incident.triggered"), ("14:03:00", "incident.acknowledged"), ("14:35:00", "incident.resolved"),
    ]  # fmt: skip
    assert [event["level"] for event in found.events] == ["fatal", "fatal", "info"]
