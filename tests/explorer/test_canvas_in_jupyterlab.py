"""The lanes in a real JupyterLab: what was knowable, what is found, folds, curves and zones, by values and by pixels."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from explorer_page import (
    counts,
    first_number,
    in_view,
    lanes,
    pixels,
    place_of,
    pressed,
    row,
    searched,
    settle,
    view,
)  # fmt: skip
from lab_server import ROOT, looking, visiting

import workbench as wb
from workbench.timeline.load import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOW = """
import workbench as wb
pm = wb.open_postmortem(".")
wb.show(pm)
"""
MOMENT = pd.Timestamp("2025-11-17T14:12:00Z")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        sample = ROOT / "sample_data" / "connection-pool"
        shutil.copytree(sample, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture(scope="module")
def pm(lab) -> wb.Postmortem:
    """The incident, as the test itself reads it."""
    return wb.open_postmortem(lab.folder)


@pytest.fixture(scope="module")
def opened(lab, chromium) -> Iterator[Page]:
    """The incident's explorer on one page for all tests that only look."""
    with looking(chromium, lab, SHOW, viewport={"width": 1440, "height": 1000}, timezone_id="Asia/Kolkata") as page:
        settle(page)
        yield page


@pytest.fixture
def page(opened) -> Page:
    """The page as it was when it opened."""
    for name in ("Known by…", "Highlight", "List matches only", "Fold"):
        button = opened.get_by_role("button", name=name, exact=True)
        if button.is_visible() and button.get_attribute("aria-pressed") == "true":
            button.click()
    if opened.locator(".pmx-search").input_value():
        searched(opened, "")
    opened.get_by_role("combobox", name="Curve").select_option("Failing requests")
    for _ in range(3):
        opened.keyboard.press("Escape")
    opened.locator(".pmx-board").focus()
    pressed(opened, "i")
    return opened


def known_by(page: Page, text: str) -> None:
    """Sets the cursor to a time, as it is typed."""
    page.locator(".pmx-moment").fill(text)
    page.keyboard.press("Enter")
    settle(page)


def share_of(page: Page, moment: pd.Timestamp) -> float:
    """Where a moment stands on the axis, 0 to 1."""
    start, end = view(page)
    return (moment.value / 1e6 - start) / (end - start)


def test_the_cursor_shows_only_what_could_be_known(page, pm) -> None:
    """Lanes, table and its words count what may have happened by then; leaving the cursor gives everything back."""
    before, words = lanes(page), counts(page)
    pressed(page, "k")
    known_by(page, "14:12:00")
    known = pm.events[pm.events["earliest"] <= MOMENT]
    assert {name: numbers[0] for name, numbers in lanes(page).items()} == {
        **dict.fromkeys(before, 0), **known["source"].value_counts().to_dict()
    }  # fmt: skip
    inside = len(in_view(page, known))
    assert counts(page).startswith(f"By 14:12:00 UTC: {inside:,} of {len(in_view(page, pm.events)):,} events from ")
    page.get_by_role("grid", name="Events in view").focus()
    pressed(page, "End")
    assert row(page).get_attribute("aria-rowindex") == str(inside + 1)
    assert "earliest moment that its time allows" in page.locator(".pmx-knowable").inner_text()
    page.locator(".pmx-board").focus()
    pressed(page, "k")
    assert lanes(page) == before
    assert counts(page) == words
    assert page.locator(".pmx-knowable").is_hidden()


def test_what_came_later_is_veiled(page) -> None:
    """Beyond the line the ground is hatched in all rows, and nothing but what may have been earlier is drawn on it."""
    top, _, _, bottom = place_of(page, "web-1/access.log.gz", "statuspage_incidents.json")
    calm = [pixels(page, "calm", x, top, x + 0.2, bottom)[0] for x in (0.1, 0.6)]
    assert min(calm) > 500
    pressed(page, "k")
    known_by(page, "14:12:00")
    at = share_of(page, MOMENT)
    assert pixels(page, "calm", 0.1, top, 0.3, bottom)[0] > 500
    assert pixels(page, "calm", at + 0.02, top, 1, bottom)[0] < 20
    veiled, _, every = pixels(page, "hatch", at + 0.02, top, 1, bottom)
    assert 0.05 < veiled / every < 0.5, "lines on a ground, not a paler ground"
    assert pixels(page, "hatch", 0.02, top, at - 0.02, bottom)[0] == 0
    flags = place_of(page, "Milestones")
    assert pixels(page, "hatch", at + 0.02, 0.01, 1, flags[1])[0] > 100, "the milestones' row is veiled too"
    assert (
        pixels(
            page, "error", at + 0.01, *place_of(page, "Failing requests")[:1], 1, place_of(page, "Failing requests")[1]
        )[0]
        == 0
    )


