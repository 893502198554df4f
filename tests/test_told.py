"""An event that no file holds, end to end: seen like all others, proved by the journal's line, its witness hidden."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from workbench.analysis.late_evidence import changes
from workbench.cli import _status
from workbench.gate import Gate
from workbench.model import TOLD_KINDS, Verb
from workbench.postmortem import open_postmortem
from workbench.publication import report_of
from workbench.store import journal

CALL = {
    "time": "2025-11-17T14:20:00Z", "earliest": "2025-11-17T14:15:00Z", "latest": "2025-11-17T14:25:00Z",
    "text": "A customer called, and Kim Nov\u00e1 wrote it down", "witness": "Kim Nov\u00e1", "kind": "speech",
}  # fmt: skip
LOG = "2025-11-17T14:00:00Z INFO begun\n2025-11-17T14:30:00Z ERROR no connection\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An incident of two lines, and of a call that Zora Quist wrote down."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    tell("told-1", CALL)
    return tmp_path / "inc"


def tell(event: str, value: dict | None) -> None:
    """Somebody tells, corrects or withdraws an event."""
    journal.append(Path("inc"), journal.judge(event=event, verb=Verb.TELL, value=value, author="Zora Quist"))


def line(number: int = 1) -> str:
    """A line of the journal."""
    return (Path("inc") / journal.NAME).read_text(encoding="utf-8").splitlines()[number - 1]


def printed(capsys, *words: str) -> str:
    """What a command prints."""
    capsys.readouterr()
    _status([*words])
    return capsys.readouterr().out


def test_it_is_among_the_events_and_on_the_timeline(folder, capsys) -> None:
    """In the order of time, with its interval; the witness is who acted."""
    events = [json.loads(each) for each in printed(capsys, "events", str(folder)).splitlines()]
    assert [each["source"] for each in events] == ["app.log", "journal.jsonl", "app.log"]
    told = events[1]
    assert (told["id"], told["kind"], told["action"], told["actor"], told["line"]) == (
        "told-1", "speech", "event.told", "Kim Nov\u00e1", 1,
    )  # fmt: skip
    assert (told["earliest"], told["latest"]) == ("2025-11-17T14:15:00.000Z", "2025-11-17T14:25:00.000Z")
    assert told["attributes"]["written_by"] == "Zora Quist"
    (row,) = json.loads(printed(capsys, "timeline", "inc", "--to", "json"))["timeline"]
    assert (row["message"], row["evidence"]) == (f"{CALL['text']} (told by Kim Nov\u00e1)", ["journal.jsonl:1"])


def test_the_accounting_of_the_sources_stays(folder, capsys) -> None:
    """It is no line of theirs: the sources are what they were, and the report says where the event stands."""
    (source,) = json.loads(printed(capsys, "sources", "inc", "--json"))["sources"]
    assert (source["path"], source["lines"], source["events"]) == ("app.log", 2, 2)
    made = report_of(open_postmortem(folder), ["md"]).files["postmortem.md"].decode()
    assert "1 source with 2 events. People told 1 more event, kept in journal.jsonl." in made


def test_a_source_of_the_same_name_is_told_apart(folder, capsys) -> None:
    """The journal is then named as it is seen from sources/."""
    (folder / "sources" / "journal.jsonl").write_text('{"time":"2025-11-17T14:21:00Z","msg":"m"}\n', encoding="utf-8")
    events = [json.loads(each) for each in printed(capsys, "events", "inc").splitlines()]
    assert [each["source"] for each in events] == ["app.log", "../journal.jsonl", "journal.jsonl", "app.log"]


def test_verify_leads_to_the_line(folder, capsys) -> None:
    """The report has its hash; a line that was changed by hand, and one that is gone, are told."""
    made = printed(capsys, "report", str(folder), "--to", "md")
    text = Path("inc/output/postmortem.md").read_text(encoding="utf-8")
    assert hashlib.sha256(line().encode()).hexdigest()[:16] in text
    assert "told by Kim" in text
    assert "hold" in printed(capsys, "verify", "inc"), made
    path = Path("inc") / journal.NAME
    path.write_text(path.read_text(encoding="utf-8").replace("Zora", "Nora"), encoding="utf-8")
    (broken,) = json.loads(printed(capsys, "verify", "inc", "--json"))["documents"][0]["broken"]
    assert (broken["key"], broken["state"], broken["evidence"]) == (
        "row journal.jsonl:1", "evidence changed", ["journal.jsonl:1"],
    )  # fmt: skip
    tell("told-1", None)
    (broken,) = json.loads(printed(capsys, "verify", "inc", "--json"))["documents"][0]["broken"]
    assert (broken["key"], broken["state"]) == ("row journal.jsonl:1", "gone")


def test_told_late_it_changes_a_draft(folder) -> None:
    """As a source that came late would; a correction moves its row."""
    before = open_postmortem(folder).draft
    tell("told-2", CALL | {"text": "Another call"})
    after = open_postmortem(folder).draft
    assert [one.sentence for one in changes(before, after)] == [
        "timeline: new: 2025-11-17 14:20:00 Another call (told by Kim Nov\u00e1)"
    ]
    tell("told-2", CALL | {"text": "Another call", "time": "2025-11-17T14:24:00Z"})
    (moved,) = changes(after, open_postmortem(folder).draft)
    assert (moved.before[11:], moved.after[11:]) == ("14:20:00", "14:24:00")


def test_it_can_be_a_milestone_and_evidence(folder, capsys) -> None:
    """By its id, whatever line tells it last."""
    journal.append(folder, journal.judge(event="told-1", verb=Verb.MILESTONE, value="detected", author="Bo"))
    (folder / "factors.toml").write_text(
        '[[factor]]\nid = "f"\ntext = "Nobody heard the phone"\nevidence = ["told-1"]\n', encoding="utf-8"
    )
    detected = json.loads(printed(capsys, "metrics", "inc", "--json"))["milestones"]["detected"]
    assert (detected["time"], detected["evidence"]) == ("2025-11-17T14:20:00.000Z", ["journal.jsonl:1"])
    assert detected["earliest"] == "2025-11-17T14:15:00.000Z"
    found = json.loads(printed(capsys, "check", "inc", "--format", "json"))["findings"]
    assert not [one for one in found if "told-1" in one["message"]]
    made = report_of(open_postmortem(folder), ["md"]).files["postmortem.md"].decode()
    assert not re.search(r"`told-1`", made), "the factor names the row of the timeline"


@pytest.mark.parametrize("edition", ["executive", "public"])
def test_no_edition_without_names_tells_who_it_was(folder, edition: str) -> None:
    """Neither the witness nor who wrote it down, also of words that were corrected since; the role may be told."""
    tell("told-1", CALL | {"text": "A customer called", "witness": "Uma Brandt"})
    journal.append(folder, journal.judge(event="told-1", verb=Verb.MILESTONE, value="detected", author="Ines Faro"))
    pm = open_postmortem(folder, edition=edition)
    files = report_of(pm, ["md", "html"]).files
    text = "\n".join(data.decode("utf-8", "replace") for data in files.values())
    for name in ("Kim", "Nov\u00e1", "Zora", "Quist", "Uma", "Brandt", "Ines", "Faro"):
        assert name not in text
    if edition == "public":
        assert Gate(pm).plain(line(1)).count("Responder") >= 3


def test_no_login_of_a_machine_takes_a_word_away(folder) -> None:
    """Whoever works as root is nobody: the root cause stays one."""
    journal.append(folder, journal.judge(event="told-1", verb=Verb.NOTE, value="n", author="root"))
    assert Gate(open_postmortem(folder, edition="public")).plain("the root cause") == "the root cause"


def test_readers_outside_get_no_words_of_ours(folder) -> None:
    """What is told is no update of the status page: those are given as they are."""
    assert "status" not in TOLD_KINDS
    assert "page" not in TOLD_KINDS
    text = report_of(open_postmortem(folder, edition="public"), ["md"]).files["postmortem-public.md"].decode()
    assert "A customer called" not in text


def test_before_it_happened_nobody_knew_it(folder, capsys) -> None:
    """A cursor in time leaves it out."""
    rows = json.loads(printed(capsys, "timeline", str(folder), "--to", "json", "--as-of", "2025-11-17T14:10:00Z"))
    assert rows["timeline"] == []
