"""What stands inside of a wrapper's message: JSON in a container's log, klog in the journal, an access log in syslog.

The event keeps the wrapper's time, which one clock wrote for all lines. Level, message, service and the other fields
are those of the innermost format that fits; its own time stays in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from workbench.readers.base import Certainty

if TYPE_CHECKING:
    from workbench.readers.json_lines import JsonReader
    from workbench.readers.text_lines import TextReader


DEEPEST = 3
_SAMPLED = 300
_HEAD_BYTES = 60_000
_KEPT = ("time", "earliest", "latest", "zone_basis", "line", "duplicate", "kind", "action")


def unwrapped(frame: pl.DataFrame, depth: int = 0) -> pl.DataFrame:
    """Decoded events with the fields of what their messages hold; rows whose message is plain text stay as they are."""
    if depth >= DEEPEST or not len(frame):
        return frame
    shaped = _shaped(frame.get_column("message"))
    changed = False
    for rows in (np.flatnonzero(shaped), np.flatnonzero(~shaped)):
        reader = _reader(frame.get_column("message").gather(rows)) if len(rows) else None
        if reader is not None:
            frame, changed = _merged(frame, rows, reader), True
    return unwrapped(frame, depth + 1) if changed else frame


def _shaped(messages: pl.Series) -> Any:
    """Which messages look like JSON objects."""
    text = messages.str.strip_chars()
    return (text.str.starts_with("{") & text.str.ends_with("}")).fill_null(value=False).to_numpy()


def _reader(messages: pl.Series) -> JsonReader | TextReader | None:
    """The format of lines that fits most of the messages; generic text is no format here."""
    from workbench.readers.registry import bid_for

    sample = messages.drop_nulls().gather_every(max(1, len(messages) // _SAMPLED)).head(_SAMPLED)
    lines = sample.str.replace_all("\n", " ").str.slice(0, 4_000)
    found = bid_for("\n".join(lines.to_list()).encode()[:_HEAD_BYTES] + b"\n", "prefixed")
    if found is None or not hasattr(found[1], "declared"):
        return None
    claim, reader = found[0], cast("JsonReader | TextReader", found[1])
    return reader if reader.declared.engine == "json" or claim.certainty > Certainty.GENERIC else None


def _merged(frame: pl.DataFrame, rows: np.ndarray, reader: JsonReader | TextReader) -> pl.DataFrame:
    """The inner fields laid over the outer ones, row by row where there are any."""
    part = frame[rows.tolist()]
    texts = pl.col("message").fill_null("").alias("text")
    kept = part.select("time", "earliest", "latest", "zone_basis", "line", "duplicate", texts)
    inner = reader.fields(kept)
    for name in inner.columns:
        if name in _KEPT:
            continue
        places, nothing = pl.Series(rows, dtype=pl.UInt32), pl.repeat(None, len(frame), dtype=pl.String, eager=True)
        whole = nothing.scatter(places, inner.get_column(name))
        outer = frame.get_column(name) if name in frame.columns else None
        frame = frame.with_columns((whole if outer is None else whole.fill_null(outer)).alias(name))
    return frame
