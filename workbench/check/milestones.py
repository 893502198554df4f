"""PM2, milestones and metrics: moments that are missing or doubtful, that contradict each other or the narrative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.selection import ORDER
from workbench.check.case import INCIDENT, NARRATIVE
from workbench.check.claims import claims, measured
from workbench.check.finding import Family, Found, Level, Place
from workbench.clock import format_utc
from workbench.model import Basis, IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

MOMENTS = Family()
_NEEDED = ("started", "detected", "acknowledged", "mitigated")
_UNSURE = 0.6
_FAR = 5 * 60_000_000_000  # ns
_SAID = {
    "time_to_detect": "the time to detect", "time_to_acknowledge": "the time to acknowledge",
    "time_to_mitigate": "the time to mitigate", "time_to_resolve": "the time to resolve", "duration": "the impact",
    "recovery": "the recovery",
}  # fmt: skip


@MOMENTS.rule(
    "PM201", Level.ERROR, "Milestones in an impossible order",
    why="What was written cannot have happened so, and every interval made of it is wrong.",
    mend="Correct the time in [milestones] of incident.toml; look at its offset from UTC.",
)  # fmt: skip
def disordered(case: Case) -> Iterator[Found]:
    """Two confirmed moments of which the later one in order is the earlier one in time."""
    known = case.measures.findings.milestones
    for first, second in ORDER:
        one, other = known[first], known[second]
        if one.basis is other.basis is Basis.CONFIRMED and (one.earliest or 0) > (other.latest or 0):
            message = (
                f"{second} ({format_utc(other.time or 0)[:19]}Z) is before {first} ({format_utc(one.time or 0)[:19]}Z)."
            )
            yield Found(place=case.at(INCIDENT, "milestones", second), message=message)


@MOMENTS.rule(
    "PM202", Level.WARNING, "A milestone that is missing",
    why="The intervals that begin or end with it cannot be told.",
    mend="Add the source that shows it, or write it into [milestones] of incident.toml.",
)  # fmt: skip
def missing(case: Case) -> Iterator[Found]:
    """Started, detected, acknowledged, mitigated; and resolved, unless the incident is open."""
    needed = _NEEDED if case.incident.status is IncidentStatus.OPEN else (*_NEEDED, "resolved")
    for name in needed:
        one = case.measures.findings.milestones[name]
        if one.time is None:
            yield Found(place=case.at(INCIDENT, "milestones", name), message=f"{name} is missing: {one.why}")


@MOMENTS.rule(
    "PM203", Level.WARNING, "A milestone that is doubtful",
    why="It was found by weak signs, and nobody has confirmed it.",
    mend="Look at its evidence and its runners-up (`workbench metrics`), and write the right time into [milestones].",
)  # fmt: skip
def doubtful(case: Case) -> Iterator[Found]:
    """Found with a confidence below 0.6."""
    for name, one in case.measures.findings.milestones.items():
        if one.basis is Basis.FOUND and one.confidence < _UNSURE:
            message = f"{name} was found with a confidence of {one.confidence:.0%} ({one.rule})."
            yield Found(place=case.at(INCIDENT, "milestones", name), message=message)


@MOMENTS.rule(
    "PM204", Level.WARNING, "A milestone that the evidence does not bear out",
    why="Somebody wrote a time, and the sources tell of another one with good reasons.",
    mend="Correct the one that is wrong; say in the narrative why it differs, if both are right.",
)  # fmt: skip
def unlike(case: Case) -> Iterator[Found]:
    """Confirmed, and more than five minutes from what was found with a confidence of 0.8 and more."""
    for name, one in case.measures.findings.milestones.items():
        best = one.runners_up[0] if one.runners_up else None
        if one.basis is not Basis.CONFIRMED or best is None or best.weight < 0.8 or one.time is None:
            continue
        far = max(best.earliest - one.time, one.time - best.latest)
        if far > _FAR:
            message = (
                f"{name} is written as {format_utc(one.time)[:19]}Z, {far / 60e9:.0f} min from "
                f"{format_utc(best.time)[:19]}Z ({best.rule})."
            )
            yield Found(place=case.at(INCIDENT, "milestones", name), message=message)


@MOMENTS.rule(
    "PM205", Level.WARNING, "A span in the narrative that the data contradict",
    why="Readers will quote the sentence and not the table.",
    mend="Write the measured span, or mend the milestones if they are wrong.",
)  # fmt: skip
def contradicted(case: Case) -> Iterator[Found]:
    """A sentence such as “resolved in 20 minutes”, where it took 38."""
    for sentence in case.sentences:
        for claim in claims(sentence.text):
            known = measured(claim, case.measures)
            if known and claim.contradicts(*known):
                took = f"{known[0]:.0f}" if round(known[0]) == round(known[1]) else f"{known[0]:.0f} to {known[1]:.0f}"
                message = f"“{claim.words}” is said of {_SAID[claim.name]}, which took {took} min."
                yield Found(place=Place(file=NARRATIVE, line=sentence.line), message=message)
