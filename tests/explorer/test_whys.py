"""The five whys at their desk: what an edit writes into factors.toml, what it leaves, and what the checks then say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.check.language import flagged
from workbench.cli import _status
from workbench.errors import WorkbenchError
from workbench.explorer import factor_checks
from workbench.explorer.factor_edits import Change, applied, change
from workbench.model import Explains, FactorKind
from workbench.store.factors_file import STARTER, id_of, read_factors

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = "2025-11-17T14:00:00Z INFO begun\n2025-11-17T14:00:01Z ERROR no connection\n2025-11-17T14:09:00Z INFO mended\n"
FACTORS = """# Why it happened.
[[factor]]  # the harm
id   =  "harm"
text = "Orders failed"
kind = "impact"
because_of = [ "full" ,  # the event
  "busy" ]

# What the responders saw.
[[factor]]
id = "full"
text = "The pool ran full"
kind = "event"
evidence = ["app.log:2"]
because_of = ["small"]

[[factor]]
id = "small"
text = "The limit is below the peak"
evidence = ["app.log:1"]
accepted_risk = { by="Helen" , reason = "for now" }  # until March

[[factor]]
id = "busy"
text = "Campaigns bring traffic within minutes"
evidence = ["nowhere.log:7"]
because_of = ["small"]
"""
ACTIONS = '[[action]]\nid = "A-1"\naction = "Raise the limit"\nowner = "Ann"\n'
ROWS = [
    {"id": "harm", "text": "Harm", "because_of": ["full", "busy"]},
    {"id": "full", "text": "Full", "because_of": ["small"]},
    {"id": "small", "text": "Small"},
    {"id": "busy", "text": "Busy", "because_of": ["small"]},
    {"id": "late", "text": "Late", "explains": "detection", "because_of": ["unseen"]},
    {"id": "unseen", "text": "Unseen"},
]


def edited(**said: Any) -> dict[str, list[str] | None]:
    """What each factor came from after an edit of ``ROWS``, and of those that answer another question, which."""
    rows = applied(ROWS, change(ROWS, said))
    return {
        row["id"]: [*row.get("because_of", []), *([f"?{row['explains']}"] if row.get("explains") else [])]
        for row in rows
    }


BEFORE: dict[str, list[str]] = {
    "harm": ["full", "busy"], "full": ["small"], "small": [], "busy": ["small"], "late": ["unseen", "?detection"],
    "unseen": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"do": "add", "text": "New one", "below": "full"}, {"full": ["small", "new-one"], "new-one": []}),
        ({"do": "add", "text": "New one", "below": "full", "place": 0}, {"full": ["new-one", "small"], "new-one": []}),
        ({"do": "add", "text": "Slow", "explains": "recovery"}, {"slow": ["?recovery"]}),
        ({"do": "link", "factor": "unseen", "below": "full"}, {"full": ["small", "unseen"]}),
        ({"do": "unlink", "factor": "small", "below": "full"}, {"full": []}),
        ({"do": "unlink", "factor": "unseen", "below": "late"}, {"late": ["?detection"], "unseen": ["?detection"]}),
        ({"do": "move", "factor": "busy", "from": "harm", "below": "full", "place": 0},
         {"harm": ["full"], "full": ["busy", "small"]}),
        ({"do": "move", "factor": "busy", "from": "harm", "below": "harm", "place": 0}, {"harm": ["busy", "full"]}),
        ({"do": "move", "factor": "unseen", "from": "late", "below": ""},
         {"late": ["?detection"], "unseen": ["?detection"]}),
        ({"do": "move", "factor": "late", "from": "", "below": "full"}, {"full": ["small", "late"]}),
        ({"do": "delete", "factor": "late"}, {"late": None, "unseen": ["?detection"]}),
        ({"do": "delete", "factor": "full"}, {"full": None, "harm": ["busy"]}),
        ({"do": "delete", "factor": "small"}, {"small": None, "full": [], "busy": []}),
    ],
)  # fmt: skip
def test_what_an_edit_makes_of_the_graph(said, wanted) -> None:
    """Everything else stays; what loses its last effect is a root of the question that it was asked under."""
    after = {**BEFORE, **wanted}
    assert edited(**said) == {name: causes for name, causes in after.items() if causes is not None}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"do": "link", "factor": "harm", "below": "small"}, "circle: “Harm” because of “Full” because of “Small”"),
        ({"do": "link", "factor": "full", "below": "full"}, "circle"),
        ({"do": "move", "factor": "harm", "from": "", "below": "busy"}, "circle"),
        ({"do": "link", "factor": "full", "below": "harm"}, "“Full” is a cause of “Harm” already"),
        ({"do": "move", "factor": "harm", "from": "", "below": ""}, "order of factors.toml"),
        ({"do": "move", "factor": "busy", "from": "late", "below": "full"}, "“Busy” is no cause of “Late” any more"),
        ({"do": "link", "factor": "gone", "below": "harm"}, "no factor 'gone' in factors.toml any more"),
        ({"do": "add", "text": " \n ", "below": "harm"}, "needs a text"),
        ({"do": "add", "text": "x" * 2_001, "below": "harm"}, "2,001 signs"),
        ({"do": "set", "factor": "harm", "values": {"kind": "person"}}, "'person' is none of impact, event"),
        ({"do": "set", "factor": "harm", "values": {"owner": "x"}}, "no 'owner'"),
        ({"do": "set", "factor": "harm", "values": {"text": None}}, "needs a text"),
        ({"do": "set", "factor": "harm", "values": {"evidence": "a"}}, "a list"),
        ({"do": "set", "factor": "harm", "values": {}}, "says nothing"),
        ({"do": "set", "factor": "harm", "values": {"accepted_risk": {"by": "", "reason": "x"}}}, "who accepts it"),
        ({"do": "set", "factor": "harm", "values": {"accepted_risk": {"by": "H", "reason": "x", "review_on": "soon"}}},
         "'soon' is no day"),
        ({"do": "put", "rows": []}, "says nothing"),
        ({"do": "burn"}, "do not know the edit 'burn'"),
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_is_a_sentence(said, words) -> None:
    """Circles, unknown factors, empty texts and values that the file does not know."""
    with pytest.raises(WorkbenchError) as raised:
        change(ROWS, said)
    assert words in raised.value.sentence()


def test_an_id_is_made_from_the_text() -> None:
    """Small words with hyphens, no other one's, cut at a word, of letters of any script."""
    assert id_of("The pool's limit", {"x"}) == "the-pool-s-limit"
    assert id_of("Überlauf: no ROOM", set()) == "uberlauf-no-room"
    assert id_of("the same", {"the-same", "the-same-2"}) == "the-same-3"
    assert id_of("接続プール", set()) == "接続フール"
    assert id_of("!!!", set()) == "factor"
    assert (
        id_of("every request waited for a connection to the database", set())
        == "every-request-waited-for-a-connection-to"
    )
    assert len(id_of("x" * 500, set())) == 40


