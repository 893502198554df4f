"""Zoom's saved chats: each message with who wrote it, by the clock of who saved it or by that of the recording.

What Zoom writes: https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067312 (saving in-meeting chat).
A chat saved in the meeting has the wall clock and lies in a folder that says the day; a cloud recording's counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.clock import Instant, read_instant
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected
from workbench.readers.recording import (
    BY_FOLDER,
    DAY,
    UNDATED,
    UTC_NAME,
    Midnights,
    beginning,
    folder_clock,
    seconds_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.readers.base import Head, Source

_MESSAGE = re.compile(r"^\ufeff?(\d{2,3}:[0-5]\d:[0-5]\d)([ \t]+)(\S.*)$", re.DOTALL)
_PRIVATE = re.compile(r"\s*\((?:Direct Message|Privately)\)\s*$", re.IGNORECASE)
_LONGEST_NAME = 120
_ENOUGH = 0.6
_NO_DAY = (
    "no day: a saved chat has clocks only, and neither a folder's name (2025-02-19 13.52.33 ...) "
    "nor the file's (GMT20250219-135233...) says the day"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    line: int
    clock: str
    sender: str | None
    recipient: str | None
    text: list[str] = field(default_factory=list)
    counted: bool  # as cloud recordings write it: a tab after the time and after the name


class _ZoomChat:
    """The messages of one chat."""

    name = "zoom_chat"
    title = "Zoom chat"
    example = "meeting_saved_chat.txt"
    unfolds = "each message, with who wrote it"
    kind = Kind.CHAT.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """Lines that begin with a clock and a name; what is pasted into a message may take lines of its own."""
        lines = [line for line in head.lines if line.strip() and not line.startswith("\t")][:200]
        named = sum(_named(line) for line in lines)
        if head.members or not lines or named < _ENOUGH * len(lines):
            return None
        from_zoom = any(" From " in line or ":\t" in line or line.rstrip().endswith(":") for line in lines)
        return Claim(Certainty.SIGNATURE if from_zoom else Certainty.SHAPE, named / len(lines))

    def read(self, source: Source) -> Iterator[Batch]:
        """The messages in file order."""
        rows, rejected, records = EventRows(), list[Rejected](), 0
        found = list(_messages(source))
        dating = _Dating(source, [each for each in found if isinstance(each, _Message)])
        for each in found:
            records += 1
            if isinstance(each, Rejected):
                rejected.append(each)
                continue
            when, text = dating.of(each), "\n".join(each.text).strip()
            if when is None:
                rejected.append(Rejected(each.line, f"{each.clock} {each.sender or ''}: {text}"[:200], dating.missing))
            else:
                rows.add(when, line=each.line, kind=Kind.CHAT, action="message.posted", actor=each.sender, message=text,
                         to=each.recipient, clock=each.clock)  # fmt: skip
        yield Batch(events=rows.frame(), rejected=rejected, records=records, notes=dating.notes())


class _Dating:
    """Turns the clocks of a chat into instants, if anything says on which day they were."""

    def __init__(self, source: Source, messages: list[_Message]) -> None:
        self._source, self._midnights = source, Midnights()
        self.counted = _is_counted(source.path, messages)
        self._start = beginning(source) if self.counted else None
        self._day = (folder_clock(source.path) or _utc_day(source.path) or "")[:10]
        self.missing = f"{UNDATED if self.counted else _NO_DAY}"

    def of(self, message: _Message) -> Instant | None:
        """When the message was written."""
        seconds = seconds_of(message.clock) or 0.0
        if self.counted:
            return self._start.shifted(self._midnights.since_start(seconds)) if self._start else None
        if not self._day:
            return None
        days = int(self._midnights.since_start(seconds) // DAY)
        found = read_instant(f"{self._day}T{message.clock[-8:]}", self._source.assumption)
        return found.shifted(days * DAY) if found and days else found

    def notes(self) -> list[str]:
        """What was assumed, or is missing."""
        if self.counted:
            return [BY_FOLDER] if self._start else [f"No message can be dated: {UNDATED}. Rename the file so."]
        return [] if self._day else [f"No message can be dated: {_NO_DAY}. Put it into a folder that does."]


def _is_counted(path: str, messages: list[_Message]) -> bool:
    """Whether times count from the recording's start: by the file's name, else by how lines look and begin."""
    name = path.rpartition("/")[2].lower()
    if name.startswith("meeting_saved"):
        return False
    if UTC_NAME.search(path) or name == "chat.txt":
        return True
    return bool(messages) and all(each.counted for each in messages) and (seconds_of(messages[0].clock) or 0) < 3 * 3600


def _utc_day(path: str) -> str | None:
    match = UTC_NAME.search(path)
    return f"{match[1][:4]}-{match[1][4:6]}-{match[1][6:]}" if match else None


def _messages(source: Source) -> Iterator[_Message | Rejected]:
    """The messages; lines that begin none belong to the one before. A lone carriage return breaks a line within one."""
    with source.open() as stream:
        data = stream.read()
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    current: _Message | None = None
    for number, line in enumerate(data.decode(encoding, "replace").split("\n"), start=1):
        text = line.rstrip("\r").replace("\r", "\n")
        match = _MESSAGE.match(text)
        if match:
            if current:
                yield current
            current = _begun(number, match)
        elif current:
            current.text.append(text.removeprefix("\t"))
        elif text.strip("\ufeff \t"):
            yield Rejected(number, text[:200], "no message begins here, and none came before")
    if current:
        yield current


def _begun(number: int, match: re.Match[str]) -> _Message:
    clock, blank, rest = match.groups()
    named = rest.startswith("From ")
    name, text = _split(rest.removeprefix("From ").strip() if named else rest)
    recipient = None
    if name and named and (parts := re.split(r"\s+to\s+", name)) and len(parts) > 1:
        name, recipient = " to ".join(parts[:-1]), _PRIVATE.sub("", parts[-1])
    return _Message(line=number, clock=clock, sender=name, recipient=recipient, text=[text] if text else [],
                    counted=blank == "\t" and not named)  # fmt: skip


def _split(rest: str) -> tuple[str | None, str]:
    """The name and what follows it: names may hold colons, so that the widest mark is looked for first."""
    for mark in (" : ", ":\t", " :", ": "):
        name, found, text = rest.partition(mark)
        if found and 0 < len(name.strip()) <= _LONGEST_NAME and "\n" not in name:
            return name.strip(), text.strip()
    if rest.rstrip().endswith(":"):
        return rest.rstrip()[:-1].strip(), ""
    return None, rest


def _named(line: str) -> bool:
    match = _MESSAGE.match(line)
    return bool(match) and (match[3].startswith("From ") or ":\t" in match[3] or match[3].rstrip().endswith(":"))  # type: ignore[index]


READER = _ZoomChat()
