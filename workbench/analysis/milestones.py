"""The moments of the incident: what people confirmed, what the sources state, and what is missing and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.analysis.candidates import PAGED, Proposals, proposals
from workbench.analysis.facts import Fact, facts
from workbench.analysis.lexicon import COMMAND
from workbench.analysis.rejections import rejections, sifted
from workbench.analysis.scope import Scope, scope_of
from workbench.analysis.selection import ORDER, Cluster, clusters, select
from workbench.clock import format_utc
from workbench.model import MILESTONES, STATED_IN, Basis, Candidate, Evidence, Milestone, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from workbench.analysis.impact import Impact
    from workbench.model import Incident, Judgement

_RUNNERS_UP = 3
_LOOKED_FOR = {
    "started": "No edge log or counter shows when requests began to fail.",
    "detected": "No alert, page or report on the incident's services was found at its time.",
    "acknowledged": "Nobody acknowledged a page of this incident in the sources, and nobody says so.",
    "declared": "No incident tool or person declares the incident in the sources.",
    "identified": "Nobody states in the sources that the cause was found.",
    "communicated": "The sources hold no status page update of this incident, and nobody says customers were told.",
    "mitigated": "No change before the recovery was found, and nobody states that a mitigation was in place.",
    "recovered": "No source shows or states when requests succeeded again.",
    "resolved": "No incident tool, status page or person says that the incident was resolved.",
    COMMAND: "Nobody takes command in the sources.",
    PAGED: "The sources hold no page of this incident.",
}
_REJECTED = "People rejected all that was found."


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The nine moments by name, the taking of command and the page, and the scope in which they were looked for."""

    milestones: dict[str, Milestone]
    command: Milestone
    paged: Milestone
    scope: Scope
    rows: tuple[Fact, ...]


def find_milestones(
    events: pd.DataFrame,
    incident: Incident,
    impact: Impact,
    judgements: Iterable[Judgement] = (),
) -> Findings:
    """All moments with their basis; what a person wrote wins, what no source states is missing."""
    rows, judgements = facts(events), tuple(judgements)
    confirmed = _confirmed(incident, judgements, events)
    scope = scope_of(rows, incident, impact)
    found, rejected = sifted(proposals(rows, scope, impact), rejections(judgements, events))
    options = {name: [confirmed[name]] if name in confirmed else clusters(found.get(name, [])) for name in MILESTONES}
    chosen = select(options)
    milestones = {name: _milestone(name, chosen.get(name), found, rejected, impact) for name in MILESTONES}
    extra = {
        name: _milestone(name, next(iter(clusters(found.get(name, []))), None), found, {}, impact)
        for name in (COMMAND, PAGED)
    }
    return Findings(
        milestones=_tightened(milestones), command=extra[COMMAND], paged=extra[PAGED], scope=scope, rows=tuple(rows)
    )


def _confirmed(incident: Incident, judgements: Iterable[Judgement], events: pd.DataFrame) -> dict[str, Cluster]:
    """What people said: incident.toml before the journal, the last line of the journal before its earlier ones.

    Of an event its last mark holds, which may name several moments, and a mark of nothing withdraws it.
    """
    found: dict[str, Cluster] = {}
    marks = marked(judgements)
    wanted = {one.event for one in marks.values()}
    known = {fact.id: fact for fact in _judged(events, wanted)}
    for name, one in marks.items():
        if (fact := known.get(one.event)) and name in MILESTONES:
            author = f" by {one.author}" if one.author else ""
            found[name] = _fixed(
                Candidate(
                    time=fact.time,
                    earliest=fact.earliest,
                    latest=fact.latest,
                    weight=1.0,
                    rule=f"marked on the timeline{author}",
                    evidence=(fact.evidence,),
                    text=fact.message[:200],
                )
            )
    for name, time in incident.milestones.items():
        if name in MILESTONES:
            line = incident.lines.get(name)
            found[name] = _fixed(
                Candidate(
                    time=time, earliest=time, latest=time, weight=1.0, rule="written in incident.toml",
                    evidence=(Evidence(source=STATED_IN, line=line),) if line else (),
                )
            )  # fmt: skip
    return found


def _judged(events: pd.DataFrame, wanted: set[str]) -> list[Fact]:
    """The judged events, logs too."""
    if not wanted or not len(events):
        return []
    return facts(events[events["id"].isin(wanted)].assign(kind="note", duplicate=False))


def _fixed(candidate: Candidate) -> Cluster:
    return Cluster(lead=candidate, members=(candidate,), fixed=True)


