"""What people judge of an event in the explorer: read from the journal, and appended to it on disk before the reply."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.clock import parse_rfc3339
from workbench.errors import WorkbenchError
from workbench.explorer.conflict import ConflictError
from workbench.explorer.page import clock
from workbench.model import MILESTONES, Judgement, Standing, Verb, standing
from workbench.store import journal

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 2_000  # signs of a note or a reason
_LONGEST_NAME = 100
_VERBS = {Verb.PIN, Verb.UNPIN, Verb.HIDE, Verb.UNHIDE, Verb.NOTE, Verb.MILESTONE}
_ID = re.compile(r"[0-9a-f]{16}")
_SAID = {
    Verb.PIN: "pinned it", Verb.UNPIN: "unpinned it", Verb.HIDE: "hid it", Verb.UNHIDE: "showed it again",
    Verb.RELABEL: "gave it other words", Verb.NOTE: "wrote a note", Verb.MILESTONE: "said which milestone it is",
    Verb.MERGE: "merged it",
}  # fmt: skip


class Judging:
    """The judgements on the events of one incident folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: tuple[tuple[int, ...], dict[str, Standing]] = ((), {})

    def setup(self) -> dict[str, Any]:
        """What the browser needs to know; ``key`` keeps apart the unsaved texts of two incidents."""
        key = hashlib.sha256(str(self.folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return {"key": key, "judging": {"milestones": list(MILESTONES), "longest": LONGEST}}

    def state(self, event: str) -> dict[str, Any]:
        """What holds of an event, with who said it when; ``base`` is the id of its last judgement, or ""."""
        return _state(self._standing().get(event))

    def mark(self, event: str) -> str:
        """What the table says of an event: "pinned", "hidden", a milestone; "" of one that nobody judged."""
        one = self._standing().get(event)
        if one is None:
            return ""
        said = [str(one.milestone.value)] if one.milestone else []
        said += [word for word, held in (("pinned", one.pinned), ("hidden", one.hidden), ("note", one.note)) if held]
        return ", ".join(said)

    def judge(self, event: str, verb: str, value: Any, base: str, *, key: str = "") -> dict[str, Any]:
        """Appends a judgement and gives the new state; ConflictError where ``base`` is not the last one any more.

        ``key`` is the id that the browser gave the judgement: one that is in the journal already is not written twice.
        """
        said = _judgement(event, verb, value, key)
        if key and self._held(said):
            return self.state(event)

        def check() -> None:
            one = self._standing().get(event)
            last = one.last if one else None
            if (last.id if last else "") != base:
                raise ConflictError(_meanwhile(last), self.state(event))
            if last and parse_rfc3339(last.time) > parse_rfc3339(said.time):
                raise WorkbenchError(
                    f"the last judgement of this event is from {last.time}, and the clock here says {said.time}",
                    next_step="Nothing was written: set the clock right.",
                )

        journal.append(self.folder, said, check=check)
        return self.state(event)

    def _held(self, said: Judgement) -> bool:
        """Whether it is in the journal already: the browser asks again where it heard nothing."""
        known = {one.id: one for one in journal.read_journal(self.folder).judgements}.get(said.id)
        if known is None:
            return False
        if (known.event, known.verb, known.value) != (said.event, said.verb, said.value):
            raise WorkbenchError("another judgement has this id")
        return True

    def _standing(self) -> dict[str, Standing]:
        """What holds, read again whenever the file has changed."""
        try:
            found = (self.folder / journal.NAME).stat()
            stamp: tuple[int, ...] = (found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            stamp = ()
        if stamp != self._read[0] or not stamp:
            self._read = (stamp, standing(journal.read_journal(self.folder).judgements))
        return self._read[1]


def author() -> str:
    """Who judges: WORKBENCH_AUTHOR, else the name that the person is logged in by."""
    named = os.environ.get("WORKBENCH_AUTHOR", "")
    try:
        named = named.strip() or getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may know no name
        named = ""
    return cleaned(named)[:_LONGEST_NAME]


def cleaned(text: str) -> str:
    """The text in one paragraph, without signs that steer a terminal or cannot be written."""
    shown = (sign for sign in text if sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs"})
    return " ".join("".join(sign for sign in shown if sign not in _TURNING).split())


_TURNING = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # of the direction


def _judgement(event: str, verb: str, value: Any, key: str) -> Judgement:
    """The judgement as it is written; a sentence where it cannot be one."""
    if verb not in _VERBS:
        raise WorkbenchError(f"the explorer cannot say {verb!r} of an event")
    if not event:
        raise WorkbenchError("this event has no id, so nothing can be said of it")
    if key and not _ID.fullmatch(key):
        raise WorkbenchError("the id of a judgement is 16 hexadecimal digits")
    said = journal.judge(event=event, verb=Verb(verb), value=_value(Verb(verb), value), author=author())
    return replace(said, id=key) if key else said


def _value(verb: Verb, value: Any) -> str | None:
    if verb in {Verb.PIN, Verb.UNPIN, Verb.UNHIDE} or (value is None and verb is not Verb.HIDE):
        return None
    text = cleaned(value) if isinstance(value, str) else ""
    if len(text) > LONGEST:
        raise WorkbenchError(f"the text has {len(text):,} signs, and {LONGEST:,} are the most")
    if verb is Verb.HIDE and not text:
        raise WorkbenchError("say why the event is hidden: whoever reads the timeline later will ask")
    if verb is Verb.MILESTONE and text and text not in MILESTONES:
        raise WorkbenchError(f"{text[:40]!r} is no milestone")
    return text or None


def _meanwhile(last: Judgement | None) -> str:
    if last is None:
        return "What was said of this event is not in the journal any more"
    text = f": {last.value}" if isinstance(last.value, str) and last.value else ""
    return f"Meanwhile {last.author or 'somebody'} {_SAID[last.verb]} ({last.time}){text}"


def _state(one: Standing | None) -> dict[str, Any]:
    held = one or Standing()
    parts = {name: _said(getattr(held, name)) for name in ("pinned", "hidden", "note", "milestone", "last")}
    return {"base": held.last.id if held.last else "", **parts}


def _said(one: Judgement | None) -> dict[str, str] | None:
    if one is None:
        return None
    return {
        "verb": str(one.verb), "value": "" if one.value is None else str(one.value), "by": one.author,
        "at": clock(parse_rfc3339(one.time)),
    }  # fmt: skip
