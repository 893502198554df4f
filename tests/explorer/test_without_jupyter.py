"""The explorer's module in a page that is no Jupyter: what VS Code's webview gives it, and what it takes away."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

import workbench as wb

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser
pytest.importorskip("anywidget")

ADDRESS = "https://webview.test/"
# VS Code's own policy for notebooks (notebook.experimental.enableCsp), with the blob that anywidget loads modules from;
# the sandbox takes localStorage away, as a webview may.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; img-src https: data:;"
    " font-src https:; connect-src https:; child-src https: data:; sandbox allow-scripts"
)
COLOURS = {
    "vscode-dark": "--vscode-editor-background: #1f1f1f; --vscode-foreground: #cccccc; --vscode-font-family: sans-serif",
    "vscode-light": "--vscode-editor-background: #fdfdfd; --vscode-foreground: #3b3b3b; --vscode-font-family: sans-serif",
    "vscode-high-contrast": "--vscode-editor-background: #000000; --vscode-foreground: #ffffff",
    "": "",
}
PAGE = """<!doctype html><html lang="en"><head><title>webview</title><style>%(css)s</style></head>
<body class="%(theme)s" style="%(colours)s; background: var(--vscode-editor-background); margin: 0"><main id="place"></main>
<script type="module">
const state = %(state)s, heard = [];
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
state.first.counts = bytes(state.first.counts);
const model = {
  get: (name) => state[name], set() {}, save_changes() {},
  on: (event, act) => { if (event === "msg:custom") heard.push(act); },
  off: (event, act) => heard.splice(heard.indexOf(act), 1),
  send: (message) => void window.kernel(message).then(([reply, buffers]) => heard.forEach((act) => act(reply, buffers.map(bytes)))),
};
const module = await import(URL.createObjectURL(new Blob([%(esm)s], { type: "text/javascript" })));
module.default.render({ model, el: document.querySelector("#place") });
</script></body></html>"""


def text(data: Any) -> str:
    """Bytes as a page can take them."""
    return base64.b64encode(bytes(data)).decode()


def some() -> pd.DataFrame:
    """Events of two services, the last of them an error."""
    times = pd.date_range("2025-11-17", periods=500, freq="min", tz="UTC")
    return pd.DataFrame({"time": times, "service": ["a", "b"] * 250, "level": ["info"] * 499 + ["error"]})


def opened(page: Page, theme: str, what: wb.Postmortem | pd.DataFrame) -> list[str]:
    """The explorer on a page of this theme; the list gets every address that it asks for."""
    widget = wb.show(what)
    state = {"setup": widget.setup, "first": {**widget.first, "counts": text(widget.first["counts"])}}
    html = PAGE % {
        "css": widget._css, "theme": theme, "colours": COLOURS[theme],
        "state": json.dumps(state), "esm": json.dumps(widget._esm).replace("</", "<\\/"),
    }  # fmt: skip
    asked: list[str] = []

    def route(one: Route) -> None:
        asked.append(one.request.url)
        one.fulfill(body=html, headers={"content-type": "text/html", "content-security-policy": POLICY})

    def kernel(_: object, message: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        reply, buffers = widget._answers.answer(message)
        return {**reply, "seq": message["seq"]}, [text(each) for each in buffers]

    page.context.expose_binding("kernel", kernel)
    page.context.route("**/*", route)
    page.goto(ADDRESS)
    still(page)
    return asked


def still(page: Page) -> None:
    """Waits until what was asked for is drawn."""
    page.wait_for_selector(".pmx[data-drawn]", timeout=30_000)
    page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'")


@pytest.fixture
def faults(chromium) -> tuple[Page, list[str]]:
    """A page, and all that goes wrong on it."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    yield page, wrong
    context.close()


@pytest.mark.parametrize("theme", list(COLOURS))
def test_it_draws_on_the_ground_of_its_place(faults, theme) -> None:
    """Light, dark, high contrast and no theme at all: the ground is the editor's, words can be read, nothing is fetched."""
    page, wrong = faults
    asked = opened(page, theme, some())
    ground = page.locator(".pmx").evaluate("(root) => getComputedStyle(root).backgroundColor")
    expected = {
        "vscode-dark": "rgb(31, 31, 31)", "vscode-light": "rgb(253, 253, 253)", "vscode-high-contrast": "rgb(0, 0, 0)",
        "": "rgb(255, 255, 255)",
    }  # fmt: skip
    assert ground == expected[theme]
    corner = page.locator(".pmx-board canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(2, 4, 1, 1).data].slice(0, 3).join(', ')"
    )
    assert f"rgb({corner})" == ground
    found = (
        Axe().run(page, context=".pmx", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).response["violations"]
    )
    assert [one["id"] for one in found] == []
    assert asked == [ADDRESS]
    assert wrong == []


def test_keys_search_and_the_panel_work(faults) -> None:
    """Without localStorage and without JupyterLab: zoom, search, the event of a row."""
    page, wrong = faults
    opened(page, "vscode-dark", some())
    page.locator(".pmx-board").focus()
    page.keyboard.press("w")
    still(page)
    assert page.locator(".pmx-counts").inner_text().startswith("312 events")
    page.keyboard.press("0")
    page.locator(".pmx-search").fill("service:b level=error")
    page.wait_for_function("() => document.querySelector('.pmx-found').textContent === '1 of 500 match'")
    still(page)
    page.locator(".pmx-board").focus()
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pmx-detail:not([hidden])")
    assert "error" in page.locator(".pmx-detail").inner_text()
    assert wrong == []


def test_every_tab_opens(faults, tmp_path) -> None:
    """An incident's: what each asks is answered, and nothing goes wrong in a place that has neither Jupyter nor storage."""
    page, wrong = faults
    sample = Path(__file__).parents[2] / "sample_data" / "connection-pool"
    shutil.copytree(sample, tmp_path / "inc", ignore=shutil.ignore_patterns("output"))
    opened(page, "vscode-light", wb.open_postmortem(tmp_path / "inc"))
    tabs = page.get_by_role("tab").all()
    assert len(tabs) > 3
    for tab in tabs[1:]:
        tab.click()
        page.wait_for_function("() => document.querySelector('.pmx').dataset.state === 'still'", timeout=30_000)
        assert page.get_by_role("tabpanel", name=tab.inner_text()).inner_text().strip()
    assert wrong == []
