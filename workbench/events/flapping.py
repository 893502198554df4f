"""Flapping: a state that changes three times and more within ten minutes, as irregular samples show it.

Source: Nagios takes the share of changes among the last 21 checks; exports of alerts have no checks, only changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAPS = 3  # changes after the first
WINDOW = 600 * 1_000_000_000  # ns


def stretches(times: Sequence[int], firing: Sequence[bool]) -> list[tuple[int, int]]:
    """The rows, first and last, between which a series flaps; ``times`` in ns and in order, the state from then on."""
    changes = _changes(firing)
    found: list[tuple[int, int]] = []
    for at in range(len(changes) - FLAPS):
        first, last = changes[at], changes[at + FLAPS]
        if times[last] - times[first] > WINDOW:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _changes(firing: Sequence[bool]) -> list[int]:
    """The rows at which the state changes; before the first it did not fire."""
    states = [False, *firing]
    return [at for at in range(len(firing)) if states[at + 1] != states[at]]
