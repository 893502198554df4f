"""The explorer in Jupyter Notebook 7, where that is installed beside the rest: drawn, moved by keys, without a network."""

from __future__ import annotations

from importlib.metadata import distributions

import pytest
from lab_server import guard, open_notebook, serving

pytestmark = pytest.mark.browser
if not any(distributions(name="notebook")):  # a folder of tests has this name too, and would be imported
    pytest.skip("Jupyter Notebook is not installed: pip install notebook", allow_module_level=True)

CELL = """
import pandas as pd, workbench as wb
times = pd.date_range("2025-11-17", periods=500, freq="min", tz="UTC")
wb.show(pd.DataFrame({"time": times, "service": ["a", "b"] * 250, "level": ["info"] * 499 + ["error"]}))
"""
COMMAND = ("notebook", "--JupyterNotebookApp.expose_app_in_browser=True", "--LabApp.expose_app_in_browser=True")


def still(page) -> None:
    """Waits until what was asked for is drawn."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=60_000)
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=30_000)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_draws_and_keys_move_it(chromium, tmp_path, dark) -> None:
    """Lanes with their counts, the table, `w` and `0`; no key adds a cell, nothing is asked of a network."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    offsite = guard(context)
    with serving(tmp_path, *COMMAND) as served:
        name = served.notebook(CELL)
        address = f"{served.base}/notebooks/{name}?token={served.token}"
        page = open_notebook(context, served, name, dark=dark, address=address)
        still(page)
        assert page.locator(".pmx-lanes li").all_inner_texts() == ["a\n250", "b\n250\n1"]
        page.locator(".pmx-board").focus()
        for key in ("w", "w", "b", "a", "0"):
            page.keyboard.press(key)
        still(page)
        assert page.locator(".pmx-counts").inner_text().startswith("500 events")
        assert page.locator(".jp-Cell").count() == 1
        ground = page.locator(".pmx").evaluate("(root) => getComputedStyle(root).backgroundColor")
        assert (sum(int(each) for each in ground[4:-1].split(",")[:3]) < 200) is dark
        page.screenshot(path=tmp_path / "notebook.png")
    assert offsite == []
    context.close()
