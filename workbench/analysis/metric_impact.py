"""Failed requests from counters, for incidents without an edge log: requests and errors, a service, a minute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pandas as pd

from workbench.analysis.change import Baseline, Counts, affected, outside
from workbench.analysis.edge import Mask, background, joined
from workbench.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60_000_000_000
_REQUESTS = re.compile(r"^(?:\w+[_.:])?(?:requests?|hits|req)(?:_count|_total|_per_minute|\.count)?$", re.IGNORECASE)
_ERRORS = re.compile(
    r"^(?:\w+[_.:])?(?:errors?|failed|failures|5xx|requests_failed)(?:_count|_total|_per_minute|\.count)?$",
    re.IGNORECASE,
)
SETTLED_MINUTES = 5
_GAP_DOUBT = 0.1  # a filled minute adds this share of itself to the interval


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricImpact:
    """What counters say: failed requests with their interval, over whole minutes (UTC ns)."""

    start: int
    end: int
    settled: bool
    total: float
    failed: float
    low: float
    high: float
    services: tuple[tuple[str, float, int, int], ...]
    first: tuple[Evidence, ...]
    last: tuple[Evidence, ...]
    baseline: Baseline
    basis: str
    curve: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEdges:
    """Over which minutes a share of errors stood above its background; how many failed it does not say. UTC ns."""

    start: int
    end: int
    settled: bool
    first: tuple[Evidence, ...]
    last: tuple[Evidence, ...]


_SHARES = re.compile(r"(?:err(?:or)?s?|fail\w*|5xx)\W*(?:\w+\W+)*?_?(?:ratio|rate|share|percent)", re.IGNORECASE)
_TELLING = 0.02  # a share below it is no incident by itself
_ASSUMED = 1000.0  # requests a minute by which a share is weighed: a few in a thousand are its noise


def share_edges(metrics: pd.DataFrame) -> ShareEdges | None:
    """The minutes of the series that gives the share of failing requests, by its name or its file's; None of none."""
    if not len(metrics) or "source" not in metrics.columns:
        return None
    named = metrics["name"].astype(str).str.contains(_SHARES) | metrics["source"].astype(str).str.contains(_SHARES)
    own = metrics[named & metrics["value"].between(0, 100)]
    if not len(own):
        return None
    minute = own["time"].astype("datetime64[ns, UTC]").astype("int64") // MINUTE
    share = own["value"].groupby(minute).max()
    share = share / 100 if share.max() > 1 else share
    origin, length = int(share.index.min()), int(share.index.max() - share.index.min()) + 1
    found = share.reindex(range(origin, origin + length)).interpolate(limit_direction="both").to_numpy(dtype=np.float64)
    stretches = _standing_out(found)
    if not stretches:
        return None
    first, last = origin + stretches[0][0], origin + stretches[-1][1]
    places = [_place(own[minute == at]) for at in (first, last)]
    settled = length - 1 - stretches[-1][1] >= SETTLED_MINUTES
    return ShareEdges(
        start=first * MINUTE, end=(last + 1) * MINUTE, settled=settled, first=places[0], last=places[1]
    )  # fmt: skip


def _standing_out(share: Counts) -> list[tuple[int, int]]:
    """Where a share is far above what it is elsewhere at most: of few requests one that fails is a great share."""
    stretches, _ = affected(share * _ASSUMED, np.full(len(share), _ASSUMED))
    peaks = [float(share[first : last + 1].max()) for first, last in stretches]
    great = [one for one, peak in zip(stretches, peaks, strict=True) if peak >= max(peaks) / 2]
    elsewhere = np.ones(len(share), dtype=bool)
    for first, last in great:
        elsewhere[max(0, first - 2) : last + 3] = False
    usual = float(np.quantile(share[elsewhere], 0.99)) if elsewhere.any() else 0.0
    if not great or max(peaks) < max(_TELLING, 3 * usual):
        return []
    above = np.flatnonzero((share > max(usual, _TELLING / 2)) & ~elsewhere)
    within = share[above[0] : above[-1] + 1]
    lasting = float(np.median(within)) >= max(_TELLING, 0.25 * max(peaks))  # spikes are no incident
    return [(int(above[0]), int(above[-1]))] if lasting else []


