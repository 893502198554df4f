"""Judging in a real JupyterLab: nothing is called saved before it is on disk, and what is not saved is not lost."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from judged_lab import SHOW, SLOW, again, lines, opened, press, status
from lab_server import ROOT, dying, looking, restarted, visiting

from workbench.store import journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        sample = ROOT / "sample_data" / "connection-pool"
        shutil.copytree(sample, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture
def page(lab, chromium) -> Iterator[Page]:
    """The incident's explorer with nothing judged, the first error in its panel."""
    for name in (journal.NAME, "slow"):
        (lab.folder / name).unlink(missing_ok=True)
    with looking(chromium, lab, SLOW, SHOW) as page:
        opened(page)
        yield page


def test_a_pin_is_on_disk_before_it_is_called_saved_and_there_when_the_cell_runs_again(page, lab) -> None:
    """While the disk is slow it is being saved; then the line is there, the row has its mark, and Undo takes it back."""
    (lab.folder / "slow").write_text("1")
    press(page, "Pin")
    assert status(page, "Saving") == "Saving …"
    assert lines(lab.folder) == []
    said = status(page, "Saved")
    (line,) = lines(lab.folder)
    assert said == f"Saved {line['time'][11:19]}"
    (lab.folder / "slow").unlink()
    assert line["verb"] == "pin"
    assert page.locator(".pmx tr[aria-selected='true'] .pmx-mark").inner_text() == "pinned"
    again(page)
    assert page.get_by_role("list", name="Judgements").inner_text().startswith(f"Pinned ({line['author']}, ")
    assert page.locator(".pmx tr[aria-selected='true'] .pmx-mark").inner_text() == "pinned"
    press(page, "Unpin")
    status(page, "Saved")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Unpin").wait_for()
    assert [each["verb"] for each in lines(lab.folder)] == ["pin", "unpin", "pin"]


def test_a_slow_kernel_is_not_saved_until_it_is(page, lab) -> None:
    """Tried again while it is still at it, the judgement is written once, and the alarm ends by itself."""
    (lab.folder / "slow").write_text("4")
    press(page, "Pin")
    status(page, "NOT SAVED")
    page.get_by_role("button", name="Try again").click()
    status(page, "Saved")
    assert page.locator(".pmx-unsaved p").count() == 0
    assert [each["verb"] for each in lines(lab.folder)] == ["pin"]
    (lab.folder / "slow").write_text("3")
    press(page, "Unpin")
    status(page, "NOT SAVED")
    status(page, "Saved")
    assert page.locator(".pmx-unsaved p").count() == 0
    assert [each["verb"] for each in lines(lab.folder)] == ["pin", "unpin"]


def test_keys_and_forms_judge_and_there_is_no_barrier(page, lab) -> None:
    """H asks for a reason, C for a note; axe finds nothing with a field open."""
    page.keyboard.press("h")
    page.keyboard.type("a probe")
    page.locator(".pmx-judging").get_by_role("button", name="Save").press("Enter")
    status(page, "Saved")
    page.locator(".pmx table").focus()
    page.keyboard.press("c")
    page.keyboard.type("<img src=x onerror='window.hit=1'>")
    found = Axe().run(page, context=".pmx").response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
    press(page, "Save")
    page.locator(".pmx-judging li", has_text="<img src=x").wait_for()
    page.get_by_role("button", name="Unhide").wait_for()
    assert [(each["verb"], each["value"]) for each in lines(lab.folder)] == [
        ("hide", "a probe"), ("note", "<img src=x onerror='window.hit=1'>"),
    ]  # fmt: skip
    assert page.evaluate("() => window.hit") is None


def test_what_others_said_meanwhile_is_shown_and_the_text_is_kept(page, lab) -> None:
    """Nothing is written over them; whoever has seen both may save all the same."""
    page.keyboard.press("c")
    page.keyboard.type("mine")
    press(page, "Pin")
    status(page, "Saved")
    (line,) = lines(lab.folder)
    theirs = journal.judge(event=line["event"], verb="note", value="theirs", author="Bo")
    journal.append(lab.folder, theirs)
    press(page, "Save")
    status(page, "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    assert "Meanwhile Bo wrote a note" in alert.inner_text()
    assert "theirs" in page.get_by_role("list", name="Judgements").inner_text()
    assert page.locator(".pmx-judging textarea").input_value() == "mine"
    assert len(lines(lab.folder)) == 2
    alert.get_by_role("button", name="Try again").click()
    status(page, "Saved")
    assert [each["value"] for each in lines(lab.folder)] == [None, "theirs", "mine"]
    assert page.locator(".pmx-unsaved p").count() == 0


def test_the_row_of_a_text_that_is_not_saved_says_so(page, lab) -> None:
    """From the first letter on, after Escape, and when the cell runs again; until it is saved, or forgotten."""
    begun = page.locator(".pmx tr[aria-selected='true'] .pmx-begun")
    page.keyboard.press("c")
    page.keyboard.type("m")
    assert begun.inner_text() == "note not saved"
    page.keyboard.press("Escape")
    again(page)
    assert begun.inner_text() == "note not saved"
    assert page.locator(".pmx-judging textarea").input_value() == "m"
    press(page, "Save")
    status(page, "Saved")
    begun.wait_for(state="detached")
    press(page, "Words…")
    page.keyboard.type("other words")
    begun.wait_for()
    press(page, "Cancel")
    begun.wait_for(state="detached")
    assert [each["value"] for each in lines(lab.folder)] == ["m"]


def test_without_a_kernel_it_is_not_saved_and_the_text_is_kept(page, lab) -> None:
    """It says so within seconds; the text is in the field, and there again when the cell has run in a new kernel."""
    page.keyboard.press("c")
    page.keyboard.type("the pool was full")
    with dying(lab.folder):
        page.locator(".pmx-judging").get_by_role("button", name="Save").press("Enter")
        status(page, "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    assert "The kernel does not answer" in alert.inner_text()
    assert alert.get_by_role("button", name="Try again").count() == 1
    assert page.locator(".pmx-judging textarea").input_value() == "the pool was full"
    assert lines(lab.folder) == []
    restarted(page)
    again(page)
    assert page.locator(".pmx-judging textarea").input_value() == "the pool was full"
    press(page, "Save")
    status(page, "Saved")
    assert [each["value"] for each in lines(lab.folder)] == ["the pool was full"]
