"""The watch: what counts as a change, and that a mistake does not end it."""

from __future__ import annotations

import pytest

from workbench.commands import watching
from workbench.errors import ReportError
from workbench.store.folder import create_folder


@pytest.fixture
def folder(tmp_path):
    """A new incident."""
    return create_folder(tmp_path / "inc", title="T", severity="SEV-2")


@pytest.mark.parametrize("name", ["narrative.md", "actions.toml", "templates/documents/own.md.j2", "sources/new.log"])
def test_a_saved_file_is_seen(folder, name: str) -> None:
    """People's files, templates and new sources."""
    before = watching.seen(folder)
    path = folder.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("something else\n", encoding="utf-8")
    assert watching.seen(folder) != before


def test_what_the_tool_writes_is_no_change(folder) -> None:
    """Or it would go round for ever."""
    before = watching.seen(folder)
    folder.output.mkdir()
    (folder.output / "postmortem.html").write_text("x", encoding="utf-8")
    assert watching.seen(folder) == before


def test_a_mistake_is_said_and_the_watch_goes_on_until_it_is_ended(folder, monkeypatch, capsys) -> None:
    """The second save is written although the first could not be."""
    calls: list[int] = []

    def act() -> int:
        calls.append(len(calls))
        if len(calls) == 1:
            raise ReportError("a cell failed")
        return 0

    def pause(_: float) -> None:
        if len(calls) == 2:
            raise KeyboardInterrupt
        folder.narrative.write_text("again " * (len(calls) + 3), encoding="utf-8")

    monkeypatch.setattr(watching.time, "sleep", pause)
    assert watching.watched(folder, act) == 0
    assert calls == [0, 1]
    assert "a cell failed" in capsys.readouterr().err


def test_the_teams_files_are_seen(folder) -> None:
    """Its templates when they are saved, its own file when it is mended or taken away."""
    team = folder.path.parent / "workbench.toml"
    (folder.path.parent / "looks" / "documents").mkdir(parents=True)
    template = folder.path.parent / "looks" / "documents" / "postmortem.md.j2"
    template.write_text("one", encoding="utf-8")
    team.write_text('[reports]\ntemplates = "looks"\n', encoding="utf-8")
    before = watching.seen(folder)
    template.write_text("another one", encoding="utf-8")
    assert watching.seen(folder) != before
    team.write_text("[reports", encoding="utf-8")
    broken = watching.seen(folder)
    team.unlink()
    assert watching.seen(folder) != broken


def test_to_be_interrupted_before_anything_is_written_is_not_to_be_done(folder) -> None:
    """The command ends with the status of an interruption."""

    def act() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watching.watched(folder, act)
