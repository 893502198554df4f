"""Google Meet: a transcript as the document that Meet saves, in text or Markdown.

What Meet writes: https://support.google.com/meet/answer/12849897. Every five minutes a mark says how long the meeting
had lasted; what is said between two marks lies between them, in that order. The day stands in the title or above.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.clock import Assumption, Instant, Zone, ZoneBasis, parse_zone, read_instant
from workbench.errors import ClockError
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected
from workbench.readers.written_dates import day_in, file_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from workbench.readers.base import Head, Source

_MARK = re.compile(r"^\W{0,6}(\d{1,2}):(\d{2}):(\d{2})\W{0,4}$")
_SAID = re.compile(r"^(?:\*\*)?(?P<who>[^:*#|<>\d][^:*#|<>\n]{0,60}?)(?:\*\*:|:\*\*|:)\s+(?P<words>\S.*)$")
_ENDED = re.compile(r"(?i)^\W*(?:transcription|meeting) ended after (\d{1,2}):(\d{2}):(\d{2})")
_FOOTER = re.compile(r"(?i)this editable transcript was computer generated")
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})\s*([AaPp][Mm])?\b\s*\(?(GMT[+-]\d{1,2}(?::?\d{2})?|UTC|GMT|[ECMP][SD]?T|[A-Z][a-z]+/[A-Z]\w+)?"
)
_ASIDE = re.compile(r"(?i)^\W*(?:date|time|recording|transcript|attendees|participants|agenda|notes)\b")
# In North America people write PT for the clock on the wall there, in summer and in winter.
_REGIONS = {"PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York"}
_STEP = 300
_UNDATED = 'no date: neither a title, a line "Date:" nor the file\'s name says on which day the meeting was'


class _MeetReader:
    """The turns of one transcript."""

    name = "google_meet"
    title = "Google Meet transcript (text, Markdown)"
    example = "Incident call (2025-02-19 14:00 GMT+1) - Transcript.txt"
    unfolds = "each turn of a speaker, within the five minutes that the marks say"
    kind = Kind.SPEECH.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By Meet's own sentences, or by marks between the turns of speakers."""
        if head.members or not head.lines:
            return None
        own = any(_FOOTER.search(line) or _ENDED.match(line) for line in head.lines)
        marks = sum(bool(_MARK.match(line)) for line in head.lines)
        turns = sum(bool(_SAID.match(line)) for line in head.lines)
        if (own and turns >= 3) or (marks >= 3 and turns > marks):
            return Claim(Certainty.SIGNATURE, 1.0)
        return None

    def read(self, source: Source) -> Iterator[Batch]:
        """The turns in file order."""
        with source.open() as stream:
            text = stream.read().decode("utf-8-sig", "replace")
        yield turns_batch(text.replace("\r\n", "\n").split("\n"), source)


def turns_batch(lines: Sequence[str], source: Source) -> Batch:
    """The turns of a transcript's lines: its begin, its marks and its end say between which moments each lies."""
    body = next((at for at, line in enumerate(lines) if _FOOTER.search(line)), None)
    marks = [
        (at, _seconds(match)) for at, line in enumerate(lines) if (match := _MARK.match(line) or _ENDED.match(line))
    ]
    first = _first_turn(lines, body, marks[0][0] if marks else len(lines))
    began, note = _began(lines[:first], source)
    rows, rejected, records = EventRows(), list[Rejected](), 0
    low, waiting = 0, list(marks)
    for at in range(first, len(lines)):
        if waiting and waiting[0][0] == at:
            low = waiting.pop(0)[1]
            continue
        match = _SAID.match(lines[at].strip())
        if match is None:
            continue
        records += 1
        high = waiting[0][1] if waiting else low + _STEP
        if began is None:
            rejected.append(Rejected(at + 1, lines[at][:200], _UNDATED))
            continue
        when = Instant(began.ns + low * 10**9, began.earliest + low * 10**9, began.latest + high * 10**9, began.basis)
        rows.add(when, line=at + 1, kind=Kind.SPEECH, action="speech.said", actor=match["who"].strip(),
                 message=match["words"].strip(), offset=low, until=high)  # fmt: skip
    notes = [note] if records else []
    return Batch(events=rows.frame(), rejected=rejected, records=records, notes=notes)


def _first_turn(lines: Sequence[str], body: int | None, mark: int) -> int:
    """Where the talk begins: after Meet's own sentence, else at the last heading before the first mark."""
    if body is not None and any(_SAID.match(line) for line in lines[body + 1 :]):
        return body + 1
    headings = [at for at, line in enumerate(lines[:mark]) if line.startswith("#") or "transcript" in line.lower()]
    return headings[-1] + 1 if headings else 0


def _seconds(match: re.Match[str]) -> int:
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])


def _began(lines: Sequence[str], source: Source) -> tuple[Instant | None, str]:
    """When the meeting began, by what is written above the talk or in the file's name; and a sentence that says so."""
    name = source.path.rpartition("/")[2]
    texts = [name, *(line for line in lines if line.startswith("#") or _ASIDE.match(line) or "20" in line)]
    day = next((dated for text in texts if (dated := day_in(text))), None) or file_day(source.path)
    if day is None:
        return None, f"No turn can be dated: {_UNDATED}."
    clock = next((match for text in texts if (match := _CLOCK.search(text))), None)
    if clock is None:
        return _whole_day(day, source), (
            f"The meeting was on {day.isoformat()}; nothing says at what time: each turn may lie anywhere in that day."
        )
    hour = int(clock[1]) % 24
    if clock[3]:
        hour = hour % 12 + 12 * (clock[3].lower() == "pm")
    zone = _zone(clock[4])
    stated = f"{day.isoformat()}T{hour:02d}:{clock[2]}:00"
    found = read_instant(stated, Assumption(zone=zone) if zone else source.assumption)
    if found and zone:
        found = Instant(found.ns, found.earliest, found.latest, ZoneBasis.TEXT)
    said = f" ({clock[4]}, read as {zone.name})" if zone else ""
    return found, f"The talk is taken to begin at {stated[:16].replace('T', ' ')}{said}, when the meeting was to begin."


def _whole_day(day: date, source: Source) -> Instant | None:
    start = read_instant(f"{day.isoformat()}T00:00:00", source.assumption)
    return Instant(start.ns, start.earliest, start.latest + 86_399 * 10**9, start.basis) if start else None


def _zone(text: str | None) -> Zone | None:
    """The zone that an abbreviation of a region, an offset or a name means; None where it may mean several."""
    if not text:
        return None
    offset = re.match(r"GMT([+-])(\d{1,2}):?(\d{2})?$", text)
    name = f"{offset[1]}{int(offset[2]):02d}:{offset[3] or '00'}" if offset else _REGIONS.get(text, text)
    try:
        return parse_zone(name)
    except ClockError:
        return None


READER = _MeetReader()
