"""PM1, time and evidence: what could not be read, whose times are not known, what is missing, and what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbench.check.case import JOURNAL, NARRATIVE, SOURCES
from workbench.check.finding import Family, Found, Level, Place
from workbench.clock import ZoneBasis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

EVIDENCE = Family()
_MANY = 0.01  # of a source's lines
_WIDE = 60  # seconds: an unknown clock that is assumed closer than that is no finding
_CITED = re.compile(r"(?<![\w/.:-])([\w.-]+(?:/[\w.-]+)*\.[A-Za-z]{1,8}(?:\.gz|\.zst|\.xz|\.bz2)?:[1-9]\d*)\b")
_BYTES, _YEAR = "not those that were added", "Its times name no year. It is taken"


def _sources(path: str) -> Place:
    return Place(file=SOURCES, key=path)


@EVIDENCE.rule(
    "PM101", Level.ERROR, "A source that was not read",
    why="Evidence that somebody had is not in the timeline.",
    mend="Say its format with --format, take what is damaged out, or remove the file and say why in the narrative.",
)  # fmt: skip
def unread(case: Case) -> Iterator[Found]:
    """A file that no reader takes, or that is gone."""
    for each in case.unrecognised:
        yield Found(place=_sources(each.path), message=f"{each.path} was not read: {each.why}.")


@EVIDENCE.rule(
    "PM102", Level.WARNING, "Lines that could not be read",
    why="More than one line of a hundred is missing from the timeline.",
    mend="Look at them with `workbench sources DIR --rejected`; a format of your own may read them.",
)  # fmt: skip
def many_rejected(case: Case) -> Iterator[Found]:
    """A source of which more than one in a hundred was rejected."""
    for report in case.reports:
        whole = (report.lines if report.lines is not None else report.records) or 0
        if whole and report.rejected > _MANY * whole:
            message = f"{report.path}: {report.rejected:,} of {whole:,} could not be read."
            yield Found(place=_sources(report.path), message=message)


@EVIDENCE.rule(
    "PM103", Level.WARNING, "A zone that nobody knows",
    why="The times of the source are off by up to 14 hours, and with them whatever rests on them.",
    mend="Write its zone in sources.toml, or add a source that shares ids with it.",
)  # fmt: skip
def unknown_zone(case: Case) -> Iterator[Found]:
    """A source whose zone was assumed."""
    for report in case.reports:
        if str(ZoneBasis.ASSUMED) in report.zone_basis and report.events:
            message = f"{report.path}: its times name no zone, and are read as UTC."
            yield Found(place=_sources(report.path), message=message)


@EVIDENCE.rule(
    "PM104", Level.WARNING, "A year that nobody knows",
    why="The times of the source may be a year off.",
    mend="Write its year in sources.toml.",
)  # fmt: skip
def unknown_year(case: Case) -> Iterator[Found]:
    """A source whose year was taken from the file's own time."""
    for report in case.reports:
        if any(_YEAR in note for note in report.notes):
            yield Found(place=_sources(report.path), message=f"{report.path}: its times name no year.")


@EVIDENCE.rule(
    "PM105", Level.NOTE, "A clock that nobody knows",
    why="Minutes are between what this source says and what the others say, and every metric carries them.",
    mend="Add checks from outside or another source that shares ids with it, or write clock_offset_seconds in "
    "sources.toml.",
)  # fmt: skip
def unknown_clock(case: Case) -> Iterator[Found]:
    """A log whose clock could not be compared with any other."""
    for report in case.reports:
        offset = report.clock_offset
        if offset and not offset.value and offset.high - offset.low >= 2 * _WIDE:
            message = f"{report.path}: its clock may be off by {offset.high / 60:.0f} min."
            yield Found(place=_sources(report.path), message=message)


@EVIDENCE.rule(
    "PM106", Level.WARNING, "A silence over a milestone",
    why="The moment lies where the source says nothing: what is there to be seen may be missing.",
    mend="Look for the missing part of the export, or write in the narrative why the source was quiet.",
)  # fmt: skip
def silent(case: Case) -> Iterator[Found]:
    """A gap that a source's own rhythm does not explain, and that covers a milestone."""
    for silence in case.silences:
        if silence.over:
            yield Found(place=_sources(silence.source), message=silence.sentence)


@EVIDENCE.rule(
    "PM107", Level.ERROR, "A source that changed after it was added",
    why="What was written before rests on bytes that are not there any more.",
    mend="Put the original back, or add the file again to say that the new one is right.",
)  # fmt: skip
def changed(case: Case) -> Iterator[Found]:
    """A source whose hash is not the one in sources.toml."""
    for report in case.reports:
        if any(_BYTES in note for note in report.notes):
            yield Found(place=_sources(report.path), message=f"{report.path}: its bytes are not those that were added.")


@EVIDENCE.rule(
    "PM108", Level.ERROR, "A place that is not there",
    why="The narrative cites a line that no source has.",
    mend="Look it up with `workbench events`, and write source:line as it prints them.",
)  # fmt: skip
def cited(case: Case) -> Iterator[Found]:
    """``source:line`` in narrative.md that names no line of a source."""
    for number, text in enumerate(case.narrative.splitlines(), start=1):
        for place in _CITED.findall(text):
            if case.is_of_a_source(place) and not case.has(place):
                yield Found(place=Place(file=NARRATIVE, line=number), message=f"{place} is in no source.")


@EVIDENCE.rule(
    "PM109", Level.WARNING, "A judgement that cannot be read",
    why="What a person decided is without effect.",
    mend="Mend the line; each is one JSON object.",
)  # fmt: skip
def broken(case: Case) -> Iterator[Found]:
    """A line of journal.jsonl that is no judgement."""
    for each in case.broken:
        yield Found(place=Place(file=JOURNAL, line=each.line), message=f"{each.why}.")
