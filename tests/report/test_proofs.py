"""Figures and what proves them."""

from __future__ import annotations

from dataclasses import replace

import report_facts
from workbench.model import SourceReport
from workbench.report import content
from workbench.report.blocks import BulletList, KeyFigures, Table
from workbench.report.claims import claims
from workbench.report.proofs import REFS, impact_proofs, other_proofs


def with_basis(basis: str):
    """The sample, whose failed requests were counted in the source that the basis names."""
    base = report_facts.facts()
    return replace(base, impact={**base.impact, "requests": {**base.impact["requests"], "basis": basis}})


def test_a_figure_names_the_sources_that_its_basis_names_with_their_hashes() -> None:
    """And those that rest on the same count name them too."""
    found = {one.ref: one.proofs for one in impact_proofs(with_basis("Answers of 500 in web-1/access.log.gz"))}
    assert [(one.place, one.sha256) for one in found["F1"]] == [("web-1/access.log.gz", "a3" * 32)]
    assert found["F2"] == found["F1"] == found["F5"]


def test_a_longer_path_is_not_taken_for_a_shorter_one() -> None:
    """`slack.zip` is no source of a figure that was counted in `old-slack.zip`."""
    facts = with_basis("Counted in old-slack.zip only")
    old = SourceReport(path="old-slack.zip", format="Slack export", kind="chat", events=1, sha256="d6" * 32)
    found = impact_proofs(replace(facts, sources=(*facts.sources, old)))
    assert [one.place for one in found[0].proofs] == ["old-slack.zip"]


def test_every_reference_of_a_figure_has_its_row() -> None:
    """What is told on page one and in the sections is found in one of the two tables."""
    sections = content(report_facts.facts()).sections
    blocks = [block for section in sections for block in section.blocks]
    told = {ref for block in blocks if isinstance(block, KeyFigures) for one in block.figures for ref in one.refs}
    told |= {run.ref for block in blocks if isinstance(block, BulletList) for item in block.items for run in item.text}
    rows = {row.anchor for block in blocks if isinstance(block, Table) for row in block.rows}
    figures = {ref for ref in told if ref in REFS.values()}
    assert {"F1", "F2", "F3", "F4", "F5"} <= figures
    assert figures <= rows


def test_what_is_not_known_is_referred_to_by_nobody() -> None:
    """A bare incident has no alerts, no updates and no items to prove."""
    assert other_proofs(report_facts.bare()) == []


def test_a_claim_is_plain_and_has_one_key() -> None:
    """Rows, moments, intervals, figures and alerts; no key comes twice."""
    keys = [one.key for one in claims(report_facts.facts())]
    assert len(keys) == len(set(keys))
    assert {"milestone started", "interval time_to_mitigate", "impact requests", "alert HighErrorRate"} <= set(keys)
