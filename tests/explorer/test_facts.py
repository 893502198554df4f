"""The desk for the facts of an incident: the form's values, what was found beside them, the 48 hours, one key written alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.explorer.answers import Answers
from workbench.explorer.current import Current
from workbench.explorer.facts import Facts
from workbench.store.incident_file import starter

SAMPLE = Path(__file__).parents[2] / "sample_data" / "connection-pool"
HOURS = 3_600_000.0


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A copy of the sample incident, read once, below a team's file."""
    folder = tmp_path_factory.mktemp("facts") / "inc"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("output"))
    (folder.parent / "workbench.toml").write_text('[services]\norders-api = "Orders"\n', encoding="utf-8")
    return wb.open_postmortem(folder)


@pytest.fixture
def desk(sample) -> Facts:
    """The desk on the sample as it was delivered."""
    shutil.copy(SAMPLE / "incident.toml", sample.folder.path)
    return Facts(Current(sample))


@pytest.fixture
def path(desk) -> Path:
    """The file that is edited."""
    return desk.current.folder / "incident.toml"


def state(desk: Facts) -> dict:
    """The form as the browser gets it."""
    return json.loads(json.dumps(desk.facts({})[0]["state"]))


def save(desk: Facts, key: str, value: object, base: str | None = None) -> dict:
    """The answer to an edit, as the explorer gives it; without a base, that of what stands there."""
    base = desk.state()["fields"][key]["base"] if base is None else base
    return Answers(None, dict, desks=(desk,)).answer({"op": "facts.save", "key": key, "value": value, "base": base})[0]


def test_a_field_says_what_is_written_and_where(desk) -> None:
    """Lists as lists, times in UTC without a sign, a choice as one of its words."""
    fields = state(desk)["fields"]
    assert (fields["title"]["value"], fields["title"]["line"]) == (
        "API errors from database connection-pool exhaustion",
        4,
    )
    assert fields["services"]["value"] == ["orders-api", "checkout-api"]
    assert fields["milestones.postmortem_held"]["value"] == "2025-11-18 14:00:00"
    assert fields["slo.target"]["value"] == "99.9"
    assert fields["summary"] == {"value": "", "base": "", "line": None}


def test_a_choice_is_one_of_the_words_however_it_is_spelled(desk, path) -> None:
    """The team's scale knows what "sev 2" is."""
    path.write_text(path.read_text("utf-8").replace('"SEV-2"', '"sev 2"'), encoding="utf-8")
    assert state(desk)["fields"]["severity"]["value"] == "SEV-2"
    (severity,) = [one for one in desk.setup()["groups"][0]["fields"] if one["name"] == "severity"]
    assert severity["choices"] == ["SEV-1", "SEV-2", "SEV-3", "SEV-4"]


def test_what_was_found_is_offered_with_its_evidence(desk) -> None:
    """It is used while nobody writes another; a written one stands beside what the sources say."""
    found = state(desk)["found"]
    assert found["milestones.detected"] == {
        "text": "2025-11-17 14:00:41", "value": "2025-11-17T14:00:41.318Z", "why": "the alert HighErrorRate began to fire",
        "evidence": ["alertmanager_webhooks.jsonl:7", "pagerduty_log_entries.json:17", "alertmanager_webhooks.jsonl:9"],
        "more": 1, "used": True,
    }  # fmt: skip
    assert (found["people.incident_commander"]["text"], found["people.incident_commander"]["used"]) == (
        "Helen Osei",
        True,
    )
    assert (found["people.scribe"]["text"], found["people.scribe"]["used"]) == ("Aiko Tanaka", False)
    assert (found["team"]["text"], found["impact.support_tickets"]["text"]) == ("Orders", "12")
    assert "Luis Ortega" in state(desk)["known"]["people.scribe"]


def test_a_found_moment_that_is_taken_over_stands_beside_the_next_best(desk, path) -> None:
    """It is written to the microsecond that the source has, and what else was found is still said."""
    found = state(desk)["found"]["milestones.declared"]
    save(desk, "milestones.declared", found["value"])
    assert "declared = 2025-11-17T14:12:24.000807Z\n" in path.read_text("utf-8")
    told = state(desk)
    assert told["fields"]["milestones.declared"]["value"] == "2025-11-17 14:12:24.000807"
    assert told["found"]["milestones.declared"]["used"] is False


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("title", "It “fell” over\n\x1b[0m", 'title = "It “fell” over [0m"'),
        ("severity", "SEV-1", 'severity = "SEV-1"'),
        ("services", ["orders-api", "x", "x", " "], 'services = ["orders-api", "x"]'),
        ("people.scribe", "<b>Bo</b>", 'scribe = "<b>Bo</b>"'),
        ("milestones.started", "2025-11-17T15:00:00+01:00", "started = 2025-11-17T14:00:00Z"),
        ("milestones.started", "2025-11-17T14:00:00.123456789Z", 'started = "2025-11-17T14:00:00.123456789Z"'),
        ("impact.customers_total", "12000", "customers_total = 12000"),
        ("impact.revenue_per_failed_order", "35.50", "revenue_per_failed_order = 35.5"),
        ("slo.window_days", "28", "window_days = 28"),
        ("summary", "One.\r\n\r\nTwo.", 'summary = """One.\n\nTwo."""'),
    ],
)
def test_a_value_is_written_as_toml_has_it(desk, path, key, value, line) -> None:
    """All other lines stay."""
    before = [each for each in path.read_text("utf-8").splitlines() if each]
    reply = save(desk, key, value)
    assert reply["op"] == "saved"
    text = path.read_text("utf-8")
    assert line in text
    kept = [each for each in before if not each.startswith(key.rpartition(".")[2])]
    assert [each for each in text.splitlines() if each in kept] == kept


