"""What is published: without a kernel where none is needed, the same bytes each time, and verified claim by claim."""

from __future__ import annotations

import json
import shutil

import pytest

from workbench import resources
from workbench.cli import _status
from workbench.notebook import answered, run_notebook, written_notebook
from workbench.postmortem import open_postmortem
from workbench.publication import document_of, report_of
from workbench.report.bundle import mimebundle

CHAT = [
    {"type": "message", "user": "U1", "ts": "1763388600.000000", "text": "Incident declared: SEV-2 pool full"},
    {
        "type": "message",
        "user": "U1",
        "ts": "1763388900.000000",
        "text": "raised it with `kubectl scale deploy/pay --replicas=4`",
    },
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident of forty minutes of requests and two messages."""
    monkeypatch.chdir(tmp_path)
    lines = [
        f'10.0.0.1 - - [17/Nov/2025:14:{minute:02}:{second:02} +0000] "GET /pay HTTP/1.1" {status} 120'
        for minute in range(40)
        for second, status in ((5, 503 if 15 <= minute < 20 else 200), (35, 503 if 15 <= minute < 20 else 200))
    ]
    (tmp_path / "access.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "chat.json").write_text(json.dumps(CHAT), encoding="utf-8")
    assert _status(["new", "inc", "access.log", "chat.json", "--title", "T", "--severity", "SEV-2"]) == 0
    return tmp_path / "inc"


def states(folder, capsys):
    """The verdict on each file by its end, and the broken claims by their key."""
    capsys.readouterr()
    status = _status(["verify", str(folder), "--json"])
    (found,) = json.loads(capsys.readouterr().out)["documents"]
    files = {one["path"].rsplit("/", 1)[-1]: one["state"] for one in found["files"]}
    return status, files, {one["key"]: one["state"] for one in found["broken"]}


def test_the_notebook_without_a_kernel_is_the_one_that_papermill_makes(folder) -> None:
    """The shipped notebook only shows sections: its outputs are the same bytes, and no process is started."""
    path = resources.notebook("postmortem")
    parameters = {"incident": ".", "edition": "internal"}
    postmortem = open_postmortem(folder)
    ours = answered(path, parameters, shipped=path, show=lambda name: mimebundle(postmortem.section(name)))
    theirs = run_notebook(path, parameters, folder=folder)
    assert written_notebook(ours) == written_notebook(theirs)


def test_a_cell_of_ones_own_needs_a_kernel_and_stands_where_it_was_put(folder) -> None:
    """After the timeline in the notebook is after the timeline in the report."""
    shutil.copytree(resources.folder("notebooks"), folder / "notebooks")
    path = folder / "notebooks" / "postmortem.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    at = next(at for at, cell in enumerate(notebook["cells"]) if '"timeline"' in "".join(cell["source"]))
    mine = {
        "cell_type": "code",
        "id": "mine",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "print(6 * 7)",
    }
    notebook["cells"].insert(at + 1, mine)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert answered(path, {}, shipped=resources.notebook("postmortem"), show=lambda _: {}) is None
    text = report_of(open_postmortem(folder), ["md"]).files["postmortem.md"].decode()
    assert text.index("## Timeline") < text.index("\n42\n") < text.index("## Impact")


def test_own_cells_reach_another_reader_only_with_a_tag(folder) -> None:
    """Nobody can say what a cell prints: the public edition takes those that somebody marked for it."""
    shutil.copytree(resources.folder("notebooks"), folder / "notebooks")
    path = folder / "notebooks" / "postmortem.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for text, tags in (("for us", []), ("for all", ["public"])):
        notebook["cells"].append(
            {"cell_type": "markdown", "id": f"c{len(text)}", "metadata": {"tags": tags}, "source": text}
        )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    text = report_of(open_postmortem(folder, edition="public"), ["md"]).files["postmortem-public.md"].decode()
    assert "for all" in text
    assert "for us" not in text


def test_the_same_incident_gives_the_same_bytes(folder) -> None:
    """Every form of the report and of a document, twice."""
    for make in (
        lambda one: report_of(one, ["md", "html", "docx"]),
        lambda one: document_of(one, "runbook", ["md", "docx"]),
    ):
        assert make(open_postmortem(folder)).files == make(open_postmortem(folder)).files


def test_a_command_from_the_chat_is_in_the_runbook(folder) -> None:
    """With who wrote it down and where."""
    text = document_of(open_postmortem(folder), "runbook", ["md"]).files["runbook.md"].decode()
    assert "`kubectl scale deploy/pay --replicas=4` (`chat.json:2`)" in text


def test_what_was_just_published_holds(folder, capsys) -> None:
    """Every claim, and every file."""
    assert _status(["report", str(folder), "--to", "md,html"]) == 0
    status, files, broken = states(folder, capsys)
    assert (status, broken) == (0, {})
    assert set(files.values()) == {"current"}


def test_new_words_make_the_documents_out_of_date_and_leave_the_claims(folder, capsys) -> None:
    """The narrative is nobody's claim about the data."""
    assert _status(["report", str(folder), "--to", "md"]) == 0
    (folder / "narrative.md").write_text("# T\n\n## What went well\n\nMuch.\n", encoding="utf-8")
    status, files, broken = states(folder, capsys)
    assert (status, broken) == (1, {})
    assert files["postmortem.md"] == "out of date"


def test_a_file_that_somebody_changed_or_took_away_is_told(folder, capsys) -> None:
    """An edit after the fact is not the tool's word any more."""
    assert _status(["report", str(folder), "--to", "md,html"]) == 0
    with (folder / "output" / "postmortem.md").open("a", encoding="utf-8") as file:
        file.write("And all was well.\n")
    (folder / "output" / "postmortem.html").unlink()
    status, files, _ = states(folder, capsys)
    assert status == 1
    assert (files["postmortem.md"], files["postmortem.html"]) == ("edited since", "missing")


def test_a_source_that_changed_breaks_the_claims_that_rest_on_it(folder, capsys) -> None:
    """One request more that failed: the count has drifted, and so has its evidence."""
    assert _status(["report", str(folder), "--to", "md"]) == 0
    log = folder / "sources" / "access.log"
    log.write_text(
        log.read_text("utf-8").replace(
            ':14:14:35 +0000] "GET /pay HTTP/1.1" 200', ':14:14:35 +0000] "GET /pay HTTP/1.1" 503'
        ),
        "utf-8",
    )
    status, _, broken = states(folder, capsys)
    assert status == 1
    assert broken["impact requests"] == "drifted"
    assert broken["milestone started"] == "drifted"


def test_a_source_that_is_gone_takes_its_claims_with_it(folder, capsys) -> None:
    """What only the chat told is told no more."""
    assert _status(["report", str(folder), "--to", "md"]) == 0
    (folder / "sources" / "chat.json").unlink()
    _, _, broken = states(folder, capsys)
    assert broken["milestone declared"] == "evidence missing"


def test_nothing_published_is_a_sentence(folder, capsys) -> None:
    """It says what to do."""
    assert _status(["verify", str(folder)]) == 1
    assert "nothing has been published yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        {"claims": [1, 2]}, {"claims": [{"key": "a"}]}, {"claims": {}}, {"files": 5}, {"files": {"a": 1}},
        {"output": None}, {"forms": 3}, {"edition": 1}, {"version": 2},
    ],
)  # fmt: skip
def test_a_damaged_list_of_claims_is_said_and_no_fault_of_ours(folder, capsys, change) -> None:
    """Whatever somebody did to it."""
    assert _status(["report", str(folder), "--to", "md"]) == 0
    path = folder / "output" / "claims" / "postmortem.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), encoding="utf-8")
    capsys.readouterr()
    assert _status(["verify", str(folder)]) == 1
    assert "postmortem.json: this is no list of claims" in capsys.readouterr().err


