"""The columns of a table by what they are for: numbers and labels of measurements, message and marks of events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from workbench.events.levels import LEVEL_OF
from workbench.events.schema import METRIC_SCHEMA, READ_SCHEMA, Kind, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXTS = (
    "message", "msg", "_raw", "raw", "log", "text", "subject", "summary", "title", "event", "description", "body",
    "note", "notes", "comment", "details", "content", "error",
)  # fmt: skip
_UNNAMED_SERIES = 3  # name, time and value need no header to be measurements
_LEVELS = ("level", "severity", "loglevel", "log_level", "log.level", "lvl")
_SERVICES = ("service", "service_name", "service.name", "app", "application", "component")
_HOSTS = ("host", "hostname", "host.name", "server", "node", "instance")
_ACTORS = ("user", "actor", "author", "username", "user_name", "reporter", "agent", "owner", "from", "sender")
_REQUESTS = {
    "http_status": "status", "status_code": "status", "http_status_code": "status", "method": "method",
    "http_method": "method", "path": "path", "url": "path", "uri": "path", "request_id": "request_id",
    "requestid": "request_id", "client_ip": "client", "remote_addr": "client", "user_agent": "agent",
}  # fmt: skip
_TICKETS = {"ticket", "ticket_id", "ticket_number", "case", "case_id", "case_number", "issue_key"}
_OPENED = ("created", "opened", "reported", "submitted")
_UNITS = {
    "ms": "ms", "seconds": "s", "sec": "s", "secs": "s", "us": "us", "bytes": "B", "kb": "kB", "mb": "MB",
    "percent": "%", "pct": "%", "ratio": "ratio",
}  # fmt: skip
_SERIES = {"series", "metric", "metric_name", "__name__"}
_EMPTY = {"", "-", "null", "none", "n/a", "na", "nan"}
_LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What each column of a table is for; names as in the header."""

    header: tuple[str, ...]
    kind: str  # metric, ticket or log
    action: str | None = None
    message: str | None = None
    level: str | None = None
    service: str | None = None
    host: str | None = None
    actor: str | None = None
    numbers: tuple[str, ...] = ()
    series: str | None = None  # the column that names what was measured, where each row has one number
    labels: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


def bare(name: str) -> str:
    """A column's name without its zone or unit in parentheses, small, with ``_`` for what is no letter."""
    return re.sub(r"[^\w.]+", "_", re.sub(r"\s*[(\[].*$", "", name).strip().lower()).strip("_")


def columns_of(header: Sequence[str], times: set[str], rows: Sequence[Sequence[str]]) -> Columns:
    """What the columns are for, by their names and the cells of the first rows."""
    names = [name for name in header if name not in times]
    cells = {
        name: [cell for row in rows if (cell := row[at].strip()).lower() not in _EMPTY]
        for at, name in enumerate(header)
    }
    numbers = [name for name in names if cells[name] and all(map(_is_number, cells[name]))]
    others = [name for name in names if name not in numbers]
    named = len(header) <= _UNNAMED_SERIES or not all(name.startswith("column ") for name in names)
    measured = named and numbers and all(_is_label(name, cells[name], len(rows)) for name in others)
    if measured and not any(map(_says_event, names)) and not any(bare(name) in _TEXTS for name in others):
        series = next((name for name in others if len(numbers) == 1 and bare(name) in _SERIES), None)
        labels = tuple(name for name in others if name != series)
        return Columns(header=tuple(header), kind=Kind.METRIC, numbers=tuple(numbers), labels=labels, series=series)
    return _event_columns(header, names, others, cells, times)


def _says_event(name: str) -> bool:
    """Columns that only a list of events has: identities, requests, levels."""
    word = bare(name)
    return word in _REQUESTS or word in _LEVELS or word in _TICKETS or word.endswith(("_id", "uuid"))


def _is_twin(name: str, names: list[str]) -> bool:
    """Kibana gives a text twice, once as the keyword that it is searched by."""
    return name.endswith(".keyword") and name.removesuffix(".keyword") in names


