"""The command line from its door: what stands on standard output, and the exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from workbench.cli import _status

EVENTS = 64  # 60 requests, 2 JSON lines, 2 of log4j
APP = """\
{"time":"2025-11-17T14:00:10Z","level":"error","message":"=HYPERLINK(1)","service":"pay"}
{"time":"2025-11-17T14:05:00Z","level":"info","message":"pool is healthy again","service":"pay"}
not json
"""
PAY = """\
2025-11-17 15:00:02,123 ERROR [http-1] com.acme.Pool - Connection is not available
2025-11-17 15:04:58,000 INFO [main] com.acme.Pool - Pool grown to 50
"""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        """Standard output as exactly one JSON document."""
        return json.loads(self.out)

    @property
    def rows(self):
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """`run("events", "access.log")` in a folder of its own, with a cache of its own."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> Said:
        capsys.readouterr()
        status = _status(list(arguments))
        return Said(status, *capsys.readouterr())

    return ran


@pytest.fixture
def exports(tmp_path):
    """Three exports: requests every 30 s that fail from 14:00 to 14:05, JSON lines, and log4j at UTC+1 without saying so."""
    lines = []
    for minute in range(-10, 20):
        clock, status = 14 * 60 + minute, 503 if 0 <= minute < 5 else 200
        lines += [
            f'10.0.0.1 - - [17/Nov/2025:{clock // 60:02}:{clock % 60:02}:{second:02} +0000] "GET /pay HTTP/1.1" {status} 120'
            for second in (5, 35)
        ]
    (tmp_path / "access.log").write_text("\n".join(lines) + "\n")
    (tmp_path / "app.jsonl").write_text(APP)
    (tmp_path / "pay.log").write_text(PAY)
    return ("access.log", "app.jsonl", "pay.log")


@pytest.fixture
def incident(run, exports):
    """The exports in an incident folder named `inc`."""
    assert run("new", "inc", *exports, "--title", "Payments failed", "--severity", "SEV-2").status == 0
    return "inc"


def times(said: Said, source: str) -> list[str]:
    """The times of one source's events."""
    return [row["time"] for row in said.rows if row["source"] == source]


def test_new_with_files_recognises_each(run, exports) -> None:
    """A new incident holds copies of the files, and each is recognised from its content."""
    said = run("new", "inc", *exports, "--title", "Payments failed", "--severity", "SEV-2", "--json")
    assert said.status == 0
    found = {each["path"]: (each["format"], each["lines"], each["events"]) for each in said.document["sources"]}
    assert found == {"access.log": ("access", 60, 60), "app.jsonl": ("json_lines", 3, 2), "pay.log": ("log4j", 2, 2)}
    assert [each["status"] for each in said.document["added"]] == ["added"] * 3
    assert Path("inc/sources/pay.log").read_text() == PAY


def test_new_without_files_is_an_empty_incident(run) -> None:
    """The JSON document of an empty incident names its folder."""
    said = run("new", "inc", "--title", "Payments failed", "--severity", "SEV-2", "--json")
    assert said.status == 0
    assert said.document["sources"] == []
    assert Path(said.document["path"]).samefile("inc")


def test_an_unknown_severity_makes_no_folder(run) -> None:
    """The severities that there are are named, and nothing is left behind."""
    said = run("new", "inc", "--title", "Payments failed", "--severity", "SEV-9")
    assert said.status == 1
    assert "SEV-1" in said.err
    assert not Path("inc").exists()


@pytest.mark.parametrize("command", ["sources", "timeline", "metrics", "impact"])
def test_json_is_one_document_and_nothing_else(run, incident, command) -> None:
    """With --json standard output is one JSON object."""
    said = run(command, incident, "--json")
    assert said.status == 0
    assert isinstance(said.document, dict)


@pytest.mark.parametrize("command", ["sources", "timeline", "metrics", "impact"])
def test_without_json_people_get_a_table(run, incident, command) -> None:
    """Without --json the same commands print tables on standard output."""
    said = run(command, incident)
    assert said.status == 0
    assert said.out.strip()
    assert not said.out.lstrip().startswith("{")