def test_milestones_and_phases_are_those_that_could_be_found_then(page, pm) -> None:
    """The last milestone that is gone to is the last that ``metrics --as-of`` knows, and the phase goes on."""
    then = wb.open_postmortem(pm.folder.path)
    then.settings = Settings(as_of=MOMENT.value)
    wanted = [name for name, one in then.measures.findings.milestones.items() if one.time and name != "postmortem_held"]
    assert set(wanted) == {"started", "detected", "acknowledged", "identified"}
    pressed(page, "k")
    known_by(page, "14:12:00")
    page.locator(".pmx-board").focus()
    said = []
    for _ in range(6):
        pressed(page, "M")
        said.append(page.locator(".pmx-unseen").inner_text())
    names = [re.sub(r"^E\d+ |, .*", "", each).lower() for each in said if "earlier" not in each]
    assert sorted(names) == sorted(wanted)
    pressed(page, "i")
    phases = place_of(page, "Phases")
    at = share_of(page, MOMENT)
    assert pixels(page, "mitigate", at - 0.05, phases[0], at, phases[1])[0] > 100
    assert pixels(page, "mitigate", at + 0.01, phases[0], 1, phases[1])[0] == 0


def test_the_cursor_goes_from_event_to_event_and_by_minutes(page, pm) -> None:
    """] adds the events of the next moment; { goes back a minute; the arrows move the handle."""
    pressed(page, "k")
    known_by(page, "14:12:00")
    page.locator(".pmx-board").focus()
    times = pm.events["time"].astype("int64")
    shown = [first_number(counts(page).split("UTC:")[1])]
    for _ in range(4):
        pressed(page, "]")
        shown.append(first_number(counts(page).split("UTC:")[1]))
    later = np.unique(times[times > MOMENT.value])
    earliest = pm.events["earliest"].astype("int64")
    assert shown[1:] == [len(in_view(page, pm.events[earliest <= at + 1000])) for at in later[:4]]
    at = float(page.locator(".pmx").get_attribute("data-until"))
    assert at == pytest.approx(later[3] / 1e6, abs=0.01)
    pressed(page, "[")
    assert float(page.locator(".pmx").get_attribute("data-until")) == pytest.approx(later[2] / 1e6, abs=0.01)
    pressed(page, "{")
    assert float(page.locator(".pmx").get_attribute("data-until")) == pytest.approx(later[2] / 1e6 - 60_000, abs=0.01)
    knob = page.get_by_role("slider", name="Known by")
    before = float(knob.get_attribute("aria-valuenow"))
    knob.focus()
    pressed(page, "ArrowRight")
    assert float(knob.get_attribute("aria-valuenow")) == pytest.approx(before + (view(page)[1] - view(page)[0]) / 100)
    assert re.fullmatch(r"17 Nov \d\d:\d\d:\d\d UTC", knob.get_attribute("aria-valuetext"))
    page.locator(".pmx-moment").fill("half past two")
    page.keyboard.press("Enter")
    assert page.locator(".pmx-moment").get_attribute("aria-invalid") == "true"


def test_the_line_is_dragged(page, pm) -> None:
    """By its handle or by itself; the view stays where it is, and the counts follow."""
    pressed(page, "k")
    known_by(page, "14:12:00")
    stretch = view(page)
    knob = page.get_by_role("slider", name="Known by").bounding_box()
    page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + 5)
    page.mouse.down()
    drawn, before = page.locator(".pmx").get_attribute("data-taken"), lanes(page)
    page.mouse.move(knob["x"] + knob["width"] / 2 + 120, knob["y"] + 5, steps=8)
    page.wait_for_function("(drawn) => document.querySelector('.pmx').dataset.taken > Number(drawn)", arg=drawn)
    assert sum(numbers[0] for numbers in lanes(page).values()) > sum(numbers[0] for numbers in before.values())
    page.mouse.up()
    settle(page)
    moved = float(page.locator(".pmx").get_attribute("data-until"))
    board = page.locator(".pmx-board canvas").bounding_box()
    assert moved - MOMENT.value / 1e6 == pytest.approx(120 / board["width"] * (stretch[1] - stretch[0]), rel=0.02)
    x = board["x"] + (moved - stretch[0]) / (stretch[1] - stretch[0]) * board["width"]
    page.mouse.move(x, board["y"] + board["height"] * 0.7)
    page.mouse.down()
    page.mouse.move(x - 200, board["y"] + board["height"] * 0.7, steps=8)
    page.mouse.up()
    settle(page)
    assert float(page.locator(".pmx").get_attribute("data-until")) < moved - 100_000
    assert view(page) == stretch
    known = pm.events[
        pm.events["earliest"].astype("int64") <= float(page.locator(".pmx").get_attribute("data-until")) * 1e6
    ]
    assert sum(numbers[0] for numbers in lanes(page).values()) == len(known)


