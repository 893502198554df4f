"""Causes: what a hosted service and a log both name, where one of the two must have come first.

What a service made (a deployment's commit, a page, a message) a log names only afterwards. What a log wrote (the id of
a request, a whole line) is quoted in chat, pages and tickets only afterwards. So each bounds the log's clock from one
side (Lamport 1978, "happened before"). None of it says how far a clock is off, only how far at most: a thing may be
named long after it was made, and a line quoted hours after it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.clock.zone import SECOND
from workbench.timeline.sightings import hashed, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.model import SourceReport
    from workbench.timeline.load import ReadSource
    from workbench.timeline.sightings import Sightings

QUOTED, MADE, ENDED = "quoted", "made", "ended"
_AFTER = 60 * SECOND  # that a program may still begin after its deployment was said to have ended
_NTP = SECOND // 4
# The attribute that names what an action makes, and how long a name must be to be no other's.
_MAKING = {
    "deploy.created": "sha", "incident.triggered": "incident", "status.investigating": "incident",
    "message.posted": "ts", "message.replied": "ts",
}  # fmt: skip
# Ids of one request, as logs make them; a commit (40 digits) or an image (64) is named before any log names it.
_REQUEST = r"(?i)\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32})\b"
_SHA = re.compile(r"[0-9a-f]{40}")
_SHORT = 7  # digits of a commit that git shows
_OVER = ("deploy.succeeded", "deploy.failed")
_QUOTING = ("chat", "page", "ticket", "status")
_BEGINS = r"(?i)\b(?:start(?:ed|ing|up)?|boot(?:ed|ing)?|launch(?:ed|ing)?|listening|running|ready)\b"
_LINE = 40  # characters of a line, its time among them, that no other line begins with
_TIMED = re.compile(r"\d{2}:\d{2}:\d{2}|\d{10}")
_FENCE = " \t`>|*_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The clock of ``path`` is ahead by ``low`` at least or ``high`` at most (ns), by what a line of ``by`` says."""

    path: str
    by: str
    how: str
    low: int | None = None
    high: int | None = None
    line: int = 0
    line_by: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the hosted services say: columns name or id, at (ns of true time), by and line_by."""

    made: pl.DataFrame
    ended: pl.DataFrame
    quoted: pl.DataFrame
    copied: pl.DataFrame

    @property
    def names(self) -> list[str]:
        """What a log may name."""
        return self.made.get_column("name").unique().sort().to_list()


def told_by(hosted: Sequence[ReadSource]) -> Told:
    """All that these sources, whose clocks are taken as true, made or quoted."""
    events = [
        source.events().filter(~pl.col("duplicate").fill_null(value=False)).with_columns(by=pl.lit(source.report.path))
        for source in hosted
        if source.report.events
    ]
    made = [frame for each in events if (frame := _made(each)) is not None]
    shas = _shas(events)
    ended = [frame for each in events if (frame := _ended(each, shas)) is not None]
    quoting = [each.filter(pl.col("kind").cast(pl.String).is_in(_QUOTING)) for each in events]
    own = pl.concat([_own_ids(each) for each in events]) if events else pl.Series(dtype=pl.UInt64)
    quoted = _first([_ids(each) for each in quoting if len(each)], "id")
    return Told(
        made=_first(made, "name"), ended=_last(ended), quoted=quoted.filter(~pl.col("id").is_in(own.implode())),
        copied=_first([_copied(each) for each in quoting if len(each)], "id"),
    )  # fmt: skip


def bounds_of(source: ReadSource, seen: Sightings, told: Told, *, texts: bool = True) -> list[Bound]:
    """What bounds the clock of a log, whose ids are ``seen``; as many as there are, in order of the log's lines.

    Without ``texts``, where its times as they were read are not in UTC, by its ids alone.
    """
    report = source.report
    found = [*_of_quotes(seen, told.quoted, report.path)]
    if texts and (told.names or len(told.copied)):
        named, copied = _read(source, told)
        found += [*_of_making(named, told, report), *_of_quotes(copied, told.copied, report.path)]
    return sorted(found, key=lambda each: (each.line, each.how, each.by, each.line_by))


def _made(events: pl.DataFrame) -> pl.DataFrame | None:
    """What an action made, from the first moment at which anything of it is told."""
    found = []
    for action, key in _MAKING.items():
        rows = _called(events.filter(pl.col("action") == action), key)
        found += [rows.filter(pl.col("name").str.contains(f"^{_SHA.pattern}$") if key == "sha" else _distinct())]
    made = pl.concat(found)
    if not len(made):
        return None
    every = pl.concat([_called(events, key) for key in dict.fromkeys(_MAKING.values())])
    return every.join(made.select("name").unique(), on="name", how="semi")


def _distinct() -> pl.Expr:
    """Long enough, and with a letter or a point beside its digits, so that it is no other's."""
    name = pl.col("name")
    return name.str.contains(r"^[A-Za-z0-9.-]{7,64}$") & name.str.contains(r"\d") & name.str.contains(r"[A-Za-z.]")


