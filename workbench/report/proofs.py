"""What proves each figure: its reference, how it was found, and the sources that it was counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.model import ActionStatus
from workbench.report.blocks import Cell, Column, Row, Run, Table, plain
from workbench.report.claims import Proof, from_sources
from workbench.report.sections import table
from workbench.report.window import window
from workbench.report.wording import NOT_RECORDED, clock, count, counted, minutes, references, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbench.report.blocks import Text
    from workbench.report.facts import Facts

# A figure has the same reference in every report: two of them can be compared.
REFS = {
    "requests": "F1", "customers": "F2", "tickets": "F3", "orders": "F4", "slo": "F5", "duration": "F6",
    "updates": "F7", "alerts": "F8", "actions": "F9",
}  # fmt: skip
_SHOWN = 3  # sources that are named; the rest are counted
_COLUMNS = (
    Column(header="Ref", width=7, kind="ref"),
    Column(header="Figure", width=16),
    Column(header="Value", width=14),
    Column(header="How it was found", width=37),
    Column(header="Counted in", width=26, kind="source"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureProof:
    """One figure with what it rests on; ``value`` is in words."""

    ref: str
    what: str
    value: str
    how: str
    proofs: tuple[Proof, ...] = ()
    rows: tuple[str, ...] = ()  # references of the timeline


def refer(facts: Facts, *names: str) -> Text:
    """References to figures that are known, each after a blank; none for a reader who is shown no proofs."""
    if not (facts.proofs and facts.methods):
        return ()
    known = {one.ref for one in (*impact_proofs(facts), *other_proofs(facts))}
    return references(REFS[name] for name in names if REFS[name] in known)


def impact_proofs(facts: Facts) -> list[FigureProof]:
    """The figures of the impact, those that are not known among them: each says why."""
    return [*_requests(facts), *_orders(facts), *_duration(facts)]


def other_proofs(facts: Facts) -> list[FigureProof]:
    """Updates, alerts and action items, where there are any."""
    return [*_updates(facts), *_alerts(facts), *_actions(facts)]


def proofs_table(found: Iterable[FigureProof]) -> Table:
    """A row a figure: the goal of its references."""
    return table(_COLUMNS, [_row(one) for one in found])


def _row(one: FigureProof) -> Row:
    cells = (
        Cell(text=plain(one.ref, bold=True)),
        Cell(text=plain(one.what)),
        Cell(text=plain(one.value)),
        Cell(text=(*plain(one.how), *references(one.rows))),
        _sources(one.proofs),
    )
    return Row(cells=cells, anchor=one.ref)


def _sources(proofs: tuple[Proof, ...]) -> Cell:
    """Each source with the beginning of its hash; whole hashes stand under Sources."""
    named = [f"{one.place} {one.sha256[:12]}".strip() for one in proofs[:_SHOWN]]
    runs = [run for name in named for run in (Run(text=name, code=True), Run(text=" "))][:-1]
    more = f"and {len(proofs) - _SHOWN} more" if len(proofs) > _SHOWN else ""
    return Cell(text=tuple(runs), note=plain(more))


def _number(value: float | None) -> str:
    return NOT_RECORDED if value is None else count(value)


def _requests(facts: Facts) -> Iterator[FigureProof]:
    impact = facts.impact
    requests, customers = impact.get("requests") or {}, impact.get("customers") or {}
    edge = from_sources(facts, requests.get("basis"))
    yield FigureProof(
        ref=REFS["requests"], what="Requests failed", value=_number(requests.get("failed")), proofs=edge,
        how=_basis(requests, "No source holds requests"),
    )  # fmt: skip
    known = customers.get("affected") is not None
    yield FigureProof(
        ref=REFS["customers"], what="Customers affected", value=_number(customers.get("affected")),
        how=_basis(customers, "Not recorded"),
        proofs=(from_sources(facts, customers.get("basis")) or edge) if known else (),
    )  # fmt: skip
    yield _tickets(facts)
    slo: Mapping[str, Any] = impact.get("slo") or {}
    if slo.get("budget_used_percent") is not None:
        value = f"{slo['budget_used_percent']:.3g}%"
        how = _basis(slo, "Failed requests over the requests that the objective allows to fail")
        yield FigureProof(ref=REFS["slo"], what="Error budget used", value=value, how=how, proofs=edge)


def _tickets(facts: Facts) -> FigureProof:
    tickets, basis = facts.impact.get("tickets"), facts.impact.get("tickets_basis")
    how = "No source holds tickets, and incident.toml names no number."
    if tickets is not None:
        how = sentence(str(basis or "Counted in the ticket export"))
    proofs = from_sources(facts, basis) if tickets is not None else ()
    return FigureProof(ref=REFS["tickets"], what="Support tickets", value=_number(tickets), how=how, proofs=proofs)


def _orders(facts: Facts) -> Iterator[FigureProof]:
    orders: Mapping[str, Any] = facts.impact.get("orders") or {}
    if orders.get("basis"):
        low, high = orders["lost_low"], orders["lost_high"]
        value = count(low) if low == high else f"{count(low)} to {count(high)}"
        proofs = from_sources(facts, orders["basis"])
        yield FigureProof(ref=REFS["orders"], what="Orders lost", value=value, how=_basis(orders, ""), proofs=proofs)


def _basis(figure: Mapping[str, Any], nothing: str) -> str:
    return sentence(str(figure.get("basis") or nothing))


def _duration(facts: Facts) -> Iterator[FigureProof]:
    """Which milestones it is measured between, and whether people confirmed them."""
    known = window(facts)
    parts: list[str] = []
    rows: list[str] = []
    for name in ("started", "resolved"):
        one = facts.milestones.get(name)
        if one and one.time is not None:
            parts.append(f"{name} {clock(one.time)} ({one.basis}{f': {one.rule}' if one.rule else ''})")
            rows += facts.refs_of(name)[:1]
    how = sentence("; ".join(parts)) if parts else "No start and end were found."
    value = minutes((known[1] - known[0]) / 60e9) if known else NOT_RECORDED
    yield FigureProof(ref=REFS["duration"], what="Incident duration", value=value, how=how, rows=tuple(rows))


def _updates(facts: Facts) -> Iterator[FigureProof]:
    number = facts.communications.get("updates")
    if number:
        places = dict.fromkeys(one.place.rpartition(":")[0] for one in facts.updates)
        proofs = tuple(proof for place in places for proof in from_sources(facts, place))
        how = (
            "Updates of the status page that are about this incident; the same words twice within two minutes are one."
        )
        rows = tuple(ref for one in facts.updates if (ref := facts.ref_of(one.place)))
        value = count(number)
        yield FigureProof(
            ref=REFS["updates"], what="Updates to customers", value=value, how=how, proofs=proofs, rows=rows
        )


def _alerts(facts: Facts) -> Iterator[FigureProof]:
    if facts.alerts:
        proofs = from_sources(facts, "", kind="alert") or from_sources(facts, "", kind="page")
        told = sum(int(one.get("notifications") or 0) for one in facts.alerts)
        fired = sum(int(one.get("episodes") or 0) for one in facts.alerts)
        how = f"Alerts by name; together they fired {counted(fired, 'time')} and sent {counted(told, 'message')}."
        value = count(len(facts.alerts))
        yield FigureProof(ref=REFS["alerts"], what="Alerts", value=value, how=how, proofs=proofs)


def _actions(facts: Facts) -> Iterator[FigureProof]:
    wanted = [one for one in facts.actions if one.status is not ActionStatus.CANCELLED]
    if wanted:
        done = sum(one.status is ActionStatus.DONE for one in wanted)
        value = f"{done} of {len(wanted)} done"
        how = "As people wrote them in actions.toml; cancelled ones are not counted."
        yield FigureProof(ref=REFS["actions"], what="Action items", value=value, how=how)
