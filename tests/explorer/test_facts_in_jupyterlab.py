"""The facts of an incident in a real JupyterLab: a form with what was found beside it, and a clock that counts."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from desks import SHOW, SLOW, again, barriers, opened, said, settled
from lab_server import ROOT, dying, looking, visiting

from workbench.store.incident_file import starter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab_server import Lab
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

SAMPLE = ROOT / "sample_data" / "connection-pool"
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.cells.length"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        shutil.copytree(SAMPLE, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture
def file(lab):
    """incident.toml as it was delivered."""
    (lab.folder / "slow").unlink(missing_ok=True)
    return shutil.copy(SAMPLE / "incident.toml", lab.folder / "incident.toml")


@pytest.fixture
def page(lab, file, chromium) -> Iterator[Page]:
    """The desk on one page; nothing off this machine is asked for, and JupyterLab got none of the keys."""
    with looking(chromium, lab, SLOW, SHOW) as page:
        opened(page, "facts")
        yield page
        assert page.evaluate(CELLS) == 2
        assert list(file.parent.glob("*.conflict-*")) == []


def fact(page: Page, name: str) -> Locator:
    """A field with all that is said of it."""
    return page.locator(f"[data-fact='{name}']")


def typed(page: Page, name: str, text: str) -> None:
    """Another text in a field, and Enter."""
    fact(page, name).locator("input").fill(text)
    page.keyboard.press("Enter")


def status(page: Page, name: str, words: str) -> str:
    """What a field says of being saved."""
    return said(fact(page, name).locator("output"), words)


def reopened(page: Page) -> None:
    """Away from the desk and back: it is asked for again."""
    page.locator("[data-desk=events]").click()
    opened(page, "facts")


def test_a_field_is_saved_alone_and_undone(page, file) -> None:
    """Enter saves, Esc takes back what was typed; comments stay, Undo and Redo go through it."""
    before = file.read_text("utf-8")
    title = fact(page, "title").locator("input")
    title.fill("never")
    page.keyboard.press("Escape")
    assert title.input_value() == "API errors from database connection-pool exhaustion"
    typed(page, "title", "The pool was too small <b>")
    assert re.fullmatch(r"Saved \d\d:\d\d:\d\d", status(page, "title", "Saved"))
    changed = before.replace('"API errors from database connection-pool exhaustion"', '"The pool was too small <b>"')
    assert file.read_text("utf-8") == changed
    page.get_by_role("region", name="Explorer: INC-2025-001: The pool was too small <b>").wait_for()
    page.get_by_role("combobox", name="Severity").select_option("SEV-1")
    status(page, "severity", "Saved")
    undo = page.get_by_role("button", name="Undo")
    assert undo.get_attribute("title") == "Undo: Severity (Ctrl+Z)"
    undo.click()
    status(page, "severity", "Saved")
    assert undo.get_attribute("title") == "Undo: Title (Ctrl+Z)"
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("region", name="Explorer: INC-2025-001: API errors").wait_for()
    assert file.read_text("utf-8") == before
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("region", name="The pool was too small").wait_for()
    assert file.read_text("utf-8") == changed


def test_the_file_of_workbench_new_keeps_every_other_byte(page, file) -> None:
    """A key comes below its commented example."""
    text = starter(id="I", title="T", severity="SEV-2")
    file.write_text(text, encoding="utf-8")
    reopened(page)
    typed(page, "team", "Orders")
    status(page, "team", "Saved")
    typed(page, "slo.target", "99.9")
    status(page, "slo.target", "Saved")
    wanted = text.replace('# team = "Payments"\n', '# team = "Payments"\nteam = "Orders"\n')
    assert file.read_text("utf-8") == f"{wanted}\n[slo]\ntarget = 99.9\n"


def test_a_moment_is_typed_in_any_zone_and_kept_in_utc(page, file) -> None:
    """What cannot be a moment is a sentence at the field, and stays in it."""
    before = file.read_text("utf-8")
    field = fact(page, "milestones.started")
    for text, sentence in (
        ("soon", "“soon” is no time."), ("2025-02-30 10:00", "There is no such day or hour."),
        ("2025-10-26 02:30 Europe/Berlin", "showed this hour twice: write the offset, +02:00 or +01:00."),
        ("2025-03-30 02:30 Europe/Berlin", "skipped this hour"), ("14:00 CEST", "“CEST” is no zone"), ("14:00+99:00", "No zone is"),
    ):  # fmt: skip
        typed(page, "milestones.started", text)
        assert sentence in field.get_by_role("alert").inner_text()
        assert field.locator("input").input_value() == text
    assert file.read_text("utf-8") == before
    field.locator("input").fill("15:02:30 Europe/Berlin")
    assert field.locator(".pmx-fact-echo").inner_text() == "2025-11-17 14:02:30 UTC, 09:02:30 New York"
    page.keyboard.press("Tab")
    status(page, "milestones.started", "Saved")
    assert "started = 2025-11-17T14:02:30Z\n" in file.read_text("utf-8")
    assert field.locator("input").input_value() == "2025-11-17 14:02:30"
    assert "Found: 2025-11-17 14:00:04" in field.inner_text()


def test_what_was_found_is_only_taken_over_by_a_button(page, file) -> None:
    """It stands as a placeholder with its evidence, which leads to the event."""
    before = file.read_text("utf-8")
    field = fact(page, "people.incident_commander")
    assert field.locator("input").get_attribute("placeholder") == "Helen Osei"
    assert field.locator("input").input_value() == ""
    assert "Used, as found: took or was given the role at 2025-11-17 14:12:47 UTC" in field.inner_text()
    field.get_by_role("button", name="Take over for Incident commander: Helen Osei").click()
    status(page, "people.incident_commander", "Saved")
    assert file.read_text("utf-8") == before.replace(
        'scribe = "Aiko Tanaka"\n', 'scribe = "Aiko Tanaka"\nincident_commander = "Helen Osei"\n'
    )
    field.get_by_text("As found in the sources.").wait_for()
    fact(page, "milestones.detected").get_by_role("button", name="alertmanager_webhooks.jsonl:7").click()
    page.locator(".pmx-detail:not([hidden])").get_by_text("alertmanager_webhooks.jsonl").first.wait_for()


def test_lists_and_numbers(page, file) -> None:
    """One more, one less, none twice; a number that is none is a sentence."""
    typed(page, "tags", "pool")
    status(page, "tags", "Saved")
    typed(page, "tags", "pool")
    assert fact(page, "tags").get_by_role("alert").inner_text() == "That one is there already."
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove capacity from Tags").click()
    fact(page, "tags").get_by_text("capacity").wait_for(state="detached")
    assert 'tags = ["database", "connection-pool", "pool"]\n' in file.read_text("utf-8")
    typed(page, "impact.customers_total", "12 thousand")
    assert "Write a whole number such as 12." in fact(page, "impact.customers_total").get_by_role("alert").inner_text()
    typed(page, "impact.customers_total", "12000")
    status(page, "impact.customers_total", "Saved")
    assert "customers_total = 12000\n" in file.read_text("utf-8")
    typed(page, "title", "")
    assert fact(page, "title").get_by_role("alert").inner_text() == "This one is needed."


def test_the_48_hours_are_counted_while_one_looks(page, file) -> None:
    """Held and in time; then due in some hours, second by second; then overdue."""
    clock = page.get_by_role("timer")
    assert clock.inner_text() == "Post-mortem held 2025-11-18 14:00 UTC (09:00 New York)"
    assert "23 h 24 min after the end: in time. It was due 2025-11-19 14:35." in page.locator(".pmx-due").inner_text()
    typed(page, "milestones.postmortem_held", "")
    status(page, "milestones.postmortem_held", "Saved")
    clock.get_by_text(re.compile("Post-mortem overdue by [0-9]+ d")).wait_for()
    soon = datetime.now(UTC) - timedelta(hours=47, minutes=30)
    typed(page, "milestones.resolved", soon.strftime("%Y-%m-%d %H:%M:%S"))
    clock.get_by_text(re.compile("Post-mortem due in 29 min")).wait_for()
    before = clock.inner_text()
    page.wait_for_function("(before) => document.querySelector('[role=timer]').textContent !== before", arg=before)
    assert "(a person said so)" in page.locator(".pmx-due").inner_text()
    page.get_by_role("button", name="The post-mortem was held now").click()
    clock.get_by_text("Post-mortem held").wait_for()
    assert f"postmortem_held = {datetime.now(UTC):%Y-%m-%d}T" in file.read_text("utf-8")


def test_what_others_wrote_meanwhile_is_shown_beside_what_was_typed(page, file) -> None:
    """Nothing is written over them; whoever has seen both may save all the same."""
    fact(page, "people.scribe").locator("input").fill("mine")
    file.write_text(file.read_text("utf-8").replace('scribe = "Aiko Tanaka"', 'scribe = "theirs"'), "utf-8")
    theirs = file.read_bytes()
    page.keyboard.press("Enter")
    status(page, "people.scribe", "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED: Scribe.")
    assert "Meanwhile Scribe was made “theirs”." in alert.inner_text()
    assert "On disk it says: theirs." in fact(page, "people.scribe").inner_text()
    assert fact(page, "people.scribe").locator("input").input_value() == "mine"
    assert file.read_bytes() == theirs
    alert.get_by_role("button", name="Try again").click()
    status(page, "people.scribe", "Saved")
    assert file.read_bytes() == theirs.replace(b'"theirs"', b'"mine"')


def test_without_a_kernel_it_is_not_saved_and_the_text_is_kept(page, file) -> None:
    """It is there again when the cell has run in a new kernel, and is saved then."""
    before = file.read_bytes()
    with dying(file.parent):
        typed(page, "team", "Payments")
        status(page, "team", "NOT SAVED")
    assert file.read_bytes() == before
    again(page, "facts")
    assert fact(page, "team").locator("input").input_value() == "Payments"
    status(page, "team", "This text is not saved yet.")
    fact(page, "team").locator("input").press("Enter")
    status(page, "team", "Saved")
    assert file.read_bytes() == before.replace(b'team = "Orders"', b'team = "Payments"')


def test_there_is_no_barrier(page) -> None:
    """Every field has a name; axe finds nothing while one is wrong."""
    typed(page, "milestones.started", "soon")
    assert barriers(page) == []
    tree = page.locator(".pmx-facts-desk").aria_snapshot()
    for name in ('textbox "Title"', 'combobox "Severity"', 'group "People"', 'combobox "Scribe"', 'timer "Until'):
        assert name in tree


def test_a_damaged_file_is_said_and_cannot_be_written_into(page, file) -> None:
    """The sentence has the line; when it is mended the form is there again."""
    good = file.read_bytes()
    file.write_text("title = \n", encoding="utf-8")
    reopened(page)
    assert "incident.toml:1" in page.locator(".pmx-facts-desk .pmx-problem").inner_text()
    assert fact(page, "title").is_hidden()
    file.write_bytes(good)
    reopened(page)
    settled(page)
    assert fact(page, "title").is_visible()
