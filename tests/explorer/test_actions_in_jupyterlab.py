"""The action-item table in a real JupyterLab: edited in place with the keyboard, saved when it is on disk, nothing lost."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from desks import SHOW, SLOW, again, barriers, opened, said, settled
from lab_server import ROOT, dying, looking, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

SAMPLE = ROOT / "sample_data" / "connection-pool"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        shutil.copytree(SAMPLE, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture
def file(lab):
    """actions.toml as it was delivered, with a comment in it."""
    (lab.folder / "slow").unlink(missing_ok=True)
    path = lab.folder / "actions.toml"
    text = (SAMPLE / "actions.toml").read_text("utf-8")
    path.write_text("# ours\n\n" + text.replace('owner = "Priya Nair"', 'owner  =  "Priya Nair" # asked', 1), "utf-8")
    return path


@pytest.fixture
def page(lab, file, chromium) -> Iterator[Page]:
    """The desk on one page; nothing off this machine is asked for, and JupyterLab got none of the keys."""
    with looking(chromium, lab, SLOW, SHOW) as page:
        opened(page, "actions")
        yield page
        assert page.evaluate(CELLS) == 2
        assert list(file.parent.glob("*.conflict-*")) == []


def cell(page: Page, item: str, column: str) -> Locator:
    """A cell of the table."""
    return (
        page.locator(".pmx-actions tbody tr")
        .filter(has=page.get_by_role("rowheader", name=item))
        .locator(f"[data-column={column}]")
    )


def status(page: Page, words: str) -> str:
    """What the table's bar says."""
    return said(page.locator(".pmx-act-said"), words)


def ids(page: Page) -> list[str]:
    """The items in the order that is seen."""
    return page.locator(".pmx-actions tbody th .pmx-cell-text").all_inner_texts()


def test_a_cell_is_edited_in_place_and_the_rest_of_the_file_stays(page, file) -> None:
    """F2 opens it, a day that is none stays in the field with a sentence, Enter saves, undo and redo go through it."""
    before = file.read_text("utf-8")
    due = cell(page, "OPS-103", "due")
    due.click()
    page.keyboard.press("F2")
    page.keyboard.type("2025-02-30")
    page.keyboard.press("Enter")
    assert due.locator(".pmx-cell-wrong").inner_text() == "“2025-02-30” is no day: write it like 2025-12-01."
    assert due.locator("input").input_value() == "2025-02-30"
    assert due.locator("input").get_attribute("aria-invalid") == "true"
    assert file.read_text("utf-8") == before
    due.locator("input").fill("2025-11-20")
    page.keyboard.press("Enter")
    status(page, "Saved")
    changed = before.replace("due = 2025-12-12", "due = 2025-11-20")
    assert file.read_text("utf-8") == changed
    due.get_by_text("2025-11-20").wait_for()
    cell(page, "OPS-103", "action").get_by_text("PM506 OPS-103 was due on 2025-11-20").wait_for()
    assert "1 overdue as of 2025-11-25" in page.locator(".pmx-act-totals").inner_text()
    assert due.evaluate("each => each === document.activeElement")
    page.keyboard.press("Control+z")
    due.get_by_text("2025-12-12").wait_for()
    assert file.read_text("utf-8") == before
    page.keyboard.press("Control+Shift+Z")
    due.get_by_text("2025-11-20").wait_for()
    assert file.read_text("utf-8") == changed


