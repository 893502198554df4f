"""A long search in a real JupyterLab: how far it is is seen, the page goes on, and it can be stopped and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from explorer_page import counts, first_number, lanes, searched, settle, view
from lab_server import looking, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

# A disk or an expression that is slow: each 5,000 lines take as long as the file says.
SLOW = """
import pathlib, time
import numpy as np, pandas as pd, workbench as wb
from workbench.explorer import matching
matching._MOST = 5_000
def slow(self, *args, portion=matching.Search._portion):
    found = pathlib.Path("slow")
    time.sleep(float(found.read_text()) if found.exists() else 0)
    return portion(self, *args)
matching.Search._portion = slow
number = 100_000
frame = pd.DataFrame({
    "time": pd.date_range("2025-11-17", periods=number, freq="s", tz="UTC"),
    "service": np.where(np.arange(number) % 2 > 0, "orders", "pay"),
    "message": pd.Series([f"line {at} of {'odd' if at % 1000 == 7 else 'even'} ones" for at in range(number)], dtype="str"),
})
wb.show(frame)
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on an empty folder."""
    with visiting() as served:
        yield served


@pytest.fixture
def page(lab, chromium) -> Iterator[Page]:
    """A hundred thousand lines, and a search through them that takes some seconds."""
    with looking(chromium, lab, SLOW) as page:
        settle(page)
        (lab.folder / "slow").write_text("0.1")
        yield page
        (lab.folder / "slow").unlink(missing_ok=True)


def share(page: Page) -> float:
    """How far the search is."""
    return float(page.get_by_role("progressbar", name="Search").get_attribute("value"))


def begun(page: Page, query: str) -> None:
    """Types a query, and waits until it is said how far it is."""
    page.locator(".pmx-search").fill(query)
    page.wait_for_selector(".pmx-progress:not([hidden])", timeout=10_000)


def test_a_long_search_says_how_far_it_is_while_the_page_goes_on(page) -> None:
    """The bar only grows; a key is answered meanwhile; at the end all is found."""
    begun(page, "odd")
    first = share(page)
    assert 0 < first < 1
    drawn = page.locator(".pmx").get_attribute("data-taken")
    page.locator(".pmx-board").focus()
    before = view(page)
    page.keyboard.press("w")
    assert view(page) != before
    page.wait_for_function(
        "(before) => document.querySelector('.pmx').dataset.taken > Number(before)", arg=drawn, timeout=5_000
    )
    assert page.locator(".pmx-progress").is_visible(), "the view was answered before the search was over"
    page.wait_for_function("(first) => document.querySelector('.pmx-progress progress').value > first", arg=first)
    assert "so far" in page.locator(".pmx-found").inner_text()
    settle(page)
    assert page.locator(".pmx-progress").is_hidden()
    assert page.locator(".pmx-found").inner_text() == "100 of 100,000 match"
    assert lanes(page)["orders"][0] == 100


def test_a_search_is_stopped_and_gone_on_with(page) -> None:
    """Esc stops it and what held before holds again; Enter goes on where it was."""
    searched(page, "service:pay")
    begun(page, "odd")
    page.wait_for_function("() => document.querySelector('.pmx-progress progress').value > 0.3", timeout=15_000)
    page.keyboard.press("Escape")
    settle(page)
    assert page.locator(".pmx-progress").is_hidden()
    assert page.locator(".pmx-search").input_value() == "odd"
    assert "stopped at" in page.locator(".pmx-note").inner_text()
    assert page.locator(".pmx-found").inner_text() == "50,000 of 100,000 match"
    assert first_number(counts(page)) == 50_000
    page.locator(".pmx-search").press("Enter")
    page.wait_for_selector(".pmx-progress:not([hidden])")
    assert share(page) > 0.3, "what was searched is not searched again"
    settle(page)
    assert page.locator(".pmx-found").inner_text() == "100 of 100,000 match"
    assert page.locator(".pmx-note").is_hidden()


def test_another_query_takes_the_place_of_the_one_before(page) -> None:
    """It is the last one that is answered, and the button stops it as well."""
    begun(page, "odd")
    page.locator(".pmx-search").fill("even")
    page.wait_for_timeout(600)
    assert share(page) < 0.6
    page.get_by_role("button", name="Stop").click()
    settle(page)
    assert page.locator(".pmx-found").inner_text() == ""
    assert first_number(counts(page)) == 100_000
    page.locator(".pmx-search").fill("line 500")
    settle(page)
    page.wait_for_function("() => document.querySelector('.pmx-found').textContent.endsWith('match')", timeout=15_000)
    wanted = sum(1 for at in range(100_000) if "500" in str(at))
    assert page.locator(".pmx-found").inner_text() == f"{wanted} of 100,000 match"
