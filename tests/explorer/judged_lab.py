"""Judging in a real JupyterLab: a kernel that can be slowed down, the panel of an event, and the lines of the journal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lab_server import EXECUTED, READY, RUN

from workbench.store import journal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

SHOW = """
import workbench as wb
wb.show(wb.open_postmortem("."))
"""
# The disk is slow, so that there is time to see what is said before the line is there; the kernel says who it is.
SLOW = """
import os, time, pathlib
from workbench.store import journal
pathlib.Path("kernel.pid").write_text(str(os.getpid()))
def slow(*args, append=journal.append, **more):
    slow = pathlib.Path("slow")
    time.sleep(float(slow.read_text()) if slow.exists() else 0)
    append(*args, **more)
journal.append = slow
"""


def opened(page: Page) -> None:
    """The first error in the panel."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
    page.locator(".pmx-board").focus()
    page.keyboard.press("e")
    page.wait_for_selector(".pmx tr[aria-selected='true']")
    page.keyboard.press("Enter")
    page.locator(".pmx table").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".pmx-judging:not([hidden])")


def lines(folder: Path) -> list[dict[str, Any]]:
    """The journal's lines; none where there is no file."""
    path = folder / journal.NAME
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def status(page: Page, words: str) -> str:
    """What is said of saving, once it says this."""
    page.locator(".pmx-judging > output", has_text=re.compile(words)).wait_for(timeout=15_000)
    return page.locator(".pmx-judging > output").inner_text()


def press(page: Page, name: str) -> None:
    """Presses a button of the panel."""
    page.locator(".pmx-judging").get_by_role("button", name=name, exact=True).click()


def again(page: Page) -> None:
    """Runs all cells once more, and opens the panel."""
    page.evaluate(READY)
    page.evaluate(RUN)
    assert all(page.evaluate(EXECUTED))
    opened(page)


def still(page: Page) -> None:
    """Waits until everything that was asked for has come."""
    page.wait_for_timeout(250)
    page.wait_for_selector(".pmx[data-state='still']", timeout=40_000)


def saved(folder: Path, count: int, page: Page) -> list[dict[str, Any]]:
    """The journal's lines, once there are so many and the explorer has followed."""
    for _ in range(150):
        if len(lines(folder)) >= count:
            break
        page.wait_for_timeout(100)
    still(page)
    return lines(folder)


def found(page: Page, query: str, *, panel: bool = True) -> None:
    """The first event that a query finds, chosen, and in the panel."""
    page.locator(".pmx-search").fill(query)
    page.wait_for_timeout(400)
    still(page)
    page.locator(".pmx table").focus()
    page.keyboard.press("Home")
    if panel:
        page.keyboard.press("Enter")
        page.wait_for_selector(".pmx-judging:not([hidden])")
    still(page)
