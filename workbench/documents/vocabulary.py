"""The names that a template can use, each made from the facts when it is said (docs/templates.md lists them)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from workbench.documents.checklist import checklist
from workbench.documents.meeting import AGENDAS, agenda_of, meeting_of, questions
from workbench.documents.views import action_of, alert_of, measure_of, moment_of, row_of, said_of
from workbench.model import MILESTONES, ActionStatus
from workbench.report.appendices import references_section
from workbench.report.blocks import Header, KeyFigures, Missing, Run, Section, plain
from workbench.report.front import header_section, picture_section
from workbench.report.key_figures import LABELS, figures_section
from workbench.report.sections import HEADINGS, written
from workbench.report.text import safe_link
from workbench.report.window import window_text
from workbench.report.wording import count, counted, minutes, percent, references

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markupsafe import Markup

    from workbench.documents.template import Held
    from workbench.documents.views import RowView, SaidView
    from workbench.report.facts import Facts

_ROLES = {
    "incident_commander": "Incident commander",
    "technical_lead": "Technical lead",
    "communications_lead": "Communications lead",
    "scribe": "Scribe",
}


def vocabulary(
    facts: Callable[[], Facts], look: Callable[[str], Section], held: Held, *, label: str = ""
) -> dict[str, Callable[[], Any]]:
    """Each name with what makes its value. ``look`` gives a section of the report; ``label`` names the document."""
    puts = _puts(facts, look, held, label)
    return puts | {
        "incident": lambda: _incident(facts()),
        "window": lambda: window_text(facts()),
        "figures": lambda: [one for block in figures_section(facts()).blocks if isinstance(block, KeyFigures)
                            for one in block.figures],
        "moment": lambda: partial(moment_of, facts()),
        "moments": lambda: [moment_of(facts(), name) for name in MILESTONES],
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


def _puts(
    facts: Callable[[], Facts], look: Callable[[str], Section], held: Held, label: str
) -> dict[str, Callable[[], Any]]:
    """The names that put something in whole."""

    def section(name: str, title: str = "") -> Markup:
        found = look(name)
        return held.put(replace(found, title=title, quiet=False) if title else found)

    def narrative(heading: str) -> Markup:
        return held.put(written(facts(), heading))

    def has_narrative(heading: str) -> bool:
        return bool(written(facts(), heading))

    def ref(*names: str) -> Markup:
        return held.put(references(names)) if any(names) else held.put(plain(" "))

    def link(text: str, address: str) -> Markup:
        return held.put((Run(text=text, link=safe_link(address)),))

    return {
        "section": lambda: section,
        "blocks": lambda: lambda name: held.put(tuple(look(name).blocks)),
        "narrative": lambda: narrative,
        "has_narrative": lambda: has_narrative,
        "headings": lambda: list(HEADINGS),
        "missing": lambda: lambda sentence: held.put((Missing(sentence=sentence),)),
        "ref": lambda: ref,
        "link": lambda: link,
        "masthead": lambda: lambda words=label, title="": held.put(_masthead(facts(), str(words), str(title))),
        "picture": lambda: lambda: held.put(picture_section(facts(), numbered=False)),
        "references": lambda: lambda: held.put(references_section(facts())),
    }


def _masthead(facts: Facts, words: str, title: str) -> Section:
    """The report's header with the document's own name, and without what only a post-mortem has.

    With a ``title`` of its own it is the head of a letter: nothing below the title, and no status.
    """
    made = header_section(facts)
    heads = [replace(one, document=words, stage="", due="", roles=(), facts={})
             for one in made.blocks if isinstance(one, Header)]  # fmt: skip
    if title:
        heads = [replace(one, title=title, status="", window="", services=()) for one in heads]
    return replace(made, blocks=tuple(heads))


def _roles(facts: Facts) -> list[tuple[str, str]]:
    """Each role that somebody held, with the name."""
    return [(title, name) for key, title in _ROLES.items() if (name := getattr(facts.incident.people, key))]


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


def harm(facts: Facts) -> list[str]:
    """What customers felt, each in a sentence with its range; nothing for what is not known."""
    impact = facts.impact
    requests: Mapping[str, Any] = impact.get("requests") or {}
    said: list[str] = []
    total, failed = requests.get("total"), requests.get("failed")
    if total and failed is not None:
        low, high = requests.get("failed_low"), requests.get("failed_high")
        extent = f", between {count(low)} and {count(high)}" if low is not None and high not in (None, low) else ""
        said.append(f"{count(failed)} of {counted(total, 'request')} failed ({percent(failed / total)}{extent}).")
    affected = (impact.get("customers") or {}).get("affected")
    if affected is not None:
        said.append(f"{counted(affected, 'customer')} met at least one failure.")
    orders = impact.get("orders") or {}
    if orders.get("lost") is not None:
        said.append(f"About {counted(orders['lost'], 'order')} were lost.")
    if (tickets := impact.get("tickets")) is not None:
        said.append(f"Customers opened {counted(tickets, 'support ticket')}.")
    budget = (impact.get("slo") or {}).get("budget_used_percent")
    if budget is not None:
        said.append(f"{budget:.1f}% of the error budget was used.")
    return said


def fixes(facts: Facts) -> Sequence[SaidView | RowView]:
    """What was changed from the moment the cause was known until customers had recovered; else what mitigated it."""
    start = facts.moment("identified") or facts.moment("detected")
    end = facts.moment("recovered") or facts.moment("resolved")
    own: Sequence[SaidView | RowView]
    own = [said_of(facts, one) for one in facts.changes if _within(one.time_ns, start, end)]
    if not own:
        own = [row_of(row) for row in facts.rows if "mitigated" in row.milestone]
    return own


def _within(at: int, start: int | None, end: int | None) -> bool:
    return (start is None or at >= start) and (end is None or at <= end)
