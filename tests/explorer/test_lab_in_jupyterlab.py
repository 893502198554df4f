"""`workbench lab` in a browser: the explorer is there unasked, foreign code is not; the launcher's cards."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from lab_server import EXECUTED, ROOT, RUN, guard, serving
from lab_verb import called

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
pytest.importorskip("jupyterlab")
anywidget = pytest.importorskip("anywidget")

SECOND = 1_000  # ms
LOG = '{"ts":"2025-11-17T14:00:00Z","level":"info","msg":"up"}\n{"ts":"2025-11-17T14:01:00Z","level":"error","msg":"full"}\n'


def incident(folder: Path, title: str = "Queue is full") -> Path:
    """An incident of two log lines."""
    (folder / "sources").mkdir(parents=True)
    (folder / "incident.toml").write_text(f'id = "{folder.name}"\ntitle = "{title}"\nseverity = "SEV-3"\n')
    (folder / "sources" / "app.log").write_text(LOG)
    return folder


@contextmanager
def browsing(chromium: Browser, address: str) -> Iterator[Page]:
    """A page that reaches this machine only, and asked for nothing beyond."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    offsite = guard(context)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell, .jp-Launcher", timeout=90 * SECOND)
    yield page
    assert offsite == []
    context.close()


def runs(page: Page) -> list[int | None]:
    """The number of the run of each code cell of the notebook in front."""
    return page.evaluate(EXECUTED)


def decided(page: Page, what: str) -> None:
    """The extension has looked at the notebook and decided; then time enough for what would run all the same."""
    page.wait_for_selector(f".jp-NotebookPanel[data-workbench='{what}']", timeout=90 * SECOND)
    page.wait_for_timeout(2 * SECOND)


def idle(page: Page) -> None:
    """The kernel is there and has nothing to do; then time enough for what would start by itself."""
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", state="attached", timeout=90 * SECOND)
    page.wait_for_timeout(4 * SECOND)


def until(page: Page, seen: Callable[[], bool], tries: int = 100) -> bool:
    """Whether something comes to be, while the page goes on."""
    while not seen() and tries:
        page.wait_for_timeout(SECOND / 5)
        tries -= 1
    return seen()


def test_the_explorer_is_there_without_a_press(chromium, tmp_path) -> None:
    """The notebook that was just copied in runs; the explorer stands at the top and has the keys; no prompt is in the way."""
    folder = incident(tmp_path / "pool")
    with called(folder, tmp_path / "home") as running, browsing(chromium, running.address) as page:
        page.wait_for_selector(".pmx[data-drawn]", timeout=90 * SECOND)
        assert page.locator(".pmx-counts").inner_text().startswith("2 events")
        page.wait_for_function("() => document.activeElement.className === 'pmx-board'")
        assert page.locator(".pmx").bounding_box()["y"] < 200
        assert page.locator(".jp-NotificationToast, .Toastify__toast, .jp-Dialog").count() == 0
        assert runs(page) == [1, 2]
        page.keyboard.press("Control+s")
        notebook = folder / "notebooks" / "explore.ipynb"
        assert until(page, lambda: "widget-view" in notebook.read_text("utf-8"))
        page.reload()
        page.wait_for_selector(".pmx[data-drawn]", timeout=90 * SECOND)
        decided(page, "lives")
        assert runs(page) == [1, 2], "what lives in the kernel is shown again, and not run again"
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=60) == 0
        left = [each.name for each in (tmp_path / "home" / "jupyter_runtime_dir").iterdir()]
        assert left == ["jupyter_cookie_secret"], "kernels and their sockets are gone, too"


def test_a_notebook_that_came_with_the_folder_waits(chromium, tmp_path) -> None:
    """Whatever cell of it is another one, none of its cells runs until somebody runs it."""
    folder = incident(tmp_path / "pool")
    notebook = json.loads((ROOT / "notebooks" / "explore.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[-1]["source"] = "import pathlib; pathlib.Path('../hit').touch()"
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "explore.ipynb").write_text(json.dumps(notebook))
    with called(folder, tmp_path / "home") as running:
        assert "is not as it was shipped" in running.said
        with browsing(chromium, running.address) as page:
            decided(page, "waits")
            assert runs(page) == [None, None]
            assert not (folder / "hit").exists()
            page.evaluate(RUN)
            assert until(page, (folder / "hit").exists), "run by hand it does what it says"


def test_widgets_that_came_saved_in_a_notebook_do_not_run(chromium, tmp_path) -> None:
    """They hold modules, which JupyterLab would run when it opens the notebook; nobody here has saved that one."""
    folder = incident(tmp_path / "pool")
    notebook = json.loads((ROOT / "notebooks" / "explore.ipynb").read_text("utf-8"))
    notebook["cells"][-2]["source"] = "print('another cell')"
    view = {"version_major": 2, "version_minor": 0, "model_id": "a" * 32}
    notebook["cells"][-2]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.jupyter.widget-view+json": view}}
    ]
    version = f"~{'.'.join(anywidget.__version__.split('.')[:2])}.*"
    of = {"module": "anywidget", "module_version": version}
    state = {f"_model_{key}": value for key, value in {**of, "name": "AnyModel"}.items()}
    state |= {f"_view_{key}": value for key, value in {**of, "name": "AnyView"}.items()}
    state["_esm"] = "window.hit = 1; export default { initialize() { window.hit = 2; }, render() { window.hit = 3; } };"
    model = {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": version, "state": state}
    saved = {"version_major": 2, "version_minor": 0, "state": {"a" * 32: model}}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": saved}
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "explore.ipynb").write_text(json.dumps(notebook))
    with called(folder, tmp_path / "home") as running, browsing(chromium, running.address) as page:
        decided(page, "waits")
        assert page.evaluate("() => window.hit ?? null") is None


