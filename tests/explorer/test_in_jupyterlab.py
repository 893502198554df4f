"""The explorer in a real JupyterLab without a network: what is seen, by values, with the keyboard, in the dark."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import ROOT, looking, visiting

import workbench as wb
from workbench.events.levels import level_of, rank

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from lab_server import Lab
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
INCIDENT = """
import os, pathlib, workbench as wb
pathlib.Path("kernel.pid").write_text(str(os.getpid()))
pm = wb.open_postmortem(".")
wb.show(pm)
"""
HOSTILE = """
import pandas as pd, workbench as wb
evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
frame = pd.DataFrame({
    "time": pd.date_range("2025-11-17", periods=50, freq="min", tz="UTC"), "service": evil, "host": "\\u202egnol",
    "level": "error", "message": evil + "]]>&amp;", evil: evil, "source": evil,
})
wb.show(frame, title=evil)
"""
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"
# How many pixels of the lanes have the colour of quiet events, and how many are reddish.
PIXELS = """(canvas) => {
  const top = Math.floor(canvas.height * 0.4);
  const { data } = canvas.getContext("2d").getImageData(0, top, canvas.width, canvas.height - top);
  let quiet = 0, red = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = data.slice(at, at + 3);
    quiet += r === 138 && g === 155 && b === 173; red += r - g > 60 && r - b > 60;
  }
  return [quiet, red];
}"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        sample = ROOT / "sample_data" / "connection-pool"
        shutil.copytree(sample, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture(scope="module")
def events(lab) -> pd.DataFrame:
    """The events of the incident, as the test itself reads them."""
    return wb.open_postmortem(lab.folder).events


@pytest.fixture(scope="module")
def opened(lab, chromium) -> Iterator[Page]:
    """The sample incident's explorer on one page for all tests that only look."""
    with looking(chromium, lab, INCIDENT) as page:
        settle(page)
        yield page


@pytest.fixture
def page(opened) -> Page:
    """The page as it was when it opened: nothing searched for, the incident in view, no panel."""
    if opened.locator(".pmx-search").input_value():
        opened.locator(".pmx-search").fill("")
    for _ in range(2):
        opened.keyboard.press("Escape")
    opened.locator(".pmx-board").focus()
    opened.keyboard.press("i")
    settle(opened)
    return opened


def settle(page: Page) -> None:
    """Waits until what was asked for last is drawn and the table has followed."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=15_000)


def pressed(page: Page, *keys: str) -> None:
    """Presses keys one after another and waits for what they do."""
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def view(page: Page) -> tuple[float, float]:
    """The stretch in view, ms since 1970."""
    return tuple(float(page.locator(".pmx").get_attribute(f"data-{name}")) for name in ("start", "end"))


def moves(page: Page) -> int:
    """How often the view was moved."""
    return int(page.locator(".pmx").get_attribute("data-moves"))


def in_view(page: Page, events: pd.DataFrame) -> pd.DataFrame:
    """The events that lie in the stretch in view."""
    times = events["time"].astype("int64")
    start, end = (round(each * 1_000_000) for each in view(page))
    return events[(times >= start) & (times < end)]


def total(page: Page) -> int:
    """How many events the table says that it has."""
    table = page.get_by_role("grid", name="Events in view")
    rows = int(table.get_attribute("aria-rowcount")) - 1
    assert page.locator(".pmx-counts").inner_text().startswith(f"{rows:,} event")
    return rows


def lanes(page: Page) -> list[list[str]]:
    """The words of each lane: its name, its events, its errors."""
    items = page.get_by_role("list", name="Lanes").get_by_role("listitem")
    return [item.locator("span").all_inner_texts() for item in items.all()]


def chosen(page: Page) -> Locator:
    """The row that is active in the table."""
    return page.locator(".pmx tr[aria-selected='true']")


def test_lanes_have_names_and_true_counts(page, events) -> None:
    """All sources, the biggest first, each with its events and its errors."""
    errors = events["level"].map(lambda one: rank(level_of(str(one))) >= rank("error"))
    counted = events.assign(error=errors).groupby("source")["error"].agg(["size", "sum"])
    counted = counted.sort_values("size", ascending=False, kind="stable")
    found = lanes(page)
    assert [int(each[1].replace(",", "")) for each in found] == counted["size"].tolist()
    assert {each[0]: int(each[2].replace(",", "") or 0) for each in found} == counted["sum"].to_dict()


def test_it_opens_on_the_incident_and_draws_it(page, events) -> None:
    """Milestones with air around them; the canvas shows quiet events and errors, each in its colour."""
    start, end = view(page)
    times = [
        one.time / 1e6
        for one in wb.open_postmortem(ROOT / "sample_data/connection-pool").measures.findings.milestones.values()
        if one.time
    ]
    assert start < min(times) < max(times) < end < max(times) + 3_600_000
    assert total(page) == len(in_view(page, events))
    quiet, red = page.locator(".pmx-board canvas").evaluate(PIXELS)
    assert quiet > 5_000
    assert 500 < red < quiet / 2, "errors are seen, and do not shout"


def test_keys_zoom_and_move_and_the_table_follows(page, events) -> None:
    """W halves the view and more, D moves it, 0 shows everything; the table always has what is in view."""
    start, end = view(page)
    pressed(page, "w")
    nearer = view(page)
    assert nearer[1] - nearer[0] == pytest.approx((end - start) / 1.6)
    assert total(page) == len(in_view(page, events))
    pressed(page, "d")
    assert view(page)[0] == pytest.approx(nearer[0] + (nearer[1] - nearer[0]) / 4)
    assert total(page) == len(in_view(page, events))
    pressed(page, "0")
    assert total(page) == len(events)


def test_near_enough_events_are_drawn_one_by_one(page) -> None:
    """Zoomed in far enough, the kernel sends marks."""
    pressed(page, *"wwwwwww")
    assert page.locator(".pmx").get_attribute("data-kind") == "marks"
    pressed(page, "0")
    assert page.locator(".pmx").get_attribute("data-kind") == "density"


def test_the_next_step_is_at_hand(page, lab) -> None:
    """What one more key shows was counted before: with a kernel that is stopped, the right picture is there at once."""
    page.wait_for_selector(".pmx[data-ahead='done']")
    kernel = int((lab.folder / "kernel.pid").read_text())
    os.kill(kernel, signal.SIGSTOP)
    try:
        for key, way in (("w", "s"), ("d", "a"), ("s", "w")):
            for each in (key, way):
                before = moves(page)
                page.keyboard.press(each)
                page.wait_for_function(
                    "(moves) => { const { dataset } = document.querySelector('.pmx');"
                    " return Number(dataset.moves) > moves && dataset.told === dataset.moves; }",
                    arg=before, timeout=3_000,
                )  # fmt: skip
    finally:
        os.kill(kernel, signal.SIGCONT)
    settle(page)
    assert page.locator(".pmx-problem").is_hidden()


def test_search_narrows_lanes_and_table(page, events) -> None:
    """Only what matches is counted; a search that cannot be understood says why and keeps what was there."""
    pressed(page, "0", "/")
    page.keyboard.type("service:orders-api level=error", delay=5)
    page.wait_for_selector(".pmx-found:not(:empty)")
    settle(page)
    wanted = events[(events["service"] == "orders-api") & (events["level"] == "error")]
    assert page.locator(".pmx-found").inner_text() == f"{len(wanted):,} of {len(events):,} match"
    assert total(page) == len(wanted)
    assert {each[0]: int(each[1].replace(",", "")) for each in lanes(page) if each[1] != "0"} == wanted[
        "source"
    ].value_counts().to_dict()
    page.locator(".pmx-search").fill("level>=loud")
    page.wait_for_selector(".pmx-problem:not([hidden])")
    assert "loud" in page.locator(".pmx-problem").inner_text()


def test_lanes_can_be_of_another_column(page, events) -> None:
    """By service, with what has none."""
    page.get_by_role("combobox", name="Lanes by").select_option("service")
    page.wait_for_function("() => document.querySelector('.pmx-lanes').textContent.includes('orders-api')")
    counted = events["service"].fillna("none").value_counts()
    assert {each[0]: int(each[1].replace(",", "")) for each in lanes(page)} == counted.to_dict()
    page.get_by_role("combobox", name="Lanes by").select_option("source")
    page.wait_for_function("() => document.querySelector('.pmx-lanes').textContent.includes('access.log')")


def test_enter_on_a_row_shows_its_raw_line_with_its_hash(page) -> None:
    """The line as it stands in the file, its number, the hash of the line and of the file."""
    page.locator(".pmx-search").fill("source:app-1/app.jsonl level=error")
    page.wait_for_selector(".pmx-found:not(:empty)")
    settle(page)
    page.get_by_role("grid", name="Events in view").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pmx-lines .pmx-own")
    place = re.fullmatch(r"(.+), line ([\d,]+)", page.locator(".pmx-detail h4").first.inner_text())
    raw = (ROOT / "sample_data/connection-pool/sources" / place[1]).read_text("utf-8").splitlines()
    line = raw[int(place[2].replace(",", "")) - 1]
    assert line.startswith(page.locator(".pmx-lines .pmx-own code").inner_text()[:250])
    told = page.locator(".pmx-detail").inner_text()
    assert hashlib.sha256(line.encode()).hexdigest() in told
    assert hashlib.sha256((ROOT / "sample_data/connection-pool/sources" / place[1]).read_bytes()).hexdigest() in told
    assert "Why this time" in told
    page.keyboard.press("Escape")
    assert page.locator(".pmx-detail").is_hidden()
    assert page.evaluate("() => document.activeElement.getAttribute('role')") == "grid"


def test_next_and_previous_go_from_event_to_event(page, events) -> None:
    """N passes none over, though many have one time; E goes to errors; the chosen row stands in the table."""
    pressed(page, "n")
    page.wait_for_selector(".pmx tr[aria-selected='true']")
    first = int(chosen(page).get_attribute("aria-rowindex"))
    for step in range(1, 4):
        page.keyboard.press("n")
        page.wait_for_selector(f".pmx tr[aria-selected='true'][aria-rowindex='{first + step}']")
    page.keyboard.press("e")
    page.wait_for_selector(".pmx tr[aria-selected='true'][data-level='error']")
    inside = in_view(page, events)
    errors = np.flatnonzero(inside["level"].isin(["error", "fatal"]).to_numpy())
    assert int(chosen(page).get_attribute("aria-rowindex")) - 2 == errors[errors > first + 3 - 2][0]


def test_m_goes_to_milestones(page) -> None:
    """One after another comes into the middle, and is said to whoever listens."""
    said, middles = [], []
    for key in ("m", "m", "M"):
        pressed(page, key)
        said.append(page.locator(".pmx-unseen").inner_text())
        middles.append(sum(view(page)) / 2)
    assert all(re.fullmatch(r"E\d+ \w+, \d\d:\d\d:\d\d UTC", each) for each in said), said
    assert said[0] == said[2] != said[1]
    assert middles[0] == pytest.approx(middles[2], abs=1)
    assert middles[0] < middles[1]


def test_jupyterlab_gets_no_key_of_ours(page) -> None:
    """B, A, X, D D and Enter are JupyterLab's own keys for cells: none of them may reach it."""
    before = page.evaluate(CELLS)
    for place in (".pmx-board", ".pmx table"):
        page.locator(place).focus()
        for key in ("b", "a", "x", "d", "d", "y", "m", "r", "Enter", "Shift+Enter"):
            page.keyboard.press(key)
        assert page.evaluate("() => document.activeElement.closest('.pmx') !== null"), place
    assert page.evaluate(CELLS) == before
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.mode") == "command"


def test_the_mouse_zooms_and_moves(page) -> None:
    """A drag moves, Shift and a drag zoom to a stretch, Ctrl and the wheel zoom; the plain wheel is the page's."""
    board = page.locator(".pmx-board canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    start, end = view(page)
    page.mouse.move(box["x"] + 300, box["y"] + 250)
    page.mouse.wheel(0, 1)
    assert view(page) == (start, end)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 250, steps=4)
    page.mouse.up()
    settle(page)
    moved = view(page)
    assert moved[0] - start == pytest.approx(100 / box["width"] * (end - start), rel=0.02)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 250, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    settle(page)
    brushed = view(page)
    assert brushed[1] - brushed[0] == pytest.approx(200 / box["width"] * (end - start), rel=0.02)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -60)
    page.keyboard.up("Control")
    settle(page)
    assert view(page)[1] - view(page)[0] < brushed[1] - brushed[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_barrier(page, scheme) -> None:
    """Axe finds nothing in our part of the page, with the detail and the keys open, in both of JupyterLab's themes."""
    theme(page, scheme)
    pressed(page, "?", "e", "Enter")
    page.wait_for_selector(".pmx-lines .pmx-own")
    found = (
        Axe().run(page, context=".pmx", options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    )
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
    ground = page.locator(".pmx").evaluate("(root) => getComputedStyle(root).backgroundColor")
    corner = page.locator(".pmx-board canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(2, 4, 1, 1).data].slice(0, 3)"
    )
    assert tuple(corner) == tuple(int(each) for each in re.findall(r"\d+", ground)[:3])
    assert (sum(corner) < 200) is (scheme == "dark")
    theme(page, "light")


def theme(page: Page, scheme: str) -> None:
    """JupyterLab's own theme, light or dark."""
    name = f"JupyterLab {scheme.capitalize()}"
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
    page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
    page.wait_for_timeout(500)  # its style sheet comes after its name


def test_who_listens_hears_names(page) -> None:
    """The accessibility tree names the lanes with their counts, the table and all controls."""
    tree = page.locator(".pmx").aria_snapshot()
    assert 'region "Explorer: INC-2025-001' in tree
    assert 'list "Lanes"' in tree
    assert re.search(r"listitem:? .*web-1/access\.log\.gz 31,271", tree)
    assert 'grid "Events in view"' in tree
    assert 'columnheader "Time (UTC)"' in tree
    for control in (
        'searchbox "Search the events"',
        'button "Zoom in (w)"',
        'button "Next error (e)"',
        'combobox "Lanes by"',
    ):
        assert control in tree, control
    assert not re.search(r"- button$|- button:$", tree, re.MULTILINE)


def test_hostile_text_is_only_text(lab, chromium) -> None:
    """Markup in names, messages, titles and columns is shown as it is; at last, that the kernel went away is said."""
    with looking(chromium, lab, HOSTILE, viewport={"width": 1200, "height": 800}) as page:
        theme(page, "dark")
        settle(page)
        page.locator(".pmx-board").focus()
        pressed(page, "e", "Enter")
        page.wait_for_selector(".pmx-detail dd")
        assert page.evaluate("() => window.hit") is None
        assert page.locator(".pmx img, .pmx script").count() == 0
        assert lanes(page)[0][0].startswith("<img src=x")
        assert "<script>window.hit=1</script>]]>&amp;" in page.locator(".pmx-detail").inner_text()
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
        )
        page.locator(".pmx-board").focus()
        page.keyboard.press("w")
        page.wait_for_function(
            "() => document.querySelector('.pmx-problem').textContent.includes('run the cell once more')"
        )
