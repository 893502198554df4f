"""What all tests share: the `--golden` option with its fixture, and a Chromium for the browser tests."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from browser import ARGUMENTS, executable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# How long an example takes says how busy the machine is: speed goes into benchmarks.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

GOLDEN = Path(__file__).parent / "golden"
NO_BROWSER = "no Chromium: set WORKBENCH_CHROMIUM to one, or install it (apt-get install chromium, playwright install)"


class Golden:
    """Compares text with a file under `tests/golden/`, or writes that file when `--golden` is given."""

    def __init__(self, *, rewrite: bool) -> None:
        self.rewrite = rewrite

    def __call__(self, name: str, text: str) -> None:
        """Fails with a unified diff where `text` is not what `tests/golden/<name>` holds."""
        path = GOLDEN / name
        if self.rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        if not path.exists():
            pytest.fail(f"tests/golden/{name} does not exist; `make golden` writes it")
        expected = path.read_bytes().decode("utf-8")
        if text != expected:
            pytest.fail(f"not as in tests/golden/{name} (`make golden` re-makes it):\n{difference(expected, text)}")


def difference(expected: str, found: str) -> str:
    """The first sixty lines of a unified diff."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "golden", "found", lineterm="", n=2)
    return "\n".join(list(lines)[:60])


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--golden` re-makes the golden files instead of comparing with them."""
    parser.addoption("--golden", action="store_true", help="re-make the files under tests/golden")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: archives hold the second in which they were made, and two workers would differ in it."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("timeline.md", text)`."""
    return Golden(rewrite=bool(request.config.getoption("--golden")))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser without a network of its own; skipped where none exists, but a failure on CI."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        path = executable(driver.chromium)
        if path is None:
            refuse(NO_BROWSER)
        browser = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page in a fresh context."""
    context = chromium.new_context(offline=True)
    yield context.new_page()
    context.close()


def refuse(reason: str) -> None:
    """On CI a browser that is missing must be seen."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
