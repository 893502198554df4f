"""Judgements on the lanes in a real JupyterLab: what another tab or another program says is there within seconds."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from explorer_page import counts, first_number, pixels, place_of, pressed, searched, settle
from lab_server import ROOT, looking, visiting

import workbench as wb
from workbench.explorer.judging import Judging
from workbench.store import journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from lab_server import Lab
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

SHOW = """
import workbench as wb
wb.show(wb.open_postmortem("."))
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        sample = ROOT / "sample_data" / "connection-pool"
        shutil.copytree(sample, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture(scope="module")
def events(lab) -> pd.DataFrame:
    """The events, as the test itself reads them."""
    return wb.open_postmortem(lab.folder).events


@pytest.fixture
def page(lab, chromium) -> Iterator[Page]:
    """The incident's explorer, nothing judged."""
    (lab.folder / journal.NAME).unlink(missing_ok=True)
    with looking(chromium, lab, SHOW, viewport={"width": 1440, "height": 1000}) as page:
        settle(page)
        yield page


def heard(page: Page, before: str) -> str:
    """Waits until the page has heard of the journal's new state, and what follows from it is drawn."""
    page.wait_for_function(
        "(before) => document.querySelector('.pmx').dataset.judged !== before", arg=before, timeout=15_000
    )
    settle(page)
    return revision(page)


def revision(page: Page) -> str:
    """The state of the journal that the page has drawn."""
    return page.locator(".pmx").get_attribute("data-judged") or ""


def test_what_another_program_says_is_seen(page, lab, events) -> None:
    """A pin stands on the lanes with its words and in the table; a milestone moves; a hidden event can be left out."""
    judging = Judging(lab.folder)
    chat = events[events["message"].fillna("").str.contains("how will we know that it worked")].iloc[0]
    judging.judge(chat["id"], "pin", None, "")
    before = heard(page, "")
    pins = place_of(page, "Pins and notes")
    assert pixels(page, "accent", 0, pins[0], 1, pins[1])[0] > 15
    searched(page, "know that it worked")
    assert page.locator(".pmx-mark").inner_text() == "pinned"
    assert page.locator(".pmx-source", has_text=f":{chat['line']}").count() == 1
    hidden = events[(events["kind"] == "chat") & (events["time"] > "2025-11-17T14:05Z")].iloc[3]
    judging.judge(hidden["id"], "hide", "said in the wrong channel", "")
    before = heard(page, before)
    searched(page, "kind:chat")
    assert page.locator(".pmx tr.pmx-hid").count() >= 1
    total = first_number(counts(page))
    page.get_by_role("button", name="Leave out hidden").click()
    settle(page)
    assert first_number(counts(page)) == total - 1
    assert page.locator(".pmx tr.pmx-hid").count() == 0


def test_a_milestone_that_another_program_says_moves(page, lab, events) -> None:
    """The keys go to where it stands now."""
    judging = Judging(lab.folder)
    before = revision(page)
    page.locator(".pmx-board").focus()
    pressed(page, "m")
    first = page.locator(".pmx-unseen").inner_text()
    assert "Started" in first
    earlier = events[(events["time"] > "2025-11-17T13:58Z") & (events["service"] == "orders-api")].iloc[0]
    judging.judge(earlier["id"], "milestone", "started", "")
    heard(page, before)
    pressed(page, "M")
    assert "Started" in page.locator(".pmx-unseen").inner_text()
    assert page.locator(".pmx-unseen").inner_text() != first


def test_a_second_tab_follows_the_first(page, lab, chromium) -> None:
    """Two kernels on one folder: what is pinned in one is marked in the table and on the lanes of the other."""
    with looking(chromium, lab, SHOW, viewport={"width": 1440, "height": 1000}) as other:
        settle(other)
        for each in (page, other):
            searched(each, "kind:chat pool")
        before = revision(other)
        page.get_by_role("grid", name="Events in view").focus()
        pressed(page, "Home", "Enter")
        page.wait_for_selector(".pmx-judging:not([hidden])")
        page.keyboard.press("x")
        page.locator(".pmx-judging output", has_text="Saved").wait_for(timeout=15_000)
        heard(other, before)
        assert other.locator(".pmx-mark").first.inner_text() == "pinned"
        pins = place_of(other, "Pins and notes")
        assert pixels(other, "accent", 0, pins[0], 1, pins[1])[0] > 15
