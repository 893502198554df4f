"""Causes: what a hosted service and a log both name, where one of the two must have come first.

A page, a message and a deployment get their ids from the service: a log names them afterwards. The id of a request is a
log's, and so is a line that somebody pasted: the chat has them afterwards. So each bounds the log's clock from one side
(Lamport 1978, "happened before"). None of it says how far a clock is off, only how far at most: a thing may be named
long after it was made. A deployment's commit bounds nothing: it is named while it is built, and again at each start.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.clock.zone import SECOND
from workbench.timeline.sightings import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workbench.model import SourceReport
    from workbench.timeline.load import ReadSource

QUOTED, MADE = "quoted", "made"
_NTP = SECOND // 4
# The attribute with the id of what an action makes; of a deployment's number the word must stand before it.
_MAKING = {
    "incident.triggered": "incident", "status.investigating": "incident", "message.posted": "ts",
    "message.replied": "ts", "deploy.created": "deployment",
}  # fmt: skip
_NAME, _NUMBER = r"^[A-Za-z0-9.-]{7,64}$", r"^[0-9]{5,}$"
_NUMBERED = r'(?i)\bdeployment(?:[_ -]?id)?["\']?\s?[=:#]?\s?["\']?'
_EDITED = "message.edited"
_ID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[0-9a-fA-F]{16}"
_REQUEST = r'(?i)\b(?:x[-_])?(?:rid|(?:request|req|trace|correlation)[-_]?id)["\']?\s?[=:]\s?["\']?'
_LINE = 40  # characters of a line, its time among them, by which it is known again
_TIMED = r"\d{2}:\d{2}:\d{2}|\d{10}"
_FENCE = " \t`>|*_"
_EMPTY = {"name": pl.String, "at": pl.Int64, "by": pl.String, "line_by": pl.Int64}


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
    """What the hosted services say: each name (of a pasted line its beginning) with when that was first, ns."""

    made: pl.DataFrame
    requests: pl.DataFrame
    pasted: pl.DataFrame

    def __bool__(self) -> bool:
        return bool(len(self.made) or len(self.requests) or len(self.pasted))


def told_by(hosted: Iterable[ReadSource]) -> Told:
    """All that these sources, whose clocks are taken as true, made or quoted."""
    made, requests, pasted = [], [], []
    for source in hosted:
        if source.report.events:
            events = source.events().filter(~pl.col("duplicate").fill_null(value=False))
            events = events.with_columns(by=pl.lit(source.report.path))
            made.append(_made(events))
            said = _said(events)
            requests.append(_requests(said))
            pasted.append(_pasted(said))
    return Told(made=_first(made), requests=_first(requests), pasted=_first(pasted))


def bounds_of(sources: Sequence[ReadSource], told: Told, among: Sequence[ReadSource] = ()) -> dict[str, list[Bound]]:
    """What bounds the clock of each of these logs, in order of its lines; times must have been read in UTC.

    A line that stands in several logs, ``among`` others too, is known as none of them.
    """
    found = {source.report.path: _read(source, told) for source in sources} if told else {}
    counted = Counter(name for rows in found.values() for name in rows["pasted"].get_column("name"))
    if counted:
        for source in among:
            if source.report.path not in found:
                counted.update(_read(source, told)["pasted"].get_column("name"))
    alone = [name for name, often in counted.items() if often == 1]
    bounds: dict[str, list[Bound]] = {}
    for source in sources if found else ():
        rows = found[source.report.path]
        quoted = [(rows["requests"], told.requests), (rows["pasted"].filter(pl.col("name").is_in(alone)), told.pasted)]
        every = [*_of_making(rows["made"], told.made, source.report)]
        every += [bound for names, quotes in quoted for bound in _of_quotes(names, quotes, source.report)]
        bounds[source.report.path] = sorted(every, key=lambda each: (each.line, each.how, each.by, each.line_by))
    return bounds


# ---- what the services say


def _made(events: pl.DataFrame) -> pl.DataFrame:
    """The ids of what an action made, from the first moment at which anything of it is told."""
    found = [_called(events, key, pl.col("action") == action) for action, key in _MAKING.items()]
    names = pl.concat(found).select("name").unique()
    every = pl.concat([_called(events, key) for key in dict.fromkeys(_MAKING.values())])
    return every.join(names, on="name", how="semi")


def _called(events: pl.DataFrame, key: str, which: pl.Expr | None = None) -> pl.DataFrame:
    name, rows = pl.col("name"), events if which is None else events.filter(which)
    own = (
        name.str.contains(_NUMBER)
        if key == "deployment"
        else (name.str.contains(_NAME) & name.str.contains(r"\d") & name.str.contains("[A-Za-z.]"))
    )
    called = rows.select(
        pl.col("attributes").str.json_path_match(f"$.{key}").alias("name"),
        pl.col("earliest").cast(pl.Int64).alias("at"), "by", pl.col("line").alias("line_by"),
    )  # fmt: skip
    return called.drop_nulls("name").filter(own)


def _said(events: pl.DataFrame) -> pl.DataFrame:
    """The messages; one that was edited has its text since it was edited last."""
    chat = events.filter(pl.col("kind").cast(pl.String) == "chat")
    edited = (pl.col("action") == _EDITED).fill_null(value=False)
    chat = chat.with_columns(edited.any().over("by", "line").alias("changed"), edited.alias("edited"))
    kept = chat.filter(~pl.col("changed") | pl.col("edited"))
    return kept.select(
        "message", pl.col("latest").cast(pl.Int64).max().over("by", "line").alias("at"), "by",
        pl.col("line").alias("line_by"),
    )  # fmt: skip


def _requests(said: pl.DataFrame) -> pl.DataFrame:
    found = said.with_columns(pl.col("message").str.extract_all(rf"\b(?:{_ID})\b").alias("name")).explode("name")
    known = found.drop_nulls("name").filter(pl.col("name").str.contains("[a-fA-F-]"))
    return known.select(pl.col("name").str.to_lowercase(), "at", "by", "line_by")


def _pasted(said: pl.DataFrame) -> pl.DataFrame:
    """Lines of a log that somebody pasted, by how they begin."""
    lines = said.with_columns(pl.col("message").str.split("\n").alias("name")).explode("name")
    begun = lines.with_columns(_beginning(pl.col("name")).alias("name")).drop_nulls("name")
    whole = (pl.col("name").str.len_chars() == _LINE) & pl.col("name").str.contains(_TIMED)
    return begun.filter(whole).select("name", "at", "by", "line_by")


def _beginning(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(_FENCE).str.slice(0, _LINE)


def _first(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The first time at which each is told of, wherever that is."""
    if not frames:
        return pl.DataFrame(schema=_EMPTY)
    every = pl.concat(frame.select(pl.col(name).cast(kind) for name, kind in _EMPTY.items()) for frame in frames)
    return every.sort("at", "by", "line_by").unique("name", keep="first", maintain_order=True)


