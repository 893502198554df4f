"""The index of a batch in a browser without a network: sorted, filtered, and no text of it is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from workbench.export.index_page import Listed, Lost, index_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
EVIL = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
MINUTE = 60_000_000_000
AT = 1_763_388_000_000_000_000
ROWS = [
    Listed(id="INC-2", title="cart failed", severity="SEV-2", rank=1, began="2025-11-17T14:00:00Z", minutes=95, customers=500,
           done=1, actions=2, services=("cart",), documents={"html": "../a/output/postmortem.html"},
           moments={"started": AT, "detected": AT + MINUTE, "resolved": AT + 95 * MINUTE}, curve=(0.0, 0.4, 0.1)),
    Listed(id="INC-10", title=EVIL, severity="SEV-1", rank=0, began="2025-10-02T09:00:00Z", minutes=7, services=(EVIL,),
           folder="2025/INC <b>", sharing=2),
    Listed(id="INC-1", title="search slow", severity="SEV-3", rank=2, began="2025-12-01T00:00:00Z", customers=3, done=2, actions=2),
]  # fmt: skip


@pytest.fixture
def index(page: Page, tmp_path: Path) -> Page:
    """The page of three incidents and a folder without a report, opened as a file."""
    written = tmp_path / "index.html"
    written.write_text(index_page(ROWS, [Lost(folder="c", why=EVIL)], title="Incidents"), encoding="utf-8")
    page.goto(written.as_uri())
    yield page
    assert page.evaluate("() => window.hit") is None


def ids(page: Page) -> list[str]:
    """The incidents that are seen, from the top."""
    rows = page.locator("table.incidents tbody tr:visible th")
    return rows.evaluate_all("all => all.map((one) => one.dataset.value)")


def test_the_newest_is_first_and_each_column_sorts(index) -> None:
    """Numbers by their size, ids as people count; what is not known stands last either way."""
    assert ids(index) == ["INC-1", "INC-2", "INC-10"]
    for name, up, down in (
        ("Incident", ["INC-1", "INC-2", "INC-10"], ["INC-10", "INC-2", "INC-1"]),
        ("To resolve", ["INC-10", "INC-2", "INC-1"], ["INC-2", "INC-10", "INC-1"]),
        ("Severity", ["INC-10", "INC-2", "INC-1"], ["INC-1", "INC-2", "INC-10"]),
        ("Actions done", ["INC-2", "INC-1", "INC-10"], ["INC-1", "INC-2", "INC-10"]),
    ):
        head = index.get_by_role("columnheader", name=name)
        for way, wanted in (("ascending", up), ("descending", down)):
            head.get_by_role("button").click()
            assert (head.get_attribute("aria-sort"), ids(index)) == (way, wanted)


def test_the_filter_leaves_what_has_all_words(index) -> None:
    """It says how many of how many; empty again, all are there."""
    field = index.get_by_role("searchbox", name="Show incidents with")
    field.fill("CART sev-2")
    assert ids(index) == ["INC-2"]
    assert index.get_by_role("status").inner_text() == "1 of 3"
    field.fill("")
    assert len(ids(index)) == 3


def test_where_it_lies_and_who_shares_its_id_is_said(index) -> None:
    """As text, whatever it looks like; the folder without a report stands above with its reason."""
    row = index.locator("tbody tr", has=index.locator("th[data-value='INC-10']"))
    assert "2025/INC <b> · 2 folders have this id" in row.inner_text()
    assert EVIL in row.inner_text()
    assert EVIL in index.get_by_role("region", name="Without a report").inner_text()
    assert index.get_by_role("link", name="cart failed").get_attribute("href") == "../a/output/postmortem.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_barrier(index, scheme) -> None:
    """axe finds nothing, in either colours, on a telephone too."""
    index.emulate_media(color_scheme=scheme)
    for width in (1200, 380):
        index.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(index).response["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
