"""A child process that makes a document: how far it is, how it ended, and its end where somebody cancels it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import workbench
from workbench.explorer.rendering import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 3  # seconds between asking a process to end and ending it
_FAULT = "That is a fault of the workbench"


class Job:
    """One document being made; it is over when ``running`` is false, whatever became of it."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self.order = dict(order)
        self._began = time.monotonic()
        self._ended: float | None = None
        self._told: dict[str, Any] = {}
        self._cancelled = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
        # Not from the working directory (-P): an incident folder from elsewhere may hold modules of any name.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-P", "-m", "workbench.explorer.rendering", json.dumps(self.order)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, env=_environment(),
            start_new_session=True,
        )  # fmt: skip
        Thread(target=self._listen, daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether it is still at it."""
        return self._ended is None

    def state(self) -> dict[str, Any]:
        """Plain JSON: which step of how many, in words too, for how long; and at the end what was made, or why not."""
        told = dict(self._told)
        step = int(told.get("step", 0))
        return {
            "running": self.running, "step": step, "steps": len(STEPS), "words": STEPS[step],
            "detail": str(told.get("detail", "")), "seconds": (self._ended or time.monotonic()) - self._began,
            "problem": str(told.get("problem", "")), "cancelled": self._cancelled, "made": told.get("made", ""),
            "unwritten": list(told.get("unwritten", ())),
        }  # fmt: skip

    def cancel(self) -> None:
        """Ends it; what stood in the output folder stays as it was."""
        if self.running:
            self._cancelled = True
            self._signal(signal.SIGTERM)
            Thread(target=self._kill_later, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):
                told = json.loads(line)
                self._told = {**self._told, "detail": "", **told} if isinstance(told, dict) else self._told
        status = self._process.wait()
        if status and not self._cancelled and not self._told.get("problem"):
            self._told = {**self._told, "problem": f"{_FAULT} (status {status}): {self._last_words()}"}
        self._cancelled = self._cancelled and not self._told.get("made")
        self._errors.close()
        self._ended = time.monotonic()

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:500] if lines else "it said nothing"

    def _kill_later(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
            return
        self._signal(signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        """To the process and its own children: a notebook of somebody's own runs in a kernel."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, which)


def _environment() -> dict[str, str]:
    """This very workbench is run, wherever it was imported from."""
    place = str(Path(workbench.__file__).parent.parent)
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{known}" if known else place}
