"""The narrative's desk and the linter's line in a real JupyterLab: what is typed is on disk when it is called saved."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import EXECUTED, READY, ROOT, RUN, dying, looking, restarted, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab_server import Lab
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

SHOW = """
import os, pathlib, workbench as wb
pathlib.Path("kernel.pid").write_text(str(os.getpid()))
wb.show(wb.open_postmortem("."))
"""
EVIL = "</textarea></iframe><script>window.hit=1</script><img src=x onerror='window.hit=1'>"
STORY = "## What happened\n\nThe pool ran full.\n\nThen it drained."
NARRATIVE = f"# Pool\n\n<!-- kept -->\n{STORY}\n\n## {EVIL}\n\nOurs.\n"
COUNT = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"
SELECTED = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        sample = ROOT / "sample_data" / "connection-pool"
        shutil.copytree(sample, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture
def page(lab, chromium) -> Iterator[Page]:
    """The desk of the narrative, on a short one with windows' line ends at its head."""
    put(lab.folder, NARRATIVE)
    with looking(chromium, lab, SHOW) as page:
        opened(page)
        yield page
        assert page.evaluate("() => window.hit") is None


def opened(page: Page) -> None:
    """The desk with its sections, once the first check is done."""
    page.wait_for_selector(".pmx[data-checked='yes']", timeout=90_000)
    page.get_by_role("tab", name="Narrative").click()
    part(page, "What happened").wait_for()


def part(page: Page, name: str) -> Locator:
    """A section of the desk."""
    return page.locator(".pmx-part", has=page.get_by_role("heading", name=name, exact=True))


def said(page: Page, name: str, words: str) -> str:
    """What is said of saving a section, once it says this."""
    status = part(page, name).locator("output")
    status.filter(has_text=re.compile(words)).wait_for(timeout=15_000)
    return status.inner_text()


def put(folder: Path, words: str) -> None:
    """Somebody else writes narrative.md, with the line ends of Windows."""
    (folder / "narrative.md").write_bytes(words.replace("\n", "\r\n").encode())


def text(folder: Path) -> str:
    """What stands in narrative.md, every line of which still ends as on Windows."""
    found = (folder / "narrative.md").read_bytes().decode()
    assert found.count("\n") == found.count("\r\n")
    return found.replace("\r\n", "\n")


def write(page: Page, name: str, words: str) -> Locator:
    """Types at the end of a section."""
    field = part(page, name).locator("textarea")
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    return field


def test_a_section_is_saved_by_key_by_leaving_it_and_undone(page, lab) -> None:
    """The rest of the file stays to the byte; no key reaches JupyterLab, where Ctrl+Enter would run the cell."""
    before = page.evaluate(EXECUTED), page.evaluate(COUNT)
    write(page, "What happened", " Twice.  ")
    assert text(lab.folder) == NARRATIVE
    page.keyboard.press("Control+Enter")
    assert re.fullmatch(r"Saved \d\d:\d\d:\d\d", said(page, "What happened", "Saved"))
    assert text(lab.folder) == NARRATIVE.replace("drained.", "drained. Twice.")
    page.keyboard.press("Control+a")
    page.keyboard.type("babx dd")
    page.keyboard.press("Tab")
    said(page, "What happened", "Saved")
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'")
    assert text(lab.folder) == NARRATIVE.replace(STORY, "## What happened\n\nbabx dd")
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
        page.wait_for_timeout(500)
    assert text(lab.folder) == NARRATIVE
    assert part(page, "What happened").locator("textarea").input_value().endswith("drained.")
    assert (page.evaluate(EXECUTED), page.evaluate(COUNT)) == before


def test_a_section_that_nobody_has_begun_is_offered_at_its_place(page, lab) -> None:
    """With what it is for; and one of your own can be added. Both are in the file when they are saved."""
    offered = part(page, "Immediate cause")
    assert "not in the file yet" in offered.inner_text()
    assert "What gave way" in offered.inner_text()
    offered.locator("textarea").fill("A limit.")
    offered.get_by_role("button", name="Save").press("Enter")
    said(page, "Immediate cause", "Saved")
    assert "drained.\n\n## Immediate cause\n\nA limit.\n\n## </textarea>" in text(lab.folder)
    assert "not in the file yet" not in offered.inner_text()
    page.get_by_role("textbox", name="Heading of a new section").fill("Our *own* part")
    page.keyboard.press("Enter")
    page.keyboard.type("Mine.")
    page.keyboard.press("Control+Enter")
    said(page, "Our *own* part", "Saved")
    assert text(lab.folder).endswith("Ours.\n\n## Our \\*own\\* part\n\nMine.\n")