def test_esc_leaves_a_cell_and_tab_goes_on(page, file) -> None:
    """Cell after cell is saved, though the disk is slow; the arrows move, and on the names of the columns too."""
    before = file.read_text("utf-8")
    cell(page, "OPS-105", "owner").click()
    page.keyboard.press("Enter")
    page.keyboard.type("Nobody")
    page.keyboard.press("Escape")
    assert cell(page, "OPS-105", "owner").inner_text() == "Jonas Weber"
    (file.parent / "slow").write_text("1")
    page.keyboard.press("Enter")
    page.keyboard.type("Bo")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # from P2 to P3
    page.keyboard.press("Tab")
    page.keyboard.type("mit")
    page.keyboard.press("Shift+Tab")
    assert cell(page, "OPS-105", "priority").locator("select").input_value() == "P3"
    page.keyboard.press("Escape")
    assert "OPS-105" in status(page, "Saving")
    page.wait_for_function("() => !document.querySelector('.pmx-pending')")
    status(page, "Saved")
    wanted = before.replace(
        'owner = "Jonas Weber"\npriority = "P2"\nkind = "prevent"', 'owner = "Bo"\npriority = "P3"\nkind = "mitigate"'
    )
    assert file.read_text("utf-8") == wanted
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert cell(page, "OPS-104", "kind").evaluate("each => each === document.activeElement")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.get_by_role("columnheader", name="Kind").get_attribute("aria-sort") == "ascending"


def test_items_are_added_doubled_and_removed_and_all_of_it_is_undone(page, file) -> None:
    """The new id is in the style of those there; what was removed comes back byte for byte."""
    before = file.read_text("utf-8")
    page.get_by_role("button", name="Add", exact=True).click()
    page.keyboard.press("Enter")
    page.locator(".pmx-cell-wrong", has_text="Say what will be done.").wait_for()
    page.keyboard.type("Limit the pool's queue")
    page.keyboard.press("Tab")
    page.keyboard.type("Bo")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('.pmx-pending')")
    settled(page)
    added = '\n[[action]]\nid = "OPS-107"\naction = "Limit the pool\'s queue"\nowner = "Bo"\n'
    assert file.read_text("utf-8") == before + added
    assert "OPS-107 has no due day." in cell(page, "OPS-107", "action").inner_text()
    page.get_by_role("button", name="Duplicate OPS-107").click()
    cell(page, "OPS-108", "action").wait_for()
    assert file.read_text("utf-8").endswith(
        'id = "OPS-108"\naction = "Limit the pool\'s queue"\nowner = "Bo"\nstatus = "open"\n'
    )
    cell(page, "OPS-101", "owner").click()
    page.get_by_role("button", name="Remove OPS-101").click()
    status(page, "OPS-101 is removed. Undo brings it back.")
    assert ids(page)[0] == "OPS-102"
    page.get_by_text("named by pool-unwatched").wait_for()
    for _ in range(4):
        page.get_by_role("button", name="Undo").click()
        settled(page)
        page.wait_for_timeout(300)
    assert file.read_text("utf-8") == before
    assert ids(page) == [f"OPS-{number}" for number in range(101, 107)]


def test_sorting_and_filtering_are_for_the_eye_only(page, file) -> None:
    """The file keeps its order."""
    before = file.read_bytes()
    head = page.get_by_role("columnheader", name="Owner")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert ids(page) == ["OPS-103", "OPS-106", "OPS-105", "OPS-102", "OPS-101", "OPS-104"]
    head.get_by_role("button").click()
    assert ids(page)[0] in {"OPS-101", "OPS-104"}
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    page.get_by_label("Open only").check()
    assert ids(page) == ["OPS-103", "OPS-104", "OPS-105", "OPS-106"]
    assert file.read_bytes() == before


def test_the_trackers_word_is_taken_over_and_its_issues_are_added(page, file) -> None:
    """Both by a button; the file then says what the tracker says."""
    text = file.read_text("utf-8").replace('status = "done"', 'status = "open"', 1)
    file.write_text(text[: text.index('\n[[action]]\nid = "OPS-106"')], encoding="utf-8")
    page.locator("[data-desk=events]").click()
    opened(page, "actions")
    assert cell(page, "OPS-101", "tracker").inner_text().startswith("Done on 2025-11-20 (differs)")
    cell(page, "OPS-101", "tracker").click()
    page.keyboard.press("Enter")
    cell(page, "OPS-101", "status").get_by_text("done").wait_for()
    page.get_by_role("button", name="Add OPS-106").first.click()
    cell(page, "OPS-106", "due").get_by_text("2026-02-13").wait_for()
    said_now = file.read_text("utf-8")
    assert said_now.count('status = "done"') == 2
    assert said_now.endswith('owner = "Aiko Tanaka"\ndue = 2026-02-13\nstatus = "open"\npriority = "P3"\n')
    assert page.get_by_role("button", name="Add OPS-106").count() == 0


