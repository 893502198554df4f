"""The desk of clocks in a real JupyterLab: a shift is seen at once and marked as a trial, and saved it is in the file."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from clock_incident import made
from lab_server import looking, visiting

import workbench as wb
from workbench.store.register import read_register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from lab_server import Lab
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

SHOW = """
import workbench as wb
wb.show(wb.open_postmortem("."))
"""
# The kernel counts slowly where the file says so: what is seen before it answers is the browser's own doing.
SLOW = """
import pathlib, time
from workbench.explorer.views import Views
def slow(self, message, view=Views.view):
    time.sleep(float(pathlib.Path("slow").read_text()) if pathlib.Path("slow").exists() else 0)
    return view(self, message)
Views.view = slow
"""
HOSTILE = "<img src=x onerror='window.hit=1'>.log"
REGISTER = """# what Mira wrote
[[source]]
path = "app.jsonl" # the pod in zone b
added = "2025-11-18T09:00:00Z"

# the old machine
[[source]]
path = "db.log"
"""
# The first column of the lane's pixels that has the colour of quiet events.
FIRST = """(canvas, [top, height]) => {
  const scale = canvas.width / canvas.clientWidth, { data, width } = canvas.getContext("2d")
    .getImageData(0, Math.round(top * scale), canvas.width, Math.round(height * scale));
  for (let x = 0; x < width; x++) for (let y = 0; y < data.length / width / 4; y++) {
    const at = (y * width + x) * 4;
    if (data[at] === 138 && data[at + 1] === 155 && data[at + 2] === 173) return x / scale;
  }
  return -1;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server on a small incident whose clocks are known."""
    with visiting() as served:
        folder = made(tmp_path_factory.mktemp("made"))
        shutil.copytree(folder, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        (served.folder / "sources" / HOSTILE).write_text(
            "2025-11-17T14:10:00Z INFO begun\n2025-11-17T14:20:00Z ERROR <b>ended</b>\n", encoding="utf-8"
        )
        yield served


def opened(lab: Lab, chromium: Browser) -> Iterator[Page]:
    """The incident's explorer with the desk of clocks open, and nothing set."""
    (lab.folder / "sources.toml").write_text(REGISTER, encoding="utf-8")
    with looking(chromium, lab, SLOW, SHOW) as page:
        page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
        page.locator(".pmx-board").focus()
        page.keyboard.press("0")
        page.get_by_role("tab", name="Clocks").click()
        row(page, "app.jsonl").wait_for()
        settle(page)
        yield page


@pytest.fixture
def fresh(lab, chromium) -> Iterator[Page]:
    """A page of its own, for a test that saves."""
    yield from opened(lab, chromium)


@pytest.fixture(scope="module")
def shared(lab, chromium) -> Iterator[Page]:
    """One page for all tests that only try."""
    yield from opened(lab, chromium)


@pytest.fixture
def page(shared, lab) -> Page:
    """The shared page as it was: nothing on trial, searched for or open, all events in view."""
    (lab.folder / "sources.toml").write_text(REGISTER, encoding="utf-8")
    if shared.locator(".pmx-trial").is_visible():
        shared.get_by_role("button", name="Cancel the trial").click()
    if (one := shared.locator(".pmx-clock-name[aria-expanded='true']")).count():
        one.click()
    shared.locator(".pmx-search").fill("")
    shared.wait_for_timeout(300)
    shared.locator(".pmx-board").focus()
    shared.keyboard.press("0")
    settle(shared)
    return shared


def settle(page: Page) -> None:
    """Waits until what was asked for last is drawn, and nothing is read any more."""
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=20_000)


def row(page: Page, path: str) -> Locator:
    """A source's row."""
    return page.locator(f".pmx-clocks-table tr[data-path='{path}']")


def cells(page: Page, path: str) -> list[str]:
    """The words of a source's row."""
    return [" ".join(each.split()) for each in row(page, path).locator("th, td").all_inner_texts()]


def open_source(page: Page, path: str) -> Locator:
    """The panel of a source, with its votes."""
    page.get_by_role("button", name=path, exact=True).click()
    panel = page.locator(".pmx-clock-open")
    panel.wait_for()
    settle(page)
    return panel


