"""One incident folder to its record: everything that a review asks, found once and kept by content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import orjson

from workbench.analysis.tracked import match, tracked_items
from workbench.charts.timeline_chart import phases_of
from workbench.dossier import DUE_AFTER
from workbench.dossier import VERSION as WORKBENCH
from workbench.model import STATED_IN
from workbench.review.record import VERSION, Item, Moment, Page, Quote, Record, Span, record_from
from workbench.store.actions_file import read_actions
from workbench.store.atomic import write_derived
from workbench.store.factors_file import read_factors
from workbench.store.narrative_file import read_narrative, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.analysis.facts import Fact
    from workbench.analysis.tracked import TrackedItem
    from workbench.model import ActionItem, Incident, Milestone
    from workbench.postmortem import Postmortem

WANTED_TO_RANK = 2  # a post-mortem is wanted of the two worst severities
FEWEST_WORDS = 3  # a shorter line of prose is no lesson
_KEPT = "review.json"
_DERIVED = ("output", ".ipynb_checkpoints", ".git")
_MOST_TEMPLATES = 20
_STEPS = 60
_LEARNED = ("Lessons learned", "What went well", "Where we got lucky")


def recorded(pm: Postmortem, *, kept: Path | None = None) -> Record:
    """The record of an incident, from the cache where nothing of its folder has changed.

    ``kept`` is the file of the cache; by default it lies in the incident's own. Raises WorkbenchError where one of
    people's files is damaged.
    """
    digest = digest_of(pm)
    place = kept or pm.folder.cache / _KEPT
    known = _read(place, digest)
    if known is not None:
        return known
    found = record_of(pm, digest)
    write_derived(place, orjson.dumps(found.as_json()), place.parent if kept else pm.folder.path)
    return found


def _read(place: Path, digest: str) -> Record | None:
    try:
        values = orjson.loads(place.read_bytes())
        found = record_from(values) if values.get("digest") == digest else None
    except (OSError, orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return None
    return found


def digest_of(pm: Postmortem) -> str:
    """What the record follows from: every file of the folder by size and time of its last change, and the team's."""
    root = pm.folder.path
    told = hashlib.sha256(f"{VERSION} {WORKBENCH}".encode())
    for path in (*_files(root), *([Path(pm.team.file)] if pm.team.file else [])):
        stat = path.stat()
        told.update(f"{path.name}\0{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return told.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _DERIVED:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        elif path.is_file():
            yield path


def record_of(pm: Postmortem, digest: str = "") -> Record:
    """The record, from the sources and from what people wrote."""
    incident, measures, impact = pm.incident, pm.measures, pm.impact
    moments = {name: made for name, one in measures.findings.milestones.items() if (made := _moment(one))}
    if (held := incident.milestones.get("postmortem_held")) is not None:
        moments["postmortem_held"] = Moment(
            time=held, earliest=held, latest=held, basis="confirmed", evidence=_stated(incident, "postmortem_held")
        )
    rank, said = pm.team.severities.rank(incident.severity), measures.communications
    resolved = moments.get("resolved")
    told = "open" if incident.status == "open" else str(incident.status or "")
    items = _actions(pm)
    return Record(
        id=incident.id, title=incident.title, severity=incident.severity, rank=rank, folder=str(pm.folder.path),
        digest=digest, open=told == "open" or (resolved is None and told != "resolved"),
        services=tuple(incident.services or impact.services), team=incident.team, trigger=incident.trigger,
        cause=incident.cause, tags=tuple(incident.tags),
        factor_kinds=tuple(str(one.kind) for one in read_factors(pm.folder.path)),
        moments=moments, spans=_spans(pm), failed=impact.failed, customers=impact.affected,
        budget_percent=impact.budget_used_percent, budget_days=float(incident.slo.window_days if incident.slo else 30),
        impact_minutes=_impact_minutes(pm), updates=said.updates,
        longest_gap_minutes=said.longest_gap_minutes, limit_minutes=said.limit_minutes,
        cadence=str(said.verdict or ""), due=resolved.time + DUE_AFTER if resolved else None,
        wanted=rank < WANTED_TO_RANK, actions=items, pages=_pages(measures.findings.rows),
        alerts=tuple(one.name for one in measures.alerts if one.related), templates=_templates(pm),
        learned=_learned(pm.folder.path), curve=_curve(pm),
        stage="final" if "postmortem_held" in moments else "draft",
        last=max((one.last for one in pm.sources if one.last), default=None),
        problems=tuple(f"{one.path}: {one.why}" for one in pm.loaded.unrecognised),
    )  # fmt: skip


def _moment(one: Milestone) -> Moment | None:
    if one.time is None or one.earliest is None or one.latest is None:
        return None
    place = str(one.evidence[0]) if one.evidence else ""
    return Moment(time=one.time, earliest=one.earliest, latest=one.latest, basis=str(one.basis), evidence=place)


def _stated(incident: Incident, name: str) -> str:
    """The line of incident.toml in which people state a moment."""
    line = incident.lines.get(name)
    return f"{STATED_IN}:{line}" if line else ""


def _spans(pm: Postmortem) -> dict[str, Span]:
    return {
        name: Span(minutes=one.minutes, low=one.low, high=one.high)
        for name, one in pm.measures.intervals.items()
        if one.minutes is not None and one.low is not None and one.high is not None
    }


def _impact_minutes(pm: Postmortem) -> float | None:
    """How long customers felt it, by the edge; None where no edge was recorded."""
    start, end = pm.impact.start, pm.impact.end
    return None if start is None or end is None else round((end.time - start.time) / 60e9, 3)


def _curve(pm: Postmortem) -> tuple[float, ...]:
    """The worst share of failing requests in each of at most 60 steps, over the incident's phases."""
    curve = pm.impact.curve
    phases = phases_of({name: one.time for name, one in pm.measures.findings.milestones.items()})
    if curve is None or not len(curve) or not phases:
        return ()
    times = curve["time"].astype("datetime64[ns, UTC]").astype("int64").to_numpy()
    within = (times >= phases[0].start) & (times <= phases[-1].end)
    shares = np.nan_to_num(curve["share"].to_numpy(dtype=float)[within])
    steps = np.array_split(shares, min(len(shares), _STEPS)) if len(shares) else []
    return tuple(round(float(step.max()), 4) for step in steps)


def _actions(pm: Postmortem) -> tuple[Item, ...]:
    """The items of actions.toml with what their trackers say, and the trackers' own that nobody wrote there."""
    tracked = tracked_items(pm.measures.findings.rows)
    written = read_actions(pm.folder.path)
    pairs = [(one, match(one, tracked)) for one in written]
    known = {issue.key for _, issue in pairs if issue}
    made = {str(fact.evidence): fact.time for fact in pm.measures.findings.rows if fact.action == "issue.created"}
    own = [_tracked(issue, made) if issue else _written(one) for one, issue in pairs]
    return (*own, *(_tracked(one, made) for one in tracked if one.proposed and one.key not in known))


def _tracked(issue: TrackedItem, made: dict[str, int]) -> Item:
    return Item(
        key=issue.key, title=issue.title, owner=issue.owner, due=issue.due, status=str(issue.status),
        created=made.get(str(issue.evidence)), done_at=issue.done_at, reopened=issue.reopened,
        evidence=str(issue.evidence),
    )  # fmt: skip


def _written(one: ActionItem) -> Item:
    return Item(
        key=one.id, title=one.action, owner=one.owner, due=one.due.isoformat() if one.due else "",
        status=str(one.status), evidence=f"actions.toml: {one.id}",
    )  # fmt: skip


def _pages(rows: tuple[Fact, ...]) -> tuple[Page, ...]:
    """Who was paged when, by the pager's own words."""
    return tuple(
        Page(person=str(name), time=fact.time, incident=fact.incident_key or "", evidence=str(fact.evidence))
        for fact in rows
        if fact.action == "incident.notified" and isinstance(fact.attributes.get("to"), list)
        for name in fact.attributes["to"]
    )


def _templates(pm: Postmortem) -> tuple[str, ...]:
    """The templates of the errors that were most frequent: what a similar incident's logs would say too."""
    frame = pm.folded
    if not len(frame) or "template" not in frame.columns:
        return ()
    loud = frame[frame["level"].isin(["error", "fatal"]) & frame["template"].notna()]
    counted = loud.groupby("template", observed=True)["count"].sum().sort_values(ascending=False)
    return tuple(str(one) for one in counted.index[:_MOST_TEMPLATES])


def _learned(folder: Path) -> tuple[Quote, ...]:
    """The paragraphs and list items that people wrote of what was learned, each with its line."""
    text = read_text(folder)
    lines = text.splitlines()
    found: list[Quote] = []
    for heading, body in read_narrative(folder).sections.items():
        if heading not in _LEARNED:
            continue
        for part in body.splitlines():
            words = part.strip().lstrip("-*+ ").strip()
            if len(words.split()) >= FEWEST_WORDS and not words.startswith(("#", "<!--", "|")):
                line = next((at for at, one in enumerate(lines, start=1) if one.strip() == part.strip()), 0)
                found.append(Quote(text=words, place=f"narrative.md:{line}"))
    return tuple(found)
