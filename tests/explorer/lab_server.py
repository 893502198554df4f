"""A JupyterLab for browser tests: a server without a network, and pages on notebooks whose cells have all run."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Route

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
EXECUTED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter((cell) => cell.type === "code").map((cell) => cell.executionCount)"""


@dataclass
class Lab:
    """A running server: its address, its token, and the folder that it shows."""

    base: str
    token: str
    folder: Path

    def notebook(self, *cells: str) -> str:
        """A notebook of these cells; its path on the server."""
        name = f"{secrets.token_hex(4)}.ipynb"
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.folder / name)
        return name

    def address(self, name: str) -> str:
        """A workspace of its own for every page: JupyterLab would open what the last one showed."""
        return f"{self.base}/lab/workspaces/w{secrets.token_hex(4)}/tree/{name}?token={self.token}"


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
            _wait(lab, server)
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
    return {**os.environ, **own}


def _wait(lab: Lab, server: subprocess.Popen[bytes], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.base}/api?token={lab.token}", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start: {lab.folder.parent / 'server.log'}")


@dataclass
class Opened:
    """A page on a notebook whose cells have run, and the addresses off this machine that it asked for."""

    page: Page
    offsite: list[str]


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
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=40_000)
    assert page.evaluate(READY) == name
    if dark:
        page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
        page.wait_for_selector('body[data-jp-theme-light="false"]', state="attached")
    page.evaluate(RUN)
    counts: list[Any] = page.evaluate(EXECUTED)
    assert all(counts), counts
    return page
