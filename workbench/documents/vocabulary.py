"""The names that a template can use, each made from the facts when it is said (docs/templates.md lists them)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.documents.checklist import checklist
from workbench.documents.meeting import AGENDAS, agenda_of, meeting_of, questions
from workbench.documents.views import HarmView, action_of, alert_of, measure_of, moment_of, row_of, said_of
from workbench.documents.whole import Whole
from workbench.model import MILESTONES, ActionStatus
from workbench.report.blocks import KeyFigures, Section
from workbench.report.impact_section import orders_sentences
from workbench.report.key_figures import LABELS, figures_section
from workbench.report.proofs import REFS
from workbench.report.window import window_text
from workbench.report.wording import count, counted, minutes, percent, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from workbench.documents.template import Held
    from workbench.documents.views import MomentView, RowView, SaidView
    from workbench.report.facts import Facts

ROLES = {
    "incident_commander": "Incident commander",
    "technical_lead": "Technical lead",
    "communications_lead": "Communications lead",
    "scribe": "Scribe",
}


def vocabulary(
    facts: Callable[[], Facts], look: Callable[[str], Section], held: Held, *, label: str = ""
) -> dict[str, Callable[[], Any]]:
    """Each name with what makes its value. ``look`` gives a section of the report; ``label`` names the document."""
    return Whole(facts=facts, look=look, held=held, label=label).words() | {
        "incident": lambda: _incident(facts()),
        "window": lambda: window_text(facts()),
        "figures": lambda: [one for block in figures_section(facts()).blocks if isinstance(block, KeyFigures)
                            for one in block.figures],
        "moment": lambda: partial(moment_of, facts()),
        "moments": lambda: moments_of(facts()),
        "between": lambda: partial(between, facts()),
        "measure": lambda: partial(measure_of, facts()),
        "measures": lambda: [measure_of(facts(), name) for name in LABELS],
        "harm": lambda: harm(facts()),
        "rows": lambda: [row_of(one) for one in facts().rows],
        "roles": lambda: _roles(facts()),
        "participants": lambda: list(facts().incident.people.participants),
        "alerts": lambda: [alert_of(facts(), one) for one in facts().alerts if one.get("related", True)],
        "other_alerts": lambda: [alert_of(facts(), one) for one in facts().alerts if not one.get("related", True)],
        "updates": lambda: [said_of(facts(), one) for one in facts().updates],
        "commands": lambda: [said_of(facts(), one) for one in facts().commands],
        "fixes": lambda: fixes(facts()),
        "cadence": lambda: cadence(facts()),
        "severities": lambda: [_severity(one) for one in facts().scale.severities],
        "actions": lambda: [action_of(facts(), one) for one in sorted(facts().actions, key=_urgency)],
        "factors": lambda: list(facts().factors),
        "checklist": lambda: checklist(facts()),
        "questions": lambda: questions(facts()),
        "agenda": lambda: partial(agenda_of, facts()),
        "agendas": lambda: list(AGENDAS),
        "meeting": lambda: meeting_of(facts()),
    }  # fmt: skip


def _roles(facts: Facts) -> list[tuple[str, str]]:
    """Each role that somebody held, with the name."""
    return [(title, name) for key, title in ROLES.items() if (name := getattr(facts.incident.people, key))]


def _incident(facts: Facts) -> dict[str, Any]:
    one = facts.incident
    return {
        "id": one.id, "title": one.title, "severity": one.severity, "services": list(one.services), "team": one.team,
        "status": str(one.status or ""), "over": str(one.status or "") == "resolved", "summary": one.summary,
        "trigger": one.trigger, "cause": one.cause, "tags": list(one.tags), "notes": one.impact.notes,
        "draft": facts.draft,
    }  # fmt: skip


def _severity(one: Any) -> dict[str, str]:
    """One step of the team's scale, with its limits in words."""
    return {
        "name": one.name,
        "respond": minutes(one.response_minutes) if one.response_minutes is not None else "not set",
        "tell": minutes(one.update_minutes) if one.update_minutes is not None else "not set",
    }


def _urgency(action: Any) -> tuple[bool, str, str]:
    over = action.status in {ActionStatus.DONE, ActionStatus.CANCELLED}
    return over, str(action.priority or "P9"), action.due.isoformat() if action.due else "9999"


def cadence(facts: Facts) -> str:
    """How often customers are promised a word at this severity; empty where nothing is promised."""
    limit = facts.communications.get("limit_minutes")
    return minutes(limit) if limit is not None else ""


def moments_of(facts: Facts) -> list[MomentView]:
    """The milestones as they came, those that are not known after them."""
    unknown = float("inf")
    order = sorted(MILESTONES, key=lambda name: at if (at := facts.moment(name)) is not None else unknown)
    return [moment_of(facts, name) for name in order]


def between(facts: Facts, first: str, last: str) -> str:
    """From one milestone to another, with the days; empty where one of them is not known."""
    start, end = (facts.moment(name) if moment_of(facts, name).known else None for name in (first, last))
    return span(start, end) if start is not None and end is not None else ""


def harm(facts: Facts) -> list[HarmView]:
    """What customers felt, each in a sentence with its range; nothing for what is not known."""
    return [HarmView(text=text, refs=(REFS[figure],)) for figure, text in _felt(facts)]


def _felt(facts: Facts) -> Iterator[tuple[str, str]]:
    """The name of each figure that is known, and the sentence."""
    impact = facts.impact
    requests: Mapping[str, Any] = impact.get("requests") or {}
    total, failed = requests.get("total"), requests.get("failed")
    if total and failed is not None:
        low, high = requests.get("failed_low"), requests.get("failed_high")
        extent = f", between {count(low)} and {count(high)}" if low is not None and high not in (None, low) else ""
        yield "requests", f"{count(failed)} of {counted(total, 'request')} failed ({percent(failed / total)}{extent})."
    affected = (impact.get("customers") or {}).get("affected")
    if affected is not None:
        yield "customers", f"{counted(affected, 'customer')} met at least one failure."
    if impact.get("orders"):
        yield from (("orders", one) for one in orders_sentences(facts))
    if (tickets := impact.get("tickets")) is not None:
        yield "tickets", f"Customers opened {counted(tickets, 'support ticket')}."
    budget = (impact.get("slo") or {}).get("budget_used_percent")
    if budget is not None:
        yield "slo", f"{budget:.3g}% of the error budget was used."


def fixes(facts: Facts) -> Sequence[SaidView | RowView]:
    """What was changed from the detection until customers had recovered; else what mitigated it."""
    start = facts.moment("detected") or facts.moment("started") or facts.moment("identified")
    end = facts.moment("recovered") or facts.moment("resolved")
    own: Sequence[SaidView | RowView]
    own = [said_of(facts, one) for one in facts.changes if _within(one.time_ns, start, end)]
    if not own:
        own = [row_of(row) for row in facts.rows if "mitigated" in row.milestone]
    return own


def _within(at: int, start: int | None, end: int | None) -> bool:
    return (start is None or at >= start) and (end is None or at <= end)
