"""PM3, impact: figures that are missing, that cannot be, or that the narrative states otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.check.case import INCIDENT, NARRATIVE
from workbench.check.claims import counts
from workbench.check.finding import Family, Found, Level, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.check.case import Case

HARM = Family()
_EXACT, _LOOSE = 0.02, 0.15
_ABOUT = {"about", "around", "roughly", "approximately", "some", "nearly", "almost"}
_LEAST, _MOST = {"over", "more than", "at least"}, {"under", "fewer than", "less than", "up to"}


@HARM.rule(
    "PM301", Level.WARNING, "Nothing of the impact is known",
    why="Without it nobody can tell how much the incident matters, or whether the next one is worse.",
    mend="Add the edge log or metrics of requests and errors, or write [impact] in incident.toml.",
)  # fmt: skip
def unknown(case: Case) -> Iterator[Found]:
    """Neither measured nor written."""
    written = case.incident.impact
    if case.impact.basis == "none" and not (written.notes or written.support_tickets):
        yield Found(
            place=case.at(INCIDENT, "impact"), message=f"No figure and no word of the impact. {case.impact.why}"
        )


@HARM.rule(
    "PM302", Level.WARNING, "A count in the narrative that the data contradict",
    why="Readers will quote the sentence and not the table.",
    mend="Write the measured count, or say whom or what else it counts.",
)  # fmt: skip
def contradicted(case: Case) -> Iterator[Found]:
    """Failed requests, affected customers, lost orders or tickets that differ from what was counted."""
    known = _known(case)
    for sentence in case.sentences:
        for what, count, how, words in counts(sentence.text):
            bounds = known.get(what)
            if bounds and not _fits(count, how, *bounds):
                low, high = bounds
                counted = f"{low:,}" if low == high else f"{low:,} to {high:,}"
                message = f"“{words}”, where {counted} were counted."
                yield Found(place=Place(file=NARRATIVE, line=sentence.line), message=message)


def _known(case: Case) -> dict[str, tuple[int, int]]:
    """What was counted, least and most, by the words for it."""
    impact, found = case.impact, dict[str, tuple[int, int]]()
    if impact.failed is not None:
        low = impact.failed if impact.failed_low is None else impact.failed_low
        high = impact.failed if impact.failed_high is None else impact.failed_high
        found["requests"] = (low, high)
    if impact.affected is not None:
        most = impact.affected + (impact.anonymous or 0)
        found |= {"customers": (impact.affected, most), "users": (impact.affected, most)}
    if impact.tickets is not None:
        found["tickets"] = (impact.tickets, impact.tickets)
    if impact.orders is not None:
        found["orders"] = (impact.orders.lost - impact.orders.perhaps, impact.orders.lost)
    return found


def _fits(count: int, how: str, low: int, high: int) -> bool:
    spare = (_LOOSE if how in _ABOUT else _EXACT) * count
    if how in _LEAST:
        return high >= count - spare
    if how in _MOST:
        return low <= count + spare
    return low - spare <= count <= high + spare


@HARM.rule(
    "PM303", Level.ERROR, "More customers affected than there are",
    why="One of the two numbers is wrong, and each share made of them is.",
    mend="Correct customers_total in incident.toml.",
)  # fmt: skip
def too_many(case: Case) -> Iterator[Found]:
    """``customers_total`` is less than the customers who were affected."""
    total, affected = case.incident.impact.customers_total, case.impact.affected
    if total is not None and affected is not None and affected > total:
        message = f"{affected:,} customers were affected of {total:,}."
        yield Found(place=case.at(INCIDENT, "impact", "customers_total"), message=message)


@HARM.rule(
    "PM304", Level.WARNING, "Money without a currency",
    why="The figure cannot be read, or added to another incident's.",
    mend='Write currency = "EUR" in [impact] of incident.toml.',
)  # fmt: skip
def without_currency(case: Case) -> Iterator[Found]:
    """Revenue is stated, its currency is not."""
    written = case.incident.impact
    if written.revenue_per_failed_order is not None and not written.currency:
        place = case.at(INCIDENT, "impact", "revenue_per_failed_order")
        yield Found(place=place, message="revenue_per_failed_order has no currency.")