# ---- what a log says


def _read(source: ReadSource, told: Told) -> dict[str, pl.DataFrame]:
    """Where a log first names what was made, a request that was quoted, and a line that was pasted."""
    made, requests = (frame.get_column("name").to_list() for frame in (told.made, told.requests))
    pasted = told.pasted.get_column("name")
    found: dict[str, list[pl.DataFrame]] = {"made": [], "requests": [], "pasted": []}
    for part in parts_of(source):
        found["made"] += [_naming(part, made, _as_made, any_case=False)] if made else []
        found["requests"] += [_naming(part, requests, _as_request, any_case=True)] if requests else []
        if len(pasted):
            begun = part.with_columns(_beginning(pl.col("text")).alias("name"))
            found["pasted"].append(begun.filter(pl.col("name").is_in(pasted.implode())))
    return {name: _earliest(frames) for name, frames in found.items()}


def _naming(part: pl.DataFrame, names: list[str], pattern: Any, *, any_case: bool) -> pl.DataFrame:
    """The events that name one of these as a word of its own; what is looked for first is cheap."""
    text = pl.col("text")
    rows = part.filter(text.str.contains_any(names, ascii_case_insensitive=any_case))
    if not len(rows):
        return part.clear().with_columns(name=pl.lit(None, pl.String))
    held = text.str.extract_many(names, ascii_case_insensitive=any_case, overlapping=True)
    there = {name.lower() if any_case else name for name in rows.select(held.explode()).to_series().drop_nulls()}
    found = [rows.filter(text.str.contains(pattern(name))).with_columns(name=pl.lit(name)) for name in sorted(there)]
    return pl.concat(found)


def _as_made(name: str) -> str:
    if re.search(_NUMBER, name):
        return rf"{_NUMBERED}{name}\b"
    return rf"(?:^|[^A-Za-z0-9]){re.escape(name)}(?:[^A-Za-z0-9]|$)"


def _as_request(name: str) -> str:
    return rf"{_REQUEST}{re.escape(name)}\b"


def _earliest(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The first event of each name."""
    if not frames:
        return pl.DataFrame(schema={"name": pl.String, "low": pl.Int64, "high": pl.Int64, "line": pl.Int64})
    every = pl.concat(frame.select("name", "low", "high", pl.col("line").cast(pl.Int64)) for frame in frames)
    return every.sort("low", "line").unique("name", keep="first", maintain_order=True)


# ---- what follows


def _of_quotes(rows: pl.DataFrame, quotes: pl.DataFrame, report: SourceReport) -> Iterator[Bound]:
    """What was quoted had been written."""
    for row in rows.join(quotes, on="name").iter_rows(named=True):
        low = row["low"] - row["at"] - _NTP
        yield Bound(path=report.path, by=row["by"], how=QUOTED, low=low, **_places(row))


def _of_making(rows: pl.DataFrame, made: pl.DataFrame, report: SourceReport) -> Iterator[Bound]:
    """What was named had been made."""
    for row in rows.join(made, on="name").iter_rows(named=True):
        high = row["high"] - row["at"] + _NTP
        yield Bound(path=report.path, by=row["by"], how=MADE, high=high, **_places(row))


def _places(row: Mapping[str, Any]) -> dict[str, int]:
    return {"line": row["line"] or 0, "line_by": row["line_by"] or 0}
