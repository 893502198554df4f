"""WebVTT transcripts of Zoom, Teams and the like, and SBV of Google: what was said in the call, one record a cue.

Zoom writes ``Name: words``, Teams ``<v Name>words</v>``. Format: https://www.w3.org/TR/webvtt1. A cue states its offset
only; the start of the recording comes from the name that Zoom gives the file (UTC) or its folder (wall clock).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.clock import ZoneBasis
from workbench.events.schema import Kind
from workbench.readers.base import Batch, Certainty, Claim, EventRows, Rejected
from workbench.readers.recording import BY_FOLDER, UNDATED, Midnights, beginning, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.clock import Instant
    from workbench.readers.base import Head, Source

_TIMING = re.compile(r"^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*(?:-->|,)\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})?")
_SBV = re.compile(rb"\s*\d+:\d{2}:\d{2}\.\d{3},\d+:\d{2}:\d{2}\.\d{3}[ \t]*\r?\n")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>(.*?)(?=</v>|<v[\s.]|\Z)", re.DOTALL)
_SPEAKER = re.compile(r"^([^:<>?!;\n]{1,60}):\s+(\S.*)$", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^>]*>|<[\d:.]+>")


@dataclass(frozen=True, slots=True)
class _Cue:
    number: int
    start: str
    end: str | None
    text: str


class _VttReader:
    """WebVTT cues as spoken events."""

    name = "vtt"
    title = "Meeting transcript or chat (WebVTT, SBV)"
    example = "transcript.vtt"
    unfolds = "what each speaker said, cues of one speaker joined"
    kind = Kind.SPEECH.value
    structured = True
    version = 1

    def identify(self, head: Head) -> Claim | None:
        """By the word that every such file must begin with; SBV begins with its first cue's times."""
        text = head.data.removeprefix(b"\xef\xbb\xbf")
        if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            text = head.data.decode("utf-16", "replace").encode()
        known = re.match(rb"WEBVTT(?=[ \t\r\n]|$)", text) or _SBV.match(text)
        return Claim(Certainty.SIGNATURE, 1.0) if known else None

    def read(self, source: Source) -> Iterator[Batch]:
        """Every cue in file order; cues that speak on have the speaker before them."""
        rows, rejected, records = EventRows(), list[Rejected](), 0
        began, speaker, midnights = beginning(source), None, Midnights()
        kind, action = (Kind.CHAT, "message.posted") if _is_chat(source.path) else (Kind.SPEECH, "speech.said")
        for cue in _cues(_text(source)):
            records += 1
            offset = seconds_of(cue.start)
            if offset is None or not cue.text.strip():
                reason = "a cue without words" if offset is not None else "a cue without a readable time"
                rejected.append(Rejected(cue.number, f"{cue.start} {cue.text}".strip(), reason))
            elif began is None:
                rejected.append(Rejected(cue.number, f"{cue.start} {cue.text}", UNDATED))
            else:
                offset = midnights.since_start(offset)
                for said_by, words in _spoken(cue.text):
                    speaker = said_by or speaker
                    rows.add(
                        began.shifted(offset), line=cue.number, kind=kind, action=action,
                        actor=speaker, message=words, offset=cue.start, end=cue.end,
                    )  # fmt: skip
        yield Batch(events=rows.frame(), rejected=rejected, records=records, notes=_notes(began, records))


def _is_chat(path: str) -> bool:
    """Google Meet saves what was written during the call as subtitles too."""
    return path.lower().endswith(".sbv") and "chat" in path.rpartition("/")[2].lower()


def _notes(began: Instant | None, records: int) -> list[str]:
    if began is None and records:
        return [f"No cue can be dated: {UNDATED}. Rename the file so that its name says it."]
    if began is not None and began.basis is not ZoneBasis.FORMAT:
        return [BY_FOLDER]
    return []


def _text(source: Source) -> str:
    with source.open() as stream:
        data = stream.read()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _cues(text: str) -> Iterator[_Cue]:
    """The cues of the file, counted from 1; notes, styles and regions are no cues."""
    number = 0
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        if not block.strip() or re.match(r"(WEBVTT|NOTE|STYLE|REGION)\b", lines[0]):
            continue
        number += 1
        at = next((i for i, line in enumerate(lines[:2]) if _TIMING.match(line)), None)
        match = _TIMING.match(lines[at]) if at is not None else None
        if at is None or match is None:
            yield _Cue(number, "", None, " ".join(lines))
        else:
            yield _Cue(number, match[1], match[2], "\n".join(lines[at + 1 :]))


def _spoken(text: str) -> Iterator[tuple[str | None, str]]:
    """Who said what in one cue; several voices give several."""
    voices = _VOICE.findall(text)
    for name, words in voices:
        yield html.unescape(name).strip(), _clean(words)
    if not voices:
        words = _clean(text)
        match = _SPEAKER.match(words)
        yield (match[1].strip(), match[2].strip()) if match else (None, words)


def _clean(text: str) -> str:
    return html.unescape(" ".join(_TAG.sub("", text).split()))


READER = _VttReader()
