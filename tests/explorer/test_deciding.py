"""Milestones with their reasons, and what a person decides: never over what somebody else said unseen."""

from __future__ import annotations

import pytest
from judged import ask, explorer_of, incident, lines

from workbench.store import incident_file
from workbench.store.incident_file import read_incident

SLACK = """[
{"type": "message", "user": "U1", "ts": "1763388300.000100", "text": "We are declaring a SEV-1 incident."},
{"type": "message", "user": "U2", "ts": "1763388600.000200", "text": "Declaring an incident now: SEV-1"},
{"type": "message", "user": "U1", "ts": "1763389200.000300", "text": "Incident resolved, all clear."}
]"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident of a log and of a chat in which it is declared twice and resolved."""
    made = incident(tmp_path, monkeypatch)
    (made / "sources" / "inc").mkdir()
    (made / "sources" / "inc" / "2025-11-17.json").write_text(SLACK, encoding="utf-8")
    return made


@pytest.fixture
def widget(folder):
    """Its explorer."""
    return explorer_of(folder)


def milestone(widget, name: str) -> dict:
    """One milestone with its reasons."""
    return next(one for one in ask(widget, "milestones")["milestones"] if one["name"] == name)


def say(widget, name: str, base: str, verb: str, event: dict, value=None, **more) -> dict:
    """Says something of an event as this milestone."""
    said = [{"event": event["id"], "verb": verb, "value": value or name, "base": event["base"]}]
    return ask(widget, "milestones.save", name=name, said=said, base=base, **more)


def test_what_is_chosen_with_its_reasons(widget) -> None:
    """Rule, weight and evidence, the runners-up, and what would flip the choice; nobody said anything yet."""
    declared = milestone(widget, "declared")
    assert (declared["basis"], declared["time"][:19]) == ("found", "2025-11-17T14:05:00")
    assert declared["rule"].startswith("said in chat")
    assert 0 < declared["weight"] < 1
    assert (declared["base"], declared["said"]) == ("|", {"stated": None, "marked": None})
    (other,) = declared["runners_up"]
    assert (other["time"][:19], other["evidence"]) == ("2025-11-17T14:10:00", ["inc/2025-11-17.json:2"])
    shown = ask(widget, "detail", row=declared["event"]["row"])["detail"]
    assert (shown["id"], shown["message"]) == (declared["event"]["id"], "We are declaring a SEV-1 incident.")
    missing = milestone(widget, "communicated")
    assert (missing["time"], missing["event"]) == (None, None)
    assert missing["why"]


def test_a_proposal_is_confirmed(widget, folder) -> None:
    """A line of the journal says so; whoever says it is named."""
    before = milestone(widget, "declared")
    reply = say(widget, "declared", "|", "milestone", before["event"], id="00000000000000aa")
    assert (reply["op"], reply["state"]["said"]["marked"]["by"]) == ("saved", "Aiko")
    after = milestone(widget, "declared")
    assert (after["basis"], after["time"], after["weight"]) == ("confirmed", before["time"], 1.0)
    assert after["base"] == reply["state"]["base"] == f"|{lines(folder)[0]['id']}"
    again = say(widget, "declared", "|", "milestone", before["event"], id="00000000000000aa")
    assert again["op"] == "saved", "asked again it is written once"
    assert len(lines(folder)) == 1


def test_a_proposal_is_rejected_and_taken_back(widget) -> None:
    """The next best one is chosen; without any it says why there is none; taken back it is as before."""
    first = milestone(widget, "declared")
    say(widget, "declared", "|", "reject", first["event"])
    second = milestone(widget, "declared")
    assert second["time"][:19] == "2025-11-17T14:10:00"
    assert [one["event"]["id"] for one in second["rejected"]] == [first["event"]["id"]]
    say(widget, "declared", "|", "reject", second["event"])
    assert milestone(widget, "declared")["why"] == "People rejected all that was found."
    for one in milestone(widget, "declared")["rejected"]:
        said = [{"event": one["event"]["id"], "verb": "reject", "value": None, "base": one["event"]["base"]}]
        ask(widget, "milestones.save", name="declared", said=said, base="|")
    now = milestone(widget, "declared")
    assert [now[name] for name in ("time", "weight", "rejected")] == [
        first[name] for name in ("time", "weight", "rejected")
    ]