def _place(rows: pd.DataFrame) -> tuple[Evidence, ...]:
    """Where the greatest share of a minute stands."""
    top = rows.sort_values("value", ascending=False).head(1)
    return tuple(
        Evidence(source=str(source), line=int(line)) for source, line in zip(top["source"], top["line"], strict=True)
    )


def service_of(labels: object) -> str:
    """The service that a metric's labels name; "" where none."""
    return _label(labels, ("service", "app", "application", "job", "upstream", "backend"))


def _label(labels: object, names: Sequence[str]) -> str:
    """The first of these that a metric's labels hold; "" where none."""
    try:
        parsed = orjson.loads(str(labels or "{}"))
    except orjson.JSONDecodeError:
        return ""
    return next((str(parsed[name]) for name in names if parsed.get(name)), "") if isinstance(parsed, dict) else ""


def _counts(metrics: pd.DataFrame) -> pd.DataFrame:
    """Requests and errors a minute and service; running totals become differences."""
    frame = metrics.copy()
    kinds = (
        frame["name"]
        .astype(str)
        .map(lambda name: "errors" if _ERRORS.match(name) else "requests" if _REQUESTS.match(name) else "")
    )
    frame = frame.assign(what=kinds, service=[service_of(labels) for labels in frame["labels"]])
    frame = frame[frame["what"] != ""].sort_values("time", kind="stable")
    if not len(frame):
        return frame
    series = ["what", "service", "name", "labels"]
    running = frame.groupby(series, dropna=False)["value"].transform(lambda values: _is_running(values.to_numpy()))
    steps = frame.groupby(series, dropna=False)["value"].diff().clip(lower=0).fillna(0)
    frame["value"] = frame["value"].where(~running.astype(bool), steps)
    frame["minute"] = frame["time"].astype("datetime64[ns, UTC]").astype("int64") // MINUTE
    return _with_codes(frame.drop_duplicates([*series, "time", "value"]))


def _with_codes(frame: pd.DataFrame) -> pd.DataFrame:
    """Requests whose labels say that they were answered with a 5xx are errors too, where nothing else counts these."""
    asked = frame[frame["what"] == "requests"]
    codes = asked["labels"].map(_code)
    counted = set(frame["service"][frame["what"] == "errors"])
    failed = asked[codes.str.match(r"5\d\d$|5xx$", case=False) & ~asked["service"].isin(counted)]
    quiet = asked[(codes != "") & ~asked["service"].isin(counted)].assign(what="errors", value=0.0)
    return pd.concat([frame, failed.assign(what="errors"), quiet]) if len(failed) else frame


def _code(labels: object) -> str:
    """The status code that a metric's labels name; "" where none."""
    return _label(
        labels, ("code", "status", "status_code", "http_status", "http_status_code", "http_response_status_code")
    )


def _is_running(values: np.ndarray) -> bool:
    """A counter since the start of the process: it never falls, and it is large against its own steps."""
    steps = np.diff(values)
    return len(values) >= 10 and bool((steps >= 0).all()) and values[0] > 3 * max(1.0, float(np.median(steps)))


def _series(frame: pd.DataFrame, service: str, what: str, origin: int, length: int) -> tuple[Counts, Mask]:
    """One service's counts a minute, gaps filled from both neighbours, and which minutes were filled."""
    own = frame[(frame["service"] == service) & (frame["what"] == what)]
    sums = own.groupby("minute")["value"].sum()
    found = pd.Series(np.nan, index=range(origin, origin + length))
    found.loc[sums.index] = sums
    filled: Mask = found.isna().to_numpy(dtype=np.bool_)
    values = found.interpolate(limit_direction="both").fillna(0.0).to_numpy().astype(np.float64)
    return values, filled


