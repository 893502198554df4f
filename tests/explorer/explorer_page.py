"""What browser tests ask of the explorer's page: its counts, its stretch, its pixels, once it has come to rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from playwright.sync_api import Locator, Page

STILL = "() => document.querySelector('.pmx').dataset.state === 'still'"
# Of the pixels of a part of a canvas (shares of its width and height) how many are near a colour, and how many colours.
PIXELS = """(canvas, [left, top, right, bottom, colour]) => {
  const [x, y] = [Math.round(left * canvas.width), Math.round(top * canvas.height)];
  const [w, h] = [Math.round((right - left) * canvas.width), Math.round((bottom - top) * canvas.height)];
  const { data } = canvas.getContext("2d").getImageData(x, y, Math.max(1, w), Math.max(1, h)), seen = new Set();
  let near = 0;
  for (let at = 0; at < data.length; at += 4) {
    const away = Math.abs(data[at] - colour[0]) + Math.abs(data[at + 1] - colour[1]) + Math.abs(data[at + 2] - colour[2]);
    near += away < 12;
    seen.add(data[at] * 65536 + data[at + 1] * 256 + data[at + 2]);
  }
  return [near, seen.size, data.length / 4];
}"""
COLOUR = """(root, name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(--pmx-${name})`;
  root.append(probe);
  const found = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return found;
}"""


def settle(page: Page) -> None:
    """Waits until what was asked for last is drawn and the table has followed."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
    page.wait_for_function(STILL, timeout=30_000)


def pressed(page: Page, *keys: str) -> None:
    """Presses keys one after another and waits for what they do."""
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def searched(page: Page, query: str) -> None:
    """Types a query, and waits until it is answered."""
    page.locator(".pmx-search").fill(query)
    page.keyboard.press("Enter")
    settle(page)


def view(page: Page) -> tuple[float, float]:
    """The stretch in view, ms since 1970."""
    start, end = (float(page.locator(".pmx").get_attribute(f"data-{name}") or "nan") for name in ("start", "end"))
    return start, end


def in_view(page: Page, events: pd.DataFrame) -> pd.DataFrame:
    """The events that lie in the stretch in view."""
    times = events["time"].astype("int64")
    start, end = (round(each * 1_000_000) for each in view(page))
    return events[(times >= start) & (times < end)]


def lanes(page: Page) -> dict[str, list[int]]:
    """The two numbers of each lane by its name; none is 0."""
    items = page.get_by_role("list", name="Lanes").get_by_role("listitem")
    told = [item.locator("span").all_inner_texts() for item in items.all()]
    return {name: [int(number.replace(",", "") or 0) for number in numbers] for name, *numbers in told}


def counts(page: Page) -> str:
    """What is said above the table."""
    return page.locator(".pmx-counts").inner_text()


def first_number(text: str) -> int:
    """The first number of a text."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def place_of(page: Page, *names: str) -> list[float]:
    """Where rows of the canvas stand, as shares of its height: the places that the names on the left say."""
    labels = page.locator(".pmx-labels").bounding_box()
    assert labels
    found = []
    for name in names:
        box = page.locator(".pmx-labels > *", has_text=name).first.bounding_box()
        assert box, name
        found += [
            (box["y"] - labels["y"]) / labels["height"],
            (box["y"] + box["height"] - labels["y"]) / labels["height"],
        ]
    return found


def pixels(page: Page, colour: str, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int]:
    """Of a part of the canvas: how many pixels have a colour, how many colours there are, and how many pixels."""
    tone = page.locator(".pmx").evaluate(COLOUR, colour)
    near, several, every = page.locator(".pmx-board canvas").evaluate(PIXELS, [left, top, right, bottom, tone])
    return near, several, every


def row(page: Page) -> Locator:
    """The row that is active in the table."""
    return page.locator(".pmx tr[aria-selected='true']")
