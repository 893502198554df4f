"""The fields of JSON lines: the values that a declared format's keys lead to, as columns of the reading schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from workbench.events.levels import LEVEL_OF
from workbench.events.schema import READ_SCHEMA
from workbench.readers.json_joins import heads_of, with_joined
from workbench.readers.json_values import found_paths, loaded, read_values
from workbench.readers.line_fields import LEVEL_WORD, formatted

if TYPE_CHECKING:
    from workbench.readers.declared import Declared

SAMPLED = 500


def decoded(declared: Declared, kept: pl.DataFrame) -> pl.DataFrame:
    """Events kept as text, laid out; the whole object (of several, the first) stays as the attributes."""
    whole = kept.get_column("text")
    texts = heads_of(whole, declared)
    sample = loaded(texts.gather_every(max(1, len(texts) // SAMPLED)).to_list())
    paths = {role: found_paths(keys, sample) for role, keys in declared.json_keys.items() if role != "time"}
    values = with_joined(read_values(texts, paths)[0], whole, declared)
    frame = kept.drop("text").with_columns(texts.alias("attributes"), *values.get_columns())
    extras = [pl.col(role) for role, each in paths.items() if role.startswith("x_") and each]
    return frame.select(
        "time",
        "earliest",
        "latest",
        "zone_basis",
        "line",
        "duplicate",
        pl.lit(declared.kind).alias("kind"),
        pl.lit(declared.constants.get("action"), dtype=pl.String).alias("action"),
        _level(declared),
        *(_role(declared, name) for name in ("service", "host", "actor")),
        _message(declared).alias("message"),
        "attributes",
        *extras,
    )


def _role(declared: Declared, name: str) -> pl.Expr:
    return (pl.col(name) if name in declared.json_keys else pl.lit(None, dtype=READ_SCHEMA[name])).alias(name)


def _message(declared: Declared) -> pl.Expr:
    """The message, else the whole object. Journals give text that is no UTF-8 as a list of bytes."""
    template = declared.fields.get("message", "")
    if template:
        return formatted(template, "", "attributes")
    if "message" not in declared.json_keys:
        return pl.col("attributes")
    return pl.coalesce(pl.col("message").str.strip_chars_end("\r\n"), pl.col("attributes"))


def _level(declared: Declared) -> pl.Expr:
    word = _role(declared, "level").str.to_lowercase().replace_strict(LEVEL_OF, default=None, return_dtype=pl.String)
    if declared.level_search:
        found = _message(declared).str.slice(0, 300).str.extract(LEVEL_WORD, 1).str.to_lowercase()
        word = pl.coalesce(word, found.replace_strict(LEVEL_OF, default=None, return_dtype=pl.String))
    return word.alias("level")
