"""A source's events as one Parquet file, written block by block in the background while the next block is read."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

WAITING = 2  # blocks that may wait to be written; memory stays bounded by them
RISING = ("time", "line", "start", "size")  # numbers that are kept best as steps from one to the next
_DONE = None


class EventsFile:
    """Writes frames of one schema in turn. Texts are not compressed: that would cost more than all of the reading."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: queue.Queue[pl.DataFrame | None] = queue.Queue(maxsize=WAITING)
        self._failure: BaseException | None = None
        self._columns: list[str] | None = None
        self._thread = threading.Thread(target=self._run, name="events-file", daemon=True)
        self._thread.start()

    def write(self, frame: pl.DataFrame) -> None:
        """Hands a frame over; raises what the writing of an earlier one raised (such as a full disk)."""
        if self._columns is None:
            self._columns = frame.columns
        elif frame.columns != self._columns:
            frame = _aligned(frame, self._columns)
        self._check()
        self._queue.put(frame)

    def close(self) -> None:
        """Waits until all is on disk."""
        self._queue.put(_DONE)
        self._thread.join()
        self._check()

    def abandon(self) -> None:
        """Stops without caring for what is not written yet."""
        self._queue.put(_DONE)
        self._thread.join()

    def _check(self) -> None:
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        writer: pq.ParquetWriter | None = None
        try:
            while (frame := self._queue.get()) is not _DONE:
                table = _table(frame)
                if writer is None:
                    writer = _writer(self._path, table.schema)
                writer.write_table(table)
        except BaseException as error:  # noqa: BLE001 - carried to the reading thread
            self._failure = error
            while self._queue.get() is not _DONE:
                pass
        finally:
            if writer is not None:
                writer.close()


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    rising = {name: "DELTA_BINARY_PACKED" for name in RISING if name in schema.names}
    return pq.ParquetWriter(
        path, schema, compression="none", use_dictionary=False, write_statistics=False, column_encoding=rising
    )


def _aligned(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in columns if name not in frame.columns]
    return frame.with_columns(absent).select(columns)


def _table(frame: pl.DataFrame) -> pa.Table:
    """The frame for Arrow. A column of one value becomes a dictionary of one entry, and intervals become distances."""
    distances = [
        (pl.col(name).cast(pl.Int64) - pl.col("time").cast(pl.Int64)).alias(name) for name in ("earliest", "latest")
    ]
    flat = frame.with_columns(distances).with_columns(pl.col("time").cast(pl.Int64))
    arrays, names = [], []
    for name in flat.columns:
        series = flat.get_column(name)
        arrays.append(_array(series, packed=name in {"earliest", "latest", "zone_basis"}))
        names.append(name)
    return pa.table(arrays, names=names)


def _array(series: pl.Series, *, packed: bool) -> pa.Array:
    if not packed:
        array = series.to_arrow(compat_level=pl.CompatLevel.oldest())
        return array.cast(pa.large_string()) if series.dtype == pl.String else array
    kind = pa.large_string() if series.dtype == pl.String else pa.int64()
    if len(series) and not series.null_count() and bool((series == series[0]).all()):
        # Made by polars and from buffers: pyarrow's own constructors import pandas, half a second for nothing.
        value = series.head(1).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(kind)
        codes = pa.Array.from_buffers(pa.int32(), len(series), [None, pa.py_buffer(bytes(4 * len(series)))])
        return pa.DictionaryArray.from_arrays(codes, value)
    encoded = series.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(kind).dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def read_events_file(path: Path) -> pl.DataFrame:
    """The events as they were handed over."""
    from workbench.events.schema import TIME

    # The file and not read_table, which first loads all that is there for datasets: a fifth of a second for nothing.
    with pq.ParquetFile(path, memory_map=True) as file:
        frame = pl.from_arrow(file.read())
    assert isinstance(frame, pl.DataFrame)
    texts = [pl.col("zone_basis").cast(pl.String)]
    stamps = [(pl.col("time") + pl.col(name).cast(pl.Int64)).cast(TIME).alias(name) for name in ("earliest", "latest")]
    return frame.with_columns(*texts, *stamps).with_columns(pl.col("time").cast(TIME))
