"""One incident: the facade that the command line, the notebooks and the explorer all use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.model import ASSUMED_MAX_SKEW_SECONDS, TOLD_ACTION
from workbench.store import derived, folder, journal, register, team_file
from workbench.timeline.load import Loaded, Loader, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from workbench.analysis.curated import Entry
    from workbench.analysis.impact import Impact
    from workbench.analysis.late_evidence import Draft
    from workbench.analysis.oncall import OncallLoad
    from workbench.analysis.silence import Silence
    from workbench.analysis.summary import Metrics
    from workbench.charts.coverage_chart import Covered
    from workbench.documents.edition import Edition
    from workbench.model import ClockSlacks, Incident, SourceEntry, SourceReport, Team
    from workbench.report.blocks import Section
    from workbench.report.content import Report
    from workbench.report.facts import Facts
    from workbench.timeline.load import Progress


def open_postmortem(path: str | Path, *, edition: str = "internal", progress: Progress | None = None) -> Postmortem:
    """The post-mortem of an incident folder; raises FolderError with what to do where there is none."""
    return Postmortem(folder=folder.open_folder(Path(path)), edition=edition, progress=progress)


def read_files(
    files: Sequence[str | Path],
    *,
    zone: str = "",
    year: int | None = None,
    format: str = "",  # noqa: A002 - as on the command line
    as_logged: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Files, folders and archives outside any incident, their clocks put right unless ``as_logged``."""
    team = team_file.read_team(Path.cwd())
    loader = Loader(
        cache=derived.Cache.shared(),
        settings=Settings(zone=zone, year=year, format=format),
        zone_of=team.zone,
        progress=progress,
    )
    loaded = loader.load([Path(file) for file in files])
    loader.cache.prune()
    return loaded if as_logged else _reconciled(loaded, loader.cache)


