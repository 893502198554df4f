"""Frames streamed to Parquet for least CPU: a column that says the same in every row is kept as one value.

A source's events lie in segments. Within a segment the constant columns are left out of the file and stand in its
description; when a later batch breaks a constant, the next segment begins with fewer of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.events.schema import TIME

if TYPE_CHECKING:
    from pathlib import Path

# Measured: bigger row groups save nothing, smaller ones cost; about 10 MB of log text.
GROUP_ROWS = 65_536
GROUP_BYTES = 16 << 20
_SAMPLE = 4_096

# earliest and latest differ from time by the same span in most sources: as spans they are constants.
_SPANS = ("earliest", "latest")


class SegmentWriter:
    """Writes the frames of one kind (events, metrics or spans) of one source; memory holds one row group."""

    def __init__(self, folder: Path, stem: str, schema: dict[str, Any], *, compress: bool = True) -> None:
        self._compress = compress
        self._folder = folder
        self._stem = stem
        self._schema = dict(schema)
        self._held: list[pl.DataFrame] = []
        self._held_rows = 0
        self._held_bytes = 0
        self._writer: pq.ParquetWriter | None = None
        self._constants: dict[str, Any] = {}
        self._varying: set[str] = set()
        self.segments: list[dict[str, Any]] = []
        self.rows = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Add a batch; columns that the schema does not know go into ``attributes``."""
        if frame.is_empty():
            return
        fitted = _fitted(frame, self._schema)
        self.rows += fitted.height
        self._held.append(fitted)
        self._held_rows += fitted.height
        self._held_bytes += int(fitted.estimated_size())
        if self._held_rows >= GROUP_ROWS or self._held_bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> list[dict[str, Any]]:
        """Write what is held and finish; the descriptions of the segments are returned."""
        self._flush()
        self._finish_segment()
        return self.segments

    def _flush(self) -> None:
        if not self._held:
            return
        group = _with_spans(pl.concat(self._held, rechunk=False), self._schema)
        self._held, self._held_rows, self._held_bytes = [], 0, 0
        # The first column is always in the file: it tells how many rows there are.
        constants = _constants(group, [name for name in group.columns[1:] if name not in self._varying])
        kept = {name: value for name, value in constants.items()
                if self._writer is None or (name in self._constants and self._constants[name] == value)}  # fmt: skip
        if self._writer is None or kept.keys() != self._constants.keys():
            self._begin_segment(group, kept)
        assert self._writer is not None
        self._writer.write_table(_table(group.drop(list(self._constants))), row_group_size=1 << 30)

    def _begin_segment(self, group: pl.DataFrame, constants: dict[str, Any]) -> None:
        self._finish_segment()
        name = f"{self._stem}.parquet" if not self.segments else f"{self._stem}-{len(self.segments) + 1}.parquet"
        self._constants = constants
        self._varying = {column for column in group.columns if column not in constants}
        self.segments.append({"file": name, "constants": constants})
        written = group.drop(list(constants))
        sample = written.head(_SAMPLE)
        self._writer = pq.ParquetWriter(
            self._folder / name,
            _table(written.clear()).schema,
            compression=_compression(sample) if self._compress else "none",
            use_dictionary=_repeating(sample) or False,
            write_statistics=["time"] if "time" in written.columns else False,
        )

    def _finish_segment(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def read_segments(folder: Path, segments: list[dict[str, Any]], schema: dict[str, Any]) -> pl.LazyFrame:
    """The rows of all segments in the order they were written, with the columns of the schema."""
    if not segments:
        return pl.LazyFrame(schema=schema)
    parts = [_restored(pl.scan_parquet(folder / one["file"]), one["constants"], schema) for one in segments]
    return parts[0] if len(parts) == 1 else pl.concat(parts)


def _restored(frame: pl.LazyFrame, constants: dict[str, Any], schema: dict[str, Any]) -> pl.LazyFrame:
    spans = [name for name in _SPANS if _is_span(name, schema)]
    stored = {name: pl.Int64 if name in spans or kind == TIME else kind for name, kind in schema.items()}
    fixed = [pl.lit(value, dtype=stored[name]).cast(schema[name] if name not in spans else pl.Int64).alias(name)
             for name, value in constants.items()]  # fmt: skip
    back = [(pl.col("time").cast(pl.Int64) + pl.col(name)).cast(TIME).alias(name) for name in spans]
    return frame.with_columns(fixed).with_columns(back).select(list(schema))


def _is_span(name: str, schema: dict[str, Any]) -> bool:
    return name in _SPANS and schema.get(name) == TIME and schema.get("time") == TIME


def _with_spans(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """earliest and latest as ns from time."""
    spans = [name for name in _SPANS if _is_span(name, schema)]
    return frame.with_columns(
        [(pl.col(name).cast(pl.Int64) - pl.col("time").cast(pl.Int64)).alias(name) for name in spans]
    )


def _constants(frame: pl.DataFrame, names: list[str]) -> dict[str, Any]:
    """The columns with one and the same value in every row, as plain JSON values; long texts do not count."""
    ends = {name: (frame[name][0], frame[name][-1]) for name in names}
    likely = [name for name, (first, last) in ends.items() if first == last and _is_json(first)]
    if not likely:
        return {}
    same = frame.select([pl.col(name).eq_missing(pl.col(name).first()).all() for name in likely]).row(0)
    return {name: _plain(frame[name]) for name, constant in zip(likely, same, strict=True) if constant}


def _plain(column: pl.Series) -> Any:
    return column.head(1).cast(pl.Int64)[0] if column.dtype == TIME else column[0]


def _is_json(value: object) -> bool:
    """Whether JSON gives the value back unchanged, and it is short enough to stand in a description."""
    return math.isfinite(value) if isinstance(value, float) else len(str(value)) < 1_000


def _fitted(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """The frame with exactly the schema's columns; others that say something move into ``attributes``."""
    extra = [name for name in frame.columns if name not in schema]
    if extra and "attributes" in schema:
        frame = _folded(frame, extra)
    present = dict(frame.schema)
    if list(present.items()) == list(schema.items()):
        return frame
    return frame.select([
        pl.lit(None, dtype=kind).alias(name) if name not in present
        else pl.col(name) if present[name] == kind else pl.col(name).cast(kind)
        for name, kind in schema.items()
    ])  # fmt: skip


def _folded(frame: pl.DataFrame, extra: list[str]) -> pl.DataFrame:
    """Unexpected columns as keys of the JSON in ``attributes``, named without their ``x_``."""
    names = [name.removeprefix("x_") for name in extra]
    given = frame["attributes"].to_list() if "attributes" in frame.columns else [None] * frame.height
    folded: list[str | None] = []
    for text, values in zip(given, frame.select(extra).iter_rows(), strict=True):
        said = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        folded.append(orjson.dumps({**orjson.loads(text or "{}"), **said}, default=str).decode() if said else text)
    return frame.drop(extra).with_columns(pl.Series("attributes", folded, dtype=pl.String))


def _table(frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _repeating(sample: pl.DataFrame) -> list[str]:
    """Columns worth a dictionary: texts and spans with few different values."""
    limit = max(2, sample.height // 10)
    likely = [name for name, kind in sample.schema.items() if kind == pl.String or name in _SPANS]
    return [name for name in likely if name != "message" and sample[name].n_unique() <= limit]


def _compression(sample: pl.DataFrame) -> dict[str, str] | str:
    """Compression where it pays: long texts and numbers; short texts cost more CPU than they save disk."""
    lengths = {name: sample[name].str.len_bytes().mean() for name, kind in sample.schema.items() if kind == pl.String}
    return {name: "none" if name in lengths and _mean(lengths[name]) < 48 else "snappy" for name in sample.columns}


def _mean(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
