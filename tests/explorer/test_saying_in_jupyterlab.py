"""In a real JupyterLab: own words, events merged, milestones decided, events told, evidence and actions; all of it undone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from judged_lab import SLOW, again, found, lines, press, saved, status, still
from lab_server import ROOT, dying, looking, restarted, visiting

from workbench.store import journal
from workbench.store.actions_file import read_actions
from workbench.store.factors_file import read_factors
from workbench.store.incident_file import read_incident, set_milestones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")
SAMPLE = ROOT / "sample_data" / "connection-pool"
SHOW = 'import workbench as wb\nwb.show(wb.open_postmortem("."), zone="Europe/Berlin")'
FIRED = "kind:alert level:fatal"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        shutil.copytree(SAMPLE, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture
def page(lab, chromium) -> Iterator[Page]:
    """The incident's explorer with nothing judged."""
    (lab.folder / journal.NAME).unlink(missing_ok=True)
    for name in ("incident.toml", "factors.toml", "actions.toml"):
        shutil.copy(SAMPLE / name, lab.folder / name)
    with looking(chromium, lab, SLOW, SHOW) as page:
        page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
        still(page)
        yield page


def no_barrier(page: Page) -> None:
    """Axe finds nothing in the explorer."""
    problems = Axe().run(page, context=".pmx").response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in problems] == []


def marks(page: Page) -> list[str]:
    """The marks in the table."""
    return page.locator(".pmx tbody .pmx-mark").all_inner_texts()


def test_own_words_are_in_the_table_and_those_of_the_source_beside_them(page, lab) -> None:
    """R asks for them, with what the source says to begin with; Undo and Redo take them back and bring them again."""
    found(page, FIRED)
    page.keyboard.press("r")
    field = page.locator(".pmx-judging textarea")
    source = field.input_value()
    assert source.startswith("High error rate on API: orders-api")
    field.fill("Customers got <b>errors</b>")
    no_barrier(page)
    press(page, "Save")
    status(page, "Saved")
    cell = page.locator(".pmx tr[aria-selected='true'] td.pmx-message")
    assert cell.inner_text().split() == ["own", "words", "Customers", "got", "<b>errors</b>"]
    assert page.locator(".pmx-said").inner_text() == f"Customers got <b>errors</b>\nThe source says: {source}"
    page.locator(".pmx table").focus()
    page.keyboard.press("Control+z")
    assert [each["value"] for each in saved(lab.folder, 2, page)] == ["Customers got <b>errors</b>", None]
    assert cell.inner_text().startswith("High error rate")
    page.keyboard.press("Control+Shift+z")
    assert saved(lab.folder, 3, page)[2]["value"] == "Customers got <b>errors</b>"
    assert cell.inner_text().startswith("own words")


def test_rows_are_chosen_together_and_merged_at_a_stroke(page, lab) -> None:
    """With Shift and the arrows, or Ctrl and a click; one line each; taken out one by one, or undone all at once."""
    found(page, FIRED)
    table = page.locator(".pmx table")
    table.focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.locator(".pmx tbody tr[data-place='4'] td.pmx-message").click(modifiers=["Control"])
    assert page.get_by_role("group", name="Events chosen together").inner_text().startswith("4 events chosen.")
    assert page.locator(".pmx tr[aria-selected='true']").count() == 4
    no_barrier(page)
    page.keyboard.press("g")
    said = saved(lab.folder, 3, page)
    assert [(each["verb"], each["value"]) for each in said] == [("merge", said[0]["value"])] * 3
    assert said[0]["value"] not in {each["event"] for each in said}
    assert sorted(marks(page)) == ["4 as one", "merged", "merged", "merged"]
    group = page.get_by_role("list", name="Judgements")
    assert group.inner_text().startswith("4 events as one")
    group.get_by_role("button", name="Take out").first.click()
    assert saved(lab.folder, 4, page)[3]["value"] is None
    assert sorted(marks(page)) == ["3 as one", "merged", "merged"]
    for count in (5, 8):
        page.get_by_role("button", name="Undo").click()
        saved(lab.folder, count, page)
    assert marks(page) == []
    assert [each["value"] is None for each in lines(lab.folder)] == [False] * 3 + [True, False] + [True] * 3


