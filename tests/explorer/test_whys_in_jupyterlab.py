"""The five whys in a real JupyterLab: edited by keys and by hand, checked at once, and on disk as a person wrote it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab_server import EXECUTED, READY, ROOT, RUN, dying, looking, restarted, visiting

from workbench.store.factors_file import read_factors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lab_server import Lab
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")

# The disk is slow where a test says so; the kernel says who it is.
SHOW = """
import os, pathlib, time
from workbench.explorer import whys
pathlib.Path("kernel.pid").write_text(str(os.getpid()))
def slow(*args, edit=whys.edit_rows, **more):
    slow = pathlib.Path("slow")
    time.sleep(float(slow.read_text()) if slow.exists() else 0)
    edit(*args, **more)
whys.edit_rows = slow
import workbench as wb
wb.show(wb.open_postmortem("."))
"""
SAMPLE = ROOT / "sample_data" / "connection-pool"
BESIDE = "() => document.querySelector('.pmx-below').scrollIntoView({ block: 'center' })"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A server on a copy of the sample incident."""
    with visiting() as served:
        shutil.copytree(SAMPLE, served.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("output"))
        yield served


@pytest.fixture(scope="module")
def opened(lab, chromium) -> Iterator[Page]:
    """The explorer on one page for all tests that leave it as it was."""
    with looking(chromium, lab, SHOW) as page:
        yield page


@pytest.fixture
def page(opened, lab) -> Page:
    """The five whys of the sample as it is shipped, nothing open."""
    start(opened, lab)
    return opened


def start(page: Page, lab: Lab, factors: str | None = None) -> None:
    """Puts the factors on disk and opens their desk anew."""
    text = (SAMPLE / "factors.toml").read_text(encoding="utf-8") if factors is None else factors
    (lab.folder / "factors.toml").write_text(text, encoding="utf-8")
    page.evaluate("() => localStorage.clear()")
    page.evaluate(READY)
    page.evaluate(RUN)
    assert all(page.evaluate(EXECUTED))
    page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
    page.get_by_role("tab", name="Five whys").click()
    page.locator(".pmx-whys h4").first.wait_for()
    page.evaluate(BESIDE)


def factor(page: Page, text: str) -> Locator:
    """A factor's place in the tree, by how its text begins."""
    label = page.locator("> .pmx-factor .pmx-why-text", has_text=re.compile(f"^{text}"))
    return page.locator(".pmx-whys [role=treeitem]", has=label)


def items(page: Page, question: str = "Why it happened") -> list[tuple[int, str]]:
    """What is seen of a question's tree: how deep each factor stands, and how its text begins."""
    tree = page.get_by_role("tree", name=question).locator("[role=treeitem]")
    found = tree.evaluate_all(
        "(all) => all.map((one) => [one.ariaLevel, one.querySelector('.pmx-why-text')?.textContent ?? ''])"
    )
    return [(int(level), " ".join(text.split()[:3])) for level, text in found]


def saved(page: Page, words: str = r"^Saved \d\d:\d\d:\d\d$") -> str:
    """What is said of saving, once it says this."""
    said = page.locator(".pmx-whys output", has_text=re.compile(words))
    said.wait_for(timeout=10_000)
    return said.inner_text()


def focused(page: Page) -> str:
    """The text of the factor, or the name of the control, that has the focus."""
    return page.evaluate(
        "() => (document.activeElement.querySelector('.pmx-why-text')?.textContent ?? document.activeElement.getAttribute('aria-label')"
        " ?? document.activeElement.textContent)"
    )


def pressed(page: Page, *keys: str) -> None:
    """Presses keys one after another, each once what the last one did is done."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=15_000)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits for something on disk."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never held")


def graph(folder: Path) -> dict[str, tuple[str, ...]]:
    """What each factor on disk came from."""
    return {one.id: one.because_of for one in read_factors(folder)}


def on_disk(folder: Path) -> str:
    """factors.toml as it is."""
    return (folder / "factors.toml").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds in the explorer."""
    found = Axe().run(page, context=".pmx").response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found]


