"""The HTML writer."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from documents import document, shown

import report_facts
from workbench.errors import ReportError
from workbench.export import docx, html, markdown
from workbench.export.document import document_of
from workbench.export.picture import svg_of
from workbench.timeline.nearby import Nearby

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from workbench.report import Facts

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_the_policy_allows_exactly_the_own_style_and_script() -> None:
    """The hashes in the policy are those of what stands in the page."""
    page = html.render(document(report_facts.facts()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    for tag in ("style", "script"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"sha256-{digest}".replace("+", "&#43;") in policy[1].replace("+", "&#43;")
    assert policy[1].startswith("default-src &#39;none&#39;")


def addresses(page: str) -> list[str]:
    """Every address that an element of the page has; what looks like one in a text is none."""
    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the name of the base class
            found.extend(value or "" for name, value in attrs if name in {"href", "src", "xlink:href", "action"})

    Parser().feed(page)
    return found


def test_hostile_text_is_only_text() -> None:
    """No element, attribute or address of it reaches the page."""
    page = html.render(document(report_facts.hostile()))
    assert page.count("<script") == 1
    assert not re.search(r"<(img|iframe|object|embed|link|form|base)\b", page)
    assert not re.search(r"<[^>]*\son\w+\s*=", page)
    assert not [address for address in addresses(page) if "javascript:" in address]


def test_headings_do_not_leap() -> None:
    """One h1, and no level is skipped on the way down."""
    page = html.render(document(report_facts.facts()))
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_reference_has_its_row() -> None:
    """No link in the page leads nowhere, and no id stands twice."""
    page = html.render(document(report_facts.facts()))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_notebook_html_and_script_never_appear() -> None:
    """Of a person's cell its text, PNG or chart is taken; HTML, SVG, JavaScript and Mermaid are not."""
    evil = "<script>window.__ran=1</script>"
    cells = [
        shown({"text/html": evil, "application/javascript": "window.__ran=1", "text/plain": "plain words"}),
        shown({"image/svg+xml": f"<svg>{evil}</svg>", "text/vnd.mermaid": "graph", "text/plain": "<Figure>"}),
        shown({"image/png": PNG, "text/plain": "x"}),
        shown({"image/png": "bm90IGEgcG5n", "text/plain": "not a picture"}),
        shown({"text/markdown": "## Own *words* <b>x</b>", "text/plain": "x"}),
    ]
    page = html.render(document(report_facts.facts(), *cells))
    assert page.count("<script") == 1
    assert "plain words" in page
    assert f'<img src="data:image/png;base64,{PNG}"' in page
    assert "not a picture" in page
    assert "Own <em>words</em> &lt;b&gt;x&lt;/b&gt;" in page
    assert "graph" not in re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)


def test_a_persons_chart_is_drawn_without_its_links() -> None:
    """A Vega-Lite output becomes an SVG; href channels and addresses are left out."""
    spec = {
        "data": {"values": [{"a": 1, "url": "javascript:alert(1)"}]}, "mark": "point",
        "encoding": {"x": {"field": "a", "type": "quantitative"}, "href": {"field": "url"}},
    }  # fmt: skip
    page = html.render(document(report_facts.facts(), shown({"application/vnd.vegalite.v6+json": spec})))
    plain = html.render(document(report_facts.facts()))
    assert page.count("<svg") == plain.count("<svg") + 1
    assert "javascript:" not in page


def test_svg_is_reduced_to_known_elements() -> None:
    """Script in a label is text, and vega's aria attributes are gone."""
    spec = {
        "data": {"values": [{"a": "<script>1</script>"}]},
        "mark": "text",
        "encoding": {"text": {"field": "a", "type": "nominal"}},
    }
    svg = svg_of(spec, name="own", title="T <b>", description="D")
    assert "<script" not in svg
    assert "aria-roledescription" not in svg
    assert 'role="img"' in svg
    assert "T &lt;b&gt;" in svg


def test_a_failed_cell_makes_no_report() -> None:
    """A notebook with an error in it is refused with a sentence."""
    notebook = report_notebook_with_error()
    with pytest.raises(ReportError, match="failed with ValueError"):
        document_of(notebook)


def report_notebook_with_error() -> object:
    """One cell that failed."""
    import nbformat

    cell = nbformat.v4.new_code_cell("1/0")
    cell.outputs = [nbformat.v4.new_output("error", ename="ValueError", evalue="x", traceback=[])]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [cell]
    return notebook


def test_own_templates_win(tmp_path: Path) -> None:
    """A team's style sheet replaces ours, and the policy follows it."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.css").write_text("body{color:teal}", encoding="utf-8")
    assert "body{color:teal}" in html.render(document(report_facts.facts()), templates=(tmp_path,))


@pytest.mark.parametrize(
    "page",
    [
        "{{ cycler.__init__.__globals__.os.getcwd() }}",
        "{% include '../secret.txt' %}",
        "<html><script>alert(1)</script></html>",
        '<script>1</script><meta http-equiv="Content-Security-Policy" content="{{ policy }}">',
        '<meta http-equiv="Content-Security-Policy" content="{{ policy }}"><meta http-equiv="refresh" content="0;x">',
    ],
)
def test_templates_from_elsewhere_run_no_code_and_keep_the_policy(tmp_path: Path, page: str) -> None:
    """They come with the incident's folder: the page's template is in the sandbox, and what it makes is looked at."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "templates" / "report").mkdir(parents=True)
    (tmp_path / "templates" / "report" / "report.html.j2").write_text(page, encoding="utf-8")
    with pytest.raises(ReportError, match="template of the page"):
        html.render(document(report_facts.facts()), templates=(tmp_path / "templates",))


