"""Everything about one event: its line among its neighbours, the hashes that prove it, and why it has its time."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from workbench.clock import ZoneBasis, format_utc
from workbench.clock.zone import SECOND
from workbench.errors import WorkbenchError
from workbench.events.schema import COLUMNS
from workbench.explorer.page import clock, rows_of, text_of
from workbench.timeline.nearby import nearby
from workbench.timeline.told import line_sha256

if TYPE_CHECKING:
    from workbench.explorer.events import Events
    from workbench.model import ClockOffset, SourceReport, Told
    from workbench.timeline.load import Loaded, ReadSource

_ORIGINAL = "original_time"
_MOST = 200  # attributes that are shown
_LONGEST = 100_000  # signs of a message: a page of a browser bears no more
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"), (0.001, "ms"), (0.000001, "µs"), (0.000000001, "ns"))
_BASES = {
    ZoneBasis.TEXT: "The text states its offset from UTC.",
    ZoneBasis.EPOCH: "It is written as a count since 1970, which is UTC.",
    ZoneBasis.FORMAT: "This format writes UTC.",
    ZoneBasis.SET: "It names no zone; a person said {zone}.",
    ZoneBasis.ASSUMED: "It names no zone and nobody set one: read as UTC, 14 h too early to 12 h too late.",
    ZoneBasis.INFERRED: "It names no zone; what it shares with other sources says {zone}.",
    ZoneBasis.HOST: "It names no zone; another program of its host shows {zone}.",
}


def detail(events: Events, row: int, loaded: Loaded | None = None) -> dict[str, Any]:
    """The row as on a page, its whole message and, of an incident's event, its source; plain JSON.

    ``why`` are the sentences about its time, ``problem`` is one where its source cannot be read any more.
    """
    shown = rows_of(events, [row])[0]
    cells = events.part([row]).iloc[0].to_dict()
    attributes = _attributes(cells)
    told = _told(loaded, shown["id"])
    read = None if told else _source(loaded, shown["source"])
    report = read.report if read else None
    original = str(attributes.pop(_ORIGINAL, "") or "")
    basis = text_of(cells.get("zone_basis"))
    return {
        **shown,
        "message": text_of(cells.get(events.message))[:_LONGEST],
        "action": text_of(cells.get("action")),
        "attributes": attributes,
        "earliest": clock(int(events.earliest[row])),
        "latest": clock(int(events.latest[row])),
        "interval": _interval(int(events.earliest[row]), int(events.latest[row])),
        "original_time": original,
        "zone_basis": basis,
        "why": [*_why(report, basis, original), *_why_told(told)],
        **_of_source(report),
        **(_told_place(told) if told else _place(loaded, read, shown["line"])),
    }


def _told(loaded: Loaded | None, event: str) -> Told | None:
    return next((one for one in loaded.told if one.id == event), None) if loaded else None


def _why_told(told: Told | None) -> list[str]:
    """Who says so, and who wrote it down when: no file holds the event."""
    if told is None:
        return []
    return [f"{told.witness or 'Somebody'} told it; {told.author or 'somebody'} wrote it down at {told.said}."]


def _told_place(told: Told) -> dict[str, Any]:
    """The journal's line that tells it."""
    line = {"line": told.line, "text": told.raw, "own": True, "time": ""}
    return {"lines": [line], "line_sha256": line_sha256(told.raw), "problem": ""}


def _source(loaded: Loaded | None, path: str) -> ReadSource | None:
    sources = loaded.sources if loaded else ()
    return next((each for each in sources if each.report.path == path), None)


def _attributes(cells: dict[Any, Any]) -> dict[str, Any]:
    """What the record holds besides the fields, and the columns of a frame that are not ours."""
    own = {str(name): _plain(value) for name, value in cells.items() if name not in COLUMNS}
    text = text_of(cells.get("attributes"))
    try:
        held = json.loads(text) if text else {}
    except ValueError:
        held = {"attributes": text}
    members = held if isinstance(held, dict) else {"attributes": held}
    return dict(list((members | own).items())[:_MOST])


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else text_of(value)


def _of_source(report: SourceReport | None) -> dict[str, Any]:
    """What is known of the source as a whole; nothing of a frame that came from elsewhere."""
    if report is None:
        return {"format": "", "zone": "", "source_sha256": "", "clock_offset": None}
    offset = report.clock_offset
    return {
        "format": report.format,
        "zone": report.zone,
        "source_sha256": report.sha256,
        "clock_offset": offset.as_json() if offset else None,
    }


def _place(loaded: Loaded | None, read: ReadSource | None, line: int | None) -> dict[str, Any]:
    """The lines around it and the hash of its own; ``problem`` where its file is not what was read."""
    found: dict[str, Any] = {"lines": [], "line_sha256": "", "problem": ""}
    if loaded is None or read is None or line is None:
        return found
    path = read.report.path
    try:
        around = nearby(loaded, [(path, line)]).get((path, line), ())
        found["line_sha256"] = _line_hash(read, line)
    except (WorkbenchError, OSError) as error:
        return {**found, "problem": str(error)}
    lines = [
        {"line": one.line, "text": one.text, "own": one.own, "time": "" if one.time_ns is None else clock(one.time_ns)}
        for one in around
    ]
    return {**found, "lines": lines}


def _line_hash(read: ReadSource, line: int) -> str:
    """SHA-256 of the line's text: only of a line, as anybody can make it again from the source."""
    rows = read.kept([line])
    if "text" not in rows.columns or not len(rows):
        return ""
    head = str(rows["text"][0] or "").split("\n", 1)[0]
    return hashlib.sha256(head.encode("utf-8", "replace")).hexdigest()


def _interval(earliest: int, latest: int) -> str:
    """The interval in words."""
    if earliest == latest:
        return f"{format_utc(earliest)}, to the nanosecond"
    shown = clock if latest - earliest >= SECOND // 1000 else format_utc  # no more digits than say something
    return f"between {shown(earliest)} and {shown(latest)} ({_wide(latest - earliest)})"


def _wide(ns: int) -> str:
    """A span in the unit that suits it: ``1 s``, ``26 h``."""
    seconds = ns / SECOND
    size, unit = next(each for each in _UNITS if seconds >= each[0] * 0.9995 or each[0] < 1e-8)
    return f"{seconds / size:.3g} {unit}"


def _why(report: SourceReport | None, basis: str, original: str) -> list[str]:
    """Why the time is what it is: its zone, then the clock of its source."""
    known = next((each for each in ZoneBasis if each == basis), None)
    said = [_BASES[known].format(zone=report.zone if report and report.zone else "which")] if known else []
    offset = report.clock_offset if report else None
    if offset:
        said.append(_clock_words(offset))
    if original:
        said.append(f"As it was read, before that, it was {original}.")
    return said


def _clock_words(offset: ClockOffset) -> str:
    bounds = f"between {offset.low:+g} s and {offset.high:+g} s ahead"
    pieces = f", differently in {len(offset.pieces)} stretches of time" if offset.pieces else ""
    taken = f"taken as {offset.value:+g} s" if offset.value else "taken as right"
    return f"The source's clock was {bounds} of true time{pieces} ({offset.basis}): {taken}."
