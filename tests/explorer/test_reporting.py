"""The desk of reports, asked as the browser asks: documents made in a process of their own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import _status
from workbench.explorer.answers import Answers
from workbench.explorer.current import Current
from workbench.explorer.events import Events
from workbench.explorer.made import inputs, made, served
from workbench.explorer.reporting import Reporting

LOG = "2025-11-17T14:00:00Z ERROR the pool is full\n2025-11-17T14:30:00Z INFO the pool has room\n"
HOSTILE = "# T\n\n## Executive summary\n\n</iframe><script>alert(1)</script>\n"


@pytest.fixture
def answers(tmp_path, monkeypatch) -> Answers:
    """An incident with a log of two lines; the working directory is another one."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    Path("inc/narrative.md").write_text(HOSTILE, encoding="utf-8")
    pm = wb.open_postmortem("inc")
    return Answers(Events.of(pm.events), dict, desks=(Reporting(Current(pm)),))


def ask(answers: Answers, op: str, **more: object) -> dict:
    """One question's answer."""
    return answers.answer({"op": op, "seq": 1, **more})[0]


def ended(answers: Answers, seconds: float = 60) -> dict:
    """The state of the job once it is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = ask(answers, "report.progress")["job"]
        if not job["running"]:
            return job
        time.sleep(0.1)
    raise AssertionError(job)


def listed(answers: Answers, root: str = "") -> dict[str, dict]:
    """What was made, by name."""
    return {one["name"]: one for one in ask(answers, "report", root=root)["state"]["made"]}


def test_the_documents_and_editions_of_the_incident(answers) -> None:
    """The post-mortem first, its arrangements next; a template that is broken is told and left out."""
    own = Path("inc/templates/documents")
    own.mkdir(parents=True)
    (own / "note.md.j2").write_text('+++\ntitle = "Our note"\n+++\nx')
    (own / "bad.md.j2").write_text("+++\ntitle = \n+++\nx")
    state = ask(answers, "report")["state"]
    assert [one["name"] for one in state["documents"]][:3] == [
        "postmortem", "postmortem-google-sre", "postmortem-small",
    ]  # fmt: skip
    assert {one["title"]: one["is_report"] for one in state["documents"]}["Our note"] is False
    assert "bad" not in [one["name"] for one in state["documents"]]
    assert "the head of the template is not TOML" in state["problems"][0]
    assert state["editions"] == ["internal", "executive", "public"]
    assert state["made"] == []


def test_a_report_is_made_beside_the_explorer_and_shown(answers, tmp_path) -> None:
    """With its steps while it is at it; then the files, and the page's bytes, in which hostile words are words."""
    begun = ask(answers, "report.make", document="postmortem", edition="internal", forms=["html", "md", "exe"])
    assert begun["job"]["running"]
    assert "being made" in ask(answers, "report.make", document="postmortem", forms=["md"])["sentence"]
    job = ended(answers)
    assert (job["made"], job["problem"], job["step"]) == ("postmortem", "", 3)
    one = listed(answers, str(tmp_path))["postmortem"]
    assert [(file["form"], file["served"]) for file in one["files"]] == [
        ("md", "inc/output/postmortem.md"), ("html", "inc/output/postmortem.html"),
    ]  # fmt: skip
    assert one["changed"] == []
    reply, (page,) = answers.answer({"op": "report.page", "name": "postmortem", "seq": 1})
    assert reply["op"] == "report.page"
    assert b"<script>alert" not in bytes(page)
    assert b"script&gt;alert(1)" in bytes(page)
    assert b"Content-Security-Policy" in bytes(page)


def test_another_document_and_an_arrangement_have_their_own_editions(answers) -> None:
    """A letter is for the public whatever edition is asked for; the report's arrangement is a post-mortem."""
    ask(answers, "report.make", document="customer-followup", edition="internal", forms=["md"])
    assert ended(answers)["made"] == "customer-followup"
    ask(answers, "report.make", document="postmortem-small", edition="executive", forms=["md"])
    assert ended(answers)["made"] == "postmortem-executive"
    found = listed(answers)
    assert found["customer-followup"]["edition"] == "public"
    assert found["postmortem-executive"]["template"] == "postmortem-small"


