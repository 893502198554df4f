"""All sources' events as one pandas frame in UTC order: the documented shape that everything above works on."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import polars as pl

from workbench.events.identity import ids
from workbench.events.schema import COLUMNS, METRIC_SCHEMA, READ_SCHEMA, SPAN_SCHEMA, TIME, checked, conform, empty
from workbench.timeline.correction import ORIGINAL
from workbench.timeline.deployments import joined
from workbench.timeline.told import told_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from workbench.timeline.load import Loaded, ReadSource

_AT_ONCE = 3  # sources: one alone does not keep two processors busy
# Keys that are null are left out of the attributes. A key inside a text value is escaped and does not match.
_NULL_MEMBER = r'"[A-Za-z0-9_.@-]+":null,?'


def events_of(source: ReadSource, frame: pl.DataFrame) -> pl.DataFrame:
    """One source's events, laid out, with ids, source and attributes, in file order."""
    extra = [name for name in frame.columns if name.startswith("x_") and name != ORIGINAL]
    return frame.select(
        ids(source.report.sha256, frame, copy=source.copy),
        *[name for name in READ_SCHEMA if name != "attributes"],
        pl.lit(source.report.path).alias("source"),
        _stamped(_attributes(extra), frame).alias("attributes"),
    )


def _attributes(extra: list[str]) -> pl.Expr:
    """Attribute columns as one JSON object; records that brought their own object keep it as it stands."""
    if not extra:
        return pl.col("attributes")
    members = pl.struct([pl.col(name).alias(name[2:]) for name in extra]).struct.json_encode()
    packed = members.str.replace_all(_NULL_MEMBER, "").str.replace(r",\}$", "}")
    return pl.coalesce(pl.col("attributes"), pl.when(packed != "{}").then(packed))


def _stamped(attributes: pl.Expr, frame: pl.DataFrame) -> pl.Expr:
    """The attributes with the time as it was read, where the clock was put right."""
    if ORIGINAL not in frame.columns:
        return attributes
    member = pl.lit('{"original_time":"') + pl.col(ORIGINAL)
    rest = pl.when(attributes.str.len_bytes() > 2).then(pl.lit('",') + attributes.str.slice(1)).otherwise(pl.lit('"}'))
    return pl.when(pl.col(ORIGINAL).is_null()).then(attributes).otherwise(member + rest)


def merged(loaded: Loaded) -> pl.DataFrame:
    """All events, told ones too, in order of time, then source and place, in whatever order the sources were given."""
    return _merged([events_of(source, source.events()) for source in _with_events(loaded)], loaded)


def _with_events(loaded: Loaded) -> list[ReadSource]:
    return [source for source in loaded.sources if source.report.events]


def _merged(frames: list[pl.DataFrame], loaded: Loaded) -> pl.DataFrame:
    if loaded.told:
        frames = [*frames, told_frame(loaded.told, loaded.told_source)]
    if not frames:
        return empty().with_columns(
            pl.lit(None, dtype=pl.String).alias("id"), pl.lit(None, dtype=pl.String).alias("source")
        )
    return joined(pl.concat(frames).sort("time", "source", "line", "part", maintain_order=True))


def events_frame(loaded: Loaded, only: Callable[[pl.DataFrame], pl.DataFrame] | None = None) -> pd.DataFrame:
    """The events as the checked pandas frame (see ``workbench.events.schema.COLUMNS``)."""
    frame = merged(loaded)
    return checked(to_pandas((only(frame) if only else frame).select(COLUMNS)))