def test_the_failing_requests_make_start_recovery_and_impact(run, incident) -> None:
    """The first and the last 503 bound the incident, and the ten between them are counted."""
    found = run("metrics", incident, "--json").document["milestones"]
    assert found["started"]["time"] == "2025-11-17T14:00:05.000Z"
    assert found["recovered"]["time"] == "2025-11-17T14:04:35.000Z"
    assert found["started"]["evidence"] == ["access.log:21"]
    assert run("impact", incident, "--json").document["requests"]["failed"] == 10


@pytest.mark.parametrize(("form", "opening"), [("md", "| Time (UTC) |"), ("csv", "time,milestone,"), ("json", "{")])
def test_the_timeline_in_other_forms(run, incident, form, opening) -> None:
    """The timeline prints as markdown, CSV and JSON, and each holds the first failing request."""
    said = run("timeline", incident, "--to", form)
    assert said.status == 0
    assert said.out.startswith(opening)
    assert "First failing request" in said.out


def test_formats_are_listed_shown_and_proved(run) -> None:
    """Every format is listed; one can be shown with its samples; all are proved."""
    names = [each["name"] for each in run("formats", "--json").document["formats"]]
    assert names == sorted(names)
    assert {"access", "log4j", "slack"} <= set(names)
    assert run("formats", "show", "log4j", "--json").document["samples"]
    said = run("formats", "check", "--json")
    assert said.status == 0
    assert {tuple(each["problems"]) for each in said.document["formats"]} == {()}


def test_a_format_that_there_is_not(run) -> None:
    """An unknown format's name is a problem to mend."""
    assert run("formats", "show", "nosuch").status == 1
    assert run("formats", "check", "nosuch").status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "inc", "--severity", "SEV-2"), ("add", "inc"), ("sources",), ("events",), ("timeline",), ("metrics",),
        ("impact",), ("events", "a.log", "--format", "xml"), ("sources", "--nosuch"), ("nosuch",),
    ],
)  # fmt: skip
def test_wrong_usage_is_status_2(run, arguments) -> None:
    """A missing argument, an unknown option or choice is status 2, with the usage on standard error."""
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Usage:" in said.err


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize("command", [("sources", "pay.log"), ("events", "pay.log"), ("add", "inc", "pay.log")])
def test_an_unknown_zone_is_status_1(run, command) -> None:
    """The zone that nobody knows is named in the one sentence on standard error."""
    said = run(*command, "--zone", "Europe/Nowhere")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("Error: --zone: 'Europe/Nowhere'")
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("exports")
def test_a_missing_file_is_listed_and_status_1(run) -> None:
    """A file that is not there is listed with the reason, and the others are read all the same."""
    said = run("sources", "nosuch.log", "pay.log", "--json")
    assert said.status == 1
    assert [(each["path"], each["why"]) for each in said.document["unrecognised"]] == [
        ("nosuch.log", "there is no such file")
    ]
    assert [each["path"] for each in said.document["sources"]] == ["pay.log"]


@pytest.mark.usefixtures("exports")
def test_bytes_that_are_no_text_are_listed_and_status_1(run, tmp_path) -> None:
    """`events` prints what it can read, and says on standard error what it cannot."""
    (tmp_path / "core.bin").write_bytes(bytes(range(256)) * 4)
    said = run("events", "core.bin", "pay.log")
    assert said.status == 1
    assert len(said.rows) == 2
    assert "core.bin" in said.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
@pytest.mark.usefixtures("exports")
def test_a_file_without_permission_is_listed_and_status_1(run) -> None:
    """A file that may not be read is listed with the reason."""
    Path("pay.log").chmod(0)
    said = run("sources", "pay.log", "--json")
    assert said.status == 1
    assert [each["path"] for each in said.document["unrecognised"]] == ["pay.log"]


@pytest.mark.parametrize("command", [("timeline",), ("metrics",), ("impact",), ("add",)])
def test_a_folder_that_is_no_incident_is_status_1(run, exports, tmp_path, command) -> None:
    """A folder without incident.toml is refused with a sentence, not with a traceback."""
    (tmp_path / "plain").mkdir()
    said = run(*command, "plain", *(exports if command == ("add",) else ()))
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("Error: ")


