"""The sections of a review about what people promised, did and learned; nobody is ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts.still_open_chart import still_open_chart
from workbench.report.blocks import BulletList, Column, Heading, Item, Run, Section, plain
from workbench.report.wording import counted, joined, minutes, moment
from workbench.review.sections import figure, paragraph, share_words, table

if TYPE_CHECKING:
    from workbench.report.blocks import Block
    from workbench.review.quarterly import Review

_SHOWN = 15


def actions_section(made: Review) -> Section:
    """How many action items are done, how long they take, and which are overdue."""
    told = made.actions
    if not told.done.total:
        return Section(name="actions", title="Action items", blocks=(paragraph("No incident of the period has one."),))
    words = (
        f"{share_words(told.done)} are done as of {moment(told.as_of)} UTC, {told.in_time.n} of them in time; "
        f"{len(told.overdue)} are overdue, {told.without_owner} have no owner, {told.without_day} no day, "
        f"{told.reopened} were opened again."
    )
    median, _, _ = told.curve.quantile(0.5)
    more = f"Half of them are done after {median:.0f} days. " if median is not None else ""
    if told.open_days is not None:
        more += f"Those still open have been so for {told.open_days:.0f} days (median)."
    steps = [(step.time, step.open, step.low, step.high) for step in told.curve.steps]
    chart = still_open_chart(
        steps, told.ages, unit="days", title="Action items still open after so long", what="action items"
    )
    blocks: list[Block] = [paragraph(words), *([paragraph(more)] if more else []), *figure("actions-open", chart)]
    if told.overdue:
        columns = (Column(header="Item", width=12), Column(header="What"), Column(header="Incident", width=18),
                   Column(header="Owner", width=16), Column(header="Due", width=12, kind="time"),
                   Column(header="Days late", width=9, align="right"))  # fmt: skip
        rows = [
            (one.item.key, one.item.title, one.incident, one.item.owner or "nobody", one.item.due, str(one.days))
            for one in told.overdue[:_SHOWN]
        ]
        rest = len(told.overdue) - len(rows)
        blocks += [Heading(text=plain("Overdue")), table(columns, rows)]
        blocks += [paragraph(f"And {rest} more.", "note")] if rest > 0 else []
    return Section(name="actions", title="Action items", blocks=tuple(blocks))


def promises_section(made: Review) -> Section:
    """Post-mortems in time, status updates in time, and actions that came too late for a later incident."""
    held, told = made.reviews, made.updates
    blocks: list[Block] = [Heading(text=plain("Post-mortems"))]
    if held.within.total:
        late = f" Held late: {joined(held.late)}." if held.late else ""
        missing = f" Not held: {joined(held.missing)}." if held.missing else ""
        hours = f" Half were held within {held.hours:.0f} hours." if held.hours is not None else ""
        blocks.append(
            paragraph(f"{share_words(held.within)} were held within 48 hours of the end.{hours}{late}{missing}")
        )
    else:
        blocks.append(paragraph("None was due: no incident of the two worst severities is over for 48 hours."))
    blocks.append(Heading(text=plain("Status updates")))
    if told.met.total:
        words = f"{share_words(told.met)} kept the cadence of their severity; of {told.undecided} it cannot be decided."
        blocks.append(paragraph(words))
        columns = (
            Column(header="Incident"),
            Column(header="Longest silence", align="right"),
            Column(header="Limit", align="right"),
        )
        rows = [(name, minutes(gap), minutes(limit) if limit else "") for name, gap, limit in told.longest]
        blocks += [paragraph("The longest silences, measured by the limit of each severity:"), table(columns, rows)]
    else:
        blocks.append(paragraph("Of no incident can it be decided whether customers were told in time."))
    return Section(name="promises", title="Promises", blocks=(*blocks, *_broken(made)))


def _broken(made: Review) -> list[Block]:
    """Actions that were promised, and not done when a like incident came."""
    if not made.broken:
        return []
    columns = (Column(header="Item", width=12), Column(header="What"), Column(header="Promised by", width=18),
               Column(header="Due", width=12, kind="time"), Column(header="Then came", width=18))  # fmt: skip
    shown = made.broken[:_SHOWN]
    rows = [(one.item.key, one.item.title, one.promised_by, one.item.due, one.later) for one in shown]
    return [
        Heading(text=plain("Promised, and not done when it happened again")),
        paragraph("Whether an action would have helped nobody can compute: look at each."), table(columns, rows),
    ]  # fmt: skip


def oncall_section(made: Review) -> Section:
    """Pages and nights, by name in the order of the alphabet."""
    told = made.load
    if not told.people:
        return Section(name="oncall", title="On call", blocks=(paragraph("No source says who was paged."),))
    night = sum(one.night or 0 for one in told.people)
    out = sum(one.out_of_hours or 0 for one in told.people)
    zoned = f" Of {told.unzoned} nobody says in which zone they came." if told.unzoned else ""
    over = sum(one.weeks_over_limit for one in told.people)
    words = (
        f"{counted(told.pages, 'page')} to {counted(len(told.people), 'person', 'people')}: {night} at night, "
        f"{out} out of hours by their own clocks.{zoned} In {counted(over, 'week')} somebody had two incidents or more."
    )
    columns = (Column(header="Person"), *(Column(header=name, align="right") for name in (
        "Pages", "Incidents", "At night", "Out of hours", "Weeks over the limit")))  # fmt: skip
    rows = [
        (one.person, str(one.pages), str(one.incidents), "not known" if one.night is None else str(one.night),
         "not known" if one.out_of_hours is None else str(one.out_of_hours), str(one.weeks_over_limit))
        for one in told.people
    ]  # fmt: skip
    note = paragraph("For sharing the load, not for comparing people.", "note")
    return Section(name="oncall", title="On call", blocks=(paragraph(words), table(columns, rows), note))


def learned_section(made: Review) -> Section:
    """What people wrote that they learned, with its place."""
    items = tuple(
        Item(text=(*plain(f"“{quote.text}” "), Run(text=f"({one.id}, {quote.place})", italic=True)))
        for one in made.records
        for quote in one.learned
    )
    silent = sum(not one.learned for one in made.records)
    if not items:
        words = "Nobody has written what was learned (narrative.md, “Lessons learned”)."
        return Section(name="learned", title="What was learned", blocks=(paragraph(words),) if made.records else ())
    words = f"Of {counted(silent, 'incident')} nobody has written what was learned." if silent else ""
    return Section(
        name="learned", title="What was learned",
        blocks=(BulletList(items=items), *([paragraph(words, "note")] if words else [])),
    )  # fmt: skip