IDS = st.sampled_from(["harm", "full", "small", "busy", "late", "unseen", "new", ""])
EDITS = st.fixed_dictionaries(
    {"do": st.sampled_from(["add", "link", "unlink", "move", "delete"]), "factor": IDS, "below": IDS, "from": IDS},
    optional={
        "text": st.sampled_from(["", "New", "new!", "Harm"]),
        "place": st.integers(-1, 9),
        "explains": st.sampled_from(list(Explains)),
    },
)


@settings(deadline=None)
@given(st.lists(EDITS, max_size=12))
def test_no_edits_ever_make_a_circle_or_lose_a_factor(edits) -> None:
    """Whatever is asked in whatever order: only a deletion takes a factor away, and every cause that is named is there."""
    rows = ROWS
    for said in edits:
        known = {row["id"] for row in rows}
        try:
            made = change(rows, said)
        except WorkbenchError:
            continue
        rows = applied(rows, made)
        gone = {said["factor"]} if said["do"] == "delete" else set()
        assert known - {row["id"] for row in rows} == gone
    causes = {row["id"]: row.get("because_of", []) for row in rows}
    assert all(cause in causes for each in causes.values() for cause in each)
    assert all(ends(causes, name, ()) for name in causes)


def ends(causes: dict[str, list[str]], name: str, above: tuple[str, ...]) -> bool:
    """Whether no way down from a factor comes to one again."""
    return name not in above and all(ends(causes, cause, (*above, name)) for cause in causes[name])


