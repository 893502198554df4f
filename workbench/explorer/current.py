"""The incident as its folder stands now: made again when people's files change, its sources never read twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.store import actions_file, factors_file, incident_file, journal, narrative_file, register

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.postmortem import Postmortem

# What follows from the sources and not from what people write: dear, and carried over.
SOURCED = ("loaded", "events", "metrics", "spans", "edge", "coverage", "folded")
_WRITTEN = tuple(
    module.NAME for module in (incident_file, narrative_file, factors_file, actions_file, register, journal)
)

Stamp = tuple[int, int, int]


class Current:
    """One incident folder that people and other programs write into while it is looked at."""

    def __init__(self, pm: Postmortem) -> None:
        self._pm = pm
        self._seen = self.stamps()

    @property
    def folder(self) -> Path:
        """The incident folder."""
        return self._pm.folder.path

    def stamps(self) -> dict[str, Stamp | None]:
        """Which state each of people's files is in: inode, size and time of the last change; None of one not there."""
        return {name: _stamp(self.folder / name) for name in _WRITTEN}

    def pm(self) -> Postmortem:
        """The post-mortem of what people's files say now; what follows from the sources alone is carried over."""
        stamps = self.stamps()
        if stamps != self._seen:
            moved = stamps[register.NAME] != self._seen[register.NAME]
            self._pm = _again(self._pm, () if moved else SOURCED)
            self._seen = stamps
        return self._pm


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _again(pm: Postmortem, kept: tuple[str, ...]) -> Postmortem:
    """The same incident, read again but for these properties."""
    made = replace(pm)
    made.__dict__.update({name: pm.__dict__[name] for name in kept if name in pm.__dict__})
    return made
