"""Lines that were sent twice: the same bytes again, in the same block or shortly before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# A line that is sent again comes soon: it is looked for in its own block and among so many lines before that.
WINDOW = 5_000


class Repeats:
    """Remembers the lines of a source that were seen last."""

    def __init__(self) -> None:
        self._last: pl.Series | None = None

    def among(self, texts: pl.Series) -> pl.Series:
        """Which of the next lines repeat an earlier one, as a column ``duplicate``."""
        hashes = texts.hash()
        again = ~hashes.is_first_distinct()
        if self._last is not None:
            again |= hashes.is_in(self._last.implode())
        self._last = hashes.tail(WINDOW)
        return again.alias("duplicate")
