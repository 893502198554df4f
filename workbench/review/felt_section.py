"""The section of a review about customers: how long, how many requests, and what of the error budgets was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.report.blocks import Column, Heading, Section, plain
from workbench.report.wording import counted, minutes
from workbench.review.sections import paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.report.blocks import Block
    from workbench.review.felt import Felt
    from workbench.review.quarterly import Review
    from workbench.review.record import Record

_SHOWN = 12  # incidents
_NEITHER = (
    "Of no incident is it known what customers felt: its folder needs an access log, or counters of requests and of "
    "errors."
)


def felt_section(made: Review) -> Section:
    """Sentences with what they rest on, then the incidents one by one."""
    told = made.felt
    if not told.total:
        return Section(name="felt", title="What customers felt", blocks=(paragraph("There was no incident."),))
    if not told.known:
        return Section(name="felt", title="What customers felt", blocks=(paragraph(_NEITHER),))
    blocks: list[Block] = [paragraph(words) for words in _sentences(told)]
    columns = (
        Column(header="Incident", width=18), Column(header="Felt for", width=16, align="right"),
        Column(header="Requests failed", width=16, align="right"),
        Column(header="Customers", width=14, align="right"), Column(header="Error budget", width=14, align="right"),
    )  # fmt: skip
    blocks += [Heading(text=plain("By incident")), table(columns, [_row(one) for one in told.known[:_SHOWN]])]
    rest = len(told.known) - _SHOWN
    blocks += [paragraph(f"And {rest} more.", "note")] if rest > 0 else []
    return Section(name="felt", title="What customers felt", blocks=tuple(blocks))


def _sentences(told: Felt) -> Iterator[str]:
    if told.minutes is not None:
        yield f"Customers felt {_of(told.timed, told.total)} for {minutes(told.minutes)} in all."
    if told.failed is not None:
        yield (
            f"{told.failed:,.0f} requests failed in {_of(told.counted, told.total)}. Customers are not added up: those "
            "of one incident may be those of another."
        )
    if told.budget is None or told.of_period is None:
        yield "Of no error budget is it known how much was used: write [slo] into incident.toml."
    else:
        yield (
            f"{_of(told.budgets, told.total)} used {told.budget:.3g}% of an error budget, each that of its own days: "
            f"{told.of_period:.3g}% of what the whole period allows."
        )


def _of(some: int, every: int) -> str:
    """So many incidents, and that of the others it is not known."""
    rest = every - some
    return counted(some, "incident") + (f" (of {rest} it is not known)" if rest else "")


def _row(one: Record) -> tuple[str, ...]:
    return (
        one.id, "" if one.impact_minutes is None else minutes(one.impact_minutes),
        "" if one.failed is None else f"{one.failed:,.0f}", "" if one.customers is None else f"{one.customers:,.0f}",
        "" if one.budget_percent is None else f"{one.budget_percent:.3g}%",
    )  # fmt: skip