def events(folder: Path) -> pd.DataFrame:
    """The events of the incident, as the test reads them."""
    return wb.open_postmortem(folder).events


def expected(page: Page, frame: pd.DataFrame, later: dict[str, float]) -> int:
    """How many events lie in view, where those of some sources are so many seconds later."""
    start, end = (round(float(page.locator(".pmx").get_attribute(f"data-{name}")) * 1e6) for name in ("start", "end"))
    times = frame["time"].astype("int64") + (frame["source"].map(later).fillna(0) * 1e9).astype("int64")
    return int(((times >= start) & (times < end)).sum())


def total(page: Page) -> int:
    """How many events the table has."""
    settle(page)
    return int(page.get_by_role("grid", name="Events in view").get_attribute("aria-rowcount")) - 1


def told(page: Page) -> str:
    """What the bar above the lanes says is on trial; "" where nothing is."""
    bar = page.locator(".pmx-trial")
    return bar.locator("span").inner_text() if bar.is_visible() else ""


def saved(page: Page, words: str = "Saved") -> None:
    """Waits for the acknowledgement, and for the sources to be read."""
    page.locator(".pmx-clock-form output", has_text=re.compile(words)).wait_for(timeout=15_000)


def read_again(page: Page) -> str:
    """What is said once the sources have been read again."""
    done = page.locator(".pmx-reading span", has_text=re.compile("read again at"))
    done.wait_for(timeout=30_000)
    settle(page)
    words = done.inner_text()
    page.locator(".pmx-reading").get_by_role("button", name="Dismiss").click()
    return words


def shown(page: Page, query: str) -> list[str]:
    """The times that the table shows of what is found."""
    page.locator(".pmx-search").fill(query)
    page.wait_for_timeout(300)
    settle(page)
    return [each for each in page.locator(".pmx-scroll tbody td.pmx-time").all_inner_texts() if each]


def test_the_table_says_what_sources_json_says(page, lab) -> None:
    """Format, events, zone with its basis and confidence, offset with its interval, and the votes."""
    reports = {each.path: each for each in wb.open_postmortem(lab.folder).sources}
    app, db, checks = (cells(page, path) for path in ("app.jsonl", "db.log", "checks.csv"))
    offset = reports["app.jsonl"].clock_offset
    assert app[0] == "app.jsonl json_lines"
    assert app[1].startswith("60 14:00")
    assert app[3] == f"{offset.value:g} s ahead +{offset.low:.1f} to +{offset.high:.1f} s"
    assert app[4] == "60 of 60 checks.csv"
    assert db[2] == "UTC-05:00 by shared ids, 0.99"
    assert checks[3] == "taken as true ±0.25 s"
    assert (
        page.locator(".pmx-clocks-said").inner_text()
        == "4 sources, 2 put right by shared ids, 1 whose clock nobody knows."
    )


def test_a_number_shifts_the_source_at_once_and_nothing_is_written(page, lab) -> None:
    """The counts in view are those of the shifted events; it is marked as a trial; Cancel returns."""
    frame = events(lab.folder)
    value = wb.open_postmortem(lab.folder).sources[1].clock_offset.value
    page.locator(".pmx-board").focus()
    page.keyboard.press("w")
    before = total(page)
    assert before == expected(page, frame, {})
    first = shown(page, "source:app.jsonl")[0]
    page.locator(".pmx-search").fill("")
    panel = open_source(page, "app.jsonl")
    panel.get_by_label("Clock ahead by").fill(f"{value + 2400}")
    settle(page)
    assert total(page) == expected(page, frame, {"app.jsonl": -2400.0}) != before
    assert told(page) == "On trial, not saved: app.jsonl 40 min earlier."
    assert page.locator(".pmx-lanes li", has_text="app.jsonl").locator(".pmx-tried").inner_text() == "\u221240 min"
    assert cells(page, "app.jsonl")[3].endswith("on trial: 40 min earlier")
    assert "60 contradict" in panel.locator(".pmx-votes li", has_text="checks.csv").inner_text()
    assert panel.locator(".pmx-evidence button").all_inner_texts()[:2] == ["app.jsonl:1", "checks.csv:2"]
    assert (lab.folder / "sources.toml").read_text("utf-8") == REGISTER
    panel.get_by_role("button", name="Cancel").click()
    assert total(page) == before
    assert told(page) == ""
    assert shown(page, "source:app.jsonl")[0] == first


