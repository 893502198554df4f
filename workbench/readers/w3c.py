"""W3C extended logs (IIS, CloudFront, Exchange and others): columns that the file itself names, times in UTC.

Format: https://www.w3.org/TR/WD-logfile.html. ``#Fields`` may come again and change the columns; where rows have a
clock only, ``#Date`` says the day.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.clock import Assumption, parse_zone
from workbench.events.schema import READ_SCHEMA, Kind, conform
from workbench.readers.base import Batch, Certainty, Claim, Rejected
from workbench.readers.blocks import Block, Blocks
from workbench.readers.repeats import Repeats
from workbench.readers.times import TimeReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from workbench.readers.base import Head, Source

_STAMPS = ("date-time", "DateTime", "timestamp")  # one column for both: Exchange
_LAYOUTS = (
    "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%d/%b/%Y %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
)  # fmt: skip
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CELL = r'"((?:[^"]|"")*)"|(\S+)'
_HALF_DAY = 12 * 3600
# The core columns and the attributes that analysis looks for, by the names that fields have.
_COLUMNS = {
    "host": ("s-computername", "cs-host", "cs(Host)", "x-host-header", "s-ip"), "actor": ("cs-username",),
    "service": ("s-sitename", "x-edge-location"), "x_client": ("c-ip",), "x_method": ("cs-method",),
    "x_path": ("cs-uri-stem", "cs-uri"), "x_query": ("cs-uri-query",), "x_status": ("sc-status",),
    "x_bytes": ("sc-bytes",), "x_duration": ("time-taken",), "x_agent": ("cs(User-Agent)",),
    "x_request_id": ("x-edge-request-id",), "x_result": ("x-edge-result-type",),
}  # fmt: skip


@dataclass(slots=True)
class _State:
    """What the directives before a line said."""

    fields: tuple[str, ...] = ()
    commas: bool = False  # between the cells, as in Exchange's logs
    day: date | None = None
    seconds: int = 0  # of the clock before, to see midnight pass


class _W3cReader:
    """Rows under the columns that ``#Fields`` names."""

    name = "w3c"
    title = "W3C extended log (IIS, CloudFront)"
    example = "u_ex251117.log"
    unfolds = "a request a line, with the columns that the file names"
    kind = Kind.LOG.value
    structured = False
    version = 2

    def identify(self, head: Head) -> Claim | None:
        """By the directive that names the columns, among which is a time."""
        fields = next((line for line in head.lines[:200] if line.startswith("#Fields:")), None)
        return Claim(Certainty.SIGNATURE, 1.0) if fields and {"time", *_STAMPS} & set(_names(fields)) else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The rows in file order."""
        with source.open() as stream:
            yield from self.read_stream(stream, source.assumption)

    def read_stream(self, stream: IO[bytes], assumption: Assumption) -> Iterator[Batch]:
        """The rows of a stream of bytes; a zone that a person set wins over the standard's UTC."""
        times = TimeReader(_LAYOUTS, assumption, zone=None if assumption.zone else parse_zone("UTC"))
        state, repeats = _State(), Repeats()
        for block in Blocks(stream):
            yield _batch(block, state, times, repeats)


def _batch(block: Block, state: _State, times: TimeReader, repeats: Repeats) -> Batch:
    """One block: directives change the columns for the rows below them."""
    lines = block.lines().str.strip_chars_end("\r\n")
    blank = (lines.str.strip_chars() == "").to_numpy()
    directive = lines.str.starts_with("#").to_numpy()
    batch = Batch(lines=len(lines), blank=int(blank.sum()))
    frames, begin = [], 0
    for at in [*np.flatnonzero(directive).tolist(), len(lines)]:
        rows = np.flatnonzero(~blank[begin:at]) + begin
        if len(rows):
            frame, rejected = _rows(lines.gather(rows), rows + block.first_line, state, times, repeats)
            frames.append(frame)
            batch.rejected += rejected
        if at < len(lines):
            _directed(lines[at], state)
            batch.rejected.append(Rejected(at + block.first_line, lines[at][:200], "a header or a notice, no event"))
        begin = at + 1
    batch.events = pl.concat(frames, how="diagonal") if frames else None
    batch.rejected.sort()
    return batch


def _directed(line: str, state: _State) -> None:
    if line.startswith("#Fields:"):
        state.fields, state.commas = _names(line), "," in line
    elif line.startswith("#Date:") and (match := _ISO_DAY.search(line)):
        state.day, state.seconds = date(*map(int, match.groups())), 0


def _names(line: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\s,]+", line.removeprefix("#Fields:").strip()))


