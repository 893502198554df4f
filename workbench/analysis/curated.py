"""The curated timeline: the milestones, the key events around them, and what people pinned; never what they hid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from workbench.analysis.alerts import flapping
from workbench.analysis.candidates import alert_name
from workbench.analysis.facts import MINUTE, Fact, facts
from workbench.analysis.handovers import find_handovers
from workbench.analysis.merging import as_one
from workbench.clock import format_utc
from workbench.model import MILESTONES, NO_CLOCKS, STATED_IN, TOLD_ACTION, merges, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.analysis.milestones import Findings
    from workbench.analysis.scope import Scope
    from workbench.model import ClockSlacks, Judgement, Milestone, Standing

# What an outsider would want to see between the milestones, where it concerns this incident.
KEY_ACTIONS = frozenset(
    {
        "alert.fired",
        "alert.resolved",
        "incident.acknowledged",
        "incident.escalated",
        "incident.responder_requested",
        "incident.priority_changed",
        "incident.resolved",
        "deploy.succeeded",
        "deploy.failed",
        "status.investigating",
        "status.identified",
        "status.monitoring",
        "status.resolved",
        "status.update",
    }
)
AROUND = 30 * MINUTE
_NEAR = 8  # rows before that one may change places with
SAME_ALERT = 2 * MINUTE
ONCE = frozenset({"incident.acknowledged"})  # who takes a page a second time says nothing new


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the curated timeline. Times are UTC ns; ``milestones`` are the moments that it proves.

    ``words`` is what its source says, where ``text`` is how a person put it; ``also`` are the events of which a person
    says that they are this one.
    """

    id: str
    time: int
    earliest: int
    latest: int
    kind: str
    action: str
    actor: str
    text: str
    source: str
    line: int
    milestones: tuple[str, ...] = ()
    pinned: bool = False
    note: str = ""
    words: str = ""
    also: tuple[Entry, ...] = ()

    @property
    def count(self) -> int:
        """Of how many events it is the row."""
        return 1 + len(self.also)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The places of all of them, its own first."""
        return tuple(dict.fromkeys((self.place, *(one.place for one in self.also))))

    @property
    def said(self) -> str:
        """What it says, and that it stands for several events."""
        return f"{self.text} ({self.count} events)" if self.also else self.text

    @property
    def place(self) -> str:
        """``source:line``; the file alone where no line of it is meant."""
        return f"{self.source}:{self.line}" if self.line else self.source


COLUMNS = (
    "time", "earliest", "latest", "milestones", "text", "actor", "kind", "action", "source", "line", "pinned", "note",
    "id", "count", "evidence",
)  # fmt: skip


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """The rows as a pandas frame with the columns above; times are UTC, milestones and evidence a text with blanks."""
    rows = [{name: getattr(entry, name) for name in COLUMNS} for entry in entries]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("time", "earliest", "latest"):
        table[name] = pd.to_datetime(table[name].astype("int64"), utc=True).astype("datetime64[ns, UTC]")
    for name in ("milestones", "evidence"):
        table[name] = [" ".join(getattr(entry, name)) for entry in entries]
    return table


def curated(events: pd.DataFrame, findings: Findings, judgements: Iterable[Judgement] = ()) -> list[Entry]:
    """The rows in time order."""
    judgements = tuple(judgements)
    said, into = standing(judgements), merges(judgements)
    proofs = _proofs(findings.milestones)
    low, high = _window(findings.milestones)
    handed = {one.evidence[0] for one in find_handovers(findings)}
    key = [
        fact for fact in findings.rows
        if low <= fact.time <= high and (_is_key(fact, findings.scope) or fact.evidence in handed)
    ]  # fmt: skip
    chosen = {
        fact.id: fact
        for fact in (*_folded(key), *_proving(events, proofs, findings.milestones), *_pinned(events, said))
    }
    proving = {fact.id for fact in _proving(events, proofs, findings.milestones)}
    pinned = {event for event, one in said.items() if one.pinned}
    entries = [
        _entry(fact, proofs.get((fact.source, fact.line), ()) if fact.id in proving else (), pinned=fact.id in pinned)
        for fact in chosen.values()
        if fact.id in proving or (fact.source, fact.line) not in proofs
    ]
    shown = {name for entry in entries for name in entry.milestones}
    entries += [
        _bare(name, one) for name, one in findings.milestones.items() if one.time is not None and name not in shown
    ]
    seen = [entry for entry in entries if not _hidden(entry.id, said)]
    joined = as_one(seen, into, _entries_of(events, {*into, *into.values()}))
    rows = _judged(_one_row_a_moment(joined, findings.milestones), said)
    return sorted(rows, key=lambda entry: (entry.time, _order(entry), entry.source, entry.line))


def unsure_order(entries: Sequence[Entry], clocks: ClockSlacks = NO_CLOCKS) -> dict[str, tuple[str, ...]]:
    """For each row the rows before it, by their ids, that may as well have come after it: their intervals overlap.

    How far a clock was off does not matter between two rows that it dated.
    """
    found: dict[str, tuple[str, ...]] = {}
    for at, entry in enumerate(entries):
        before = entries[max(0, at - _NEAR) : at]
        over = tuple(other.id for other in before if other.time < entry.time and _overlap(other, entry, clocks))
        if over:
            found[entry.id] = over
    return found


def _overlap(other: Entry, entry: Entry, clocks: ClockSlacks) -> bool:
    shared = sum(clocks.get(entry.source, (0, 0))) if entry.source == other.source else 0
    return other.latest - shared > entry.earliest


def _proofs(milestones: dict[str, Milestone]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Which moments a place proves first: the first evidence of each milestone."""
    found: dict[tuple[str, int], tuple[str, ...]] = {}
    for name in MILESTONES:
        one = milestones.get(name)
        if one and one.evidence:
            place = (one.evidence[0].source, one.evidence[0].line)
            found[place] = (*found.get(place, ()), name)
    return found