def _called(events: pl.DataFrame, key: str) -> pl.DataFrame:
    name = _attribute(key).alias("name")
    return events.select(
        name, pl.col("earliest").cast(pl.Int64).alias("at"), "by", pl.col("line").alias("line_by")
    ).drop_nulls()


def _shas(events: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The commit of each deployment by its number, where that is of one commit: statuses may name the number alone."""
    created = [
        each.filter(pl.col("action") == "deploy.created").select(_attribute("deployment"), _attribute("sha"))
        for each in events
    ]
    if not created:
        return pl.DataFrame(schema={"deployment": pl.String, "sha": pl.String})
    return pl.concat(created).drop_nulls().unique().filter(pl.len().over("deployment") == 1)


def _ended(events: pl.DataFrame, shas: pl.DataFrame) -> pl.DataFrame | None:
    """When the deployment of a commit was said to be over."""
    over = events.filter(pl.col("action").is_in(_OVER)).with_columns(_attribute("deployment"), _attribute("sha"))
    over = over.join(shas, on="deployment", how="left", suffix="_told").with_columns(
        pl.coalesce("sha", "sha_told").alias("name"), pl.col("latest").cast(pl.Int64).alias("at")
    )
    known = over.filter(pl.col("name").str.contains(f"^{_SHA.pattern}$"))
    return known.select("name", "at", "by", pl.col("line").alias("line_by")) if len(known) else None


def _attribute(key: str) -> pl.Expr:
    return pl.col("attributes").str.json_path_match(f"$.{key}").alias(key)


def _ids(events: pl.DataFrame) -> pl.DataFrame:
    """The requests that somebody named."""
    found = events.select(
        pl.col("message").str.extract_all(_REQUEST).alias("id"), pl.col("latest").cast(pl.Int64).alias("at"), "by",
        pl.col("line").alias("line_by"),
    )  # fmt: skip
    named = found.explode("id").drop_nulls("id").filter(pl.col("id").str.contains("[a-fA-F-]"))
    return named.with_columns(hashed(pl.col("id")))


def _own_ids(events: pl.DataFrame) -> pl.Series:
    """The ids by which the services themselves call what they tell of: those they made, no log did."""
    found = events.select(pl.col("attributes").str.extract_all(_REQUEST).alias("id")).explode("id").drop_nulls()
    return found.select(hashed(pl.col("id"))).to_series().unique()


def _copied(events: pl.DataFrame) -> pl.DataFrame:
    """Lines of a log that somebody pasted, by how they begin."""
    rows = events.select(
        pl.col("message").str.split("\n").alias("text"), pl.col("latest").cast(pl.Int64).alias("at"), "by",
        pl.col("line").alias("line_by"),
    ).explode("text")  # fmt: skip
    text = pl.col("text").str.strip_chars(_FENCE).str.slice(0, _LINE)
    whole = rows.with_columns(text).filter(
        (pl.col("text").str.len_chars() == _LINE) & pl.col("text").str.contains(_TIMED.pattern)
    )
    return whole.select(pl.col("text").hash(seed=7).alias("id"), "at", "by", "line_by")


def _first(frames: Sequence[pl.DataFrame], key: str) -> pl.DataFrame:
    """The first time at which each is told of, wherever that is."""
    if not frames:
        kind = pl.String if key == "name" else pl.UInt64
        return pl.DataFrame(schema={key: kind, "at": pl.Int64, "by": pl.String, "line_by": pl.Int64})
    return pl.concat(frames).sort("at", "by", "line_by").unique(key, keep="first", maintain_order=True)


def _last(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The last time at which a deployment of each commit was over: there may be one for each environment."""
    if not frames:
        return _first([], "name")
    return pl.concat(frames).sort("at", "by", "line_by").unique("name", keep="last", maintain_order=True)


def _read(source: ReadSource, told: Told) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Where a log first names what was made, and its lines that were pasted: name or id, low, high, line and text."""
    wanted = {name: _short(name) for name in told.names}
    copied = told.copied.get_column("id")
    named, pasted = [], []
    for part in parts_of(source):
        named += [_naming(part, wanted)] if wanted else []
        begins = pl.col("text").str.strip_chars(_FENCE).str.slice(0, _LINE).hash(seed=7).alias("id")
        pasted += [part.with_columns(begins).filter(pl.col("id").is_in(copied.implode()))] if len(copied) else []
    every = pl.concat(named) if named else pl.DataFrame(schema={"name": pl.String, "low": pl.Int64})
    return _earliest(every, "name"), _earliest(pl.concat(pasted), "id") if pasted else pl.DataFrame()


def _short(name: str) -> str:
    return name[:_SHORT] if _SHA.fullmatch(name) else name


def _naming(part: pl.DataFrame, wanted: dict[str, str]) -> pl.DataFrame:
    """The events that name something made; a commit may be shortened to seven digits or more."""
    shorts = sorted({*wanted.values()})
    rows = part.filter(pl.col("text").str.contains_any(shorts))
    found = [rows.filter(_names(name, short)).with_columns(name=pl.lit(name)) for name, short in _there(rows, wanted)]
    return pl.concat(found) if found else part.clear().with_columns(name=pl.lit(None, pl.String))


def _there(rows: pl.DataFrame, wanted: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Of what is wanted that which these events may name."""
    if len(rows):
        lists = rows.select(pl.col("text").str.extract_many(sorted({*wanted.values()}), overlapping=True)).to_series()
        there = {*chain.from_iterable(lists.to_list())}
        yield from ((name, short) for name, short in wanted.items() if short in there)


def _names(name: str, short: str) -> pl.Expr:
    """Whether a text names it as a word of its own."""
    if name == short:
        return pl.col("text").str.contains(rf"(?:^|[^A-Za-z0-9]){re.escape(name)}(?:[^A-Za-z0-9]|$)")
    told = pl.col("text").str.extract(rf"(?:^|[^A-Za-z0-9])({short}[0-9a-f]{{0,33}})(?:[^A-Za-z0-9]|$)", 1)
    return pl.lit(name).str.starts_with(told).fill_null(value=False)


def _earliest(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return rows.sort("low", "line").unique(key, keep="first", maintain_order=True) if len(rows) else rows


def _of_quotes(rows: pl.DataFrame, quotes: pl.DataFrame, path: str) -> Iterator[Bound]:
    """What was quoted had been written."""
    if not len(rows) or not len(quotes):
        return
    first = _earliest(rows, "id").select("id", "low", "line")
    for row in first.join(quotes, on="id").iter_rows(named=True):
        low = row["low"] - row["at"] - _NTP
        yield Bound(path=path, by=row["by"], how=QUOTED, low=low, **_places(row))


def _of_making(named: pl.DataFrame, told: Told, report: SourceReport) -> Iterator[Bound]:
    """What was named had been made; and a program that names its commit as it begins was not deployed long before.

    The latter holds of a log that was there before: else it may have begun again, and not for the first time.
    """
    if not len(named):
        return
    for row in named.join(told.made, on="name").iter_rows(named=True):
        yield Bound(path=report.path, by=row["by"], how=MADE, high=row["high"] - row["at"] + _NTP, **_places(row))
    begins = named.filter(pl.col("text").str.contains(_BEGINS) & (pl.col("low") - (report.first or 0) >= _AFTER))
    for row in begins.join(told.ended, on="name").iter_rows(named=True):
        low = row["low"] - row["at"] - _AFTER - _NTP
        yield Bound(path=report.path, by=row["by"], how=ENDED, low=low, **_places(row))


def _places(row: dict[str, Any]) -> dict[str, int]:
    return {"line": row["line"] or 0, "line_by": row["line_by"] or 0}
