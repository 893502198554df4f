"""workbench.toml: found above the incident, read whole, refused with all its problems."""

from __future__ import annotations

import pytest

from workbench.model import DEFAULT_SCALE
from workbench.store.schema_check import FileProblemsError
from workbench.store.team_file import find_team_file, read_team

TEXT = """
[severities.P1]
response_minutes = 10
update_minutes = 20
[severities.P2]
[severities.aliases]
"all hands" = "P1"

[people.priya]
name = "Priya Nair"
names = ["Priya"]
email = "priya@shop.example"
logins = { slack = "U1", github = ["pnair", "priya-n"] }
zone = "Asia/Kolkata"
role = "on-call engineer"

[services]
checkout-api = "Payments"
orders-api = { team = "Orders", aliases = ["orders"] }

[zones]
"db-*" = "Europe/Berlin"

[reports]
reference_docx = "look/reference.docx"
editions = ["internal", "public"]

[redaction]
key_file = "keys/pseudonyms.key"

[oncall]
hours = "08:30-17:00"
sleep = "23:00-06:30"
days = ["Mon", "Tuesday", "sun"]
"""


def test_everything_is_read(tmp_path):
    """Each table of the file reaches the team; paths are taken from where the file stands."""
    (tmp_path / "workbench.toml").write_text(TEXT)
    (tmp_path / "inc" / "deep").mkdir(parents=True)
    team = read_team(tmp_path / "inc" / "deep")
    assert team.severities.names == ("P1", "P2")
    assert (team.severities.named("P1").response_minutes, team.severities.named("P2").response_minutes) == (10, None)
    assert team.severities.of("All hands") == "P1"
    priya = team.person("priya-n")
    assert priya is not None
    assert (priya.name, priya.zone, priya.emails) == ("Priya Nair", "Asia/Kolkata", ("priya@shop.example",))
    assert [service.team for service in team.services] == ["Payments", "Orders"]
    assert team.zone("db-1/syslog") == "Europe/Berlin"
    assert team.reports.reference_docx == str(tmp_path / "look/reference.docx")
    assert team.redaction.key_file == str(tmp_path / "keys/pseudonyms.key")
    assert (team.oncall.work, team.oncall.sleep, team.oncall.days) == ((510, 1020), (1380, 390), (0, 1, 6))


def test_the_nearest_file_wins(tmp_path):
    """Of two files on the way up the nearer one holds."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "a"):
        (folder / "workbench.toml").write_text("")
    assert find_team_file(tmp_path / "a" / "b") == tmp_path / "a" / "workbench.toml"


def test_no_file_no_change(tmp_path, monkeypatch):
    """Without a file the defaults hold."""
    monkeypatch.setattr("workbench.store.team_file.NAME", "surely-not-there.toml")
    assert read_team(tmp_path).severities == DEFAULT_SCALE


def test_an_order_of_their_own(tmp_path):
    """``order`` gives the order, and names of the default scale keep their limits."""
    (tmp_path / "workbench.toml").write_text(
        '[severities]\norder = ["SEV-0", "SEV-1"]\n[severities.SEV-0]\nresponse_minutes = 5\n'
    )
    scale = read_team(tmp_path).severities
    assert [(one.name, one.response_minutes) for one in scale.severities] == [("SEV-0", 5), ("SEV-1", 15)]


@pytest.mark.parametrize(
    ("text", "key"),
    [('[zones]\n"db-*" = "Mars/Olympus"\n', "zones.db-*"), ("[oncall]\nhours = 9\n", "oncall.hours"),
     ('[oncall]\ndays = ["Caturday"]\n', "oncall.days"), ("[sevrities]\n", "sevrities"),
     ('[people.a]\nzone = "nowhere"\n', "people.a.zone"), ("[severities.P1]\nrespond = 3\n", "severities.P1.respond"),
     ('[severities.P1]\n[severities.aliases]\ncritical = "P7"\n', "severities.aliases.critical"),
     ('[severities]\norder = ["P1"]\n[severities.P2]\n', "severities.order"),
     ("[severities]\nP1 = 3\n", "severities.P1"),
     ("severities = 3\n", "severities")],
)  # fmt: skip
def test_a_problem_names_its_key(tmp_path, text, key):
    """Each wrong entry is refused by the key it stands under."""
    (tmp_path / "workbench.toml").write_text(text)
    with pytest.raises(FileProblemsError) as caught:
        read_team(tmp_path)
    assert [problem.key for problem in caught.value.problems] == [key]
