"""What the browser tests of desks share: an incident's explorer on a page, its tabs, and what axe says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from lab_server import EXECUTED, READY, RUN, restarted

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SHOW = """
import workbench as wb
wb.show(wb.open_postmortem("."))
"""
# The disk is as slow as the file "slow" says, so that there is time to see what is said before it is written.
SLOW = """
import os, time, pathlib
from workbench.store import toml_file
pathlib.Path("kernel.pid").write_text(str(os.getpid()))
def slowly(*args, write=toml_file.write_if_unchanged, **more):
    slow = pathlib.Path("slow")
    time.sleep(float(slow.read_text()) if slow.exists() else 0)
    write(*args, **more)
toml_file.write_if_unchanged = slowly
"""


def opened(page: Page, name: str) -> Locator:
    """A desk of the explorer, once its state is there."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
    page.locator(f".pmx-tabs [data-desk={name}]").click()
    desk = page.locator(f".pmx-desk-{name}")
    desk.wait_for()
    settled(page)
    return desk


def settled(page: Page) -> None:
    """Nothing is asked for any more."""
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=15_000)


def said(status: Locator, words: str) -> str:
    """What is said of saving, once it says this."""
    found = status.filter(has_text=re.compile(words)).first
    found.wait_for(timeout=15_000)
    return found.inner_text()


def barriers(page: Page) -> list[str]:
    """What axe finds in the explorer."""
    found = Axe().run(page, context=".pmx").response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found]


def again(page: Page, name: str) -> Locator:
    """Runs all cells once more, as after a kernel that died, and opens the desk."""
    restarted(page)
    page.evaluate(READY)
    page.evaluate(RUN)
    assert all(page.evaluate(EXECUTED))
    return opened(page, name)