def _is_prose(cell: str) -> bool:
    """Words and a blank between them; dates with a clock are none."""
    return " " in cell and any(char.isalpha() for char in cell.partition(" ")[0])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_label(name: str, cells: Sequence[str], rows: int) -> bool:
    distinct = len(set(cells))
    short = max(map(len, cells), default=0) <= _LONGEST_LABEL
    return bare(name) in (*_SERVICES, *_HOSTS) or (short and distinct <= max(8, rows // 5))


def _event_columns(
    header: Sequence[str], names: list[str], others: list[str], cells: dict[str, list[str]], times: set[str]
) -> Columns:
    words = {bare(name): name for name in reversed(names)}

    def first(known: Sequence[str]) -> str | None:
        return next((words[word] for word in known if word in words), None)

    level, service, host, actor = first(_LEVELS), first(_SERVICES), first(_HOSTS), first(_ACTORS)
    message = first(_TEXTS)
    if message is None:
        named = {level, service, host, actor}
        free = [name for name in others if name not in named and any(map(_is_prose, cells[name]))]
        message = max(free, key=lambda name: sum(map(len, cells[name])) / max(1, len(cells[name])), default=None)
    ticket = bool(_TICKETS & words.keys()) or {"subject", "category"} <= words.keys()
    opened = ticket and any(bare(name).startswith(_OPENED) for name in times)
    used = {message, service, host, actor}
    return Columns(
        header=tuple(header), kind=Kind.TICKET if ticket else Kind.LOG, action="issue.created" if opened else None,
        message=message, level=level, service=service, host=host, actor=actor,
        rest=tuple(name for name in names if name not in used and not _is_twin(name, names)),
    )  # fmt: skip


def metrics_frame(columns: Columns, table: pl.DataFrame) -> pl.DataFrame:
    """A row a number: ``table`` has the header's columns as text, ``time`` and ``line`` beside them."""
    labels = pl.lit("{}")
    if columns.labels:
        labels = pl.struct(_stripped(name).alias(name) for name in sorted(columns.labels)).struct.json_encode()
    about = table.select(
        pl.col("\0time").alias("time"), pl.col("\0line").alias("line"), labels.alias("labels"),
        *([columns.series] if columns.series else []),
    )  # fmt: skip
    parts = [
        about.with_columns(
            table.get_column(name).str.strip_chars().cast(pl.Float64, strict=False).alias("value"),
            (_stripped(columns.series) if columns.series else pl.lit(name.strip())).alias("name"),
            pl.lit(_UNITS.get(bare(name).rpartition("_")[2]), dtype=pl.String).alias("unit"),
        ).filter(pl.col("value").is_not_null())
        for name in columns.numbers
    ]  # fmt: skip
    return conform(pl.concat(parts), METRIC_SCHEMA).sort("line", maintain_order=True)


def no_numbers(columns: Columns, table: pl.DataFrame) -> pl.DataFrame:
    """The cells that should be numbers and are not: line, column and cell."""
    cell = pl.col("cell")
    wrong = cell.cast(pl.Float64, strict=False).is_null() & ~cell.str.to_lowercase().is_in(list(_EMPTY))
    found = (
        table.select(pl.col("\0line").alias("line"), pl.lit(name).alias("column"), _stripped(name).alias("cell"))
        for name in columns.numbers
    )
    return pl.concat(each.filter(wrong) for each in found)


def _stripped(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars()


def events_frame(columns: Columns, table: pl.DataFrame) -> pl.DataFrame:
    """A row an event; what has no column of its own stands in ``x_`` columns."""
    named = {name: _cell(source) for name in ("service", "host", "actor") if (source := getattr(columns, name))}
    level = pl.lit(None)
    if columns.level:
        level = _cell(columns.level).str.to_lowercase().replace_strict(LEVEL_OF, default=None, return_dtype=pl.String)
    frame = table.select(
        pl.col("\0time").alias("time"), pl.col("\0earliest").alias("earliest"), pl.col("\0latest").alias("latest"),
        pl.lit(str(columns.kind)).alias("kind"), pl.lit(columns.action, dtype=pl.String).alias("action"),
        level.cast(pl.String).alias("level"), _message(columns).alias("message"), pl.col("\0line").alias("line"),
        pl.lit(0).alias("part"), pl.col("\0basis").alias("zone_basis"), pl.col("\0duplicate").alias("duplicate"),
        *(each.alias(name) for name, each in named.items()), *_attributes(columns),
    )  # fmt: skip
    return conform(frame, READ_SCHEMA)


def _cell(name: str) -> pl.Expr:
    text = _stripped(name)
    return pl.when(text.is_in(["", "-"])).then(None).otherwise(text)


def _message(columns: Columns) -> pl.Expr:
    """The text column; rows without one say all their cells."""
    pairs = [
        pl.when(_cell(name).is_not_null()).then(pl.format("{}={}", pl.lit(name.strip()), _cell(name)))
        for name in columns.rest
    ]
    cells = pl.concat_str(pairs, separator=" ", ignore_nulls=True) if pairs else pl.lit("")
    return pl.coalesce(_cell(columns.message), cells) if columns.message else cells


def _attributes(columns: Columns) -> list[pl.Expr]:
    taken: set[str] = set()
    found = []
    for name in columns.rest:
        word = re.sub(r"\W+", "_", bare(name)) or "column"
        word = _REQUESTS.get(word, word)
        while word in taken:
            word += "_"
        taken.add(word)
        found.append(_cell(name).alias(f"x_{word}"))
    return found