def test_the_starter_keeps_its_comments_and_takes_back_what_it_got(desk, path) -> None:
    """Byte for byte, whatever was set and taken away again."""
    text = starter(id="I", title="T", severity="SEV-2")
    path.write_text(text, encoding="utf-8")
    given = {
        "team": "Orders",
        "tags": ["a"],
        "milestones.detected": "2025-11-17T14:05:00Z",
        "people.scribe": "Bo",
        "slo.target": "99.5",
    }
    for key, value in given.items():
        assert save(desk, key, value)["op"] == "saved"
    made = path.read_text("utf-8")
    assert [line for line in text.splitlines() if line not in made.splitlines()] == []
    assert wb.open_postmortem(desk.current.folder).incident.tags == ("a",)
    for key in given:
        assert save(desk, key, None)["op"] == "saved"
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", ""), ("severity", "SEV-9"), ("status", "asleep"), ("milestones.started", "14:00"), ("milestones.started", "soon"),
        ("impact.customers_total", "-1"), ("impact.customers_total", "9" * 40), ("slo.target", "nan"), ("slo.target", "100"),
        ("slo.target", ""), ("services", "orders-api"), ("services", [1]), ("nothing", "x"), ("people.scribe", {"a": 1}),
        ("summary", "x" * 20_001),
    ],
)  # fmt: skip
def test_what_cannot_be_a_value_is_a_sentence_and_is_not_written(desk, path, key, value) -> None:
    """Also a target that is taken from a table that still has a window."""
    before = path.read_bytes()
    reply = save(desk, key, value, None if key != "nothing" else "")
    assert reply["op"] == "problem"
    assert len(reply["sentence"]) > 10
    assert path.read_bytes() == before


def test_what_others_wrote_meanwhile_is_told(desk, path) -> None:
    """Nothing is written; whoever has seen both may save all the same."""
    base = state(desk)["fields"]["people.scribe"]["base"]
    path.write_text(path.read_text("utf-8").replace('scribe = "Aiko Tanaka"', 'scribe = "Bo"'), encoding="utf-8")
    reply = save(desk, "people.scribe", "Cem", base)
    assert reply["op"] == "conflict"
    assert "Meanwhile Scribe was made “Bo”" in reply["sentence"]
    assert 'scribe = "Bo"' in path.read_text("utf-8")
    assert reply["state"]["fields"]["people.scribe"]["base"] == reply["state"]["base"]
    assert save(desk, "team", "Payments")["op"] == "saved", "another key is nobody's concern"
    assert save(desk, "people.scribe", "Cem", reply["state"]["base"])["op"] == "saved"


@pytest.mark.parametrize("text", ["id = \n", "\udcff", 'id = "I"\ntitle = "T"\nseverity = "SEV-2"\nwrong = 1\n'])
def test_a_damaged_file_is_a_sentence_and_is_left_alone(desk, path, text) -> None:
    """The form is not shown, and nothing is written."""
    data = text.encode("utf-8", "surrogateescape")
    path.write_bytes(data)
    told = state(desk)
    assert "incident.toml" in told["problem"]
    assert save(desk, "team", "x", "")["op"] == "problem"
    assert path.read_bytes() == data


def test_the_clock_of_a_post_mortem_that_was_held(desk) -> None:
    """When it was due, from what, and that it was in time."""
    clock = state(desk)["clock"]
    assert clock["due"] - clock["held"] == pytest.approx((24 * 60 + 35) * 60_000 + 18_000)
    assert (clock["verdict"], clock["owed"]) == ("in time", "")
    assert clock["basis"].startswith("48 hours after it was resolved at 2025-11-17 14:35:18 UTC (found: the paged")
    assert clock["evidence"][0] == "pagerduty_log_entries.json:1"


def test_the_clock_of_one_that_is_still_to_be_held(desk) -> None:
    """A person's word on the end wins; then nothing is unsure."""
    save(desk, "milestones.postmortem_held", None)
    save(desk, "milestones.resolved", "2025-11-17T14:40:00Z")
    clock = state(desk)["clock"]
    assert (clock["held"], clock["verdict"]) == (None, "")
    assert clock["due"] == clock["earliest"] == clock["latest"]
    assert "(a person said so)" in clock["basis"]


def test_a_post_mortem_that_was_held_too_late(desk) -> None:
    """It is said, and for a severity that owes none too."""
    save(desk, "milestones.postmortem_held", "2025-11-20T14:00:00Z")
    assert state(desk)["clock"]["verdict"] == "too late"
    save(desk, "severity", "SEV-4")
    clock = state(desk)["clock"]
    assert clock["verdict"] == "too late"
    assert "SEV-4 owes no post-mortem" in clock["owed"]


def test_without_an_end_the_48_hours_have_no_beginning(tmp_path, monkeypatch) -> None:
    """Nothing is made up: it says what is not known."""
    from workbench.cli import _status

    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("2025-11-17T14:00:00Z INFO begun\n", encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    clock = state(Facts(Current(wb.open_postmortem("inc"))))["clock"]
    assert clock["due"] is None
    assert clock["basis"].startswith("Nobody knows when it was resolved, so the 48 hours have no beginning.")
