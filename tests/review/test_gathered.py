"""Incident folders to records: ours and exported ones, with what lies beside them; one that is damaged stops none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli import _status
from workbench.review.gathered import gather
from workbench.store.folder import incidents_below

LOG = "2025-11-17T14:00:00Z ERROR no connection\n"
EXPORTED = {
    "id": "INC-7", "title": "orders failed", "severity": "sev2", "service": "orders", "status": "resolved",
    "started_at": "2025-11-17T14:00:00Z", "resolved_at": "2025-11-17T14:30:00Z", "tags": ["capacity:pool"],
}  # fmt: skip
INDEX = """id,title,severity,service,started_at,resolved_at
INC-7,orders failed,SEV-2,orders,2025-11-17T14:00:00Z,2025-11-17T14:30:00Z
INC-8,cart failed,SEV-3,cart,2025-11-18T14:00:00Z,
INC-8,cart failed,SEV-3,cart,2025-11-18T14:00:00Z,
"""
PAGES = "paged_at,user,user_time_zone,incident\n2025-11-17T14:02:00Z,bo,Europe/Berlin,INC-7\n"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """An incident folder, an exported incident, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    Path("app.log").write_text(LOG, encoding="utf-8")
    assert _status(["new", "all/own", "app.log", "--title", "T", "--severity", "SEV-1", "--id", "OWN"]) == 0
    exported = tmp_path / "all" / "exported"
    exported.mkdir()
    (exported / "incident.json").write_text(json.dumps(EXPORTED), encoding="utf-8")
    (exported / "app.log").write_text(LOG, encoding="utf-8")
    return tmp_path / "all"


def test_ours_and_exported_ones_are_records_alike(root) -> None:
    """An export's facts are taken as a person's: its moments, its cause by its first tag with a colon."""
    by_id = {one.id: one for one in gather(root).records}
    assert set(by_id) == {"OWN", "INC-7"}
    one = by_id["INC-7"]
    assert (one.severity, one.cause, one.services, one.spans["time_to_resolve"].minutes) == (
        "SEV-2",
        "capacity:pool",
        ("orders",),
        30,
    )
    assert incidents_below(root) == (root / "own",), "nothing was written into the exported one"


def test_a_damaged_folder_is_named_and_the_others_are_read(root) -> None:
    """The sentence says what is wrong with it."""
    (root / "own" / "incident.toml").write_text("id = ", encoding="utf-8")
    found = gather(root)
    assert [one.id for one in found.records] == ["INC-7"]
    (failure,) = found.failures
    assert "incident.toml:1: is not TOML" in failure.why


def test_tables_beside_the_folders_are_an_index_and_pages(root) -> None:
    """What stands in the index alone is there too, twice named once; another table is left alone."""
    (root / "incidents_index.csv").write_text(INDEX, encoding="utf-8")
    (root / "oncall.csv").write_text(PAGES, encoding="utf-8")
    (root / "prices.csv").write_text("item,price\nbread,3\n", encoding="utf-8")
    found = gather(root)
    assert [one.id for one in found.records] == ["OWN", "INC-7", "INC-8"]
    assert found.records[2].open
    assert (found.tables.repeated, found.tables.read) == (("INC-8",), ("incidents_index.csv", "oncall.csv"))
    assert [(one.person, one.evidence) for one in found.tables.pages] == [("bo", "oncall.csv:2")]


def test_nothing_is_read_twice_until_it_changes(root, monkeypatch) -> None:
    """A second review takes every record from the cache; a changed file makes its own again."""
    first = gather(root)
    monkeypatch.setattr("workbench.review.recorded.record_of", lambda *_: pytest.fail("read again"))
    assert gather(root).records == first.records
    with (root / "own" / "narrative.md").open("a") as stream:
        stream.write("\n## Lessons learned\n\nWatch the pool itself.\n")
    monkeypatch.undo()
    monkeypatch.setenv("WORKBENCH_CACHE", str(root.parent / "cache"))
    (own,) = [one for one in gather(root).records if one.id == "OWN"]
    assert [one.text for one in own.learned] == ["Watch the pool itself."]


def test_several_processes_find_the_same(root) -> None:
    """The records do not depend on how many read at a time."""
    for at in range(9):
        folder = root / f"e{at}"
        folder.mkdir()
        (folder / "incident.json").write_text(json.dumps(EXPORTED | {"id": f"E-{at}"}), encoding="utf-8")
    assert gather(root, jobs=2).records == gather(root).records


def test_the_command_prints_tables_or_one_document(root, capsys) -> None:
    """Exit status 1 where a folder could not be read; 1 with a sentence for what is no period."""
    capsys.readouterr()
    assert _status(["review", str(root), "--quarter", "2025Q4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["incidents"], told["time_to_resolve"]["median"]) == (1, 30)
    assert [(one["code"], one["data"]) for one in told["warnings"]] == [("undated", {"incidents": ["OWN"]})]
    assert _status(["review", str(root), "--since", "2025-11-17", "--until", "2025-11-17"]) == 0
    assert "Time to resolve" in capsys.readouterr().out
    assert _status(["review", str(root)]) == 1
    assert "--quarter 2025Q4" in capsys.readouterr().err
    (root / "own" / "incident.toml").write_text("id = ", encoding="utf-8")
    assert _status(["review", str(root), "--quarter", "2025Q4", "--json"]) == 1
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["warnings"]] == ["unread"], (
        "what is missing is said, and not guessed"
    )
