"""The engine of documents: lines, bullets and table rows that begin with a time, dated by what stands above them.

The date of a bare clock is the nearest one above it (a heading, ``Date:``, front matter), else the one that the
document is known by. A line that begins with a time and cannot be dated is rejected; all others are the document's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from workbench.clock import Assumption, Instant, Zone, ZoneBasis, parse_zone, read_instant
from workbench.errors import ClockError
from workbench.events.schema import Kind
from workbench.readers.base import Batch, EventRows, Rejected
from workbench.readers.written_dates import ISO_DAY, day_in

_ZONE = r"(?:Z|UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?\b|[+-]\d{2}:?\d{2}\b"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?![:.,]?\d)"
_TIMED = re.compile(
    rf"^[*_`~(\[]*(?:(?P<day>\d{{4}}-\d{{2}}-\d{{2}})(?:[T ]|,\s*))?(?P<clock>{_CLOCK})"
    rf"(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    rf"(?:\s*[-\u2013\u2014]\s*(?P<until>{_CLOCK}))?\s*\(?(?P<zone>{_ZONE})?[*_`~)\]]*(?:\s*[-\u2013\u2014:|]+\s*|\s+|$)(?P<rest>.*)$"
)
_MARKS = re.compile(r"^\s*(?:(?:[-*+]|\d{1,3}[.)]|>|#{1,6})\s+(?:\[[ xX]\]\s+)?)*")
_HEADING = re.compile(r"^\s*#{1,6}\s|^\s*(?:\*\*)?(?:date|day|when)\b[^:]{0,20}:", re.IGNORECASE)
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SAID_ZONE = re.compile(
    r"\btimes?\s*(?:are|is|in|stamps?|zone|:|\(|\[|\s)+\s*"
    r"([A-Z][A-Za-z]+/[A-Za-z_/]+|UTC[+-]\d{1,2}(?::?\d{2})?|UTC|GMT|[+-]\d{2}:\d{2})",
    re.IGNORECASE,
)
_WHO = {"who", "actor", "by", "person", "owner", "name", "author", "responder"}
_HALF_DAY = 12 * 3600


@dataclass(slots=True)
class TimedNotes:
    """A document being read: the date and zone that hold here, the table that is open, and what was found."""

    assumption: Assumption
    day: date | None
    stated: Zone | None = None
    header: tuple[str, ...] = ()
    fenced: bool = False
    previous: int = 0  # s since midnight of the event before, to see midnight pass
    kind: Kind = Kind.NOTE
    about: dict[str, Any] = field(default_factory=dict)  # attributes of all events: the document's title
    rows: EventRows = field(default_factory=EventRows)
    batch: Batch = field(default_factory=Batch)
    passed_midnight: bool = False

    def line(self, number: int, text: str) -> None:
        """One line of the document: an event, a rejected time, a blank or a continuation."""
        self.batch.lines += 1
        if not text.strip():
            self.batch.blank, self.header = self.batch.blank + 1, ()
            return
        if _FENCE.match(text):
            self.fenced = not self.fenced
        elif not self.fenced and (timed := timed_line(text)):
            self._timed(number, text, *timed)
            return
        elif not self.fenced:
            self._context(text)
        self.batch.continuations += 1

    def _context(self, text: str) -> None:
        """What an untimed line says of the lines below it."""
        if (match := _SAID_ZONE.search(text)) and (zone := _zone(match[1])):
            self.stated = zone
        if text.lstrip().startswith("|"):
            self.header = self.header if _RULE.match(text) else tuple(cell.lower() for cell in _cells(text))
        found = day_in(text)
        alone = found and len(text.strip(" *_#-\t")) <= 40
        if found and (_HEADING.match(text) or alone):
            self.day, self.previous, self.passed_midnight = found, 0, False

    def _timed(self, number: int, text: str, match: re.Match[str], cells: tuple[str, ...]) -> None:
        day = day_in(match["day"]) if match["day"] else day_in(cells[0]) if cells and day_in(cells[0]) else None
        seconds = _seconds(match)
        if day is None and self.day is not None:
            if seconds + _HALF_DAY < self.previous:
                self.day += timedelta(days=1)
                self.passed_midnight = True
            day = self.day
        elif day is not None:
            self.day = day
        self.previous = seconds
        when = self._instant(day, seconds, match) if day else None
        if when is None:
            reason = "begins with a time, but neither the line, a heading above it nor the file's name gives the date"
            self.batch.rejected.append(Rejected(number, text.strip()[:200], reason))
            return
        actor, message = self._said(match["rest"], cells)
        self.rows.add(
            when, line=number, kind=self.kind, message=message, actor=actor, until=match["until"], **self.about
        )

    def _instant(self, day: date, seconds: int, match: re.Match[str]) -> Instant | None:
        clock = match["clock"].replace(",", ".")
        _, _, tail = clock.partition(":")
        text = f"{day.isoformat()}T{seconds // 3600:02d}:{tail}"
        zone = _zone(match["zone"]) if match["zone"] else self.stated
        found = read_instant(text, Assumption(zone=zone) if zone else self.assumption)
        return Instant(found.ns, found.earliest, found.latest, ZoneBasis.TEXT) if found and zone else found

    def _said(self, rest: str, cells: tuple[str, ...]) -> tuple[str | None, str]:
        """Who did it, where the table has a column for that, and what the line says."""
        if not cells:
            return None, rest.strip(" *_`") or rest
        who = next((at for at, name in enumerate(self.header) if name in _WHO and at < len(cells)), None)
        said = [cell for at, cell in enumerate(cells) if cell and at != who and not _is_time(cell)]
        return cells[who] if who is not None and cells[who] else None, " | ".join(said) or rest


def timed_line(text: str) -> tuple[re.Match[str], tuple[str, ...]] | None:
    """The time that a line begins with, and its cells in a table; None where it has no time or says nothing."""
    if text.lstrip().startswith("|"):
        cells = _cells(text)
        for cell in cells[:2]:  # a date may stand in a column of its own before the clock
            match = _TIMED.match(cell)
            if match and len(cells) > 1 and any(not _is_time(each) for each in cells if each):
                return match, cells
            if not day_in(cell):
                return None
        return None
    match = _TIMED.match(_MARKS.sub("", text, count=1))
    return (match, ()) if match and re.search(r"\w", match["rest"]) else None


def _cells(text: str) -> tuple[str, ...]:
    inner = re.split(r"(?<!\\)\|", text.strip().strip("|"))
    return tuple(cell.strip().replace("\\|", "|") for cell in inner)


def _is_time(cell: str) -> bool:
    match = _TIMED.match(cell)
    return bool(match and not match["rest"].strip()) or bool(ISO_DAY.fullmatch(cell))


def _seconds(match: re.Match[str]) -> int:
    hour, minute = (int(part) for part in match["clock"].split(":")[:2])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    return hour * 3600 + minute * 60


def _zone(text: str | None) -> Zone | None:
    try:
        return parse_zone("UTC" if text and text.upper() in {"Z", "UTC", "GMT"} else text or "")
    except ClockError:
        return None
