"""The reader that trackers' tables share: each row unfolds into events, and columns may repeat their names.

For exports of thousands of rows; tables of millions are read by whole columns (``csv_rows``).
"""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from workbench.readers.base import Certainty, Claim
from workbench.readers.blocks import encoding_of
from workbench.readers.json_records import FLUSH_EVENTS, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbench.readers.base import Batch, EventRows, Head, Source

_DELIMITERS = (",", ";", "\t")
_LONGEST_CELL = 64 * 1024 * 1024
_EXCERPT = 200
_HEADER_LINES = 1000


class Row:
    """The cells of a row by the names of their columns, small; empty cells are no cells."""

    def __init__(self, header: tuple[str, ...], cells: list[str]) -> None:
        self._cells: dict[str, list[str]] = {}
        for name, cell in zip(header, cells, strict=False):
            if text := cell.strip():
                self._cells.setdefault(name, []).append(text)

    def renamed(self, name: Callable[[str], str]) -> Row:
        """The same cells under the names that the function makes of theirs."""
        row = Row((), [])
        for old, cells in self._cells.items():
            row._cells.setdefault(name(old), []).extend(cells)
        return row

    def all(self, *names: str) -> list[str]:
        """The cells of all columns of these names, in their order."""
        return [cell for name in names for cell in self._cells.get(name, [])]

    def first(self, *names: str) -> str | None:
        """The first cell under one of the names."""
        return next(iter(self.all(*names)), None)


class Unfolder(Protocol):
    """What makes events of the rows of one source."""

    def __call__(self, rows: EventRows, number: int, row: Row) -> None:
        """The events of a row."""
        ...

    def notes(self) -> list[str]:
        """What is known when all rows are read, for people."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRecordReader:
    """A tracker's table. ``fits`` knows it by the names of its columns, which are given small and stripped."""

    name: str
    title: str
    example: str
    unfolds: str
    kind: str
    fits: Callable[[frozenset[str]], bool]
    start: Callable[[Source], Unfolder]
    structured: bool = True
    version: int = 1

    def identify(self, head: Head) -> Claim | None:
        """By the header."""
        if head.members or not head.lines or head.lines[0].lstrip("\ufeff")[:1] in {"{", "[", "<"}:
            return None
        found = _header(line + "\n" for line in head.lines)
        return Claim(Certainty.SIGNATURE, 1.0) if found and self.fits(frozenset(found[1])) else None

    def read(self, source: Source) -> Iterator[Batch]:
        """The rows in file order."""
        ledger, unfold = Ledger(), self.start(source)
        with _opened(source) as lines:
            delimiter, header = _header(islice(lines, _HEADER_LINES)) or (",", ())
        with _opened(source) as lines:
            for number, cells in enumerate(_rows(lines, delimiter)):
                if number == 0:
                    continue
                ledger.records += 1
                self._take(ledger, unfold, header, cells, delimiter)
                if len(ledger.rows) >= FLUSH_EVENTS:
                    yield ledger.batch()
        ledger.notes += unfold.notes() if ledger.records else ["The table has a header and no rows."]
        yield ledger.batch()

    def _take(
        self, ledger: Ledger, unfold: Unfolder, header: tuple[str, ...], cells: list[str] | str, delimiter: str
    ) -> None:
        if isinstance(cells, str):
            ledger.reject(cells, "not CSV")
        elif len(cells) > len(header):
            ledger.reject(delimiter.join(cells)[:_EXCERPT], f"{len(cells)} cells where the header has {len(header)}")
        else:
            ledger.attempt(Row(header, cells), delimiter.join(filter(None, cells))[:_EXCERPT], unfold)


@contextmanager
def _opened(source: Source) -> Iterator[Iterator[str]]:
    """The lines of a source with their ends, in whatever encoding it is."""
    with source.open() as stream:
        encoding, _ = encoding_of(stream.read(4096))
    with source.open() as stream:
        yield io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")


def _header(lines: Iterable[str]) -> tuple[str, tuple[str, ...]] | None:
    """The delimiter that gives the widest first row, and that row's names, small."""
    text = list(lines)
    first = ((mark, next(_rows(iter(text), mark), [])) for mark in _DELIMITERS)
    found = [(mark, cells) for mark, cells in first if isinstance(cells, list) and len(cells) > 1]
    if not found:
        return None
    delimiter, cells = max(found, key=lambda each: len(each[1]))
    return delimiter, tuple(cell.strip().lstrip("\ufeff").strip('"').lower() for cell in cells)


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str] | str]:
    """The rows that are not blank; one that cannot be read is its error."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)
            continue
        if any(cell.strip() for cell in cells):
            yield cells
