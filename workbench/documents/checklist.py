"""The incident response checklist, filled in from the evidence: what was done, when, and what nothing shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.documents.views import moment_of
from workbench.model import ActionStatus
from workbench.report.proofs import REFS
from workbench.report.sections import written
from workbench.report.wording import counted, minutes, moment, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.report.facts import Facts

_MISSING = re.compile(r"\b\w+ is missing: ")
DONE, NOT_DONE, UNKNOWN = "done", "not done", "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the list. ``state`` is done, not done or not known; ``when`` is UTC, empty where it has no time."""

    group: str
    text: str
    state: str
    when: str = ""
    note: str = ""
    refs: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the evidence shows it."""
        return self.state == DONE


def checklist(facts: Facts) -> list[Step]:
    """All steps in the order of an incident. What no source shows is not known: it may have been done all the same."""
    return [*_noticing(facts), *_organising(facts), *_telling(facts), *_mending(facts), *_learning(facts)]


def _moment(facts: Facts, group: str, text: str, name: str, note: str = "") -> Step:
    one = moment_of(facts, name)
    if not one.known:
        return Step(group=group, text=text, state=UNKNOWN, note=sentence(one.why))
    return Step(group=group, text=text, state=DONE, when=one.time, note=note, refs=one.refs)


def _target(facts: Facts, group: str, text: str, name: str, ends: Sequence[str]) -> Step:
    """The step that a target's verdict stands for, with the moments that it was measured between."""
    one = next((one for one in facts.targets if one.get("name") == name), None)
    if one is None:
        return Step(group=group, text=text, state=UNKNOWN, note="This severity sets no limit.")
    if one.get("minutes") is None:
        return Step(group=group, text=text, state=UNKNOWN, note=_why(one))
    state = {"met": DONE, "missed": NOT_DONE}.get(str(one.get("verdict")), UNKNOWN)
    note = f"{minutes(one['minutes'])}, the limit is {minutes(one['limit_minutes'])}."
    refs = tuple(dict.fromkeys(ref for end in ends for ref in facts.refs_of(end)[:1]))
    return Step(group=group, text=text, state=state, note=note, refs=refs)


def _why(measured: Mapping[str, Any]) -> str:
    """Why something could not be measured, without the keys of the moments that are missing."""
    return sentence(_MISSING.sub("", str(measured.get("why") or "it is not known when it was")))


def _plainly(why: str) -> str:
    """Why it cannot be told, without the names that the milestones have in files."""
    return " ".join(sentence(part) for part in re.split(r"\b\w+ is missing: ", why) if part.strip())


def _noticing(facts: Facts) -> Iterator[Step]:
    group = "Notice and respond"
    yield _moment(facts, group, "The incident was detected", "detected")
    yield _moment(facts, group, "Someone acknowledged it", "acknowledged")
    ends = ("detected", "declared" if facts.moment("acknowledged") is None else "acknowledged")
    yield _target(facts, group, "The response came in time for the severity", "response", ends)


def _organising(facts: Facts) -> Iterator[Step]:
    group = "Organise"
    yield _moment(facts, group, "The incident was declared", "declared")
    people = facts.incident.people
    roles = (
        ("An incident commander was named", people.incident_commander),
        ("A technical lead was named", people.technical_lead),
        ("Somebody led communications", people.communications_lead),
        ("Somebody took notes", people.scribe),
    )  # fmt: skip
    for text, name in roles:
        note = name or "No file and no source names one."
        yield Step(group=group, text=text, state=DONE if name else UNKNOWN, note=note)


def _telling(facts: Facts) -> Iterator[Step]:
    group = "Tell customers"
    yield _moment(facts, group, "The first update was published", "communicated")
    if facts.communications.get("limit_minutes") is not None:
        yield _cadence(facts, group)
    last = next((one for one in reversed(facts.updates) if one.state == "resolved"), None)
    found = counted(len(facts.updates), "update") + " found, none says that it is resolved."
    yield Step(
        group=group, text="Customers were told that it was over",
        state=DONE if last else NOT_DONE if facts.updates and facts.moment("resolved") else UNKNOWN,
        when=moment(last.time_ns) if last else "",
        note="" if last else found if facts.updates else "The sources hold no update for customers.",
        refs=tuple(filter(None, (facts.ref_of(last.place),))) if last else (),
    )  # fmt: skip


def _cadence(facts: Facts, group: str) -> Step:
    """Whether customers heard often enough; where no update was found, nothing shows it, however short it was."""
    said = facts.communications
    text, gap = f"An update at least every {minutes(said['limit_minutes'])}", said.get("longest_gap_minutes")
    if not said.get("updates"):
        return Step(group=group, text=text, state=UNKNOWN, note="The sources hold no update for customers.")
    if gap is None:
        return Step(group=group, text=text, state=UNKNOWN, note=_why(said))
    state = {"met": DONE, "missed": NOT_DONE}.get(str(said.get("verdict")), UNKNOWN)
    return Step(
        group=group, text=text, state=state, note=f"The longest silence was {minutes(gap)}.", refs=(REFS["updates"],)
    )


def _mending(facts: Facts) -> Iterator[Step]:
    group = "Mitigate and close"
    yield _moment(facts, group, "The cause was identified", "identified")
    yield _moment(facts, group, "A mitigation was in place", "mitigated")
    yield _moment(facts, group, "Customers had recovered", "recovered")
    recovered, resolved = facts.moment("recovered"), facts.moment("resolved")
    after = ""
    if recovered is not None and resolved is not None and resolved >= recovered:
        after = f"{minutes((resolved - recovered) / 60e9)} after the recovery."
    yield _moment(facts, group, "The incident was closed", "resolved", after)


def _learning(facts: Facts) -> Iterator[Step]:
    group = "Learn"
    text = "The post-mortem was held within 48 hours"
    yield _target(facts, group, text, "postmortem", ("resolved", "postmortem_held"))
    told = bool(written(facts, "Executive summary") or facts.incident.summary.strip())
    yield Step(group=group, text="The summary is written", state=DONE if told else NOT_DONE)
    count = len(facts.factors)
    note = counted(count, "factor") + "." if count else "factors.toml is empty."
    yield Step(group=group, text="The five whys are written", state=DONE if count else NOT_DONE, note=note)
    wanted = [one for one in facts.actions if one.status is not ActionStatus.CANCELLED]
    ready = [one for one in wanted if one.owner and one.due]
    note = f"{len(ready)} of {counted(len(wanted), 'action item')}." if wanted else "There is no action item."
    state = DONE if wanted and len(ready) == len(wanted) else NOT_DONE
    refs = (REFS["actions"],) if wanted else ()
    yield Step(group=group, text="Each action item has an owner and a due day", state=state, note=note, refs=refs)