SEEN = [
    (1, "Customers could not"), (2, "Requests waited for"), (3, "The pool's limit"), (4, "The pool was"),
    (5, "Nothing says how"), (4, "Pool sizes do"), (4, "Load tests used"), (3, "Campaigns bring traffic"),
    (3, "The pool's own"),
]  # fmt: skip


def test_the_tree_is_walked_by_keys(page) -> None:
    """Up and down what is seen, in and out of what a factor came from, to both ends."""
    assert items(page) == SEEN
    page.get_by_role("tab", name="Five whys").focus()
    pressed(page, "Tab", "Tab", "Tab")
    assert focused(page).startswith("Customers")
    pressed(page, "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp")
    assert focused(page).startswith("The pool's limit")
    pressed(page, "ArrowLeft")
    assert [text for _, text in items(page)] == [SEEN[at][1] for at in (0, 1, 2, 7, 8)]
    pressed(page, "ArrowDown", "ArrowUp", "*")
    assert items(page) == SEEN
    pressed(page, "End")
    assert focused(page).startswith("The pool's own")
    pressed(page, "Home", "ArrowDown", "Space")
    page.get_by_role("group", name="The factor: Requests waited").wait_for()
    pressed(page, "Tab")
    assert focused(page) == "Why? Add a cause below (Enter)"
    pressed(page, "Escape")
    assert focused(page).startswith("Requests waited")
    assert page.get_by_role("group", name="The factor").count() == 0


def test_everything_can_be_written_with_the_keyboard_alone(page, lab) -> None:
    """Asking why, editing, moving a factor in every direction, deleting it and taking it all back."""
    factor(page, "The pool's own").focus()
    pressed(page, "Enter")
    page.keyboard.type("No team owns the dashboards")
    pressed(page, "Enter")
    saved(page)
    assert focused(page) == "No team owns the dashboards"
    assert graph(lab.folder)["pool-unwatched"] == ("no-team-owns-the-dashboards",)
    pressed(page, "F2")
    page.keyboard.type(" of pools")
    pressed(page, "Enter")
    page.wait_for_function("() => document.activeElement.innerText.includes('of pools')")
    assert [one.text for one in read_factors(lab.folder)][-1] == "No team owns the dashboards of pools"
    pressed(page, "Alt+ArrowLeft")
    page.wait_for_function("() => document.activeElement.ariaLevel === '3'")
    assert graph(lab.folder)["no-connection"][-1] == "no-team-owns-the-dashboards"
    pressed(page, "Alt+ArrowUp", "Alt+ArrowUp")
    until(page, lambda: graph(lab.folder)["no-connection"][1] == "no-team-owns-the-dashboards")
    pressed(page, "Alt+ArrowRight")
    page.wait_for_function("() => document.activeElement.ariaLevel === '4'")
    assert graph(lab.folder)["pool-too-small"][-1] == "no-team-owns-the-dashboards"
    pressed(page, "Delete")
    page.wait_for_function("() => !document.querySelector('.pmx-whys').innerText.includes('of pools')")
    assert focused(page).startswith("Load tests")
    for _ in range(7):
        before = on_disk(lab.folder)
        page.keyboard.press("Control+z")
        until(page, lambda before=before: on_disk(lab.folder) != before)
        saved(page)
    assert on_disk(lab.folder) == (SAMPLE / "factors.toml").read_text(encoding="utf-8")
    assert items(page) == SEEN


