"""Prometheus: answers become measurements, and events only where something changed."""

from __future__ import annotations

import math

from workbench.readers.base import Certainty
from workbench.readers.prometheus import READER

T = 1739968560


def answer(*series, kind: str = "matrix"):
    """What the query API answers."""
    return {"status": "success", "data": {"resultType": kind, "result": list(series)}}


def series(values, **labels):
    """A series of samples at whole minutes."""
    return {"metric": labels, "values": [[T + 60 * at, text] for at, text in values]}


def test_samples_are_measurements_not_events(read) -> None:
    """A sample is a row; NaN and infinity are values; the rest of the labels is JSON."""
    found = read(READER, answer(series([(0, "0.5"), (1, "NaN"), (2, "+Inf")], __name__="error_ratio", service="pay")))
    assert found.claim == (Certainty.SIGNATURE, 1.0)
    assert (found.records, found.events) == (3, [])
    assert found.metrics["name"].unique().to_list() == ["error_ratio"]
    assert found.metrics["labels"][0] == '{"service":"pay"}'
    values = found.metrics["value"].to_list()
    assert (values[0], math.isnan(values[1]), values[2]) == (0.5, True, math.inf)
    assert found.metrics["line"].to_list() == [1, 2, 3]


def test_alerts_fire_and_resolve_between_samples(read) -> None:
    """ALERTS begins in the step before its first sample and ends in the one after its last."""
    alerts = series([(2, "1"), (3, "1")], __name__="ALERTS", alertname="Hot", alertstate="firing", severity="warning")
    found = read(READER, answer(alerts, series([(at, "1") for at in range(8)], __name__="x")))
    assert found.column("action") == ["alert.fired", "alert.resolved"]
    assert found.column("earliest") == ["2025-02-19T12:37:00.000Z", "2025-02-19T12:39:00.000Z"]
    assert found.column("time") == ["2025-02-19T12:38:00.000Z", "2025-02-19T12:40:00.000Z"]


def test_an_alert_that_fires_to_the_end_does_not_resolve(read) -> None:
    """The end of the range is not the end of the alert, nor its begin the start of one that ran already."""
    found = read(READER, answer(series([(0, "1"), (1, "1")], __name__="ALERTS", alertname="Hot", alertstate="firing")))
    assert found.column("action") == ["alert.fired"]
    assert found.events[0]["attributes"]["already_firing"] is True
    assert found.events[0]["earliest"] < "2025-02-13"


def test_pending_alerts_are_no_events(read) -> None:
    """Only firing counts."""
    assert not read(READER, answer(series([(0, "1")], __name__="ALERTS", alertname="A", alertstate="pending"))).events


def test_a_target_goes_down_and_comes_up(read) -> None:
    """`up` is an event at its edges, somewhere between two scrapes."""
    found = read(READER, [series([(0, "1"), (1, "0"), (2, "0"), (3, "1")], __name__="up", instance="a:9090")])
    assert found.column("action") == ["target.down", "target.up"]
    assert found.column("message") == ["a:9090 is down", "a:9090 is up"]
    assert found.events[0]["earliest"] == "2025-02-19T12:36:00.000Z"


def test_vectors_and_scalars_are_samples(read) -> None:
    """An instant query has one value a series."""
    vector = {"metric": {"__name__": "x"}, "value": [T, "1"]}
    assert read(READER, answer(vector, kind="vector")).metrics["value"].to_list() == [1.0]
    scalar = {"status": "success", "data": {"resultType": "scalar", "result": [T, "2"]}}
    assert read(READER, scalar).metrics["value"].to_list() == [2.0]


def test_the_alerts_api_tells_what_is_firing(read) -> None:
    """A firing alert fired at activeAt; a pending one has no action."""
    alerts = [{"labels": {"alertname": "A"}, "annotations": {}, "state": state, "activeAt": "2025-02-19T12:00:00Z"}
              for state in ("firing", "pending")]  # fmt: skip
    found = read(READER, {"status": "success", "data": {"alerts": alerts}})
    assert found.column("action") == ["alert.fired", None]
    assert found.column("message") == ["A", "A (pending)"]


def test_a_malformed_sample_is_rejected_alone(read) -> None:
    """The other samples of its series are read."""
    found = read(READER, answer({"metric": {"__name__": "x"}, "values": [[T, "1"], ["?", "1"], [T], [T + 60, "2"]]}))
    assert found.metrics["value"].to_list() == [1.0, 2.0]
    assert [each.position for each in found.rejected] == [2, 3]


def test_lokis_streams_are_not_claimed(read) -> None:
    """Loki answers in the same wrapper, with streams in it."""
    stream = {"stream": {"app": "x"}, "values": [["1739968560000000000", "line"]]}
    assert read(READER, answer(stream, kind="streams")).claim is None
