"""Lanes: one for each name of a column, the biggest first, and the rows of each in order.

Bins are counted by looking up their edges among these rows, and never by going through events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.explorer.names import Names

    Rows = npt.NDArray[np.uint32]
    Grades = npt.NDArray[np.uint8]

MOST = 40  # lanes with a name of their own: with "others" and three grades they are numbered in one byte
GRADES = 3  # 0 quiet, 1 a warning, 2 an error
ERROR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with its number of events, and how many of them are errors."""

    name: str
    count: int
    errors: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Row numbers by lane and grade, ascending in each; ``bounds`` say where each lane's grade begins."""

    rows: Rows
    bounds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, keys: Grades, lanes: int, rows: Rows | None = None) -> Placed:
        """The rows that have these keys (lane * 3 + grade); all events where no rows are named."""
        order = np.argsort(keys, kind="stable")
        counts = np.bincount(keys, minlength=lanes * GRADES)
        bounds = np.concatenate(([0], np.cumsum(counts)))
        return cls(order.astype(np.uint32) if rows is None else rows[order], bounds)

    def density(self, edges: Rows) -> npt.NDArray[np.uint32]:
        """How many rows lie between two edges each: lanes x grades x bins. Edges are row numbers."""
        keys = len(self.bounds) - 1
        found = np.zeros((keys, len(edges) - 1), dtype=np.uint32)
        for key in range(keys):
            part = self.rows[self.bounds[key] : self.bounds[key + 1]]
            if len(part):
                found[key] = np.diff(np.searchsorted(part, edges))
        return found.reshape(keys // GRADES, GRADES, len(edges) - 1)

    def counts(self) -> list[int]:
        """How many rows each lane has."""
        return [int(each) for each in np.diff(self.bounds[::GRADES])]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of a column, and the lane of each of its names."""

    lanes: tuple[Lane, ...]
    lane_of: Grades

    @classmethod
    def of(cls, names: Names, grades: Grades) -> Lanes:
        """At most 40 lanes with a name, then one with all others."""
        rows = pl.DataFrame({
            "name": names.names,
            "count": names.counts(),
            "errors": names.counts(grades == ERROR),
            "code": np.arange(len(names.names)),
        }).filter(pl.col("count") > 0).sort("count", "name", descending=[True, False])  # fmt: skip
        own, rest = rows.head(MOST), rows.slice(MOST)
        lanes = [Lane(name=name, count=count, errors=errors) for name, count, errors, _ in own.iter_rows()]
        lane_of = np.full(len(names.names), min(len(own), MOST), dtype=np.uint8)
        lane_of[own["code"].to_numpy()] = np.arange(len(own))
        if len(rest):
            count, errors = int(rest["count"].sum()), int(rest["errors"].sum())
            lanes.append(Lane(name=f"others ({len(rest)})", count=count, errors=errors))
        return cls(tuple(lanes), lane_of)

    def keys(self, names: Names, grades: Grades, rows: Rows | None = None) -> Grades:
        """Lane and grade of each event, or of those that the rows name, in one byte."""
        codes = names.codes if rows is None else names.codes[rows]
        keys: Grades = self.lane_of[codes] * np.uint8(GRADES)
        keys += grades if rows is None else grades[rows]
        return keys
