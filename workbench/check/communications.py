"""PM7, communications: what customers were told, how often, in what tone, and whether the narrative says the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.analysis.targets import Verdict
from workbench.check.case import INCIDENT, NARRATIVE, SOURCES
from workbench.check.finding import Family, Found, Level, Place
from workbench.check.language import flagged
from workbench.check.prose import plain_sentences
from workbench.model import IncidentStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

TOLD = Family()
_PRAISED = re.compile(
    r"\b(?:communicat\w*|status page|customers were (?:kept )?inform\w*|updates?)\b.*\b(?:good|well|great|excellent"
    r"|timely|regular\w*|frequent\w*|on time|kept up to date|kept informed|up to date|prompt\w*|without gaps?"
    r"|every \d+ minutes)\b",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{3,})+\b|!{2,}")


@TOLD.rule(
    "PM701", Level.WARNING, "Customers waited too long for a word",
    why="The severity promises an update more often than that; silence is what customers remember.",
    mend="Say in the narrative how it came to the silence, and what would have made the next update easy.",
)  # fmt: skip
def silent(case: Case) -> Iterator[Found]:
    """The longest time without an update is beyond the limit of the severity."""
    told = case.measures.communications
    if told.verdict is Verdict.MISSED and told.updates:
        message = (
            f"The longest time without an update was {told.longest_gap_minutes:.0f} min, and the limit is "
            f"{told.limit_minutes:.0f}."
        )
        yield Found(place=Place(file=NARRATIVE), message=message)


@TOLD.rule(
    "PM702", Level.WARNING, "Customers were told nothing",
    why="The severity asks for updates, and the sources hold none.",
    mend="Add the export of the status page; or say in the narrative why nothing was published.",
)  # fmt: skip
def nothing(case: Case) -> Iterator[Found]:
    """No public update, and a severity that asks for them."""
    told = case.measures.communications
    if not told.updates and told.limit_minutes is not None:
        yield Found(place=case.at(INCIDENT, "severity"), message="The sources hold no public update of this incident.")


@TOLD.rule(
    "PM703", Level.ERROR, "Praise that the status page contradicts",
    why="Customers who waited will read it.",
    mend="Write what the cadence was, and what made it so.",
)  # fmt: skip
def praised(case: Case) -> Iterator[Found]:
    """The narrative calls communication good, and the cadence was missed, or there was none."""
    told = case.measures.communications
    if told.verdict is not Verdict.MISSED:
        return
    for sentence in case.sentences:
        if _PRAISED.search(sentence.text) and not re.search(
            r"\b(?:not|n['\u2019]t|never|could|should)\b", sentence.text
        ):
            message = (
                f"“{sentence.text[:80]}”, and customers waited {told.longest_gap_minutes or 0:.0f} min for a word."
            )
            yield Found(place=Place(file=NARRATIVE, line=sentence.line), message=message)


@TOLD.rule(
    "PM704", Level.WARNING, "A status page that was never closed",
    why="Customers may still believe that it goes on.",
    mend="Publish the end, and add a newer export of the status page.",
)  # fmt: skip
def never_closed(case: Case) -> Iterator[Found]:
    """The incident is over, and the last public update does not say so."""
    over = case.measures.findings.milestones["resolved"].time is not None
    if case.updates and over and case.incident.status is not IncidentStatus.OPEN and case.updates[-1][2] != "resolved":
        place, _, state = case.updates[-1]
        message = f"The last update ({place}) says {state or 'nothing of the end'}."
        yield Found(place=Place(file=SOURCES, key=place.rpartition(":")[0]), message=message)


@TOLD.rule(
    "PM705", Level.NOTE, "An update in a tone that does not help",
    why="Blame, certainty and shouting in public are quoted back.",
    mend="For the next one: what is affected, what customers can do, when the next update comes.",
)  # fmt: skip
def tone(case: Case) -> Iterator[Found]:
    """Blame or hindsight by the family PM6, capitals or exclamation marks in a public update."""
    for place, text, _ in case.updates:
        words = [words for sentence in plain_sentences(text) for words in flagged(sentence.text, case.people).values()]
        if loud := _SHOUTED.search(text):
            words.append(loud[0])
        if words:
            file = Place(file=SOURCES, key=place.rpartition(":")[0])
            yield Found(place=file, message=f"The update at {place} says “{words[0]}”.")