def metric_impact(metrics: pd.DataFrame) -> MetricImpact | None:
    """The incident's failed requests from counters; None where there are none or nothing rises above the background."""
    frame = _counts(metrics)
    services = (
        sorted(set(frame["service"][frame["what"] == "errors"]) & set(frame["service"][frame["what"] == "requests"]))
        if len(frame)
        else []
    )
    if not services:
        return None
    origin, length = int(frame["minute"].min()), int(frame["minute"].max() - frame["minute"].min()) + 1
    data = {
        name: (*_series(frame, name, "errors", origin, length), _series(frame, name, "requests", origin, length)[0])
        for name in services
    }
    stretches = {name: affected(errors, requests)[0] for name, (errors, _, requests) in data.items()}
    union = joined([each for found in stretches.values() for each in found])
    if not union:
        return None
    parts = {name: _part(*data[name], found) for name, found in stretches.items() if found}
    errors = np.sum([data[name][0] for name in services], axis=0)
    requests = np.sum([data[name][2] for name in services], axis=0)
    start, end = (origin + union[0][0]) * MINUTE, (origin + union[-1][1] + 1) * MINUTE
    inside = sum(float(requests[first : last + 1].sum()) for first, last in union)
    spans = tuple(
        (name, part[0], (origin + stretches[name][0][0]) * MINUTE, (origin + stretches[name][-1][1] + 1) * MINUTE)
        for name, part in parts.items()
    )
    return MetricImpact(
        start=start,
        end=end,
        settled=length - 1 - union[-1][1] >= 5,
        total=inside,
        failed=sum(part[0] for part in parts.values()),
        low=sum(part[1] for part in parts.values()),
        high=sum(part[2] for part in parts.values()),
        services=tuple(sorted(spans, key=lambda span: -span[1])),
        first=_evidence(frame, start),
        last=_evidence(frame, end - MINUTE),
        baseline=outside(errors, requests, union),
        basis=_basis(data, union),
        curve=_curve(origin, errors, requests),
    )


def _part(
    errors: Counts, filled: Mask, requests: Counts, stretches: list[tuple[int, int]]
) -> tuple[float, float, float]:
    """One service's excess with its interval: background out, filled gaps and partial minutes as doubt."""
    chosen = np.zeros(len(errors), dtype=bool)
    for first, last in stretches:
        chosen[first : last + 1] = True
    count = float(errors[chosen].sum())
    mean, least, most = background(count, float(requests[chosen].sum()), outside(errors, requests, stretches))
    doubt = _GAP_DOUBT * float(errors[chosen & filled].sum())
    near = float(sum(errors[i] for first, last in stretches for i in (first - 1, last + 1) if 0 <= i < len(errors)))
    return count - mean, max(0.0, count - most - doubt), count - least + doubt + near


def _basis(data: dict[str, tuple[Counts, Mask, Counts]], union: list[tuple[int, int]]) -> str:
    gaps = max(int(sum(filled[first : last + 1].sum() for first, last in union)) for _, filled, _ in data.values())
    said = "Errors above their background in counters of requests and errors, a minute at a time"
    return f"{said}; {gaps} missing minutes filled from their neighbours." if gaps else f"{said}."


def _curve(origin: int, errors: Counts, requests: Counts) -> pd.DataFrame:
    times = pd.to_datetime((np.arange(len(errors)) + origin) * MINUTE, unit="ns", utc=True)
    share = np.divide(errors, requests, out=np.full(len(errors), np.nan), where=requests > 0)
    return pd.DataFrame({"time": times, "requests": requests, "failed": errors, "share": share})


def _evidence(frame: pd.DataFrame, minute: int) -> tuple[Evidence, ...]:
    """The rows of the counters that hold this minute's errors, where the frame says which source they are from."""
    if "source" not in frame.columns:
        return ()
    rows = frame[(frame["minute"] == minute // MINUTE) & (frame["what"] == "errors") & (frame["value"] > 0)]
    return tuple(
        sorted(
            {
                Evidence(source=str(source), line=int(line))
                for source, line in zip(rows["source"], rows["line"], strict=True)
            }
        )
    )[:3]
