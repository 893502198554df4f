"""Reports from the explorer in a real JupyterLab: made beside it, shown in a frame of their own, refused with a sentence."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import ROOT, looking, visiting

from workbench.cli import _status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

LOG = "2025-11-17T14:00:00Z ERROR the pool is full\n2025-11-17T14:30:00Z INFO the pool has room\n"
EVIL = "</iframe><script>window.hit=1</script><img src=x onerror='parent.hit=1'>"
# Whether a frame can reach the page around it, and what it keeps in this browser.
REACH = """() => {
  const tried = (act) => { try { return String(act()); } catch (problem) { return problem.name; } };
  return [tried(() => parent.document.title), tried(() => document.cookie), tried(() => localStorage.length)];
}"""
SLOW = "import time; time.sleep(60)\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server; its folder holds nothing yet."""
    with visiting() as served:
        yield served


@pytest.fixture
def incident(lab, tmp_path, monkeypatch) -> Iterator[Path]:
    """A small incident in the server's folder."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    folder = lab.folder / tmp_path.name
    assert _status(["new", str(folder), "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    (folder / "narrative.md").write_text(f"# T\n\n## Executive summary\n\nThe pool ran full. {EVIL}\n")
    yield folder
    shutil.rmtree(folder)


@contextmanager
def opened(chromium: Browser, lab: Lab, folder: str) -> Iterator[Page]:
    """The desk of reports of an incident."""
    with looking(chromium, lab, f"import workbench as wb\nwb.show(wb.open_postmortem({folder!r}))") as page:
        page.wait_for_selector(".pmx[data-checked='yes']", timeout=90_000)
        page.get_by_role("tab", name="Report").click()
        page.get_by_role("combobox", name="Document").locator("option").first.wait_for(state="attached")
        yield page


@pytest.fixture
def page(lab, incident, chromium) -> Iterator[Page]:
    """The desk, with HTML alone ticked."""
    with opened(chromium, lab, incident.name) as page:
        for name in ("Markdown", "Word"):
            page.get_by_role("checkbox", name=name).uncheck()
        yield page
        assert page.evaluate("() => window.hit") is None


def make(page: Page) -> None:
    """Presses the button."""
    page.get_by_role("button", name="Make it").click()


def said(page: Page, words: str) -> str:
    """What is said of the making, once it says this."""
    page.locator(".pmx-order output").filter(has_text=re.compile(words)).wait_for(timeout=90_000)
    return page.locator(".pmx-order output").inner_text()


def shown(page: Page) -> FrameLocator:
    """The document in its frame."""
    frame = page.frame_locator(".pmx-page iframe")
    frame.locator("h1").wait_for(timeout=30_000)
    return frame


def test_a_report_is_made_while_the_explorer_answers_and_is_shown(page, incident, lab) -> None:
    """With its steps, its files as links, and the page itself, which can reach nothing of this one."""
    make(page)
    said(page, "Reading|Working|Making|Writing")
    assert page.get_by_role("progressbar", name="How far the document is").is_visible()
    page.locator(".pmx-board").focus()
    page.keyboard.press("n")
    page.locator(".pmx tr[aria-selected='true']").wait_for(state="attached")
    assert page.get_by_role("button", name="Cancel", exact=True).is_visible(), "it is still being made"
    said(page, "Made in")
    frame = shown(page)
    assert EVIL in frame.locator("body").inner_text().replace("\u200b", "")
    assert page.locator(".pmx-page iframe").get_attribute("sandbox") == "allow-scripts"
    inside = next(one for one in page.frames if one != page.main_frame)
    assert inside.evaluate(REACH) == ["SecurityError"] * 3
    assert frame.locator('meta[http-equiv="Content-Security-Policy"]').count() == 1
    frame.locator("a[href='#content']").evaluate("(link) => link.click()")
    assert frame.locator("h1").inner_text() == "T", "a link to a part of the document stays in it"
    link = page.locator(".pmx-made").get_by_role("link", name="HTML")
    assert link.get_attribute("href").endswith(f"files/{lab.path}{incident.name}/output/postmortem.html")
    with page.context.expect_page() as other:
        link.click()
    assert other.value.locator("h1").inner_text() == "T"
    assert "Up to date" in page.locator(".pmx-page").inner_text()
    (incident / "narrative.md").write_text("# T\n\n## Prevention\n\nA limit.\n")
    page.get_by_role("tab", name="Events", exact=True).click()
    page.get_by_role("tab", name="Report").click()
    page.locator(".pmx-page .pmx-stale").wait_for()
    assert "Out of date: narrative.md changed since." in page.locator(".pmx-page").inner_text()


def test_another_document_has_its_own_reader(page, incident) -> None:
    """The letter is for the public and the choice of edition is closed; the list has both, the newest first."""
    page.get_by_role("combobox", name="Edition").select_option("executive")
    make(page)
    said(page, "Made in")
    shown(page)
    page.get_by_role("combobox", name="Document").select_option("customer-followup")
    assert page.get_by_role("combobox", name="Edition").is_disabled()
    assert page.get_by_role("combobox", name="Edition").input_value() == "public"
    make(page)
    page.locator(".pmx-made li[data-name='customer-followup']").wait_for(timeout=90_000)
    names = page.locator(".pmx-made li").evaluate_all("all => all.map((one) => one.dataset.name)")
    assert names == ["customer-followup", "postmortem-executive"]
    page.get_by_role("button", name="Show Post-mortem, executive").click()
    page.locator(".pmx-page p", has_text="postmortem-executive.html").wait_for()
    assert {path.name for path in (incident / "output").glob("*.html")} == {
        "customer-followup.html", "postmortem-executive.html",
    }  # fmt: skip


def test_a_document_is_cancelled_and_nothing_is_written(page, incident) -> None:
    """A notebook of somebody's own takes a minute."""
    notebook = json.loads((ROOT / "notebooks" / "postmortem.ipynb").read_text())
    cell = next(
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", ())
    )
    cell["source"] = [SLOW, *cell["source"]]
    (incident / "notebooks").mkdir(exist_ok=True)
    (incident / "notebooks" / "postmortem.ipynb").write_text(json.dumps(notebook))
    make(page)
    said(page, "Making the document")
    page.get_by_role("button", name="Cancel", exact=True).press("Enter")
    assert "Cancelled" in said(page, "Cancelled")
    assert page.get_by_role("button", name="Make it").is_enabled()
    assert not (incident / "output" / "postmortem.html").exists()