def test_events_as_json_lines_are_in_utc_order(run, exports) -> None:
    """One JSON object a line, ordered by time, from every file."""
    said = run("events", *exports)
    assert said.status == 0
    assert len(said.rows) == EVENTS
    assert [row["time"] for row in said.rows] == sorted(row["time"] for row in said.rows)


def test_events_as_csv_have_no_formulas(run, exports) -> None:
    """A cell that a spreadsheet would run gets an apostrophe in front; the JSON lines keep it as it was."""
    rows = list(csv.DictReader(io.StringIO(run("events", *exports, "--format", "csv").out)))
    assert len(rows) == EVENTS
    assert [row["message"] for row in rows if "HYPERLINK" in row["message"]] == ["'=HYPERLINK(1)"]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert "=HYPERLINK(1)" in [row["message"] for row in run("events", *exports).rows]


def test_events_for_timesketch_have_its_three_columns(run, exports) -> None:
    """Timesketch wants message, datetime in ISO 8601 and timestamp_desc, filled in each row."""
    rows = list(csv.DictReader(io.StringIO(run("events", *exports, "--format", "timesketch").out)))
    assert list(rows[0])[:3] == ["message", "datetime", "timestamp_desc"]
    assert rows[0]["datetime"] == "2025-11-17T13:50:05.000000Z"
    assert all(row["datetime"] and row["timestamp_desc"] for row in rows)


def test_events_as_parquet_need_a_file(run, exports) -> None:
    """Parquet is written with -o, and refused on standard output."""
    said = run("events", *exports, "--format", "parquet", "-o", "events.parquet")
    assert (said.status, said.out) == (0, "")
    assert len(pl.read_parquet("events.parquet")) == EVENTS
    refused = run("events", *exports, "--format", "parquet")
    assert (refused.status, refused.out) == (1, "")
    assert "-o" in refused.err


def test_events_into_a_file_are_those_of_standard_output(run, exports) -> None:
    """With -o the same lines go to the file, and none to standard output."""
    printed = run("events", *exports)
    assert run("events", *exports, "-o", "events.jsonl").out == ""
    assert Path("events.jsonl").read_text() == printed.out


@pytest.mark.usefixtures("exports")
def test_events_between_two_times(run) -> None:
    """Both ends count in; a time that is none is status 1."""
    said = run("events", "pay.log", "app.jsonl", "--since", "2025-11-17T14:00:10Z", "--until", "2025-11-17T14:05:00Z")
    assert [row["message"] for row in said.rows] == ["=HYPERLINK(1)", "pool is healthy again"]
    assert run("events", "pay.log", "--since", "yesterday").status == 1


def test_events_of_a_kind(run, exports) -> None:
    """Only the kinds asked for are printed; a kind that is none is status 1 and names the kinds."""
    assert len(run("events", *exports, "--kind", "log").rows) == EVENTS
    assert run("events", *exports, "--kind", "chat").out == ""
    said = run("events", *exports, "--kind", "gossip")
    assert said.status == 1
    assert "chat" in said.err


def test_the_order_of_files_does_not_change_the_events(run, exports) -> None:
    """The events are the same bytes whichever file is named first."""
    assert run("events", *exports).out == run("events", *reversed(exports)).out


def test_deleting_the_output_changes_no_event(run, incident) -> None:
    """Everything below output/ is derived: without it the same events come out, byte for byte."""
    before = run("events", incident)
    shutil.rmtree("inc/output")
    assert run("events", incident).out == before.out
    assert len(before.rows) == EVENTS


def test_adding_the_same_file_again_says_so(run, incident) -> None:
    """The same bytes are not copied twice, and that is no mistake."""
    said = run("add", incident, "pay.log", "--json")
    assert said.status == 0
    assert [each["status"] for each in said.document["added"]] == ["already there"]
    assert sorted(path.name for path in Path("inc/sources").iterdir()) == ["access.log", "app.jsonl", "pay.log"]


