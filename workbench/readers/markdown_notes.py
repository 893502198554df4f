"""Notes in Markdown or plain text: bullets, table rows and lines that begin with a time become events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim
from workbench.readers.timed_notes import TimedNotes, timed_line
from workbench.readers.written_dates import file_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbench.readers.base import Head, Source

_CHAT = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?(?:\t| --> | From )")  # a saved meeting chat, a transcript: no notes
_WRITTEN = (".md", ".markdown", ".txt")  # what people call their notes


def _marked(lines: Sequence[str]) -> tuple[int, int, bool]:
    """How many lines begin with a time, how many of them as bullets or table rows, and whether there are headings."""
    timed = [line for line in lines if timed_line(line)]
    marked = sum(bool(re.match(r"\s*(?:[-*+>|]|\d{1,3}[.)])", line)) for line in timed)
    return len(timed), marked, any(re.match(r"#{1,6}\s", line) for line in lines)


class _NotesReader:
    """Timed notes."""

    name = "notes"
    title = "Notes with times (Markdown or text)"
    example = "notes.md"
    unfolds = "a line or table row that begins with a time"
    kind = Kind.NOTE.value
    structured = False
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """Timed bullets, table rows or lines below headings; bare timed lines alone could be any log."""
        filled = [line for line in head.lines if line.strip()]
        if head.members or not filled or head.records:
            return None
        timed, marked, headings = _marked(filled)
        if not timed or sum(bool(_CHAT.match(line)) for line in filled) * 2 > timed:
            return None
        if (marked >= 2 and marked * 2 > timed) or headings:
            return Claim(Certainty.SHAPE, 0.9)
        named = head.name.lower().endswith(_WRITTEN)
        return Claim(Certainty.GENERIC, timed / len(filled) / 2) if named else None

    def read(self, source: Source) -> Iterator[Batch]:
        """Every line of the document, in order."""
        with source.open() as stream:
            data = stream.read()
        encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        lines = data.decode(encoding, "backslashreplace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        notes = TimedNotes(source.assumption, file_day(source.path))
        for number, text in enumerate(lines[:-1] if lines[-1] == "" else lines, start=1):
            notes.line(number, text)
        batch = notes.batch
        batch.events = notes.rows.frame()
        if notes.passed_midnight:
            batch.notes.append("Clocks that fall back by more than half a day are read as the next day.")
        yield batch


READER = _NotesReader()
