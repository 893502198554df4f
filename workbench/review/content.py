"""The content of a review: its sections in order, made from the measures and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.dossier import VERSION
from workbench.errors import ReportError
from workbench.report.blocks import Header, KeyFigure, KeyFigures, Paragraph, Section, plain
from workbench.report.wording import between, counted, day, minutes, moment
from workbench.review.durations import NAMES
from workbench.review.felt_section import felt_section
from workbench.review.people_sections import actions_section, learned_section, oncall_section, promises_section
from workbench.review.sections import (
    causes_section,
    counts_section,
    definitions_section,
    durations_section,
    incidents_section,
    repeats_section,
    share_words,
    warnings_section,
)
from workbench.statistics.comparison import Verdict

if TYPE_CHECKING:
    from workbench.review.quarterly import Review

SECTIONS = (
    "header", "summary", "figures", "warnings", "counts", "durations", "felt", "causes", "repeats", "actions",
    "promises", "oncall", "learned", "incidents", "definitions",
)  # fmt: skip


def contents(made: Review) -> dict[str, Section]:
    """All sections by their names; one that has nothing to say is empty and is not shown."""
    found = (
        header_section(made), summary_section(made), figures_section(made), warnings_section(made),
        counts_section(made), durations_section(made), felt_section(made), causes_section(made), repeats_section(made),
        actions_section(made), promises_section(made), oncall_section(made), learned_section(made),
        incidents_section(made), definitions_section(made),
    )  # fmt: skip
    return {one.name: one for one in found}


def section(made: Review, name: str) -> Section:
    """The section of this name; raises ReportError for one that a review does not have."""
    if name not in SECTIONS:
        raise ReportError(f"the review has no section {name!r}", next_step=f"Use one of: {', '.join(SECTIONS)}.")
    return contents(made)[name]


def header_section(made: Review) -> Section:
    """What the review is about."""
    period = made.wanted.period
    about = " · ".join(filter(None, (made.wanted.team, made.wanted.service)))
    window = f"{day(period.start)} to {day(period.end - 1)} UTC, as of {moment(made.as_of)} UTC"
    header = Header(
        id=period.name, title=f"Incident review {period.name}{f': {about}' if about else ''}", window=window, stage="",
        services=(made.wanted.service,) if made.wanted.service else (), version=VERSION,
        facts={"period": period.name, "incidents": len(made.records), "previous": made.previous.name},
    )  # fmt: skip
    return Section(name="header", blocks=(header,))


def summary_section(made: Review) -> Section:
    """Three sentences: how many, whether anything changed, and what is open."""
    rate, before = made.counts.weekly, made.previous.name
    weekly = f"{rate.value:.2g} a week ({rate.low:.2g} to {rate.high:.2g})"
    items = f"{made.actions.done.n} of {counted(made.actions.done.total, 'action item')} are done"
    said = [
        f"{_number(made)} in {made.wanted.period.name}, {weekly}; {len(made.before)} in {before}.",
        _changes(made),
        f"{items}, {len(made.actions.overdue)} are overdue." if made.actions.done.total else "",
        f"{counted(made.repeated.n, 'incident')} repeated the cause of an earlier one." if made.repeated.n else "",
    ]
    return Section(name="summary", blocks=(Paragraph(text=plain(" ".join(filter(None, said))), style="lead"),))


def _number(made: Review) -> str:
    return counted(len(made.records), "incident")


def _changes(made: Review) -> str:
    """What can be said of change: what changed, else that nothing is distinguishable, else that there are too few."""
    verdicts = {NAMES[name]: one.versus for name, one in made.durations.items()}
    changed = [(name, one) for name, one in verdicts.items() if one.verdict is Verdict.CHANGED and one.ratio]
    if changed:
        told = [f"{name.lower()} is {one.ratio:.2g} times what it was" for name, one in changed]
        return f"Against {made.previous.name}: {'; '.join(told)}."
    if any(one.verdict is Verdict.SAME for one in verdicts.values()):
        return f"No duration is distinguishable from that of {made.previous.name}."
    return f"There are too few incidents to compare with {made.previous.name}."


def figures_section(made: Review) -> Section:
    """The strip of five: each with its range and, where it can be said, whether it changed."""
    figures = [_duration(made, name) for name in ("time_to_detect", "time_to_mitigate", "time_to_resolve")]
    actions, held = made.actions, made.reviews
    figures += [
        KeyFigure(label="Action items done", value=_percent(actions.done.percent),
                  detail=share_words(actions.done) if actions.done.total else "none was written"),
        KeyFigure(label="Post-mortems within 48 h", value=_percent(held.within.percent),
                  detail=share_words(held.within) if held.within.total else "none was due"),
    ]  # fmt: skip
    return Section(name="figures", blocks=(KeyFigures(figures=tuple(figures)),))


def _duration(made: Review, name: str) -> KeyFigure:
    one = made.durations[name].typical
    versus = made.durations[name].versus
    if one.median is None:
        return KeyFigure(label=f"{NAMES[name]}, median", value="not recorded")
    spread = between(one.low, one.high)
    detail = f"95%: {spread}, n = {one.n}" if spread else f"n = {one.n}: too few for an interval"
    return KeyFigure(
        label=f"{NAMES[name]}, median", value=minutes(one.median), detail=detail, verdict=str(versus.verdict)
    )


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f}%"