# ---- at the desk


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An incident of three lines and four factors."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LINES, encoding="utf-8")
    assert _status(["new", "inc", "app.log", "--title", "Orders failed", "--severity", "SEV-2"]) == 0
    (tmp_path / "inc" / "factors.toml").write_text(FACTORS, encoding="utf-8")
    (tmp_path / "inc" / "actions.toml").write_text(ACTIONS, encoding="utf-8")
    return tmp_path / "inc"


@pytest.fixture
def ask(folder, monkeypatch) -> Callable[..., dict[str, Any]]:
    """Asks the incident's explorer one question; the answer is plain JSON."""
    widget = wb.show(wb.open_postmortem(folder))
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(widget, "send", lambda reply, _buffers=None: sent.append(reply))

    def asked(op: str, **message: Any) -> dict[str, Any]:
        widget._on(widget, {"op": op, "seq": "v-1", **message}, [])
        return json.loads(json.dumps(sent.pop()))

    return asked


def test_the_state_has_the_factors_their_evidence_and_their_checks(ask) -> None:
    """Evidence is shown with the event that it is, or as none; a finding belongs to its factor."""
    state = ask("whys")["state"]
    assert [factor["id"] for factor in state["factors"]] == ["harm", "full", "small", "busy"]
    assert state["factors"][2]["accepted_risk"] == {"by": "Helen", "reason": "for now", "review_on": ""}
    shown = state["evidence"]["app.log:2"]
    assert (shown["row"], shown["time"], shown["message"]) == (1, "2025-11-17T14:00:01.000Z", "ERROR no connection")
    assert state["evidence"]["nowhere.log:7"] is None
    assert {(one["code"], one["factor"]) for one in state["findings"]} == {("PM405", "busy")}
    assert state["actions"] == [{"id": "A-1", "action": "Raise the limit", "status": "open"}]


def test_an_edit_changes_its_key_and_no_other_byte(ask, folder) -> None:
    """Comments, odd spacing and inline tables are the person's."""
    base = ask("whys")["state"]["base"]
    reply = ask("whys.save", do="set", factor="small", values={"text": "The limit is low"}, base=base, id="0" * 16)
    assert (reply["op"], reply["state"]["factors"][2]["text"]) == ("saved", "The limit is low")
    assert (folder / "factors.toml").read_text() == FACTORS.replace("is below the peak", "is low")
    said = {"by": "Helen", "reason": "for now", "review_on": "2026-03-01"}
    ask("whys.save", do="set", factor="small", values={"accepted_risk": said}, base=reply["state"]["base"], id="1" * 16)
    assert 'for now", review_on = 2026-03-01}  # until March' in (folder / "factors.toml").read_text()
    assert read_factors(folder)[2].accepted_risk.review_on == date(2026, 3, 1)


def test_a_new_cause_stands_after_its_siblings_and_undo_takes_it_back(ask, folder) -> None:
    """The reply has the edit that takes it back, and that one's reply the edit that does it again."""
    base = ask("whys")["state"]["base"]
    reply = ask("whys.save", do="add", text="No alert", kind="missing_control", below="full", base=base, id="2" * 16)
    assert reply["made"] == "no-alert"
    added = (folder / "factors.toml").read_text()
    assert added == FACTORS.replace('["small"]\n\n', '["small", "no-alert"]\n\n', 1).replace(
        "# until March\n", '# until March\n\n[[factor]]\nid = "no-alert"\ntext = "No alert"\nkind = "missing_control"\n'
    )
    back = ask("whys.save", **reply["undo"], base=reply["state"]["base"], id="3" * 16)
    assert (folder / "factors.toml").read_text() == FACTORS
    ask("whys.save", **back["undo"], base=back["state"]["base"], id="4" * 16)
    assert {factor.id: factor.because_of for factor in read_factors(folder)}["full"] == ("small", "no-alert")


