"""The strip of five figures: each with its range, its target's verdict in words, and what proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.report.blocks import KeyFigure, KeyFigures, Section
from workbench.report.proofs import REFS
from workbench.report.sections import missing
from workbench.report.window import window, window_text
from workbench.report.wording import (
    NOT_RECORDED,
    between,
    clock,
    clocks,
    count,
    counted,
    minutes,
    ns_of,
    percent,
    sentence,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbench.report.facts import Facts

# What an interval is measured between, and what it is called.
ENDS = {
    "time_to_detect": ("started", "detected"),
    "time_to_acknowledge": ("detected", "acknowledged"),
    "time_to_mitigate": ("started", "mitigated"),
    "time_to_resolve": ("started", "resolved"),
    "duration": ("started", "recovered"),
}
LABELS = {
    "time_to_detect": "Time to detect",
    "time_to_acknowledge": "Time to acknowledge",
    "time_to_mitigate": "Time to mitigate",
    "time_to_resolve": "Time to resolve",
    "duration": "Impact duration",
}
# From start to end as the incident was declared over; the impact's duration ends when requests succeed again.
DURATION = "Incident duration"


_NONE = (
    "No key figure can be given: how long it lasted, when it was detected and mitigated, and how many requests and "
    "customers it touched is not recorded in any source."
)
# What a milestone is called where it is missing.
_ABSENT = {
    "started": "the start", "detected": "the detection", "acknowledged": "an acknowledgement",
    "mitigated": "a mitigation", "recovered": "the recovery", "resolved": "the end",
}  # fmt: skip


def figures_section(facts: Facts) -> Section:
    """The strip: duration, detection (or acknowledgement), mitigation, requests, customers."""
    detect = "time_to_detect" if _known(facts, "time_to_detect") else "time_to_acknowledge"
    figures = (
        duration_figure(facts),
        interval_figure(facts, detect if _known(facts, detect) else "time_to_detect"),
        interval_figure(facts, "time_to_mitigate"),
        requests_figure(facts),
        customers_figure(facts),
    )
    known = any(one.value != NOT_RECORDED for one in figures)
    blocks = (KeyFigures(figures=figures),) if known else missing(_NONE)
    return Section(name="figures", title="Key figures", quiet=True, blocks=blocks)


def _known(facts: Facts, name: str) -> bool:
    return facts.intervals.get(name, {}).get("minutes") is not None


def duration_figure(facts: Facts) -> KeyFigure:
    """From start to end, with the range that the milestones' own intervals leave."""
    known = window(facts)
    if known is None:
        return KeyFigure(label=DURATION, value=NOT_RECORDED, detail=window_text(facts))
    start, end = (_milestone_at(facts, at) for at in known)
    length = (known[1] - known[0]) / 60e9
    low, high = max(0, end[0] - start[1]) / 60e9, max(0, end[1] - start[0]) / 60e9
    return KeyFigure(
        label=DURATION, value=minutes(length),
        detail=_joined(between(low, high), clocks(*known)),
        verdict=_verdict(facts, "time_to_resolve"), state=_state(facts, "time_to_resolve"),
        refs=tuple(dict.fromkeys((*facts.refs_of("started"), *facts.refs_of("resolved")))),
    )  # fmt: skip


def _milestone_at(facts: Facts, at: int) -> tuple[int, int]:
    """The interval of the milestone that stands at this time."""
    one = next((one for one in facts.milestones.values() if one.time == at), None)
    if one is None:
        return at, at
    return one.earliest if one.earliest is not None else at, one.latest if one.latest is not None else at


def ends(facts: Facts, name: str) -> tuple[str, str]:
    """The moments that an interval was measured between: an acknowledgement from the page, where one is known."""
    one, (start, end) = facts.intervals.get(name, {}), ENDS[name]
    return str(one.get("from") or start), str(one.get("to") or end)


