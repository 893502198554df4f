"""The JSON-lines engine: one object a line, the keys a declared format names, a whole block parsed at once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import polars as pl

from workbench.clock import Assumption
from workbench.events.levels import LEVEL_OF
from workbench.events.schema import READ_SCHEMA
from workbench.readers.base import Batch, Claim, Head, Rejected, Source
from workbench.readers.blocks import blocks
from workbench.readers.line_fields import LEVEL_WORD
from workbench.readers.times import TimeColumns, TimeReader, epoch_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared

REJECTED_TEXT = 4_000
MIN_SHARE = 0.5
ISO_LAYOUTS = (
    "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f", "%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%d %H:%M:%S%.f %Z", "%Y/%m/%d %H:%M:%S%.f",
    "%a, %d %b %Y %H:%M:%S %Z", "%Y%m%dT%H%M%S%.f%z",
)
_NUMBER = r"^\s*-?[0-9]{8,19}(\.[0-9]+)?\s*$"


class JsonReader:
    """A reader made of a declared JSON-lines format."""

    structured = False

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name, self.title, self.kind = declared.name, declared.title, declared.kind
        self.version = declared.version

    def identify(self, head: Head) -> Claim | None:
        """The share of lines that are objects with the format's keys and a time."""
        lines = [line for line in head.lines if line.strip()][:200]
        records = [record for line in lines if isinstance(record := _loaded(line), dict)]
        if not records or head.members or len(records) < MIN_SHARE * len(lines):
            return None
        share = sum(map(self._fits, records)) / len(records)
        return Claim(self.declared.certainty, share) if share >= MIN_SHARE else None

    def _fits(self, record: dict[str, Any]) -> bool:
        required = self.declared.json_requires
        if required and not all(key in record for key in required):
            return False
        found = _first(record, self.declared.json_keys["time"])
        return found is not None and bool(self._times(Assumption()).read(pl.Series([str(found)])).valid[0])

    def read(self, source: Source) -> Iterator[Batch]:
        """Batches of about 4 MB of lines; a line that is no object, or has no time, is rejected with the reason."""
        with source.open() as stream:
            yield from self.read_stream(stream, source.assumption)

    def read_stream(self, stream: io.BufferedIOBase | Any, assumption: Assumption) -> Iterator[Batch]:
        """The batches of a stream of bytes, read with what is known of its clock."""
        reading = _Reading(self.declared, self._times(assumption))
        for block in blocks(stream):
            yield reading.take(block)

    def _times(self, assumption: Assumption) -> JsonTimes:
        return JsonTimes(self.declared, assumption)


class JsonTimes:
    """Times in JSON: numbers as epochs, texts by the usual layouts, row by row whichever it is."""

    def __init__(self, declared: Declared, assumption: Assumption) -> None:
        self._unit = None if declared.epoch in {None, "auto"} else declared.epoch
        self._texts = TimeReader(declared.times or ISO_LAYOUTS, assumption, zone=declared.zone)

    def read(self, values: pl.Series) -> TimeColumns:
        """UTC of each value; a value that is no time is not valid."""
        numeric = values.str.contains(_NUMBER).fill_null(value=False).to_numpy()
        if numeric.all():
            return epoch_columns(values, unit=self._unit)
        times = self._texts.read(values)
        if numeric.any():
            epochs = epoch_columns(values, unit=self._unit)
            for name in ("valid", "time", "earliest", "latest"):
                setattr(times, name, np.where(numeric, getattr(epochs, name), getattr(times, name)))
            texts = times.basis if isinstance(times.basis, list) else [times.basis] * len(values)
            times.basis = [str(epochs.basis) if number else text for number, text in zip(numeric, texts, strict=True)]
        return times


