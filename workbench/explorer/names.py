"""A column as names and codes, and a column as text: what lanes are made of, and what is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    import numpy.typing as npt

    Codes = npt.NDArray[np.unsignedinteger]

NONE = "none"  # the name of what has no name


@dataclass(frozen=True, slots=True)
class Names:
    """Each name once, and for each event the number of its name, in as few bytes as the names allow."""

    names: pl.Series
    codes: Codes

    def counts(self, rows: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
        """How many events have each name, of all or of those that the mask says."""
        return np.bincount(self.codes if rows is None else self.codes[rows], minlength=len(self.names))


def texts(column: pd.Series) -> pl.Series:
    """The column as text, null where there is none; not copied where it is text already."""
    plain = column if isinstance(column.dtype, pd.StringDtype) else column.astype("str")
    found = pl.from_arrow(pa.array(plain))
    assert isinstance(found, pl.Series)
    return found.cast(pl.String)


def names_of(column: pd.Series | None, rows: int) -> Names:
    """The names of a column; all of them "none" where there is no such column."""
    if column is None:
        return Names(pl.Series([NONE]), np.zeros(rows, dtype=np.uint8))
    if isinstance(column.dtype, pd.CategoricalDtype):
        kept = column.cat.categories.astype("str").tolist()
        return _united(kept, column.cat.codes.to_numpy().astype(np.int64))
    plain = column if isinstance(column.dtype, pd.StringDtype) else column.astype("str")
    coded = pa.array(plain).dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return _united(coded.dictionary.to_pylist(), coded.indices.fill_null(-1).to_numpy())


def _united(kept: list[str], codes: npt.NDArray[np.signedinteger]) -> Names:
    """The names with "none" for what is missing and for the empty text, which are the same to whoever reads them."""
    united = [name or NONE for name in kept]
    number = {name: at for at, name in enumerate(dict.fromkeys([*united, NONE]))}
    small = np.min_scalar_type(len(number))
    new = np.array([*(number[name] for name in united), number[NONE]], dtype=small)
    return Names(pl.Series(list(number), dtype=pl.String), new[codes])  # -1 is the last: "none"
