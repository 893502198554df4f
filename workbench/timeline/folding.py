"""Folding: many events that say one thing as one row with their count; nothing is deleted, and every fold opens again.

Lines that were sent twice or only counted, an alert told again, an alert that flaps, a status posted twice, a message
posted again, and bursts of one template. Two equal lines of one second without an id of their own may be two events:
they are a burst at most, never a duplicate.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl

from workbench.clock.zone import SECOND
from workbench.events.flapping import stretches
from workbench.timeline.sightings import HEX_ID
from workbench.timeline.templates import templates_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60 * SECOND
BURST = 3  # events
PAUSE = 30 * SECOND  # and three times the usual gap: longer, and another burst begins
DOUBLE_POST = 2 * MINUTE
REPOST, SAME_TEXT = MINUTE, 0.95


# sysklogd and macOS; rsyslog says which message it was.
_AGAIN = r"^(?:([\w.-]+) )?(?:-+ )?(?:last )?message repeated (\d{1,9}) times?(?:: \[(.*)\]|\b)"
_IDS = pl.concat_str([pl.col("message"), pl.col("attributes")], separator=" ", ignore_nulls=True).str.extract_all(
    HEX_ID
)
_DIGITS = re.compile(r"\d+")
_CHANNEL = pl.col("attributes").str.json_path_match("$.channel").alias("channel")


class Fold(StrEnum):
    """Why events stand as one."""

    DUPLICATE = "sent twice"
    TOLD_AGAIN = "told again"
    FLAPPING = "flapping"
    DOUBLE_POST = "posted twice"
    REPOST = "posted again"
    REPEATED = "repeated"
    BURST = "burst"


def folds(events: pl.DataFrame) -> pl.DataFrame:
    """A row an event that stands in a fold: ``id``, ``fold`` (the id of its first event), ``why``, ``template``.

    ``events`` are as :func:`workbench.timeline.frame.merged` gives them, in order of time. Each is in one fold at most.
    """
    copies = _duplicates(events)
    repeated = _repeated(events)
    apart = pl.concat([copies, repeated]).get_column("id")
    rest = events.filter(~pl.col("id").is_in(apart.implode()))
    found = [_bursts(rest), repeated]
    for kind, find in (("alert", _alerts), ("status", _double_posts), ("chat", _reposts)):
        rows = rest.filter(pl.col("kind") == kind)
        found.append(_frame(find(rows)) if len(rows) else _frame(()))
    return _to_the_head(pl.concat([*found, copies]).unique("id", keep="first", maintain_order=True))


def _to_the_head(found: pl.DataFrame) -> pl.DataFrame:
    """Folds within folds as one: what repeats an event stands where that event stands."""
    while True:
        heads = found.filter(pl.col("id") != pl.col("fold")).select(
            pl.col("id").alias("fold"), pl.col("fold").alias("further"), pl.col("why").alias("also")
        )
        joined = found.join(heads, on="fold", how="left", maintain_order="left")
        if joined.get_column("further").null_count() == len(joined):
            return found
        found = joined.select(
            "id", pl.coalesce("further", "fold").alias("fold"), pl.coalesce("also", "why").alias("why"), "template"
        )


def folded(events: pl.DataFrame) -> pl.DataFrame:
    """The events with those of a fold as its first, and how many stand there, until when and why.

    ``count`` is of rows, so that it sums up to all of them. ``times`` is how often it happened: a line that says "last
    message repeated 3 times" is one row and three times.
    """
    kept = events.join(folds(events), on="id", how="left").with_columns(pl.coalesce("fold", "id").alias("fold"))
    sums = kept.group_by("fold").agg(
        pl.len().alias("count"), _times().sum().alias("times"), pl.col("time").max().alias("last"),
        pl.col("why").drop_nulls().first().alias("why_"), pl.col("template").drop_nulls().first().alias("template_"),
    )  # fmt: skip
    heads = kept.filter(pl.col("fold") == pl.col("id")).join(sums, on="fold", how="left", maintain_order="left")
    return heads.drop("why", "template").rename({"why_": "why", "template_": "template"})


def _frame(rows: Any) -> pl.DataFrame:
    schema = {"id": pl.String, "fold": pl.String, "why": pl.String, "template": pl.String}
    return pl.DataFrame([*rows], schema=schema, orient="row")


def _duplicates(events: pl.DataFrame) -> pl.DataFrame:
    """Lines that repeat an earlier one, where an id or a fraction of a second tells that they are the same event."""
    fraction = pl.col("time").cast(pl.Int64) % SECOND != 0
    same = ["source", "time", "message", "attributes"]
    again = events.filter(pl.col("duplicate").fill_null(value=False)).select(same).unique()
    rows = events.join(again, on=same, how="semi", nulls_equal=True)
    rows = rows.filter(fraction | _named_once(events, rows))
    first = pl.col("id").first().over(same, mapping_strategy="group_to_rows")
    return rows.select(
        "id", first.alias("fold"), pl.lit(str(Fold.DUPLICATE)).alias("why"), pl.lit(None, pl.String).alias("template")
    ).filter(pl.col("id") != pl.col("fold"))


def _named_once(events: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Which rows hold an id that only their own copies hold: a request's, not a customer's. Digits alone are none."""
    if not len(rows):
        return pl.Series([], dtype=pl.Boolean)
    ids = rows.select("source", _IDS.alias("ids")).with_row_index().explode("ids")
    ids = ids.filter(pl.col("ids").str.contains("[a-fA-F-]"))
    near = events.filter(pl.col("source").is_in(rows.get_column("source").unique().implode()))
    said = near.select("source", "time", _IDS.alias("ids")).explode("ids").drop_nulls("ids")
    moments = said.group_by("source", "ids").agg(pl.col("time").n_unique().alias("moments"))
    own = ids.join(moments, on=["source", "ids"], how="left").filter(pl.col("moments") == 1)
    return pl.Series(range(len(rows))).is_in(own.get_column("index").cast(pl.Int64).unique().implode())


