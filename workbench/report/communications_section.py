"""What customers were told, when, and whether the promised cadence was kept; and how the alerts behaved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.report.blocks import BulletList, Column, Item, Paragraph, Row, Run, Section, plain
from workbench.report.lanes import alert_lanes, response_lanes, roles_of
from workbench.report.proofs import refer
from workbench.report.sections import cell, missing, row, table, written
from workbench.report.text import one_line, shortened
from workbench.report.wording import clock, counted, day, minutes, moment, ns_of, references

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbench.report.blocks import Block, Text
    from workbench.report.facts import Facts


def communications_section(facts: Facts) -> Section:
    """Counts and gaps first, then the updates themselves, then what people wrote about it."""
    found = (*_cadence(facts), *_updates(facts), *written(facts, "Communications"))
    nothing = "No update to customers was found in the sources, and nobody has written about communications yet."
    people = (*response_lanes(facts), *_people(facts), *_handovers(facts))
    return Section(name="communications", title="Communications", blocks=(*(found or missing(nothing)), *people))


def _people(facts: Facts) -> tuple[Block, ...]:
    """Who joined when, in the order in which they did, and who was there last."""
    spans = {name: [(ns_of(begin), ns_of(end)) for begin, end in each] for name, each in facts.activity.items()}
    times = [ns for each in spans.values() for span in each for ns in span if ns is not None]
    if not times:
        return ()
    said = moment if len({day(ns) for ns in times}) > 1 else clock
    body = [
        row(one_line(name), roles_of(facts).get(name, ""), said(each[0][0] or 0), said(each[-1][1] or 0))
        for name, each in spans.items()
        if each
    ]
    columns = (
        Column(header="Person", width=34), Column(header="Role", width=30),
        Column(header="Joined (UTC)", width=18, kind="time"), Column(header="Last heard (UTC)", width=18, kind="time"),
    )  # fmt: skip
    return (table(columns, body, caption="Who took part in the response, by their first word or deed."),)


def _handovers(facts: Facts) -> tuple[Block, ...]:
    """What went from one person to another, with the row of the timeline that says so."""
    refs = {one.place: one.ref for one in facts.rows if one.source}
    items = []
    for one in facts.handovers:
        time = ns_of(one.get("time"))
        own = [refs[place] for place in one.get("evidence", ()) if place in refs][:1]
        items.append(Item(text=(*plain(_handed(one, clock(time) if time is not None else "")), *references(own))))
    return (BulletList(items=tuple(items)),) if items else ()


def _handed(one: Mapping[str, Any], time: str) -> str:
    what = {"page": "The page", "incident_commander": "Command"}.get(str(one["role"]), "")
    what = what or f"The role of {str(one['role']).replace('_', ' ')}"
    giver = f" from {one_line(str(one['from']))}" if one.get("from") else ""
    how = " by escalation" if one.get("how") == "escalated" else ""
    return f"{time}: {what} went{giver} to {one_line(str(one['to']))}{how}."


def _cadence(facts: Facts) -> tuple[Block, ...]:
    said = facts.communications
    updates = said.get("updates")
    number = len(updates) if isinstance(updates, list | tuple) else updates
    if not number:
        told = any(one.kind == "status" for one in facts.rows)
        return missing("No update to customers was found in the sources.") if number == 0 and not told else ()
    items: list[Text] = [(*plain(f"{counted(number, 'update')} to customers."),)]
    first = ns_of(said.get("first_update"))
    if first is not None:
        items.append(plain(_first(facts, first)))
    if said.get("longest_gap_minutes") is not None:
        items.append(plain(_gap(said)))
    refs = refer(facts, "updates")
    return (BulletList(items=tuple(Item(text=(*text, *refs)) for text in items)),)


def _first(facts: Facts, first: int) -> str:
    start = facts.moment("started")
    after = f", {minutes((first - start) / 60e9)} after the start" if start is not None and first >= start else ""
    same_day = start is not None and day(start) == day(first)
    return f"First update at {clock(first) if same_day else moment(first)} UTC{after}."


def _gap(said: Mapping[str, Any]) -> str:
    """The longest silence and the verdict on it."""
    gap, limit = said["longest_gap_minutes"], said.get("limit_minutes")
    text = f"Longest silence between updates: {minutes(gap)}"
    if limit is None:
        return f"{text}; no cadence is set for this severity."
    verdict = {"met": "kept", "missed": "missed"}.get(str(said.get("verdict")), "undecided")
    return f"{text}. Promised: every {minutes(limit)}. Cadence {verdict}."


def _updates(facts: Facts) -> tuple[Block, ...]:
    rows = [one for one in facts.rows if one.kind == "status"]
    dated = len({day(one.time_ns) for one in rows}) > 1
    body: list[Row] = [
        row(
            (Run(text=one.ref, ref=one.ref),),
            (moment if dated else clock)(one.time_ns),
            shortened(one_line(one.text), 240),
        )
        for one in rows
    ]
    columns = (
        Column(header="Ref", width=8, kind="ref"),
        Column(header="Time (UTC)", width=18, kind="time"),
        Column(header="Update", width=74),
    )
    return (table(columns, body, caption="Updates that customers could read."),) if body else ()


def alerts_section(facts: Facts) -> Section:
    """Each alert with its episodes; no section where no alert was found."""
    times = [ns for one in facts.alerts for key in ("first", "last") if (ns := ns_of(one.get(key))) is not None]
    said = moment if len({day(ns) for ns in times}) > 1 else clock
    rows = [_alert(facts, one, said) for one in facts.alerts]
    columns = (
        Column(header="Alert", width=30), Column(header="Episodes", align="right"),
        Column(header="Notifications", align="right"),
        Column(header="First (UTC)", kind="time"), Column(header="Last (UTC)", kind="time"),
    )  # fmt: skip
    days = f"All times are UTC, {day(times[0])}." if times and said is clock else ""
    sentence = Paragraph(text=(*plain(f"{counted(len(rows), 'alert')} in the sources."), *refer(facts, "alerts")))
    found: tuple[Block, ...] = (sentence, *alert_lanes(facts), table(columns, rows, caption=days)) if rows else ()
    blocks = (*found, *_detectors(facts))
    return Section(name="alerts", title="Alerts", blocks=blocks)


def _alert(facts: Facts, one: Mapping[str, Any], said: Callable[[int], str]) -> Row:
    """With the row of the timeline in which it first fired, where there is one."""
    first, last = ns_of(one.get("first")), ns_of(one.get("last"))
    own = [each.ref for each in facts.rows if each.kind in {"alert", "page"} and each.time_ns == first][:1]
    about = ("flapping" if one.get("flapping") else "", "" if one.get("related", True) else "not of this incident")
    return Row(cells=(
        cell((*plain(one_line(str(one.get("name") or "not named"))), *references(own)), ", ".join(filter(None, about))),
        cell(_count(one.get("episodes"))), cell(_count(one.get("notifications"))),
        cell(said(first) if first is not None else ""), cell(said(last) if last is not None else ""),
    ))  # fmt: skip


def _detectors(facts: Facts) -> tuple[Block, ...]:
    """Rules that would have seen it sooner, for a reader who is told how things are found."""
    if not facts.detectors or not facts.methods:
        return ()
    sooner = [one for one in facts.detectors if one["gained_minutes"] and one["gained_minutes"][0] > 0]
    if not sooner:
        count = counted(len(facts.detectors), "rule")
        return (
            Paragraph(text=plain(f"{count} suggested by these files: none would have fired before the detection.")),
        )
    body = [
        row(one_line(one["rule"]), clock(ns_of(one["fired"]) or 0), _gained(one["gained_minutes"]),
            f"{one['false_alarms']:,}", f"{one['hours_without_the_incident']:.1f} h")
        for one in sooner
    ]  # fmt: skip
    columns = (
        Column(header="Rule", width=44), Column(header="Would have fired (UTC)", width=14, kind="time"),
        Column(header="Before the detection", width=14), Column(header="False alarms", width=12, align="right"),
        Column(header="Quiet time tried", width=12, align="right"),
    )  # fmt: skip
    caption = (
        "Rules that would have fired sooner. They come from these files and were tried on them: expect less elsewhere."
    )
    return (table(columns, body, caption=caption),)


def _gained(between: Any) -> str:
    return " to ".join(dict.fromkeys(minutes(each) for each in between))


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else ""