def test_a_cause_is_asked_for_with_questions_and_checked_while_it_is_typed(page, lab) -> None:
    """The questions fit the factor; blame is said at once and its check stays beside the factor until it is mended."""
    factor(page, "Requests waited").locator("> .pmx-factor").hover()
    factor(page, "Requests waited").locator("> .pmx-factor").get_by_role("button", name="Why?").click()
    assert (
        "How could the system come into this state?"
        in page.get_by_role("list", name="Questions that help").inner_text()
    )
    page.keyboard.type("Marek forgot to raise the limit")
    live = page.get_by_role("list", name="Checks of this text")
    live.get_by_text("PM407 A person or a team as a factor").wait_for()
    live.get_by_text("PM602 What somebody did not do").wait_for()
    page.get_by_role("combobox", name="Kind").select_option("decision")
    page.locator(".pmx-why-field").get_by_role("button", name="Save").click()
    saved(page)
    found = factor(page, "Marek forgot").get_by_role("list", name="Checks")
    codes = re.findall(r"PM\d+", found.inner_text())
    assert {"PM404", "PM407", "PM408", "PM409", "PM602"} == set(codes)
    assert "Write what made it likely" in found.inner_text()
    assert re.search(r"10 factors, \d errors, \d warnings", page.locator(".pmx-why-counts").inner_text())
    page.get_by_role("tab", name="Events", exact=True).click()
    page.locator(".pmx[data-checked=yes] .pmx-check", has_text="error").click()
    page.locator(".pmx-findings [data-code=PM407] .pmx-lead").click()
    page.wait_for_function("() => document.activeElement.innerText.startsWith('Marek forgot')")
    pressed(page, "F2", "Control+a")
    page.keyboard.type("Nothing says when the limit is looked at")
    pressed(page, "Enter")
    now = factor(page, "Nothing says when")
    now.wait_for()
    assert not {"PM407", "PM602"} & set(re.findall(r"PM\d+", now.get_by_role("list", name="Checks").inner_text()))
    (made,) = (one for one in read_factors(lab.folder) if one.text.startswith("Nothing says when"))
    assert (made.id, made.kind) == ("marek-forgot-to-raise-the-limit", "decision")


def test_evidence_by_drag_and_by_button_is_gone_to_and_removed(page, lab) -> None:
    """A row of the table is dropped on a factor, the chosen event is added, and a click goes where it stands."""
    page.locator(".pmx-board").focus()
    pressed(page, "e")
    row = page.locator(".pmx tr[aria-selected='true']")
    row.wait_for()
    message = row.locator(".pmx-message").inner_text()
    row.locator(".pmx-message").drag_to(factor(page, "Campaigns").locator("> .pmx-factor"))
    saved(page)
    (made,) = (one for one in read_factors(lab.folder) if one.id == "traffic-spike")
    assert len(made.evidence) == 2
    named = made.evidence[1]
    shown = factor(page, "Campaigns").get_by_role("button", name=f"Go to {named}")
    assert message[:30] in shown.inner_text()
    assert re.search(r"\d\d:\d\d:\d\d UTC", shown.inner_text())
    page.locator(".pmx-board").focus()
    pressed(page, "e")
    factor(page, "Campaigns").get_by_role("button", name="Add chosen event").click()
    page.wait_for_function("(one) => document.querySelectorAll('.pmx-proof').length === 3", arg=None)
    pressed(page, "i")
    shown.click()
    page.wait_for_function(
        "(words) => document.querySelector('.pmx tr[aria-selected=true]')?.innerText.includes(words)", arg=message[:30]
    )
    factor(page, "Campaigns").get_by_role("button", name=f"Remove the evidence {named}").click()
    page.wait_for_function("() => document.querySelectorAll('.pmx-proof').length === 2")
    (now,) = (one for one in read_factors(lab.folder) if one.id == "traffic-spike")
    assert named not in now.evidence
    assert on_disk(lab.folder).startswith("# Why it happened, as a graph")


def test_the_questions_that_nobody_asked_offer_their_first_step(page, lab) -> None:
    """Each with what the data knows; a file that is not there is made."""
    assert page.locator(".pmx-why-question h4").all_inner_texts() == [
        "Why it happened",
        "Why it took long to see",
        "Why it took long to end",
    ]
    page.get_by_role("button", name="First step… Why it took long to end").click()
    field = page.locator(".pmx-why-field textarea")
    assert re.fullmatch(r"It took at least \d+ min to end", field.input_value())
    pressed(page, "Enter")
    saved(page)
    page.wait_for_function("() => document.activeElement.getAttribute('role') === 'treeitem'")
    assert items(page, "Why it took long to end") == [(1, "It took at")]
    (made,) = (one for one in read_factors(lab.folder) if one.explains == "recovery")
    assert made.kind == "impact"
    start(page, lab, "")
    (lab.folder / "factors.toml").unlink()
    page.get_by_role("tab", name="Events", exact=True).click()
    page.get_by_role("tab", name="Five whys").click()
    page.get_by_role("button", name="First step… Why it happened").click()
    page.locator(".pmx-why-field").get_by_role("button", name="Save").click()
    saved(page)
    assert on_disk(lab.folder).startswith("# Why it happened, as a graph: each factor names")
    assert len(read_factors(lab.folder)) == 1


