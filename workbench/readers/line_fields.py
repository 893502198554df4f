"""The fields of lines: what a declared format's expressions capture, as columns of the reading schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.events.levels import LEVEL_OF
from workbench.events.schema import READ_SCHEMA

if TYPE_CHECKING:
    from workbench.clock.zone import type_ns
    from workbench.readers.declared import Declared, Pattern

_CORE = ("level", "service", "host", "actor")
LEVEL_WORD = (
    r"(?i)(?:^|[^a-z_])"
    r"(fatal|panic|critical|emerg|severe|error|err|warning|warn|notice|info|debug|trace|wrn|dbg|ftl)(?:[^a-z_]|$)"
)
MAX_PAIRS = 40
_PAIR = r'(?:^|[\s,;(\[]){key}=(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]+))'


class LineFields:
    """Extracts the fields of a format from a column of lines and lays them out as events."""

    @dataclass(slots=True)
    class Found:
        """What was captured, one row a line: the groups, and the head that they form (null where nothing matched)."""

        head: pl.Series
        columns: dict[str, pl.Series]
        actions: pl.Series  # what each line's pattern says that was done

        @property
        def head_lengths(self) -> type_ns:
            """Length of each head in bytes; 0 where there is none."""
            return self.head.str.len_bytes().fill_null(0).cast(pl.Int64).to_numpy()

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._groups = tuple(dict.fromkeys(group for pattern in declared.patterns for group in pattern.groups))
        self._pair_keys: tuple[str, ...] | None = None

    def extract(self, lines: pl.Series) -> LineFields.Found:
        """The groups of the first pattern that matches each line."""
        first, *others = self._declared.patterns
        frame = self._matched(first, lines)
        for pattern in others:
            rest = frame.get_column("head_").is_null()
            if rest.any():
                more = self._matched(pattern, lines.filter(rest))
                rows = pl.Series(np.flatnonzero(rest.to_numpy()), dtype=pl.UInt32)
                frame = frame.with_columns(
                    frame.get_column(name).scatter(rows, more.get_column(name)) for name in frame.columns
                )
        groups = {name: frame.get_column(name) for name in self._groups}
        return LineFields.Found(frame.get_column("head_"), groups, frame.get_column("action_"))

    def matches(self, pattern: Pattern, lines: pl.Series) -> bool:
        """Whether the pattern matches any of the lines."""
        return bool(self._matched(pattern, lines).get_column("head_").is_not_null().any())

    def _matched(self, pattern: Pattern, lines: pl.Series) -> pl.DataFrame:
        found = lines.str.extract_groups(f"^(?P<head_>{pattern.regex[1:]})").struct.unnest()
        absent = [pl.lit(None, dtype=pl.String).alias(name) for name in self._groups if name not in found.columns]
        action = pl.lit(pattern.action or self._declared.constants.get("action"), dtype=pl.String).alias("action_")
        return found.with_columns(absent).select("head_", *self._groups, action)

    def decoded(self, kept: pl.DataFrame) -> pl.DataFrame:
        """Events kept as text, laid out: core columns, the message, and every other group as an attribute column."""
        found = self.extract(kept.get_column("text"))
        raw = kept.with_columns(
            *(series.alias(f"g_{name}") for name, series in found.columns.items()),
            found.actions,
            pl.col("text").cast(pl.Binary).bin.slice(pl.Series(found.head_lengths)).cast(pl.String).alias("text_"),
        )
        frame = raw.select(
            "time",
            "earliest",
            "latest",
            "zone_basis",
            "line",
            "duplicate",
            self._constant("kind", self._declared.kind),
            pl.col("action_").alias("action"),
            self._level(),
            *(self._core(name) for name in _CORE[1:]),
            self._message(),
            *self._attributes(),
        )
        return self._with_pairs(frame)

    def _constant(self, name: str, default: str | None) -> pl.Expr:
        return pl.lit(self._declared.constants.get(name, default), dtype=READ_SCHEMA[name]).alias(name)

    def _group_of(self, name: str) -> str | None:
        group = self._declared.fields.get(name, name)
        return group if group in self._groups else None

    def _core(self, name: str) -> pl.Expr:
        group = self._group_of(name)
        if group is None:
            return self._constant(name, None)
        column = pl.col(f"g_{group}")
        return pl.when(~column.is_in(["-", ""])).then(column).alias(name)

    def _level(self) -> pl.Expr:
        group, default = self._declared.level_group, self._declared.constants.get("level")
        if group not in self._groups:
            found = self._searched() if self._declared.level_search else pl.lit(None, dtype=pl.String)
        else:
            word = pl.col(f"g_{group}").str.to_lowercase()
            word = word.str.slice(0, 1) if self._declared.level_first_char else word
            words = self._declared.level_words or LEVEL_OF
            found = word.replace_strict(words, default=None, return_dtype=pl.String)
            found = pl.coalesce(found, self._searched()) if self._declared.level_search else found
        return (found.fill_null(default) if default else found).alias("level")

    def _searched(self) -> pl.Expr:
        word = pl.col("text_").str.slice(0, 300).str.extract(LEVEL_WORD, 1).str.to_lowercase()
        return word.replace_strict(LEVEL_OF, default=None, return_dtype=pl.String)

    def _message(self) -> pl.Expr:
        template = self._declared.fields.get("message", "")
        if "{" in template:
            return formatted(template, "g_", "text_").alias("message")
        group = self._group_of("message")
        return pl.coalesce(f"g_{group}", "text_").alias("message") if group else pl.col("text_").alias("message")

    def _attributes(self) -> list[pl.Expr]:
        """Every group that no core column took."""
        taken = {self._group_of(name) for name in (*_CORE, "message")} | {"time", "level"}
        rest = [name for name in self._groups if name not in taken]
        named = {name: name for name in rest} | {
            group: name for name, group in self._declared.fields.items() if group in rest and name not in _CORE
        }
        return [
            pl.when(pl.col(f"g_{name}") != "-").then(pl.col(f"g_{name}")).alias(f"x_{label}")
            for name, label in named.items()
        ]

    def _with_pairs(self, frame: pl.DataFrame) -> pl.DataFrame:
        """key=value pairs of the format's free part as attributes; the keys are those that its first lines show."""
        group = self._declared.pairs_group
        if group is None:
            return frame
        column = pl.col("message" if group == "message" else f"x_{group}")
        if self._pair_keys is None:
            sample = frame.head(500).select(column.str.extract_all(r"[A-Za-z_][\w.]*=").list.explode().drop_nulls())
            self._pair_keys = tuple(sorted(set(sample.to_series().str.strip_suffix("=").to_list())))[:MAX_PAIRS]
        names = {key: f"x_{self._declared.pairs_names.get(key, key)}" for key in self._pair_keys}
        wide = frame.with_columns(
            _pair(column, key).alias(name) for key, name in names.items() if name not in frame.columns
        )
        return self._with_roles(wide, whole=None if group == "message" else f"x_{group}")

    def _with_roles(self, frame: pl.DataFrame, *, whole: str | None) -> pl.DataFrame:
        """Pairs that are core columns ("level=warn") go there; the text they came from is no attribute of its own."""
        roles = self._declared.pairs_roles
        if not roles:
            return frame
        used = {role: [f"x_{key}" for key in keys if f"x_{key}" in frame.columns] for role, keys in roles.items()}
        columns = []
        for role, names in used.items():
            if names:
                found = pl.coalesce(names)
                found = (
                    found.str.to_lowercase().replace_strict(LEVEL_OF, default=None, return_dtype=pl.String)
                    if role == "level"
                    else found
                )
                columns.append(pl.coalesce(found, pl.col(role)).alias(role))
        shown = (
            pl.when(pl.col("message").fill_null("") == "").then(pl.col(whole)).otherwise(pl.col("message"))
            if whole
            else pl.col("message")
        )
        dropped = {name for names in used.values() for name in names} | ({whole} if whole else set())
        return frame.with_columns(columns).with_columns(shown.alias("message")).drop(dropped)


def _pair(column: pl.Expr, key: str) -> pl.Expr:
    pattern = _PAIR.replace("{key}", key.replace(".", r"\."))
    return pl.coalesce(column.str.extract(pattern, 1), column.str.extract(pattern, 2))


def formatted(template: str, prefix: str, otherwise: str) -> pl.Expr:
    """A message put together from columns: ``{method} {path}``; where all of them are empty, another column."""
    names = re.findall(r"\{(\w+)\}", template)
    cells = [pl.col(f"{prefix}{name}") for name in names]
    whole = pl.format(re.sub(r"\{\w+\}", "{}", template), *(cell.fill_null("-") for cell in cells))
    return pl.when(pl.any_horizontal(cell.is_not_null() for cell in cells)).then(whole).otherwise(pl.col(otherwise))