def test_people_type_lengths_of_time_as_they_like(page) -> None:
    """What is meant is said in words, and the sliders follow."""
    panel = open_source(page, "app.jsonl")
    for typed, words in {
        "37": "37 s ahead", "-1.5 s": "1.5 s behind", "1:30": "90 s ahead", "+5h30m": "5 h 30 min ahead",
        "2:00:05": "2 h 5 s ahead", "250 ms": "0.25 s ahead", "41 s behind": "41 s behind", "0": "right",
    }.items():  # fmt: skip
        panel.get_by_label("Clock ahead by").fill(typed)
        assert panel.locator(".pmx-field small").first.inner_text().startswith(f"It was {words}: ")
        assert panel.get_by_label("Clock, coarse").get_attribute("aria-valuetext") == words
    panel.get_by_label("Clock ahead by").fill("soon")
    assert panel.get_by_label("Clock ahead by").get_attribute("aria-invalid") == "true"


def test_sliders_go_by_the_keyboard(page) -> None:
    """A second a step, or a hundredth; the bar above the lanes has one too, and all of them agree."""
    panel = open_source(page, "app.jsonl")
    panel.get_by_label("Clock ahead by").fill("50")
    panel.get_by_label("Clock, coarse").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    panel.get_by_label("Clock, fine").focus()
    page.keyboard.press("ArrowLeft")
    assert panel.get_by_label("Clock ahead by").input_value() == "52.99 s"
    bar = page.locator(".pmx-trial").get_by_role("slider")
    assert bar.get_attribute("aria-valuetext") == "52.99 s ahead"
    bar.focus()
    page.keyboard.press("ArrowLeft")
    assert panel.get_by_label("Clock ahead by").input_value() == "51.99 s"
    panel.get_by_label("Clock ahead by").focus()
    page.keyboard.press("Escape")
    assert told(page) == ""


def test_the_lane_moves_before_the_kernel_has_counted(page, lab) -> None:
    """The hand never waits: what was counted is drawn elsewhere at once."""
    canvas, lane = page.locator(".pmx-board canvas"), page.locator(".pmx-lanes li", has_text="app.jsonl")
    box = [lane.bounding_box()[key] for key in ("y", "height")]
    box[0] -= canvas.bounding_box()["y"]
    panel = open_source(page, "app.jsonl")
    before, taken = canvas.evaluate(FIRST, box), page.locator(".pmx").get_attribute("data-taken")
    start, end = (float(page.locator(".pmx").get_attribute(f"data-{name}")) for name in ("start", "end"))
    (lab.folder / "slow").write_text("2")
    value = wb.open_postmortem(lab.folder).sources[1].clock_offset.value
    panel.get_by_label("Clock ahead by").fill(f"{value - 300}")
    page.wait_for_timeout(300)
    moved = canvas.evaluate(FIRST, box) - before
    assert page.locator(".pmx").get_attribute("data-taken") == taken
    assert moved == pytest.approx(300_000 / (end - start) * canvas.bounding_box()["width"], abs=4)
    (lab.folder / "slow").unlink()
    settle(page)
    assert page.locator(".pmx").get_attribute("data-taken") != taken


