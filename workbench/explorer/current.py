"""The incident as its folder stands now: made again when people's files change, its sources read again on demand."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from workbench.analysis.impact import stated
from workbench.errors import WorkbenchError
from workbench.explorer.retold import with_told
from workbench.postmortem import Postmortem
from workbench.store import actions_file, factors_file, incident_file, journal, narrative_file, register

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from workbench.timeline.load import Loaded, Progress

# What follows from the sources and not from what people write: dear, and carried over.
SOURCED = ("loaded", "events", "metrics", "spans", "edge", "coverage", "folded")
STATED = ("impact",)  # what follows from them and incident.toml: judgements change nothing of it
# Prose moves no milestone: what follows from it alone is the content of documents.
_PROSE = frozenset({narrative_file.NAME, factors_file.NAME, actions_file.NAME})
_OF_PROSE = frozenset({"facts", "report"})
_WRITTEN = tuple(
    module.NAME for module in (incident_file, narrative_file, factors_file, actions_file, register, journal)
)
_FIELDS = frozenset(one.name for one in fields(Postmortem))

Stamp = tuple[int, int, int]


class Current:
    """One incident folder that people and other programs write into while it is looked at."""

    def __init__(self, pm: Postmortem) -> None:
        self._pm = pm
        self._seen = self.stamps()
        self._read = self._seen[register.NAME]  # the state of sources.toml that the sources were read with

    @property
    def folder(self) -> Path:
        """The incident folder."""
        return self._pm.folder.path

    @property
    def loaded(self) -> Loaded:
        """The sources as they were last read."""
        return self._pm.loaded

    def stamps(self) -> dict[str, Stamp | None]:
        """Which state each of people's files is in: inode, size and time of the last change; None of one not there."""
        return {name: _stamp(self.folder / name) for name in _WRITTEN}

    def pm(self) -> Postmortem:
        """The post-mortem of what people's files say now; what follows from the sources alone is carried over.

        That is so while ``unread`` too: reading takes its time, and nobody is kept waiting for it here.
        """
        stamps = self.stamps()
        if stamps != self._seen:
            moved = {name for name, stamp in stamps.items() if stamp != self._seen[name]}
            self._pm = _again(self._pm, self._kept(moved))
            _tell(self._pm)
            self._seen = stamps
        return self._pm

    def _kept(self, moved: set[str]) -> Iterable[str]:
        """What does not follow from the files that have moved."""
        if moved <= _PROSE:
            known = list(self._pm.__dict__)  # at once: another thread may be adding to it
            return [name for name in known if name not in _OF_PROSE and name not in _FIELDS]
        return SOURCED if incident_file.NAME in moved and self._restated() else (*SOURCED, *STATED)

    def _restated(self) -> bool:
        """Whether incident.toml says something else of what the impact follows from: most edits do not."""
        try:
            return stated(replace(self._pm).incident) != stated(self._pm.incident)
        except WorkbenchError:
            return True

    @property
    def unread(self) -> bool:
        """Whether sources.toml says something else than when the sources were read."""
        return _stamp(self.folder / register.NAME) != self._read

    def fresh(self, progress: Progress | None = None) -> Fresh:
        """The incident with nothing carried over, and the state of people's files that it begins with."""
        return Fresh(replace(self._pm, progress=progress), self.stamps())

    def adopt(self, fresh: Fresh) -> None:
        """From now on it is the one whose sources were read again."""
        self._pm, self._seen, self._read = fresh.pm, fresh.stamps, fresh.stamps[register.NAME]


@dataclass(frozen=True, slots=True)
class Fresh:
    """An incident that is to be read anew, and the files that it stands for."""

    pm: Postmortem
    stamps: dict[str, Stamp | None]


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _again(pm: Postmortem, kept: Iterable[str]) -> Postmortem:
    """The same incident, read again but for these properties."""
    made = replace(pm)
    made.__dict__.update({name: pm.__dict__[name] for name in kept if name in pm.__dict__})
    return made


def _tell(pm: Postmortem) -> None:
    """What people told by now, among the events that were carried over: no source is read again for it."""
    held = pm.__dict__.get("loaded")
    if held is None or held.told == (told := journal.read_journal(pm.folder.path).told):
        return
    pm.__dict__["loaded"] = loaded = replace(held, told=told)
    for name in ("folded", *STATED):
        pm.__dict__.pop(name, None)
    if "events" in pm.__dict__:
        until = pm.settings.as_of
        known = [one for one in told if until is None or one.earliest <= until]
        pm.__dict__["events"] = with_told(pm.events, known, loaded.told_source)