class _Reading:
    """One pass over one source; the keys that its first block shows are looked for in all of it."""

    def __init__(self, declared: Declared, times: JsonTimes) -> None:
        self._declared, self._times = declared, times
        self._paths: dict[str, list[tuple[str, ...]]] | None = None
        self._previous: pl.Series | None = None

    def take(self, block: Block) -> Batch:
        lines = block.lines()
        stripped = lines.str.strip_chars()
        blank = (stripped == "").to_numpy()
        shaped = (stripped.str.starts_with("{") & stripped.str.ends_with("}")).to_numpy()
        if self._paths is None:
            self._paths = self._found_paths(stripped.filter(pl.Series(shaped)).head(300).to_list())
        parsed = self._parsed(stripped if shaped.all() else stripped.filter(pl.Series(shaped)))
        rows = np.flatnonzero(shaped)
        times, ok = self._timed(parsed)
        batch = Batch(lines=len(block), blank=int(blank.sum()))
        batch.rejected = self._rejected(block, ~shaped & ~blank, rows[~ok], parsed.get_column("ok_").to_numpy()[~ok])
        if ok.any():
            batch.events = self._events(parsed, times, ok, rows, stripped, block)
        return batch

    def _found_paths(self, sample: list[str]) -> dict[str, list[tuple[str, ...]]]:
        """For each column, the keys of the format that occur, flat ("log.level") or nested (log: level)."""
        records = [record for line in sample if isinstance(record := _loaded(line), dict)]
        return {
            role: [path for key in keys for path in _paths(key) if any(_at(record, path) is not None for record in records)]
            for role, keys in self._declared.json_keys.items()
        }

    def _timed(self, parsed: pl.DataFrame) -> tuple[TimeColumns, np.ndarray]:
        times = self._times.read(parsed.get_column("time"))
        return times, times.valid & parsed.get_column("ok_").to_numpy()

    def _parsed(self, texts: pl.Series) -> pl.DataFrame:
        """One row a text: the roles' values as texts, and ``ok_`` where the text is an object at all."""
        assert self._paths is not None
        paths = self._paths
        top = sorted({path[0] for each in paths.values() for path in each})
        schema = {key: _type_of(key, [path for each in paths.values() for path in each if path[0] == key]) for key in top}
        frame = _read_all(texts, schema or {"time": pl.String})
        frame = _with_exact_epochs(frame, texts, paths.get("time", []))
        columns = [_coalesced(paths.get(role, [])).alias(role) for role in self._declared.json_keys]
        return frame.select(*columns, "ok_")

    def _rejected(self, block: Block, shapeless: np.ndarray, timeless: np.ndarray, parsed: np.ndarray) -> list[Rejected]:
        reasons = {int(index): "not a JSON object" for index in np.flatnonzero(shapeless)}
        for index, ok in zip(timeless, parsed, strict=True):
            reasons[int(index)] = "an object without a time under any of the usual keys" if ok else "not valid JSON"
        return [
            Rejected(index + block.first_line, block.text(index)[:REJECTED_TEXT], reasons[index]) for index in sorted(reasons)
        ]

    def _events(
        self, parsed: pl.DataFrame, times: TimeColumns, ok: np.ndarray, rows: np.ndarray, stripped: pl.Series, block: Block
    ) -> pl.DataFrame:
        keep = pl.Series(ok)
        raw = stripped.gather(rows[ok]).alias("attributes")
        frame = times.frame().with_columns(parsed.drop("time", "ok_").get_columns()).filter(keep).with_columns(raw)
        line = pl.Series("line", rows[ok] + block.first_line, dtype=pl.Int64)
        extras = [pl.col(name) for name in self._declared.json_keys if name.startswith("x_") and self._paths and self._paths[name]]
        return frame.select(
            "time", "earliest", "latest", "zone_basis", pl.lit(self._declared.kind).alias("kind"),
            self._level(), *(self._role(name) for name in ("service", "host", "actor")), self._message(), line,
            "attributes", *extras, self._duplicates(raw),
        )

    def _role(self, name: str) -> pl.Expr:
        return (pl.col(name) if name in self._declared.json_keys else pl.lit(None, dtype=READ_SCHEMA[name])).alias(name)

    def _message(self) -> pl.Expr:
        text = pl.col("message").str.strip_chars_end("\r\n") if "message" in self._declared.json_keys else pl.lit(None)
        return pl.coalesce(text, pl.col("attributes")).alias("message")

    def _level(self) -> pl.Expr:
        word = self._role("level").str.to_lowercase().replace_strict(LEVEL_OF, default=None, return_dtype=pl.String)
        if self._declared.level_search:
            found = self._message().str.slice(0, 300).str.extract(LEVEL_WORD, 1).str.to_lowercase()
            word = pl.coalesce(word, found.replace_strict(LEVEL_OF, default=None, return_dtype=pl.String))
        return word.alias("level")

    def _duplicates(self, texts: pl.Series) -> pl.Series:
        hashes = texts.hash()
        again = ~hashes.is_first_distinct()
        if self._previous is not None:
            again |= hashes.is_in(self._previous.implode())
        self._previous = hashes
        return again.alias("duplicate")


