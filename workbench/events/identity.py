"""What makes an event the same event on every machine: its source's content hash and its place in it."""

from __future__ import annotations

import polars as pl

SHORT = 12


def ids(sha256: str, frame: pl.DataFrame, *, copy: int = 0) -> pl.Series:
    """Stable ids, one a row: ``<12 hex of the source>-<line>[.part]``.

    The hash pins every byte of the source, so hash and place name the text without hashing each row.
    ``copy`` tells apart sources with the same bytes under several paths.
    """
    stem = sha256[:SHORT] + (f"~{copy}" if copy else "")
    part = pl.when(pl.col("part").fill_null(0) > 0).then(pl.format(".{}", pl.col("part"))).otherwise(pl.lit(""))
    named = frame.select(pl.concat_str(pl.lit(f"{stem}-"), pl.col("line").cast(pl.String), part).alias("id"))
    return named.get_column("id")
