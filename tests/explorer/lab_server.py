"""A JupyterLab for browser tests: a server without a network, and pages on notebooks whose cells have all run.

Most of a test's time would be the starts of servers and pages. The tests of a run therefore share one server, each
module with a folder of its own (``visiting``), and a page goes on to the next test's notebook, with a new kernel and
nothing kept in the browser (``looking``). What starts and stops are tested with has its own (``serving``).
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import warm_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

ROOT = Path(__file__).parents[2]
JUPYTERLAB = (
    "jupyterlab", "--LabApp.extension_manager=readonly", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None",
)  # fmt: skip
QUIET = {"fetchNews": "false", "checkForUpdates": False}
# "idle" comes before the kernel is there, and what is run then is dropped: this waits for the kernel itself.
READY = """async () => {
  const app = window.jupyterapp; await app.restored;
  const shown = app.shell.currentWidget; await shown.context.ready;
  await shown.sessionContext.ready; await shown.sessionContext.session.kernel.info;
  return shown.context.path;
}"""
RUN = "async () => await window.jupyterapp.commands.execute('notebook:run-all-cells')"
# In a page that is there already: the notebook is opened, then all others are closed with their kernels (without any,
# JupyterLab would open its launcher). None where something is in the way that a test has left.
NEXT = """async (path) => {
  const app = window.jupyterapp, others = [...app.shell.widgets("main")];
  if (document.querySelector(".jp-Dialog")) return null;
  localStorage.clear();
  delete window.hit;
  const opened = await app.commands.execute("docmanager:open", { path });
  for (const widget of others) {
    widget.sessionContext?.shutdown().catch(() => {});
    widget.dispose();
  }
  app.shell.activateById(opened.id);
  while (app.shell.currentWidget !== opened) await new Promise(requestAnimationFrame);
  return path;
}"""
# JupyterLab has seen that a kernel died and started it again: it says so, and the new one answers.
RESTARTED = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo();
}"""
LIGHT = """async () => {
  const light = document.body.dataset.jpThemeLight === "true";
  if (!light) await window.jupyterapp.commands.execute("apputils:change-theme", { theme: "JupyterLab Light" });
}"""
MOST_TESTS = 15  # of one page
EXECUTED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter((cell) => cell.type === "code").map((cell) => cell.executionCount)"""


@dataclass
class Lab:
    """A running server: its address, its token, a folder, and the path of this on the server."""

    base: str
    token: str
    folder: Path
    path: str = ""

    def notebook(self, *cells: str) -> str:
        """A notebook of these cells; its path on the server."""
        name = f"{secrets.token_hex(4)}.ipynb"
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.folder / name)
        return self.path + name

    def address(self, name: str) -> str:
        """A workspace of its own for every page: JupyterLab would open what the last one showed."""
        return f"{self.base}/lab/workspaces/w{secrets.token_hex(4)}/tree/{name}?token={self.token}"


_RUN = ExitStack()  # what lives as long as this run of tests
atexit.register(_RUN.close)


@cache
def _shared() -> Lab:
    home = Path(_RUN.enter_context(tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True)))
    _RUN.enter_context(_warm(home))
    return _RUN.enter_context(serving(home))


@contextmanager
def _warm(home: Path) -> Iterator[None]:
    """Kernels of a server in this home are forked from one process that has imported what they need."""
    kernel, address = home / "jupyter_data_dir" / "kernels" / "python3", str(home / "kernels")
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(warm_kernel.kernelspec(address), encoding="utf-8")
    started = [sys.executable, warm_kernel.__file__, address]
    with (home / "kernels.log").open("w") as log:
        server = subprocess.Popen(started, env=environment(home), stdout=log, stderr=log)
        try:
            _until(Path(address).exists, server, str(home / "kernels.log"))
            yield
        finally:
            stop(server)


@contextmanager
def visiting() -> Iterator[Lab]:
    """A folder of its own on the JupyterLab that all tests of this run share."""
    server, name = _shared(), f"visit-{secrets.token_hex(4)}"
    (server.folder / name).mkdir()
    yield replace(server, folder=server.folder / name, path=f"{name}/")


@contextmanager
def serving(home: Path, *command: str) -> Iterator[Lab]:
    """JupyterLab, or what else the command starts, with empty settings on a free port; its kernels on this clone."""
    folder = home / "incident"
    folder.mkdir(parents=True)
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    started = [
        sys.executable, "-m", *(command or JUPYTERLAB), "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(started, env=environment(home) | {"JUPYTER_TOKEN": token}, stdout=log, stderr=log)
        try:
            lab = Lab(base=f"http://127.0.0.1:{port}", token=token, folder=folder)
            _until(partial(_answers, lab), server, str(home / "server.log"))
            yield lab
        finally:
            stop(server)


def stop(process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Ends a server with its kernels; on a busy machine they take their time."""
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def environment(home: Path) -> dict[str, str]:
    """Jupyter's folders below ``home``, and the code of this clone."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(home / name.lower()) for name in names}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "PYTHONPATH": str(ROOT)}
    own["JUPYTER_PREFER_ENV_PATH"] = "0"  # else the kernel of the virtual environment comes before that of the home
    return {**os.environ, **own}


def _answers(lab: Lab) -> bool:
    try:
        with urllib.request.urlopen(f"{lab.base}/api?token={lab.token}", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _until(there: Callable[[], bool], server: subprocess.Popen[bytes], log: str, seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        if there():
            return
        time.sleep(0.1)
    raise RuntimeError(f"a server did not start: {log}")


@dataclass
class Kept:
    """A page that goes on to the notebook of the next test, and the addresses off this machine that it asked for."""

    page: Page
    offsite: list[str]
    tests: int = 0
    busy: bool = False


@dataclass
class Pages:
    """The pages of a browser, by how they were made."""

    made: dict[str, list[Kept]] = field(default_factory=dict)


PAGES = Pages()


@contextmanager
def looking(browser: Browser, lab: Lab, *cells: str, **options: Any) -> Iterator[Page]:
    """A page on a notebook of these cells, which have all run in a new kernel; it asked for nothing off this machine."""
    options = {"viewport": {"width": 1440, "height": 900}} | options
    kept, name = _kept(browser, lab, options), lab.notebook(*cells)
    kept.busy = True
    if not _goes_on(kept.page, name):
        kept.page.goto(lab.address(name))
        kept.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    assert kept.page.evaluate(READY) == name
    kept.page.evaluate(LIGHT)  # a test may have left it dark
    run(kept.page, name)
    yield kept.page
    assert kept.offsite == []
    kept.busy = False


def _kept(browser: Browser, lab: Lab, options: dict[str, Any]) -> Kept:
    """A page that no test looks at, or a new one; it is not kept for ever, since JupyterLab keeps something of each."""
    pages = PAGES.made.setdefault(f"{lab.base} {options}", [])
    kept = next((one for one in pages if not one.busy and one.tests < MOST_TESTS), None)
    for old in [one for one in pages if not one.busy and one is not kept]:
        pages.remove(old)
        old.page.context.close()
    if kept is None:
        context = browser.new_context(**options)
        kept = Kept(context.new_page(), guard(context))
        _undisturbed(kept.page)
        pages.append(kept)
    kept.tests += 1
    kept.offsite.clear()
    return kept


def _undisturbed(page: Page) -> None:
    """JupyterLab may still be saving a notebook that was closed for the next one: what it says of that is put away."""
    said = page.locator(".jp-Dialog", has_text="Disposed")
    page.add_locator_handler(said, lambda dialog: dialog.get_by_role("button").last.click(), no_wait_after=True)


def _goes_on(page: Page, name: str) -> bool:
    """Whether the page could go on to the notebook: not a new one, nor one on which a test has left something."""
    if page.url == "about:blank":
        return False
    for other in page.context.pages:
        if other is not page:
            other.close()
    found: str | None = page.evaluate(NEXT, name)
    return found == name


@contextmanager
def dying(folder: Path) -> Iterator[None]:
    """The kernel of this folder answers nothing any more, and is killed at the end.

    Killed at once it might be started again before the next key, and JupyterLab's words about that would get the key.
    """
    kernel = int((folder / "kernel.pid").read_text())
    os.kill(kernel, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kernel, signal.SIGKILL)


def restarted(page: Page) -> None:
    """Waits until a kernel that died was started again, and presses the button of the words that say so.

    JupyterLab looks every three seconds whether a kernel lives.
    """
    page.locator(".jp-Dialog button.jp-mod-accept").click(timeout=30_000)
    page.evaluate(RESTARTED)


def guard(context: BrowserContext) -> list[str]:
    """Nothing but this machine is reached; the list gets what was asked for beyond it."""
    offsite: list[str] = []

    def route(one: Route) -> None:
        url = one.request.url
        if url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            one.continue_()
        else:
            offsite.append(url)
            one.abort()

    context.route("**/*", route)
    return offsite


def open_notebook(context: BrowserContext, lab: Lab, name: str, *, dark: bool = False, address: str = "") -> Page:
    """Opens the notebook, waits for its kernel, runs it, and makes sure that it was this one that ran."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(address or lab.address(name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    if dark:
        page.evaluate(READY)
        page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
        page.wait_for_selector('body[data-jp-theme-light="false"]', state="attached")
    run(page, name)
    return page


def run(page: Page, name: str) -> None:
    """Runs the notebook in front once its kernel is there, and makes sure that it was this one that ran."""
    assert page.evaluate(READY) == name
    page.evaluate(RUN)
    counts: list[Any] = page.evaluate(EXECUTED)
    assert all(counts), counts
