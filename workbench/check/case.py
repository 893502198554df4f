"""The case: everything about one incident that the rules look at, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from workbench.check.finding import Place
from workbench.check.prose import Sentence, sentences
from workbench.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.analysis.impact import Impact
    from workbench.analysis.silence import Silence
    from workbench.analysis.summary import Metrics
    from workbench.model import ActionItem, Factor, Incident, SourceReport, Unrecognised
    from workbench.store.journal import BrokenLine
    from workbench.store.toml_file import KeyPath, TomlFile

INCIDENT, FACTORS, ACTIONS, NARRATIVE = "incident.toml", "factors.toml", "actions.toml", "narrative.md"
JOURNAL, SOURCES = "journal.jsonl", "sources.toml"
TOLD = frozenset({"chat", "speech", "ticket", "status", "document", "note"})  # kinds that tell of what was before


@dataclass(frozen=True, kw_only=True)
class Case:
    """One incident; ``cited`` are the events that its factors rest on, by what cites them: id or ``source:line``.

    Each with when it was (earliest and latest, UTC ns); None where somebody only tells of it, in chat or in a ticket.
    """

    incident: Incident
    factors: Sequence[Factor]
    actions: Sequence[ActionItem]
    narrative: str  # the text of narrative.md; empty where there is none
    files: Mapping[str, TomlFile]  # as they were read, by name
    reports: Sequence[SourceReport]
    unrecognised: Sequence[Unrecognised]
    broken: Sequence[BrokenLine]
    measures: Metrics
    impact: Impact
    silences: Sequence[Silence]
    cited: Mapping[str, tuple[int, int] | None] = field(default_factory=dict)
    updates: Sequence[tuple[str, str, str]] = ()  # public updates: ``source:line``, what was written, and the state
    data_as_of: int = 0  # the newest evidence, UTC ns

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of narrative.md."""
        return list(sentences(self.narrative))

    @cached_property
    def people(self) -> frozenset[str]:
        """The names that people of this incident go by, each word of them, folded."""
        held = self.incident.people
        named = [held.incident_commander, held.technical_lead, held.communications_lead, held.scribe]
        named += [*held.participants, *self.measures.people.participants]
        named += [action.owner for action in self.actions]
        return frozenset(word.casefold() for name in named for word in name.split() if len(word) > 1)

    @cached_property
    def systems(self) -> frozenset[str]:
        """The names of services and hosts that the incident knows, folded."""
        return frozenset(name.casefold() for name in (*self.incident.services, *self.impact.services))

    def at(self, file: str, *key: str | int) -> Place:
        """The place of a key, with the line where it or the nearest table around it stands."""
        path: KeyPath = key
        written = ".".join(str(part) for part in key)
        found = self.files.get(file)
        return Place(file=file, line=found.line_of(path) if found else None, key=written)

    def has(self, evidence: str) -> bool:
        """Whether evidence is there: an event's id, or a line of a source."""
        if evidence in self.cited:
            return True
        place = Evidence.parse(evidence)
        return place is not None and any(place.line <= _length(report) for report in self._named(place.source))

    def is_of_a_source(self, evidence: str) -> bool:
        """Whether its file is one of the sources; a line of code is none."""
        place = Evidence.parse(evidence)
        return place is not None and bool(self._named(place.source))

    def _named(self, path: str) -> list[SourceReport]:
        """The source of this path, or those of this name where a path is not said."""
        exact = [report for report in self.reports if report.path == path]
        return exact or [report for report in self.reports if report.path.endswith(f"/{path}")]


def _length(report: SourceReport) -> int:
    return (report.lines if report.lines is not None else report.records) or 0
