"""The values under chosen keys of many JSON objects at once; a broken object is found and marked, no more."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

AT_ONCE = 1 << 14  # texts: their copy as lines is made in memory that is used again
LONGEST_EPOCH = 24  # seconds with a fraction, as a float is written out
Paths = list[tuple[str, ...]]


def read_values(
    texts: pl.Series, paths: Mapping[str, Paths], lines: bytes | None = None
) -> tuple[pl.DataFrame, npt.NDArray[np.bool_]]:
    """A text column a name, the first value that its paths lead to; and which texts are objects at all.

    ``lines`` are the same texts as lines of bytes, where the caller has them: that spares a copy.
    """
    every = [path for each in paths.values() for path in each]
    schema = {key: _type_of([path for path in every if path[0] == key]) for key in sorted({path[0] for path in every})}
    frame = _read_all(texts, schema or {"time": pl.String}, lines)
    frame = _with_exact_epochs(frame, texts, paths.get("time", []))
    # Columns are added before they are chosen: a name without a path is a constant, as long as the frame.
    wanted = {f"v_{name}": _coalesced(each) for name, each in paths.items()}
    values = frame.with_columns(**wanted).select(pl.col(f"v_{name}").alias(name) for name in paths)
    return values, frame.get_column("ok_").to_numpy()


def found_paths(keys: Iterable[str], records: Sequence[dict[str, Any]]) -> Paths:
    """The ways to these keys that the records have, flat ("log.level") or nested (log: level), in the keys' order."""
    first = set().union(*records)  # most keys are in no record, which is seen without going through all of them
    paths = [path for key in keys for path in _paths(key) if path[0] in first]
    return [path for path in paths if any(_at(record, path) is not None for record in records)]


def first_value(record: dict[str, Any], keys: Iterable[str]) -> Any:
    """The first of the keys that the record has a value under."""
    found = (_at(record, path) for key in keys for path in _paths(key))
    return next((value for value in found if value not in (None, "")), None)


def loaded(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The objects among the lines."""
    return [record for line in lines if isinstance(record := _loaded(line), dict)]


def _read_all(texts: pl.Series, schema: dict[str, Any], lines: bytes | None = None) -> pl.DataFrame:
    """The objects' values; where one text of the block is broken, it is found by halving, and only it is marked."""
    if not len(texts):
        return pl.DataFrame(schema={**schema, "ok_": pl.Boolean})
    if lines is None and len(texts) > AT_ONCE:
        return pl.concat([_read_all(texts[at : at + AT_ONCE], schema) for at in range(0, len(texts), AT_ONCE)])
    try:
        frame = pl.read_ndjson(_bytes_of(texts) if lines is None else lines, schema=schema, ignore_errors=True)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        frame = None
    if frame is not None and len(frame) == len(texts):
        return frame.with_columns(pl.lit(True).alias("ok_"))
    if len(texts) == 1:
        return pl.DataFrame({name: [None] for name in schema}, schema=schema).with_columns(pl.lit(False).alias("ok_"))
    half = len(texts) // 2
    return pl.concat([_read_all(texts[:half], schema), _read_all(texts[half:], schema)])


def _bytes_of(texts: pl.Series) -> io.BytesIO:
    return io.BytesIO(texts.str.join("\n").item().encode("utf-8", "replace"))


def _with_exact_epochs(frame: pl.DataFrame, texts: pl.Series, paths: Paths) -> pl.DataFrame:
    """Epoch seconds with a long fraction, taken from the text: a float keeps too few digits of them."""
    flat = [path[0] for path in paths if len(path) == 1 and frame.schema.get(path[0]) == pl.String]
    for key in flat:
        column = frame.get_column(key)
        short = column.filter(column.str.len_bytes() <= LONGEST_EPOCH)
        if len(short) and short.str.contains(r"^[0-9]{9,10}\.[0-9]{6,}$").any():
            quoted = key.replace("\\", r"\\").replace(".", r"\.").replace("@", "@")
            exact = texts.str.extract(rf'"{quoted}"\s*:\s*"?([0-9]+\.[0-9]+)', 1)
            frame = frame.with_columns(pl.coalesce(exact, column).alias(key))
    return frame


def _paths(key: str) -> Paths:
    return [(key,), tuple(key.split("."))] if "." in key else [(key,)]


def _type_of(paths: Paths) -> Any:
    """String for a plain key, a struct of the wanted members for a nested one."""
    inner = [path[1:] for path in paths if len(path) > 1]
    if not inner:
        return pl.String
    names = sorted({path[0] for path in inner})
    return pl.Struct({name: _type_of([path for path in inner if path[0] == name]) for name in names})


def _coalesced(paths: Paths) -> pl.Expr:
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


def _loaded(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