def test_saved_it_is_in_the_file_and_the_sources_are_read_again(fresh, lab) -> None:
    """With the comments; the chosen event stays chosen; undone, the file is as it was."""
    page = fresh
    page.locator(".pmx-search").fill("source:app.jsonl")
    page.wait_for_timeout(300)
    settle(page)
    page.locator(".pmx-scroll tbody tr[data-place='5']").click()
    chosen = page.locator(".pmx tr[aria-selected='true']")
    before = chosen.locator(".pmx-time").inner_text()
    panel = open_source(page, "app.jsonl")
    panel.get_by_label("Clock ahead by").fill("78")
    panel.get_by_role("button", name="Save", exact=True).click()
    saved(page)
    assert (lab.folder / "sources.toml").read_text("utf-8") == REGISTER.replace(
        '09:00:00Z"\n', '09:00:00Z"\nclock_offset_seconds = 78\n'
    )
    words = read_again(page)
    assert re.search(r"app\.jsonl 3[67](\.\d+)? s earlier", words), words
    assert told(page) == ""
    frame = events(lab.folder)
    own = frame[frame["source"] == "app.jsonl"]["time"].dt.strftime("%H:%M:%S.%f").str[:12].tolist()
    assert shown(page, "source:app.jsonl")[:8] == own[:8]
    assert chosen.locator(".pmx-time").inner_text() == own[5] != before
    assert cells(page, "app.jsonl")[3].startswith("78 s ahead (set)")
    assert cells(page, "app.jsonl")[4].endswith("2 contradictions")
    assert panel.locator(".pmx-clock-notes .pmx-contrary").count() == 2


def test_undone_redone_and_taken_back(fresh, lab) -> None:
    """The file is as it was each time, and the events follow."""
    page = fresh
    panel = open_source(page, "app.jsonl")
    panel.get_by_label("Clock ahead by").fill("78")
    panel.get_by_label("Unsure by, either way").fill("0.5")
    panel.get_by_role("button", name="Save", exact=True).click()
    read_again(page)
    assert cells(page, "app.jsonl")[3].startswith("78 s ahead (set) +77.5 to +78.5 s")
    page.get_by_role("button", name="Undo").click()
    read_again(page)
    assert (lab.folder / "sources.toml").read_text("utf-8") == REGISTER
    assert "78" not in cells(page, "app.jsonl")[3]
    page.get_by_role("button", name="Redo").click()
    read_again(page)
    panel.get_by_role("button", name="Take back what a person set").click()
    read_again(page)
    assert (lab.folder / "sources.toml").read_text("utf-8") == REGISTER
    assert cells(page, "app.jsonl")[4] == "60 of 60 checks.csv"


def test_what_others_wrote_meanwhile_is_shown(fresh, lab) -> None:
    """Nothing is written over it before the person has seen both."""
    page = fresh
    panel = open_source(page, "app.jsonl")
    panel.get_by_label("Clock ahead by").fill("78")
    settle(page)
    theirs = REGISTER.replace("added", "clock_offset_seconds = 12\nadded")
    (lab.folder / "sources.toml").write_text(theirs, encoding="utf-8")
    panel.get_by_role("button", name="Save", exact=True).click()
    saved(page, "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    assert (
        "Meanwhile somebody changed the row of app.jsonl in sources.toml: clock_offset_seconds = 12"
        in alert.inner_text()
    )
    assert (lab.folder / "sources.toml").read_text("utf-8") == theirs
    assert panel.get_by_label("Clock ahead by").input_value() == "78 s"
    alert.get_by_role("button", name="Try again").click()
    read_again(page)
    assert read_register(lab.folder).entry("app.jsonl").clock_offset_seconds == 78


def test_a_zone_is_tried_and_saved(fresh, lab) -> None:
    """The one that the ids fit comes first; another one moves the events by hours; in the file it stands by its name."""
    page = fresh
    panel = open_source(page, "db.log")
    first = panel.locator(".pmx-chips button").first
    assert first.inner_text().startswith("America/New_York")
    assert "120 of 120 ids; UTC-05:00" in first.inner_text()
    field = panel.get_by_role("combobox", name="Zone")
    field.fill("Mars/Olympus")
    field.press("Enter")
    assert "is not a time zone" in panel.locator("output").inner_text()
    field.fill("Europe/Berlin")
    field.press("Enter")
    settle(page)
    assert told(page) == "On trial, not saved: db.log in Europe/Berlin."
    page.locator(".pmx-board").focus()
    page.keyboard.press("0")
    times = shown(page, "source:db.log")
    assert re.search(r"\b0?7:59:59|\b08:00", times[0]), times[0]
    page.locator(".pmx-search").fill("")
    assert "\u221221596" in panel.locator(".pmx-votes").inner_text(), (
        "the ids say that its clock would be six hours off"
    )
    first.click()
    panel.get_by_role("button", name="Save", exact=True).click()
    read_again(page)
    assert read_register(lab.folder).entry("db.log").zone == "America/New_York"
    assert cells(page, "db.log")[2] == "America/New_York set by a person"


