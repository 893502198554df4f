"""Which JSON lines go on with what the line before began: stack traces and the parts of a long line.

A container's runtime dates each line that the container wrote: a stack trace is an object a frame, and a line beyond
16 KiB is several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.readers.expression import matcher
from workbench.readers.json_values import read_values
from workbench.readers.line_heads import JOINED_WITHIN

if TYPE_CHECKING:
    from workbench.clock.zone import type_ns
    from workbench.readers.declared import Declared
    from workbench.readers.json_values import Paths
    from workbench.readers.line_heads import Mask

TEXT, STREAM = "partial", "same"


def join_paths(declared: Declared) -> dict[str, Paths]:
    """The values of an object that tell whether it goes on; none where the format cuts no lines."""
    if not declared.partial:
        return {}
    return {TEXT: [(declared.partial[0],)], STREAM: [(declared.partial_same,)]}


def goes_on(declared: Declared, values: pl.DataFrame, rows: type_ns, usable: Mask, time: type_ns) -> Mask:
    """Which objects go on with the one on the line right before, of the same stream; ``rows`` are their lines."""
    if not declared.partial or len(rows) < 2:
        return np.zeros(len(rows), dtype=np.bool_)
    texts, stream = values.get_column(TEXT).fill_null(""), values.get_column(STREAM)
    looks = texts.str.contains(matcher(declared.partial_joins)).to_numpy() | _after_a_part(texts, declared.partial[1])
    near = (np.diff(rows, prepend=rows[0] - 2) == 1) & (np.abs(np.diff(time, prepend=time[:1])) <= JOINED_WITHIN)
    same = (stream == stream.shift(1)).fill_null(value=False).to_numpy()
    found: Mask = looks & near & same & usable & np.concatenate(([False], usable[:-1]))
    return found


def _after_a_part(texts: pl.Series, end: str) -> Mask:
    """Texts after one without the end of a line; shippers that strip every end say nothing of parts."""
    ended = texts.str.ends_with(end).to_numpy()
    after = np.concatenate(([False], ~ended[:-1]))
    return after if ended.mean() >= 0.5 else np.zeros(len(texts), dtype=np.bool_)


def heads_of(texts: pl.Series, declared: Declared) -> pl.Series:
    """The first object of each event's text."""
    return texts.str.extract(r"^([^\n]*)", 1) if declared.partial else texts


def with_joined(values: pl.DataFrame, texts: pl.Series, declared: Declared) -> pl.DataFrame:
    """The values with the messages of events of several lines put together, as they stood before they were cut."""
    several = texts.str.contains("\n", literal=True).fill_null(value=False) if declared.partial else None
    if several is None or not several.any():
        return values
    rows = pl.Series(np.flatnonzero(several.to_numpy()), dtype=pl.UInt32)
    lines = pl.DataFrame({"row": rows, "line": texts.gather(rows).str.split("\n")}).explode("line")
    parts, _ = read_values(lines.get_column("line"), join_paths(declared))
    whole = lines.with_columns(parts.get_column(TEXT)).group_by("row", maintain_order=True).agg(pl.col(TEXT).str.join())
    message = values.get_column("message").scatter(rows, whole.get_column(TEXT))
    return values.with_columns(message)