def test_adding_with_a_zone_is_remembered_and_moves_the_times(run, incident) -> None:
    """The zone that a person set stands in sources.toml, and later commands read the file in it."""
    assert times(run("events", incident), "pay.log")[0] == "2025-11-17T15:00:02.123Z"
    assert run("add", incident, "pay.log", "--zone", "Europe/Berlin").status == 0
    entries = {each["path"]: each for each in tomllib.loads(Path("inc/sources.toml").read_text())["source"]}
    assert entries["pay.log"]["zone"] == "Europe/Berlin"
    assert "zone" not in entries["access.log"]
    assert times(run("events", incident), "pay.log") == ["2025-11-17T14:00:02.123Z", "2025-11-17T14:04:58.000Z"]
    report = {each["path"]: each for each in run("sources", incident, "--json").document["sources"]}
    assert report["pay.log"]["zone_basis"] == "set by a person"


def test_rejected_lines_have_number_and_reason(run, exports) -> None:
    """Each rejected line is listed with its file, number, reason and text; with --json as objects."""
    assert run("sources", *exports, "--rejected").out == "app.jsonl:3: not a JSON object: not json\n"
    listed = run("sources", *exports, "--rejected", "--json").document["sources"]
    assert {each["path"]: each["rejected_lines"] for each in listed} == {
        "access.log": [], "pay.log": [],
        "app.jsonl": [{"line": 3, "text": "not json", "reason": "not a JSON object"}],
    }  # fmt: skip


def test_the_lines_of_each_source_add_up(run, exports) -> None:
    """Lines are events, continuations, blank or rejected; none is lost."""
    for each in run("sources", *exports, "--json").document["sources"]:
        assert each["lines"] == each["events"] + each["continuations"] + each["blank"] + each["rejected"]


@pytest.mark.parametrize("name", ["incident.toml", "factors.toml", "actions.toml"])
def test_a_report_names_every_problem_of_a_damaged_file(run, incident, name) -> None:
    """`report` says of a people's file what the other commands say: file, line and key, without a word of cells."""
    row = {"incident.toml": "", "factors.toml": "[[factor]]\n", "actions.toml": "[[action]]\n"}[name]
    Path(incident, name).write_text(f'{row}id = 3\nwrong = "x"\n', encoding="utf-8")
    said = run("report", incident, "--to", "md")
    assert said.status == 1
    assert f"{name}: " in said.err
    assert "id: found the number 3" in said.err
    assert "wrong: found the unknown key" in said.err
    assert "cell" not in said.err
    assert "Error: Error" not in said.err


def test_a_format_file_of_other_bytes_is_a_problem_with_a_sentence(run, tmp_path) -> None:
    """A file that is no text is not our bug: `formats check` says what it is."""
    (tmp_path / "mine.toml").write_bytes(b"name = 'a'\n\xff\xfe\x80")
    said = run("formats", "check", "mine.toml")
    assert said.status == 1
    assert "mine.toml: this is not TOML" in said.err
    assert "Traceback" not in said.err


def test_metrics_name_what_lies_between_and_show_communications(run, incident) -> None:
    """Two lengths could be called the duration: the table says which ends each has; updates and limits are in it."""
    out = run("metrics", incident).out
    for words in (
        "started to recovered",
        "impact duration",
        "started to resolved",
        "48 h",
        "Updates of the status page",
    ):
        assert words in out
    assert "2880" not in out
    assert "duration" in run("metrics", incident, "--json").document["intervals"]


def test_the_timeline_as_text_holds_no_control_characters(run) -> None:
    """What turns the direction of a line or colours a terminal stays in the source."""
    evil = "Incident declared: pool\u202egnp.exe \x1b[31m full"
    message = {"type": "message", "user": "U1", "ts": "1763388010.000000", "text": evil}
    Path("chat.json").write_text(json.dumps([message]), encoding="utf-8")
    run("new", "inc", "chat.json", "--title", "T", "--severity", "SEV-2")
    for form in ("md", "csv"):
        out = run("timeline", "inc", "--to", form).out
        assert "Incident declared" in out
        assert not {"\u202e", "\x1b"} & set(out)


