"""Tables in CSV, whoever wrote them: rows of numbers become measurements, rows of anything else events.

RFC 4180 as spreadsheets and services really write it: comma, semicolon or tab, a byte order mark, blank lines before
the header, quoted cells over several lines.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

import polars as pl

from workbench.events.schema import TIME, Kind
from workbench.readers.base import Batch, Certainty, Claim, Rejected
from workbench.readers.csv_columns import Columns, columns_of, events_frame, metrics_frame, no_numbers
from workbench.readers.csv_times import CsvTimes, DayOrder, TimeColumn, by_custom, day_order, find_time, texts_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.readers.base import Head, Source

_DELIMITERS = (",", ";", "\t")
_CHUNK = 50_000
_SAMPLE = 2_000
_LONGEST_CELL = 64 * 1024 * 1024
_EXCERPT = 200
_TOO_WIDE = 10_000

Row = tuple[int, list[str]]  # the physical line where it starts, its cells


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How a table is written: its delimiter, header and time column."""

    delimiter: str
    header: tuple[str, ...]
    time: TimeColumn
    share: float


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
    if not rows or len(rows[0]) < 2:
        return None
    header, body = tuple(name.strip() for name in rows[0]), rows[1:]
    if sum(map(bool, header)) < 2 or len(set(filter(None, header))) < len(list(filter(None, header))) // 2:
        return None
    if find_time([""] * len(header), [header]) or all(map(_numeric, header)):
        return None  # no header: the first row is data, and nothing names the columns
    even = [row for row in body if len(row) == len(header)]
    time = find_time(header, [row for row in body if len(row) <= len(header)])
    if time is None or (body and len(even) < len(body) / 2):
        return None
    return _Layout(delimiter=delimiter, header=header, time=time, share=(len(even) + 1) / (len(body) + 1))


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


def _text(source: Source) -> io.TextIOWrapper:
    stream = source.open()
    start = stream.read(4)
    stream.close()
    wide = start[:2] in {b"\xff\xfe", b"\xfe\xff"}
    encoding = "utf-16" if wide else "utf-8-sig"
    return io.TextIOWrapper(source.open(), encoding=encoding, errors="backslashreplace", newline="")


@dataclass(slots=True)
class _Reading:
    """One table on its way to events or measurements."""

    layout: _Layout
    names: list[str]
    times: CsvTimes
    columns: Columns | None = None
    seen: set[int] = field(default_factory=set)

    def batch(self, rows: list[Row]) -> Batch:
        """A chunk of rows; the first chunk decides what the columns are for."""
        rejected, fitting = self._fitted(rows)
        cells = [each for _, each in fitting]
        if self.columns is None:
            used = {self.names[at] for at in self.layout.time.indexes}
            self.columns = columns_of(self.names, used, cells[:_SAMPLE])
        table = self._table(fitting, cells)
        undated, by_line = table.filter(~pl.col("\0valid")), dict(fitting)
        for line, text in zip(undated["\0line"], undated["\0text"], strict=True):
            stated = f"{self.layout.time.name} is {text[:80]!r}" if text else f"{self.layout.time.name} is empty"
            rejected.append(Rejected(line, self._excerpt(by_line[line]), f"no usable time: {stated}"))
        table = table.filter(pl.col("\0valid"))
        batch = Batch(records=len(rows), rejected=rejected)
        if self.columns.kind == Kind.METRIC:
            batch.metrics = metrics_frame(self.columns, table)
            for line, column, cell in no_numbers(self.columns, table).rows():
                reason = f"{column} is not a number; the row's other cells count"
                batch.rejected.append(Rejected(line, cell[:_EXCERPT], reason))
        else:
            batch.events = events_frame(self.columns, table)
        batch.rejected.sort()
        return batch

    def _fitted(self, rows: list[Row]) -> tuple[list[Rejected], list[Row]]:
        """Rows as wide as the header: short ones are filled up, ones with more cells are rejected."""
        width, rejected, fitting = len(self.names), [], []
        for line, cells in rows:
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                reason = f"{len(cells)} cells where the header has {width}"
                rejected.append(Rejected(line, self._excerpt(cells), reason))
            else:
                fitting.append((line, [*cells[:width], *[""] * (width - len(cells))]))
        return rejected, fitting

    def _excerpt(self, cells: list[str]) -> str:
        return self.layout.delimiter.join(cells)[:_EXCERPT]

    def _table(self, rows: list[Row], cells: list[list[str]]) -> pl.DataFrame:
        columns = list(zip(*cells, strict=True)) or [() for _ in self.names]
        texts = pl.Series(texts_at(self.layout.time, cells), dtype=pl.String)
        times = self.times.read(texts)
        basis = times.basis if isinstance(times.basis, list) else [times.basis] * len(cells)
        return pl.DataFrame(
            {name: pl.Series(column, dtype=pl.String) for name, column in zip(self.names, columns, strict=True)}
        ).with_columns(
            pl.Series("\0line", [line for line, _ in rows], dtype=pl.Int64), pl.Series("\0valid", times.valid),
            pl.Series("\0text", texts), pl.Series("\0basis", basis, dtype=pl.String),
            pl.Series("\0duplicate", self._repeats(cells), dtype=pl.Boolean),
            *(pl.Series(f"\0{name}", getattr(times, name)).cast(TIME) for name in ("time", "earliest", "latest")),
        )  # fmt: skip

    def _repeats(self, cells: list[list[str]]) -> list[bool]:
        """Which rows say cell for cell what an earlier one said."""
        found = []
        for each in cells:
            key = hash(tuple(each))
            found.append(key in self.seen)
            self.seen.add(key)
        return found


