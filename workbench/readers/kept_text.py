"""The texts of events: left where they stand in their source, with their places kept, and fetched when asked for.

Copying every line of a log into a cache doubles what is on disk and is a fifth of the work of reading it. The source
itself is evidence that does not change, so its bytes are the best copy there is. Texts of sources that do not last
(members of archives, compressed files) and of bytes that are not valid UTF-8 are kept as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.errors import SourceError
from workbench.readers.blocks import is_valid, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from workbench.clock.zone import type_ns
    from workbench.readers.blocks import Block

MAX_GAP = 64 * 1024  # bytes that are rather read than skipped
SPAN = 32 * 1024 * 1024  # bytes of the source that are fetched at once


def kept_texts(
    block: Block,
    starts: type_ns,
    ends: type_ns,
    pieces: Mapping[int, str],
    lasting: bool,  # noqa: FBT001 - a plain fact
) -> list[pl.Series]:
    """Columns ``start``, ``size`` and ``text`` for slices of a block; ``pieces`` are rows that are no slice."""
    if lasting and block.exact:
        start = pl.Series("start", starts + block.place, dtype=pl.Int64)
        texts = pl.repeat(None, len(starts), dtype=pl.String, eager=True).alias("text")
    else:
        start = pl.repeat(None, len(starts), dtype=pl.Int64, eager=True).alias("start")
        texts = slices(block.data, starts, ends).alias("text")
    size = pl.Series("size", ends - starts, dtype=pl.Int64)
    if pieces:
        rows = pl.Series(list(pieces), dtype=pl.UInt32)
        texts = texts.scatter(rows, pl.Series(list(pieces.values()), dtype=pl.String))
        start = start.scatter(rows, None)
    return [start, size, texts]


def slices(data: bytes, starts: type_ns, ends: type_ns) -> pl.Series:
    """Ascending slices of valid UTF-8 as a text column, without copying."""
    edges = np.stack((starts, ends), axis=1).ravel()
    return text_of(data, edges).gather_every(2) if len(edges) else pl.Series("line", [], dtype=pl.String)


def with_texts(frame: pl.DataFrame, file: Path) -> pl.DataFrame:
    """The events with their ``text``; those whose text was left in the source get it from the file.

    Raises SourceError where the file no longer holds what was read.
    """
    if "start" not in frame.columns:
        return frame
    rows = np.flatnonzero(frame.get_column("start").is_not_null().to_numpy())
    texts = frame.get_column("text")
    if len(rows):
        left = frame if len(rows) == len(frame) else frame.gather(rows)
        found = _fetched(file, left.get_column("start").to_numpy(), left.get_column("size").to_numpy())
        texts = found if len(rows) == len(frame) else texts.scatter(pl.Series(rows, dtype=pl.UInt32), found)
    return frame.drop("start", "size").with_columns(texts.alias("text"))


def _fetched(file: Path, starts: type_ns, sizes: type_ns) -> pl.Series:
    """The texts at ascending places of the file."""
    parts: list[pl.Series] = []
    ends, first = starts + sizes, 0
    with file.open("rb") as stream:
        while first < len(starts):
            begin = int(starts[first])
            after = max(first + 1, int(np.searchsorted(ends, begin + SPAN)))
            after = first + _near(starts[first:after], ends[first:after])
            stream.seek(begin)
            data = stream.read(int(ends[after - 1]) - begin)
            parts.append(_checked(data, starts[first:after] - begin, ends[first:after] - begin, file))
            first = after
    return pl.concat(parts) if len(parts) > 1 else parts[0]


def _checked(data: bytes, starts: type_ns, ends: type_ns, file: Path) -> pl.Series:
    """The slices as text. Between them may stand bytes that are no text; in them not, unless the file was changed."""
    if len(data) == ends[-1]:
        if is_valid(data):
            return slices(data, starts, ends)
        pieces = [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if all(map(is_valid, pieces)):
            return pl.Series("line", pieces, dtype=pl.Binary).cast(pl.String)
    raise SourceError("its bytes changed while it was being read", where=file.name, next_step="Run the command again.")


def _near(starts: type_ns, ends: type_ns) -> int:
    """How many of the places stand so close together that one reading fetches them; the rest are sought."""
    gaps = np.flatnonzero(starts[1:] - ends[:-1] > MAX_GAP)
    return int(gaps[0]) + 1 if len(gaps) else len(starts)