def test_a_broken_line_of_the_journal_is_told(run, incident) -> None:
    """It has no effect, and people hear of it."""
    Path(incident, "journal.jsonl").write_text("not json\n", encoding="utf-8")
    for command in (("timeline", incident), ("metrics", incident, "--json")):
        said = run(*command)
        assert said.status == 0
        assert "journal.jsonl:1: not a whole JSON object" in said.err


def test_a_parquet_file_that_cannot_be_written_is_named(run, exports) -> None:
    """The message names the path."""
    said = run("events", *exports, "--format", "parquet", "-o", "nosuch/events.parquet")
    assert said.status == 1
    assert "Error: nosuch/events.parquet: " in said.err


def test_the_page_of_formats_is_as_the_formats_are(run) -> None:
    """`make docs` re-makes it."""
    kept = (Path(__file__).parents[2] / "docs" / "known-formats.md").read_text("utf-8")
    assert run("formats", "page").out == kept


def test_evidence_that_comes_after_the_report_says_what_it_changes(run, incident, tmp_path) -> None:
    """Only where a report was written; the change is named with what was there before."""
    late = tmp_path / "late.json"
    late.write_text(
        json.dumps({"receiver": "x", "status": "firing", "alerts": [{
            "status": "firing", "labels": {"alertname": "Early", "service": "shop", "severity": "critical"},
            "startsAt": "2025-11-17T14:00:31Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1"}]})
    )  # fmt: skip
    assert "draft" not in run("add", incident, str(late)).err
    output = Path(incident) / "output"
    output.mkdir(exist_ok=True)
    (output / "postmortem.md").write_text("# Report\n")
    again = tmp_path / "again.json"
    again.write_text(late.read_text().replace("Early", "Earlier").replace("14:00:31", "14:00:11").replace("f1", "f2"))
    said = run("add", incident, str(again), "--json").document
    assert any(each["what"] in {"milestone", "row"} for each in said["changed"])
    assert "Nothing that the draft says changes." in run("add", incident, str(again)).err


@pytest.fixture
def at_the_terminal(monkeypatch):
    """`at_the_terminal("Mars/Base", "UTC")`: somebody sits there and answers so."""

    def answering(*answers: str) -> list[str]:
        asked: list[str] = []
        left = list(answers)

        def prompt(question: str, **_options) -> str:
            asked.append(question)
            return left.pop(0)

        monkeypatch.setattr("workbench.commands.asking.click.prompt", prompt)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        return asked

    return answering


def test_add_asks_for_the_zone_that_nothing_tells(run, exports, at_the_terminal) -> None:
    """Until the answer is a zone; it is kept in sources.toml, and the times are read in it."""
    run("new", "inc", "--title", "Payments failed", "--severity", "SEV-2")
    asked = at_the_terminal("Mars/Base", "Europe/Berlin")
    assert run("add", "inc", *exports).status == 0
    assert [question.partition(":")[0] for question in asked] == ["pay.log"] * 2
    assert tomllib.loads(Path("inc/sources.toml").read_text())["source"][2]["zone"] == "Europe/Berlin"
    assert times(run("events", "inc"), "pay.log")[0] == "2025-11-17T14:00:02.123Z"


def test_who_does_not_know_presses_enter_and_a_batch_is_not_asked(run, exports, at_the_terminal) -> None:
    """Then the times are read as UTC, and the interval holds every zone."""
    run("new", "inc", "--title", "Payments failed", "--severity", "SEV-2")
    assert run("add", "inc", "access.log", "--json").status == 0
    asked = at_the_terminal("")
    run("add", "inc", *exports)
    assert len(asked) == 1
    assert "zone" not in tomllib.loads(Path("inc/sources.toml").read_text())["source"][2]


def test_reading_a_log_imports_neither_pandas_nor_the_linter(tmp_path) -> None:
    """What a command does not need costs no time at its start."""
    (tmp_path / "a.log").write_text("2025-11-17T14:00:00Z ERROR pool is full\n", encoding="utf-8")
    code = (
        "import sys\nfrom workbench.cli import _status\nassert _status(['sources', 'a.log', '--json']) == 0\n"
        "print(sorted({'pandas', 'workbench.check', 'altair', 'nbformat'} & set(sys.modules)), file=sys.stderr)"
    )
    environment = {**os.environ, "WORKBENCH_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
