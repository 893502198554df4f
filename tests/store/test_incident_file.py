"""incident.toml: what is read, and that all its problems are told at once."""

from __future__ import annotations

import tomllib

import pytest

from workbench.errors import FolderError
from workbench.model import IncidentStatus, Severity, SeverityScale
from workbench.store.incident_file import read_incident, set_milestones, starter
from workbench.store.schema_check import FileProblemsError

MINIMAL = 'id = "INC-1"\ntitle = "Pool"\nseverity = "Sev 2"\n'
NS = 1_000_000_000
NOON = 1_763_380_800 * NS  # 2025-11-17T12:00:00Z


@pytest.fixture
def folder(tmp_path):
    """A folder with the least that an incident needs."""
    (tmp_path / "incident.toml").write_text(MINIMAL)
    return tmp_path


def written(folder, text):
    """The folder with more text in its file."""
    (folder / "incident.toml").write_text(MINIMAL + text)
    return folder


def problems(folder, text):
    """What is wrong with the file after adding a text."""
    with pytest.raises(FileProblemsError) as caught:
        read_incident(written(folder, text))
    return caught.value.problems


def test_three_keys_are_enough(folder):
    """Only id, title and severity are needed; the severity is given by its name on the scale."""
    incident = read_incident(folder)
    assert (incident.id, incident.title, incident.severity) == ("INC-1", "Pool", "SEV-2")
    assert (incident.milestones, incident.slo, incident.status) == ({}, None, None)


def test_everything_is_read(folder):
    """Lists, tables and the objective come through as they were written."""
    text = 'services = ["a", "b"]\nstatus = "resolved"\n[people]\nscribe = "Aiko"\nparticipants = ["X"]\n'
    text += "[impact]\ncustomers_total = 10\nrevenue_per_failed_order = 35\n[slo]\ntarget = 99.9\nwindow_days = 7\n"
    incident = read_incident(written(folder, text))
    assert incident.services == ("a", "b")
    assert incident.status is IncidentStatus.RESOLVED
    assert (incident.people.scribe, incident.people.participants) == ("Aiko", ("X",))
    assert (incident.impact.customers_total, incident.impact.revenue_per_failed_order) == (10, 35.0)
    assert incident.slo is not None
    assert (incident.slo.target, incident.slo.window_days) == (99.9, 7)


@pytest.mark.parametrize(
    "time",
    ["2025-11-17T12:00:00Z", "2025-11-17T13:00:00+01:00", '"2025-11-17T12:00:00Z"', '"2025-11-17 07:00:00-05:00"',
     "2025-11-17 12:00:00.000Z"],
)  # fmt: skip
def test_a_milestone_with_an_offset(folder, time):
    """A time with an offset is one instant, written as text or as a TOML time."""
    incident = read_incident(written(folder, f"[milestones]\nstarted = {time}\n"))
    assert incident.milestones == {"started": NOON}
    assert incident.lines == {"started": 5}


@pytest.mark.parametrize(
    "time", ["2025-11-17T12:00:00", '"2025-11-17T12:00:00"', "2025-11-17", "12:00:00", '"noon"', "1"]
)
def test_a_milestone_without_an_offset_is_refused(folder, time):
    """A local time, a day or an hour is an error that shows how to write it."""
    (problem,) = problems(folder, f"[milestones]\nstarted = {time}\n")
    assert (problem.key, problem.line) == ("milestones.started", 5)
    assert "2025-11-17T14:00:00Z" in problem.expected


def test_all_problems_at_once(folder):
    """Unknown keys with the nearest known one, wrong types and bad values are told together, in file order."""
    text = 'servces = ["a"]\nstatus = "opne"\n[impact]\ncustomers_total = "many"\n[slo]\nwindow_days = 30\n[zzz]\n'
    found = problems(folder, text)
    told = [(problem.line, problem.key) for problem in found]
    assert told == [(4, "servces"), (5, "status"), (7, "impact.customers_total"), (8, "slo.target"), (10, "zzz")]
    assert "'services' perhaps" in found[0].expected
    assert "'opne'" in found[1].found
    assert '"open" or "resolved"' in found[1].expected
    assert found[3].found == "nothing"


