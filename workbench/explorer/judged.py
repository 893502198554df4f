"""What people said of events, with the rows of these events: as marks on the lanes, and to leave out what is hidden.

The journal is read again when it has changed, whoever wrote into it; what is new in it is looked for in the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from workbench.explorer.page import text_of
from workbench.explorer.probes import Said
from workbench.explorer.selection import NO_ROWS
from workbench.model import Judgement, Standing, standing
from workbench.store import journal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from workbench.explorer.events import Events
    from workbench.explorer.lanes import Rows

LONGEST = 300  # signs of a text beside its mark
MOST = 5_000  # marks

Stamp = tuple[int, ...]


class Judged:
    """The judged events of one incident folder."""

    def __init__(self, folder: Path, events: Events) -> None:
        self._file = folder / journal.NAME
        self._folder = folder
        self._read: tuple[Stamp, dict[str, Standing]] = ((), {})
        self._events = events
        self._rows: dict[str, int | None] = {}  # by the id of an event; None of one that is not here

    def show(self, events: Events) -> None:
        """The events as they stand now: others that were read, or the same while a clock is on trial."""
        if events is not self._events:
            self._events, self._rows = events, {}

    def stamp(self) -> Stamp:
        """Which state the journal is in."""
        try:
            found = self._file.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    @property
    def revision(self) -> str:
        """The state of the journal in one word, "" where there is none."""
        return "-".join(f"{part:x}" for part in self.stamp())

    def standing(self) -> dict[str, Standing]:
        """What holds of each event that somebody judged."""
        stamp = self.stamp()
        if stamp != self._read[0]:
            said = journal.read_journal(self._folder).judgements if stamp else ()
            self._read = stamp, standing(said)
        return self._read[1]

    @property
    def said(self) -> Said | None:
        """The own words and the notes of people, by the rows of their events; None where there are none."""
        words = {event: f"{_whole(one.label)}\n{_whole(one.note)}" for event, one in self.standing().items()}
        rows = self._placed(event for event, text in words.items() if text.strip())
        if not rows:
            return None
        ordered = sorted((row, event) for event, row in rows.items())
        at = np.array([row for row, _ in ordered], dtype=np.uint32)
        return Said(rows=at, texts=pl.Series([words[event] for _, event in ordered], dtype=pl.String))

    @property
    def hidden(self) -> Rows:
        """The rows of events that somebody hid, ascending."""
        rows = self._placed(event for event, one in self.standing().items() if one.hidden)
        return np.array(sorted(rows.values()), dtype=np.uint32) if rows else NO_ROWS

    def marks(self) -> list[dict[str, Any]]:
        """Events that are pinned, hidden, noted, told or a milestone in order of time, and what was said of each."""
        held = {event: one for event, one in self.standing().items() if _says(one)}
        rows = self._placed(held)
        messages = self._messages(list(rows.values()))
        found = [
            {"row": row, "time": int(self._events.times[row]) / 1_000_000, "message": words, **_words(held[event])}
            for (event, row), words in zip(rows.items(), messages, strict=True)
        ]
        return sorted(found, key=lambda one: int(one["row"]))[:MOST]

    def _messages(self, rows: list[int]) -> list[str]:
        if self._events.message not in self._events.frame.columns:
            return [""] * len(rows)
        return [text_of(value)[:LONGEST] for value in self._events.part(rows)[self._events.message].tolist()]

    def _placed(self, events: Iterable[str]) -> dict[str, int]:
        """The rows of those events that are here: all that are not known yet are looked for at once."""
        wanted = list(events)
        new = [event for event in wanted if event not in self._rows]
        ids = self._events.texts("id", 0, len(self._events)) if new else None
        if ids is not None:
            at = np.flatnonzero(ids.is_in(new).to_numpy())
            self._rows |= dict.fromkeys(new) | dict(zip(ids.gather(pl.Series(at)).to_list(), at.tolist(), strict=True))
        return {event: row for event in wanted if (row := self._rows.get(event)) is not None}


def _says(one: Standing) -> bool:
    return any((one.pinned, one.hidden, one.note, one.milestone, one.told))


def _words(one: Standing) -> dict[str, Any]:
    """What stands beside a mark; texts as people wrote them."""
    return {
        "pinned": one.pinned is not None, "hidden": _text(one.hidden), "note": _text(one.note),
        "label": _text(one.label), "milestone": _text(one.milestone), "told": one.told is not None,
    }  # fmt: skip


def _whole(said: Judgement | None) -> str:
    return "" if said is None else str(said.value or "")


def _text(said: Judgement | None) -> str | None:
    """The text of a judgement, None where nothing was judged."""
    if said is None:
        return None
    value = said.value
    words = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value or "")
    return words[:LONGEST]