def _times() -> pl.Expr:
    """How often a line says that something happened."""
    return pl.col("message").str.extract(_AGAIN, 2).cast(pl.Int64, strict=False).fill_null(1)


def _repeated(events: pl.DataFrame) -> pl.DataFrame:
    """Lines in which syslog only counts how often the line before came again: they stand with that line.

    It is the line before of the same host, and of the same text where the count names it (rsyslog does).
    """
    logs = events.filter(pl.col("kind") == "log").select("id", "source", "line", "host", "message")
    again = pl.col("message").str.contains(_AGAIN)
    named = pl.coalesce(
        "host", pl.col("message").str.extract(_AGAIN, 1)
    )  # where no program follows, it is read as text
    text = pl.col("message").str.extract(_AGAIN, 3).str.strip_chars()
    counts = logs.filter(again).with_columns(named.alias("host"), text.alias("text"))
    if not len(counts):
        return _frame(())
    said = logs.filter(~again).rename({"id": "fold", "message": "text"}).sort("line")
    by_text = _before(counts.filter(pl.col("text").is_not_null()), said, ["source", "host", "text"])
    by_place = _before(counts.filter(pl.col("text").is_null()), said, ["source", "host"])
    found = pl.concat([by_text, by_place]).drop_nulls("fold")
    return found.with_columns(
        pl.lit(str(Fold.REPEATED)).alias("why"), pl.lit(None, pl.String).alias("template")
    )  # fmt: skip


def _before(counts: pl.DataFrame, said: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """For each count the nearest line before it that is alike in these columns."""
    blank = [pl.col(name).fill_null("") for name in by]
    left, right = (frame.with_columns(blank).sort("line") for frame in (counts, said.select("fold", "line", *by)))
    return left.join_asof(right, on="line", by=by, strategy="backward", check_sortedness=False).select("id", "fold")


def _alerts(rows: pl.DataFrame) -> Iterator[tuple[str, str, str, None]]:
    """Re-notifications of one episode, and series that change their state three times and more within ten minutes."""
    series: dict[str, list[dict[str, Any]]] = {}
    for row in rows.select("id", "time", "action", "attributes", "message").iter_rows(named=True):
        series.setdefault(_series(row), []).append(row)
    for own in series.values():
        for stretch in _flapping(own):
            yield from ((row["id"], stretch[0]["id"], str(Fold.FLAPPING), None) for row in stretch)
        yield from _told_again(own)


def _told_again(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, None]]:
    """What tells of an episode that was told of before: a repetition, or the same change at the same time."""
    told: dict[tuple[str, Any], str] = {}
    begun = ""
    for row in rows:
        key = (row["action"], row["time"])
        first = begun if row["action"] == "alert.repeated" else told.get(key, "")
        if first:
            yield (row["id"], first, str(Fold.TOLD_AGAIN), None)
            continue
        told[key] = row["id"]
        begun = row["id"] if row["action"] == "alert.fired" else begun


