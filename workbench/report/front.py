"""Page one: the quiet line and the title, the summary, the five figures, the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.charts.timeline_chart import Mark, phases_of, timeline_chart
from workbench.clock import format_utc
from workbench.model import MILESTONES, IncidentStatus, severity_of
from workbench.report.actions_section import actions_line
from workbench.report.blocks import Block, Figure, Header, Missing, Paragraph, Section, plain
from workbench.report.from_data import told_by_data
from workbench.report.proofs import refer
from workbench.report.sections import written
from workbench.report.window import window_text
from workbench.report.wording import count, joined, moment, sentence

if TYPE_CHECKING:
    from workbench.report.facts import Facts

_ROLES = {
    "incident_commander": "Incident commander",
    "technical_lead": "Technical lead",
    "communications_lead": "Communications",
    "scribe": "Scribe",
}
_SEVERITY_NAMES = ("SEV-1", "SEV-2", "SEV-3", "SEV-4")


def header_section(facts: Facts) -> Section:
    """The header block with the facts that a file's own properties need."""
    incident = facts.incident
    header = Header(
        id=incident.id,
        title=incident.title,
        severity=incident.severity,
        severity_rank=facts.severity_rank or _rank(incident.severity),
        status=_status(facts),
        stage="draft" if facts.draft else "final",
        due=_due(facts),
        window=window_text(facts),
        services=tuple(incident.services),
        roles=_roles(facts),
        edition=facts.edition,
        data_as_of=format_utc(facts.data_as_of_ns, digits=0),
        version=facts.version,
        facts=_front_matter(facts),
    )
    return Section(name="header", blocks=(header,))


def _due(facts: Facts) -> str:
    """Until when the post-mortem is to be held; of one that was held nobody asks that."""
    held = facts.incident.milestones.get("postmortem_held")
    return f"{moment(facts.due_ns)} UTC" if facts.due_ns and held is None else ""


def _rank(severity: str) -> int:
    name = severity_of(severity)
    return _SEVERITY_NAMES.index(name) + 1 if name in _SEVERITY_NAMES else 4


def _status(facts: Facts) -> str:
    status = facts.incident.status
    if status is None:
        status = IncidentStatus.RESOLVED if facts.moment("resolved") else None
    return str(status).capitalize() if status else "Status not recorded"


def _roles(facts: Facts) -> tuple[str, ...]:
    people = facts.incident.people
    return tuple(f"{title}: {name}" for key, title in _ROLES.items() if (name := getattr(people, key)))


def _front_matter(facts: Facts) -> dict[str, Any]:
    """Plain values in a fixed order; what is not known is left out."""
    incident = facts.incident
    values: dict[str, Any] = {
        "team": incident.team,
        "cause": incident.cause,
        "trigger": incident.trigger,
        "tags": list(incident.tags),
        "milestones": {name: format_utc(at) for name in MILESTONES if (at := facts.moment(name)) is not None},
        "minutes": {name: value for name, one in facts.intervals.items() if (value := one.get("minutes")) is not None},
    }
    return {key: value for key, value in values.items() if value}


def summary_section(facts: Facts) -> Section:
    """What people wrote as the summary, or the honest sentence."""
    blocks = written(facts, "Executive summary")
    if not blocks and facts.incident.summary.strip():
        blocks = (Paragraph(text=plain(facts.incident.summary.strip())),)
    lead = tuple(
        Paragraph(text=block.text, style="lead") if isinstance(block, Paragraph) and not block.style else block
        for block in blocks
    )
    told = (*lead, *actions_line(facts)) if lead else _told(facts)
    return Section(name="summary", title="Executive summary", quiet=True, blocks=told)


def _told(facts: Facts) -> tuple[Block, ...]:
    """What the data tells in place of the summary, and that it is no more than that."""
    nothing = "Nobody has written the summary yet (narrative.md, “Executive summary”)."
    whence = " The sentences above are made from the data alone." if facts.sources or not facts.proofs else ""
    done = actions_line(facts)
    undone = "".join(f" {one.sentence}" for one in done if isinstance(one, Missing))
    counts = refer(facts, "requests", "customers") if (facts.impact.get("requests") or {}).get("failed") else ()
    first = Paragraph(text=(*plain(told_by_data(facts)), *counts), style="lead")
    return first, *(done if not undone else ()), Missing(sentence=f"{nothing}{whence}{undone}")


def picture_section(facts: Facts, *, numbered: bool = True) -> Section:
    """The chart of the incident's course, or the sentence that says why there is none.

    Its marks are not ``numbered`` in a document without the timeline, whose rows the numbers name.
    """
    moments = {name: facts.moment(name) for name in MILESTONES}
    marks = _marks(facts)
    marks = marks if numbered else tuple(replace(one, ref="") for one in marks)
    chart = timeline_chart(marks=marks, phases=phases_of(moments), curve=facts.curve, moments=moments)
    block: Block = Missing(sentence="There is no picture: neither a milestone nor a curve of requests was found.")
    if chart:
        block = Figure(
            name="timeline", spec=chart.wide, narrow=chart.narrow, title=chart.title, alt=chart.alt,
            caption=_caption(facts, marks),
        )  # fmt: skip
    return Section(name="picture", title="The incident in one picture", quiet=True, blocks=(block,))


def _marks(facts: Facts) -> tuple[Mark, ...]:
    known = ((name, facts.moment(name)) for name in MILESTONES)
    return tuple(
        Mark(ref=next(iter(facts.refs_of(name)), ""), name=name.capitalize(), time=at) for name, at in known if at
    )


def _caption(facts: Facts, marks: tuple[Mark, ...]) -> str:
    """What is drawn and where it comes from."""
    numbers = "; the numbers are rows of the timeline" if any(one.ref for one in marks) else ""
    parts = [f"Phases and milestones in UTC{numbers}." if marks else ""]
    if facts.curve:
        requests = sum(point[1] for point in facts.curve)
        basis = str((facts.impact.get("requests") or {}).get("basis") or "")
        parts.append(f"Curve: share of {count(requests)} requests that failed, per minute. {sentence(basis)}")
    else:
        parts.append("No source holds requests per minute, so there is no curve of the impact.")
    missing = [
        name for name in ("started", "detected", "identified", "mitigated", "resolved") if not facts.moment(name)
    ]
    if missing and marks:
        parts.append(f"Not known: when it was {joined(missing)}.")
    return " ".join(part for part in parts if part)