def test_a_deleted_factor_comes_back_to_its_place(ask, folder) -> None:
    """With all that it said; those that explained it get it back too."""
    before = read_factors(folder)
    reply = ask("whys.save", do="delete", factor="full", base=ask("whys")["state"]["base"], id="5" * 16)
    assert [factor.id for factor in read_factors(folder)] == ["harm", "small", "busy"]
    assert "# What the responders saw." in (folder / "factors.toml").read_text()
    ask("whys.save", **reply["undo"], base=reply["state"]["base"], id="6" * 16)
    assert read_factors(folder) == before
    assert "[[factor]]  # the harm" in (folder / "factors.toml").read_text()


def test_a_deleted_factor_comes_back_with_its_comments(ask, folder) -> None:
    """Also the first of all, set apart from the words above it."""
    before = (folder / "factors.toml").read_text().replace("happened.\n[[", "happened.\n\n[[")
    reply = ask("whys.save", do="delete", factor="harm", base=ask("whys")["state"]["base"], id="5" * 16)
    assert "# the harm" not in (folder / "factors.toml").read_text()
    ask("whys.save", **reply["undo"], base=reply["state"]["base"], id="6" * 16)
    assert (folder / "factors.toml").read_text() == before


def test_an_edit_that_comes_twice_is_done_once(ask, folder) -> None:
    """A browser that heard nothing asks again, with the same id."""
    said = {"do": "add", "text": "No alert", "below": "full", "base": ask("whys")["state"]["base"], "id": "7" * 16}
    first, second = ask("whys.save", **said), ask("whys.save", **said)
    assert (first["made"], second["made"]) == ("no-alert", "no-alert")
    assert [factor.id for factor in read_factors(folder)].count("no-alert") == 1
    assert len(read_factors(folder)) == 5


def test_what_others_wrote_meanwhile_is_told_and_stays(ask, folder) -> None:
    """Nothing of the edit is written, in none of its rows; another row's change is no matter."""
    base = ask("whys")["state"]["base"]
    path = folder / "factors.toml"
    path.write_text(FACTORS.replace("The pool ran full", "The pool of orders-db ran full"))
    theirs = path.read_text()
    reply = ask("whys.save", do="set", factor="full", values={"text": "mine"}, base=base, id="8" * 16)
    assert reply["op"] == "conflict"
    assert "which now says “The pool of orders-db ran full”" in reply["sentence"]
    assert reply["state"]["factors"][1]["text"] == "The pool of orders-db ran full"
    assert ask("whys.save", do="delete", factor="small", base=base, id="9" * 16)["op"] == "conflict"
    assert path.read_text() == theirs
    ask("whys.save", do="set", factor="busy", values={"text": "B"}, base=base, id="a" * 16)
    assert (
        ask("whys.save", do="set", factor="full", values={"text": "mine"}, base=reply["state"]["base"], id="b" * 16)[
            "op"
        ]
        == "saved"
    )


def test_a_file_that_is_not_there_is_made_from_the_starter(ask, folder) -> None:
    """Its comments explain the keys to whoever opens it."""
    (folder / "factors.toml").unlink()
    state = ask("whys")["state"]
    assert (state["factors"], [one["code"] for one in state["findings"]]) == ([], ["PM401"])
    assert state["offers"]["occurrence"] == "Orders failed"
    ask("whys.save", do="add", text="Orders failed", kind="impact", explains="occurrence", base={}, id="c" * 16)
    text = (folder / "factors.toml").read_text()
    assert text.startswith(STARTER)
    assert [factor.id for factor in read_factors(folder)] == ["orders-failed"]


@pytest.mark.parametrize(
    "damage", ["[[factor]\n", '[[factor]]\nid = "a"\ntxt = "A"\n', '[[factor]]\nid = "a"\ntext = 3\n']
)
def test_a_damaged_file_is_a_sentence_and_nothing_is_written(ask, folder, damage) -> None:
    """Neither the state nor an edit gets past it."""
    base = ask("whys")["state"]["base"]
    (folder / "factors.toml").write_text(damage)
    assert "factors.toml" in ask("whys")["state"]["problem"]
    reply = ask("whys.save", do="add", text="A", below="", base=base, id="d" * 16)
    assert (reply["op"], "factors.toml" in reply["sentence"]) == ("problem", True)
    assert (folder / "factors.toml").read_text() == damage


