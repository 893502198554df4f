"""The times of any frame's rows: UTC ns in order, with the interval that each honestly lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.clock import read_instant
from workbench.errors import ExplorerError

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns

NONE = np.iinfo(np.int64).min  # what pandas keeps where there is no time
_SCALE = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Times in order. ``order`` are the frame's rows in this order, None where they stood so; ``untimed`` had none."""

    times: type_ns
    earliest: type_ns
    latest: type_ns
    order: npt.NDArray[np.int64] | None = None
    untimed: int = 0


def moments(frame: pd.DataFrame, name: str) -> Moments:
    """The times of the column ``name``, or of the index where that is of times; raises ExplorerError without them."""
    times = _ns(_column(frame, name))
    earliest = _ns(frame["earliest"]) if _is_of_times(frame, "earliest") else times
    latest = _ns(frame["latest"]) if _is_of_times(frame, "latest") else times
    order, untimed = _order(times)
    if order is not None:
        # One array where all three are one: an event of any frame then costs eight bytes for them.
        taken = {id(each): each[order] for each in (times, earliest, latest)}
        times, earliest, latest = taken[id(times)], taken[id(earliest)], taken[id(latest)]
    return Moments(
        times=times,
        earliest=_bounded(earliest, times, np.minimum),
        latest=_bounded(latest, times, np.maximum),
        order=order,
        untimed=untimed,
    )


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name in frame.columns:
        return frame[name]
    if isinstance(frame.index, pd.DatetimeIndex):
        return frame.index.to_series()
    known = ", ".join(str(each) for each in frame.columns[:12])
    raise ExplorerError(
        f"the frame has no column {name!r} (it has: {known or 'none'})",
        next_step='Name the one that holds the times, such as time="timestamp".',
    )


def _is_of_times(frame: pd.DataFrame, name: str) -> bool:
    return name in frame.columns and pd.api.types.is_datetime64_any_dtype(frame[name].dtype)


def _ns(column: pd.Series) -> type_ns:
    """UTC ns; NONE where there is no time, or one that 64 bits do not hold. Times without a zone are read as UTC."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _read(column)
    stamps = pd.DatetimeIndex(column)
    counts = np.asarray(stamps.asi8)  # UTC, whatever the zone that they are shown in
    scale = _SCALE[stamps.unit]
    most = np.iinfo(np.int64).max // scale
    held = (counts >= -most) & (counts <= most)
    return counts if scale == 1 else np.where(held, np.where(held, counts, 0) * scale, NONE)


def _read(column: pd.Series) -> type_ns:
    """Texts and numbers, each value read once, as the clock reads one time on its own."""
    codes, values = pd.factorize(column)
    found = [read_instant(value) for value in values]
    read = np.array([NONE if each is None else each.ns for each in found] + [NONE], dtype=np.int64)
    times: type_ns = read[codes]
    if len(times) and (times == NONE).all():
        raise ExplorerError(
            f"no value of the column {column.name!r} is a time", next_step="Write them as 2025-11-17T14:00:00Z."
        )
    return times


def _order(times: type_ns) -> tuple[npt.NDArray[np.int64] | None, int]:
    """The rows in order of time, equal ones as they stood, without those that have no time."""
    untimed = int(np.count_nonzero(times == NONE))
    if not untimed and bool((times[1:] >= times[:-1]).all()):
        return None, 0
    return np.argsort(times, kind="stable")[untimed:], untimed  # NONE is the least of all numbers


def _bounded(bound: type_ns, times: type_ns, least_or_most: np.ufunc) -> type_ns:
    """The bound itself where it is one of every time; where it is none or on the wrong side, the time."""
    if bound is times:
        return times
    wrong = (bound == NONE) | (least_or_most(bound, times) != bound)
    return np.where(wrong, times, bound) if wrong.any() else bound
