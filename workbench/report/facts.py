"""Everything that a post-mortem's content is made from, in one frozen value: no files, no frames, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.model import DEFAULT_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.analysis.silence import Silence
    from workbench.charts.coverage_chart import Covered
    from workbench.model import (
        ActionItem,
        Evidence,
        Factor,
        Incident,
        Milestone,
        SeverityScale,
        SourceReport,
        Unrecognised,
    )
    from workbench.timeline.nearby import Nearby


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Where an event stands that a row is of, and its line: people may say of several that they are one."""

    source: str
    line: int = 0
    sha256: str = ""
    raw: str = ""

    @property
    def place(self) -> str:
        """As a row's."""
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """A row of the curated timeline with its reference (E1, E2, ...) and the line that proves it. Times are UTC ns."""

    ref: str
    event: str = ""  # its id
    time_ns: int
    earliest: int
    latest: int
    text: str
    actor: str = ""
    role: str = ""
    kind: str = ""
    milestone: str = ""  # names of MILESTONES that this row proves, separated by blanks
    source: str = ""
    line: int = 0
    sha256: str = ""  # of the raw line
    raw: str = ""
    nearby: tuple[Nearby, ...] = ()  # what stands around the line in its source
    words: str = ""  # of the source alone, where ``text`` has what people say of it
    unsure: tuple[str, ...] = ()  # references of rows before that may have come after
    also: tuple[Beside, ...] = ()  # of the events that were merged into this one

    @property
    def place(self) -> str:
        """``source:line``; the file alone where no line of it is meant."""
        return f"{self.source}:{self.line}" if self.line else self.source

    @property
    def proved(self) -> tuple[Beside, ...]:
        """Its own line, and those of the events that were merged into it."""
        return Beside(source=self.source, line=self.line, sha256=self.sha256, raw=self.raw), *self.also

    @property
    def names(self) -> frozenset[str]:
        """All that people may cite it by: its reference, its place, its event's id, and the places merged into it."""
        return frozenset(filter(None, (self.ref, self.event, *(one.place for one in self.proved))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something written down at a time (UTC ns): an update for customers, a command. ``state`` is an update's."""

    time_ns: int
    text: str
    actor: str = ""
    state: str = ""
    place: str = ""  # source:line


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedErrors:
    """The errors that one source tells of: how many, from when to when (UTC ns), and the message that comes most."""

    source: str
    count: int
    first: int
    last: int
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one incident.

    ``intervals``, ``targets``, ``communications``, ``alerts`` and ``impact`` have the shapes of ``metrics --json`` and
    ``impact --json``; ``curve`` holds (minute in UTC ns, requests, failed).
    """

    incident: Incident
    narrative: Mapping[str, str] = field(default_factory=dict)  # markdown by section heading
    factors: tuple[Factor, ...] = ()
    actions: tuple[ActionItem, ...] = ()
    sources: tuple[SourceReport, ...] = ()
    unrecognised: tuple[Unrecognised, ...] = ()
    rows: tuple[TimelineRow, ...] = ()
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    intervals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    definitions: tuple[Mapping[str, Any], ...] = ()  # other starts and ends of the duration
    targets: tuple[Mapping[str, Any], ...] = ()
    communications: Mapping[str, Any] = field(default_factory=dict)
    alerts: tuple[Mapping[str, Any], ...] = ()
    activity: Mapping[str, Any] = field(default_factory=dict)  # by person, from when to when
    handovers: tuple[Mapping[str, Any], ...] = ()
    detectors: tuple[Mapping[str, Any], ...] = ()  # rules that the files suggest, and what each would have done
    impact: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[tuple[int, int, int], ...] = ()
    errors: tuple[LoggedErrors, ...] = ()  # most first; gathered where no start of the incident is known
    silences: tuple[Silence, ...] = ()
    coverage: tuple[Covered, ...] = ()
    data_as_of_ns: int  # the newest evidence; never the wall clock
    version: str = ""
    told: int = 0  # events that people told, and no source holds
    draft: bool = True
    due_ns: int | None = None
    edition: str = "internal"
    methods: bool = True  # whether this reader is told how figures were found, and shown the graph of factors
    proofs: bool = True  # whether this reader is shown sources, lines and hashes
    owners: bool = True  # whether this reader is told who does what next
    severity_rank: int = 0  # 1 is the worst; 0 takes it from the name
    updates: tuple[Said, ...] = ()  # what customers could read, double posts left out
    commands: tuple[Said, ...] = ()
    changes: tuple[Said, ...] = ()  # deployments and other changes that succeeded, with what they say of themselves
    scale: SeverityScale = DEFAULT_SCALE
    addresses: Mapping[str, str] = field(default_factory=dict)  # e-mail address by name

    def moment(self, name: str) -> int | None:
        """The time of a milestone, or None where it is missing."""
        milestone = self.milestones.get(name)
        return milestone.time if milestone else None

    def ref_of(self, evidence: Evidence | str) -> str:
        """The reference of the timeline row that this place (``source:line``) or event proves, or nothing."""
        wanted = str(evidence)
        return next((row.ref for row in self.rows if wanted in row.names), "")

    def refs_of(self, name: str) -> tuple[str, ...]:
        """The references that prove a milestone: the rows marked with it, else the rows of its evidence."""
        marked = tuple(row.ref for row in self.rows if name in row.milestone.split())
        milestone = self.milestones.get(name)
        proofs = (self.ref_of(one) for one in (milestone.evidence if milestone else ()))
        return marked or tuple(dict.fromkeys(ref for ref in proofs if ref))
