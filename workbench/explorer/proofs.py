"""The events that people name as evidence, looked up once: their place in the table, their time and their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.check.case import TOLD
from workbench.explorer.page import rows_of
from workbench.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from workbench.explorer.events import Events


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An event that is evidence: its row, whether it is named by its whole path or id, and when it was (UTC ns).

    ``span`` is None where the event only tells of what was before, as chat does.
    """

    row: int
    exact: bool
    span: tuple[int, int] | None
    shown: dict[str, Any]


class Proofs:
    """Evidence as it is written, ``source:line`` or an event's id, and the event that it is."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._known: dict[str, Proof | None] = {}

    def of(self, names: Iterable[str]) -> dict[str, Proof | None]:
        """Each name with its event; None where no event is there, or none begins on that line."""
        asked = list(dict.fromkeys(names))
        unknown = [name for name in asked if name not in self._known]
        if unknown:
            self._known |= dict.fromkeys(unknown)
            self._look_up(unknown)
        return {name: self._known[name] for name in asked}

    def _look_up(self, names: list[str]) -> None:
        """One pass over the events for all of them."""
        places = {name: place for name in names if (place := Evidence.parse(name))}
        near = self._near(names, {place.line for place in places.values()})
        for shown in rows_of(self._events, near):
            for name in names:
                exact = name in {shown["id"], f"{shown['source']}:{shown['line']}"}
                place = places.get(name)
                known = self._known.get(name)
                if exact or (place and known is None and _is_at(place, shown)):
                    self._known[name] = known if known and known.exact else self._proof(shown, exact=exact)

    def _near(self, names: list[str], lines: set[int]) -> list[int]:
        """The rows that have one of the ids, or one of the numbers of lines."""
        frame = self._events.frame
        found: npt.NDArray[np.bool_] = np.zeros(len(frame), dtype=bool)
        for column, wanted in (("id", names), ("line", sorted(lines))):
            if column in frame.columns and wanted:
                found |= frame[column].isin(wanted).to_numpy(dtype=bool)
        return [int(row) for row in np.flatnonzero(found)]

    def _proof(self, shown: dict[str, Any], *, exact: bool) -> Proof:
        row = shown["row"]
        span = (int(self._events.earliest[row]), int(self._events.latest[row]))
        return Proof(row=row, exact=exact, span=None if shown["kind"] in TOLD else span, shown=shown)


def _is_at(place: Evidence, shown: dict[str, Any]) -> bool:
    """Whether an event is at a place whose path is not written whole."""
    return place.line == shown["line"] and str(shown["source"]).endswith(f"/{place.source}")
