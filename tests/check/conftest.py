"""A clean post-mortem, small enough to be seen at once, whose files a test changes by one fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbench.cli import _status
from workbench.store.narrative_file import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable

INCIDENT = """
id = "INC-7"
title = "Checkout answered with errors"
severity = "SEV-3"
services = ["checkout"]
status = "resolved"
cause = "capacity:db-pool"
[milestones]
started = 2025-03-04T14:00:00Z
detected = 2025-03-04T14:02:00Z
acknowledged = 2025-03-04T14:04:00Z
declared = 2025-03-04T14:05:00Z
identified = 2025-03-04T14:10:00Z
communicated = 2025-03-04T14:12:00Z
mitigated = 2025-03-04T14:20:00Z
recovered = 2025-03-04T14:25:00Z
resolved = 2025-03-04T14:38:00Z
postmortem_held = 2025-03-05T10:00:00Z
[people]
incident_commander = "Ann Lee"
[impact]
notes = "Some orders failed."
"""
FACTORS = """
[[factor]]
id = "failed"
text = "Orders failed"
kind = "impact"
because_of = ["full"]
[[factor]]
id = "full"
text = "The pool ran full"
kind = "event"
because_of = ["small", "unwatched"]
evidence = ["app.jsonl:2"]
[[factor]]
id = "small"
text = "The limit of the pool is below the peak"
evidence = ["app.jsonl:2"]
actions = ["A-1"]
[[factor]]
id = "unwatched"
text = "No alert watches the pool"
kind = "missing_control"
evidence = ["app.jsonl:3"]
actions = ["A-1"]
"""
ACTIONS = """
[[action]]
id = "A-1"
action = "Alert on a pool that is nearly full"
owner = "Ann Lee"
priority = "P1"
kind = "detect"
due = 2025-04-01
done_condition = "A drill pages the on-call"
"""
NARRATIVE = "# Checkout\n\n" + "\n\n".join(f"## {part}\n\nOrders waited for a connection." for part in PARTS) + "\n"
LOG = [
    {"ts": "2025-03-04T13:59:58Z", "level": "info", "msg": "started"},
    {"ts": "2025-03-04T14:00:00Z", "level": "error", "msg": "pool is full"},
    {"ts": "2025-03-04T14:40:00Z", "level": "info", "msg": "no alert on the pool"},
]


def log(rows: list[dict[str, Any]]) -> str:
    """JSON lines."""
    return "".join(f"{json.dumps(row)}\n" for row in rows)


class Written:
    """The clean incident's folder; a test changes a file, or adds a source, and asks for the findings."""

    def __init__(self, folder: Path, printed: Callable[[], str]) -> None:
        self.folder, self._printed = folder, printed

    def change(self, name: str, old: str, new: str) -> None:
        """One text in the place of another, which is there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def say(self, sentence: str) -> None:
        """A sentence in the narrative."""
        self.change("narrative.md", "## What happened\n", f"## What happened\n\n{sentence}\n")

    def add(self, name: str, content: str | bytes) -> None:
        """A source more."""
        path = self.folder.parent / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        _status(["add", str(self.folder), str(path)])

    def findings(self, *options: str) -> list[dict[str, Any]]:
        """What ``check --json`` prints."""
        self._printed()
        _status(["check", str(self.folder), "--json", *options])
        return json.loads(self._printed())["findings"]

    def codes(self) -> list[str]:
        """The codes of the findings."""
        return [one["code"] for one in self.findings()]


@pytest.fixture
def written(tmp_path, monkeypatch, capsys) -> Written:
    """The clean incident."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    Path("app.jsonl").write_text(log(LOG), encoding="utf-8")
    assert _status(["new", "inc", "app.jsonl", "--title", "T", "--severity", "SEV-3"]) == 0
    folder = tmp_path / "inc"
    for name, text in (
        ("incident.toml", INCIDENT), ("factors.toml", FACTORS), ("actions.toml", ACTIONS), ("narrative.md", NARRATIVE),
    ):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return Written(folder, lambda: capsys.readouterr().out)