def test_a_factor_that_explains_two_stands_under_both_and_is_edited_once(page, lab) -> None:
    """It says where else it stands; taken off the last place it is a root, and deleting it asks first."""
    factor(page, "Campaigns").locator("> .pmx-factor").click()
    page.get_by_role("combobox", name="A factor that is there already, as a cause").select_option("no-automation")
    page.get_by_role("button", name="Link").click()
    saved(page)
    both = factor(page, "Pool sizes")
    assert both.count() == 2
    assert "also under “The pool's limit" in both.nth(1).inner_text()
    both.nth(1).focus()
    pressed(page, "F2", "Control+a")
    page.keyboard.type("Pool sizes are set by hand")
    pressed(page, "Enter")
    factor(page, "Pool sizes are set by hand").nth(1).wait_for()
    assert factor(page, "Pool sizes are set by hand").count() == 2
    factor(page, "The pool was").focus()
    pressed(page, "Delete")
    asked = page.get_by_role("group", name="Delete it?")
    assert "1 cause of its own, which is not lost" in asked.inner_text()
    assert "“Nothing says how to size a pool or when to look at it again” becomes a first step" in asked.inner_text()
    asked.get_by_role("button", name="Delete it").click()
    factor(page, "Nothing says how").and_(page.locator("[aria-level='1']")).wait_for()
    assert "old-size" not in graph(lab.folder)
    assert "no-guidelines" in graph(lab.folder)
    page.get_by_role("button", name="Undo").click()
    factor(page, "The pool was").wait_for()
    assert graph(lab.folder)["pool-too-small"] == ("old-size", "no-automation", "average-load-tests")


def test_risk_and_actions_and_kind_are_said_in_the_card(page, lab) -> None:
    """Each is a key of the factor's row; the rest of the file stays as it is."""
    factor(page, "Load tests").locator("> .pmx-factor").click()
    page.get_by_role("button", name="Accept the risk…").click()
    page.get_by_label("Who accepts it").fill("Helen Osei")
    page.get_by_label("Why", exact=True).fill("until the new load tests are there")
    page.get_by_label("Look again on").fill("2026-03-01")
    page.locator(".pmx-why-risk").get_by_role("button", name="Save").click()
    saved(page)
    page.get_by_text("Helen Osei: until the new load tests are there. To be looked at again on 2026-03-01.").wait_for()
    page.get_by_role("button", name="Take off the action OPS-105").click()
    page.get_by_text("OPS-105 Add sudden").wait_for(state="detached")
    page.get_by_role("combobox", name="Action item that answers it").select_option("OPS-104")
    page.get_by_role("button", name="Add the chosen action item").click()
    page.locator(".pmx-why-words", has_text="OPS-104").wait_for()
    page.get_by_role("combobox", name="Kind").focus()
    page.get_by_role("combobox", name="Kind").select_option("condition")
    page.wait_for_function(
        "() => document.activeElement.ariaLabel === 'Kind' && document.activeElement.value === 'condition'"
    )
    page.wait_for_timeout(300)
    text = (SAMPLE / "factors.toml").read_text(encoding="utf-8")
    row = 'kind = "missing_control"\nevidence = ["jira_issues.json:6"]\nactions = ["OPS-105"]\n'
    risk = '\n[factor.accepted_risk]\nby = "Helen Osei"\nreason = "until the new load tests are there"\nreview_on = 2026-03-01\n'
    mine = 'kind = "condition"\nevidence = ["jira_issues.json:6"]\nactions = ["OPS-104"]\n' + risk
    assert on_disk(lab.folder) == text.replace(row, mine)