def _order(source: Source, layout: _Layout) -> DayOrder | None:
    """How slashed dates are written, by all rows of the file; files whose first rows have none are not read twice."""
    with _text(source) as lines:
        rows = islice(_rows(lines, layout.delimiter), 1, None)
        width = max(layout.time.indexes) + 1
        texts = (texts_at(layout.time, [cells])[0] for _, cells in rows if len(cells) >= width)
        first = list(islice(texts, _SAMPLE))
        found = day_order(chain(first, texts)) if day_order(first) else None
    return by_custom(found, layout.time.zone or source.assumption.zone)


def _notes(layout: _Layout, order: DayOrder | None) -> list[str]:
    """What was found out about the times, for people."""
    notes = []
    if layout.time.zone is not None:
        notes.append(f"The column {layout.time.name!r} states its zone: {layout.time.zone.name}.")
    if order and order.decided:
        notes.append(f"Dates begin with the {'day' if order.order == 'dmy' else 'month'}: {order.why}.")
    if order and not order.decided:
        notes.append("Nothing in the file says whether its dates begin with the day or the month: read as day first, "
                     "and the other reading lies inside each row's interval.")  # fmt: skip
    return notes


class _CsvReader:
    """A table with a header and a time column."""

    name = "csv"
    title = "Table (CSV)"
    example = "tickets.csv"
    unfolds = "an event a row; rows of numbers become measurements"
    kind = Kind.LOG.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """Rows of equal width under a header, one column of which holds times."""
        if head.members or not head.lines or head.lines[0].lstrip("\ufeff")[:1] in {"{", "[", "<"}:
            return None
        layout = _layout([line.lstrip("\ufeff") + "\n" for line in head.lines])
        if layout is None:
            return None
        sure = layout.share >= 0.9 and len(layout.header) > 2
        return Claim(Certainty.SHAPE if sure else Certainty.GENERIC, layout.share)

    def read(self, source: Source) -> Iterator[Batch]:
        """The rows in file order, a chunk at a time."""
        with _text(source) as lines:
            layout = _layout(list(islice(lines, _SAMPLE)))
        if layout is None:
            yield Batch(notes=["No header with a time column was found."])
            return
        order = _order(source, layout)
        reading = _Reading(layout, _unique(layout.header), CsvTimes(layout.time, order, source.assumption))
        notes = _notes(layout, order)
        with _text(source) as lines:
            rows = islice(_rows(lines, layout.delimiter), 1, None)
            while chunk := list(islice(rows, _CHUNK)):
                batch = reading.batch(chunk)
                batch.notes, notes = notes, []
                yield batch


READER = _CsvReader()
