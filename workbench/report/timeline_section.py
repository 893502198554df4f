"""The timeline table: reference, UTC time, event, actor or role, source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.report.blocks import Cell, Column, Paragraph, Row, Run, Section, plain
from workbench.report.sections import missing, table
from workbench.report.text import one_line, shortened
from workbench.report.wording import SECOND, clock, day, moment

if TYPE_CHECKING:
    from workbench.report.blocks import Block, Text
    from workbench.report.facts import Facts, TimelineRow

_LONGEST = 240
_SHOWN = 4  # places of merged events
_COLUMNS = (
    Column(header="Ref", width=7, kind="ref"),
    Column(header="Time (UTC)", width=14, kind="time"),
    Column(header="Event", width=41),
    Column(header="Who", width=16),
    Column(header="Source", width=22, kind="source"),
)


def timeline_section(facts: Facts) -> Section:
    """The curated events in order; days are shown where more than one is in the table."""
    return Section(name="timeline", title="Timeline", blocks=_blocks(facts))


def _blocks(facts: Facts) -> tuple[Block, ...]:
    rows = facts.rows
    if not rows:
        return missing(_empty(facts))
    days = sorted({day(row.time_ns) for row in rows})
    seconds = any(row.time_ns // SECOND % 60 for row in rows)
    caption = f"All times are UTC, {days[0]}." if len(days) == 1 else f"All times are UTC, {days[0]} to {days[-1]}."
    body = (_row(row, dated=len(days) > 1, seconds=seconds) for row in rows)
    note = Paragraph(
        text=plain("A time in brackets is a range: the source does not say it more exactly."), style="note"
    )
    ranges = (note,) if any(_is_wide(row) for row in rows) else ()
    unsure = Paragraph(
        text=plain("“Or before” names rows whose range overlaps: which of the two came first is not certain."),
        style="note",
    )
    orders = (unsure,) if any(row.unsure for row in rows) else ()
    return (table(_columns(dated=len(days) > 1), body, caption=caption, filterable=True), *ranges, *orders)


def _empty(facts: Facts) -> str:
    """Why no row is on the timeline."""
    if not facts.proofs:
        return "The timeline is empty: no moment of the incident is known."
    if not facts.sources:
        return "The timeline is empty, as no source has been added yet: “workbench add” takes the exports."
    return (
        "The timeline is empty: the sources show no milestone, alert, deployment or update, and nobody has pinned an "
        "event. “workbench events” prints all that they hold."
    )


def _columns(*, dated: bool) -> tuple[Column, ...]:
    """Wider for times where a day stands before them."""
    if not dated:
        return _COLUMNS
    widths = (7, 19, 38, 16, 20)
    return tuple(replace(column, width=width) for column, width in zip(_COLUMNS, widths, strict=True))


def _row(row: TimelineRow, *, dated: bool, seconds: bool) -> Row:
    time = moment(row.time_ns, seconds=seconds) if dated else clock(row.time_ns, seconds=seconds)
    cells = (
        Cell(text=(Run(text=row.ref, bold=True, ref=f"{row.ref}-proof" if row.source else ""),)),
        Cell(text=plain(time), note=plain(" ".join(filter(None, (_range(row, seconds=seconds), _unsure(row)))))),
        Cell(text=_event(row)),
        Cell(text=plain(one_line(row.actor)), note=plain(one_line(row.role))),
        Cell(text=plain(row.place, code=True), note=plain(_beside(row), code=True)),
    )
    return Row(cells=cells, anchor=row.ref)


def _beside(row: TimelineRow) -> str:
    """The places of the events that were merged into it; of many the first, as all stand in the evidence."""
    more = f" and {len(row.also) - _SHOWN} more" if len(row.also) > _SHOWN else ""
    return ", ".join(one.place for one in row.also[:_SHOWN]) + more


def _event(row: TimelineRow) -> Text:
    """The milestone's name before the words of the source."""
    names = ", ".join(row.milestone.split()).capitalize()
    text = shortened(one_line(row.text), _LONGEST)
    return (*plain(f"{names}. " if names else "", bold=True), *plain(text))


def _unsure(row: TimelineRow) -> str:
    """The rows before that may have come after it."""
    return f"or before {', '.join(row.unsure)}" if row.unsure else ""


def _is_wide(row: TimelineRow) -> bool:
    return row.latest - row.earliest >= 60 * SECOND


def _range(row: TimelineRow, *, seconds: bool) -> str:
    if not _is_wide(row):
        return ""
    if day(row.earliest) == day(row.latest):
        return f"({clock(row.earliest, seconds=seconds)} to {clock(row.latest, seconds=seconds)})"
    return f"({moment(row.earliest)} to {moment(row.latest)})"
