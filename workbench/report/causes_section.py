"""Why it happened: the story, the immediate cause, the contributing factors, and the five whys as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.charts.factor_chart import Node, factor_chart
from workbench.model import ActionItem, Explains, Factor, FactorKind
from workbench.report.blocks import (
    BulletList,
    Cell,
    Column,
    Figure,
    FiveWhys,
    Heading,
    Item,
    Missing,
    Paragraph,
    Row,
    Run,
    Section,
    Why,
    plain,
)
from workbench.report.sections import missing, table, written, written_or_missing
from workbench.report.wording import counted, joined, references, sentence

if TYPE_CHECKING:
    from workbench.report.blocks import Block, Text
    from workbench.report.facts import Facts

KINDS = {
    FactorKind.IMPACT: "Impact",
    FactorKind.EVENT: "Event",
    FactorKind.CONDITION: "Condition",
    FactorKind.DECISION: "Decision",
    FactorKind.MISSING_CONTROL: "Missing control",
}
DEEPEST = 12  # steps that a page can show below one another
QUESTIONS = {
    Explains.OCCURRENCE: "Why it happened",
    Explains.DETECTION: "Why it took long to see",
    Explains.RECOVERY: "Why it took long to end",
}


_WRITTEN = ("What happened", "Immediate cause", "Contributing factors", "Why these factors existed")
_NOTHING = (
    "Nobody has written yet what happened and why: narrative.md takes the story (“What happened”, “Immediate cause”, "
    "“Contributing factors”, “Why these factors existed”), factors.toml the five whys."
)
_UNPROVED = "No factor names its evidence yet (factors.toml)."
_FEW = 7  # factors that are worth a list beside the five whys


def causes_section(facts: Facts) -> Section:
    """The root cause analysis in the order that a reader asks: what, at once why, why at all, why could that be."""
    if not (facts.factors or facts.incident.trigger.strip() or any(written(facts, one) for one in _WRITTEN)):
        return Section(name="causes", title="Root cause analysis", blocks=missing(_NOTHING))
    blocks = (
        _heading("What happened"), *_trigger(facts),
        *written_or_missing(facts, "What happened", "what happened", top=4),
        _heading("Immediate cause"), *_immediate(facts),
        _heading("Contributing factors"), *_contributing(facts),
        _heading("Why these factors existed"), *_why_at_all(facts),
        _heading("Five whys"), *_five_whys(facts),
    )  # fmt: skip
    return Section(name="causes", title="Root cause analysis", blocks=blocks)


def _heading(text: str) -> Heading:
    return Heading(text=plain(text))


def _trigger(facts: Facts) -> tuple[Block, ...]:
    trigger = facts.incident.trigger.strip()
    return (Paragraph(text=(Run(text="Trigger. ", bold=True), Run(text=sentence(trigger)))),) if trigger else ()


def _immediate(facts: Facts) -> tuple[Block, ...]:
    said = written(facts, "Immediate cause", top=4)
    if said:
        return said
    direct = [factor for root in _roots(facts) for factor in _below(facts, root) if factor.kind is FactorKind.EVENT]
    if direct:
        return tuple(Paragraph(text=(*plain(sentence(one.text)), *_evidence(facts, one))) for one in direct[:1])
    return written_or_missing(facts, "Immediate cause", "the immediate cause")


def _contributing(facts: Facts) -> tuple[Block, ...]:
    said = written(facts, "Contributing factors", top=4)
    if said:
        return said
    factors = [one for one in facts.factors if one.kind is not FactorKind.IMPACT]
    if len(factors) > _FEW:
        many = f"{counted(len(factors), 'factor')} came together; the five whys below show each and where it came from."
        return (Paragraph(text=plain(many)),)
    if factors:
        return (
            BulletList(items=tuple(Item(text=(*plain(sentence(one.text)), *_evidence(facts, one))) for one in factors)),
        )
    return (
        Missing(
            sentence="Nobody has named a contributing factor yet (factors.toml; narrative.md, “Contributing factors”)."
        ),
    )


def _why_at_all(facts: Facts) -> tuple[Block, ...]:
    return written(facts, "Why these factors existed", top=4) or (
        Missing(
            sentence="Nobody has written why these factors existed yet (narrative.md, “Why these factors existed”)."
        ),
    )


def _five_whys(facts: Facts) -> tuple[Block, ...]:
    if not facts.factors:
        return (Missing(sentence="Nobody has drawn the five whys yet (factors.toml)."),)
    seen: set[str] = set()
    blocks: list[Block] = []
    for explains in Explains:
        own = [factor for factor in _roots(facts) if factor.explains is explains]
        if own:
            blocks += [Paragraph(text=plain(QUESTIONS[explains], bold=True))] if _several(facts) else []
            blocks.append(FiveWhys(tree=tuple(_why(facts, factor, seen, ()) for factor in own)))
    return (*_drawing(facts), *blocks, _table(facts))


def _several(facts: Facts) -> bool:
    """Whether more than one of the three questions is answered."""
    return len({factor.explains for factor in _roots(facts)}) > 1


def _drawing(facts: Facts) -> tuple[Block, ...]:
    chart = factor_chart(
        [Node(id=one.id, text=one.text, kind=str(one.kind), because_of=one.because_of) for one in facts.factors]
    )
    if chart is None:
        return ()
    caption = f"From the harm to what it came from{', in factors.toml' if facts.proofs else ''}."
    return (
        Figure(name="factors", spec=chart.wide, narrow=chart.narrow, title=chart.title, alt=chart.alt, caption=caption),
    )


def _table(facts: Facts) -> Block:
    """The same as rows: kind, evidence and answer of each factor."""
    shown = any(one.evidence for one in facts.factors)
    rows = [
        Row(cells=(
            Cell(text=plain(KINDS[one.kind])), Cell(text=plain(sentence(one.text))),
            *((Cell(text=_unspaced(_evidence(facts, one)) or plain("none yet")),) if shown else ()),
            Cell(text=_answer(facts, one, is_leaf=not _below(facts, one)) or plain("by its causes")),
        ))
        for one in facts.factors
    ]  # fmt: skip
    evidence = (Column(header="Evidence", width=20),) if shown else ()
    columns = (
        Column(header="Kind", width=15), Column(header="Factor", width=38 if shown else 50), *evidence,
        Column(header="What is done", width=27 if shown else 35),
    )  # fmt: skip
    caption = "The factors, with what shows them and what answers them."
    unproved = f"{_UNPROVED} What answers the factors:" if facts.proofs else "The factors, and what answers them."
    return table(columns, rows, caption=caption if shown else unproved)


def _unspaced(text: Text) -> Text:
    """Without the blank that parts it from a sentence before."""
    return text[1:] if text and not text[0].text.strip() else text


def _roots(facts: Facts) -> list[Factor]:
    """The factors that explain nothing further: the harm. A circle without any begins at its first factor."""
    explaining = {cause for factor in facts.factors for cause in factor.because_of}
    return [factor for factor in facts.factors if factor.id not in explaining] or list(facts.factors[:1])


def _below(facts: Facts, factor: Factor) -> list[Factor]:
    by_id = {one.id: one for one in facts.factors}
    return [by_id[cause] for cause in factor.because_of if cause in by_id]


def _why(facts: Facts, factor: Factor, seen: set[str], above: tuple[str, ...]) -> Why:
    """A factor with its causes; one that stands in the tree already is only named again."""
    text = (*plain(sentence(factor.text)), *_evidence(facts, factor))
    if factor.id in seen or factor.id in above:
        return Why(text=text, kind=KINDS[factor.kind], note=plain("Its causes are shown above."))
    if len(above) >= DEEPEST:
        return Why(text=text, kind=KINDS[factor.kind], note=plain("Its causes stand in the table."))
    seen.add(factor.id)
    below = tuple(_why(facts, one, seen, (*above, factor.id)) for one in _below(facts, factor))
    return Why(text=text, kind=KINDS[factor.kind], note=_answer(facts, factor, is_leaf=not below), because=below)


def _answer(facts: Facts, factor: Factor, *, is_leaf: bool) -> Text:
    """What is done about the factor: actions, a risk that is accepted, or honestly nothing."""
    actions = {action.id: action for action in facts.actions}
    named = [_action(actions.get(one), one) for one in factor.actions]
    parts = [f"Answered by {joined(named)}."] if named else []
    risk = factor.accepted_risk
    if risk:
        parts.append(f"Risk accepted by {risk.by}: {sentence(risk.reason)}")
        parts += [f"To be looked at again on {risk.review_on.isoformat()}."] if risk.review_on else []
    if not parts and is_leaf:
        parts.append("No action and no accepted risk yet.")
    return plain(" ".join(parts))


def _action(action: ActionItem | None, name: str) -> str:
    return f"{name} ({action.status.replace('_', ' ')})" if action else f"{name} (not in actions.toml)"


def _evidence(facts: Facts, factor: Factor) -> Text:
    """References to the timeline where the place is on it, else the place itself."""
    known = [ref for one in factor.evidence if (ref := facts.ref_of(one))]
    other = [one for one in factor.evidence if not facts.ref_of(one)]
    return (*references(known), *(run for one in other for run in (Run(text=" "), Run(text=one, code=True))))