def test_matches_stand_in_the_light_among_all_events(page, pm) -> None:
    """All events are drawn, pale; what matches in the accent; both counts of each lane; N goes from match to match."""
    top, _, _, bottom = place_of(page, "web-1/access.log.gz", "statuspage_incidents.json")
    searched(page, "kind:chat")
    page.get_by_role("button", name="Highlight").click()
    settle(page)
    chat = pm.events[pm.events["kind"] == "chat"]
    wanted = {name: [0, number] for name, number in pm.events["source"].value_counts().items()}
    for name, number in chat["source"].value_counts().items():
        wanted[name][0] = number
    assert lanes(page) == wanted
    assert page.locator(".pmx-found").inner_text() == f"{len(chat):,} of {len(pm.events):,} match"
    assert pixels(page, "calm", 0, top, 1, bottom)[0] == 0, "all of them are pale"
    slack = place_of(page, "slack_export.zip")
    assert pixels(page, "accent", 0, slack[0], 1, slack[1])[0] > 100
    assert pixels(page, "accent", 0, top, 1, slack[0])[0] < 20
    assert first_number(counts(page)) == len(in_view(page, pm.events))
    page.locator(".pmx-board").focus()
    pressed(page, "n", "n")
    assert row(page).get_attribute("class") == "pmx-hit"
    assert "chat" in row(page).locator(".pmx-kind").inner_text()
    page.get_by_role("button", name="List matches only").click()
    settle(page)
    assert first_number(counts(page)) == len(in_view(page, chat))
    pressed(page, "o")
    assert {name: numbers[0] for name, numbers in lanes(page).items() if numbers[0]} == chat[
        "source"
    ].value_counts().to_dict()
    assert page.get_by_role("button", name="List matches only").is_hidden()


def fold(page: Page) -> None:
    """Folds, and goes to the first row, which is one: the table stays at the event that was chosen last."""
    pressed(page, "f")
    page.locator(".pmx table").focus()
    pressed(page, "Home")
    page.wait_for_selector(".pmx-fold", timeout=30_000)


def test_folded_rows_open_to_their_events(page, pm) -> None:
    """One row for what says one thing, with its count; → opens it, ← closes it; the sums are those of all events."""
    total = first_number(counts(page))
    fold(page)
    found = re.fullmatch(r"([\d,]+) events from .* UTC, in ([\d,]+) rows", counts(page))
    assert found, counts(page)
    rows = first_number(found[2])
    assert first_number(found[1]) == total == len(in_view(page, pm.events))
    assert rows < total / 10
    table = page.get_by_role("treegrid", name="Events in view")
    burst = first_number(row(page).locator(".pmx-fold").inner_text())
    assert row(page).get_attribute("aria-expanded") == "false"
    pressed(page, "ArrowRight")
    assert row(page).get_attribute("aria-expanded") == "true"
    assert int(table.get_attribute("aria-rowcount")) - 1 == rows + burst
    pressed(page, "ArrowDown", "ArrowDown")
    assert row(page).get_attribute("aria-level") == "2"
    pressed(page, "ArrowLeft", "ArrowLeft")
    assert row(page).get_attribute("aria-expanded") == "false"
    assert int(table.get_attribute("aria-rowcount")) - 1 == rows
    page.locator(".pmx-fold").first.click()
    settle(page)
    assert page.locator(".pmx-under").count() > 3
    page.locator(".pmx-board").focus()
    pressed(page, "f")
    assert first_number(counts(page)) == total
    assert page.locator(".pmx-fold").count() == 0