def _window(milestones: dict[str, Milestone]) -> tuple[int, int]:
    times = [one.time for one in milestones.values() if one.time is not None]
    return (min(times) - AROUND, max(times) + AROUND) if times else (0, 0)


def _is_key(fact: Fact, scope: Scope) -> bool:
    if fact.action not in KEY_ACTIONS:
        return False
    if fact.kind == "alert":
        return not scope.services or scope.touches(fact)
    if fact.kind == "page":
        return not scope.pages or fact.incident_key == scope.pages[0].key
    return True


def _calmed(rows: Sequence[Fact]) -> list[Fact]:
    """An alert that flaps as its first firing, which says how often it changed and until when."""
    first: dict[str, Fact] = {}
    rest: set[str] = set()
    for stretch in flapping(fact for fact in rows if fact.kind == "alert"):
        until = format_utc(stretch[-1].time)[11:16]
        said = f"{stretch[0].message} (flapping: {len(stretch)} changes until {until} UTC)"
        first[stretch[0].id] = replace(stretch[0], message=said)
        rest.update(fact.id for fact in stretch[1:])
    return [first.get(fact.id, fact) for fact in rows if fact.id not in rest]


def _folded(rows: Sequence[Fact]) -> list[Fact]:
    """One row where several say the same: an alert told by two systems or on two services, a page taken again."""
    rows = _calmed(rows)
    kept: list[Fact] = []
    last: dict[tuple[str, str], int] = {}
    for fact in rows:
        name = (fact.action, alert_name(fact) if fact.kind == "alert" else fact.incident_key)
        again = fact.time - last.get(name, -SAME_ALERT - 1) <= SAME_ALERT
        if (fact.kind == "alert" and again) or (fact.action in ONCE and name in last):
            continue
        last[name] = fact.time
        kept.append(fact)
    return kept


def _proving(
    events: pd.DataFrame, proofs: dict[tuple[str, int], tuple[str, ...]], milestones: dict[str, Milestone]
) -> list[Fact]:
    """The events that prove the moments; of several events of one record, the one whose time it is."""
    if not proofs or not len(events):
        return []
    lines = events["line"].isin({line for _, line in proofs}) & events["source"].isin({source for source, _ in proofs})
    nearest: dict[tuple[str, int], Fact] = {}
    for fact in _with_logs(events[lines]):
        place = (fact.source, fact.line)
        if place in proofs:
            moment = milestones[proofs[place][0]].time or 0
            best = nearest.get(place)
            if best is None or (abs(fact.time - moment), fact.id) < (abs(best.time - moment), best.id):
                nearest[place] = fact
    return list(nearest.values())


def _pinned(events: pd.DataFrame, said: Mapping[str, Standing]) -> list[Fact]:
    """What people pinned, marked or told: an event that no file holds is told to be seen."""
    wanted = {event for event, one in said.items() if one.pinned or one.milestone or one.told}
    return _with_logs(events[events["id"].isin(wanted)]) if wanted and len(events) else []