def _milestone(name: str, cluster: Cluster | None, found: Proposals, rejected: Proposals, impact: Impact) -> Milestone:
    others, left_out = clusters(found.get(name, [])), tuple(rejected.get(name, ()))
    if cluster is None:
        why = _REJECTED if left_out and not others else _why(name, others, impact)
        return Milestone(name=name, why=why, runners_up=_runners(others, None), rejected=left_out)
    lead = cluster.lead
    basis, confidence = (Basis.CONFIRMED, 1.0) if cluster.fixed else (Basis.FOUND, round(cluster.score, 3))
    return Milestone(
        name=name,
        time=lead.time,
        earliest=cluster.earliest,
        latest=lead.latest,
        basis=basis,
        confidence=confidence,
        rule=lead.rule,
        evidence=(*_agreeing(cluster, others), *cluster.evidence),
        runners_up=_runners(others, cluster),
        rejected=left_out,
    )


def _agreeing(chosen: Cluster, others: Sequence[Cluster]) -> tuple[Evidence, ...]:
    """What was found to say the very moment that a person wrote: it proves it, the line in incident.toml states it."""
    if not chosen.fixed or not any(place.source == STATED_IN for place in chosen.evidence):
        return ()
    return next((one.evidence for one in others if one.lead.time == chosen.lead.time), ())


def _runners(others: Sequence[Cluster], chosen: Cluster | None) -> tuple[Candidate, ...]:
    """The others that were found; what people confirmed is no rival of itself."""
    left = [one for one in others if chosen is None or (one.lead.time, one.evidence[:1]) != _first(chosen)]
    return tuple(replace(one.lead, weight=round(one.score, 3), evidence=one.evidence) for one in left[:_RUNNERS_UP])


def _first(chosen: Cluster) -> tuple[int, tuple[Evidence, ...]]:
    return chosen.lead.time, chosen.evidence[:1]


def _why(name: str, others: Sequence[Cluster], impact: Impact) -> str:
    if others:
        lead = others[0].lead
        place = f" ({lead.evidence[0]})" if lead.evidence else ""
        return f"What was found, {format_utc(lead.time)}{place}, contradicts the order of the surer moments."
    if name == "recovered" and impact.end is not None and not impact.settled:
        return "The source of the requests ends less than five minutes after the last failure."
    return _LOOKED_FOR.get(name, "No source states it.")


def _tightened(milestones: Mapping[str, Milestone]) -> dict[str, Milestone]:
    """Intervals cut where the order of moments allows less; a time that then lies outside moves to the bound."""
    out = dict(milestones)
    for _ in range(len(ORDER)):
        before = dict(out)
        for first, second in ORDER:
            out[first], out[second] = _ordered(out[first], out[second])
        if out == before:
            break
    return out


def _ordered(first: Milestone, second: Milestone) -> tuple[Milestone, Milestone]:
    """The pair with the wider interval of a host's clock cut by the surer one; equally sure ones stay as they are."""
    if (
        first.time is None
        or second.time is None
        or None in (first.earliest, first.latest, second.earliest, second.latest)
    ):
        return first, second
    wide_first, wide_second = _width(first), _width(second)
    if (
        wide_first > wide_second
        and second.confidence >= first.confidence
        and first.basis is not Basis.CONFIRMED
        and _latest(first) > _latest(second) >= _earliest(first)
    ):
        return _moved(first, _earliest(first), _latest(second), second.name), second
    if (
        wide_second > wide_first
        and first.confidence >= second.confidence
        and second.basis is not Basis.CONFIRMED
        and _earliest(second) < _earliest(first) <= _latest(second)
    ):
        return first, _moved(second, _earliest(first), _latest(second), first.name)
    return first, second


def _earliest(milestone: Milestone) -> int:
    return milestone.earliest if milestone.earliest is not None else 0


def _latest(milestone: Milestone) -> int:
    return milestone.latest if milestone.latest is not None else 0


def _width(milestone: Milestone) -> int:
    return _latest(milestone) - _earliest(milestone)


def _moved(milestone: Milestone, low: int, high: int, other: str) -> Milestone:
    time = min(max(milestone.time or 0, low), high)
    rule = milestone.rule if time == milestone.time else f"{milestone.rule}; moved to the bound that {other} sets"
    return replace(milestone, earliest=low, latest=high, time=time, rule=rule)


def evidence_lines(milestone: Milestone) -> list[str]:
    """The places of a milestone as text."""
    return [str(place) for place in milestone.evidence]


__all__ = ["Evidence", "Findings", "evidence_lines", "find_milestones"]