def _rows(
    lines: pl.Series, numbers: np.ndarray, state: _State, times: TimeReader, repeats: Repeats
) -> tuple[pl.DataFrame, list[Rejected]]:
    """The rows of one stretch as events; rows of another width, or without a time, are rejected."""
    if not state.fields:
        told = zip(numbers.tolist(), lines, strict=True)
        return pl.DataFrame(), [
            Rejected(number, text[:200], "no #Fields line comes before it") for number, text in told
        ]
    cells = pl.Series([next(csv.reader([line]), []) for line in lines]) if state.commas else _cells(lines)
    fits = (cells.list.len() == len(state.fields)).to_numpy()
    table = pl.DataFrame({name: cells.list.get(at, null_on_oob=True) for at, name in enumerate(state.fields)})
    found = times.read(_stated(table, state))
    leads = not state.commas and set(state.fields[:2]) <= {
        "date",
        "time",
    }  # then a row of another width still says when it was
    ok = (fits | leads) & found.valid
    table = table.with_columns(pl.when(pl.Series(fits)).then(pl.all()))
    rejected = [
        Rejected(int(number), text[:200], "no usable time" if fit else "not as many cells as #Fields names")
        for number, text, fit, good in zip(numbers.tolist(), lines, fits.tolist(), ok.tolist(), strict=True)
        if not good
    ]
    rows = np.flatnonzero(ok)
    kept = lines.gather(rows)
    about = (
        found.taken(rows)
        .frame()
        .with_columns(pl.Series("line", numbers[rows], dtype=pl.Int64), repeats.among(kept), kept.alias("whole_"))
    )
    return _laid_out(table[rows.tolist()], about), rejected


def _cells(lines: pl.Series) -> pl.Series:
    """Cells between blanks or tabs; quoted ones may hold blanks."""
    if not lines.str.contains('"', literal=True).any():
        return lines.str.split("\t") if lines.str.contains("\t", literal=True).all() else lines.str.split(" ")
    quoted = lines.str.extract_all(_CELL)
    return quoted.list.eval(pl.element().str.strip_chars('"').str.replace_all('""', '"'))


def _stated(table: pl.DataFrame, state: _State) -> pl.Series:
    """Date and clock of each row; where rows have no date, that of the directive, a day later each midnight."""
    stamp = next((name for name in _STAMPS if name in table.columns), None)
    if stamp and "time" not in table.columns:
        return table.get_column(stamp)
    clock = (
        table.get_column("time") if "time" in table.columns else pl.Series("time", [None] * len(table), dtype=pl.String)
    )
    if "date" in table.columns:
        return table.get_column("date") + " " + clock
    if state.day is None:
        return clock
    parts = clock.str.extract_groups(r"^(\d{1,2}):(\d{2}):(\d{2})").struct.unnest()
    hours, minutes, rest = (parts[name].cast(pl.Int64).fill_null(0).to_numpy() for name in "123")
    seconds = hours * 3600 + minutes * 60 + rest
    steps = np.diff(np.concatenate(([state.seconds], seconds))) < -_HALF_DAY
    days = [(state.day + timedelta(days=int(passed))).isoformat() for passed in np.cumsum(steps)]
    state.day, state.seconds = state.day + timedelta(days=int(steps.sum())), int(seconds[-1])
    return pl.Series("day", days, dtype=pl.String) + " " + clock


def _laid_out(table: pl.DataFrame, about: pl.DataFrame) -> pl.DataFrame:
    """The columns of the reading schema; whatever else the file names is an attribute under its own name."""
    present = {role: next((name for name in names if name in table.columns), None) for role, names in _COLUMNS.items()}
    taken = {name for name in present.values() if name} | {"date", "time", *_STAMPS}
    rest = {
        f"x_{re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_').lower()}": name
        for name in table.columns
        if name not in taken
    }
    cells = table.select(
        pl.when(~pl.col(name).is_in(["-", ""])).then(pl.col(name)).alias(role)
        for role, name in {**{role: name for role, name in present.items() if name}, **rest}.items()
    )
    frame = pl.concat([about, cells], how="horizontal")
    request = [pl.col(name) for name in ("x_method", "x_path", "x_status") if name in frame.columns]
    message = pl.concat_str(request, separator=" ", ignore_nulls=True) if request else pl.lit("")
    return conform(
        frame.with_columns(
            kind=pl.lit(Kind.LOG.value), part=pl.lit(0),
            message=pl.when(message != "").then(message).otherwise(pl.col("whole_")),
            action=pl.lit("request.served" if len(request) > 1 else None, dtype=pl.String),
        ),
        READ_SCHEMA,
    )  # fmt: skip


READER = _W3cReader()
