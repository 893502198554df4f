"""Runs the `workbench` command as a stranger would and keeps what it answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 180
EXPECTED = (0, 1)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One call: its exit status (None when it did not end in time) and both outputs."""

    words: tuple[str, ...]
    status: int | None
    output: str
    errors: str

    @property
    def crashed(self) -> bool:
        """Anything but done (0) or a problem that the message explains (1)."""
        return self.status not in EXPECTED or "Traceback (most recent call last)" in self.errors

    @property
    def complaint(self) -> str:
        """The last line it said, short enough for a table."""
        said = [line for line in self.errors.splitlines() if line.strip()]
        return f"status {self.status}: {said[-1].strip()[:140] if said else 'nothing on stderr'}"

    def document(self) -> Json | None:
        """The one JSON document on its output, or None when there is none."""
        try:
            found = json.loads(self.output)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def lines(self) -> list[Json] | None:
        """Its JSON lines, or None when one of them is no JSON."""
        try:
            return [json.loads(line) for line in self.output.splitlines() if line]
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The command under test, with a home and a cache of its own."""

    program: tuple[str, ...]
    home: Path
    extra: dict[str, str] = field(default_factory=dict)  # of the environment

    def __call__(self, *words: str | Path) -> Outcome:
        """Runs it; never raises for what it does."""
        command = (*self.program, *(str(word) for word in words))
        try:
            done = subprocess.run(
                command,
                cwd=self.home,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(words=command, status=None, output="", errors=f"not done after {SECONDS} s")
        except OSError as problem:
            return Outcome(words=command, status=127, output="", errors=str(problem))
        output, errors = (part.decode(errors="replace") for part in (done.stdout, done.stderr))
        return Outcome(words=command, status=done.returncode, output=output, errors=errors)

    def environment(self) -> dict[str, str]:
        """Ours, but with a home, a cache and a zone that do not depend on the person who runs it."""
        own = {"HOME": str(self.home), "WORKBENCH_CACHE": str(self.home / "cache"), "TZ": "UTC", "COLUMNS": "200"}
        return {**os.environ, **own, **self.extra}


def beside_python() -> tuple[str, ...]:
    """The `workbench` that is installed beside this Python."""
    script = Path(sys.executable).parent / "workbench"
    return (str(script),) if script.exists() else (sys.executable, "-m", "workbench")
