"""People: every spelling reads as a pseudonym or a role, and words that are names too are left."""

from __future__ import annotations

import unicodedata

import pytest

from workbench.redaction.people import People, PersonNames
from workbench.redaction.redactor import Policy, Redactor

KEY = b"k" * 32
PRIYA = PersonNames(
    name="Priya Nair",
    spellings=frozenset({"priya@example.com", "pnair", "U0123ABCD", "Priya N."}),
    role="Incident commander",
)
JIRI = PersonNames(name="Jiří Dvořák", spellings=frozenset({"@jdvorak"}), role="Engineer")
WILL = PersonNames(name="Will Stone", spellings=frozenset({"will"}))
ALL = (PRIYA, JIRI, WILL)


def hidden(text, people=ALL, naming="pseudonyms", **more):
    """The text with its people hidden."""
    return Redactor(Policy(people=naming), key=KEY, people=people, **more).text(text)


def pseudonym(person, people=ALL):
    """What stands for somebody."""
    return People(people, key=KEY, naming="pseudonyms").shown[person.name]


@pytest.mark.parametrize(
    "text",
    [
        "Priya Nair", "PRIYA NAIR", "priya\u00a0nair", "Priya  Nair", "Nair, Priya", "P. Nair", "priya.nair", "priya_nair", "PriyaNair",
        "priya@example.com", "Priya@Example.com", "pnair", "@pnair", "@priya", "U0123ABCD", "<@U0123ABCD>", "<@U0123ABCD|priya>",
        "&lt;@U0123ABCD&gt;", "Priya N.", "Priya", "priya", "Nair",
    ],
)  # fmt: skip
def test_every_spelling_reads_as_the_same_pseudonym(text):
    """Names in any order and case, e-mails, logins, mentions."""
    assert hidden(f"then {text} did it") == f"then {pseudonym(PRIYA)} did it"


OTHERS = (
    PersonNames(name="Siobhán O'Brien", spellings=frozenset({"s.obrien77@shop.example"})),
    PersonNames(name="Anne-Marie Lefèvre"),
    PersonNames(name="Joost van der Berg"),
)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("O'Brien", 0), ("O\u2019Brien", 0), ("OBrien", 0), ("Siobhan O\u2019Brien", 0), ("s.obrien77", 0), ("siobhan.obrien", 0),
        ("Anne Marie", 1), ("annemarie", 1), ("AnneMarie Lefevre", 1), ("Anne\u2011Marie", 1), ("Anne Marie Lefèvre", 1),
        ("van der Berg", 2), ("Van der Berg", 2), ("VAN DER BERG", 2),
    ],
)  # fmt: skip
def test_signs_inside_of_names_are_written_in_many_ways(text, person):
    """Apostrophes, dashes, the small words of a surname, the local part of an address."""
    assert hidden(f"then {text} did it", OTHERS) == f"then {pseudonym(OTHERS[person], OTHERS)} did it"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ["Jiří Dvořák", "JIŘÍ DVOŘÁK", "Jiří", "Dvořák", "Jiri Dvorak", "Dvorak"])
def test_letters_with_marks_are_found_in_every_form(form, text):
    """Composed, decomposed, and without their marks."""
    text = unicodedata.normalize(form, text)
    assert hidden(f"({text})") == f"({pseudonym(JIRI)})"


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_possessives_are_kept(apostrophe):
    """The sentence still reads."""
    assert hidden(f"Priya{apostrophe}s pager") == f"{pseudonym(PRIYA)}{apostrophe}s pager"


@pytest.mark.parametrize("text", ["Will you look?", "it will stop", "Stone walls", "Priyanka", "unairing", "xpnair2"])
def test_words_and_parts_of_words_stay(text):
    """A name that is a word tells nobody where it stands alone."""
    assert hidden(text) == text


@pytest.mark.parametrize("text", ["Will Stone", "@will", "@Will", "will"])
def test_a_name_that_is_a_word_is_found_with_a_sign(text):
    """The full name, a mention, or a field that holds nothing else."""
    assert hidden(text) == pseudonym(WILL)


def test_a_service_may_bear_a_name():
    """A first name that is a service's as well is left where it stands alone."""
    people = [PersonNames(name="Hermine Voss")]
    assert hidden("Hermine is down", people) != "Hermine is down"
    assert hidden("Hermine is down", people, words=["hermine"]) == "Hermine is down"


def test_a_first_name_of_two_people_tells_neither():
    """It is hidden and does not say whom it means."""
    people = [PRIYA, PersonNames(name="Priya Rao")]
    assert hidden("Priya and Priya Rao", people) == f"Responder and {pseudonym(people[1], people)}"


def test_roles_stand_for_people_who_have_one():
    """Who has none has a pseudonym; who shares theirs is told apart; a role that names somebody is none."""
    people = [*ALL, PersonNames(name="Aiko Mori", role="Engineer"), PersonNames(name="Lena Ek", role="Priya's deputy")]
    assert hidden("Priya", people, "roles") == "Incident commander"
    assert hidden("Will Stone", people, "roles").startswith("Responder-")
    first, second = hidden("Aiko", people, "roles"), hidden("Jiří", people, "roles")
    assert first != second
    assert first.startswith("Engineer ") and second.startswith("Engineer ")  # noqa: PT018
    assert hidden("Lena", people, "roles").startswith("Responder-")


def test_pseudonyms_come_from_the_key_alone():
    """The order of people does not count; another key gives others; all differ, however many there are."""
    people = [PersonNames(name=f"Name{n} Family{n}") for n in range(300)]
    shown = People(people, key=KEY, naming="pseudonyms").shown
    assert shown == People(people[::-1], key=KEY, naming="pseudonyms").shown
    assert shown != People(people, key=b"x", naming="pseudonyms").shown
    assert len(set(shown.values())) == 301


def test_people_are_named_where_the_policy_names_them():
    """The internal edition tells who did what."""
    assert hidden("Priya Nair <@U0123ABCD>", naming="named") == "Priya Nair <@U0123ABCD>"