def test_the_message_names_file_key_found_and_expected(folder):
    """The sentence holds all that is needed to mend the file."""
    with pytest.raises(FileProblemsError) as caught:
        read_incident(written(folder, "tags = 3\n"))
    message = str(caught.value)
    assert all(part in message for part in ("incident.toml:4", "tags", "the number 3", "a list of texts"))


def test_missing_keys_are_told(tmp_path):
    """An empty file lacks id, title and severity, and all three are named."""
    (tmp_path / "incident.toml").write_text("")
    with pytest.raises(FileProblemsError) as caught:
        read_incident(tmp_path)
    assert {problem.key for problem in caught.value.problems} == {"id", "title", "severity"}


def test_a_folder_without_the_file(tmp_path):
    """A missing file is told with what to do."""
    with pytest.raises(FolderError, match="workbench new"):
        read_incident(tmp_path)


@pytest.mark.parametrize("target", ["0", "1", "100", "true", "inf", "nan", '"99.9"', "-5"])
def test_an_objective_that_nobody_can_mean(folder, target):
    """A target that is no percentage below 100 and no share is refused."""
    (problem,) = problems(folder, f"[slo]\ntarget = {target}\n")
    assert problem.key == "slo.target"


def test_a_teams_own_severities(folder):
    """With a team's scale the severity is one of its names, and another word is refused with the names."""
    scale = SeverityScale(severities=(Severity(name="P1"), Severity(name="P2")))
    assert read_incident(folder, scale).severity == "P2"
    (folder / "incident.toml").write_text(MINIMAL.replace("Sev 2", "purple"))
    with pytest.raises(FileProblemsError, match='"P1" or "P2"'):
        read_incident(folder, scale)


@pytest.mark.parametrize("severity", ["SEV-9", "SEV-5", "P0", "", "purple"])
def test_a_severity_off_the_scale_is_refused(folder, severity):
    """In a person's file a step that the scale does not have is a mistake, not the nearest step."""
    (folder / "incident.toml").write_text(MINIMAL.replace("Sev 2", severity))
    with pytest.raises(FileProblemsError, match='"SEV-3" or "SEV-4"'):
        read_incident(folder)


@pytest.mark.parametrize("title", ['a "quoted" \\ title', "multi\nline", "Ünï 🚒", "# not a comment"])
def test_a_starter_file_reads_back(tmp_path, title):
    """A new file is valid whatever its title says, and so is every commented example in it."""
    text = starter(id="INC-9", title=title, severity="SEV-3")
    (tmp_path / "incident.toml").write_text(text)
    assert read_incident(tmp_path).title == title.strip()
    examples = [line[2:] for line in text.splitlines() if line.startswith("# ") and (" = " in line or line[2] == "[")]
    (tmp_path / "incident.toml").write_text('id = "a"\ntitle = "b"\nseverity = "1"\n' + "\n".join(examples))
    assert tomllib.loads("\n".join(examples))
    assert read_incident(tmp_path).milestones["started"]


def test_milestones_are_set_and_taken_away(folder):
    """Confirming a milestone writes it in UTC and keeps every comment; None takes it away again."""
    written(folder, "# by hand\n[milestones]\n# about noon\nstarted = 2025-11-17T11:59:00Z # says Aiko\n")
    assert set_milestones(folder, {"started": NOON, "detected": NOON + NS}).milestones["detected"] == NOON + NS
    text = (folder / "incident.toml").read_text()
    assert all(part in text for part in ("# by hand", "# about noon", "2025-11-17T12:00:00.000Z"))
    assert set_milestones(folder, {"started": None}).milestones == {"detected": NOON + NS}


def test_an_unknown_milestone_is_not_written(folder):
    """A milestone outside of the vocabulary is refused before anything is written."""
    with pytest.raises(FolderError, match="postmortem_held"):
        set_milestones(folder, {"begun": NOON})
    assert (folder / "incident.toml").read_text() == MINIMAL
