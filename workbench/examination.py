"""Examination: an incident held against the lint rules, and detectors tried on its files; for scripts and notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.check.case import ACTIONS, FACTORS, INCIDENT, SOURCES, TOLD, Case
from workbench.errors import WorkbenchError
from workbench.store.narrative_file import read_text
from workbench.store.toml_file import read_toml

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.backtest import Verdict
    from workbench.postmortem import Postmortem

FINDING_COLUMNS = ("code", "level", "file", "line", "key", "message", "waived")
RULE_COLUMNS = (
    "rule", "fired", "gained_minutes_least", "gained_minutes_most", "false_alarms", "hours_without_the_incident",
    "seen",
)  # fmt: skip


def case_of(postmortem: Postmortem) -> Case:
    """Everything that the rules look at."""
    from workbench.analysis.candidates import status_updates
    from workbench.store.actions_file import read_actions
    from workbench.store.factors_file import read_factors

    folder = postmortem.folder.path
    factors, measures = read_factors(folder), postmortem.measures
    findings = measures.findings
    return Case(
        incident=postmortem.incident,
        factors=factors,
        actions=read_actions(folder),
        narrative=read_text(folder),
        files={name: read_toml(folder / name) for name in (INCIDENT, FACTORS, ACTIONS, SOURCES)},
        reports=postmortem.sources,
        unrecognised=postmortem.loaded.unrecognised,
        broken=postmortem.broken_judgements,
        measures=measures,
        impact=postmortem.impact,
        silences=postmortem.silences,
        cited=_cited(postmortem.events, {one for factor in factors for one in factor.evidence}),
        updates=[
            (str(fact.evidence), fact.message, fact.action.removeprefix("status."))
            for fact in status_updates(findings.rows, findings.scope)
        ],
        data_as_of=max((report.last for report in postmortem.sources if report.last), default=0),
    )


def _cited(events: pd.DataFrame, cited: set[str]) -> dict[str, tuple[int, int] | None]:
    """The events that are cited, by what cites them: an id, or ``source:line``."""
    if not cited or not len(events):
        return {}
    lines = {place.rpartition(":")[2] for place in cited}
    near = events[events["id"].isin(cited) | events["line"].astype(str).isin(lines)]
    found: dict[str, tuple[int, int] | None] = {}
    columns = (near[name] for name in ("id", "source", "line", "kind", "earliest", "latest"))
    for identity, source, line, kind, first, last in zip(*columns, strict=True):
        for name in {identity, f"{source}:{line}"} & cited:
            found.setdefault(name, None if kind in TOLD else (first.value, last.value))
    return found


def findings(postmortem: Postmortem) -> pd.DataFrame:
    """What the lint rules find in an incident, the waived ones too: code, level, file, line, key, message, waived."""
    import pandas as pd

    from workbench.check.lint import lint

    rows = []
    for one in lint(case_of(postmortem)):
        place = one.place
        rows.append((one.code, str(one.level), place.file, place.line, place.key, one.message, one.waived))
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def verdicts(postmortem: Postmortem, rules: tuple[str, ...] = ()) -> list[Verdict]:
    """What each rule would have done, or the best of those that the files suggest.

    Raises WorkbenchError where nobody knows when the incident started, or a rule cannot be read.
    """
    from workbench.analysis.trial import trials

    milestones = postmortem.measures.findings.milestones
    tried = trials(postmortem.events, postmortem.metrics, postmortem.impact.curve, milestones, rules)
    if tried is None:
        raise WorkbenchError(
            f"when the incident started is not known: {milestones['started'].why}",
            next_step="Write started into [milestones] of incident.toml.",
        )
    return tried


def backtest(postmortem: Postmortem, *rules: str) -> pd.DataFrame:
    """The same as a table: when each rule fired (UTC), minutes gained, least and most, and how often in vain."""
    import pandas as pd

    rows = []
    for one in verdicts(postmortem, rules):
        least, most = one.gained or (None, None)
        rows.append((one.rule, one.fired, least, most, one.false_alarms, one.hours, one.seen))
    table = pd.DataFrame(rows, columns=list(RULE_COLUMNS))
    return table.assign(fired=pd.to_datetime(table["fired"].astype("Int64"), utc=True))
