"""One source into the cache: batches streamed to Parquet while the next is read, and every line counted."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.clock.zone import UNKNOWN_YEAR
from workbench.events.schema import METRIC_SCHEMA, SPAN_SCHEMA, conform

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.readers.base import Batch, Reader, Source
    from workbench.store.derived import Cache, CacheEntry

KEPT_REJECTIONS = 100_000


@dataclass(slots=True, kw_only=True)
class Tally:
    """The account of a source: for text, lines = events + continuations + blank + rejected. Times in UTC ns."""

    lines: int = 0
    records: int = 0
    events: int = 0
    continuations: int = 0
    blank: int = 0
    duplicates: int = 0
    rejected: int = 0
    first: int | None = None
    last: int | None = None
    zone_bases: list[str] = field(default_factory=list)
    year_assumed: bool = False
    notes: list[str] = field(default_factory=list)
    rejections: list[tuple[int, str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, meta: dict[str, Any]) -> Tally:
        """The tally that a cache entry keeps."""
        return cls(**{name: meta[name] for name in cls.__slots__ if name in meta})

    @property
    def zone_basis(self) -> str:
        """The basis of most of the times; ``mixed`` bases are joined."""
        return " and ".join(self.zone_bases)

    def count(self, batch: Batch) -> None:
        """Adds one batch."""
        self.lines += batch.lines
        self.records += batch.records
        self.continuations += batch.continuations
        self.blank += batch.blank
        self.rejected += len(batch.rejected)
        self.notes += [note for note in batch.notes if note not in self.notes]
        room = KEPT_REJECTIONS - len(self.rejections)
        self.rejections += [tuple(each) for each in batch.rejected[:room]]  # type: ignore[misc]
        if batch.events is not None and len(batch.events):
            self._count_events(batch.events)

    def _count_events(self, events: pl.DataFrame) -> None:
        self.events += len(events)
        if "duplicate" in events.columns:
            self.duplicates += int(events.get_column("duplicate").sum() or 0)
        bounds = events.select(
            first=pl.col("time").min().cast(pl.Int64),
            last=pl.col("time").max().cast(pl.Int64),
            slack=(pl.col("latest").cast(pl.Int64) - pl.col("earliest").cast(pl.Int64)).max(),
        ).row(0)
        self.first = bounds[0] if self.first is None else min(self.first, bounds[0])
        self.last = bounds[1] if self.last is None else max(self.last, bounds[1])
        self.year_assumed |= bounds[2] >= UNKNOWN_YEAR
        for basis in events.get_column("zone_basis").unique().drop_nulls().sort().to_list():
            if basis not in self.zone_bases:
                self.zone_bases.append(basis)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def ingest(
    source: Source, reader: Reader, cache: Cache, key: str, progress: Callable[[str, int, int], None] | None = None
) -> CacheEntry:
    """Reads the source into the cache and returns its entry; nothing is kept of a reading that fails."""
    tally = Tally()
    extras: dict[str, list[pl.DataFrame]] = {"metrics": [], "spans": []}
    with cache.writer(key) as writer:
        for batch in reader.read(source):
            tally.count(batch)
            if batch.events is not None and len(batch.events):
                writer.write(batch.events if "text" in batch.events.columns else conform(batch.events))
            _collect(extras, batch)
            if progress:
                progress(source.path, tally.lines or tally.records, tally.events)
        tally.notes += [sentence for sentence in source.damage if sentence not in tally.notes]
        assert (
            reader.structured
            or tally.records
            or tally.lines == tally.events + tally.continuations + tally.blank + tally.rejected
        ), f"{source.path}: {tally.lines} lines are not accounted for"
        return writer.finish(
            tally.as_json(),
            metrics=_joined(extras["metrics"], METRIC_SCHEMA),
            spans=_joined(extras["spans"], SPAN_SCHEMA),
        )


def _collect(extras: dict[str, list[pl.DataFrame]], batch: Batch) -> None:
    for name, frames in extras.items():
        frame = getattr(batch, name)
        if frame is not None and len(frame):
            frames.append(frame)


def _joined(frames: list[pl.DataFrame], schema: dict[str, Any]) -> pl.DataFrame | None:
    return pl.concat([conform(frame, schema) for frame in frames]) if frames else None
