"""Sightings: where sources name the same request, trace or job, and when each says that it was, on its own clock.

An id is a UUID, a long hexadecimal number with a letter in it (digits alone may be a time), or what stands after a key
such as ``request_id=``. One that a source names often (a customer, a session) says nothing of a moment and is left out,
and so is what chat, alerts and tickets quote: they tell of a request when it is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.clock import ZoneBasis
from workbench.clock.zone import SECOND, UNKNOWN_YEAR, UNKNOWN_ZONE_AFTER, UNKNOWN_ZONE_BEFORE
from workbench.readers.base import LazyReader
from workbench.readers.kept_text import with_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

    from workbench.timeline.load import ReadSource

OFTEN = 3  # an id that a source names more often is none of a moment
MOST = 2_000_000  # events of a source beyond which a half of the ids, a quarter and so on will do
_SLICE = 200_000
HEX_ID = r"\b(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{12,64})\b"
_KEYED = (
    r"(?i)\b(?:x[-_])?(?:rid|(?:request|req|trace|correlation|transaction|order|job|run|task|message|event|deploy)"
    r"[-_]?id)\"?\s?[=:]\s?\"?([A-Za-z0-9][A-Za-z0-9_.:-]{5,63})"
)
# The whole of a request, not how long it waited or what a server behind took; those will do where nobody says more.
_SECONDS = (
    r"\b(?:rt|request_time)\"?[=:]\s?\"?([0-9]{1,4}\.[0-9]+)\b",
    r"\b(?:urt|response_time|upstream_response_time)\"?[=:]\s?\"?([0-9]{1,4}\.[0-9]+)\b",
)
_MILLIS = (
    r"(?:\b(?:total|duration|elapsed|took|latency|request|response|time|handled)(?:_time)?_ms\"?[=:]\s?\"?"
    r"|\bduration: )"
    r"([0-9]{1,7}(?:\.[0-9]+)?)"
)
_TELLING = ("chat", "speech", "alert", "page", "ticket", "status", "document", "note")
_ANSWERED = r"(?:HTTP/[0-9.]+\" [1-5][0-9]{2}\b|status(?:_code)?\"?[=:]\s?\"?[1-5][0-9]{2}\b)"
# Columns: id (hash), event (the number of the event that names it), low and high (ns, the source's own clock), length
# (ns, of the request; null where it is not said), whole (the sighting spans the request as somebody waited for it), and
# the line.
Sightings = pl.DataFrame
NOTHING = pl.DataFrame(
    schema={"id": pl.UInt64, "event": pl.Int64, "low": pl.Int64, "high": pl.Int64, "length": pl.Int64,
            "whole": pl.Boolean, "line": pl.Int64}
)  # fmt: skip


def sightings(source: ReadSource) -> Sightings:
    """The ids that a source names, each with the interval in which the request was, on its own clock read as it is.

    Of times that name no zone or no year the interval is that of the clock's reading, as if it showed UTC.
    """
    return united(sighted(source))


def sighted(source: ReadSource, rows: int = _SLICE) -> Iterator[Sightings]:
    """The same part by part, so many events in each, for who does other things in between."""
    every = 1 << max(0, (source.report.events // MOST).bit_length())  # the same ids are left in all sources
    for at, part in enumerate(parts_of(source, rows)):
        yield _named(part, every).with_columns(pl.col("event") + at * rows)


def united(parts: Iterable[Sightings]) -> Sightings:
    """The parts of a source as one, without the ids that are none of a moment."""
    found = [*parts]
    if not found:
        return NOTHING
    seen = pl.concat(found)
    often = seen.group_by("id").len().filter(pl.col("len") > OFTEN).get_column("id")
    return seen.filter(~pl.col("id").is_in(often.implode())) if len(often) else seen


def parts_of(source: ReadSource, rows: int = _SLICE) -> Iterator[pl.DataFrame]:
    """The time, its resolution and the text of each event and each span, so many at a time."""
    if source.entry.has_events:
        lazy = isinstance(source.reader, LazyReader)
        for part in (source.entry.events() if lazy else source.events()).iter_slices(rows):
            once = part.filter(~pl.col("duplicate").fill_null(value=False))
            if "kind" in once.columns:
                once = once.filter(~pl.col("kind").is_in(_TELLING))
            texts = with_texts(once, source.file).get_column("text") if lazy else once.select(_whole(once)).to_series()
            yield once.select(*_bounds(), "line", texts.alias("text"), pl.lit(None, dtype=pl.Int64).alias("length"))
    if (spans := source.entry.spans()) is not None:
        length = (pl.col("duration") * SECOND).round().cast(pl.Int64)
        start = pl.col("time").cast(pl.Int64)
        roots = spans.filter(pl.col("parent_id").is_null() | (pl.col("parent_id") == ""))
        text = pl.format("trace_id={}", pl.col("trace_id")).alias("text")
        line = pl.col("line") if "line" in roots.columns else pl.lit(None, dtype=pl.Int64).alias("line")
        yield roots.select(start.alias("low"), (start + length).alias("high"), line, text, length.alias("length"))


def _named(part: pl.DataFrame, every: int) -> Sightings:
    """The ids in one part's texts."""
    rows = part.with_row_index("row")
    hexes = _exploded(rows, HEX_ID).filter(pl.col("id").str.contains("[a-fA-F-]"))
    keyed = _exploded(rows, _KEYED).with_columns(pl.col("id").str.extract(_KEYED, 1))
    found = pl.concat([hexes, keyed]).with_columns(hashed(pl.col("id")))
    found = found.unique(maintain_order=True)
    return _with_lengths(found.filter(pl.col("id") % every == 0) if every > 1 else found, rows)


