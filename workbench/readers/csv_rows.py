"""Tables in CSV, whoever wrote them: rows of numbers become measurements, rows of anything else events.

RFC 4180 as spreadsheets and services really write it: comma, semicolon or tab, a byte order mark, blank lines before
the header, quoted cells over several lines.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from workbench.events.schema import TIME, Kind
from workbench.readers.base import MAX_COLUMNS, Batch, Certainty, Claim, Rejected
from workbench.readers.blocks import Blocks
from workbench.readers.csv_cells import LINE, Misfit, Rows, TableRows
from workbench.readers.csv_columns import Columns, columns_of, events_frame, metrics_frame, no_numbers
from workbench.readers.csv_times import TimeColumn, find_time, time_texts
from workbench.readers.day_order import DayOrder, DayOrders
from workbench.readers.repeats import Repeats
from workbench.readers.written_times import WrittenTimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.readers.base import Head, Source

_DELIMITERS = (",", ";", "\t")
_SAMPLE = 2_000
_LONGEST_CELL = 64 * 1024 * 1024
_EXCERPT = 200
_TOO_WIDE = 10_000
_LEAST_UNHEADED, _UNHEADED_SHARE = 3, 0.5  # text with commas in it is no table: any format that fits goes first

Row = tuple[int, list[str]]  # the physical line where it starts, its cells


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How a table is written: its delimiter, header and time column."""

    delimiter: str
    header: tuple[str, ...]
    time: TimeColumn
    share: float
    headed: bool = True


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """The rows with the line on which each starts; blank ones are left out."""
    csv.field_size_limit(_LONGEST_CELL)
    reader, began = csv.reader(lines, delimiter=delimiter), 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # a cell beyond all limits: wider than any header, so that the row is rejected
            cells = [f"not CSV: {error}"] * _TOO_WIDE
        if any(cell.strip() for cell in cells):
            yield began, cells
        began = reader.line_num + 1


def _layout(lines: Sequence[str]) -> _Layout | None:
    """The delimiter under which the lines are most evenly a table with a header and a time column."""
    found = [layout for delimiter in _DELIMITERS if (layout := _try(lines, delimiter))]
    return max(found, key=lambda layout: (layout.share, len(layout.header)), default=None)


def _try(lines: Sequence[str], delimiter: str) -> _Layout | None:
    try:
        rows = [cells for _, cells in islice(_rows(lines, delimiter), _SAMPLE)]
    except csv.Error:
        return None
    if not rows or not 2 <= len(rows[0]) <= MAX_COLUMNS:
        return None
    if find_time([""] * len(rows[0]), rows[:1]) or all(map(_numeric, rows[0])):
        return _unheaded(rows, delimiter)
    header, body = tuple(name.strip() for name in rows[0]), rows[1:]
    if sum(map(bool, header)) < 2 or len(set(filter(None, header))) < len(list(filter(None, header))) // 2:
        return None
    header += ("",) * (_usual_width(body, len(header)) - len(header))
    even = [row for row in body if len(row) == len(header)]
    time = find_time(header, [row for row in body if len(row) <= len(header)])
    if time is None or (body and len(even) < len(body) / 2):
        return None
    return _Layout(delimiter=delimiter, header=header, time=time, share=(len(even) + 1) / (len(body) + 1))


def _unheaded(rows: list[list[str]], delimiter: str) -> _Layout | None:
    """A table whose first row is data: nothing names its columns, so all its rows must be alike."""
    width = len(rows[0])
    time = find_time([""] * width, rows)
    if width < _LEAST_UNHEADED or time is None or any(len(row) != width for row in rows):
        return None
    return _Layout(delimiter=delimiter, header=("",) * width, time=time, share=_UNHEADED_SHARE, headed=False)


def _usual_width(body: list[list[str]], width: int) -> int:
    """How many cells most rows have, where that is more than the header names (Windows' event viewer)."""
    wider = Counter(len(row) for row in body if any(cell.strip() for cell in row[width:]))
    found, count = max(wider.items(), key=lambda item: item[1], default=(width, 0))
    return found if count > len(body) / 2 and found <= MAX_COLUMNS else width