def test_factors_are_moved_and_linked_by_dragging(page, lab) -> None:
    """Onto a factor it becomes its cause, between two it stands there, with Ctrl it stands at both; never in a circle."""
    factor(page, "Load tests").locator("> .pmx-factor").drag_to(factor(page, "Campaigns").locator("> .pmx-factor"))
    saved(page)
    assert graph(lab.folder)["traffic-spike"] == ("average-load-tests",)
    target = factor(page, "The pool's limit").locator("> .pmx-factor")
    factor(page, "The pool's own").locator("> .pmx-factor").drag_to(target, target_position={"x": 60, "y": 2})
    page.wait_for_timeout(600)
    assert graph(lab.folder)["no-connection"] == ("pool-unwatched", "pool-too-small", "traffic-spike")
    before = on_disk(lab.folder)
    factor(page, "Requests waited").locator("> .pmx-factor").drag_to(
        factor(page, "Nothing says").locator("> .pmx-factor")
    )
    page.wait_for_timeout(300)
    assert on_disk(lab.folder) == before


def test_what_others_wrote_meanwhile_is_shown_beside_the_text(page, lab) -> None:
    """Nothing is written over them; whoever has seen both may save all the same."""
    factor(page, "Campaigns").focus()
    pressed(page, "F2", "Control+a")
    page.keyboard.type("mine")
    text = on_disk(lab.folder).replace("Campaigns bring traffic", "theirs: Campaigns bring traffic")
    (lab.folder / "factors.toml").write_text(text, encoding="utf-8")
    pressed(page, "Enter")
    saved(page, "NOT SAVED")
    alert = page.get_by_role("alert").filter(has_text="NOT SAVED")
    assert "Meanwhile somebody else changed the factor 'traffic-spike'" in alert.inner_text()
    assert "On disk it now says: " in page.locator(".pmx-why-field").inner_text()
    assert page.locator(".pmx-why-field q").inner_text().startswith("theirs: Campaigns")
    assert page.locator(".pmx-why-field textarea").input_value() == "mine"
    assert on_disk(lab.folder) == text
    alert.get_by_role("button", name="Try again").click()
    saved(page, "Saved")
    assert [one.text for one in read_factors(lab.folder)][2] == "mine"
    assert page.locator(".pmx-unsaved p").count() == 0


def test_what_others_write_is_followed_while_something_is_typed(page, lab) -> None:
    """The field goes where its factor goes, their words stand beside it; of a factor that is gone the text is shown."""
    factor(page, "Campaigns").focus()
    pressed(page, "F2", "Control+a")
    page.keyboard.type("mine")
    moved = (
        on_disk(lab.folder).replace('"traffic-spike", ', "").replace('["old-size", ', '["traffic-spike", "old-size", ')
    )
    (lab.folder / "factors.toml").write_text(
        moved.replace("Campaigns bring", "theirs: Campaigns bring"), encoding="utf-8"
    )
    field = page.locator("[role=treeitem][aria-level='4'] > .pmx-factor .pmx-why-field")
    field.wait_for(timeout=10_000)
    assert (field.locator("textarea").input_value(), focused(page)) == ("mine", "")
    assert field.locator("q").inner_text().startswith("theirs: Campaigns")
    (lab.folder / "factors.toml").write_text('[[factor]]\nid = "a"\ntext = "A"\n', encoding="utf-8")
    page.get_by_role("alert").filter(has_text="deleted by somebody else. What you had typed: mine").wait_for(
        timeout=10_000
    )
    factor(page, "A").wait_for()


def test_a_damaged_file_is_a_sentence_until_it_is_mended(page, lab) -> None:
    """No control writes then; with the file mended the trees are there again."""
    damaged = '[[factor]]\nid = "a"\ntxt = "A"\n'
    (lab.folder / "factors.toml").write_text(damaged, encoding="utf-8")
    page.get_by_role("tab", name="Events", exact=True).click()
    page.get_by_role("tab", name="Five whys").click()
    page.get_by_text("Nothing can be written here until it is mended").wait_for()
    assert page.locator(".pmx-whys [role=treeitem]").count() == 0
    page.get_by_role("button", name="Look again").click()
    (lab.folder / "factors.toml").write_text('[[factor]]\nid = "a"\ntext = "A"\n', encoding="utf-8")
    factor(page, "A").wait_for()  # by itself: the folder is followed


