"""What the explorer shows around the events: milestones, phases, alerts, status updates and the curve of impact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from workbench.analysis.candidates import status_updates
from workbench.analysis.communications import distinct
from workbench.charts.timeline_chart import phases_of
from workbench.clock.zone import DAY, SECOND
from workbench.explorer.events import BYS
from workbench.model import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from workbench.analysis.impact import Impact
    from workbench.explorer.events import Events
    from workbench.model import Milestone
    from workbench.postmortem import Postmortem

MINUTE = 60_000_000_000
MILLI = 1_000_000
MOST_ZONES = 30
_ENDS = ("detected", "identified", "mitigated", "resolved")  # of the phases
_UTC = frozenset({"UTC", "Etc/UTC", "+00:00"})
_FEW = 1_000  # events of which one in a hundred says nothing
_SHOWN = ("time", "level", "kind", "service", "actor", "message", "source")
_NAMES = {
    "source": "Source", "kind": "Kind", "service": "Service", "host": "Host", "actor": "Actor", "level": "Level",
}  # fmt: skip


def in_ms(ns: float) -> float:
    """UTC ns as the browser's milliseconds."""
    return ns / 1_000_000


def of_frame(events: Events, *, title: str, zone: str = "") -> dict[str, Any]:
    """The setup of any frame: its extent, its lanes and its columns, and nothing around them."""
    start, end = _extent(events)
    by = next((each for each in BYS if len(events.lanes(each)) > 1), events.bys[0])
    return {
        "title": title,
        "total": len(events),
        "start": start,
        "end": end,
        "view": [start, end],
        "core": core(events),
        "by": by,
        "bys": [{"by": each, "name": _NAMES[each]} for each in events.bys],
        "columns": [name for name in _SHOWN if name in ("time", "message") or _told(events.frame, name)],
        "milestones": [],
        "bands": [],
        "curve": None,
        "zone": zone,
        "zones": [],
    }