def decide(page: Page, name: str, words: str) -> None:
    """Presses a button of a milestone."""
    page.locator(".pmx-reasons", has=page.locator("summary", has_text=name)).get_by_role(
        "button", name=words
    ).first.click()


def reasons(page: Page, name: str) -> str:
    """What stands at a milestone."""
    return page.locator(".pmx-reasons", has=page.locator("summary", has_text=name)).inner_text()


def test_milestones_are_confirmed_and_moved(page, lab) -> None:
    """Each with its reasons; nothing that a person said is replaced before it is shown; all of it can be undone."""
    found(page, FIRED)
    page.locator(".pmx-deciding > summary").click()
    still(page)
    assert "this event is detected (proposed, 0.99)" in page.locator(".pmx-deciding > summary").inner_text()
    told = reasons(page, "detected")
    for words in (
        "The alert HighErrorRate began to fire.",
        "alertmanager_webhooks.jsonl:7",
        "Runners-up",
        "support_tickets.csv:3",
        "One more sign",
    ):
        assert words in told
    no_barrier(page)
    decide(page, "detected", "Confirm")
    (mark,) = saved(lab.folder, 1, page)
    assert (mark["verb"], mark["value"]) == ("milestone", "detected")
    assert "confirmed" in reasons(page, "detected")
    decide(page, "detected", "Choose")
    assert "said that it is the event at 14:00:41" in reasons(page, "detected")
    assert len(lines(lab.folder)) == 1
    decide(page, "detected", "Replace it")
    assert saved(lab.folder, 2, page)[1]["event"] != mark["event"]
    assert "14:04:00" in reasons(page, "detected")
    page.get_by_role("button", name="Undo").click()
    saved(lab.folder, 3, page)
    assert "14:00:41.318" in reasons(page, "detected")


def test_a_milestone_is_rejected_and_stated_without_an_event(page, lab) -> None:
    """The time goes into incident.toml, from the second zone too; it can be undone."""
    found(page, FIRED)
    page.locator(".pmx-deciding > summary").click()
    still(page)
    page.locator(".pmx-reasons summary", has_text="acknowledged").click()
    decide(page, "acknowledged", "Reject")
    saved(lab.folder, 1, page)
    assert "Rejected" in reasons(page, "acknowledged")
    decide(page, "acknowledged", "At a time")
    page.get_by_role("textbox", name="Time of acknowledged").fill("2025-11-17 15:03")
    page.get_by_label("Zone").select_option("Europe/Berlin")
    page.locator(".pmx-reasons").get_by_role("button", name="Set").click()
    page.locator(".pmx-reasons", has_text="incident.toml says 14:03:00 UTC").wait_for()
    assert "acknowledged" in read_incident(lab.folder).milestones
    still(page)
    page.get_by_role("button", name="Undo").click()
    page.locator(".pmx-reasons", has_text="incident.toml says").wait_for(state="detached")
    assert "acknowledged" not in read_incident(lab.folder).milestones


def test_a_milestone_that_somebody_else_stated_meanwhile_is_shown(page, lab) -> None:
    """Nothing is written; whoever has seen it may replace it."""
    found(page, FIRED)
    page.locator(".pmx-deciding > summary").click()
    still(page)
    set_milestones(lab.folder, {"detected": 1_763_388_000_000_000_000})
    decide(page, "detected", "Confirm")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    alert.wait_for()
    assert "Meanwhile incident.toml says that detected is 2025-11-17T14:00:00.000Z" in alert.inner_text()
    assert lines(lab.folder) == []
    page.locator(".pmx-reasons", has_text="incident.toml says 14:00:00 UTC").wait_for()
    alert.get_by_role("button", name="Dismiss").click()
    decide(page, "detected", "Take it out")
    page.locator(".pmx-reasons", has_text="incident.toml says").wait_for(state="detached")
    assert "detected" not in read_incident(lab.folder).milestones


