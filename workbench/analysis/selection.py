"""Of all candidates the set that agrees best and keeps the order of things."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.analysis.facts import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbench.model import Candidate, Evidence

AGREE = MINUTE  # evidence this near, beyond its own intervals, is about the same moment
SLACK = MINUTE  # people write a moment down after it, so an order is broken only by more than this
ORDER = (
    ("started", "detected"), ("detected", "acknowledged"), ("declared", "mitigated"), ("started", "mitigated"),
    ("mitigated", "recovered"), ("recovered", "resolved"), ("started", "declared"), ("started", "identified"),
    ("started", "communicated"), ("detected", "resolved"), ("mitigated", "resolved"), ("declared", "resolved"),
)  # fmt: skip
MEASURED = ("first failing", "last failing", "first minute", "end of the last minute")
POSTED = ("the status page says identified", "the status page says that a fix")
SAID = ("said in chat", "said on the call", "a bot wrote", "noted in the pager")
_DROPPED = math.log(0.02)  # what it costs to leave a moment out that has candidates
_KEPT = 5  # clusters a moment that are looked at
_SURE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Candidates that agree: the one with most weight leads, all add to the score."""

    lead: Candidate
    members: tuple[Candidate, ...]
    fixed: bool = False

    @property
    def score(self) -> float:
        """1 - prod(1 - w), each rule counted once: ten people repeating a sentence are one piece of evidence."""
        best: dict[str, float] = {}
        for one in self.members:
            family = one.rule.split(":")[0]
            best[family] = max(best.get(family, 0.0), one.weight)
        return min(_SURE, 1.0 - math.prod(1.0 - weight for weight in best.values()))

    @property
    def earliest(self) -> int:
        """A moment that people state lay before their words: as early as the agreeing measurements allow."""
        if not self.lead.rule.startswith(SAID):
            return self.lead.earliest
        measured = [one.earliest for one in self.members if not one.rule.startswith(SAID)]
        return min([self.lead.earliest, *measured])

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All places, the lead's first."""
        ordered = sorted(self.members, key=lambda one: (one is not self.lead, -one.weight, one.time))
        return tuple(dict.fromkeys(place for one in ordered for place in one.evidence))


def _leading(lead: Candidate, members: Sequence[Candidate]) -> Candidate:
    """Who gives the time: what was measured, for words only tell of it afterwards; else the one with most weight.

    The status page tells of a deed last of all: whoever said so before it gives the time.
    """
    if measured := next((one for one in members if one.rule.startswith(MEASURED)), None):
        return measured
    if lead.rule.startswith(POSTED):
        said = [one for one in members if not one.rule.startswith(POSTED) and one.latest <= lead.latest]
        return max(said, key=lambda one: (one.weight, -one.time), default=lead)
    return lead


def _agree(one: Candidate, other: Candidate) -> bool:
    return one.earliest - AGREE <= other.latest and other.earliest - AGREE <= one.latest


def clusters(candidates: Sequence[Candidate]) -> list[Cluster]:
    """Candidates in groups that agree with the weightiest of them, best group first."""
    left = sorted(candidates, key=lambda one: (-one.weight, one.time, one.evidence))
    groups: list[Cluster] = []
    while left:
        lead = left[0]
        members = tuple(one for one in left if _agree(lead, one))
        groups.append(Cluster(lead=_leading(lead, members), members=members))
        left = [one for one in left if one not in members]
    return sorted(groups, key=lambda group: (-group.score, group.lead.time))


def _breaks(name: str, cluster: Cluster, chosen: Mapping[str, Cluster]) -> bool:
    """Whether a cluster cannot stand beside those chosen; what people wrote is never weighed against itself."""
    for before, after in ORDER:
        other = chosen.get(after if name == before else before if name == after else "")
        if other is None or (cluster.fixed and other.fixed):
            continue
        first, second = (cluster, other) if name == before else (other, cluster)
        if first.lead.earliest > second.lead.latest + SLACK:
            return True
    return False


def select(options: Mapping[str, Sequence[Cluster]]) -> dict[str, Cluster]:
    """One cluster a moment, or none, so that the sum of the log scores is highest under the order of moments."""
    names = sorted(
        (name for name in options if options[name]),
        key=lambda name: (not options[name][0].fixed, len(options[name]), name),
    )
    kept = {name: list(options[name])[:_KEPT] for name in names}
    bounds = [0.0] * (len(names) + 1)
    for i in range(len(names) - 1, -1, -1):
        bounds[i] = bounds[i + 1] + max(math.log(one.score) for one in kept[names[i]])
    best: tuple[float, dict[str, Cluster]] = (-math.inf, {})

    def walk(i: int, score: float, chosen: dict[str, Cluster]) -> None:
        nonlocal best
        if score + bounds[i] <= best[0]:
            return
        if i == len(names):
            best = (score, dict(chosen))
            return
        name = names[i]
        for cluster in kept[name]:
            if not _breaks(name, cluster, chosen):
                chosen[name] = cluster
                walk(i + 1, score + (0.0 if cluster.fixed else math.log(cluster.score)), chosen)
                del chosen[name]
        if not kept[name][0].fixed:
            walk(i + 1, score + _DROPPED, chosen)

    walk(0, 0.0, {})
    return best[1]