def test_a_slow_disk_is_not_saved_until_it_is_and_a_cause_is_written_once(page, lab) -> None:
    """Tried again while the kernel is still at it, the factor is there once."""
    (lab.folder / "slow").write_text("4")
    factor(page, "Campaigns").focus()
    pressed(page, "Enter")
    page.keyboard.type("Nobody tells the services")
    page.keyboard.press("Enter")
    saved(page, "NOT SAVED")
    (lab.folder / "slow").unlink()
    page.get_by_role("button", name="Try again").click()
    saved(page)
    page.wait_for_timeout(500)
    assert graph(lab.folder)["traffic-spike"] == ("nobody-tells-the-services",)
    assert page.locator(".pmx-unsaved p").count() == 0


EVIL = "<img src=x onerror='window.hit=1'>"


def test_hostile_texts_circles_and_long_words_are_shown_as_what_they_are(page, lab) -> None:
    """At half the width and at the whole one, with a card and a field open; axe finds nothing, and nothing runs over."""
    rows = [
        f'id = "{EVIL}"\ntext = "{EVIL} \\u202e {"wide" * 60}"\nkind = "event"\nbecause_of = ["b", "nowhere", "{EVIL}"]\nevidence = ["{EVIL}:3"]\nactions = ["{EVIL}"]',
        'id = "b"\ntext = "B"\nbecause_of = ["c"]', f'id = "c"\ntext = "C"\nbecause_of = ["b"]\naccepted_risk = {{by = "{EVIL}", reason = "{EVIL}"}}',
    ]  # fmt: skip
    start(page, lab, "".join(f"[[factor]]\n{row}\n" for row in rows))
    page.locator(".pmx-whys [role=treeitem]").first.wait_for()
    assert "a circle" in page.locator(".pmx-whys").inner_text()
    page.locator(".pmx-factor").first.click()
    page.get_by_text("“nowhere”, which factors.toml does not have").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Take off the cause nowhere").click()
    saved(page)
    assert graph(lab.folder)[EVIL] == ("b", EVIL)
    page.locator(".pmx-factor", has_text="B").first.click()
    page.get_by_role("button", name="Edit text").first.click()
    for width in ("beside", "whole"):
        assert violations(page) == []
        over = page.locator(".pmx-desk").evaluate("(desk) => desk.scrollWidth - desk.clientWidth")
        assert (width, over) == (width, 0)
        page.get_by_role("button", name="Whole width").click()
    page.get_by_role("button", name="Whole width").click()
    assert page.evaluate("() => window.hit") is None


def test_without_a_kernel_the_text_is_kept(lab, chromium) -> None:
    """It is called not saved within seconds, and stands in its field again when the cell has run in a new kernel."""
    with looking(chromium, lab, SHOW) as page:
        start(page, lab)
        factor(page, "Campaigns").focus()
        pressed(page, "Enter")
        page.keyboard.type("the calendar is not known to the services")
        with dying(lab.folder):
            page.keyboard.press("Enter")
            saved(page, "NOT SAVED")
        assert page.locator(".pmx-why-field textarea").input_value() == "the calendar is not known to the services"
        restarted(page)
        page.evaluate(READY)
        page.evaluate(RUN)
        page.wait_for_selector(".pmx[data-drawn]", timeout=40_000)
        page.get_by_role("tab", name="Five whys").click()
        page.locator(".pmx-why-field textarea").wait_for()
        assert page.locator(".pmx-why-field textarea").input_value() == "the calendar is not known to the services"
        page.locator(".pmx-why-field").get_by_role("button", name="Save").click()
        saved(page)
        assert graph(lab.folder)["traffic-spike"] == ("the-calendar-is-not-known-to-the",)
