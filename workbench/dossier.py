"""Everything about one incident, gathered for its report: people's files, findings, and the lines that prove them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from workbench.analysis.candidates import status_updates
from workbench.analysis.commands import commands
from workbench.analysis.communications import distinct
from workbench.analysis.curated import unsure_order
from workbench.analysis.error_rate import error_rate
from workbench.analysis.facts import nanoseconds
from workbench.analysis.trial import trials
from workbench.model import DEFAULT_SCALE, STATED_IN, IncidentStatus, People
from workbench.report.facts import Beside, Facts, LoggedErrors, Said, TimelineRow
from workbench.store.actions_file import read_actions
from workbench.store.factors_file import read_factors
from workbench.store.narrative_file import read_narrative
from workbench.timeline.nearby import nearby
from workbench.timeline.told import line_sha256, raw_told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from workbench.analysis.curated import Entry
    from workbench.analysis.facts import Fact
    from workbench.analysis.impact import Impact
    from workbench.analysis.silence import Silence
    from workbench.analysis.summary import Metrics
    from workbench.charts.coverage_chart import Covered
    from workbench.model import Incident, Milestone, Team
    from workbench.store.folder import IncidentFolder
    from workbench.timeline.load import Loaded, ReadSource

VERSION = "0.1.0"
DAY = 86_400_000_000_000
DUE_AFTER = 2 * DAY  # a post-mortem is held within 48 hours of the end
RAW_LENGTH = 2_000
MOST_SAMPLES = 20
_CHANGED = frozenset({"deploy.succeeded", "change.merged"})
ERRORS = ("error", "fatal")

_Raw = dict[tuple[str, int], tuple[str, bool]]


def gather(
    folder: IncidentFolder,
    incident: Incident,
    loaded: Loaded,
    measures: Metrics,
    timeline: list[Entry],
    impact: Impact,
    edge: pd.DataFrame,
    *,
    silences: Sequence[Silence] = (),
    coverage: Sequence[Covered] = (),
    team: Team | None = None,
    events: pd.DataFrame | None = None,
    metrics: pd.DataFrame | None = None,
) -> Facts:
    """The facts that the report's content is made from."""
    milestones = measures.findings.milestones
    return Facts(
        incident=_with_people(incident, measures),
        narrative=read_narrative(folder.path).sections,
        factors=read_factors(folder.path),
        actions=read_actions(folder.path),
        sources=loaded.reports,
        unrecognised=loaded.unrecognised,
        rows=tuple(_rows(folder.path, loaded, timeline, measures)),
        milestones=milestones,
        **_measured(measures.to_json()),
        impact=impact.to_json() | {"share_percent": impact.share_percent, "peak_percent": impact.peak_percent},
        curve=_curve(edge),
        errors=_errors(events) if events is not None and milestones["started"].time is None else (),
        silences=tuple(silences),
        coverage=tuple(coverage),
        told=len(loaded.told),
        data_as_of_ns=max((report.last for report in loaded.reports if report.last), default=0),
        version=VERSION,
        draft=incident.milestones.get("postmortem_held") is None,
        due_ns=_due(milestones["resolved"].time),
        updates=_updates(measures),
        commands=_commands(measures),
        detectors=_detectors(events, metrics, impact, milestones),
        changes=_changes(measures),
        scale=team.severities if team else DEFAULT_SCALE,
        addresses=_addresses(measures, team),
    )


def _detectors(
    events: pd.DataFrame | None, metrics: pd.DataFrame | None, impact: Impact, milestones: Mapping[str, Milestone]
) -> tuple[Mapping[str, Any], ...]:
    """The rules that the files suggest, each with what it would have done."""
    if events is None or metrics is None or milestones["detected"].time is None:
        return ()
    found = trials(events, metrics, impact.curve, milestones) or ()
    return tuple(one.to_json() for one in found)


def _measured(metrics: dict[str, Any]) -> dict[str, Any]:
    """What the report tells of the response as ``metrics --json`` has it."""
    return {
        "intervals": metrics["intervals"], "communications": metrics["communications"],
        "definitions": tuple(metrics["definitions"]), "targets": tuple(metrics["targets"]),
        "alerts": tuple(metrics["alerts"]), "activity": metrics["people"]["activity"],
        "handovers": tuple(metrics["people"]["handovers"]),
    }  # fmt: skip


