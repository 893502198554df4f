"""The narrative's desk and the linter beside it, asked as the browser asks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import _status
from workbench.explorer.answers import Answers
from workbench.explorer.checking import Checking
from workbench.explorer.current import Current
from workbench.explorer.events import Events
from workbench.explorer.prose import Prose

LOG = "2025-11-17T14:00:00Z ERROR the pool is full\n2025-11-17T14:30:00Z INFO the pool has room\n"
NARRATIVE = """# Pool

## What happened

The pool ran full.

Bob should have checked app.log:9. TODO

## Our own words

See app.log:2.
"""
INCIDENT = """id = "I"
title = "T"
severity = "SEV-2"
status = "resolved"
[milestones]
detected = 2025-11-17T14:00:00Z
resolved = 2025-11-17T14:30:00Z
"""


@pytest.fixture
def answers(tmp_path, monkeypatch) -> Answers:
    """An incident with a log of two lines and a short narrative."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "T", "--severity", "SEV-2"]) == 0
    Path("inc/narrative.md").write_text(NARRATIVE, encoding="utf-8")
    Path("inc/incident.toml").write_text(INCIDENT, encoding="utf-8")
    pm = wb.open_postmortem("inc")
    current = Current(pm)
    checking = Checking(current)
    return Answers(Events.of(pm.events), dict, desks=(checking, Prose(current, checking)))


def ask(answers: Answers, op: str, **more: object) -> dict:
    """One question's answer."""
    return answers.answer({"op": op, "seq": 1, **more})[0]


def checked(answers: Answers) -> dict:
    """What is found, once the thread is done."""
    for _ in range(400):
        told = ask(answers, "check")
        if not told["running"]:
            return told
        time.sleep(0.05)
    raise AssertionError("it never ended")


def section(state: dict, key: str) -> dict:
    """One section of the desk's state."""
    return next(one for one in state["sections"] if one["key"] == key)


def test_the_sections_that_are_there_and_those_that_are_asked_for(answers) -> None:
    """In the file's order, those that nobody has begun at their places, each with what it is for."""
    state = ask(answers, "narrative")["state"]
    there = [one["heading"] for one in state["sections"] if one["there"]]
    assert there == ["What happened", "Our own words"]
    names = [one["heading"] for one in state["sections"]]
    assert names[:5] == ["Executive summary", "Customer impact", "Business impact", "What happened", "Immediate cause"]
    assert names[-1] == "Our own words"
    assert section(state, "Immediate cause")["about"].startswith("What gave way")
    assert "Further notes" in section(state, "Our own words")["about"]


def test_another_document_asks_for_less(answers) -> None:
    """A section that it has no place for says so."""
    state = ask(answers, "narrative", template="postmortem-small")["state"]
    assert "Prevention" not in [one["heading"] for one in state["sections"]]
    assert ask(answers, "narrative", template="../x")["op"] == "narrative", "an unknown name is the usual report"


def test_a_section_is_saved_and_begun_at_its_place(answers) -> None:
    """The answer has the new state and when it was; the file has the text."""
    base = section(ask(answers, "narrative")["state"], "What happened")["base"]
    told = ask(answers, "narrative.save", key="What happened", text="New.", base=base)
    assert (told["op"], told["state"]["text"]) == ("saved", "New.")
    assert told["state"]["base"] == section(told["state"], "What happened")["base"] != base
    ask(answers, "narrative.save", key="Immediate cause", text="A limit.", base="")
    text = Path("inc/narrative.md").read_text()
    assert "## What happened\n\nNew.\n\n## Immediate cause\n\nA limit.\n\n## Our own words" in text


def test_what_others_wrote_meanwhile_comes_back_with_the_refusal(answers) -> None:
    """Their text and its revision, so that whoever has seen both may save over it."""
    base = section(ask(answers, "narrative")["state"], "What happened")["base"]
    Path("inc/narrative.md").write_text(NARRATIVE.replace("The pool ran full.", "Theirs."))
    told = ask(answers, "narrative.save", key="What happened", text="Mine.", base=base)
    assert told["op"] == "conflict"
    assert told["state"]["text"].startswith("Theirs.")
    assert "Mine" not in Path("inc/narrative.md").read_text()
    again = ask(answers, "narrative.save", key="What happened", text="Mine.", base=told["state"]["base"])
    assert again["op"] == "saved"