def test_files_beside_the_notebook_are_no_modules(chromium, tmp_path) -> None:
    """A module that came with the folder is not imported in place of an installed one of its name."""
    folder = incident(tmp_path / "pool")
    (folder / "notebooks").mkdir()
    for name in ("workbench", "anywidget", "pandas", "ipykernel"):
        (folder / "notebooks" / f"{name}.py").write_text("import pathlib; pathlib.Path('../hit').touch()\n")
    with called(folder, tmp_path / "home") as running, browsing(chromium, running.address) as page:
        page.wait_for_selector(".pmx[data-drawn]", timeout=90 * SECOND)
        assert not (folder / "hit").exists()


def test_the_launcher_has_a_card_and_the_palette_a_command(chromium, tmp_path) -> None:
    """A click on the card of the section “Incident” brings the explorer's notebook back; it has an icon and a name."""
    folder = incident(tmp_path / "pool")
    with called(folder, tmp_path / "home") as running, browsing(chromium, running.address) as page:
        page.wait_for_selector(".pmx[data-drawn]", timeout=90 * SECOND)
        page.keyboard.press("Control+Shift+L")
        card = page.locator(".jp-LauncherCard[data-category='Incident']")
        card.wait_for()
        assert card.inner_text().strip() == "Incident Explorer"
        assert card.get_attribute("title") == "All events of an incident on one time axis"
        assert card.locator("svg path").count() >= 2
        card.click()
        page.wait_for_selector(".pmx", state="visible")
        page.get_by_role("menuitem", name="File", exact=True).click()
        assert page.get_by_role("menuitem", name="Incident Explorer").is_visible()


def test_other_incidents_have_cards_and_nothing_runs(chromium, tmp_path, monkeypatch) -> None:
    """In a JupyterLab above several incidents each has a card; its notebook is made and opened, and waits."""
    monkeypatch.setenv("JUPYTER_PATH", str(ROOT / "lab"))
    with serving(tmp_path) as lab:
        for name in ("INC-1", "INC-2"):
            incident(lab.folder / name)
        (lab.folder / "notes").mkdir()
        with browsing(chromium, f"{lab.base}/lab?token={lab.token}") as page:
            cards = page.locator(".jp-LauncherCard[data-category='Incident']")
            cards.last.wait_for()
            assert [each.strip() for each in cards.all_inner_texts()] == ["INC-1", "INC-2"]
            cards.last.click()
            page.wait_for_selector(".jp-Notebook .jp-CodeCell")
            idle(page)
            assert runs(page) == [None, None]
        made = json.loads((lab.folder / "INC-2" / "notebooks" / "explore.ipynb").read_text("utf-8"))
        shipped = json.loads((ROOT / "notebooks" / "explore.ipynb").read_text("utf-8"))
        assert [cell["source"] for cell in made["cells"]] == [cell["source"] for cell in shipped["cells"]]
        assert not (lab.folder / "INC-1" / "notebooks").exists()


def test_a_jupyterlab_without_incidents_is_as_it_was(chromium, tmp_path, monkeypatch) -> None:
    """No card, no section."""
    monkeypatch.setenv("JUPYTER_PATH", str(ROOT / "lab"))
    with serving(tmp_path) as lab, browsing(chromium, f"{lab.base}/lab?token={lab.token}") as page:
        page.wait_for_selector(".jp-LauncherCard[data-category='Other']")
        page.wait_for_timeout(2 * SECOND)
        assert "Incident" not in page.locator(".jp-Launcher").inner_text()
        assert page.evaluate("() => window.jupyterapp.commands.hasCommand('postmortem-workbench:open')")
        assert not page.evaluate("() => window.jupyterapp.commands.isVisible('postmortem-workbench:open')")