def test_what_others_wrote_meanwhile_is_shown_beside_what_was_typed(page, file) -> None:
    """Nothing is written over them; whoever has seen both may save all the same."""
    owner = cell(page, "OPS-104", "owner")
    owner.dblclick()
    page.keyboard.type("mine")
    file.write_text(
        file.read_text("utf-8").replace('priority = "P1"\nkind = "detect"', 'priority = "P0"\nkind = "detect"'), "utf-8"
    )
    theirs = file.read_bytes()
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    alert.wait_for()
    assert "Meanwhile OPS-104 was changed; it now says" in alert.inner_text()
    assert owner.locator(".pmx-cell-text").inner_text() == "mine"
    assert "Not saved. On disk: Priya Nair." in owner.inner_text()
    assert cell(page, "OPS-104", "priority").inner_text() == "P0"
    assert file.read_bytes() == theirs
    alert.get_by_role("button", name="Try again").click()
    status(page, "Saved")
    assert file.read_bytes().decode() == theirs.decode().replace(
        'owner = "Priya Nair"\npriority = "P0"\nkind = "detect"\ndue = 2025-11-28',
        'owner = "mine"\npriority = "P0"\nkind = "detect"\ndue = 2025-11-28',
    )
    assert page.locator(".pmx-unsaved p").count() == 0


def test_without_a_kernel_it_is_not_saved_and_the_text_is_kept(page, file) -> None:
    """It is there again when the cell has run in a new kernel, and is saved then."""
    before = file.read_bytes()
    with dying(file.parent):
        cell(page, "OPS-104", "owner").dblclick()
        page.keyboard.type("Cem")
        page.keyboard.press("Enter")
        status(page, "NOT SAVED")
    assert "The text is kept" in page.get_by_role("alert").filter(has_text="NOT SAVED").inner_text()
    assert file.read_bytes() == before
    again(page, "actions")
    owner = cell(page, "OPS-104", "owner")
    assert owner.locator(".pmx-cell-text").inner_text() == "Cem"
    assert "Not saved. On disk: Priya Nair." in owner.inner_text()
    owner.click()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    status(page, "Saved")
    assert file.read_bytes() == before.replace(
        b'owner = "Priya Nair"\npriority = "P1"', b'owner = "Cem"\npriority = "P1"'
    )


def test_hostile_text_is_text_and_there_is_no_barrier(page) -> None:
    """A link that is no address of the web leads nowhere; axe finds nothing while a cell is wrong."""
    for column, text in (("action", "<img src=x onerror='window.hit=1'>"), ("link", "javascript:window.hit=1")):
        cell(page, "OPS-105", column).dblclick()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        cell(page, "OPS-105", column).get_by_text(text).wait_for()
    status(page, "Saved")
    assert cell(page, "OPS-105", "link").locator("a").count() == 0
    assert (
        cell(page, "OPS-104", "link").locator("a").get_attribute("href") == "https://jira.shop.example/browse/OPS-104"
    )
    cell(page, "OPS-103", "due").dblclick()
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    assert barriers(page) == []
    assert page.evaluate("() => window.hit") is None
    tree = page.locator(".pmx-actions").aria_snapshot()
    assert re.search(r'grid "Action items"', tree)
    assert 'textbox "Due of OPS-103"' in tree


def test_a_damaged_file_is_said_and_cannot_be_written_into(page, file) -> None:
    """The sentence has the line; when it is mended the table is there again."""
    good = file.read_bytes()
    file.write_text("[[action]\n", encoding="utf-8")
    page.locator("[data-desk=events]").click()
    opened(page, "actions")
    problem = page.locator(".pmx-actions .pmx-problem")
    assert "actions.toml:1" in problem.inner_text()
    assert page.locator(".pmx-actions table").is_hidden()
    assert page.get_by_role("button", name="Add", exact=True).is_hidden()
    file.write_bytes(good)
    page.locator("[data-desk=events]").click()
    opened(page, "actions")
    assert len(ids(page)) == 6
