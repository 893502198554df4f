"""The desk for action items: what the file, the trackers, the checks and the factors say, and one row written alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.explorer.action_rows import next_id
from workbench.explorer.actions import Actions
from workbench.explorer.current import Current
from workbench.store.rows import revision

SAMPLE = Path(__file__).parents[2] / "sample_data" / "connection-pool"
HOSTILE = "<img src=x onerror='window.hit=1'>"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A copy of the sample incident, read once."""
    folder = tmp_path_factory.mktemp("actions") / "inc"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("output"))
    return wb.open_postmortem(folder)


@pytest.fixture
def desk(sample) -> Actions:
    """The desk on the sample as it was delivered."""
    for name in ("actions.toml", "factors.toml"):
        shutil.copy(SAMPLE / name, sample.folder.path / name)
    return Actions(Current(sample))


@pytest.fixture
def path(desk) -> Path:
    """The file that is edited."""
    return desk.current.folder / "actions.toml"


def state(desk: Actions) -> dict:
    """The table as the browser gets it."""
    return json.loads(json.dumps(desk.actions({})[0]["state"]))


def row(told: dict, name: str) -> dict:
    """One row of it."""
    return next(one for one in told["rows"] if one["id"] == name)


def save(desk: Actions, name: str, values: dict | None, base: str, **more) -> dict:
    """The answer to an edit, as the explorer gives it."""
    from workbench.explorer.answers import Answers

    answers = Answers(None, dict, desks=(desk,))
    return answers.answer({"op": "actions.save", "name": name, "values": values, "base": base, **more})[0]


def test_a_row_says_what_the_file_the_tracker_and_the_factors_say(desk) -> None:
    """OPS-104 was reopened in the tracker and answers a factor."""
    one = row(state(desk), "OPS-104")
    assert (one["owner"], one["due"], one["status"], one["line"]) == ("Priya Nair", "2025-11-28", "in_progress", 34)
    assert one["tracker"] == {
        "words": "OPS-104: In Progress, was reopened", "differs": False, "status": "in_progress",
        "evidence": "jira_issues.json:5",
    }  # fmt: skip
    assert [each["id"] for each in one["answers"]] == ["pool-unwatched"]


def test_an_edit_changes_its_key_alone(desk, path) -> None:
    """Comments and spacing stay; the checks' word on the row is in the answer."""
    path.write_text(
        "# ours\n" + path.read_text("utf-8").replace('owner = "Priya Nair"', 'owner  =  "Priya Nair" # who', 1),
        encoding="utf-8",
    )
    before = path.read_text("utf-8")
    base = row(state(desk), "OPS-101")["base"]
    reply = save(desk, "OPS-101", {"owner": ""}, base)
    assert path.read_text("utf-8") == before.replace('owner  =  "Priya Nair" # who\n', "", 1)
    assert (reply["op"], reply["at"][2]) == ("saved", ":")
    one = row(reply["state"], "OPS-101")
    assert [(each["code"], each["column"]) for each in one["findings"]] == [("PM501", "owner")]
    assert reply["state"]["totals"]["ownerless"] == 1


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"due": None}, "PM502", "due"), ({"action": "Be careful"}, "PM505", "action"),
        ({"done_condition": None}, "PM504", "done_condition"), ({"due": "2025-11-18"}, "PM506", "due"),
    ],
)  # fmt: skip
def test_what_the_checks_say_stands_at_its_row(desk, values, code, column) -> None:
    """No day, a weak verb, no sign that it is done, overdue."""
    told = save(desk, "OPS-105", values, row(state(desk), "OPS-105")["base"])["state"]
    assert [(one["code"], one["column"]) for one in row(told, "OPS-105")["findings"]] == [(code, column)]
    assert all(not one["findings"] for one in told["rows"] if one["id"] != "OPS-105")


def test_a_waived_finding_is_not_shown(desk, path) -> None:
    """What people let stand with a reason is no news."""
    save(desk, "OPS-105", {"owner": None}, row(state(desk), "OPS-105")["base"])
    text = path.read_text("utf-8")
    path.write_text(
        text.replace('[[action]]\nid = "OPS-105"', '# allow PM501: the guild owns it\n[[action]]\nid = "OPS-105"'),
        encoding="utf-8",
    )
    assert row(state(desk), "OPS-105")["findings"] == []


def test_the_tracker_differs_and_what_it_holds_besides_is_offered(desk, path) -> None:
    """An item that the file does not have is offered as the row that it would become."""
    save(desk, "OPS-101", {"status": "open"}, row(state(desk), "OPS-101")["base"])
    reply = save(desk, "OPS-106", None, row(state(desk), "OPS-106")["base"])
    assert row(reply["state"], "OPS-101")["tracker"]["differs"]
    (offered,) = reply["state"]["proposed"]
    assert (offered["id"], offered["values"]["owner"], offered["values"]["due"]) == (
        "OPS-106",
        "Aiko Tanaka",
        "2026-02-13",
    )
    assert reply["state"]["missing"] == [{"id": "OPS-106", "factors": ["no-guidelines"]}]
    assert reply["state"]["next"] == "OPS-107", "the tracker has an OPS-106"
    save(desk, "OPS-106", offered["values"], "")
    assert 'id = "OPS-106"\naction = "Write guidelines for sizing connection pools"' in path.read_text("utf-8")