def test_it_is_said_when_what_it_was_made_from_has_changed(answers) -> None:
    """An edit that was taken back is none; the explorer's own notebook is no input."""
    ask(answers, "report.make", document="postmortem", edition="internal", forms=["md"])
    ended(answers)
    Path("inc/notebooks").mkdir(exist_ok=True)
    Path("inc/notebooks/explore.ipynb").write_text("{}")
    Path("inc/journal.jsonl").touch()
    Path("inc/narrative.md").write_text(HOSTILE + "More.\n")
    (Path("inc/sources") / "b.log").write_text(LOG)
    assert listed(answers)["postmortem"]["changed"] == ["journal.jsonl", "narrative.md", "sources/b.log"]
    Path("inc/narrative.md").write_text(HOSTILE)
    Path("inc/journal.jsonl").unlink()
    (Path("inc/sources") / "b.log").unlink()
    assert listed(answers)["postmortem"]["changed"] == []


def test_what_the_command_line_made_is_judged_by_its_time(answers) -> None:
    """Nothing was noted then of what it was made from."""
    assert _status(["report", "inc", "--to", "md"]) == 0
    assert listed(answers)["postmortem"]["changed"] == []
    later = time.time() + 60
    os.utime("inc/narrative.md", (later, later))
    assert listed(answers)["postmortem"]["changed"] == ["narrative.md"]


def test_what_cannot_be_made_is_a_sentence(answers) -> None:
    """Of a template, of a people's file, of an edition, of the gate."""
    own = Path("inc/templates/documents")
    own.mkdir(parents=True)
    (own / "note.md.j2").write_text("{{ nothing }}")
    ask(answers, "report.make", document="note", forms=["md"])
    assert "note.md.j2:1: the template cannot be filled in" in ended(answers)["problem"]
    Path("inc/actions.toml").write_text("[[action")
    ask(answers, "report.make", document="postmortem", forms=["md"])
    assert "actions.toml:1: is not TOML" in ended(answers)["problem"]
    Path("inc/actions.toml").unlink()
    ask(answers, "report.make", document="postmortem", edition="none", forms=["md"])
    assert "there is no edition 'none'" in ended(answers)["problem"]
    assert ask(answers, "report.make", document="../x", forms=["md"])["op"] == "problem"
    assert ask(answers, "report.make", document="postmortem", forms=["exe"])["op"] == "problem"
    assert ask(answers, "report.page", name="../../etc/passwd")["op"] == "problem"


def test_a_document_is_cancelled(answers) -> None:
    """Its process and whatever it runs end within seconds; nothing was written."""
    notebook = Path("inc/notebooks")
    notebook.mkdir(exist_ok=True)
    slow = (Path(wb.__file__).parent.parent / "notebooks" / "postmortem.ipynb").read_text()
    (notebook / "postmortem.ipynb").write_text(
        slow.replace("import workbench", "import time; time.sleep(60); import workbench", 1)
    )
    ask(answers, "report.make", document="postmortem", forms=["md"])
    time.sleep(1)
    assert ask(answers, "report.cancel")["job"]["cancelled"]
    job = ended(answers, 15)
    assert (job["cancelled"], job["made"], job["problem"]) == (True, "", "")
    assert not Path("inc/output/postmortem.md").exists()
    assert not list(Path("inc/output").rglob("*.part"))


def test_a_module_in_the_working_directory_is_not_run(answers, tmp_path) -> None:
    """The incident may come from elsewhere."""
    (tmp_path / "json.py").write_text("open('hit', 'w')")
    (tmp_path / "workbench.py").write_text("open('hit', 'w')")
    ask(answers, "report.make", document="postmortem", forms=["md"])
    assert ended(answers)["made"] == "postmortem"
    assert not (tmp_path / "hit").exists()


def test_a_file_that_the_server_does_not_show_has_no_link(tmp_path) -> None:
    """It lies elsewhere, or below something hidden."""
    (tmp_path / "a" / ".b").mkdir(parents=True)
    assert served(tmp_path / "a" / "x.html", str(tmp_path / "a")) == "x.html"
    assert served(tmp_path / "x.html", str(tmp_path / "a")) == ""
    assert served(tmp_path / "a" / ".b" / "x.html", str(tmp_path / "a")) == ""
    assert served(tmp_path / "x.html", "") == ""


def test_inputs_are_what_documents_follow_from(answers) -> None:
    """Not what the workbench itself writes."""
    assert listed(answers) == {}
    pm = wb.open_postmortem("inc")
    assert set(inputs(pm.folder)) == {
        "incident.toml", "narrative.md", "factors.toml", "actions.toml", "sources.toml", "sources/app.log",
    }  # fmt: skip
    assert made(pm) == []
