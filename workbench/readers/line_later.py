"""Times that stand in a later line of an event than its first, as MySQL's slow log has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from workbench.readers.line_heads import heads
from workbench.readers.line_times import LineTimes

if TYPE_CHECKING:
    from workbench.readers.blocks import Block
    from workbench.readers.declared import Declared
    from workbench.readers.line_times import Times


class LaterTimeReader:
    """Reads one source's blocks in turn; the time of an event's own first line counts where no later one has any.

    A head may be several lines: one that a pattern matches right after another belongs to it.
    """

    def __init__(self, declared: Declared, times: Times) -> None:
        self._declared, self._times = declared, times

    def read(self, block: Block) -> LineTimes:
        """The block's lines, in order."""
        lines = block.lines()
        matched, texts = heads(self._declared, lines)
        matched[1:] &= ~matched[:-1]
        begins = np.flatnonzero(matched)
        later = lines.str.extract(self._declared.time_later, 1)
        rows = np.flatnonzero(later.is_not_null().to_numpy())
        event = np.searchsorted(begins, rows, side="right") - 1
        first = np.flatnonzero(np.diff(event, prepend=-1) > 0)
        if len(first):
            texts = texts.scatter(
                pl.Series(begins[event[first]], dtype=pl.UInt32), later.gather(pl.Series(rows[first], dtype=pl.UInt32))
            )
        return LineTimes(
            matched, self._times.read(pl.select(pl.when(pl.lit(pl.Series(matched))).then(texts)).to_series())
        )