def test_what_the_gate_refuses_is_told(page, incident) -> None:
    """A page's own template that tells an address; nothing is written, and the sentence says where to look."""
    place = incident / "templates" / "report"
    place.mkdir(parents=True)
    shipped = (ROOT / "templates" / "report" / "report.html.j2").read_text()
    (place / "report.html.j2").write_text(shipped.replace("<footer>", "<footer><p>ann.lee@example.com</p>"))
    page.get_by_role("combobox", name="Edition").select_option("public")
    make(page)
    assert said(page, "Not made") == "Not made."
    alert = page.get_by_role("alert").filter(has_text="public edition")
    assert "would tell what it must not, and was not written" in alert.inner_text()
    assert "ann.lee" not in alert.inner_text()
    assert not (incident / "output" / "postmortem-public.html").exists()


def test_a_folder_that_the_server_does_not_show(lab, tmp_path, chromium, monkeypatch) -> None:
    """The paths are said instead of links, and the page is shown all the same."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    assert _status(["new", "away", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    with opened(chromium, lab, str(tmp_path / "away")) as page:
        make(page)
        said(page, "Made in")
        assert shown(page).locator("h1").inner_text() == "T"
        assert page.locator(".pmx-made a").count() == 0
        assert f"the files are in {tmp_path / 'away' / 'output'}" in page.locator(".pmx-made").inner_text()
        inside = next(one for one in page.frames if one != page.main_frame)
        assert inside.evaluate(REACH) == ["SecurityError"] * 3


def test_there_is_no_barrier(page) -> None:
    """Axe finds nothing while a document is shown; every control has its name."""
    make(page)
    said(page, "Made in")
    shown(page)
    found = Axe().run(page, context={"include": [[".pmx"]], "exclude": [[".pmx-page iframe"]]}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
    tree = page.locator(".pmx-report").aria_snapshot()
    for words in (
        'combobox "Document"',
        'combobox "Edition"',
        'group "Formats"',
        'checkbox "HTML" [checked]',
        'region "The document"',
    ):
        assert words in tree
