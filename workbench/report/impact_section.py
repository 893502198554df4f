"""What customers and the business felt, for how long, and how each figure was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.report.blocks import BulletList, Column, Heading, Item, Missing, Row, Section, plain
from workbench.report.key_figures import duration_figure, failed_range
from workbench.report.lanes import budget_figure
from workbench.report.markdown_blocks import blocks_of
from workbench.report.proofs import impact_proofs, proofs_table, refer
from workbench.report.sections import missing, row, table, written
from workbench.report.wording import (
    NOT_RECORDED,
    clock,
    count,
    counted,
    minutes,
    moment,
    ns_of,
    percent,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workbench.report.blocks import Block, Text
    from workbench.report.facts import Facts

_COUNTED = (("requests", "failed"), ("customers", "affected"))


def impact_section(facts: Facts) -> Section:
    """Customers, business, duration, and the table of how the figures were found."""
    blocks = (
        _heading("Customer impact"), *_customers(facts),
        _heading("Business impact"), *_business(facts),
        _heading("Duration"), *_duration(facts),
        *_bases(facts),
    )  # fmt: skip
    return Section(name="impact", title="Impact analysis", blocks=blocks)


def _heading(text: str) -> Heading:
    return Heading(text=plain(text))


def _bullets(sentences: Iterable[tuple[str, Text]]) -> tuple[Block, ...]:
    """Each sentence with the references of its figures."""
    items = tuple(Item(text=(*plain(one), *refs)) for one, refs in sentences if one)
    return (BulletList(items=items),) if items else ()


def _customers(facts: Facts) -> tuple[Block, ...]:
    said = (*written(facts, "Customer impact", top=4), *blocks_of(facts.incident.impact.notes))
    said_of = (
        (_requests_sentence(facts), refer(facts, "requests")),
        (_customers_sentence(facts), refer(facts, "customers")),
    )
    found = _bullets(said_of) if _is_counted(facts) else _uncounted(facts)
    named = any(one.get("service") for one in facts.impact.get("by_service") or ())
    proof = refer(facts, "requests")
    services = tuple(_service_row(one, proof) for one in facts.impact.get("by_service") or () if named)
    columns = ("Service", Column(header="Requests failed", align="right"), "From (UTC)", "To (UTC)")
    by_service = (table(columns, services, caption="Failed requests by service."),) if services else ()
    return *said, *found, *by_service


def _is_counted(facts: Facts) -> bool:
    """Whether requests or customers were counted."""
    impact = facts.impact
    return any((impact.get(name) or {}).get(key) is not None for name, key in _COUNTED)


def _uncounted(facts: Facts) -> tuple[Block, ...]:
    """One sentence for all that no source counts."""
    basis = str((facts.impact.get("requests") or {}).get("basis") or "").strip().rstrip(".")
    why = f": {basis[:1].lower()}{basis[1:]}" if basis else ""
    return missing(f"How many requests failed and how many customers were affected is not recorded{why}.")


def _requests_sentence(facts: Facts) -> str:
    requests = facts.impact.get("requests") or {}
    total, failed = requests.get("total"), requests.get("failed")
    if not total or failed is None:
        return "How many requests failed is not recorded in any source."
    extent = failed_range(requests)
    share = "; ".join(part for part in (percent(failed / total), extent) if part)
    return f"{count(failed)} of {count(total)} requests failed ({share})."


def _customers_sentence(facts: Facts) -> str:
    affected = (facts.impact.get("customers") or {}).get("affected")
    if affected is None:
        return "How many customers were affected is not recorded."
    total = facts.incident.impact.customers_total
    share = f" of {count(total)} ({percent(affected / total)})" if total else ""
    return f"{count(affected)}{share} customers met at least one failure."


def _service_row(one: Mapping[str, Any], proof: Text) -> Row:
    failed = one.get("failed")
    return row(
        (*plain(str(one.get("service") or "not named")), *proof),
        count(failed) if failed is not None else "not recorded",
        _time(one.get("from")), _time(one.get("to")),
    )  # fmt: skip


def _time(value: object) -> str:
    ns = ns_of(value)
    return moment(ns) if ns is not None else ""


def _business(facts: Facts) -> tuple[Block, ...]:
    tickets = facts.impact.get("tickets")
    orders = refer(facts, "orders")
    facts_found: tuple[tuple[str, Text], ...] = (
        (f"{counted(tickets, 'support ticket')}." if tickets is not None else "", refer(facts, "tickets")),
        *((one, orders) for one in orders_sentences(facts)),
    )
    told = written(facts, "Business impact", top=4)
    if not told and tickets is None and not facts.impact.get("orders"):
        facts_found = ()
    return (*_bullets(facts_found), *told) or (
        Missing(sentence="Nobody has written what the business felt yet (narrative.md, “Business impact”)."),
    )


def orders_sentences(facts: Facts) -> list[str]:
    """What the data says of orders, and what they were worth by figures that somebody gave."""
    orders: Mapping[str, Any] = facts.impact.get("orders") or {}
    if not orders:
        return ["Lost revenue is not recorded."] if facts.impact and facts.methods else []
    low, high, hit = orders["lost_low"], orders["lost_high"], orders["hit"]
    said = [
        f"{counted(hit, 'order')} met a failure; {extent(low, high)} of them were lost, the others went through later."
    ]
    revenue: Mapping[str, Any] = orders.get("revenue") or {}
    if not revenue:
        return [*said, "Lost revenue is not recorded."]
    currency = f" {revenue['currency']}" if revenue.get("currency") else ""
    return [*said, f"They were worth {extent(round(revenue['low']), round(revenue['high']))}{currency}."]


def extent(low: float, high: float) -> str:
    """``166 to 273``, or one number where both are the same."""
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def _burn_sentences(slo: Mapping[str, Any], facts: Facts) -> list[str]:
    """When an alert on the budget would have fired, beside the detection."""
    detected = facts.moment("detected")
    said = []
    for each in slo.get("burn_alerts") or ():
        fired = ns_of(each.get("fired"))
        if fired is None:
            continue
        beside = ""
        if detected is not None:
            gap = (fired - detected) / 60e9
            beside = f", {minutes(abs(gap))} {'after' if gap > 0 else 'before'} the detection"
        windows = f"{minutes(each['long_minutes'])} and {minutes(each['short_minutes'])}"
        said.append(
            f"An alert on a burn rate of {each['rate']:g} over {windows} would have fired at {clock(fired)}{beside}."
        )
    return said


def _duration(facts: Facts) -> tuple[Block, ...]:
    figure = duration_figure(facts)
    said: list[tuple[str, Text]]
    if figure.value == NOT_RECORDED:
        start = facts.moment("started") or facts.moment("detected")
        why = f"it began at {moment(start)} UTC, and no source shows its end" if start else _TIMELESS
        said = [(f"How long it lasted is not recorded: {why}.", ())]
    else:
        said = [(f"The incident lasted {figure.value} ({figure.detail}).", refer(facts, "duration"))]
    window: Mapping[str, Any] = facts.impact.get("window") or {}
    start, end = ns_of(window.get("from")), ns_of(window.get("to"))
    if start is not None and end is not None:
        stretch = f"{span(start, end)} ({minutes((end - start) / 60e9)})"
        said.append((f"Requests failed above their usual level on {stretch}.", refer(facts, "requests")))
    slo: Mapping[str, Any] = facts.impact.get("slo") or {}
    used, target = slo.get("budget_used_percent"), slo.get("target")
    if used is not None and target is not None:
        said.append(
            (f"It used {used:.3g}% of the error budget of the {_target(target)} objective.", refer(facts, "slo"))
        )
    if not facts.methods:
        return _bullets(said)
    said += [(one, refer(facts, "slo")) for one in _burn_sentences(slo, facts)]
    return (*_bullets(said), *budget_figure(facts))


_TIMELESS = "no source shows its start and its end"


def _target(target: float) -> str:
    return f"{target * 100 if target <= 1 else target:g}%"


def _bases(facts: Facts) -> tuple[Block, ...]:
    found = impact_proofs(facts)
    if not facts.methods:
        return ()
    if not _is_counted(facts) and facts.impact.get("tickets") is None and duration_figure(facts).value == NOT_RECORDED:
        return ()
    return _heading("How each figure was found"), proofs_table(found)
