"""Finds the Chromium for browser tests: the one that WORKBENCH_CHROMIUM names, the system's, or Playwright's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

SYSTEM = Path("/usr/bin/chromium")
# Nothing here may go to a network or wait for one.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable(kind: BrowserType) -> str | None:
    """The path of a browser that exists, or None."""
    named = os.environ.get("WORKBENCH_CHROMIUM")
    candidates = [Path(named)] if named else [SYSTEM, Path(kind.executable_path)]
    return next((str(path) for path in candidates if path.is_file()), None)
