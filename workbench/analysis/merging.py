"""Events of which a person says that they are one: one row of the curated timeline that keeps the evidence of all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.model import MILESTONES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.analysis.curated import Entry


def as_one(entries: Sequence[Entry], into: Mapping[str, str], known: Mapping[str, Entry]) -> list[Entry]:
    """The rows with each group as the event that stays; its row is there where any of the group has one.

    ``into`` gives for each merged event the one that stays, ``known`` the rows that the events of groups would have.
    """
    own = {entry.id: entry for entry in entries}
    groups: dict[str, list[str]] = defaultdict(list)
    for event, stays in into.items():
        groups[stays].append(event)
    for stays, events in groups.items():
        held = [own.pop(event) for event in (stays, *events) if event in own]
        if held:
            row = _one(stays, held, [known[event] for event in (stays, *events) if event in known])
            own[row.id] = row
    return list(own.values())


def _one(stays: str, held: Sequence[Entry], group: Sequence[Entry]) -> Entry:
    """The row of the event that stays, of the first one where no source holds that any more."""
    every = {entry.id: entry for entry in (*group, *held)}
    head = every[stays] if stays in every else min(every.values(), key=_place)
    others = [one for one in sorted(every.values(), key=_place) if one is not head]
    shown = {name for one in held for name in one.milestones}
    return replace(
        head,
        milestones=tuple(name for name in MILESTONES if name in shown),
        pinned=any(one.pinned for one in held),
        also=tuple(replace(one, milestones=(), pinned=False) for one in others),
    )


def _place(one: Entry) -> tuple[int, str, int]:
    return one.time, one.source, one.line
