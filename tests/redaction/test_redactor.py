"""The redactor: tags in the place of values, the same ones each time, and nothing of a value remains."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.redaction.mark import TAG, fingerprint
from workbench.redaction.people import PersonNames
from workbench.redaction.redactor import Policy, Redactor

KEY = b"k" * 32
PUBLIC = Policy(personal=True, people="roles", hosts=True)
PEOPLE = [
    PersonNames(name="Priya Nair", spellings=frozenset({"priya@example.com", "U0123ABCD"}), role="Incident commander"),
    PersonNames(name="Jiří Dvořák", spellings=frozenset({"jdvorak"})),
]


def public(**more):
    """A redactor that hides all that can be hidden."""
    return Redactor(PUBLIC, key=KEY, people=PEOPLE, hosts=["web-1", "db-1"], **more)


def test_the_internal_edition_hides_secrets_alone():
    """People, addresses and hosts are told, passwords are not."""
    text = "Priya on web-1 (priya@example.com): password: hunter2"
    shown = Redactor(Policy(), key=KEY, people=PEOPLE, hosts=["web-1"]).text(text)
    assert re.fullmatch(re.escape(text[:-7]) + r"\[secret:password#[a-z2-7]{4}\]", shown)


def test_the_public_edition_hides_all_kinds():
    """Each kind has its tag."""
    text = "Priya on web-1 from 203.0.113.9: jo@mail.example, +1 212 555 0187, 4242 4242 4242 4242, token: abc123def"
    shown = re.sub("#[a-z2-7]{4}", "", public().text(text))
    assert shown == "Incident commander on [host] from [ip]: [e-mail], [phone], [card], token: [secret:token]"


def test_a_secret_wins_over_a_name_in_it():
    """The name in a password is not taken out of it, for then the rest would remain."""
    shown = public().text("password: Priya2025 on db-1")
    assert "2025" not in shown
    assert shown.startswith("password: [secret:password#")


def test_repeats_can_be_followed():
    """The same value has the same tag in every text, and each is counted."""
    redactor = public()
    first, second = redactor.text("password=hunter2"), redactor.text("password=hunter2")
    assert first == second == public().text("password=hunter2")
    [one] = redactor.redactions
    assert (one.rule, one.count, one.value, one.tag) == ("password", 2, "hunter2", first.removeprefix("password="))
    assert one.is_secret
    assert one.fingerprint == fingerprint(KEY, "password", "hunter2")
    assert "hunter2" not in repr(one)


def test_what_was_learnt_is_hidden_everywhere():
    """A password that was told once is hidden where nothing says that it is one; a plain word is not."""
    redactor = Redactor(Policy(), key=KEY)
    redactor.learn(["db password: Tr0ub4dor-1", "password: postgres", "password: ab12"])
    assert "Tr0ub" not in redactor.text("I typed Tr0ub4dor-1 twice, not xTr0ub4dor-1y")
    assert redactor.text("postgres is up, cab123 is not it") == "postgres is up, cab123 is not it"
    assert "ab12" not in redactor.text("try ab12")


def test_people_may_allow_a_finding():
    """By its rule and fingerprint; another value of that rule is hidden still."""
    allowed = {("password", fingerprint(KEY, "password", "hunter2"))}
    shown = Redactor(Policy(), key=KEY, allowed=allowed).text("password=hunter2 password=hunter3")
    assert shown.startswith("password=hunter2 password=[")


def test_ids_that_events_are_joined_by_stay():
    """They are no secrets where only the words around them say so; a vendor's key is one always."""
    token = "ghp_" + "a1B2" * 9
    redactor = Redactor(Policy(), key=KEY, exempt=["a1b2c3d4e5", token])
    assert redactor.text("session_id=a1b2c3d4e5") == "session_id=a1b2c3d4e5"
    assert token not in redactor.text(f"with {token}")


SECRETS = st.from_regex(r"[A-Za-z][A-Za-z0-9!_%-]{4,12}[0-9]", fullmatch=True)
AROUND = st.text(alphabet="ab .:,=\n'\"[]#-@/", max_size=12)


@given(
    SECRETS,
    AROUND,
    AROUND,
    st.sampled_from(["password: {}", "password={}", '"password": "{}"', "postgres://u:{}@db/x"]),
)
def test_the_value_never_remains(value, before, after, shape):
    """Whatever the value is made of and whatever stands around it."""
    shown = public().text(f"{before} {shape.format(value)} {after}")
    assert value not in TAG.sub("", shown)


PIECES = st.sampled_from(
    [
        "password", ": ", "=", " is ", "hunter2", "Priya", "Priya Nair", "priya@example.com", "@", "<@U0123ABCD>", "web-1", ".", "-",
        "[secret:password#abcd]", "[e-mail#abcd]", "[", "]", "#", "token", "secret", "://", "u:", "10.0.0.5", "+1 212 555 0187",
        "Incident commander", "Responder", "Responder-AB", "'", '"', " ", "\n", "jdvorak", "Jiří", "ghp_" + "a1B2" * 9, "Bearer ", "/", "x",
        "cookie: a=", ";", "sid=", ".local", "4242 4242 4242 4242",
    ]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14))
def test_twice_is_as_good_as_once(pieces):
    """Redacting what is redacted changes nothing, whatever tags and values meet."""
    text = "".join(pieces)
    once = public().text(text)
    assert public().text(once) == once


@pytest.mark.parametrize("text", ["", "no secret here", "\ud800", "[secret:password#abcd]"])
def test_a_text_without_anything_to_hide_is_itself(text):
    """Nothing is changed that need not be."""
    assert public().text(text) == text


@pytest.mark.parametrize("cut", range(5, 39))
def test_the_beginning_of_a_known_secret_is_hidden_where_a_text_was_cut(cut):
    """A shortened line ends in the middle of a token that has no shape any more."""
    token = "ghp_Zx81kQmPw0rT5vYb2nLcD7sHfJ3gAe9uKoR4"
    redactor = public()
    redactor.learn([f"use {token} now"])
    shown = redactor.text(f'{{"a":1,"b":"{token[:cut]} …')
    assert token[:cut] not in shown
    assert shown.startswith('{"a":1,"b":"[secret:github-token#')


def test_the_parts_of_a_text_are_redacted_as_one():
    """What is told in one style is hidden in another; the rest of each part stays in its place."""
    redactor = public()
    parts = ["The password is ", "Tr0ub4dor-3", ", Priya ", "Nair", " of web", "-1 said"]
    made = redactor.pieces(parts)
    assert re.sub("#[a-z2-7]{4}", "", "".join(made)) == (
        "The password is [secret:password], Incident commander of [host] said"
    )
    assert [bool(part) for part in made] == [True, True, True, False, True, True]
    assert redactor.pieces(made) == made