def test_what_was_removed_comes_back_as_it_was(desk, path) -> None:
    """With its place, its spelling and its comments: also the first of all."""
    before = "# ours\n\n" + path.read_text("utf-8").replace(
        'owner = "Priya Nair"', '# asked twice\nowner = "Priya Nair"', 1
    )
    path.write_text(before, encoding="utf-8")
    one = row(state(desk), "OPS-101")
    save(desk, "OPS-101", None, one["base"])
    assert "OPS-101" not in path.read_text("utf-8")
    save(desk, "OPS-101", {key: value for key, value in one["raw"].items() if key != "id"}, "", after="")
    assert path.read_text("utf-8") == before


def test_a_row_that_others_changed_is_not_written_over(desk, path) -> None:
    """The answer says what stands there now, and with which base it may be written over."""
    base = row(state(desk), "OPS-102")["base"]
    path.write_text(path.read_text("utf-8").replace("Marek Novák", "Bo"), encoding="utf-8")
    before = path.read_bytes()
    reply = save(desk, "OPS-102", {"owner": "Aiko"}, base)
    assert (reply["op"], path.read_bytes()) == ("conflict", before)
    assert "Meanwhile OPS-102 was changed" in reply["sentence"]
    assert "owner “Bo”" in reply["sentence"]
    assert row(reply["state"], "OPS-102")["base"] == reply["state"]["base"]
    assert save(desk, "OPS-102", {"owner": "Aiko"}, reply["state"]["base"])["op"] == "saved"


def test_the_same_edit_may_come_twice(desk, path) -> None:
    """Also one that gives the row another id: the browser asks again where it heard nothing."""
    base = row(state(desk), "OPS-102")["base"]
    for _ in range(2):
        assert save(desk, "OPS-102", {"id": "OPS-200"}, base)["op"] == "saved"
    assert path.read_text("utf-8").count('id = "OPS-200"') == 1
    for _ in range(2):
        assert save(desk, "OPS-300", {"action": "Do it"}, "")["op"] == "saved"
    assert path.read_text("utf-8").count('id = "OPS-300"') == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("OPS-101", {"due": "2025-13-40"}), ("OPS-101", {"due": "next week"}), ("OPS-101", {"action": ""}),
        ("OPS-101", {"id": "OPS-102"}), ("OPS-101", {"priority": "P9"}), ("OPS-101", {"kind": ["x"]}),
        ("OPS-101", {"wrong": "x"}), ("OPS-300", {"owner": "nobody says what is done"}), ("OPS-101", "x"),
        ("OPS-101", {"action": "x" * 4_001}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_value_is_a_sentence_and_is_not_written(desk, path, name, values) -> None:
    """Days that do not exist, an id twice, a word that is none."""
    base = row(state(desk), name)["base"] if name == "OPS-101" else ""
    before = path.read_bytes()
    reply = save(desk, name, values, base)
    assert reply["op"] == "problem"
    assert len(reply["sentence"]) > 10
    assert path.read_bytes() == before


def test_hostile_text_is_text(desk, path) -> None:
    """It is written as text, in one line, without signs that steer."""
    save(desk, "OPS-101", {"action": f"{HOSTILE}\x1b[31m\u202e\nnext"}, row(state(desk), "OPS-101")["base"])
    assert row(state(desk), "OPS-101")["action"] == f"{HOSTILE}[31m next"
    assert path.read_text("utf-8").count("\n") == SAMPLE.joinpath("actions.toml").read_text("utf-8").count("\n")


@pytest.mark.parametrize(
    "text", ["[[action]\n", '[[action]]\nid = "A"\n', '[[action]]\nid = "A"\naction = "x"\nwho = 1\n', "action = 1\n"]
)
def test_a_damaged_file_is_a_sentence_and_is_left_alone(desk, path, text) -> None:
    """Nothing is written into what cannot be read."""
    path.write_text(text, encoding="utf-8")
    told = state(desk)
    assert "actions.toml" in told["problem"]
    assert told["rows"] == []
    assert save(desk, "A", {"action": "y"}, revision({"id": "A"}))["op"] == "problem"
    assert path.read_text("utf-8") == text


def test_damage_in_another_file_is_said_beside_the_table(desk) -> None:
    """The items can be edited while factors.toml cannot be read."""
    (desk.current.folder / "factors.toml").write_text("[[factor]\n", encoding="utf-8")
    told = state(desk)
    assert "factors.toml" in told["trouble"]
    assert len(told["rows"]) == 6
    assert save(desk, "OPS-101", {"owner": "Bo"}, row(told, "OPS-101")["base"])["op"] == "saved"


def test_a_file_that_is_not_there_begins_with_its_explanation(desk, path) -> None:
    """The first item comes below the comments that `workbench new` writes."""
    path.unlink()
    assert state(desk)["rows"] == []
    assert save(desk, "A-1", {"action": "Do it", "due": "2025-12-01"}, "")["op"] == "saved"
    text = path.read_text("utf-8")
    assert text.startswith("# What will be done, by whom")
    assert text.endswith('[[action]]\nid = "A-1"\naction = "Do it"\ndue = 2025-12-01\n')


@pytest.mark.parametrize(
    ("ids", "also", "wanted"),
    [
        ([], [], "A-1"), (["OPS-101", "OPS-9"], [], "OPS-102"), (["A01", "A02"], [], "A03"), (["x"], [], "A-1"),
        (["OPS-1", "SEC-7", "OPS-2"], ["OPS-9", "OPS-x"], "OPS-10"), ([], ["PAY-4"], "PAY-5"), (["A-1x"], [], "A-1"),
    ],
)  # fmt: skip
def test_an_id_is_proposed_in_the_style_of_those_there(ids, also, wanted) -> None:
    """One above the highest of the most common style, and none that a tracker or a factor uses already."""
    assert next_id(ids, also) == wanted