def choose(page: Page, query: str, place: int) -> Locator:
    """Chooses an event of what is found."""
    shown(page, query)
    found = page.locator(f".pmx-scroll tbody tr[data-place='{place}']")
    found.click()
    return found


def test_two_events_set_a_clock(page) -> None:
    """By the buttons or by a drag; tried, the two stand at one moment."""
    page.get_by_text("Set a clock from two events").click()
    choose(page, "source:app.jsonl", 3)
    page.get_by_role("button", name="First").click()
    found = choose(page, "source:checks.csv", 5)
    found.drag_to(page.locator(".pmx-slot").nth(1))
    said = page.locator(".pmx-two output")
    said.filter(has_text="The clock of app.jsonl was").wait_for()
    assert said.inner_text() == (
        "The clock of app.jsonl was 81 s behind (80.999 s to 81.001 s behind): its events are put 81 s later than it wrote them."
    )
    page.get_by_role("button", name="Try it").click()
    settle(page)
    assert shown(page, "source:app.jsonl")[3] == shown(page, "source:checks.csv")[5]
    assert page.get_by_label("Unsure by, either way").input_value() == "0.001 s"
    page.get_by_role("combobox", name="How the two events").select_option("effect")
    page.get_by_label("Seconds that lie between them").fill("2")
    said.filter(has_text="79.001 s behind").wait_for()
    assert said.inner_text() == (
        "The clock of app.jsonl was at least 79.001 s behind. As it stands, it keeps that: nothing has to move."
    )
    assert page.get_by_role("button", name="Try it").is_disabled()
    choose(page, "source:app.jsonl", 9)
    page.get_by_role("button", name="Second").click()
    assert said.inner_text() == "Both events are of one source, and its own clock dated both."


def test_all_of_it_goes_by_the_keyboard(fresh, lab) -> None:
    """From the tab to the saved file without a mouse."""
    page = fresh
    page.locator(".pmx-board").focus()
    number = re.search("[0-9]", page.get_by_role("tab", name="Clocks").get_attribute("title"))[0]
    page.get_by_role("tab", name="Events", exact=True).click()
    page.locator(".pmx-board").focus()
    page.keyboard.press(number)
    page.get_by_role("button", name="app.jsonl", exact=True).focus()
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.labels[0].textContent") == "Clock ahead by"
    page.keyboard.press("Control+a")
    page.keyboard.type("1:02")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent") == "Save":
            break
    page.keyboard.press("Enter")
    read_again(page)
    assert read_register(lab.folder).entry("app.jsonl").clock_offset_seconds == 62


@pytest.mark.parametrize("scheme", ["Light", "Dark"])
def test_there_is_no_barrier_and_names_stay_text(page, scheme) -> None:
    """Axe finds nothing with a panel open and a trial running; a hostile name is words."""
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {scheme}"
    )
    page.wait_for_timeout(800)
    page.get_by_text("Set a clock from two events").click()
    open_source(page, HOSTILE)
    panel = open_source(page, "db.log")
    panel.get_by_label("Clock ahead by").fill("soon")
    panel.get_by_label("Clock ahead by").fill("99")
    settle(page)
    found = Axe().run(page, context=".pmx").response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found] == []
    assert page.evaluate("() => window.hit") is None
    assert page.locator(".pmx img").count() == 0
    tree = page.locator(".pmx").aria_snapshot()
    for named in (
        'table "Clocks of the sources"', 'button "app.jsonl"', 'group "Clock of db.log"', 'textbox "Clock ahead by"',
        'slider "Clock, coarse: by seconds"', 'combobox "Zone"', 'group "Zones that fit"', 'region "Shared ids"',
        'group "On trial"',
    ):  # fmt: skip
        assert named in tree, named