def test_what_would_begin_another_section_is_refused_and_kept(page, lab) -> None:
    """It says what to mend; mended, it is saved."""
    write(page, "What happened", "\n\n## More")
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    assert "“More” is a heading that would begin a section of its own" in alert.inner_text()
    assert text(lab.folder) == NARRATIVE
    page.keyboard.press("Home")
    page.keyboard.type("#")
    alert.get_by_role("button", name="Try again").click()
    said(page, "What happened", "Saved")
    assert "drained.\n\n### More\n" in text(lab.folder)
    assert page.locator(".pmx-unsaved p").count() == 0


def test_the_linter_stands_beside_the_section_while_one_types(page, lab) -> None:
    """Before anything is saved; the words are underlined, a click goes to them, and the rule says why."""
    field = write(page, "What happened", " Ann should have looked. TODO")
    found = part(page, "What happened").get_by_role("list", name="Findings in What happened")
    found.get_by_text("“should have looked”").wait_for()
    assert text(lab.folder) == NARRATIVE
    assert part(page, "What happened").locator("mark").all_inner_texts() == ["should have looked", "TODO"]
    assert found.locator("li").evaluate_all("all => all.map((one) => one.dataset.code)") == ["PM601", "PM803"]
    found.get_by_role("button", name="Why PM601").click()
    assert "ends the search for sense" in found.inner_text()
    assert "To mend it:" in found.inner_text()
    found.get_by_role("button", name=re.compile("^“should")).click()
    assert field.evaluate(SELECTED) == "should have looked"
    page.keyboard.type("looked")
    page.wait_for_function("() => !document.querySelector('.pmx-part li[data-code=PM601]')")


def test_the_line_says_what_is_found_and_leads_to_it(page) -> None:
    """After a save it is worked out anew; a finding in the list opens its desk with the caret at the words."""
    write(page, "What happened", " TODO")
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "Saved")
    page.locator(".pmx-check", has_text="2 errors").wait_for(timeout=30_000)  # this one, and that there is no summary
    page.get_by_role("tab", name="Events", exact=True).click()
    page.locator(".pmx-check").focus()
    page.keyboard.press("Enter")
    listed = page.get_by_role("region", name="What workbench check finds")
    assert "narrative.md" in listed.locator("h4").all_inner_texts()
    listed.get_by_role("button", name="“TODO” stands in it.").press("Enter")
    assert page.get_by_role("tab", name="Narrative").get_attribute("aria-selected") == "true"
    assert part(page, "What happened").locator("textarea").evaluate(SELECTED) == "TODO"
    assert listed.is_hidden()
    page.locator(".pmx-check").click()
    page.keyboard.press("Escape")
    assert listed.is_hidden()
    assert page.evaluate("() => document.activeElement.className").startswith("pmx-check")


def test_a_finding_elsewhere_leads_to_its_desk_and_the_post_mortem_is_due(page, lab) -> None:
    """To the action item, to the fact; and it is said when the post-mortem was to be held while nobody wrote that it was."""
    kept = {name: (lab.folder / name).read_text() for name in ("incident.toml", "actions.toml")}
    for name, words in kept.items():
        lines = [line for line in words.splitlines() if not line.startswith(("cause", "postmortem_held"))]
        more = ["[[action]]", 'id = "X-1"', 'action = "TODO"'] if name == "actions.toml" else []
        (lab.folder / name).write_text("\n".join([*lines, *more, ""]))
    write(page, "What happened", " More.")
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "Saved")
    page.locator(".pmx-check", has_text="post-mortem was due 19 Nov 2025").wait_for(timeout=30_000)
    page.wait_for_selector(".pmx[data-checked='yes']")
    for words, tab, place in (
        ("X-1 has no owner.", "Actions", "document.activeElement.closest('tr')?.innerText.includes('X-1')"),
        ("incident.toml names no cause class.", "Facts", "document.activeElement.closest('[data-fact]')?.dataset.fact === 'cause'"),
    ):  # fmt: skip
        page.locator(".pmx-check").click()
        page.locator(".pmx-findings").get_by_role("button", name=words).click()
        page.wait_for_function(f"() => {place}")
        assert page.get_by_role("tab", name=tab).get_attribute("aria-selected") == "true"
    for name, words in kept.items():
        (lab.folder / name).write_text(words)