def _due(resolved: int | None) -> int | None:
    return resolved + DUE_AFTER if resolved is not None else None


def _updates(measures: Metrics) -> tuple[Said, ...]:
    """What customers could read of this incident, with the state that each update told."""
    findings = measures.findings
    found = distinct(status_updates(findings.rows, findings.scope))
    return tuple(
        Said(
            time_ns=fact.time, text=fact.message, actor=fact.actor, state=fact.action.removeprefix("status."),
            place=str(fact.evidence),
        )
        for fact in found
    )  # fmt: skip


def _commands(measures: Metrics) -> tuple[Said, ...]:
    """The commands that were written down while the incident lasted."""
    findings = measures.findings
    own = commands(fact for fact in findings.rows if findings.scope.holds(fact.time, after=DAY // 12))
    return tuple(Said(time_ns=one.time, text=one.text, actor=one.actor, place=str(one.evidence)) for one in own)


def _changes(measures: Metrics) -> tuple[Said, ...]:
    """The changes that were made, while the incident lasted, to the services that it is about."""
    findings = measures.findings
    about = {
        key: words for fact in findings.rows if (key := _deployment(fact)) and (words := fact.attribute("description"))
    }
    own = [
        fact
        for fact in findings.rows
        if fact.action in _CHANGED and findings.scope.holds(fact.time) and findings.scope.touches(fact)
    ]
    return tuple(
        Said(
            time_ns=fact.time, actor=fact.actor, place=str(fact.evidence),
            text=": ".join(filter(None, (fact.message, about.get(_deployment(fact)) or fact.attribute("description")))),
        )
        for fact in own
    )  # fmt: skip


def _deployment(fact: Fact) -> str:
    """What the entries of one deployment share: only its first one says what it is about."""
    key = fact.attribute("deployment", "deployment_id")
    return f"{fact.source} {key}" if key else ""


def _addresses(measures: Metrics, team: Team | None) -> dict[str, str]:
    """Each person's e-mail address, as the team wrote it or as the sources give it."""
    found = {fact.actor: mail for fact in measures.findings.rows if (mail := fact.attribute("actor_email"))}
    return found | {person.name: person.emails[0] for person in (team.people if team else ()) if person.emails}


def _with_people(incident: Incident, measures: Metrics) -> Incident:
    """The incident with the roles that were found where nobody wrote them."""
    found = {name: role.person for name, role in measures.people.roles.items()}
    people = incident.people
    named = {
        name: getattr(people, name) or found.get(name, "")
        for name in ("incident_commander", "technical_lead", "communications_lead", "scribe")
    }
    merged = People(**named, participants=people.participants or measures.people.participants)
    status = incident.status or (IncidentStatus.RESOLVED if measures.findings.milestones["resolved"].time else None)
    return replace(incident, people=merged, status=status)


def _rows(folder: Path, loaded: Loaded, timeline: list[Entry], measures: Metrics) -> list[TimelineRow]:
    roles = {role.person: name.replace("_", " ") for name, role in measures.people.roles.items()}
    raw = _stated(folder) | _raw_lines(loaded, timeline)
    around = nearby(loaded, raw)
    refs = {entry.id: f"E{number}" for number, entry in enumerate(timeline, start=1)}
    unsure = unsure_order(timeline, {report.path: report.clock_slack for report in loaded.reports})
    rows = []
    for number, entry in enumerate(timeline, start=1):
        text, digest = _proved(entry, raw)
        rows.append(
            TimelineRow(
                ref=f"E{number}",
                event=entry.id,
                time_ns=entry.time,
                earliest=entry.earliest,
                latest=entry.latest,
                text=f"{entry.said} ({entry.note})" if entry.note else entry.said,
                words=(entry.words or entry.text) if entry.words or entry.note or entry.also else "",
                actor=entry.actor,
                role=roles.get(entry.actor, ""),
                kind=entry.kind,
                milestone=" ".join(entry.milestones),
                source=entry.source,
                line=entry.line,
                sha256=digest,
                raw=text[:RAW_LENGTH],
                nearby=around.get((entry.source, entry.line), ()),
                unsure=tuple(refs[each] for each in unsure.get(entry.id, ())),
                also=tuple(_beside(one, raw) for one in entry.also),
            )
        )
    return rows


def _proved(entry: Entry, raw: _Raw) -> tuple[str, str]:
    """The raw line or record of a row, and the hash of a line."""
    text, is_line = raw.get((entry.source, entry.line), ("", False))
    return text, line_sha256(text) if is_line else ""


def _beside(entry: Entry, raw: _Raw) -> Beside:
    text, digest = _proved(entry, raw)
    return Beside(source=entry.source, line=entry.line, sha256=digest, raw=text[:RAW_LENGTH])


def _stated(folder: Path) -> _Raw:
    """The lines of incident.toml, by their places: what people state is proved by what they wrote."""
    path = folder / STATED_IN
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return {(STATED_IN, number): (text, True) for number, text in enumerate(lines, start=1)}


def _raw_lines(loaded: Loaded, timeline: list[Entry]) -> _Raw:
    """For each row the line as it stands in its source, and True; of a record its own fields, and False.

    Only a line has a hash: anybody can make it again from the source, and of our rendering of a record nobody can.
    """
    found: _Raw = {place: (text, True) for place, text in raw_told(loaded).items()}
    every = [one for entry in timeline for one in (entry, *entry.also)]
    for source in loaded.sources:
        path = source.report.path
        wanted = {entry.line for entry in every if entry.source == path}
        if wanted and source.entry.has_events:
            found.update({(path, line): (text, is_line) for line, text, is_line in _of_source(source, wanted)})
        measured = source.entry.metrics() if wanted else None
        if measured is not None:
            found.update({(path, line): (text, False) for line, text in _of_metrics(measured, wanted)})
    return found


def _of_source(source: ReadSource, wanted: set[int]) -> list[tuple[int, str, bool]]:
    rows = source.kept(sorted(wanted))
    if "text" in rows.columns:
        heads = rows["text"].str.split("\n").list.first().to_list()
        return [(line, text, True) for line, text in zip(rows["line"].to_list(), heads, strict=True)]
    firsts = rows.unique("line", keep="first", maintain_order=True)
    records = firsts.select("line", "message", "attributes").iter_rows()
    return [(line, _record(message or "", attributes or ""), False) for line, message, attributes in records]


def _record(message: str, attributes: str) -> str:
    """A record as its own fields, what it says first: the reader keeps the message apart from the others."""
    if not attributes.startswith("{"):
        return message
    said = f'"message":{json.dumps(message, ensure_ascii=False)}'
    rest = attributes[1:].strip()
    return f"{{{said},{rest}" if rest != "}" else f"{{{said}}}"


def _of_metrics(frame: pl.DataFrame, wanted: set[int]) -> list[tuple[int, str]]:
    """What was measured at each line: a table's row holds several names, a record several samples of one."""
    rows = frame.filter(pl.col("line").is_in(sorted(wanted)))
    said = rows.select("line", text=pl.format("{}{} {}", "name", pl.col("labels").fill_null(""), "value"))
    by_line = said.group_by("line", maintain_order=True).agg(pl.col("text").head(MOST_SAMPLES))
    return [(line, "; ".join(texts)) for line, texts in by_line.iter_rows()]


def _errors(events: pd.DataFrame) -> tuple[LoggedErrors, ...]:
    """The errors of each source, for an incident of which nothing else tells; most first."""
    told = events[events["level"].isin(ERRORS)]
    found = [
        LoggedErrors(
            source=str(source), count=len(rows), first=min(times), last=max(times),
            message=str(rows["message"].value_counts().index[0]),
        )
        for source, rows in told.groupby("source", observed=True)
        if len(times := nanoseconds(rows["time"]))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.count, one.source)))


def _curve(edge: pd.DataFrame) -> tuple[tuple[int, int, int], ...]:
    series = error_rate(edge)
    if not len(series):
        return ()
    return tuple(
        zip(nanoseconds(series["time"]), map(int, series["requests"]), map(int, series["failed"]), strict=True)
    )
