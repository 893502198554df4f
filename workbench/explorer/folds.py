"""Folded events: what says one thing as one row with its count, opened again by whoever wants to see each.

Which events stand together is what the timeline's folding says of all of them. It is found out when it is first asked
for, beside everything else: the table goes on as it is meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.explorer.lanes import ERROR
from workbench.explorer.selection import holds
from workbench.timeline.folding import folds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows

    Numbers = npt.NDArray[np.int32]

ALONE = -1  # the fold of an event that is in none
_TEXTS = ("source", "kind", "service", "host", "level", "actor", "action", "attributes")


@dataclass(frozen=True, eq=False, kw_only=True)
class Folds:
    """The fold of each event by its number, and of each fold its events, why they are one and what they share."""

    fold: Numbers
    rows: Rows  # by fold, ascending in each; ``bounds`` say where each begins
    bounds: npt.NDArray[np.int64]
    why: list[str]
    template: list[str]

    @classmethod
    def of(cls, events: Events) -> Folds:
        """The folds of all events: of an incident's those of ``folded``, of any frame's the bursts of its lines."""
        found = folds(_frame(events)).with_columns(pl.col("id", "fold").cast(pl.Int64))
        heads = found.unique("fold", keep="first", maintain_order=True).with_row_index("number")
        joined = found.join(heads.select("fold", "number"), on="fold", how="left")
        fold = np.full(len(events), ALONE, dtype=np.int32)
        fold[joined["id"].to_numpy()] = joined["number"].to_numpy()
        folded = np.flatnonzero(fold != ALONE).astype(np.uint32)
        counts = np.bincount(fold[folded], minlength=len(heads))
        return cls(
            fold=fold, rows=folded[np.argsort(fold[folded], kind="stable")], why=heads["why"].to_list(),
            bounds=np.concatenate([[0], np.cumsum(counts)]), template=heads["template"].fill_null("").to_list(),
        )  # fmt: skip

    def placed(self, order: Rows) -> Folds:
        """The same folds of the same events in another order: ``order`` says which of them stands at each place."""
        fold = self.fold[order]
        folded = np.flatnonzero(fold != ALONE).astype(np.uint32)
        return replace(self, fold=fold, rows=folded[np.argsort(fold[folded], kind="stable")])

    def listed(self, rows: range | Rows) -> Listed:
        """These rows, ascending, as the table lists them."""
        written = np.arange(rows.start, rows.stop, dtype=np.uint32) if isinstance(rows, range) else rows
        fold = self.fold[rows.start : rows.stop] if isinstance(rows, range) else self.fold[rows]
        inside = np.flatnonzero(fold != ALONE)
        first = np.full(len(self.why), -1, dtype=np.int64)
        first[fold[inside][::-1]] = inside[::-1]  # written backwards, the first one stays
        head = fold == ALONE
        head[first[first >= 0]] = True
        return Listed(folds=self, rows=written, heads=written[head])


@dataclass(frozen=True, eq=False, kw_only=True)
class Listed:
    """Some events folded: ``heads`` are what is seen while no fold is open, the first of each fold here."""

    folds: Folds
    rows: Rows
    heads: Rows

    def members(self, row: int) -> Rows:
        """The events of this one's fold that are here; itself where it is in none."""
        fold = int(self.folds.fold[row])
        if fold == ALONE:
            return np.array([row], dtype=np.uint32)
        every = self.folds.rows[self.folds.bounds[fold] : self.folds.bounds[fold + 1]]
        return every[holds(self.rows, every)]

    def head(self, row: int) -> int:
        """The row that an event stands in: its own, or that of the first of its fold here."""
        members = self.members(row)
        return int(members[0]) if len(members) else row

    def shown(self, opened: Sequence[int]) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """The rows one below another, the events of open folds below their heads; and which of them are such."""
        heads = {self.head(row) for row in opened if row < len(self.folds.fold)}
        rows, under = self.heads, np.zeros(len(self.heads), dtype=np.bool_)
        for head in sorted((each for each in heads if holds(self.heads, np.array([each]))[0]), reverse=True):
            at, own = int(np.searchsorted(self.heads, np.uint32(head))) + 1, self.members(head)
            if len(own) > 1:
                rows = np.concatenate([rows[:at], own, rows[at:]])
                under = np.concatenate([under[:at], np.ones(len(own), dtype=np.bool_), under[at:]])
        return rows, under

    def place(self, row: int, opened: Sequence[int]) -> tuple[int, bool]:
        """Where an event stands in what is shown, or the head of its fold; and whether it is seen itself."""
        rows, under = self.shown(opened)
        members = self.members(row)
        if not len(members):
            return int(np.searchsorted(self.heads, np.uint32(row))), False
        own = np.flatnonzero((rows == row) & (under | (len(members) < 2)))
        if len(own):
            return int(own[0]), bool(holds(self.rows, np.array([row]))[0])
        return int(np.flatnonzero((rows == members[0]) & ~under)[0]), False

    def told(self, events: Events, row: int) -> dict[str, Any] | None:
        """What the table says of a fold: how many events from when to when, and why they are one; None of one alone."""
        own, fold = self.members(row), int(self.folds.fold[row])
        if len(own) < 2:
            return None
        return {
            "count": len(own), "why": self.folds.why[fold], "template": self.folds.template[fold][:500],
            "first": int(events.times[own[0]]) / 1_000_000, "last": int(events.times[own[-1]]) / 1_000_000,
            "errors": int((events.grades[own] == ERROR).sum()),
        }  # fmt: skip


def _frame(events: Events) -> pl.DataFrame:
    """The events as folding takes them; an event's id is its row."""
    number = len(events)

    def column(name: str, called: str, missing: str | None = None) -> pl.Series:
        texts = events.texts(called, 0, number)
        nothing = pl.Series([missing], dtype=pl.String).new_from_index(0, number)
        return (nothing if texts is None else texts).alias(name)

    known = events.frame.columns
    copies = events.frame["duplicate"] if "duplicate" in known else np.zeros(number)
    columns = [column(name, name) for name in _TEXTS]
    return pl.DataFrame([
        pl.Series("id", np.arange(number)).cast(pl.String),
        pl.Series("time", events.times).cast(pl.Datetime("ns", "UTC")),
        *columns,
        column("message", events.message, ""),
        pl.Series("duplicate", np.asarray(copies, dtype=bool)),
        pl.Series("line", events.frame["line"].to_numpy() if "line" in known else np.arange(number)),
    ]).with_columns(
        # What says no kind is a line of a log: that is what bursts are made of.
        pl.col("kind").fill_null("log"), pl.col("message").fill_null(""),
    )  # fmt: skip