def test_a_script_from_elsewhere_is_not_taken(tmp_path: Path) -> None:
    """The policy would let it run."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.js").write_text("window.theirs = 1", encoding="utf-8")
    assert "window.theirs" not in html.render(document(report_facts.facts()), templates=(tmp_path,))


def test_a_link_out_of_the_templates_is_not_followed(tmp_path: Path) -> None:
    """A style sheet that is a file of this machine."""
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (tmp_path / "templates" / "report").mkdir(parents=True)
    (tmp_path / "templates" / "report" / "report.css").symlink_to(tmp_path / "secret")
    with pytest.raises(ReportError, match="link"):
        html.render(document(report_facts.facts()), templates=(tmp_path / "templates",))


@pytest.mark.browser
@pytest.mark.parametrize("name", ["facts", "hostile", "bare"])
def test_nothing_runs_and_nothing_is_requested(name: str, chromium: Browser, tmp_path: Path) -> None:
    """In Chromium with the network open: no script of the input runs, no request is made, no policy is broken."""
    file = tmp_path / "report.html"
    file.write_text(html.render(document(getattr(report_facts, name)())), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    requests: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_timeout(200)
    assert requests == [file.as_uri()]
    assert said == []
    assert page.evaluate("window.__ran") is None
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_its_window(width: int, page: Page, tmp_path: Path) -> None:
    """Nothing scrolls sideways, on a phone neither; there the narrow chart is shown."""
    file = tmp_path / "report.html"
    file.write_text(html.render(document(report_facts.hostile())), encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {each.is_visible() for each in page.locator(".narrow").all()} == {width == 390}


@pytest.mark.browser
def test_evidence_shows_beside_its_reference(page: Page, tmp_path: Path) -> None:
    """With script, a focused reference shows its row; the filter narrows the timeline."""
    file = tmp_path / "report.html"
    file.write_text(html.render(document(report_facts.facts())), encoding="utf-8")
    page.goto(file.as_uri())
    page.locator(".figures a.ref").first.focus()
    assert "leaves its usual level" in page.locator("#pop").inner_text()
    page.get_by_label("Show rows with").fill("pagerduty")
    assert page.locator("#timeline tbody tr:visible").count() == 2


@pytest.mark.browser
def test_the_boxes_of_the_factors_are_dark_on_a_dark_page(chromium: Browser, tmp_path: Path) -> None:
    """Light words on white boxes could not be read; and the words on the coloured band stay white."""
    file = tmp_path / "report.html"
    file.write_text(html.render(document(report_facts.facts())), encoding="utf-8")
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(file.as_uri())
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    boxes = page.locator("#factors-wide-title ~ * .fill-ground").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fill)"
    )
    assert set(boxes) == {ground}
    assert page.locator("svg text[fill='white']").count() > 0
    context.close()


@pytest.mark.browser
def test_a_long_word_widens_no_table(page: Page, tmp_path: Path) -> None:
    """A path of 200 signs in the timeline and in a written table goes on in the next line."""
    base = report_facts.facts()
    word = "/v1/" + "abcdefghij" * 20
    told = f"| Wave | What |\n|---|---|\n| 1 | {word} |"
    rows = tuple(replace(one, text=word) for one in base.rows)
    file = tmp_path / "report.html"
    facts = replace(base, rows=rows, narrative={**base.narrative, "Customer impact": told})
    file.write_text(html.render(document(facts)), encoding="utf-8")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.evaluate("Math.max(...[...document.querySelectorAll('table')].map(t => t.offsetWidth))") <= 900


def test_a_paragraph_in_hebrew_runs_from_the_right() -> None:
    """The direction follows the first letter, and one foreign name in a sentence does not turn it."""
    base = report_facts.facts()
    told = {"Notes": "\u05d1\u05dc\u05d9\u05dc\u05d4 42.", "More": "Then \u05e9\u05d9\u05e8\u05d4 came."}
    page = html.render(document(replace(base, narrative={**base.narrative, **told})))
    assert page.count('dir="rtl"') == 1


def with_neighbours() -> Facts:
    """The sample with two lines around its first event, one of them hostile."""
    base = report_facts.facts()
    around = (Nearby(text="the line before", line=40), Nearby(text="own", line=41, own=True),
              Nearby(text="<script>window.__ran=1</script>", line=42))  # fmt: skip
    return replace(base, rows=(replace(base.rows[0], nearby=around), *base.rows[1:]))


def test_lines_around_the_evidence_are_readable_without_script() -> None:
    """They stand in the appendix, closed, with their numbers, and are only text; Markdown and DOCX leave them out."""
    facts = document(with_neighbours())
    page = html.render(facts)
    assert page.count('<details class="around">') == 1
    assert '<li class="own"><span class="place">41</span>' in page
    assert page.count("<script") == 1
    assert "the line before" not in markdown.render(facts, pictures="p").text
    assert b"the line before" not in docx.render(facts)


@pytest.mark.browser
def test_a_click_shows_the_lines_around(page: Page, tmp_path: Path) -> None:
    """The reference opens the raw lines as a dialogue, Escape gives the focus back, and one can still go to the row."""
    file = tmp_path / "report.html"
    file.write_text(html.render(document(with_neighbours())), encoding="utf-8")
    page.goto(file.as_uri())
    link = page.locator(".figures a.ref").first
    link.click()
    dialogue = page.get_by_role("dialog", name="The lines around E1")
    assert "the line before" in dialogue.inner_text()
    page.keyboard.press("Escape")
    assert not dialogue.is_visible()
    assert link.evaluate("one => one === document.activeElement")
    link.click()
    dialogue.get_by_role("link", name="Go to E1").click()
    assert page.url.endswith("#e1")
    assert not page.locator("#pop").is_visible()
