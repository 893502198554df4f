"""An event that no file holds: a person told it, and the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.clock import parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.model.judgement import Judgement

# What such an event can be. What machines write is in their files: nobody can tell a line of a log.
# An update of the status page neither: readers outside get its words as they are.
TOLD_KINDS = ("note", "speech", "chat", "change", "deploy", "alert", "ticket")
TOLD_ACTION = "event.told"
TOLD_ID = "told-"  # their ids begin so, and no other event's does
_TEXTS = ("text", "witness", "kind", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told: times in UTC ns, who saw or heard it, who wrote it down when, and the line that says so."""

    id: str
    time: int
    earliest: int
    latest: int
    text: str
    witness: str = ""
    kind: str = TOLD_KINDS[0]
    service: str = ""
    author: str = ""
    said: str = ""  # RFC 3339: when it was written down
    line: int = 0
    raw: str = ""


def told_of(said: Judgement, *, line: int = 0, raw: str = "") -> Told:
    """The event that a judgement tells; ValueError says what is wrong with its value."""
    value = said.value
    if not said.event.startswith(TOLD_ID):
        raise ValueError(f"the id of an event that is told begins with {TOLD_ID!r}")
    if not isinstance(value, dict):
        raise ValueError("what is told is no object")  # noqa: TRY004 - bad data, not a wrong call
    texts = {name: _text(value, name) for name in _TEXTS}
    if not texts["text"]:
        raise ValueError("what is told has no text")
    texts["kind"] = texts["kind"] or TOLD_KINDS[0]
    if texts["kind"] not in TOLD_KINDS:
        raise ValueError(f"{texts['kind'][:40]!r} is no kind of event that is told")
    time = _time(value, "time")
    low, high = (time if value.get(name) is None else _time(value, name) for name in ("earliest", "latest"))
    if not low <= time <= high:
        raise ValueError("the time of what is told lies outside of its own interval")
    return Told(
        id=said.event, time=time, earliest=low, latest=high, author=said.author, said=said.time, line=line, raw=raw,
        **texts,
    )  # fmt: skip


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"the {name} of what is told is no text")
    return (found or "").strip()


def _time(value: Mapping[str, Any], name: str) -> int:
    found = value.get(name)
    if not isinstance(found, str):
        raise ValueError(f"the {name} of what is told is missing or no text")  # noqa: TRY004
    ns = parse_rfc3339(found)  # the journal tells of a ClockError
    if not -(2**63) < ns < 2**63:
        raise ValueError(f"the {name} of what is told is centuries away")
    return ns