def test_a_damaged_neighbour_only_ends_the_checks(ask, folder) -> None:
    """The factors can be edited on; what keeps the checks from running is said."""
    (folder / "actions.toml").write_text("[[action]\n")
    state = ask("whys")["state"]
    assert (len(state["factors"]), state["findings"]) == (4, [])
    assert "actions.toml" in state["unchecked"]
    assert (
        ask("whys.save", do="set", factor="busy", values={"text": "B"}, base=state["base"], id="e" * 16)["op"]
        == "saved"
    )


def test_the_checks_follow_each_edit(ask) -> None:
    """A finding appears with what makes it, and goes with what mends it; what a person waived is said with the reason."""
    state = ask("whys")["state"]
    values = {"accepted_risk": None}
    state = ask("whys.save", do="set", factor="small", values=values, base=state["base"], id="0" * 16)["state"]
    assert ("PM409", "small") in {(one["code"], one["factor"]) for one in state["findings"]}
    values = {"actions": ["A-1", "A-9"]}
    state = ask("whys.save", do="set", factor="small", values=values, base=state["base"], id="1" * 16)["state"]
    found = {(one["code"], one["factor"]): one for one in state["findings"]}
    assert ("PM409", "small") not in found
    assert found["PM410", "small"]["title"] == "An action that is not there"
    assert found["PM410", "small"]["say"].startswith("“small” is answered by A-9, which actions.toml does not have. ")


def test_a_text_is_checked_while_it_is_typed(ask, folder) -> None:
    """Of words only: that a new factor has no evidence yet is no news. Nothing is written."""
    said = {"do": "add", "text": "Marek forgot to raise the limit", "below": "full"}
    codes = [one["code"] for one in ask("whys.try", **said)["findings"]]
    assert "PM602" in codes
    assert "PM407" in codes
    assert not {"PM404", "PM409"} & set(codes)
    assert ask("whys.try", do="set", factor="full", values={"text": "The pool is full"})["findings"] == []
    assert (folder / "factors.toml").read_text() == FACTORS


def test_a_waived_finding_is_told_with_its_reason(ask, folder) -> None:
    """As in `workbench check`."""
    waived = FACTORS.replace("[[factor]]  # the harm", "[[factor]]").replace(
        'evidence = ["nowhere.log:7"]', 'evidence = ["nowhere.log:7"]  # allow PM405: the vendor has it'
    )
    (folder / "factors.toml").write_text(waived)
    (one,) = (one for one in ask("whys")["state"]["findings"] if one["code"] == "PM405")
    assert one["waived"] == "the vendor has it"


def test_hostile_texts_are_texts(ask, folder) -> None:
    """Quotes, brackets and signs that steer are written as what they say, or not at all."""
    text = 'x"\n[[factor]]\nid = "evil" \u202e\x07 <b>'
    reply = ask("whys.save", do="add", text=text, below="full", base=ask("whys")["state"]["base"], id="f" * 16)
    assert [factor.id for factor in read_factors(folder)].count("evil") == 0
    (made,) = (factor for factor in read_factors(folder) if factor.id == reply["made"])
    assert made.text == 'x" [[factor]] id = "evil" <b>'


def test_the_questions_lead_to_no_person() -> None:
    """They ask how and what, never who or why; none trips the rules of blame, and each kind has some."""
    rows = factor_checks.questions()
    asked = [question for row in rows for question in row["ask"]]
    assert all(question.startswith(("How ", "What ", "Where ")) and question.endswith("?") for question in asked)
    assert [question for question in asked if flagged(question)] == []
    assert {row["kind"] for row in rows} == {"", *FactorKind}
    for explains in Explains:
        assert [row for row in rows if (row["kind"], row["explains"]) == ("", explains)]


def test_a_change_says_what_it_makes() -> None:
    """Values of one row are put together."""
    made = Change()
    made.put("a", text="A")
    made.put("a", kind="event")
    assert made.rows == {"a": {"text": "A", "kind": "event"}}