def test_an_event_is_put_in_as_a_reference_by_button_and_by_drag(page, lab) -> None:
    """As source and line, set as code, which is how the narrative cites evidence and the linter finds it."""
    field = write(page, "What happened", "")
    part(page, "What happened").get_by_role("button", name="Insert reference").click()
    assert "Choose an event first" in said(page, "What happened", "Choose")
    row = page.locator(".pmx tr[data-place]").nth(3)
    row.click()
    write(page, "What happened", " See")
    part(page, "What happened").get_by_role("button", name="Insert reference").press("Enter")
    assert re.search(r" See `[\w./-]+:\d+`$", field.input_value())
    page.keyboard.press("Control+z")
    assert field.input_value().endswith(" See")
    row.locator("td").nth(3).drag_to(field)
    page.wait_for_function(
        "() => /`[\\w./-]+:\\d+`/.test(document.querySelector('textarea[aria-label=\"What happened\"]').value)"
    )
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "Saved")
    assert re.search(r"`[\w./-]+:\d+`", text(lab.folder))


def test_what_others_wrote_meanwhile_is_shown_beside_ones_own(page, lab) -> None:
    """Nothing is written over them before somebody has seen both; and theirs can be taken."""
    theirs = NARRATIVE.replace("The pool ran full.", "Theirs.")
    write(page, "What happened", " Mine.")
    put(lab.folder, theirs)
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "NOT SAVED")
    both = part(page, "What happened").get_by_role("group", name="The text in the file")
    assert "Theirs." in both.inner_text()
    assert text(lab.folder) == theirs
    both.get_by_role("button", name="Save mine over it").click()
    said(page, "What happened", "Saved")
    assert "The pool ran full.\n\nThen it drained. Mine." in text(lab.folder)
    assert both.is_hidden()
    write(page, "What happened", " More.")
    put(lab.folder, theirs)
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "NOT SAVED")
    both.get_by_role("button", name="Take what is in the file").click()
    assert part(page, "What happened").locator("textarea").input_value() == "Theirs.\n\nThen it drained."
    assert page.locator(".pmx-unsaved p").count() == 0
    assert text(lab.folder) == theirs


def test_without_a_kernel_the_text_is_kept_and_there_again(page, lab) -> None:
    """It says so within seconds; when the cell has run in a new kernel the text stands in its field, not saved."""
    write(page, "What happened", " Kept.")
    with dying(lab.folder):
        page.keyboard.press("Control+Enter")
        said(page, "What happened", "NOT SAVED")
    assert "The kernel does not answer" in page.get_by_role("alert").filter(has_text="NOT SAVED").inner_text()
    restarted(page)
    page.evaluate(READY)
    page.evaluate(RUN)
    opened(page)
    field = part(page, "What happened").locator("textarea")
    assert field.input_value().endswith("drained. Kept.")
    assert "not saved yet" in said(page, "What happened", "not saved")
    assert text(lab.folder) == NARRATIVE
    field.focus()
    page.keyboard.press("Control+Enter")
    said(page, "What happened", "Saved")
    assert "drained. Kept." in text(lab.folder)


def test_hostile_words_are_words_and_nothing_is_a_barrier(page) -> None:
    """A heading and a text that look like markup are shown as they are; axe finds nothing, with the list open too."""
    assert part(page, EVIL).locator("textarea").input_value() == "Ours."
    write(page, EVIL, f" {EVIL} TODO `x`")
    part(page, EVIL).get_by_text("“TODO”").wait_for()
    part(page, EVIL).get_by_role("button", name="Why PM803").click()
    page.keyboard.press("Escape")
    page.locator(".pmx-check").click()
    found = Axe().run(page, context=".pmx").response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
    assert page.evaluate("() => window.hit") is None