def test_the_invitation_is_named_with_the_documents(folder, capsys) -> None:
    """A file that nobody is told of is not sent."""
    said = {"type": "message", "user": "U1", "ts": "1763391000.000000", "text": "incident resolved"}
    (folder / "sources" / "chat.json").write_text(json.dumps([*CHAT, said]), encoding="utf-8")
    capsys.readouterr()
    assert _status(["document", "meeting", str(folder), "--to", "md", "--json"]) == 0
    names = [path.rsplit("/", 1)[-1] for path in json.loads(capsys.readouterr().out)["files"]]
    assert names == ["meeting.md", "meeting.ics"]


def test_a_letter_with_holes_says_so_to_its_writer(folder, capsys) -> None:
    """On standard error: the letter itself is for customers."""
    assert _status(["document", "customer-followup", str(folder), "--to", "md"]) == 0
    assert "Left out, because nobody has written it: Before you send this" in capsys.readouterr().err


def test_what_people_confirmed_has_no_source_that_could_be_missing(folder, capsys) -> None:
    """A milestone of incident.toml that is taken back is gone, and the file is there."""
    path = folder / "incident.toml"
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n[milestones]\nidentified = 2025-11-17T14:16:00Z\n", encoding="utf-8")
    assert _status(["report", str(folder), "--to", "md"]) == 0
    path.write_text(before, encoding="utf-8")
    _, _, broken = states(folder, capsys)
    assert broken["milestone identified"] == "gone"


def test_one_document_that_cannot_be_verified_hides_no_other(folder, capsys) -> None:
    """Its template is gone: that is said, and the report beside it has its verdict."""
    place = folder / "templates" / "documents"
    place.mkdir(parents=True)
    (place / "own.md.j2").write_text("## A\n\nWords.\n", encoding="utf-8")
    assert _status(["document", "own", str(folder), "--to", "md"]) == 0
    assert _status(["report", str(folder), "--to", "md"]) == 0
    (place / "own.md.j2").unlink()
    capsys.readouterr()
    assert _status(["verify", str(folder), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["document"], one["holds"]) for one in found["documents"]] == [("postmortem", True)]
    assert "there is no document 'own'" in found["problems"]["own"]


def test_the_report_of_the_sample_is_as_it_was_when_somebody_last_read_it(tmp_path, monkeypatch, golden) -> None:
    """Every word and figure of it; `make golden` writes it anew, and the difference is for people to read."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    sample = shutil.copytree(resources.folder("sample_data") / "connection-pool", tmp_path / "sample")
    golden("sample-report.md", report_of(open_postmortem(sample), ["md"]).files["postmortem.md"].decode())