def test_a_text_that_would_be_another_section_is_refused_with_a_sentence(answers) -> None:
    """Nothing is written."""
    base = section(ask(answers, "narrative")["state"], "What happened")["base"]
    told = ask(answers, "narrative.save", key="What happened", text="## Mine", base=base)
    assert "would begin a section of its own" in told["sentence"]
    assert ask(answers, "narrative.save", key="x" * 999, text="y", base="")["op"] == "problem"
    assert Path("inc/narrative.md").read_text() == NARRATIVE


def test_each_check_has_a_number_of_its_own(answers) -> None:
    """Two may end within one second: the page sees by their numbers that there is something new."""
    first = checked(answers)
    assert checked(answers)["number"] == first["number"] == 1
    Path("inc/narrative.md").write_text(NARRATIVE + "\nTODO\n")
    assert checked(answers)["number"] == 2


def test_findings_lead_to_their_words_in_their_section(answers) -> None:
    """By the row of its text; a part that nobody has written by its heading."""
    told = checked(answers)
    leads = {one["code"]: one["lead"] for one in told["findings"] if one["file"] == "narrative.md"}
    here = {"desk": "narrative", "section": "What happened", "row": 2}
    assert leads["PM601"] == here | {"words": "should have checked"}
    assert leads["PM803"] == here | {"words": "TODO"}
    assert leads["PM108"] == here | {"words": "app.log:9"}
    assert leads["PM801"] == {"desk": "narrative", "section": "Executive summary", "row": None, "words": ""}
    assert told["rules"]["PM601"]["title"] == "A counterfactual"
    assert told["counts"]["error"] == sum(one["level"] == "error" for one in told["findings"])


def test_findings_elsewhere_lead_to_their_desks(answers) -> None:
    """A factor and an action item by their ids, a fact by its key, a milestone to its event too."""
    Path("inc/factors.toml").write_text('[[factor]]\nid = "f"\ntext = "Bob forgot it"\n')
    Path("inc/actions.toml").write_text('# here\n[[action]]\nid = "A-1"\naction = "TODO"\n')
    found = checked(answers)["findings"]
    leads = [(one["code"], one["lead"]) for one in found]
    assert {"desk": "whys", "id": "f"} in [lead for _, lead in leads]
    assert ("PM803", {"desk": "actions", "id": "A-1"}) in leads, "by its line"
    assert any(lead.get("desk") == "facts" and lead.get("key") == "cause" for _, lead in leads)


def test_the_findings_follow_the_files(answers) -> None:
    """After a save it is looked at again; until then the old findings stand."""
    before = checked(answers)
    assert {one["code"] for one in before["findings"]} >= {"PM601", "PM803"}
    Path("inc/narrative.md").write_text("## What happened\n\nIt broke.\n")
    ask(answers, "check")  # begins it, if nothing has
    assert "PM601" not in {one["code"] for one in checked(answers)["findings"]}


def test_a_file_that_cannot_be_read_is_a_sentence(answers) -> None:
    """And what was found before stays."""
    before = checked(answers)
    Path("inc/factors.toml").write_text("[[factor")
    told = checked(answers)
    assert "factors.toml:1: is not TOML" in told["problem"]
    assert told["findings"] == before["findings"]


def test_the_post_mortem_is_due_until_it_was_held(answers) -> None:
    """48 hours after the end."""
    assert checked(answers)["due"] == 1763389800000.0 + 48 * 3_600_000
    Path("inc/incident.toml").write_text(INCIDENT + "postmortem_held = 2025-11-18T10:00:00Z\n")
    assert checked(answers)["due"] is None


def test_a_text_is_looked_at_before_it_is_saved(answers) -> None:
    """With the names that the incident knows; before the first look at the folder there is nothing to say."""
    text = "Fine.\n\nThe engineer failed to\nlook. <!-- allow PM604: x -->"
    assert ask(answers, "narrative.look", key="Lessons learned", text=text)["findings"] is None
    checked(answers)
    told = ask(answers, "narrative.look", key="Lessons learned", text=text)
    (found,) = [one for one in told["findings"] if one["code"] == "PM602"]
    assert found["lead"]["row"] == 2
    assert found["lead"]["words"].startswith("failed to")
    assert told["rules"]["PM602"]["why"]
    assert ask(answers, "narrative.look", key="Lessons learned", text="Fine.")["findings"] == []
