"""The events that the explorer is timed with: twelve services over three days with bursts, the same for the same seed.

As a frame with the documented columns, or as an incident folder whose sources are JSON lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.events.schema import COLUMNS, TIME
from workbench.timeline.frame import to_pandas

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

START = 1_763_337_600_000_000_000  # 2025-11-17, midnight
SPAN = 3 * 86_400_000_000_000
BURSTS = 5  # each is half an hour long; a fifth of all events lies in one of them
SERVICES = (
    "payments-api", "orders-api", "catalog-api", "auth-api", "edge", "cart", "search", "pricing", "mailer",
    "postgres", "redis", "scheduler",
)  # fmt: skip
TRACED = 4  # so many of the services write a trace id beside their message
LEVELS = ("debug", "info", "warn", "error")
QUIET, LOUD = (0.2, 0.68, 0.09, 0.03), (0.05, 0.45, 0.2, 0.3)  # the levels' shares, and those in a burst
VERBS = (
    "accepted",
    "finished",
    "retrying",
    "cancelled",
    "queued",
    "evicted",
    "resolved",
    "rejected",
    "opened",
    "closed",
)
THINGS = (
    "order",
    "session",
    "payment",
    "connection of pool main",
    "cart",
    "cache entry",
    "lock",
    "mail",
    "query",
    "batch",
)
TAILS = (" after {} ms", ": upstream answered 502 in {} ms")
RARE = "deadlock detected"  # one event in 50,000
TEMPLATES = tuple(f"{verb} {thing} %{tail}" for verb in VERBS for thing in THINGS for tail in TAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is drawn for each event, in order of time."""

    time: np.ndarray
    service: np.ndarray
    level: np.ndarray
    template: np.ndarray
    order: np.ndarray
    took: np.ndarray
    rare: np.ndarray

    @classmethod
    def of(cls, rows: int) -> Drawn:
        """The same each time."""
        rng = np.random.default_rng(7)
        loud = rows // 5
        bursts = (rng.integers(0, BURSTS, loud) * 2 + 1) * SPAN // (2 * BURSTS) + rng.integers(0, SPAN // 144, loud)
        time = np.concatenate((rng.integers(0, SPAN, rows - loud), bursts))
        order = np.argsort(time, kind="stable")
        level = np.where(
            order < rows - loud, rng.choice(len(LEVELS), rows, p=QUIET), rng.choice(len(LEVELS), rows, p=LOUD)
        )
        return cls(
            time=START + time[order],
            service=rng.choice(len(SERVICES), rows, p=_shares(len(SERVICES))).astype(np.uint8),
            level=level.astype(np.uint8),
            template=rng.choice(len(TEMPLATES), rows, p=_shares(len(TEMPLATES))).astype(np.uint8),
            order=rng.integers(0, 10**9, rows),
            took=rng.integers(1, 3000, rows).astype(np.uint16),
            rare=rng.random(rows) < 1 / 50_000,
        )

    def frame(self) -> pl.DataFrame:
        """Names and texts, by polars."""
        names = {name: pl.Series(values) for name, values in (("service", SERVICES), ("level", LEVELS))}
        heads = pl.Series([each.partition("%")[0] for each in TEMPLATES])
        middles = pl.Series([each.partition("%")[2].partition("{}")[0] for each in TEMPLATES])
        order, took = pl.Series(self.order).cast(pl.String), pl.Series(self.took).cast(pl.String)
        message = heads.gather(self.template) + order + middles.gather(self.template) + took + " ms"
        host = pl.Series([f"{name}-{at}" for name in SERVICES for at in range(5)])
        return pl.DataFrame({
            "time": self.time,
            "level": names["level"].gather(self.level),
            "service": names["service"].gather(self.service),
            "host": host.gather(self.service.astype(np.uint32) * 5 + self.order % 5),
            "message": message + pl.Series(["", f": {RARE}"]).gather(self.rare.astype(np.uint8)),
            "trace": pl.Series([f"{each:016x}" for each in range(1000)]).gather(self.order % 1000) + order,
        })  # fmt: skip


def _shares(count: int) -> np.ndarray:
    """A few are many: the share of each falls with its place."""
    weights = 1 / (np.arange(count) + 3)
    return np.asarray(weights / weights.sum())


def events_frame(rows: int) -> pd.DataFrame:
    """Events with the documented columns, in order of time."""
    drawn = Drawn.of(rows)
    traced = pl.lit('{"trace_id":"') + pl.col("trace") + pl.lit('","region":"europe-west"}')
    source = pl.col("service") + "/app.jsonl"
    frame = drawn.frame().with_columns(
        pl.when(pl.col("service").is_in(SERVICES[:TRACED])).then(traced).alias("attributes"),
        source.alias("source"),
        pl.int_range(pl.len()).over("service").alias("line") + 1,
        earliest=pl.col("time"),
        latest=pl.col("time") + 999_999,
        kind=pl.lit("log"),
    )
    frame = frame.with_columns(
        id=pl.col("service").hash(7).cast(pl.String).str.slice(0, 12) + "-" + pl.col("line").cast(pl.String)
    )
    missing = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    times = [pl.col(name).cast(TIME) for name in ("time", "earliest", "latest")]
    return to_pandas(frame.with_columns(*times, *missing).select(COLUMNS))


def write_incident(folder: Path, rows: int) -> None:
    """The same events as the sources of an incident folder: one file of JSON lines a service."""
    stamp = pl.col("time").cast(pl.Datetime("ns")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias("timestamp")
    frame = Drawn.of(rows).frame().with_columns(pl.when(pl.col("service").is_in(SERVICES[:TRACED])).then("trace"))
    for name in SERVICES:
        place = folder / "sources" / name
        place.mkdir(parents=True)
        own = frame.filter(pl.col("service") == name)
        shown = [each for each in ("level", "service", "host", "message", "trace") if own[each].null_count() < len(own)]
        own.select(stamp, *shown).write_ndjson(place / "app.jsonl")
