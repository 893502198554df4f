"""PM8, completeness and the 48 hours: what is not written yet, who is not named, and whether it was held in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.analysis.targets import Verdict
from workbench.check.case import INCIDENT, NARRATIVE
from workbench.check.finding import Family, Found, Level, Place
from workbench.clock import format_utc
from workbench.store.narrative_file import PARTS, narrative_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

WHOLE = Family()
_SUMMARY = "Executive summary"
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|TBC|FIXME|XXX+)\b|\?\?\?"
    r"|(?i:\blorem ipsum\b|\bto be (?:written|completed|filled in|determined)\b|<(?:insert|fill in|your) [^>\n]{0,40}>)"
)
_VALUE = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_TWO_DAYS = 48 * 3600 * 1_000_000_000


@WHOLE.rule(
    "PM801", Level.ERROR, "No executive summary",
    why="It is the only part that most readers read.",
    mend="Write two or three sentences under “Executive summary” in narrative.md: what happened, what customers felt, "
    "what is being done.",
)  # fmt: skip
def no_summary(case: Case) -> Iterator[Found]:
    """Nothing under that heading, and no summary in incident.toml."""
    if not case.incident.summary and not narrative_of(case.narrative).sections.get(_SUMMARY, "").strip():
        yield Found(place=_heading(case, _SUMMARY), message="Nobody has written the executive summary yet.")


@WHOLE.rule(
    "PM802", Level.WARNING, "A part that nobody has written",
    why="The playbook asks for it, and the report has an empty place there.",
    mend="Write a sentence under its heading in narrative.md, or say there why it does not apply.",
)  # fmt: skip
def unwritten(case: Case) -> Iterator[Found]:
    """A heading of the playbook with nothing under it."""
    sections = narrative_of(case.narrative).sections
    for part in PARTS:
        if part != _SUMMARY and not sections.get(part, "").strip():
            yield Found(place=_heading(case, part), message=f"Nobody has written “{part}” yet.")


def _heading(case: Case, part: str) -> Place:
    lines = case.narrative.splitlines()
    at = next(
        (at for at, line in enumerate(lines, start=1) if line.lstrip("# ").strip() == part and line[:1] == "#"), None
    )
    return Place(file=NARRATIVE, line=at, key="" if at else part)


@WHOLE.rule(
    "PM803", Level.ERROR, "A place that is still to be filled in",
    why="It was left for later, and later is when others read it.",
    mend="Write it, or take it out.",
)  # fmt: skip
def placeholder(case: Case) -> Iterator[Found]:
    """TODO, TBD and their like in the narrative or in the people's files."""
    for sentence in case.sentences:
        if match := _PLACEHOLDER.search(sentence.text):
            yield Found(place=Place(file=NARRATIVE, line=sentence.line), message=f"“{match[0]}” stands in it.")
    for name, file in case.files.items():
        for number, line in enumerate(file.text.splitlines(), start=1):
            values = (first or second for first, second in _VALUE.findall(line))
            match = next((found for text in values if "://" not in text and (found := _PLACEHOLDER.search(text))), None)
            if match:
                yield Found(place=Place(file=name, line=number), message=f"“{match[0]}” stands in it.")


@WHOLE.rule(
    "PM804", Level.WARNING, "Nobody had command",
    why="Readers ask who decided; responders need to know whom to ask.",
    mend="Write incident_commander into [people] of incident.toml.",
)  # fmt: skip
def no_commander(case: Case) -> Iterator[Found]:
    """No incident commander, written or found."""
    if not case.incident.people.incident_commander and "incident_commander" not in case.measures.people.roles:
        yield Found(place=case.at(INCIDENT, "people", "incident_commander"), message="No incident commander is known.")


@WHOLE.rule(
    "PM805", Level.WARNING, "The post-mortem was held too late",
    why="After two days people remember the story and not the incident.",
    mend="Nothing mends this one; say in the narrative what kept it, and hold the next one sooner.",
)  # fmt: skip
def too_late(case: Case) -> Iterator[Found]:
    """Held more than 48 hours after the end."""
    late = next((one for one in case.measures.targets if one.name == "postmortem"), None)
    if late and late.verdict is Verdict.MISSED and late.minutes is not None:
        message = (
            f"It was held {late.minutes / 60:.0f} h after the end, and the limit is {late.limit_minutes / 60:.0f} h."
        )
        yield Found(place=case.at(INCIDENT, "milestones", "postmortem_held"), message=message)


@WHOLE.rule(
    "PM806", Level.WARNING, "The post-mortem is overdue",
    why="The evidence already reaches more than 48 hours beyond the end, and nobody has written that it was held.",
    mend="Write postmortem_held into [milestones] of incident.toml, or hold it.",
)  # fmt: skip
def overdue(case: Case) -> Iterator[Found]:
    """Not held, and the newest evidence is more than 48 hours after the end."""
    end = case.measures.findings.milestones["resolved"].time
    owed = any(one.name == "postmortem" for one in case.measures.targets)
    held = "postmortem_held" in case.incident.milestones
    if owed and not held and end is not None and case.data_as_of - end > _TWO_DAYS:
        message = (
            f"The incident ended at {format_utc(end)[:16]}Z, and nobody has written when the post-mortem was held."
        )
        yield Found(place=case.at(INCIDENT, "milestones", "postmortem_held"), message=message)


@WHOLE.rule(
    "PM807", Level.WARNING, "No cause class",
    why="Repeats are counted by it; without one the quarterly review cannot tell them.",
    mend='Write cause = "capacity:db-pool" in incident.toml: a class and a component.',
)  # fmt: skip
def no_cause(case: Case) -> Iterator[Found]:
    """incident.toml names no cause."""
    if not case.incident.cause:
        yield Found(place=case.at(INCIDENT, "cause"), message="incident.toml names no cause class.")
