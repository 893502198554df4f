"""`workbench similar`: the earlier incidents most like one, with why; the same cause first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import _status

CAUSE = "capacity:pool"


def incident(name: str, day: int, title: str, cause: str = "") -> None:
    """An incident folder with a log of two lines on a day of November."""
    log = f"2025-11-{day:02}T14:00:00Z ERROR {title}\n2025-11-{day:02}T14:20:00Z INFO all well\n"
    Path(f"{name}.log").write_text(log, encoding="utf-8")
    folder = f"all/{name}"
    assert _status(["new", folder, f"{name}.log", "--title", title, "--severity", "SEV-2", "--id", name]) == 0
    facts = Path(folder, "incident.toml")
    stated = f'cause = "{cause}"\nstatus = "resolved"\n' if cause else 'status = "resolved"\n'
    facts.write_text(f"{stated}{facts.read_text('utf-8')}", encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """Four incidents: the third has the cause of the first and the words of the second, the fourth came later."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    incident("A-1", 3, "orders stall", CAUSE)
    incident("A-2", 5, "checkout refused gateway timeout")
    incident("A-3", 9, "checkout refused gateway timeout again", CAUSE)
    incident("A-4", 12, "checkout refused gateway timeout", CAUSE)
    return tmp_path / "all"


def test_the_same_cause_comes_first_and_nothing_later(root, capsys) -> None:
    """What only looks alike is a suggestion; each has its reasons."""
    capsys.readouterr()
    assert _status(["similar", str(root / "A-3"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["incident"], told["compared"]) == ("A-3", 2)
    assert [(one["earlier"], one["confirmed"]) for one in told["similar"]] == [("A-1", True), ("A-2", False)]
    assert told["similar"][0]["why"] == f"both have the cause {CAUSE}"
    assert "gateway" in told["similar"][1]["why"]
    assert told["similar"][1]["folder"].endswith("A-2")


def test_the_table_says_what_is_a_repeat(root, capsys) -> None:
    """And that of the first incident there is none before it."""
    capsys.readouterr()
    assert _status(["similar", str(root / "A-3")]) == 0
    told = capsys.readouterr()
    assert "same cause" in told.out
    assert "suggestions" in told.err
    assert _status(["similar", str(root / "A-1")]) == 0
    assert "None of the 0 earlier incidents" in capsys.readouterr().err


def test_a_damaged_folder_beside_it_is_named(root, capsys) -> None:
    """The others are compared; its own damage is a sentence and no traceback."""
    (root / "A-1" / "incident.toml").write_text("id = ", encoding="utf-8")
    capsys.readouterr()
    assert _status(["similar", str(root / "A-3"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert "incident.toml:1: is not TOML" in told["failures"][0]["why"]
    assert told["compared"] == 1
    assert _status(["similar", str(root / "A-1")]) == 1
    assert "is not TOML" in capsys.readouterr().err
