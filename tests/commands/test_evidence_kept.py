"""Evidence that changed or vanished after it was added is told, and not made good in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import _status

LINE = "2025-11-17T14:00:00Z ERROR pool is full\n"


@pytest.fixture
def sources(tmp_path, monkeypatch, capsys):
    """An incident with one source; `sources()` gives the document of `sources --json`."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LINE, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0

    def read() -> dict:
        capsys.readouterr()
        _status(["sources", "inc", "--json"])
        return json.loads(capsys.readouterr().out)

    return read


def test_a_source_that_changed_after_it_was_added(sources) -> None:
    """Its note says so, also after something else was added; adding it anew says that it is right."""
    assert sources()["sources"][0]["notes"] == []
    Path("inc/sources/app.log").write_text(LINE * 2, encoding="utf-8")
    Path("b.log").write_text(LINE.replace("pool", "disk"), encoding="utf-8")
    assert _status(["add", "inc", "b.log"]) == 0
    assert "not those that were added" in sources()["sources"][0]["notes"][0]
    assert _status(["add", "inc", "inc/sources/app.log"]) == 0
    assert not any("those that were added" in note for note in sources()["sources"][0]["notes"])


def test_a_source_that_vanished(sources) -> None:
    """It stands among the files that were not read."""
    Path("inc/sources/app.log").unlink()
    found = sources()
    assert found["sources"] == []
    assert [(each["path"], each["why"][:20]) for each in found["unrecognised"]] == [("app.log", "sources.toml lists i")]


def test_a_format_that_there_is_not_is_told(sources) -> None:
    """The file is recognised anew, and the note names the format of sources.toml."""
    register = Path("inc/sources.toml")
    register.write_text(register.read_text(encoding="utf-8").replace("text_times", "nosuch"), encoding="utf-8")
    (source,) = sources()["sources"]
    assert source["format"] == "text_times"
    assert "'nosuch'" in source["notes"][0]