def _numeric(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _unique(header: Sequence[str]) -> list[str]:
    """Names that a frame can have: repeated and missing ones are numbered."""
    names: list[str] = []
    for at, name in enumerate(header, start=1):
        wanted = name or f"column {at}"
        while wanted in names:
            wanted += "_"
        names.append(wanted)
    return names


def _sampled(source: Source) -> list[str]:
    """The file's first lines, as text."""
    with source.open() as stream:
        block = next(iter(Blocks(stream)), None)
    return [f"{block.text(at)}\n" for at in range(min(len(block), _SAMPLE))] if block else []


@dataclass(slots=True)
class _Reading:
    """One table on its way to events or measurements."""

    layout: _Layout
    names: list[str]
    times: WrittenTimes
    columns: Columns | None = None
    repeats: Repeats = field(default_factory=Repeats)

    def batch(self, rows: Rows) -> Batch:
        """A block of rows; the first decides what the columns are for."""
        cells = rows.cells
        if self.columns is None:
            used = {self.names[at] for at in self.layout.time.indexes}
            self.columns = columns_of(self.names, used, cells.drop(LINE).head(_SAMPLE).rows())
        table = self._table(cells)
        batch = Batch(records=len(cells) + len(rows.misfits))
        batch.rejected = [self._too_long(each) for each in rows.misfits] + self._undated(table)
        table = table.filter(pl.col("\0valid"))
        if self.columns.kind == Kind.METRIC:
            batch.metrics = metrics_frame(self.columns, table)
            for line, column, cell in no_numbers(self.columns, table).rows():
                reason = f"{column} is not a number; the row's other cells count"
                batch.rejected.append(Rejected(line, cell[:_EXCERPT], reason))
        else:
            batch.events = events_frame(self.columns, table)
        batch.rejected.sort()
        return batch

    def _too_long(self, row: Misfit) -> Rejected:
        return Rejected(row.line, row.text[:_EXCERPT], f"{row.cells} cells where the header has {len(self.names)}")

    def _undated(self, table: pl.DataFrame) -> list[Rejected]:
        """The rows without a time, with what stands in its place."""
        undated, name = table.filter(~pl.col("\0valid")), self.layout.time.name
        texts = undated.select(pl.concat_str(self.names, separator=self.layout.delimiter).str.slice(0, _EXCERPT))
        stated = (f"{name} is {text[:80]!r}" if text else f"{name} is empty" for text in undated["\0text"])
        rows = zip(undated[LINE], texts.to_series(), stated, strict=True)
        return [Rejected(line, text, f"no usable time: {why}") for line, text, why in rows]

    def _table(self, cells: pl.DataFrame) -> pl.DataFrame:
        texts = time_texts(self.layout.time, self.names, cells)
        times = self.times.read(texts)
        basis = times.basis if isinstance(times.basis, list) else [times.basis] * len(cells)
        return cells.with_columns(
            pl.Series("\0valid", times.valid), pl.Series("\0text", texts),
            pl.Series("\0basis", basis, dtype=pl.String),
            self.repeats.among(cells.drop(LINE).hash_rows()).alias("\0duplicate"),
            *(pl.Series(f"\0{name}", getattr(times, name)).cast(TIME) for name in ("time", "earliest", "latest")),
        )  # fmt: skip


def _order(source: Source, layout: _Layout, names: list[str], sample: Sequence[Sequence[str]]) -> DayOrder | None:
    """How slashed dates are written, by all rows of the file; files whose first rows have none are not read twice."""
    frame = pl.DataFrame([list(row) for row in sample], schema=dict.fromkeys(names, pl.String), orient="row")
    first = DayOrders()
    first.take(time_texts(layout.time, names, frame))
    if first.found() is None:
        return None
    orders = DayOrders()
    with source.open() as stream:
        for rows in TableRows(stream, names, layout.delimiter, headed=layout.headed):
            orders.take(time_texts(layout.time, names, rows.cells))
    return orders.found(layout.time.zone or source.assumption.zone)


def _notes(layout: _Layout, order: DayOrder | None) -> list[str]:
    """What was found out about the table and its times, for people."""
    notes = [] if layout.headed else ["Its first row is data: the columns have no names, and are numbered."]
    if layout.time.zone is not None:
        notes.append(f"The column {layout.time.name!r} states its zone: {layout.time.zone.name}.")
    if order:
        notes.append(order.sentence)
    return notes


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvReader:
    """A table with a header and a time column; ``signatures`` are columns by which one system's tables are known."""

    name: str
    title: str
    example: str
    unfolds: str
    signatures: tuple[frozenset[str], ...] = ()
    kind: str = Kind.LOG.value
    structured: bool = True
    version: int = 3

    def identify(self, head: Head) -> Claim | None:
        """Rows of equal width under a header, one column of which holds times."""
        if head.members or not head.lines or head.lines[0].lstrip("\ufeff")[:1] in {"{", "[", "<"}:
            return None
        layout = _layout([line.lstrip("\ufeff") + "\n" for line in head.lines])
        if layout is None:
            return None
        if self.signatures:
            known = any(each <= set(layout.header) for each in self.signatures)
            return Claim(Certainty.SIGNATURE, layout.share) if known else None
        sure = layout.headed and layout.share >= 0.9 and len(layout.header) > 2
        return Claim(Certainty.SHAPE if sure else Certainty.GENERIC, layout.share)

    def read(self, source: Source) -> Iterator[Batch]:
        """The rows in file order, a block at a time."""
        lines = _sampled(source)
        layout = _layout(lines)
        if layout is None:
            yield Batch(notes=["No header with a time column was found."])
            return
        names, width = _unique(layout.header), len(layout.header)
        body = islice(_rows(lines, layout.delimiter), int(layout.headed), None)
        sample = [cells for _, cells in body if len(cells) == width]
        order = _order(source, layout, names, sample)
        reading = _Reading(layout, names, WrittenTimes(order, source.assumption, zone=layout.time.zone))
        yield Batch(notes=_notes(layout, order))
        with source.open() as stream:
            yield from map(reading.batch, TableRows(stream, names, layout.delimiter, headed=layout.headed))


READER = CsvReader(
    name="csv",
    title="Table (CSV)",
    example="tickets.csv",
    unfolds="an event a row; rows of numbers become measurements",
)
SPLUNK = CsvReader(
    name="splunk_csv",
    title="Splunk search results (CSV)",
    example="search_export.csv",
    unfolds="an event a result, at its _time; _raw is the message",
    signatures=(frozenset({"_raw", "_time"}), frozenset({"_bkt", "_cd"}), frozenset({"_indextime", "_time"})),
)
KIBANA = CsvReader(
    name="kibana_csv",
    title="Kibana Discover report (CSV)",
    example="Untitled discover search.csv",
    unfolds="an event a document, at its @timestamp in the zone that Kibana showed",
    signatures=tuple(frozenset({"@timestamp", mark}) for mark in ("_id", "_index", "_score", "_source")),
)
GRAFANA = CsvReader(
    name="grafana_csv",
    title="Grafana panel data (CSV)",
    example="panel-data.csv",
    unfolds="measurements, named by their series",
    signatures=(frozenset({"Series", "Time", "Value"}),),
)
