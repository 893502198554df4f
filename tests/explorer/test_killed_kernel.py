"""Kernels that are killed while people write: whatever was acknowledged is there, and what was not can be sent again."""

from __future__ import annotations

import os
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from judged import incident
from kernels import kernel

from workbench.store import journal
from workbench.store.actions_file import read_actions

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("jupyter_client")
KILLS = int(os.environ.get("WORKBENCH_KILLS", "3"))
AT_ONCE = 8  # edits that are on their way


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An incident of two lines; Aiko judges."""
    return incident(tmp_path, monkeypatch)


def edits(trial: int) -> list[dict[str, Any]]:
    """Notes, merges of three, told events and action items, each of another thing."""
    found = []
    for number in range(400):
        key, name = f"{trial:06x}{number:010x}", f"e{trial}-{number}"
        merged = [{"event": f"{name}-{each}", "verb": "merge", "value": name, "base": ""} for each in range(3)]
        told = {"when": "2025-11-17T14:20", "text": name, "witness": "Kim"}
        found.append([
            {"op": "judge", "event": name, "verb": "note", "value": name, "base": "", "id": key},
            {"op": "judge", "said": merged, "id": key},
            {"op": "told.save", "value": told, "base": "", "id": key},
            {"op": "links.action", "name": f"A{trial:03}{number:04}", "values": {"action": name}, "base": "", "id": key},
        ][number % 4])  # fmt: skip
    return found


def held(folder: Path) -> set[str]:
    """What is on disk: the ids of judgements, the names of action items."""
    return {one.id for one in journal.read_journal(folder).judgements} | {one.id for one in read_actions(folder)}


def name_of(edit: dict[str, Any]) -> str:
    """By which an edit is known on disk; of several lines the first."""
    return edit["name"] if edit["op"] == "links.action" else edit["id"]


def killed(
    folder: Path, home: Path, left: list[dict[str, Any]], again: list[dict[str, Any]], seconds: float
) -> set[str]:
    """Sends edits until the kernel is killed; the ids of those that it acknowledged."""
    acknowledged: set[str] = set()
    with kernel(folder, home) as asked:
        waiting = [*again, *left[: AT_ONCE - len(again)]]
        del left[: AT_ONCE - len(again)]
        for edit in waiting:
            asked.send(**edit)
        clock = os.times().elapsed
        sent = list(waiting)
        while os.times().elapsed - clock < seconds and (answer := asked.heard(5)):
            assert answer["op"] == "saved", answer
            acknowledged.add(answer["seq"])
            sent.append(left.pop(0))
            asked.send(**sent[-1])
        asked.kill()
        while answer := asked.heard(0.5):
            acknowledged.add(answer["seq"])
    again[:] = [edit for edit in sent if edit["id"] not in acknowledged]
    return acknowledged


def test_no_acknowledged_edit_is_lost(folder, tmp_path) -> None:
    """Killed in the midst of it, again and again; what was under way is sent to the next kernel, and is there once."""
    home = tmp_path / "home"
    home.mkdir()
    chance, again, all_acknowledged, by_id = random.Random(7), [], set(), {}
    for trial in range(KILLS):
        left = edits(trial)
        by_id |= {edit["id"]: edit for edit in left}
        acknowledged = killed(folder, home, left, again, chance.uniform(0.05, 2.0))
        lost = {key for key in acknowledged if name_of(by_id[key]) not in held(folder)}
        assert lost == set()
        all_acknowledged |= acknowledged
    with kernel(folder, home) as asked:
        for edit in again:
            assert asked.ask(**edit)["op"] == "saved"
            all_acknowledged.add(edit["id"])
    on_disk = journal.read_journal(folder)
    sys.stdout.write(
        f"\n{KILLS} kills, {len(all_acknowledged):,} edits acknowledged, {len(on_disk.broken)} lines cut short\n"
    )
    assert {key for key in all_acknowledged if name_of(by_id[key]) not in held(folder)} == set()
    merged = [one for one in on_disk.judgements if one.verb == "merge"]
    assert len(merged) == 3 * sum(by_id[key].get("said") is not None for key in all_acknowledged), "all of it, or none"
    assert len({one.id for one in on_disk.judgements}) == len(on_disk.judgements)
    assert len(on_disk.broken) <= KILLS


def test_two_kernels_on_one_folder_keep_both_texts(folder, tmp_path) -> None:
    """Whoever is second is shown what the first one said, keeps the own text, and may save it knowingly."""
    home = tmp_path / "home"
    home.mkdir()
    with kernel(folder, home) as one, kernel(folder, home) as other:
        event = one.ask("detail", row=1)["detail"]["id"]
        first = one.ask("judge", event=event, verb="note", value="mine", base="", id="00000000000000aa")
        assert first["op"] == "saved"
        second = other.ask("judge", event=event, verb="note", value="yours", base="", id="00000000000000bb")
        assert (second["op"], second["state"]["note"]["value"]) == ("conflict", "mine")
        assert "Aiko wrote a note" in second["sentence"]
        third = other.ask(
            "judge", event=event, verb="note", value="yours", base=second["state"]["base"], id="00000000000000cc"
        )
        assert third["state"]["note"]["value"] == "yours"
        told = {"when": "2025-11-17T14:20", "text": "A call", "witness": "Kim"}
        made = other.ask("told.save", value=told, id="00000000000000dd")["state"]
        assert one.ask("refresh", turn=0)["told"] is True
        assert one.ask("find", event=made["event"])["row"] == 2
    assert [each.value for each in journal.read_journal(folder).judgements[:2]] == ["mine", "yours"]
