"""The events that a query finds: their row numbers in order, and how they lie in the lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.explorer.lanes import ERROR, Placed

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows

NO_ROWS: Rows = np.zeros(0, dtype=np.uint32)


def holds(rows: Rows, wanted: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which of the wanted are among these ascending rows."""
    if not len(rows):
        return np.zeros(len(wanted), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = rows[np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)] == wanted
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class Selection:
    """Ascending row numbers. ``why`` is the sentence of a query that cannot be understood, or that takes too long.

    ``complete`` is False where the search ended before its last event; ``said`` tells what was taken for granted.
    """

    events: Events = field(repr=False)
    rows: Rows = field(default_factory=lambda: NO_ROWS)
    why: str = ""
    said: tuple[str, ...] = ()
    complete: bool = True
    _placed: dict[str, Placed] = field(default_factory=dict, repr=False)
    _errors: list[Rows] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def counts(self, by: str) -> list[int]:
        """How many were found in each lane, in the order of ``Events.lanes(by)``."""
        return self.placed(by).counts()

    def placed(self, by: str) -> Placed:
        """The rows by lane and grade, kept for the next question."""
        if by not in self._placed:
            self._placed[by] = self.events.placed(by, self.rows)
        return self._placed[by]

    @property
    def errors(self) -> Rows:
        """The rows that are errors."""
        if not self._errors:
            self._errors.append(self.rows[self.events.grades[self.rows] == ERROR])
        return self._errors[0]
