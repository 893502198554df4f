"""`workbench lab` as a person calls it, for tests: the process, and the address that it printed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab_server import environment, stop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")


@dataclass
class Called:
    """A running `workbench lab`."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self.log.read_text("utf-8")


@contextmanager
def called(folder: Path, home: Path, *options: str) -> Iterator[Called]:
    """Calls it on a folder, with settings of its own below ``home``; stops it at the end."""
    own = home / "jupyter_config_dir" / "jupyter_lab_config.json"
    own.parent.mkdir(parents=True)
    own.write_text('{"LabApp": {"expose_app_in_browser": true}}')  # so that a test can ask it
    log = home / "lab.log"
    command = [sys.executable, "-m", "workbench", "lab", str(folder), "--no-browser", *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=home, env=environment(home), stdout=out, stderr=out)
    try:
        yield Called(process, _address(process, log), log)
    finally:
        stop(process)


def _address(process: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        found = _ADDRESS.search(log.read_text("utf-8"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise RuntimeError(f"`workbench lab` printed no address: {log.read_text('utf-8')}")
