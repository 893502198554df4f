"""From when to when an incident lasted, as far as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.report.wording import moment, span

if TYPE_CHECKING:
    from workbench.report.facts import Facts


def window(facts: Facts) -> tuple[int, int] | None:
    """From the start to the end of the incident, as far as they are known."""
    start = facts.moment("started") or facts.moment("detected")
    end = next((at for name in ("resolved", "recovered", "mitigated") if (at := facts.moment(name))), None)
    return (start, end) if start and end and end >= start else None


def window_text(facts: Facts) -> str:
    """The window in words, also where only its start or only its end is known."""
    known = window(facts)
    if known:
        return span(*known)
    start = facts.moment("started") or facts.moment("detected")
    if start:
        return f"From {moment(start)} UTC, end not recorded"
    end = next((at for name in ("resolved", "recovered", "mitigated") if (at := facts.moment(name))), None)
    return f"Start not recorded, until {moment(end)} UTC" if end else "Times not recorded"
