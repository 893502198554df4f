"""The rows of tables: the same cells on the same lines as the standard library finds, however blocks fall."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.readers import csv_cells
from workbench.readers.csv_cells import LINE, TableRows

NAMES = ["a", "b"]


def rows_of(
    text: str, *, block_bytes: int = 1 << 20
) -> tuple[list[tuple[int, tuple[str, ...]]], list[tuple[int, int]]]:
    """Each row's line and cells, and each misfit's line and number of cells."""
    parts = list(TableRows(io.BytesIO(text.encode()), NAMES, ",", block_bytes=block_bytes))
    cells = [row for part in parts for row in part.cells.select(LINE, *NAMES).rows()]
    return [(line, tuple(rest)) for line, *rest in cells], [each[:2] for part in parts for each in part.misfits]


def by_the_standard_library(text: str) -> tuple[list[tuple[int, tuple[str, ...]]], list[tuple[int, int]]]:
    """The same by `csv.reader` over the whole text, header left out."""
    reader, began, fitting, misfits = csv.reader(io.StringIO(text, newline="")), 1, [], []
    seen_header = False
    for cells in reader:
        line, began = began, reader.line_num + 1
        if not cells:
            continue
        if not seen_header:
            seen_header = True
        elif any(cell.strip() for cell in cells[2:]):
            misfits.append((line, len(cells)))
        elif any(cell.strip() for cell in cells):
            fitting.append((line, (*cells[:2], *[""] * (2 - len(cells)))))
    return fitting, misfits


CELL = st.text(alphabet="xy\u00e9 ", max_size=3)
QUOTED = st.text(alphabet='x,\n"', max_size=4).map(lambda text: '"' + text.replace('"', '""') + '"')
ROW = st.lists(CELL | QUOTED, min_size=0, max_size=4).map(",".join)


@given(rows=st.lists(ROW, max_size=12), block=st.integers(1, 40), last=st.sampled_from(["", "\n"]))
def test_well_formed_tables_come_out_as_by_the_standard_library(rows: list[str], block: int, last: str) -> None:
    """Quoted cells over lines, doubled quotes, blank, short and long rows; blocks end anywhere."""
    text = "\n".join(["a,b", *rows]) + last
    assert rows_of(text, block_bytes=block) == by_the_standard_library(text)


@given(text=st.text(alphabet='x," \n', max_size=40))
def test_quotes_anywhere_come_out_as_by_the_standard_library(text: str) -> None:
    """A quote within a cell is a letter like any other, and one that is never closed takes what is left."""
    assert rows_of("a,b\n" + text) == by_the_standard_library("a,b\n" + text.rstrip("\n"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_say_their_own_lines(end: str) -> None:
    """Blank lines and lines within cells are counted."""
    text = end.join(["", "a,b", '1,"x', 'y"', "", "2,z", ""])
    found, _ = rows_of(text)
    assert [line for line, _ in found] == [3, 6]
    assert found[1] == (6, ("2", "z"))


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(monkeypatch) -> None:
    """Beyond a bound each line is a row again."""
    monkeypatch.setattr(csv_cells, "LONGEST_ROW", 200)
    text = 'a,b\n1,x\n2,"open\n' + "".join(f"{at},y\n" for at in range(3, 400))
    found, _ = rows_of(text, block_bytes=256)
    assert found[0] == (2, ("1", "x"))
    assert found[-1] == (400, ("399", "y"))
    assert len(found) > 390


def test_cells_are_text_even_where_they_look_like_numbers_or_nothing() -> None:
    """No cell is turned into a number, a date or a null."""
    found, _ = rows_of("a,b\n007,NULL\n1e5,\n")
    assert found == [(2, ("007", "NULL")), (3, ("1e5", ""))]
    assert next(iter(TableRows(io.BytesIO(b"a,b\n1,2\n"), NAMES, ","))).cells.schema["a"] == pl.String