def _extent(events: Events) -> tuple[float, float]:
    """All events, to whole milliseconds: the last one is in it, whatever a browser's numbers make of nanoseconds."""
    start, end = events.extent
    if end - start < SECOND:  # one moment, or nearly so: it stands in the middle of a minute
        start, end = start - MINUTE // 2, end + MINUTE // 2
    return in_ms(start // MILLI * MILLI), in_ms(-(-end // MILLI) * MILLI)


def core(events: Events, view: Sequence[float] = ()) -> list[float]:
    """Where all but one in a hundred of the events are, and the view with air; everything where that is not much more.

    A ticket that was closed a week later must not make the day of the incident a line in the overview.
    """
    start, end = _extent(events)
    if len(events) < _FEW:
        return [start, end]
    low, high = (in_ms(int(events.times[int(share * (len(events) - 1))])) for share in (0.005, 0.995))
    if view:
        air = (view[1] - view[0]) / 4
        low, high = min(low, view[0] - air), max(high, view[1] + air)
    low, high = max(low, start), min(high, end)
    return [start, end] if high - low > (end - start) / 2 else [low, high]


def _told(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column says anything."""
    return name in frame.columns and bool(frame[name].notna().any())


def of_postmortem(pm: Postmortem, events: Events, *, zone: str = "") -> dict[str, Any]:
    """The setup of an incident: opened on the incident itself, not on all that its sources hold."""
    moments, known = pm.measures.findings.milestones, _known(pm)
    setup = of_frame(events, title=f"{pm.incident.id}: {pm.incident.title}", zone=zone or usual_zone(pm))
    refs = _refs(pm)
    view = _window(list(known.values()), setup["view"])
    return setup | {
        "view": view,
        "core": core(events, view),
        "milestones": [_milestone(one, refs.get(name, "")) for name, one in moments.items() if name in known],
        "bands": [*_phases(known), *_alerts(pm), *_updates(pm)],
        "curve": _curve(pm.impact),
        "zones": zones(pm),
    }


def known_by(pm: Postmortem, ns: int) -> dict[str, Any]:
    """What stood around the events at a moment: the milestones that could be found then, phases, bands and the curve.

    The rows of the report keep their numbers. What an alert or the status page said then holds until the moment.
    """
    then, refs = pm.known_by(ns), _refs(pm)
    moments, known = then.measures.findings.milestones, _known(then)
    now, told = in_ms(ns), [*_alerts(pm), *_updates(pm)]
    bands = [{**one, "end": min(one["end"], now)} for one in told if one["start"] <= now]
    return {
        "milestones": [_milestone(one, refs.get(name, "")) for name, one in moments.items() if name in known],
        "bands": [*_phases(_running(known, ns)), *bands],
        "curve": _curve(then.impact),
    }


def _running(known: dict[str, int], now: int) -> dict[str, int]:
    """The milestones with the next one of a phase taken as now: the phase that goes on."""
    done = known | ({"resolved": known["recovered"]} if "recovered" in known and "resolved" not in known else {})
    reached = [at for at, name in enumerate(_ENDS) if name in done]
    after = _ENDS[max(reached, default=-1) + 1 :]
    return done | ({after[0]: now} if "started" in known and after else {})


def _refs(pm: Postmortem) -> dict[str, str]:
    """The row of the report that tells of each milestone."""
    return {name: f"E{at}" for at, entry in enumerate(pm.entries, start=1) for name in entry.milestones}


def zones(pm: Postmortem) -> list[dict[str, str]]:
    """Zones that a second axis may be in, and whose they are: of the people, of the hosts, of the sources."""
    told = [(person.zone, person.name) for person in pm.team.people if person.zone]
    told += [(zone, pattern) for pattern, zone in pm.team.zones.items()]
    told += [(report.zone, report.path) for report in pm.sources if report.zone and report.zone not in _UTC]
    found: dict[str, list[str]] = {}
    for zone, whose in told:
        found.setdefault(zone, []).append(whose)
    return [{"zone": zone, "whose": ", ".join(dict.fromkeys(whose))[:80]} for zone, whose in found.items()][:MOST_ZONES]


def first_day(pm: Postmortem) -> int | None:
    """Midnight (UTC ns) of the day that the incident began: the one that a clock without a date means."""
    times = _known(pm).values()
    return min(times) // DAY * DAY if times else None


def _known(pm: Postmortem) -> dict[str, int]:
    """The milestones of the incident itself that are known."""
    moments = pm.measures.findings.milestones
    return {name: one.time for name, one in moments.items() if one.time is not None and name != "postmortem_held"}


def usual_zone(pm: Postmortem) -> str:
    """The zone, other than UTC, that most of the sources were written in; "" where there is none."""
    zones = Counter(report.zone for report in pm.sources if "/" in (report.zone or ""))
    named = [zone for zone, _ in zones.most_common() if not zone.startswith("Etc/")]
    return named[0] if named else ""


def _window(times: list[int], whole: list[float]) -> list[float]:
    """All milestones with some air, as in the report's picture."""
    if not times:
        return whole
    air = max(5 * MINUTE, (max(times) - min(times)) // 6)
    return [in_ms((min(times) - air) // MINUTE * MINUTE), in_ms(-(-(max(times) + air) // MINUTE) * MINUTE)]


def _milestone(one: Milestone, ref: str) -> dict[str, Any]:
    assert one.time is not None
    return {
        "name": one.name.capitalize(),
        "ref": ref,
        "time": in_ms(one.time),
        "earliest": in_ms(one.time if one.earliest is None else one.earliest),
        "latest": in_ms(one.time if one.latest is None else one.latest),
        "confirmed": one.basis == Basis.CONFIRMED,
        "rule": one.rule,
    }


def _band(kind: str, name: str, start: int, end: int, tone: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "start": in_ms(start), "end": in_ms(end), "tone": tone}


def _phases(known: dict[str, int]) -> Iterator[dict[str, Any]]:
    for phase in phases_of(known):
        yield _band("phase", phase.label, phase.start, phase.end, phase.names[-1].lower())


def _alerts(pm: Postmortem) -> Iterator[dict[str, Any]]:
    for alert in pm.measures.alerts:
        for start, end in alert.firing:
            yield _band("alert", alert.name, start, end, "alert" if alert.related else "calm")


def _updates(pm: Postmortem) -> Iterator[dict[str, Any]]:
    """Each state from the update that told it to the next; the last one has a minute, so that it can be seen."""
    findings = pm.measures.findings
    told = distinct(status_updates(findings.rows, findings.scope))
    ends = [one.time for one in told[1:]] + [one.time + MINUTE for one in told[-1:]]
    for update, end in zip(told, ends, strict=True):
        yield _band("status", update.action.removeprefix("status.").capitalize(), update.time, end, "status")


def _curve(impact: Impact) -> dict[str, list[Any]] | None:
    """The share of failing requests by minute; None where a minute had none."""
    curve = impact.curve
    if curve is None or not len(curve):
        return None
    times = curve["time"].astype("datetime64[ns, UTC]").astype("int64") / 1_000_000
    shares = [None if share != share else float(share) for share in curve["share"].tolist()]  # noqa: PLR0124 - NaN
    return {"times": times.tolist(), "shares": shares}