def hashed(name: pl.Expr) -> pl.Expr:
    """An id as it is compared, however it is written."""
    return name.str.to_lowercase().hash(seed=7)


def _whole(frame: pl.DataFrame) -> pl.Expr:
    extra = [pl.format(f"{name[2:]}={{}}", pl.col(name)) for name in frame.columns if name.startswith("x_")]
    return pl.concat_str([pl.col("message"), pl.col("attributes"), *extra], separator=" ", ignore_nulls=True)


def _bounds() -> list[pl.Expr]:
    """The interval without what a zone or a year that is not known adds to it."""
    low, high = pl.col("earliest").cast(pl.Int64), pl.col("latest").cast(pl.Int64)
    bare = pl.col("zone_basis") == str(ZoneBasis.ASSUMED)
    low = pl.when(bare).then(low + UNKNOWN_ZONE_BEFORE).otherwise(low)
    high = pl.when(bare).then(high - UNKNOWN_ZONE_AFTER).otherwise(high)
    yearless = high - low >= UNKNOWN_YEAR
    return [
        pl.when(yearless).then(low + UNKNOWN_YEAR).otherwise(low).alias("low"),
        pl.when(yearless).then(high - UNKNOWN_YEAR).otherwise(high).alias("high"),
    ]


def _exploded(rows: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """A row an occurrence of the pattern, as ``id``."""
    found = rows.select("row", "low", "high", "line", "length", pl.col("text").str.extract_all(pattern).alias("id"))
    return found.explode("id").drop_nulls("id")


def _with_lengths(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The sightings with the length of the request, where the event says it, taken off before and added after."""
    texts = rows.get_column("text").gather(found.get_column("row"))
    seconds = pl.coalesce(texts.str.extract(each, 1).cast(pl.Float64, strict=False) for each in _SECONDS) * SECOND
    millis = texts.str.extract(_MILLIS, 1).cast(pl.Float64, strict=False) * (SECOND / 1000)
    said = pl.select(pl.coalesce(seconds, millis)).to_series().round().cast(pl.Int64)
    span = found.get_column("length").is_not_null()
    whole = span | (said.is_not_null() & texts.str.contains(_ANSWERED))
    reach = pl.select(pl.when(span).then(0).otherwise(said).fill_null(0)).to_series()
    return found.select(
        "id", pl.col("row").cast(pl.Int64).alias("event"),
        (pl.col("low") - reach).alias("low"), (pl.col("high") + reach).alias("high"),
        pl.coalesce(pl.col("length"), pl.when(whole).then(said)).alias("length"), whole.alias("whole"), "line",
    )  # fmt: skip


def bounds_between(
    first: Sightings, later: Sightings, lengths: pl.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each id that both name says of ``clock[later] - clock[first]``: the lows, the highs, and when, in ns."""
    bounds = bounds_by_lines(first, later, lengths)
    low, high, at = (bounds.get_column(name).to_numpy() for name in ("low", "high", "at"))
    return low, high, at


def bounds_by_lines(first: Sightings, later: Sightings, lengths: pl.DataFrame) -> pl.DataFrame:
    """The same with the lines where it stands: columns low, high, at, line (of the first) and line_b (of the later).

    Two sightings of a request overlap in true time where one of them spans it; others are apart by its length at most,
    which a third source may say. Where nobody says it (a deployment, a job), the id says nothing here.
    """
    pairs = _matched(first, later).join(lengths, on="id", how="left")
    apart = pl.when(pl.col("whole") | pl.col("whole_b")).then(0).otherwise(pl.col("longest"))
    low, high = pl.col("low_b") - pl.col("high") - apart, pl.col("high_b") - pl.col("low") + apart
    found = pairs.select(low.alias("low"), high.alias("high"), pl.col("low").alias("at"), "line", "line_b")
    return found.drop_nulls(("low", "high", "at"))


def _matched(first: Sightings, later: Sightings) -> pl.DataFrame:
    """Who names the same: of an id that both name as often (a request that was tried again) the first with the first.

    Two events that share several ids are one match.
    """
    left, right = (_counted(each) for each in (first, later))
    pairs = left.join(right, on="id", suffix="_b")
    same = (pl.col("often") != pl.col("often_b")) | (pl.col("nth") == pl.col("nth_b"))
    return pairs.filter(same).unique(["event", "event_b"], maintain_order=True)


def _counted(seen: Sightings) -> pl.DataFrame:
    nth = pl.col("low").rank("ordinal").over("id").alias("nth")
    return seen.with_columns(nth, pl.len().over("id").alias("often"))


def lengths_of(every: Iterable[Sightings]) -> pl.DataFrame:
    """The longest that anybody says each request took: columns id and longest."""
    known = [each.filter(pl.col("whole")).select("id", "length") for each in every if len(each)]
    if not known:
        return pl.DataFrame(schema={"id": pl.UInt64, "longest": pl.Int64})
    return pl.concat(known).group_by("id").agg(pl.col("length").max().alias("longest"))