def test_one_event_may_be_two_milestones(widget, folder) -> None:
    """And it stays the one when the other is taken away."""
    event = milestone(widget, "declared")["event"]
    say(widget, "declared", "|", "milestone", event, ["declared", "detected"])
    assert lines(folder)[0]["value"] == ["declared", "detected"]
    times = {milestone(widget, name)["time"] for name in ("declared", "detected")}
    assert len(times) == 1
    event = milestone(widget, "declared")["event"]
    assert event["milestones"] == ["declared", "detected"]
    say(widget, "detected", milestone(widget, "detected")["base"], "milestone", event, ["declared"])
    assert milestone(widget, "declared")["basis"] == "confirmed"
    assert milestone(widget, "detected")["basis"] != "confirmed"


def test_a_time_that_no_event_has_is_written_into_incident_toml(widget, folder) -> None:
    """With its comments kept; it wins over marks, and both are told; null takes it back."""
    path = folder / incident_file.NAME
    path.write_text(path.read_text() + "\n# as Ann remembers\n", encoding="utf-8")
    event = milestone(widget, "declared")["event"]
    base = say(widget, "declared", "|", "milestone", event)["state"]["base"]
    stated = {"when": "2025-11-17 15:03", "zone": "Europe/Berlin"}
    reply = ask(widget, "milestones.save", name="declared", stated=stated, base=base)
    assert reply["op"] == "saved"
    assert 'declared = "2025-11-17T14:03:00.000Z"' in path.read_text()
    assert "# as Ann remembers" in path.read_text()
    now = milestone(widget, "declared")
    assert (now["time"], now["rule"]) == ("2025-11-17T14:03:00.000Z", "written in incident.toml")
    assert now["said"]["stated"] == "2025-11-17T14:03:00.000Z"
    assert now["said"]["marked"]["event"] == event["id"]
    assert ask(widget, "milestones.save", name="declared", stated=stated, base=base)["op"] == "saved", "asked again"
    ask(widget, "milestones.save", name="declared", stated=None, base=now["base"])
    assert read_incident(folder).milestones == {}
    assert milestone(widget, "declared")["said"]["stated"] is None


def test_moved_from_the_file_to_an_event(widget, folder) -> None:
    """In one edit: the mark, and the time taken out, as else it would win."""
    ask(widget, "milestones.save", name="declared", stated={"when": "2025-11-17T14:03"}, base="|")
    now = milestone(widget, "declared")
    event = now["runners_up"][-1]["event"]
    reply = say(widget, "declared", now["base"], "milestone", event, stated=None, id="00000000000000aa")
    assert reply["op"] == "saved"
    assert read_incident(folder).milestones == {}
    assert milestone(widget, "declared")["event"]["id"] == event["id"]
    again = say(widget, "declared", now["base"], "milestone", event, stated=None, id="00000000000000aa")
    assert again["op"] == "saved", "asked again it is written once"


@pytest.mark.parametrize("by", ["the file", "the journal"])
@pytest.mark.parametrize("how", ["mark", "time", "reject"])
def test_what_others_said_of_the_milestone_meanwhile_is_a_conflict(widget, folder, by, how) -> None:
    """Also where they said it of another event: nothing is written, and what they said is shown."""
    seen = milestone(widget, "declared")
    if by == "the file":
        incident_file.set_milestones(folder, {"declared": 1_763_388_000_000_000_000})
    else:
        say(widget, "declared", "|", "milestone", seen["runners_up"][0]["event"])
    before = lines(folder), (folder / incident_file.NAME).read_bytes()
    if how == "time":
        reply = ask(widget, "milestones.save", name="declared", stated={"when": "2025-11-17T14:04"}, base="|")
    else:
        reply = say(widget, "declared", "|", "milestone" if how == "mark" else "reject", seen["event"])
    assert reply["op"] == "conflict"
    assert ("incident.toml says" if by == "the file" else "Aiko marked another event") in reply["sentence"]
    assert (lines(folder), (folder / incident_file.NAME).read_bytes()) == before
    assert reply["state"]["base"] == milestone(widget, "declared")["base"]


@pytest.mark.parametrize(
    ("message", "why"),
    [({"name": "noon"}, "no milestone"), ({"name": "declared", "stated": {"when": "noon"}}, "no time"),
     ({"name": "declared", "stated": "x"}, "missing"), ({"name": "declared", "said": [{"event": "e", "verb": "dance"}]}, "dance")],
)  # fmt: skip
def test_what_cannot_be_decided_is_a_sentence(widget, folder, message, why) -> None:
    """And nothing is written."""
    before = (folder / incident_file.NAME).read_bytes()
    assert why in ask(widget, "milestones.save", base="|", **message)["sentence"]
    assert (lines(folder), (folder / incident_file.NAME).read_bytes()) == ([], before)
