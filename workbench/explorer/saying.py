"""A judgement as the browser sends it, made one that can be written; a sentence where it cannot be one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.errors import ClockError, WorkbenchError
from workbench.explorer.written import author, words
from workbench.model import MILESTONES, Verb, named, told_of
from workbench.store import journal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.model import Judgement

MOST = 1_000  # events that are judged at once
_ID = re.compile(r"[0-9a-f]{16}")
_LONGEST_ID = 100
_PLAIN = {Verb.PIN, Verb.UNPIN, Verb.UNHIDE}
_NAMING = {Verb.MILESTONE, Verb.REJECT}
_SAID = {
    Verb.PIN: "pinned it", Verb.UNPIN: "unpinned it", Verb.HIDE: "hid it", Verb.UNHIDE: "showed it again",
    Verb.RELABEL: "put it in other words", Verb.NOTE: "wrote a note", Verb.MILESTONE: "said which milestone it is",
    Verb.MERGE: "merged it into another event", Verb.REJECT: "said which milestone it is not",
    Verb.TELL: "told what happened",
}  # fmt: skip
_TAKEN_BACK = {
    Verb.RELABEL: "took the other words back", Verb.NOTE: "took the note back",
    Verb.MILESTONE: "said that it is no milestone", Verb.MERGE: "took it out of another event again",
    Verb.REJECT: "took a rejection back", Verb.TELL: "withdrew it",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to say of one event, having seen that ``base`` was the last that was said of it."""

    event: str
    verb: str
    value: Any = None
    base: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Wanted:
        """As the browser tells it."""
        event, verb, base = (str(told.get(name) or "") for name in ("event", "verb", "base"))
        if len(event) > _LONGEST_ID:
            raise WorkbenchError("no event has an id as long as this")
        return cls(event=event, verb=verb, value=told.get("value"), base=base)


def judgements(wanted: Sequence[Wanted], key: str = "") -> list[Judgement]:
    """The judgements as they are written: each with an id that follows from the ``key`` that the browser gave."""
    if key and not _ID.fullmatch(key):
        raise WorkbenchError("the id of a judgement is 16 hexadecimal digits")
    if not 0 < len(wanted) <= MOST:
        raise WorkbenchError(f"{len(wanted):,} events cannot be judged at once: 1 to {MOST:,} can")
    made = [_judgement(one) for one in wanted]
    return [replace(one, id=_id(key, at)) for at, one in enumerate(made)] if key else made


def _id(key: str, at: int) -> str:
    return key if not at else hashlib.sha256(f"{key} {at}".encode()).hexdigest()[:16]


def _judgement(wanted: Wanted) -> Judgement:
    if wanted.verb not in set(Verb):
        raise WorkbenchError(f"the explorer cannot say {wanted.verb!r} of an event")
    if not wanted.event:
        raise WorkbenchError("this event has no id, so nothing can be said of it")
    verb = Verb(wanted.verb)
    said = journal.judge(event=wanted.event, verb=verb, value=_value(verb, wanted), author=author())
    if verb is Verb.TELL and said.value is not None:
        _tellable(said)
    return said


def _value(verb: Verb, wanted: Wanted) -> Any:
    value = wanted.value
    if verb in _PLAIN or (value is None and verb is not Verb.HIDE):
        return None
    if verb is Verb.TELL:
        return value
    if verb in _NAMING:
        return _names(value)
    text = words(value)
    if verb is Verb.HIDE and not text:
        raise WorkbenchError("say why the event is hidden: whoever reads the timeline later will ask")
    if verb is Verb.MERGE and text == wanted.event:
        raise WorkbenchError("an event cannot be merged into itself")
    return text or None


def _names(value: Any) -> str | list[str] | None:
    """Milestones: one as a text, several as a list, none as nothing."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise WorkbenchError("a milestone is a name, or several names in a list")
    names = list(dict.fromkeys(each for each in names if each))
    unknown = [each for each in names if each not in MILESTONES]
    if unknown:
        raise WorkbenchError(f"{unknown[0][:40]!r} is no milestone")
    return names if len(names) > 1 else names[0] if names else None


def _tellable(said: Judgement) -> None:
    try:
        told_of(said)
    except ClockError as problem:
        raise WorkbenchError(problem.what) from problem
    except ValueError as problem:
        raise WorkbenchError(str(problem)) from problem


def meanwhile(last: Judgement | None) -> str:
    """What others said last, for whoever did not see it."""
    if last is None:
        return "What was said of this event is not in the journal any more"
    did = _SAID if last.value or last.verb in _PLAIN or last.verb is Verb.HIDE else _TAKEN_BACK
    return f"Meanwhile {last.author or 'somebody'} {did[last.verb]} ({last.time}){_text(last)}"


def _text(last: Judgement) -> str:
    if last.verb in _NAMING and last.value:
        return f": {', '.join(named(last))}"
    text = last.value.get("text") if isinstance(last.value, dict) else last.value
    return f": {text}" if isinstance(text, str) and text else ""
