"""The curves above the lanes: the series of measurements by name, thinned so that no spike is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.explorer.page import text_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.clock.zone import type_ns

    Values = npt.NDArray[np.float64]

MOST = 400  # series in the menu
_GAP = 3  # times the usual distance of two samples: longer, and the curve is broken


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """The samples of one series in order of time, UTC ns; a value that is none breaks the curve."""

    times: type_ns
    values: Values

    @classmethod
    def of(cls, times: type_ns, values: Values) -> Curve:
        """In order, and broken where samples are missing."""
        order = np.argsort(times, kind="stable")
        return cls(times=times[order], values=values[order])

    @cached_property
    def _breaks(self) -> npt.NDArray[np.int64]:
        """The places before which nothing was measured for much longer than is usual."""
        gaps = np.diff(self.times)
        usual = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else 0.0
        found: npt.NDArray[np.int64] = np.flatnonzero(gaps > max(_GAP * usual, 1.0)) + 1
        return found

    def thinned(self, start: int, end: int, bins: int, until: int | None = None) -> tuple[type_ns, Values]:
        """The curve of a window as a line of few points: of each bin the first, the last, the least and the greatest.

        One sample more on each side leads the line in and out. Where it is broken stands a value that is none.
        """
        last = len(self.times) if until is None else int(np.searchsorted(self.times, until, side="right"))
        low = max(0, int(np.searchsorted(self.times, start)) - 1)
        high = min(last, int(np.searchsorted(self.times, end)) + 1)
        kept = np.arange(low, max(low, high))
        if len(kept) > 4 * bins:
            kept = self._kept(kept, start, end, bins)
        times, values = self.times[kept], self.values[kept]
        broken = np.searchsorted(kept, self._breaks[(self._breaks > low) & (self._breaks < high)])
        return np.insert(times, broken, times[broken]), np.insert(values, broken, np.nan)

    def _kept(self, rows: npt.NDArray[np.int64], start: int, end: int, bins: int) -> npt.NDArray[np.int64]:
        bin_of = (self.times[rows] - start) // max(1, (end - start) // bins)
        begins = np.flatnonzero(np.diff(bin_of, prepend=bin_of[0] - 1))
        values = self.values[rows]
        ends = np.append(begins[1:], len(rows)) - 1
        low = _places(values, begins, np.fmin)
        high = _places(values, begins, np.fmax)
        none = np.flatnonzero(np.isnan(values))
        some = none[:: max(1, len(none) // (2 * bins))]
        kept: npt.NDArray[np.int64] = rows[np.unique(np.concatenate([begins, ends, low, high, some]))]
        return kept


def _places(values: Values, begins: npt.NDArray[np.int64], extreme: np.ufunc) -> npt.NDArray[np.int64]:
    """The place of the extreme of each bin, the first where there are several."""
    tops = np.repeat(extreme.reduceat(values, begins), np.diff(np.append(begins, len(values))))
    found = np.flatnonzero(values == tops)
    _, first = np.unique(np.searchsorted(begins, found, side="right"), return_index=True)
    places: npt.NDArray[np.int64] = found[first]
    return places


class Series:
    """The series of a frame of measurements in long form: time, name, labels (JSON), value, unit."""

    def __init__(self, metrics: pd.DataFrame) -> None:
        self.metrics = metrics
        self._curves: dict[str, Curve] = {}

    @cached_property
    def _groups(self) -> dict[str, npt.NDArray[np.int64]]:
        """The rows of each series, by a key that stays the same while the sources do."""
        metrics = self.metrics
        keys = metrics["name"].astype("str").str.cat(metrics["labels"].fillna("").astype("str"), sep=" ")
        codes, names = pd.factorize(keys, sort=True)
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
        return {str(name): order[bounds[at] : bounds[at + 1]] for at, name in enumerate(names)}

    def menu(self) -> list[dict[str, Any]]:
        """The series to choose from: key, name, what tells it from others of its name, unit; those that vary first."""
        found = [self._told(key, rows) for key, rows in self._groups.items()]
        found = sorted(found, key=lambda one: (one.pop("constant"), one["name"], one["labels"]))
        return found[:MOST]

    @property
    def left_out(self) -> int:
        """How many series the menu has no place for."""
        return max(0, len(self._groups) - MOST)

    def _told(self, key: str, rows: npt.NDArray[np.int64]) -> dict[str, Any]:
        first = self.metrics.iloc[int(rows[0])]
        values, name = self.metrics["value"].to_numpy(dtype=float)[rows], text_of(first["name"])
        known = values[~np.isnan(values)]
        return {
            "key": key, "name": name, "labels": self._labels(name, text_of(first["labels"])),
            "unit": text_of(first.get("unit")), "constant": not len(known) or bool(known.min() == known.max()),
        }  # fmt: skip

    def _labels(self, name: str, text: str) -> str:
        """The labels that not all series of the name share."""
        own = _object(text)
        others = self._by_name[name]
        telling = {key: value for key, value in own.items() if any(other.get(key) != value for other in others)}
        return ", ".join(f"{key}={value}" for key, value in telling.items())

    @cached_property
    def _by_name(self) -> dict[str, list[dict[str, Any]]]:
        told = self.metrics[["name", "labels"]].drop_duplicates()
        found: dict[str, list[dict[str, Any]]] = {}
        for name, labels in zip(told["name"].tolist(), told["labels"].tolist(), strict=True):
            found.setdefault(text_of(name), []).append(_object(text_of(labels)))
        return found

    def curve(self, key: str) -> Curve | None:
        """The samples of a series, kept; None where there is none of that key."""
        if key not in self._curves and key in self._groups:
            own = self.metrics.iloc[self._groups[key]]
            times = np.asarray(own["time"].astype("datetime64[ns, UTC]").astype("int64"), dtype=np.int64)
            self._curves[key] = Curve.of(times, own["value"].to_numpy(dtype=float))
        return self._curves.get(key)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {"labels": text}
    return found if isinstance(found, dict) else {"labels": text}
