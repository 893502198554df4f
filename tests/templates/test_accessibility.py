"""Accessibility: axe-core finds nothing in any document; in the dark, in those that hold every kind of block."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from filled import filled

import report_facts
from workbench.documents.template import template_paths
from workbench.export import html

# WCAG 2.0 to 2.2, levels A and AA, and what axe's makers hold for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(chromium, file, scheme: str) -> list[str]:
    """What axe finds in a page, each with the first place. The page's policy has to let axe in."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(file.as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    context.close()
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "scheme"), [*((name, "light") for name in template_paths()), ("postmortem", "dark"), ("meeting", "dark")]
)
def test_axe_finds_nothing_in_a_document(name: str, scheme: str, chromium, tmp_path) -> None:
    """Each shipped document of a whole incident."""
    file = tmp_path / "page.html"
    file.write_text(html.render(filled(name, report_facts.facts())), encoding="utf-8")
    assert violations(chromium, file, scheme) == []


@pytest.mark.browser
@pytest.mark.parametrize("facts", [report_facts.hostile, report_facts.bare])
def test_axe_finds_nothing_in_an_odd_report(facts, chromium, tmp_path) -> None:
    """Nor where everything is hostile, or nothing is known."""
    file = tmp_path / "page.html"
    file.write_text(html.render(filled("postmortem", facts())), encoding="utf-8")
    assert violations(chromium, file, "light") == []
