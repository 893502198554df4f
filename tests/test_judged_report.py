"""What people say of events, in the documents: own words beside the raw line, one row for what is one, nothing to outsiders."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from workbench.cli import _status
from workbench.model import Verb
from workbench.postmortem import open_postmortem
from workbench.publication import report_of
from workbench.store import journal

SAMPLE = Path(__file__).parents[1] / "sample_data" / "connection-pool"
FIRST = "web-1/access.log.gz:9922"
PAGED, ASKED = "pagerduty_log_entries.json:12", "pagerduty_log_entries.json:10"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the sample incident."""
    shutil.copytree(SAMPLE, tmp_path / "inc", ignore=shutil.ignore_patterns("output"))
    return tmp_path / "inc"


def say(folder: Path, *said: tuple[str, str, str | None]) -> None:
    """Somebody says things of the events at these places of the timeline."""
    ids = {entry.place: entry.id for entry in open_postmortem(folder).entries}
    for place, verb, value in said:
        target = ids.get(str(value), value)
        journal.append(folder, journal.judge(event=ids[place], verb=Verb(verb), value=target, author="Zora Quist"))


def rows_of(folder: Path) -> dict[str, str]:
    """The lines of the report's tables, by the reference that they begin with."""
    text = report_of(open_postmortem(folder), ["md"]).files["postmortem.md"].decode()
    lines = [line for line in text.splitlines() if line.startswith("| <a id=")]
    return {line.split('"')[1]: line for line in lines}


def test_own_words_never_lose_the_raw_line(folder) -> None:
    """The timeline has the words, the evidence the line with its hash."""
    before = rows_of(folder)
    say(folder, (FIRST, "relabel", "Checkout began to fail"))
    after = rows_of(folder)
    assert "Checkout began to fail" in after["e1"]
    assert "503" not in after["e1"]
    assert after["e1-proof"] == before["e1-proof"]
    assert 'HTTP/1.1" 503' in after["e1-proof"]
    assert {ref for ref in before if before[ref] != after[ref]} == {"e1"}


def test_one_row_with_the_evidence_of_all(folder, capsys) -> None:
    """Its count, every place, and every line under its reference; each is a proof of the claim."""
    say(folder, (ASKED, "merge", PAGED), (FIRST, "merge", PAGED))
    pm = open_postmortem(folder)
    text = report_of(pm, ["md"]).files["postmortem.md"].decode()
    row = next(line for line in text.splitlines() if "(3 events)" in line)
    assert all(place in row for place in (PAGED, ASKED, FIRST))
    raw = next(one.raw for one in pm.facts.rows[0].proved if one.source.startswith("web-1"))
    assert hashlib.sha256(raw.encode()).hexdigest()[:16] in text
    _status(["report", str(folder), "--to", "md"])
    capsys.readouterr()
    _status(["verify", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["documents"][0]["holds"] is True
    claims = json.loads((folder / "output" / "claims" / "postmortem.json").read_text(encoding="utf-8"))["claims"]
    evidence = {one["key"]: [each["place"] for each in one["evidence"]] for one in claims}
    assert sorted(evidence[f"row {PAGED}"]) == sorted([PAGED, ASKED, FIRST])


def test_readers_outside_get_the_updates_words_and_not_ours(folder) -> None:
    """Neither how somebody put it, nor a note, nor how many are one."""
    status = next(entry for entry in open_postmortem(folder).entries if entry.kind == "status")
    say(
        folder,
        (status.place, "relabel", "We stalled"),
        (status.place, "note", "Legal was asleep"),
        (FIRST, "merge", status.place),
    )
    public = report_of(open_postmortem(folder, edition="public"), ["md"]).files["postmortem-public.md"].decode()
    assert "We stalled" not in public
    assert "asleep" not in public
    assert "(2 events)" not in public
    assert status.text.partition(": ")[2][:40] in public
