"""What people judge of an event in the explorer: read from the journal, and appended to it on disk before the reply."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from workbench.clock import parse_rfc3339
from workbench.errors import WorkbenchError
from workbench.explorer.answers import saved
from workbench.explorer.conflict import ConflictError
from workbench.explorer.page import clock
from workbench.explorer.saying import Wanted, judgements, meanwhile
from workbench.explorer.written import LONGEST
from workbench.model import MILESTONES, Judgement, Standing, Verb, merges, named, standing
from workbench.store import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from workbench.explorer.answers import Reply

__all__ = ["LONGEST", "Judging"]

_PARTS = ("pinned", "hidden", "label", "note", "milestone", "merged", "rejected", "told", "last")


class Judging:
    """The judgements on the events of one incident folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Callable[[Mapping[str, Any]], Reply]] = {"judge": self.answer}
        self._stamp: tuple[int, ...] = ()
        self._read(journal.Journal())

    def setup(self) -> dict[str, Any]:
        """What the browser needs to know; ``key`` keeps apart the unsaved texts of two incidents."""
        key = hashlib.sha256(str(self.folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return {"key": key, "judging": {"milestones": list(MILESTONES), "longest": LONGEST}}

    # ---- what holds

    def state(self, event: str) -> dict[str, Any]:
        """What holds of an event, with who said it when; ``base`` is the id of its last judgement, or "".

        ``group`` are the events that are said to be one with it, the one that stays first; none where it is alone.
        """
        found = self.now()
        return _state(found.standing.get(event)) | {"group": found.group(event)}

    def mark(self, event: str) -> str:
        """What the table says of an event: "pinned", "hidden", a milestone; "" of one that nobody judged."""
        found = self.now()
        one, group = found.standing.get(event), found.group(event)
        if one is None and not group:
            return ""
        held = one or Standing()
        said = [*named(held.milestone)]
        if group:
            said.append(f"{len(group)} as one" if group[0] == event else "merged")
        words = (("told", held.told), ("pinned", held.pinned), ("hidden", held.hidden), ("note", held.note))
        said += [word for word, kept in words if kept]
        return ", ".join(said)

    def now(self) -> Held:
        """What holds, read again whenever the file has changed."""
        try:
            found = (self.folder / journal.NAME).stat()
            stamp: tuple[int, ...] = (found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            stamp = ()
        if stamp != self._stamp or not stamp:
            self._read(journal.read_journal(self.folder))
            self._stamp = stamp
        return self._held

    def _read(self, read: journal.Journal) -> None:
        self._held = Held(read)

    def told(self, event: str) -> dict[str, str]:
        """What a row of the table has of an event besides its source's: the mark and a person's own words.

        ``base`` is the id of its last judgement, ``into`` the event that it was merged into.
        """
        one = self.now().standing.get(event) or Standing()
        return {
            "mark": self.mark(event), "label": str(one.label.value) if one.label else "",
            "base": one.last.id if one.last else "", "into": str(one.merged.value) if one.merged else "",
        }  # fmt: skip

    # ---- what people say

    def answer(self, message: Mapping[str, Any]) -> Reply:
        """Writes judgements on one event, or on those in ``said``; gives what holds of them now."""
        several = message.get("said")
        wanted = [Wanted.of(each) for each in several] if isinstance(several, list) else [Wanted.of(message)]
        before = self.together(one.event for one in wanted)
        self.say(wanted, key=str(message.get("id") or ""))
        state = self.state(wanted[0].event)
        return saved(state) | {"at": state["last"]["at"][11:19]} | self.states(before), []

    def together(self, events: Iterable[str]) -> list[str]:
        """These events, and those that are one with them."""
        return list(dict.fromkeys(each for event in events for each in (event, *self.now().group(event))))

    def states(self, events: Iterable[str]) -> dict[str, Any]:
        """What holds of these events and of those that are one with them, and what the table says of each."""
        found = self.together(events)
        return {
            "states": {event: self.state(event) for event in found},
            "rows": {event: self.told(event) for event in found},
        }

    def judge(self, event: str, verb: str, value: Any, base: str, *, key: str = "") -> dict[str, Any]:
        """Appends a judgement and gives the new state; ConflictError where ``base`` is not the last one any more.

        ``key`` is the id that the browser gave the judgement: one that is in the journal already is not written twice.
        """
        self.say([Wanted(event=event, verb=verb, value=value, base=base)], key=key)
        return self.state(event)

    def say(self, wanted: Sequence[Wanted], *, key: str = "", also: Callable[[Held], None] | None = None) -> None:
        """Appends judgements on one or several events, all of them or none.

        ``also`` is asked while nobody else appends, and raises where what it knows of has changed.
        """
        made = judgements(wanted, key)
        written = self._written(made) if key else set()
        left = [(one, new) for one, new in zip(wanted, made, strict=True) if new.id not in written]
        said = [new for _, new in left]

        def check() -> None:
            held = self.now()
            for one, new in left:
                self._unchanged(held, one, new)
            _no_circle(held, said)
            if also:
                also(held)

        if said:
            journal.append(self.folder, *said, check=check)

    def _unchanged(self, held: Held, wanted: Wanted, said: Judgement) -> None:
        one = held.standing.get(wanted.event)
        last = one.last if one else None
        if (last.id if last else "") != wanted.base:
            raise ConflictError(meanwhile(last), self.state(wanted.event) | {"event": wanted.event})
        if last and parse_rfc3339(last.time) > parse_rfc3339(said.time):
            raise WorkbenchError(
                f"the last judgement of this event is from {last.time}, and the clock here says {said.time}",
                next_step="Nothing was written: set the clock right.",
            )

    def _written(self, said: Sequence[Judgement]) -> set[str]:
        """Which of them are in the journal already, by id: the browser asks again where it heard nothing."""
        known = {one.id: one for one in self.now().judgements}
        found = {new.id: (known[new.id], new) for new in said if new.id in known}
        for one, new in found.values():
            if (one.event, one.verb, one.value) != (new.event, new.verb, new.value):
                raise WorkbenchError("another judgement has this id")
        return set(found)


class Held:
    """What the journal says, worked out once."""

    def __init__(self, read: journal.Journal) -> None:
        self.journal = read
        self.judgements = read.judgements
        self.standing: Mapping[str, Standing] = standing(read.judgements)
        self.into = merges(read.judgements)

    def group(self, event: str) -> list[str]:
        """The events that are one with this one, the one that stays first; none where nobody merged it."""
        stays = self.into.get(event, event)
        others = [each for each, other in self.into.items() if other == stays]
        return [stays, *others] if others else []


def _no_circle(held: Held, said: Sequence[Judgement]) -> None:
    """Whoever merges an event into one that stands in it already means it the other way round."""
    merging = {one.event for one in said if one.verb is Verb.MERGE and one.value}
    if merging and not merging <= set(merges([*held.judgements, *said])):
        raise WorkbenchError(
            "the event that should stay is merged into this one already",
            next_step="Take it out of there first, or merge the other way round.",
        )


def _state(one: Standing | None) -> dict[str, Any]:
    held = one or Standing()
    parts = {name: _said(getattr(held, name)) for name in _PARTS}
    return {"base": held.last.id if held.last else "", **parts}


def _said(one: Judgement | None) -> dict[str, Any] | None:
    """A judgement for people; the value of what was told, and a list of names, as they are."""
    if one is None:
        return None
    value = one.value if isinstance(one.value, dict | list) else "" if one.value is None else str(one.value)
    return {"verb": str(one.verb), "value": value, "by": one.author, "at": clock(parse_rfc3339(one.time))}
