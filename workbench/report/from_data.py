"""What the data alone tells of an incident that nobody has summed up: a few sentences, each of figures in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.report.text import one_line, shortened
from workbench.report.window import window
from workbench.report.wording import count, counted, day, joined, minutes, moment, ns_of, percent, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbench.report.facts import Facts, LoggedErrors

_MOST = 3  # sources whose errors are named
_SAID = 90  # signs of a message
_SHOWN = ("detected", "declared", "mitigated", "recovered", "resolved")
_UNSHOWN = (
    (("started",), "when customers began to feel it"),
    (("detected",), "who noticed first"),
    (("mitigated", "recovered", "resolved"), "what ended it"),
)
_AFTER = ("detected", "mitigated", "recovered", "resolved")


def told_by_data(facts: Facts) -> str:
    """When, how much, whom and how it went on; of poor sources what they hold, to those who are shown sources."""
    if not facts.sources and facts.proofs:
        return "No source has been added yet, so nothing is known of the incident but its title."
    told = [*_failures(facts), *_course(facts), *(_sources(facts) if facts.proofs else ())]
    return " ".join(told) or "When it began, whom it touched and what ended it is not known yet."


def _failures(facts: Facts) -> Iterator[str]:
    """How many requests and customers, from when to when, and in which services."""
    impact: Mapping[str, Any] = facts.impact
    requests, customers = impact.get("requests") or {}, (impact.get("customers") or {}).get("affected")
    total, failed = requests.get("total"), requests.get("failed")
    if not total or not failed:
        return
    stretch = impact.get("window") or {}
    start, end = ns_of(stretch.get("from")), ns_of(stretch.get("to"))
    when = f" ({span(start, end)})" if start is not None and end is not None else ""
    whom = f"; {counted(customers, 'customer')} met at least one failure" if customers else ""
    yield f"{count(failed)} of {count(total)} requests failed, {percent(failed / total)}{when}{whom}."
    named = [one for one in impact.get("by_service") or () if one.get("service") and one.get("failed")]
    if named:
        where = joined(f"{one_line(str(one['service']))} ({count(one['failed'])})" for one in named[:4])
        yield f"The failed requests went to {where}."


def _course(facts: Facts) -> Iterator[str]:
    """How long after the start each turn came."""
    start, known = facts.moment("started"), window(facts)
    if start is None:
        return
    after = [
        f"{name} after {minutes((at - start) / 60e9)}"
        for name in _AFTER
        if (at := facts.moment(name)) is not None and at >= start
    ]
    if after:
        yield f"The incident was {joined(after)}."
    if known is None:
        yield f"It began at {moment(start)} UTC; no source shows its end."


def _sources(facts: Facts) -> Iterator[str]:
    """Where no start is known: what the sources hold, which errors they tell of, and what they do and do not show."""
    if facts.moment("started") is not None:
        return
    if facts.sources:
        times = [at for one in facts.sources for at in (one.first, one.last) if at is not None]
        events = counted(sum(one.events for one in facts.sources), "event")
        when = f" ({span(min(times), max(times))})" if times else ""
        number = len(facts.sources)
        yield f"{counted(number, 'source')} {'holds' if number == 1 else 'hold'} {events}{when}."
    yield from map(_errors, facts.errors[:_MOST])
    known = sorted((at, name) for name in _SHOWN if (at := facts.moment(name)) is not None)
    if known:
        yield f"The incident was {joined(f'{name} at {moment(at)}' for at, name in known)} UTC."
    gone = [words for names, words in _UNSHOWN if all(facts.moment(name) is None for name in names)]
    yield f"Nothing in the sources shows {' or '.join([', '.join(gone[:-1]), gone[-1]] if len(gone) > 1 else gone)}."


def _errors(one: LoggedErrors) -> str:
    when = span(one.first, one.last) if one.count > 1 else f"{day(one.first)}, {moment(one.first)[11:]} UTC"
    said = f", most often “{shortened(one_line(one.message), _SAID)}”" if one.message.strip() else ""
    return f"{one.source} holds {counted(one.count, 'error')} ({when}){said}."