@dataclass
class Postmortem:
    """An incident folder and all that follows from it: pandas frames in UTC, nothing read before it is asked for."""

    folder: folder.IncidentFolder
    settings: Settings = field(default_factory=Settings)
    edition: str = "internal"  # whom its report is for: a row of templates/editions.toml
    progress: Progress | None = None

    @cached_property
    def incident(self) -> Incident:
        """The facts of incident.toml."""
        from workbench.store.incident_file import read_incident

        written = read_incident(self.folder.path, self.team.severities)
        until = self.settings.as_of
        if until is None:
            return written
        return replace(written, milestones={name: ns for name, ns in written.milestones.items() if ns <= until})

    @cached_property
    def team(self) -> Team:
        """The team's workbench.toml, found by walking up; its defaults where there is none."""
        return team_file.read_team(self.folder.path)

    @cached_property
    def loaded(self) -> Loaded:
        """The sources on one clock, and what people told; what is in the cache is not read again."""
        entries = {entry.path: entry for entry in register.read_register(self.folder.path).entries}
        loader = Loader(
            cache=derived.Cache(self.folder.cache),
            formats=self.folder.formats,
            settings=self.settings,
            entries=entries,
            zone_of=self.team.zone,
            progress=self.progress,
        )
        loaded = loader.load([self.folder.sources] if self.folder.sources.is_dir() else [])
        skew = self.team.assumed_max_skew_seconds
        if not self.settings.as_logged:
            loaded = _reconciled(loaded, loader.cache, entries, skew)
        return replace(loaded, told=journal.read_journal(self.folder.path).told)

    def check_files(self) -> None:
        """Raises the sentence about the first of people's files that is damaged, before anything is made of them."""
        from workbench.store import actions_file, factors_file, narrative_file

        _ = self.incident
        register.read_register(self.folder.path)
        for read in (narrative_file.read_narrative, factors_file.read_factors, actions_file.read_actions):
            read(self.folder.path)

    @property
    def broken_judgements(self) -> tuple[journal.BrokenLine, ...]:
        """The lines of journal.jsonl that are no judgements: they are left where they are, and without effect."""
        return journal.read_journal(self.folder.path).broken

    @property
    def sources(self) -> tuple[SourceReport, ...]:
        """The account of every source."""
        return self.loaded.reports

    @cached_property
    def events(self) -> pd.DataFrame:
        """Every event, in UTC order (columns: ``workbench.events.schema.COLUMNS``)."""
        return self._known(self._laid_out[0])

    @cached_property
    def _laid_out(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The events, and the requests among them."""
        from workbench.timeline.frame import events_and_requests

        return events_and_requests(self.loaded)

    def _known(self, frame: pd.DataFrame, last: str = "earliest") -> pd.DataFrame:
        """What could be known at the time of the cursor; all of it where there is none."""
        until = self.settings.as_of
        return frame if until is None else _by(until, frame, last)

    def known_by(self, ns: int) -> Postmortem:
        """The same incident as far as it could be known at a moment, UTC ns; its sources are not read again."""
        then = replace(self, settings=replace(self.settings, as_of=ns))
        then.__dict__["loaded"] = self.loaded
        for name, last in (("events", "earliest"), ("edge", "earliest"), ("metrics", "time")):
            then.__dict__[name] = _by(ns, getattr(self, name), last)
        return then

    @cached_property
    def folded(self) -> pd.DataFrame:
        """The events, what says one thing as one row; with ``count``, ``last``, ``why`` and ``template`` besides."""
        from workbench.timeline.folding import folded
        from workbench.timeline.frame import merged, to_pandas

        return to_pandas(folded(merged(self.loaded)))

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Measurements in long form: time, name, labels (JSON), value, unit, source, line."""
        from workbench.timeline.frame import metrics_frame

        return self._known(metrics_frame(self.loaded), "time")

    @cached_property
    def spans(self) -> pd.DataFrame:
        """Spans of traces; durations in seconds."""
        from workbench.timeline.frame import spans_frame

        return self._known(spans_frame(self.loaded), "time")

    @cached_property
    def impact(self) -> Impact:
        """What customers felt, from the data."""
        from workbench.analysis.impact import find_impact

        return find_impact(
            self.edge, events=self.events, metrics=self.metrics, incident=self.incident, clocks=self.clocks
        )

    @cached_property
    def measures(self) -> Metrics:
        """Milestones, intervals, targets, communications, alerts and people."""
        from workbench.analysis.summary import measure

        said = journal.read_journal(self.folder.path).judgements
        return measure(
            self.events,
            self.incident,
            self.impact,
            said,
            scale=self.team.severities,
            clocks=self.clocks,
            phases=self.team.phases,
        )

    @property
    def clocks(self) -> ClockSlacks:
        """How much earlier and later (ns) than said a source's events may be, for its clock alone."""
        return {report.path: report.clock_slack for report in self.sources}

    @cached_property
    def entries(self) -> list[Entry]:
        """The curated timeline, row by row: milestones, key events and what people pinned."""
        from workbench.analysis.curated import curated

        said = journal.read_journal(self.folder.path).judgements
        return curated(self.events, self.measures.findings, said)

    @cached_property
    def silences(self) -> list[Silence]:
        """Where sources begin late, end early or say nothing, and where lines are lost; none before all is known."""
        if self.settings.as_of is not None:
            return []
        from workbench.analysis.silence import silences

        return silences(self.events, self.metrics, self.sources, self._moments)

    @cached_property
    def oncall(self) -> list[OncallLoad]:
        """How often each person was paged, and how often at night where they live."""
        from workbench.analysis.oncall import oncall_load

        return oncall_load(self.measures.findings.rows, self.team)

    @cached_property
    def coverage(self) -> list[Covered]:
        """When each source has something to say: its stretches without a gap that its rhythm does not explain."""
        from workbench.analysis.silence import coverage
        from workbench.charts.coverage_chart import Covered

        found = coverage(self.events[self.events["action"] != TOLD_ACTION], self.metrics)
        return [Covered(source=source, stretches=tuple(stretches)) for source, stretches in found.items()]

    @property
    def _moments(self) -> dict[str, int]:
        """The milestones of the incident itself that are known, UTC ns."""
        known = {name: one.time for name, one in self.measures.findings.milestones.items() if name != "postmortem_held"}
        return {name: time for name, time in known.items() if time is not None}

    @property
    def draft(self) -> Draft:
        """What a report written now would say, to be compared with what one said before."""
        from workbench.analysis.late_evidence import draft_of

        return draft_of(self.measures, self.impact, self.entries)

    @property
    def timeline(self) -> pd.DataFrame:
        """The curated timeline as a frame (columns: ``workbench.analysis.curated.COLUMNS``)."""
        from workbench.analysis.curated import frame

        return frame(self.entries)

    @property
    def templates(self) -> tuple[Path, ...]:
        """The folders of templates that win over the shipped ones, nearest first."""
        team = self.team.reports.templates
        return tuple(place for place in (self.folder.templates, *([Path(team)] if team else [])) if place.is_dir())

    @cached_property
    def reader(self) -> Edition:
        """What the reader of this edition gets."""
        from workbench.documents.edition import read_edition

        return read_edition(self.edition, self.templates)

    @cached_property
    def facts(self) -> Facts:
        """Everything that documents are made from, as far as this edition's reader may have it."""
        from workbench.documents.edition import for_edition
        from workbench.dossier import gather

        found = gather(
            self.folder,
            self.incident,
            self.loaded,
            self.measures,
            self.entries,
            self.impact,
            self.edge,
            silences=self.silences,
            coverage=self.coverage,
            events=self.events,
            metrics=self.metrics,
            team=self.team,
        )
        return for_edition(found, self.reader)

    @cached_property
    def report(self) -> Report:
        """The content of the post-mortem, section by section."""
        from workbench.documents.edition import edited
        from workbench.report.content import Report, content

        return Report(sections=tuple(edited(one, self.reader) for one in content(self.facts).sections))

    @cached_property
    def edge(self) -> pd.DataFrame:
        """The requests that the edge answered, with status, service, user and request id."""
        return self._known(self._laid_out[1])

    def section(self, name: str) -> Section:
        """One section of the report by its name, for a notebook cell to show."""
        return self.report.section(name)


def _by(ns: int, frame: pd.DataFrame, last: str) -> pd.DataFrame:
    """What could be known at a moment."""
    return frame[frame[last] <= _stamp(ns)].reset_index(drop=True)


def _stamp(ns: int) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(ns, tz="UTC")


def _reconciled(
    loaded: Loaded,
    cache: derived.Cache,
    entries: Mapping[str, SourceEntry] | None = None,
    skew: float = ASSUMED_MAX_SKEW_SECONDS,
) -> Loaded:
    """The sources on one clock, by what they share and what people set; ``skew`` is assumed where neither tells."""
    from workbench.timeline.reconciled import reconciled

    told = {path: entry.set_offset for path, entry in (entries or {}).items()}
    known = {path: value for path, value in told.items() if value is not None}
    return reconciled(loaded, known, cache, assumed_max_skew_seconds=skew)


def as_json(loaded: Loaded) -> dict[str, Any]:
    """The document of ``sources --json``."""
    return {
        "sources": [report.as_json() for report in loaded.reports],
        "unrecognised": [each.as_json() for each in loaded.unrecognised],
    }
