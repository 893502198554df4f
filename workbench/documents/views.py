"""What a template sees of the facts: plain values with words ready to print. None of them can change anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.documents.edition import MEANINGS
from workbench.model import MILESTONES, ActionStatus
from workbench.report.key_figures import LABELS, ends, interval_figure
from workbench.report.text import one_line, safe_link
from workbench.report.wording import between, clock, date, day, moment, ns_of

if TYPE_CHECKING:
    from workbench.model import ActionItem
    from workbench.report.facts import Facts, Said, TimelineRow

_OVER = {ActionStatus.DONE, ActionStatus.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentView:
    """A milestone: ``clock`` 14:03, ``time`` 2025-11-17 14:03, ``date`` 17 November 2025; UTC, empty if not known."""

    name: str
    meaning: str
    known: bool = False
    clock: str = ""
    time: str = ""
    day: str = ""
    date: str = ""
    why: str = ""  # it is not known
    confirmed: bool = False
    refs: tuple[str, ...] = ()


def moment_of(facts: Facts, name: str) -> MomentView:
    """The milestone of this name; LookupError for a name that is none."""
    if name not in MILESTONES:
        raise LookupError(f"{name!r} is no milestone; there are {', '.join(MILESTONES)}")
    one, at = facts.milestones.get(name), facts.moment(name)
    if at is None:
        return MomentView(name=name, meaning=MEANINGS[name], why=one.why if one else "nothing in the sources shows it")
    confirmed = bool(one and str(one.basis) == "confirmed")
    return MomentView(
        name=name, meaning=MEANINGS[name], known=True, clock=clock(at), time=moment(at), day=day(at),
        date=date(at), confirmed=confirmed, refs=facts.refs_of(name)[:2],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmView:
    """A sentence about what customers felt, with the reference of its figure; alone it prints as the sentence."""

    text: str
    refs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """An interval in words, its range where it has one, and the verdict on its target."""

    name: str
    label: str
    known: bool
    value: str
    range: str
    verdict: str
    start: str
    end: str
    refs: tuple[str, ...] = ()


def measure_of(facts: Facts, name: str) -> MeasureView:
    """The interval of this name; LookupError for a name that is none."""
    if name not in LABELS:
        raise LookupError(f"{name!r} is no measure; there are {', '.join(LABELS)}")
    one, figure = facts.intervals.get(name, {}), interval_figure(facts, name)
    start, end = ends(facts, name)
    return MeasureView(
        name=name, label=LABELS[name], known=one.get("minutes") is not None, value=figure.value,
        range=between(one.get("low"), one.get("high")), verdict=figure.verdict, start=start, end=end,
        refs=figure.refs,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row of the timeline."""

    ref: str
    clock: str
    time: str
    text: str
    who: str
    role: str
    kind: str
    milestone: str
    place: str


def row_of(row: TimelineRow) -> RowView:
    """The row with its words on one line."""
    return RowView(
        ref=row.ref, clock=clock(row.time_ns), time=moment(row.time_ns), text=one_line(row.text),
        who=one_line(row.actor), role=row.role, kind=row.kind, milestone=row.milestone, place=row.place,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert of this incident or of another: what it said, how often it fired, and when (UTC)."""

    name: str
    summary: str
    runbook: str
    services: tuple[str, ...]
    episodes: int
    notifications: int
    flapping: bool
    own: bool
    first: str
    last: str
    ref: str


def alert_of(facts: Facts, one: Any) -> AlertView:
    """The alert with its runbook's address, where that is one that may be followed."""
    first, last = ns_of(one.get("first")), ns_of(one.get("last"))
    own = next((row for row in facts.rows if row.kind in {"alert", "page"} and row.time_ns == first), None)
    return AlertView(
        name=one_line(str(one.get("name") or "not named")), summary=one_line(str(one.get("summary") or "")),
        runbook=safe_link(str(one.get("runbook") or "")), services=tuple(one.get("services") or ()),
        episodes=int(one.get("episodes") or 0), notifications=int(one.get("notifications") or 0),
        flapping=bool(one.get("flapping")), own=bool(one.get("related", True)),
        first=moment(first) if first is not None else "", last=moment(last) if last is not None else "",
        ref=own.ref if own else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidView:
    """An update for customers, or a command: what, when (UTC), by whom, and where it stands."""

    text: str
    clock: str
    time: str
    who: str
    state: str
    place: str
    ref: str


def said_of(facts: Facts, one: Said) -> SaidView:
    """The words on one line."""
    return SaidView(
        text=one_line(one.text), clock=clock(one.time_ns), time=moment(one.time_ns), who=one_line(one.actor),
        state=one.state, place=one.place, ref=facts.ref_of(one.place),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """An action item in words; what nobody wrote is said so."""

    id: str
    action: str
    owner: str
    priority: str
    kind: str
    due: str
    status: str
    link: str
    done_condition: str
    done: bool
    over: bool  # done or given up
    late: bool


def action_of(facts: Facts, one: ActionItem) -> ActionView:
    """The action item as of the newest evidence."""
    over = one.status in _OVER
    return ActionView(
        id=one.id, action=one.action, owner=one.owner or "nobody yet", priority=str(one.priority or "not set"),
        kind=str(one.kind or ""), due=one.due.isoformat() if one.due else "not set",
        status=str(one.status).replace("_", " "), link=safe_link(one.link), done_condition=one.done_condition,
        done=one.status is ActionStatus.DONE, over=over,
        late=bool(one.due and one.due.isoformat() < day(facts.data_as_of_ns) and not over),
    )  # fmt: skip
