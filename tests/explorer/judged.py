"""A small incident whose events are judged: its folder, its explorer without a browser, and the lines of its journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import workbench as wb
from workbench.cli import _status
from workbench.store import journal

LINES = "2025-11-17T14:00:00Z INFO begun\n2025-11-17T14:00:01Z ERROR no connection\n"


def incident(folder: Path, monkeypatch, text: str = LINES) -> Path:
    """An incident whose only source is a log with this text; Aiko judges."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WORKBENCH_AUTHOR", "Aiko")
    Path("app.log").write_text(text, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    return folder / "inc"


def explorer_of(folder: Path) -> Any:
    """The incident's explorer; what it sends is kept in ``sent``."""
    made: Any = wb.show(wb.open_postmortem(folder))
    made.sent = []
    made.send = lambda reply, _buffers=None: made.sent.append(reply)
    return made


def ask(widget: Any, op: str, **message: Any) -> dict[str, Any]:
    """The answer to one question, as plain JSON."""
    widget._on(widget, {"op": op, "seq": "v-1", **message}, [])
    answer: dict[str, Any] = json.loads(json.dumps(widget.sent.pop()))
    return answer


def event(widget: Any, row: int) -> str:
    """The id of the event in a row."""
    found: str = ask(widget, "detail", row=row)["detail"]["id"]
    return found


def judge(widget: Any, row: int, verb: str, value: Any = None, base: str = "", **more: Any) -> dict[str, Any]:
    """Says something of the event in a row."""
    return ask(widget, "judge", event=event(widget, row), verb=verb, value=value, base=base, **more)


def lines(folder: Path) -> list[dict[str, Any]]:
    """The journal's lines; none where there is no file."""
    path = folder / journal.NAME
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