def _entries_of(events: pd.DataFrame, wanted: set[str]) -> dict[str, Entry]:
    """The rows that these events would have."""
    found = _with_logs(events[events["id"].isin(wanted)]) if wanted and len(events) else []
    return {fact.id: _entry(fact, (), pinned=False) for fact in found}


def _with_logs(events: pd.DataFrame) -> list[Fact]:
    """These events as facts, log lines too."""
    kinds = dict(zip(events["id"], events["kind"], strict=True))
    return [replace(fact, kind=str(kinds[fact.id])) for fact in facts(events.assign(kind="note"))]


def _entry(fact: Fact, names: tuple[str, ...], *, pinned: bool) -> Entry:
    return Entry(
        id=fact.id,
        time=fact.time,
        earliest=fact.earliest,
        latest=fact.latest,
        kind=fact.kind,
        action=fact.action,
        actor=fact.actor,
        text=_text(fact, names),
        source=fact.source,
        line=fact.line,
        milestones=names,
        pinned=pinned,
    )


def _text(fact: Fact, names: tuple[str, ...]) -> str:
    """What the row says: a pager's entry without the incident's title, and a request with what it stands for."""
    if fact.kind == "log" and "started" in names:
        return f"First failing request: {fact.message}"
    if fact.kind == "log" and "recovered" in names:
        return f"Last failing request: {fact.message}"
    if fact.action == TOLD_ACTION:
        return f"{fact.message} (told by {fact.actor})" if fact.actor else fact.message
    title = fact.attribute("title", "incident_title")
    if fact.kind == "page" and title and f"{title}: " in fact.message:
        return fact.message.split(f"{title}: ", 1)[1]
    if fact.kind == "status":
        return f"Status page, {fact.action.partition('.')[2] or 'update'}: {fact.message}"
    if fact.action == "alert.resolved":
        return f"Alert over: {fact.message}"
    return f"Alert: {fact.message}" if fact.action == "alert.fired" else fact.message


def _bare(name: str, one: Milestone) -> Entry:
    """A moment that no event is: a person wrote it, or measurements show it."""
    assert one.time is not None
    assert one.earliest is not None
    assert one.latest is not None
    proof = one.evidence[0] if one.evidence else None
    rule = one.rule or "stated by a person"
    return Entry(
        id=f"milestone-{name}",
        time=one.time,
        earliest=one.earliest,
        latest=one.latest,
        kind="metric" if proof and proof.source != STATED_IN else "note",
        action="",
        actor="",
        text=f"{rule[:1].upper()}{rule[1:]}",
        source=proof.source if proof else STATED_IN,
        line=proof.line if proof else 0,
        milestones=(name,),
    )


def _one_row_a_moment(entries: Sequence[Entry], milestones: dict[str, Milestone]) -> list[Entry]:
    """Rows that prove a moment carry the moment's own time where its detector refined it."""
    rows = []
    for entry in entries:
        one = milestones.get(entry.milestones[0]) if entry.milestones else None
        if one is not None and one.time is not None and one.earliest is not None and one.latest is not None:
            rows.append(replace(entry, time=one.time, earliest=one.earliest, latest=one.latest))
        else:
            rows.append(entry)
    return rows


def _judged(entries: Sequence[Entry], said: Mapping[str, Standing]) -> list[Entry]:
    """Hidden rows left out, texts as people relabelled them, their notes beside: of all events that a row is of."""
    return [
        replace(entry, text=label or entry.text, words=entry.text if label else "", note=_notes(entry, said))
        for entry in entries
        if not _hidden(entry.id, said)
        for label in [_value(said, entry.id, "label")]
    ]


def _hidden(event: str, said: Mapping[str, Standing]) -> bool:
    return event in said and said[event].hidden is not None


def _notes(entry: Entry, said: Mapping[str, Standing]) -> str:
    return "; ".join(filter(None, (_value(said, one.id, "note") for one in (entry, *entry.also))))


def _value(said: Mapping[str, Standing], event: str, kind: Literal["label", "note"]) -> str:
    one = getattr(said[event], kind) if event in said else None
    return str(one.value) if one else ""


def _order(entry: Entry) -> int:
    return MILESTONES.index(entry.milestones[0]) if entry.milestones else len(MILESTONES)
