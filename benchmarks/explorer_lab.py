"""The explorer in a real JupyterLab and Chromium, and what the page's probe and the kernel's process say of it."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "explorer")]

from lab_server import READY, Lab, guard, serving  # noqa: E402

from browser import ARGUMENTS, executable  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Playwright

PROBE = (Path(__file__).parent / "explorer_probe.js").read_text("utf-8")
# Runs a cell: ms until it is done, or until an explorer that was not there before has painted.
RUN = """async ({ at, paints }) => {
  const { content: notebook } = window.jupyterapp.shell.currentWidget, known = document.querySelector(".pmx");
  notebook.activeCellIndex = at;
  const began = performance.now(), done = window.jupyterapp.commands.execute("notebook:run-cell");
  const painted = () => [...document.querySelectorAll(".pmx[data-drawn]")].some((root) => root !== known);
  while (paints && !painted()) await new Promise(requestAnimationFrame);
  if (!paints) await done;
  const took = performance.now() - began;
  await done;
  return took;
}"""


class Explorer:
    """The explorer in the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        box = page.locator(".pmx-board canvas").bounding_box()
        assert box is not None
        self.left, self.top, self.width = box["x"], box["y"], box["width"]
        page.evaluate(PROBE)

    def still(self) -> None:
        """Waits until everything that was asked for is there."""
        self.page.wait_for_function("() => pmxStill()", timeout=60_000, polling=20)

    def timed(self, act: Callable[[], Any]) -> dict[str, list[float]]:
        """What each of the act's events waited for, in ms: see the probe."""
        self.still()
        self.page.evaluate("() => pmxForget()")
        act()
        self.still()
        found: dict[str, list[float]] = self.page.evaluate("() => pmxTold()")
        return found

    def press(self, *keys: str, pause: float = 0.0) -> None:
        """Keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)
            time.sleep(pause)

    def whole(self) -> None:
        """Everything in view; the keyboard is the timeline's, and the pointer elsewhere."""
        self.page.mouse.move(4, 4)
        self.page.locator(".pmx-board").focus()
        self.press("0")
        self.still()

    def search(self, words: str) -> None:
        """The words in the box, at a stroke."""
        self.page.locator(".pmx-search").fill(words)

    def drag(self, way: int, seconds: float = 3.0) -> None:
        """The button down, and moves as fast as the browser takes them: far to one side, and some way back."""
        y, middle, mouse = self.top + 120, self.left + self.width / 2, self.page.mouse
        mouse.move(middle, y)
        mouse.down()
        began = time.perf_counter()
        while (share := (time.perf_counter() - began) / seconds) < 1:
            mouse.move(middle + way * self.width * 0.45 * (share if share < 0.7 else 1.4 - share), y)
            time.sleep(1 / 120)
        mouse.up()


def launched(driver: Playwright) -> Browser:
    """A Chromium as the tests have it."""
    return driver.chromium.launch(executable_path=executable(driver.chromium), args=ARGUMENTS)


@contextmanager
def machine(folder: Path, browser: Browser) -> Iterator[tuple[Lab, Page]]:
    """A JupyterLab on a folder, and a page."""
    with serving(folder) as lab:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        guard(context)
        yield lab, context.new_page()
        context.close()


def opened(page: Page, lab: Lab, *cells: str) -> None:
    """A notebook of these cells, with its kernel there and none of them run."""
    name = lab.notebook(*cells)
    page.goto(lab.address(name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    assert page.evaluate(READY) == name


def ran(page: Page, at: int, *, paints: bool = False) -> float:
    """ms until the cell is done, or until its explorer has painted."""
    took: float = page.evaluate(RUN, {"at": at, "paints": paints})
    return took


class Memory:
    """What a process holds in memory (resident set) more than when this was made."""

    def __init__(self, process: int) -> None:
        self._folder = Path(f"/proc/{process}")
        (self._folder / "clear_refs").write_text("5", "ascii")  # the peak is counted from here on
        self._before = self._bytes("VmRSS")

    def more(self) -> float:
        """Bytes now."""
        return self._bytes("VmRSS") - self._before

    def most(self) -> float:
        """Bytes at the peak."""
        return self._bytes("VmHWM") - self._before

    def _bytes(self, name: str) -> float:
        status = (self._folder / "status").read_text("ascii").splitlines()
        return next(float(line.split()[1]) * 1024 for line in status if line.startswith(name))
