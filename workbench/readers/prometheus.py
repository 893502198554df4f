"""Prometheus: query results as measurements, and what they say happened: alerts that fired, targets that went down.

Schema: https://prometheus.io/docs/prometheus/latest/querying/api (query, query_range, alerts, rules);
``promtool`` writes the bare result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench.clock import Instant, ZoneBasis
from workbench.events.levels import level_of
from workbench.events.schema import METRIC_SCHEMA, TIME, Kind
from workbench.readers.base import Batch, EventRows, Rejected
from workbench.readers.json_records import (
    Broken,
    RecordError,
    claim,
    documents,
    excerpt,
    items,
    label,
    listing,
    mapping,
    moment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Claim, Head, Source

_SERVICE = ("service", "app", "application", "job")
_HOST = ("host", "node", "instance", "pod")
_UNITS = {"seconds": "s", "bytes": "B", "ratio": "ratio", "percent": "%", "total": "count"}
_LOOKBACK = 7 * 86_400 * 10**9


@dataclass(slots=True, kw_only=True)
class _Series:
    """One labelled series: its samples in order, and the record number of each."""

    name: str
    labels: dict[str, Any]
    times: list[int]
    values: list[float]
    lines: list[int]


@dataclass(slots=True)
class _Reading:
    """What one source gave so far."""

    assumption: Any
    rows: EventRows = field(default_factory=EventRows)
    rejected: list[Rejected] = field(default_factory=list)
    series: list[_Series] = field(default_factory=list)
    records: int = 0

    def take(self, value: Any) -> None:
        """One JSON value: a series, an alert, a rule group, or nothing that is known."""
        if isinstance(value, dict) and "metric" in value:
            self._series(value)
        elif isinstance(value, dict) and "rules" in value:
            for rule in map(mapping, listing(value["rules"])):
                for alert in listing(rule.get("alerts")):
                    self._alert(mapping(alert), rule)
        elif isinstance(value, dict) and "activeAt" in value:
            self._alert(value, {})
        else:
            self.records += 1
            broken = (value.text, value.reason) if isinstance(value, Broken) else None
            self._reject(*(broken or (value, "neither a series, an alert nor a rule of Prometheus")))

    def _reject(self, value: Any, reason: str) -> None:
        self.rejected.append(Rejected(self.records, value if isinstance(value, str) else excerpt(value), reason))

    def _series(self, value: dict[str, Any]) -> None:
        labels = dict(mapping(value["metric"]))
        name = label(labels.pop("__name__", None)) or "value"
        series = _Series(name=name, labels=labels, times=[], values=[], lines=[])
        for sample in [*listing(value.get("values")), *([value["value"]] if "value" in value else [])]:
            self.records += 1
            found = _sample(sample)
            if found is None:
                self._reject(sample, "not a sample: a time and a number were expected")
                continue
            series.times.append(found[0])
            series.values.append(found[1])
            series.lines.append(self.records)
        for sample in listing(value.get("histograms")):
            self.records += 1
            self._reject(sample, "native histograms are not read")
        self.series.append(series)

    def _alert(self, alert: dict[str, Any], rule: dict[str, Any]) -> None:
        self.records += 1
        try:
            when = moment(alert, "activeAt", assumption=self.assumption)
        except RecordError as error:
            self._reject(alert, str(error))
            return
        state = label(alert.get("state"))
        labels = mapping(rule.get("labels")) | mapping(alert.get("labels"))
        name = label(labels.get("alertname")) or label(rule.get("name")) or "alert"
        notes = mapping(alert.get("annotations"))
        text = label(notes.get("summary")) or label(notes.get("description")) or name
        action = "alert.fired" if state == "firing" else None
        self.rows.add(
            when, line=self.records, action=action, message=text if action else f"{text} ({state or 'no state'})",
            alert=name, state=state, value=label(alert.get("value")), query=label(rule.get("query")), annotations=notes,
            **_about(labels),
        )  # fmt: skip


def _sample(sample: Any) -> tuple[int, float] | None:
    """ns and value of ``[epoch seconds, "text of a number"]``."""
    if not isinstance(sample, list) or len(sample) != 2:
        return None
    try:
        seconds, value = float(sample[0]), float(sample[1])
    except (TypeError, ValueError):
        return None
    if not 0 < seconds < 9e9:  # also refuses NaN
        return None
    return round(seconds * 1000) * 1_000_000, value  # Prometheus keeps milliseconds


def _about(labels: dict[str, Any]) -> dict[str, Any]:
    """The columns that labels fill."""
    return {
        "kind": Kind.ALERT,
        "level": level_of(labels.get("severity")),
        "service": next((found for key in _SERVICE if (found := label(labels.get(key)))), None),
        "host": next((found for key in _HOST if (found := label(labels.get(key)))), None),
        "labels": labels,
        "severity": label(labels.get("severity")),
    }


def _between(ns: int, earliest: int, latest: int) -> Instant:
    return Instant(ns, min(earliest, ns), max(latest, ns), ZoneBasis.EPOCH)


def _step(series: list[_Series]) -> int:
    """The smallest distance between two samples: the step of the query."""
    gaps = (later - earlier for each in series for earlier, later in pairwise(each.times))
    return min((gap for gap in gaps if gap > 0), default=60 * 10**9)


def _alerts(rows: EventRows, series: list[_Series], alerts: list[_Series]) -> None:
    """ALERTS series: firing from the first sample of a stretch, over one step after its last."""
    step = _step(series)
    times = [ns for each in series for ns in each.times]
    for each in alerts:
        labels = {key: value for key, value in each.labels.items() if key not in {"alertname", "alertstate"}}
        name = label(each.labels.get("alertname")) or "alert"
        about = _about(labels) | {"alert": name}
        samples = zip(each.times, each.lines, each.values, strict=True)
        present = sorted((ns, line) for ns, line, value in samples if value)
        for first, last in _stretches(present, step):
            running = first[0] <= min(times)  # it fired before the range began: nobody can say when
            began = _between(first[0], first[0] - (_LOOKBACK if running else step), first[0])
            about["already_firing"] = running or None
            rows.add(began, line=first[1], action="alert.fired", message=f"{name} firing", **about)
            if last[0] + step <= max(times):
                ended = _between(last[0] + step, last[0], last[0] + step)
                resolved = about | {"level": "info"}
                rows.add(ended, line=last[1], action="alert.resolved", message=f"{name} no longer firing", **resolved)


def _stretches(present: list[tuple[int, int]], step: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """First and last sample of each run without a gap of more than two steps."""
    if not present:
        return
    first = previous = present[0]
    for sample in present[1:]:
        if sample[0] - previous[0] > 2 * step:
            yield first, previous
            first = sample
        previous = sample
    yield first, previous


def _targets(rows: EventRows, series: list[_Series]) -> None:
    """``up`` from 1 to 0 and back: a target went down, or came up, between two scrapes."""
    for each in series:
        samples = sorted(zip(each.times, each.values, each.lines, strict=True))
        for (before, was, _), (ns, now, line) in pairwise(samples):
            if was != now and {was, now} == {0.0, 1.0}:
                state = "up" if now else "down"
                what = label(each.labels.get("instance")) or label(each.labels.get("job")) or "target"
                about = _about(each.labels) | {"level": "info" if now else "error"}
                when, text = _between(ns, before, ns), f"{what} is {state}"
                rows.add(when, line=line, action=f"target.{state}", message=text, **about)


def _metrics(series: list[_Series]) -> pl.DataFrame:
    """All samples in long form."""
    frames = [
        pl.DataFrame({
            "time": pl.Series(each.times, dtype=pl.Int64),
            "name": pl.Series([each.name], dtype=pl.String).new_from_index(0, len(each.times)),
            "labels": pl.Series([_labels(each.labels)], dtype=pl.String).new_from_index(0, len(each.times)),
            "value": pl.Series(each.values, dtype=pl.Float64),
            "unit": pl.Series([_unit(each.name)], dtype=pl.String).new_from_index(0, len(each.times)),
            "line": pl.Series(each.lines, dtype=pl.Int64),
        })
        for each in series if each.times
    ]  # fmt: skip
    if not frames:
        return pl.DataFrame(schema=METRIC_SCHEMA)
    return pl.concat(frames).with_columns(pl.col("time").cast(TIME))


def _labels(labels: dict[str, Any]) -> str:
    return orjson.dumps(labels, option=orjson.OPT_SORT_KEYS, default=str).decode()


def _unit(name: str) -> str | None:
    """The unit that the naming rules of Prometheus put at the end of a name."""
    return _UNITS.get(name.rpartition("_")[2])


def _results(value: Any) -> Iterator[Any]:
    """The series, alerts and rule groups of an answer, of a list of answers, or of a bare result."""
    if isinstance(value, dict) and isinstance(data := value.get("data"), dict):
        result = data.get("result")
        if str(data.get("resultType")) in {"scalar", "string"} and isinstance(result, list):
            yield {"metric": {"__name__": "scalar"}, "value": result}
            return
        yield from items(data, ("result", "alerts", "groups"))
    elif isinstance(value, list):
        for element in value:
            yield from _results(element)
    else:
        yield value


def _fits(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    series = isinstance(record.get("metric"), dict) and bool(record.keys() & {"values", "value", "histograms"})
    return series or {"activeAt", "labels"} <= record.keys() or {"rules", "interval"} <= record.keys()


class _PrometheusReader:
    """Query results, alerts and rules."""

    name = "prometheus"
    title = "Prometheus query results, alerts and rules"
    example = "query_range.json"
    unfolds = "series as measurements; alerts fired and resolved, targets down and up"
    kind = Kind.METRIC.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the keys of the first results; Loki's have ``stream`` where these have ``metric``."""
        large = (frozenset({"resultType", "metric"}), frozenset({"metric", "values", "__name__"}),
                 frozenset({"activeAt", "alerts"}))  # fmt: skip
        return claim(head, _results, _fits, large)

    def read(self, source: Source) -> Iterator[Batch]:
        """All samples as measurements, and the events that alerts and ``up`` show."""
        reading = _Reading(source.assumption)
        with source.open() as stream:
            for value in documents(stream):
                for result in _results(value):
                    reading.take(result)
        alerts = [each for each in reading.series if each.name == "ALERTS"]
        firing = [each for each in alerts if each.labels.get("alertstate") != "pending"]
        _alerts(reading.rows, reading.series, firing)
        _targets(reading.rows, [each for each in reading.series if each.name == "up"])
        down = sum(math.isnan(value) for each in reading.series for value in each.values)
        yield Batch(
            events=reading.rows.frame(), metrics=_metrics(reading.series), rejected=reading.rejected,
            records=reading.records, notes=[f"{down} samples are NaN: nothing was measured then."] if down else [],
        )  # fmt: skip


READER = _PrometheusReader()