def tell(page: Page, text: str, when: str = "2025-11-17 14:20") -> None:
    """Fills the form of an event that no file holds."""
    page.get_by_label("When", exact=True).fill(when)
    page.get_by_label("What happened").fill(text)
    page.get_by_label("Who saw or heard it").fill("Kim Nov\u00e1")


def test_an_event_that_no_file_holds(page, lab) -> None:
    """It has its lane and its row at once, is corrected and withdrawn, and comes back; the journal keeps every line."""
    page.get_by_role("tab", name="Told events").click()
    tell(page, "The hotline called")
    no_barrier(page)
    page.get_by_role("button", name="Tell it").click()
    (line,) = saved(lab.folder, 1, page)
    assert (line["verb"], line["value"]["witness"], line["value"]["earliest"]) == (
        "tell",
        "Kim Nov\u00e1",
        "2025-11-17T14:15:00.000Z",
    )
    chosen = page.locator(".pmx tr[aria-selected='true']")
    assert chosen.locator("td.pmx-message").inner_text().split(maxsplit=1) == ["told", "The hotline called"]
    assert page.locator(".pmx-lanes li", has_text="journal.jsonl").inner_text().split() == ["journal.jsonl", "1"]
    page.get_by_role("button", name="Correct what Kim").click()
    still(page)
    page.get_by_label("What happened").fill("The hotline called twice")
    page.get_by_role("button", name="Save the correction").click()
    assert saved(lab.folder, 2, page)[1]["event"] == line["event"]
    assert chosen.locator("td.pmx-message").inner_text().endswith("called twice")
    page.get_by_role("button", name="Withdraw what Kim").click()
    assert saved(lab.folder, 3, page)[2]["value"] is None
    assert page.locator(".pmx-lanes li", has_text="journal.jsonl").count() == 0
    page.get_by_role("button", name="Undo").click()
    assert saved(lab.folder, 4, page)[3]["value"]["text"] == "The hotline called twice"
    assert page.locator(".pmx-lanes li", has_text="journal.jsonl").count() == 1


def test_what_is_told_is_not_lost_with_the_kernel(page, lab) -> None:
    """The form has it again when the cell has run in a new kernel; it is told once."""
    page.get_by_role("tab", name="Told events").click()
    tell(page, "The hotline called")
    with dying(lab.folder):
        page.get_by_role("button", name="Tell it").click()
        page.get_by_role("alert").filter(has_text="NOT SAVED").wait_for()
    assert page.get_by_label("What happened").input_value() == "The hotline called"
    restarted(page)
    again(page)
    page.get_by_role("tab", name="Told events").click()
    assert page.get_by_label("What happened").input_value() == "The hotline called"
    page.get_by_role("button", name="Tell it").click()
    assert len(saved(lab.folder, 1, page)) == 1


def test_an_event_becomes_evidence_and_an_action(page, lab) -> None:
    """Of a factor, with its place; of an item with the next id; both can be undone."""
    before = {one.id: one.evidence for one in read_factors(lab.folder)}
    items = read_actions(lab.folder)
    found(page, FIRED)
    page.keyboard.press("l")
    menu = page.get_by_label("Evidence of the factor (alertmanager_webhooks.jsonl:7)")
    menu.wait_for()
    factor = menu.input_value()
    no_barrier(page)
    press(page, "Link")
    status(page, "Saved")
    after = {one.id: one.evidence for one in read_factors(lab.folder)}
    assert after == before | {factor: (*before[factor], "alertmanager_webhooks.jsonl:7")}
    still(page)
    press(page, "Action\u2026")
    page.get_by_label("What shall be done").fill("Alert earlier")
    page.get_by_label("Kind").select_option("detect")
    press(page, "Make OPS-107")
    status(page, "Saved .*: OPS-107")
    made = read_actions(lab.folder)[-1]
    assert (made.id, made.action, made.link, made.kind) == (
        "OPS-107",
        "Alert earlier",
        "alertmanager_webhooks.jsonl:7",
        "detect",
    )
    still(page)
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
        page.wait_for_timeout(300)
        still(page)
    assert read_actions(lab.folder) == items
    assert {one.id: one.evidence for one in read_factors(lab.folder)} == before
