"""The one checked shape of events: a polars frame while reading, a pandas frame for people."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


class Kind(StrEnum):
    """What sort of thing an event is."""

    LOG = "log"
    ALERT = "alert"
    CHAT = "chat"
    SPEECH = "speech"
    DEPLOY = "deploy"
    CHANGE = "change"
    TICKET = "ticket"
    STATUS = "status"
    PAGE = "page"
    TRACE = "trace"
    METRIC = "metric"
    DOCUMENT = "document"
    NOTE = "note"


TIME = pl.Datetime("ns", "UTC")

# While reading: what a reader yields. Besides these, columns named ``x_<name>`` (String) are attributes.
READ_SCHEMA: dict[str, Any] = {
    "time": TIME,
    "earliest": TIME,
    "latest": TIME,
    "kind": pl.String,
    "action": pl.String,
    "level": pl.String,
    "service": pl.String,
    "host": pl.String,
    "actor": pl.String,
    "message": pl.String,
    "line": pl.Int64,
    "part": pl.Int32,
    "zone_basis": pl.String,
    "duplicate": pl.Boolean,
    "attributes": pl.String,
}

# For people: the documented columns of ``Postmortem.events``.
COLUMNS = (
    "id",
    "time",
    "earliest",
    "latest",
    "kind",
    "action",
    "level",
    "service",
    "host",
    "actor",
    "message",
    "source",
    "line",
    "zone_basis",
    "duplicate",
    "attributes",
)

# Long form of measurements: one row a sample.
METRIC_SCHEMA: dict[str, Any] = {
    "time": TIME,
    "name": pl.String,
    "labels": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "line": pl.Int64,
}

# One row a span; times are UTC, ``duration`` in seconds.
SPAN_SCHEMA: dict[str, Any] = {
    "time": TIME,
    "duration": pl.Float64,
    "trace_id": pl.String,
    "span_id": pl.String,
    "parent_id": pl.String,
    "service": pl.String,
    "operation": pl.String,
    "error": pl.Boolean,
    "attributes": pl.String,
    "line": pl.Int64,
}


def conform(frame: pl.DataFrame, schema: dict[str, Any] | None = None) -> pl.DataFrame:
    """The frame with every column of the schema, in order, missing ones null, attribute columns (``x_``) kept last."""
    wanted = schema or READ_SCHEMA
    columns = [
        (pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind)).alias(name)
        for name, kind in wanted.items()
    ]
    extra = [name for name in frame.columns if name.startswith("x_")]
    return frame.select([*columns, *extra])


def empty(schema: dict[str, Any] | None = None) -> pl.DataFrame:
    """A frame of the schema without rows."""
    return pl.DataFrame(schema=schema or READ_SCHEMA)


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame itself, if it has the documented columns and honest times; raises ValueError (our bug) if not."""
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(f"events lack the columns {missing}")
    for name in ("time", "earliest", "latest"):
        if str(frame[name].dtype) != "datetime64[ns, UTC]":
            raise ValueError(f"events.{name} is {frame[name].dtype}, not datetime64[ns, UTC]")
    if len(frame) and not ((frame["earliest"] <= frame["time"]) & (frame["time"] <= frame["latest"])).all():
        raise ValueError("an event lies outside its own interval")
    return frame


def kinds() -> Iterable[str]:
    """Every kind, as text."""
    return [kind.value for kind in Kind]
