"""From an event to a factor's evidence and to a new action item."""

from __future__ import annotations

import pytest
from judged import ask, explorer_of, incident

from workbench.store.actions_file import read_actions
from workbench.store.factors_file import read_factors

FACTORS = """# why
[[factor]]
id = "pool"
text = "The pool was too small"
evidence = ["app.log:1"]  # the first

[[factor]]
id = "peak"
text = "The peak came early"
"""
ACTIONS = """[[action]]
id = "OPS-009"
action = "Check the pools"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An incident with two factors and an action item."""
    made = incident(tmp_path, monkeypatch)
    (made / "factors.toml").write_text(FACTORS, encoding="utf-8")
    (made / "actions.toml").write_text(ACTIONS, encoding="utf-8")
    return made


@pytest.fixture
def widget(folder):
    """Its explorer."""
    return explorer_of(folder)


def base(widget, factor: str) -> str:
    """The revision of a factor."""
    return next(one["base"] for one in ask(widget, "links")["factors"] if one["id"] == factor)


def evidence(folder) -> dict[str, tuple[str, ...]]:
    """What each factor rests on."""
    return {one.id: one.evidence for one in read_factors(folder)}


def test_an_event_becomes_evidence_of_a_factor_and_is_none_again(widget, folder) -> None:
    """Beside what there is, with all comments kept; asked again nothing changes."""
    for _ in range(2):
        reply = ask(widget, "links.factor", factor="pool", place="app.log:2", base=base(widget, "pool"))
        assert reply["op"] == "saved"
    assert evidence(folder)["pool"] == ("app.log:1", "app.log:2")
    assert "# why" in (folder / "factors.toml").read_text()
    ask(widget, "links.factor", factor="pool", place="app.log:2", out=True, base=reply["state"]["base"])
    assert evidence(folder)["pool"] == ("app.log:1",)
    ask(widget, "links.factor", factor="peak", place="told-1", base=base(widget, "peak"))
    assert evidence(folder)["peak"] == ("told-1",)


def test_a_factor_that_others_changed_meanwhile_is_a_conflict(widget, folder) -> None:
    """Their words are told; a factor that is gone is said to be."""
    seen = base(widget, "pool")
    path = folder / "factors.toml"
    path.write_text(FACTORS.replace("too small", "far too small"), encoding="utf-8")
    reply = ask(widget, "links.factor", factor="pool", place="app.log:2", base=seen)
    assert reply["op"] == "conflict"
    assert "far too small" in reply["sentence"]
    assert reply["state"]["base"] == base(widget, "pool")
    path.write_text("", encoding="utf-8")
    assert "no factor 'pool'" in ask(widget, "links.factor", factor="pool", place="app.log:2", base=seen)["sentence"]


def test_an_action_item_is_made_of_an_event(widget, folder) -> None:
    """Under the next id, once however often it is asked, and taken away again."""
    name = ask(widget, "links")["next"]
    values = {"action": "Alert on waits  for a connection", "link": "app.log:2", "kind": "detect"}
    for _ in range(2):
        reply = ask(widget, "links.action", name=name, values=values, base="")
        assert (reply["op"], reply["state"]["name"], reply["state"]["next"]) == ("saved", "OPS-010", "OPS-011")
    first, made = read_actions(folder)
    assert (made.id, made.action, made.link, made.kind, made.status) == (
        "OPS-010", "Alert on waits for a connection", "app.log:2", "detect", "open",
    )  # fmt: skip
    ask(widget, "links.action", name=name, values=None, base=reply["state"]["base"])
    assert read_actions(folder) == (first,)


def test_an_id_that_a_factor_names_is_not_given_to_another_item(widget, folder) -> None:
    """As at the desk of the actions: it is wanted for what the factor means by it."""
    named = FACTORS.replace("[[factor]]", '[[factor]]\nactions = ["OPS-040"]', 1)
    (folder / "factors.toml").write_text(named, encoding="utf-8")
    assert ask(widget, "links")["next"] == "OPS-041"


def test_an_id_that_others_took_meanwhile_is_a_conflict(widget) -> None:
    """The next free one is told; nothing is written over theirs."""
    ask(widget, "links.action", name="OPS-010", values={"action": "theirs"}, base="")
    reply = ask(widget, "links.action", name="OPS-010", values={"action": "mine"}, base="")
    assert (reply["op"], reply["state"]["next"], reply["state"]["base"]) == ("conflict", "OPS-011", "")
    assert "theirs" in reply["sentence"]


@pytest.mark.parametrize(
    ("values", "why"),
    [({"action": " "}, "what shall be done"), ({"action": "a", "kind": "hope"}, "no kind"),
     ({"action": "a", "priority": "P9"}, "no priority"), ({"action": "x" * 2001}, "2,001 signs")],
)  # fmt: skip
def test_an_action_that_cannot_be_is_a_sentence(widget, folder, values, why) -> None:
    """And nothing is written."""
    assert why in ask(widget, "links.action", name="OPS-010", values=values, base="")["sentence"]
    assert (folder / "actions.toml").read_text() == ACTIONS


def test_nothing_is_written_into_a_file_that_cannot_be_read(widget, folder) -> None:
    """The sentence leads to its line."""
    (folder / "actions.toml").write_text("[[action]]\nid = 7\n", encoding="utf-8")
    assert "actions.toml" in ask(widget, "links.action", name="A", values={"action": "a"}, base="")["sentence"]