def interval_figure(facts: Facts, name: str) -> KeyFigure:
    """One interval of the metrics; where it is not known, why."""
    one = facts.intervals.get(name, {})
    value = one.get("minutes")
    if value is None:
        return KeyFigure(label=LABELS[name], value=NOT_RECORDED, detail=_absent(facts, name))
    start, end = ends(facts, name)
    return KeyFigure(
        label=LABELS[name], value=minutes(value),
        detail=_joined(between(one.get("low"), one.get("high")), f"from {start} to {end}"),
        verdict=_verdict(facts, name), state=_state(facts, name),
        refs=tuple(dict.fromkeys((*facts.refs_of(start)[:1], *facts.refs_of(end)[:1]))),
    )  # fmt: skip


def _absent(facts: Facts, name: str) -> str:
    """Which ends of an interval no source shows, in a few words; the reasons stand under what is uncertain."""
    gone = [_ABSENT.get(end, end) for end in ends(facts, name) if facts.moment(end) is None]
    why = str(facts.intervals.get(name, {}).get("why") or "")
    return f"No source shows {' or '.join(gone)}." if gone else sentence(why)


def requests_figure(facts: Facts) -> KeyFigure:
    """The share of requests that failed while the incident lasted, and the worst minute."""
    requests: Mapping[str, Any] = facts.impact.get("requests") or {}
    total, failed = requests.get("total"), requests.get("failed")
    if not total or failed is None:
        return KeyFigure(
            label="Requests failing", value=NOT_RECORDED, detail=sentence(str(requests.get("basis") or ""))
        )
    peak = max(facts.curve, key=lambda point: point[2] / point[1] if point[1] else 0.0, default=None)
    worst = f"at worst {percent(peak[2] / peak[1])} at {clock(peak[0])}" if peak and peak[1] and peak[2] else ""
    return KeyFigure(
        label="Requests failing", value=percent(failed / total),
        detail=_joined(f"{count(failed)} of {count(total)}", failed_range(requests), worst, _part(facts)),
        refs=(REFS["requests"],),
    )  # fmt: skip


def _part(facts: Facts) -> str:
    """The stretch that was counted, where it is less than half of the incident."""
    whole, counted_in = window(facts), facts.impact.get("window") or {}
    start, end = ns_of(counted_in.get("from")), ns_of(counted_in.get("to"))
    if whole is None or start is None or end is None or (end - start) * 2 > whole[1] - whole[0]:
        return ""
    return f"counted from {clock(start)} to {clock(end)} only"


def failed_range(requests: Mapping[str, Any]) -> str:
    """The range "between 4,000 and 4,200", or nothing where the count is exact."""
    low, high = requests.get("failed_low"), requests.get("failed_high")
    if low is None or high is None or low == high:
        return ""
    return f"between {count(low)} and {count(high)}"


def customers_figure(facts: Facts) -> KeyFigure:
    """How many customers were affected, and how many wrote to support."""
    affected = (facts.impact.get("customers") or {}).get("affected")
    tickets = facts.impact.get("tickets")
    wrote = counted(tickets, "support ticket") if tickets is not None else ""
    total = facts.incident.impact.customers_total
    of = f"of {count(total)}" if total and affected is not None else ""
    return KeyFigure(
        label="Customers affected",
        value=count(affected) if affected is not None else NOT_RECORDED,
        detail=_joined(of, wrote),
        refs=((REFS["customers"],) if affected is not None else ()) + ((REFS["tickets"],) if wrote else ()),
    )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def target_of(facts: Facts, name: str) -> Mapping[str, Any] | None:
    """The target of an interval, whichever way its name is written."""
    wanted = {name, _TARGETS.get(name, name)}
    return next((one for one in facts.targets if _key(str(one.get("name", ""))) in wanted), None)


_TARGETS = {"time_to_detect": "detection"}  # the target that is of the same two moments


def _key(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _verdict(facts: Facts, name: str) -> str:
    target = target_of(facts, name)
    return verdict_words(target) if target else ""


def verdict_words(target: Mapping[str, Any]) -> str:
    """The words "Target 30 min: met", or that the range leaves it open."""
    limit = target.get("limit_minutes")
    if limit is None:
        return ""
    verdict = str(target.get("verdict") or "undecided")
    words = "undecided, the range spans it" if verdict == "undecided" and target.get("minutes") is not None else verdict
    return f"Target {minutes(limit)}: {words}"


def _state(facts: Facts, name: str) -> str:
    target = target_of(facts, name)
    return str(target.get("verdict") or "") if target else ""
