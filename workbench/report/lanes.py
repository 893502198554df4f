"""Pictures of what went on side by side: alerts, the people who answered, and the error budget."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from workbench.charts.budget_chart import budget_chart
from workbench.charts.coverage_chart import Covered, lanes_chart
from workbench.charts.timeline_chart import Mark
from workbench.model import MILESTONES
from workbench.report.blocks import Figure
from workbench.report.text import one_line, shortened
from workbench.report.wording import clock, counted, minutes, ns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.charts.specification import Chart
    from workbench.report.facts import Facts

NAME = 60  # signs of a lane's name


def marks_of(facts: Facts) -> list[Mark]:
    """The milestones of the incident that are known."""
    known = ((name, facts.moment(name)) for name in MILESTONES if name != "postmortem_held")
    return [Mark(ref="", name=name, time=at) for name, at in known if at]


def alert_lanes(facts: Facts) -> tuple[Figure, ...]:
    """When each alert fired; those of this incident in red."""
    lanes = [_lane(one.get("name"), one.get("firing") or ()) for one in facts.alerts]
    own = [lane for lane, one in zip(lanes, facts.alerts, strict=True) if one.get("related", True)]
    related = counted(len(own), "alert")
    title = f"{related} of this incident"
    title += f", {len(lanes) - len(own)} of something else" if len(own) < len(lanes) else ""
    chart = lanes_chart(lanes, marks_of(facts), title=title, alt=_words("When each alert fired.", lanes), own=own)
    return _figure("alerts", chart, "From firing to resolved, in UTC; red: of this incident; dashed: the milestones.")


def response_lanes(facts: Facts) -> tuple[Figure, ...]:
    """When each of those who took part spoke or acted, with their roles."""
    roles = roles_of(facts)
    lanes = [
        _lane(f"{name}, {roles[name]}" if name in roles else name, spans) for name, spans in facts.activity.items()
    ]
    title = f"{counted(len(lanes), 'person', 'people')} answered"
    chart = lanes_chart(lanes, marks_of(facts), title=title, alt=_words("When each person spoke or acted.", lanes))
    return _figure("response", chart, "Messages, calls, pages and deployments, in UTC; dashed: the milestones.")


def roles_of(facts: Facts) -> dict[str, str]:
    """The role of each person who had one."""
    people = facts.incident.people
    return {getattr(people, name): name.replace("_", " ") for name in _ROLES if getattr(people, name)}


_ROLES = ("incident_commander", "technical_lead", "communications_lead", "scribe")


def budget_figure(facts: Facts) -> tuple[Figure, ...]:
    """What the incident used of the error budget, minute by minute."""
    slo: Mapping[str, Any] = facts.impact.get("slo") or {}
    window: Mapping[str, Any] = facts.impact.get("window") or {}
    start, end, share = ns_of(window.get("from")), ns_of(window.get("to")), slo.get("budget_used_percent")
    if start is None or end is None or not share:
        return ()
    inside = [(at, failed) for at, _, failed in facts.curve if at + _MINUTE >= start and at <= end]
    whole = sum(failed for _, failed in inside)
    if not whole:
        return ()
    so_far = accumulate(failed for _, failed in inside)
    used = [(at + _MINUTE, share * sum_ / whole) for (at, _), sum_ in zip(inside, so_far, strict=True)]
    used.insert(0, (start // _MINUTE * _MINUTE, 0.0))
    fired = ((ns_of(each.get("fired")), each) for each in slo.get("burn_alerts") or ())
    alerts = [
        (time, f"{each['rate']:g} over {minutes(each['long_minutes'])}") for time, each in fired if time is not None
    ]
    chart = budget_chart(used, (start, end), alerts)
    caption = (
        "Failed requests over the budget of the objective; dashed: when an alert on that burn rate would have fired."
    )
    return _figure("budget", chart, caption)


_MINUTE = 60_000_000_000


def _lane(name: object, spans: Iterable[Iterable[object]]) -> Covered:
    bounds = (tuple(ns_of(each) or 0 for each in span) for span in spans)
    return Covered(
        source=shortened(one_line(str(name or "not named")), NAME),
        stretches=tuple((begin, end) for begin, end in bounds if begin and end),
    )


def _words(said: str, lanes: Iterable[Covered]) -> str:
    parts = (
        f"{lane.source}: {', '.join(f'{clock(begin)} to {clock(end)}' for begin, end in lane.stretches[:5])}"
        f"{' and more' if len(lane.stretches) > 5 else ''}"
        for lane in lanes
        if lane.stretches
    )
    return f"{said} {'; '.join(parts)}."


def _figure(name: str, chart: Chart | None, caption: str) -> tuple[Figure, ...]:
    if chart is None:
        return ()
    return (Figure(name=name, spec=chart.wide, narrow=chart.narrow, title=chart.title, alt=chart.alt, caption=caption),)