def _read_all(texts: pl.Series, schema: dict[str, Any]) -> pl.DataFrame:
    """The objects' values; where one text of the block is broken, it is found by halving, and only it is marked."""
    if not len(texts):
        return pl.DataFrame(schema={**schema, "ok_": pl.Boolean})
    try:
        frame = pl.read_ndjson(_bytes_of(texts), schema=schema, ignore_errors=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        frame = None
    if frame is not None and len(frame) == len(texts):
        return frame.with_columns(pl.lit(True).alias("ok_"))  # noqa: FBT003 - a column of True
    if len(texts) == 1:
        return pl.DataFrame({name: [None] for name in schema}, schema=schema).with_columns(pl.lit(False).alias("ok_"))  # noqa: FBT003
    half = len(texts) // 2
    return pl.concat([_read_all(texts[:half], schema), _read_all(texts[half:], schema)])


def _bytes_of(texts: pl.Series) -> io.BytesIO:
    return io.BytesIO(texts.str.join("\n").item().encode("utf-8", "replace"))


def _with_exact_epochs(frame: pl.DataFrame, texts: pl.Series, paths: list[tuple[str, ...]]) -> pl.DataFrame:
    """Epoch seconds with a long fraction, taken from the text: a float keeps too few digits of them."""
    flat = [path[0] for path in paths if len(path) == 1 and frame.schema.get(path[0]) == pl.String]
    for key in flat:
        column = frame.get_column(key)
        if column.str.contains(r"^[0-9]{9,10}\.[0-9]{6,}$").any():
            quoted = key.replace("\\", r"\\").replace(".", r"\.").replace("@", "@")
            exact = texts.str.extract(rf'"{quoted}"\s*:\s*"?([0-9]+\.[0-9]+)', 1)
            frame = frame.with_columns(pl.coalesce(exact, column).alias(key))
    return frame


def _paths(key: str) -> list[tuple[str, ...]]:
    return [(key,), tuple(key.split("."))] if "." in key else [(key,)]


def _type_of(key: str, paths: list[tuple[str, ...]]) -> Any:
    """String for a plain key, a struct of the wanted members for a nested one."""
    inner = [path[1:] for path in paths if len(path) > 1]
    if not inner:
        return pl.String
    names = sorted({path[0] for path in inner})
    return pl.Struct({name: _type_of(name, [path for path in inner if path[0] == name]) for name in names})


def _coalesced(paths: list[tuple[str, ...]]) -> pl.Expr:
    nested = {path[0] for path in paths if len(path) > 1}
    columns = [_column(path) for path in paths if len(path) > 1 or path[0] not in nested]
    return pl.coalesce(columns) if columns else pl.lit(None, dtype=pl.String)


def _column(path: tuple[str, ...]) -> pl.Expr:
    expression = pl.col(path[0])
    for name in path[1:]:
        expression = expression.struct.field(name)
    return expression


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return None if isinstance(record, dict) else record


def _first(record: dict[str, Any], keys: tuple[str, ...]) -> Any:
    found = (_at(record, path) for key in keys for path in _paths(key))
    return next((value for value in found if value not in (None, "")), None)


def _loaded(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
