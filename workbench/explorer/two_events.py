"""A clock set by two events: the offset under which one stands where another says, with what both leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    Relation = Literal["same", "before", "after"]

RELATIONS = ("same", "before", "after")
_MILLI = 1_000_000  # ns


@dataclass(frozen=True, slots=True)
class Seen:
    """When an event was, with its interval; ns, by its own clock or in true time."""

    time: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An offset in ns, ahead > 0, and what it lies between; None where nothing bounds it on that side.

    ``holds`` says of a bound that the clock as it is keeps it already: then ``value`` is its offset as it is.
    """

    value: int
    low: int | None
    high: int | None
    holds: bool = False


def proposal(shown: Seen, other: Seen, relation: str, now: int, least: int = 0) -> Proposal:
    """How far a clock was ahead that showed ``shown`` when ``other`` truly happened.

    "same": at one moment. "before": the event on the clock came first, ``least`` ns at the least, as a cause of the
    other; "after": it came so much later, as its effect. These two only bound the offset, and ``now`` stays where it is
    within the bound.
    """
    if relation not in RELATIONS:
        raise WorkbenchError(f"two events are {' or '.join(RELATIONS)}, and not {relation!r}")
    apart = _to_milliseconds(shown.time - other.time)
    low, high = shown.earliest - other.latest, shown.latest - other.earliest
    if relation == "same":
        return Proposal(value=apart, low=low, high=high)
    if relation == "before":  # shown - offset + least <= other
        bound = apart + least
        return Proposal(value=max(now, bound), low=low + least, high=None, holds=now >= bound)
    bound = apart - least
    return Proposal(value=min(now, bound), low=None, high=high - least, holds=now <= bound)


def _to_milliseconds(ns: int) -> int:
    return (ns + _MILLI // 2) // _MILLI * _MILLI