def _series(row: dict[str, Any]) -> str:
    """What tells one series of an alert from another: its fingerprint, else its labels, else its words."""
    attributes = orjson.loads(row["attributes"]) if row["attributes"] else {}
    labels = attributes.get("labels")
    named = attributes.get("alertname") or attributes.get("alert") or row["message"]
    return str(
        attributes.get("fingerprint")
        or (f"{named}{orjson.dumps(labels, option=orjson.OPT_SORT_KEYS)!r}" if labels else named)
    )


def _flapping(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The stretches in which a series flaps, from the first change to the last."""
    times = [round(row["time"].timestamp() * SECOND) for row in rows]
    found = stretches(times, [row["action"] != "alert.resolved" for row in rows])
    return (rows[first : last + 1] for first, last in found)


def _double_posts(rows: pl.DataFrame) -> Iterator[tuple[str, str, str, None]]:
    """The same status with the same words, within two minutes."""
    last: dict[tuple[Any, ...], tuple[str, int]] = {}
    for row in rows.select("id", pl.col("time").cast(pl.Int64), "action", "message").iter_rows(named=True):
        key = (row["action"], " ".join(str(row["message"]).casefold().split()))
        first, at = last.get(key, ("", -DOUBLE_POST - 1))
        again = row["time"] - at <= DOUBLE_POST
        last[key] = (first if again else row["id"], row["time"])
        if again:
            yield from ((each, first, str(Fold.DOUBLE_POST), None) for each in (first, row["id"]))


def _reposts(rows: pl.DataFrame) -> Iterator[tuple[str, str, str, None]]:
    """What the same person wrote again within a minute, almost word for word."""
    last: dict[Any, list[tuple[str, int, str]]] = {}
    for row in rows.select("id", pl.col("time").cast(pl.Int64), "actor", "source", "message", _CHANNEL).iter_rows(
        named=True
    ):
        text, at = str(row["message"]), row["time"]
        recent = [each for each in last.get(_place(row), []) if at - each[1] <= REPOST]
        first = next((key for key, _, said in recent if _alike(said, text)), None) if row["actor"] else None
        if first:
            yield from ((each, first, str(Fold.REPOST), None) for each in (first, row["id"]))
        last[_place(row)] = [*recent, (first or row["id"], at, text)]


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Who wrote where."""
    return row["actor"], row["source"], row["channel"]


def _alike(one: str, other: str) -> bool:
    """Whether two texts of some length differ in a typo at most."""
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return False  # another version, another order
    if min(len(one), len(other)) < 12 or abs(len(one) - len(other)) > 0.1 * max(len(one), len(other)):
        return one == other and len(one) >= 12
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= SAME_TEXT and matcher.ratio() >= SAME_TEXT


def _bursts(events: pl.DataFrame) -> pl.DataFrame:
    """Log lines of one template, service, host and source that follow one another without a long pause."""
    rows = events.filter(pl.col("kind") == "log").select("id", "time", "source", "service", "host", "level", "message")
    if not len(rows):
        return _frame(())
    key = ["template", "source", "service", "host", "level"]
    gap = pl.col("time").cast(pl.Int64).diff().over(key)
    rows = rows.with_columns(templates_of(rows.get_column("message")).alias("template"))
    rows = rows.with_columns(gap.alias("gap"))
    pause = pl.max_horizontal(pl.lit(PAUSE), 3 * pl.col("gap").median().over(key))
    rows = rows.with_columns((pl.col("gap").is_null() | (pl.col("gap") > pause)).cum_sum().over(key).alias("burst"))
    whole = [*key, "burst"]
    return rows.select(
        "id", pl.col("id").first().over(whole).alias("fold"), pl.lit(str(Fold.BURST)).alias("why"), "template",
        pl.len().over(whole).alias("n"),
    ).filter(pl.col("n") >= BURST).drop("n")  # fmt: skip