def test_the_curve_can_be_any_series(page, pm) -> None:
    """Its numbers stand on the left and under the pointer, with its name; no spike is lost on the way."""
    top, bottom = place_of(page, "Failing requests")
    assert pixels(page, "error", 0, top, 1, bottom)[0] > 100
    menu = page.get_by_role("combobox", name="Curve")
    menu.select_option("hikaricp_connections_active")
    settle(page)
    assert pixels(page, "error", 0, top, 1, bottom)[0] == 0
    assert pixels(page, "accent", 0, top, 1, bottom)[0] > 100
    own = pm.metrics[pm.metrics["name"] == "hikaricp_connections_active"]
    start, end = view(page)
    times = own["time"].astype("int64") / 1e6
    most = own["value"][(times >= start) & (times <= end)].max()
    label = page.locator(".pmx-more", has_text="to").inner_text()
    assert first_number(label.split("to")[1]) >= most
    board = page.locator(".pmx-board canvas").bounding_box()
    sample = own.iloc[len(own) // 2]
    x = (sample["time"].value / 1e6 - start) / (end - start) * board["width"]
    page.mouse.move(board["x"] + x, board["y"] + (top + bottom) / 2 * board["height"])
    page.wait_for_selector(".pmx-tip:not([hidden])")
    told = page.locator(".pmx-tip").inner_text()
    assert f"{sample['value']:g}" in told
    assert "hikaricp_connections_active" in told
    menu.select_option("No curve")
    settle(page)
    assert pixels(page, "accent", 0, *place_of(page, "Phases")[:1], 1, place_of(page, "Phases")[1])[0] == 0


def test_the_second_axis_is_in_a_chosen_zone(page) -> None:
    """Of the sources, or of the browser; or there is none."""
    menu = page.get_by_role("combobox", name="Second time axis")
    offered = menu.locator("option").all_inner_texts()
    assert offered[0] == "No second axis"
    assert "America/New York" in offered
    assert any(name in offered for name in ("Asia/Kolkata", "Asia/Calcutta"))
    _, top, bottom, _ = *place_of(page, "statuspage_incidents.json"), 1, 0
    pictures = []
    for name in ("America/New York", offered[-1], "No second axis"):
        menu.select_option(name)
        settle(page)
        pictures.append(page.locator(".pmx-board canvas").evaluate(
            "(canvas, top) => [...canvas.getContext('2d').getImageData(0, top * canvas.height, canvas.width, canvas.height * (1 - top)).data].join()",
            top,
        ))  # fmt: skip
    assert bottom == 1
    assert len(set(pictures)) == 3
    menu.select_option("America/New York")
    settle(page)


def test_words_under_the_pointer_stay_inside(page) -> None:
    """In each corner of the lanes what is told of the place lies within them."""
    board = page.locator(".pmx-board").bounding_box()
    for share_x in (0.002, 0.5, 0.998):
        for share_y in (0.02, 0.3, 0.5, 0.97):
            page.mouse.move(board["x"] + share_x * board["width"], board["y"] + share_y * board["height"])
            if page.locator(".pmx-tip").is_hidden():
                continue
            tip = page.locator(".pmx-tip").bounding_box()
            assert tip["x"] >= board["x"] - 1
            assert tip["x"] + tip["width"] <= board["x"] + board["width"] + 1
            assert tip["y"] >= board["y"] - 1
            assert tip["y"] + tip["height"] <= board["y"] + board["height"] + 1


def test_all_keys_are_listed(page) -> None:
    """Under ?, the new ones too."""
    pressed(page, "?")
    listed = page.locator(".pmx-keys dt").all_inner_texts()
    for key in ("k", "[ ]", "{ }", "o", "f"):
        assert key in [" ".join(each.split()) for each in listed], key
    pressed(page, "?")


@pytest.mark.parametrize("scheme", ["Light", "Dark"])
def test_there_is_no_barrier(page, scheme) -> None:
    """Axe finds nothing with the cursor, the light and folds on, in both themes; also where there is little room."""
    name = f"JupyterLab {scheme}"
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
    page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")
    searched(page, "level=error OR pool")
    page.get_by_role("button", name="Highlight").click()
    page.locator(".pmx-board").focus()
    pressed(page, "k")
    fold(page)
    for width in (1440, 700):
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(400)
        settle(page)
        found = (
            Axe()
            .run(page, context=".pmx", options={"runOnly": {"type": "tag", "values": RULES}})
            .response["violations"]
        )
        assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == [], width
        wide = page.locator(".pmx").evaluate("(root) => root.scrollWidth - root.clientWidth")
        assert wide <= 0, "nothing stands out"
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")
    page.wait_for_selector("body[data-jp-theme-name='JupyterLab Light']", state="attached")
    page.wait_for_timeout(500)
