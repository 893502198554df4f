"""A frame of events with what people told by now: no source is read again for it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.events.schema import COLUMNS
from workbench.model import TOLD_ACTION
from workbench.timeline.frame import to_pandas
from workbench.timeline.told import told_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from workbench.model import Told


def with_told(events: pd.DataFrame, told: Sequence[Told], source: str) -> pd.DataFrame:
    """The frame of events with these told ones, and no others, each in its place in the order of time.

    The events of the sources are not copied column by column: there may be millions, and few are told.
    """
    old = np.flatnonzero((events["action"] == TOLD_ACTION).to_numpy(dtype=bool, na_value=False))
    kept = _without(events, old)
    if not told:
        return kept
    made = to_pandas(told_frame(told, source).sort("time", "source", "line").select(COLUMNS))
    cuts = [_place(kept, row) for row in made[["time", "source"]].itertuples(index=False)]
    parts = []
    for at, (first, last) in enumerate(pairwise([0, *cuts, len(kept)])):
        parts += [kept.iloc[first:last], made.iloc[at : at + 1]]
    return pd.concat(parts, ignore_index=True)


def _without(events: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    if not len(rows):
        return events
    parts = [events.iloc[first + 1 : last] for first, last in pairwise([-1, *rows.tolist(), len(events)])]
    return pd.concat(parts, ignore_index=True)


def _place(events: pd.DataFrame, row: Any) -> int:
    """Where a row stands: of one time the events are in the order of their sources."""
    first, last = (int(events["time"].searchsorted(row.time, side=side)) for side in ("left", "right"))
    before = events["source"].iloc[first:last] <= row.source
    return first + int(before.sum())