def events_and_requests(loaded: Loaded) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frame of ``events_frame``, and the requests that the edge answered: each source is laid out once for both.

    Requests are the rows of access logs, with the columns that the impact needs: time earliest latest duplicate source
    line service status user path request_id agent method duration.
    """
    with ThreadPoolExecutor(_AT_ONCE) as several:
        both = list(several.map(_events_and_edge, _with_events(loaded)))
    events = checked(to_pandas(_merged([frame for frame, _ in both], loaded).select(COLUMNS)))
    return events, _requests([frame for _, frame in both])


def _events_and_edge(source: ReadSource) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = source.events()
    return events_of(source, frame), _edge(source, frame)


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """A pandas frame with Arrow-backed strings and times in ns, UTC."""
    converted: pd.DataFrame = frame.to_arrow().to_pandas()
    for name, kind in frame.schema.items():
        if kind == TIME:
            converted[name] = converted[name].astype("datetime64[ns, UTC]")
        elif kind == pl.String:
            converted[name] = converted[name].astype("str")
    return converted


def metrics_frame(loaded: Loaded) -> pd.DataFrame:
    """All measurements in long form: time, name, labels (JSON), value, unit, source, line."""
    return to_pandas(_long(((source, source.entry.metrics()) for source in loaded.sources), METRIC_SCHEMA))


def spans_frame(loaded: Loaded) -> pd.DataFrame:
    """All spans, as in SPAN_SCHEMA with their source; durations in seconds."""
    return to_pandas(_long(((source, source.spans()) for source in loaded.sources), SPAN_SCHEMA))


def _long(parts: Iterable[tuple[ReadSource, pl.DataFrame | None]], schema: dict[str, object]) -> pl.DataFrame:
    frames = [
        conform(frame, schema).with_columns(pl.lit(source.report.path).alias("source"))
        for source, frame in parts
        if frame is not None
    ]
    if not frames:
        return empty(schema).with_columns(pl.lit(None, dtype=pl.String).alias("source"))
    return pl.concat(frames).sort("time", "source", "line", maintain_order=True)


EDGE_NAMES = {
    "x_status": "status",
    "x_path": "path",
    "x_user": "user",
    "x_request_id": "request_id",
    "x_agent": "agent",
    "x_upstream": "upstream",
    "x_method": "method",
    "x_duration": "duration",
}
ACCESS_ACTION = "request.served"
_SERVED = ("x_status", "x_method", "x_path")  # what an event has that tells of a request, whatever its format
_OUTERMOST = re.compile(
    r"edge|gateway|ingress|proxy|nginx|access|haproxy|envoy|traefik|front|\blb\b|web", re.IGNORECASE
)


def _requests(frames: list[pl.DataFrame]) -> pd.DataFrame:
    """The rows of access logs; where there is none, of the one log of requests that stands outermost.

    Several services that log the same request would be counted several times.
    """
    frames = [frame for frame in frames if len(frame)]
    access = [frame for frame in frames if frame["access"].any()]
    frames = [frame.drop("access") for frame in access or sorted(frames, key=_outermost)[:1]]
    if not frames:
        return to_pandas(
            pl.DataFrame(
                schema={
                    "time": TIME,
                    "earliest": TIME,
                    "latest": TIME,
                    "duplicate": pl.Boolean,
                    "source": pl.String,
                    "line": pl.Int64,
                    "service": pl.String,
                    "status": pl.Int64,
                }
            )
        )
    return to_pandas(pl.concat(frames).sort("time", "source", "line"))


def _outermost(frame: pl.DataFrame) -> tuple[bool, int, str]:
    path = str(frame["source"][0])
    return not _OUTERMOST.search(path), -len(frame), path


def _edge(source: ReadSource, frame: pl.DataFrame) -> pl.DataFrame:
    wanted = [
        pl.col(name).alias(label) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(label)
        for name, label in EDGE_NAMES.items()
    ]
    access = (pl.col("action") == ACCESS_ACTION).fill_null(value=False)
    served = pl.lit(value=False)
    if set(_SERVED) <= set(frame.columns) and not frame.select(access.any()).item():
        served = pl.all_horizontal(pl.col(name).is_not_null() for name in _SERVED)
    rows = frame.filter(access | served).select(
        "time",
        "earliest",
        "latest",
        "duplicate",
        pl.lit(source.report.path).alias("source"),
        "line",
        pl.col("service").alias("own_service"),
        access.alias("access"),
        *wanted,
    )
    named = pl.when(pl.col("upstream").str.contains(r"^[A-Za-z][A-Za-z0-9_.-]*$")).then(pl.col("upstream"))
    service = pl.coalesce(pl.col("own_service"), named)
    return rows.with_columns(service.alias("service"), pl.col("status").cast(pl.Int64, strict=False)).drop(
        "own_service", "upstream"
    )
