"""Where failures are read from besides access logs: requests in any log, status codes of counters, shares of errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from analysis_frames import events, ns

from workbench.analysis.impact import find_impact
from workbench.analysis.metric_impact import metric_impact, share_edges
from workbench.analysis.milestones import find_milestones
from workbench.model import Basis, Incident
from workbench.postmortem import read_files
from workbench.timeline.frame import events_and_requests

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = 60_000_000_000
START = ns("13:00:00")
FAILING = range(30, 40)


def series(values: list[float], name: str = "value", source: str = "metrics.json", **labels: str) -> pd.DataFrame:
    """A measurement a minute."""
    return pd.DataFrame({
        "time": pd.to_datetime([START + at * MINUTE for at in range(len(values))], unit="ns", utc=True),
        "name": name, "labels": json.dumps(labels), "value": values, "unit": None, "source": source,
        "line": range(1, len(values) + 1),
    })  # fmt: skip


def test_requests_whose_label_is_a_5xx_are_the_errors() -> None:
    """Where no counter of errors stands beside them."""
    good = series([100.0 - 40 * (at in FAILING) for at in range(90)], "http_requests_total", service="pay", code="200")
    bad = series([40.0 * (at in FAILING) for at in range(90)], "http_requests_total", service="pay", code="503")
    found = metric_impact(pd.concat([good, bad]))
    assert found is not None
    assert ((found.start - START) / MINUTE, (found.end - START) / MINUTE) == (30, 40)
    assert found.failed == pytest.approx(400)
    assert found.total == pytest.approx(1000)
    assert metric_impact(good) is None


@pytest.mark.parametrize(("scale", "name", "source"), [
    (1, "value", "error_ratio.json"), (100, "http_5xx_percent", "m.json"), (1, "job:errors:ratio_rate1m", "m.json"),
])  # fmt: skip
def test_a_share_of_errors_tells_from_when_to_when_and_no_number(scale, name, source) -> None:
    """By the name of the series or its file, as a part of one or of a hundred; how many failed stays unknown."""
    rng = np.random.default_rng(3)
    shares = [scale * (0.4 if at in FAILING else rng.uniform(0, 0.004)) for at in range(90)]
    metrics = series(shares, name, source)
    found = share_edges(metrics)
    assert found is not None
    assert ((found.start - START) / MINUTE, (found.end - START) / MINUTE, found.settled) == (30, 40, True)
    impact = find_impact(None, metrics=metrics)
    assert impact.failed is None
    moments = find_milestones(events(), Incident(id="i", title="t", severity="SEV-2"), impact).milestones
    assert (moments["started"].time, moments["started"].basis) == (START + 30 * MINUTE, Basis.FOUND)
    assert moments["recovered"].time == START + 40 * MINUTE
    assert str(moments["started"].evidence[0]) == f"{source}:31"


SPIKES = [0.05 if at % 4 == 0 and 5 < at < 30 else 0.0 for at in range(90)]


@pytest.mark.parametrize(
    ("name", "values"), [("cpu_rate", [0.2] * 90), ("error_ratio", [0.003] * 90), ("error_ratio", SPIKES)]
)
def test_what_is_no_share_of_errors_or_never_rises_tells_nothing(name, values) -> None:
    """Another rate; one that is always the same; and one of so few requests that each that fails is a spike."""
    assert share_edges(series(values, name)) is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Where logs are put."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def requests(status: int = 200) -> str:
    """Three requests in JSON."""
    lines = [{"ts": f"2025-03-04T13:00:0{at}Z", "method": "GET", "path": "/buy", "status": status} for at in range(3)]
    return "".join(json.dumps(line) + "\n" for line in lines)


ACCESS = '10.0.0.1 - - [04/Mar/2025:13:00:00 +0000] "GET /buy HTTP/1.1" 200 45\n'


def test_a_log_of_requests_in_json_is_an_edge_log_where_there_is_no_other(folder) -> None:
    """Of several the outermost by its name: two that log the same request would count it twice."""
    (folder / "orders.jsonl").write_text(requests())
    (folder / "gateway.jsonl").write_text(requests(503))
    _, found = events_and_requests(read_files([folder]))
    assert found["status"].tolist() == [503, 503, 503]
    (folder / "access.log").write_text(ACCESS)
    _, found = events_and_requests(read_files([folder]))
    assert found["source"].unique().tolist() == ["access.log"]
