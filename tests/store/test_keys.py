"""Editing one key: the rest of the file stays byte for byte, and nobody's words are written over."""

from __future__ import annotations

import difflib
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.incident_file import edit_fact, read_incident, starter
from workbench.store.keys import KeyChangedError, edit_key, revision, value_at
from workbench.store.schema_check import FileProblemsError

ODD = """# head
id="I"
 title   =   "T"   # why this one
severity = 'SEV-2'
tags = [ "a",
  "b", # bee
 ]

[people] # who
scribe="A"   # since nine
  # next
participants=[]


[impact]
notes = \"\"\"x
y = 1
# [people]\"\"\"
"""


def changed(before: str, after: str) -> list[str]:
    """The lines that differ, with their signs."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\n") for line in lines if line[0] in "+-"]


def edited(tmp_path, text: str, key: tuple[str, ...], value: object) -> str:
    """The file's text after one edit."""
    path = tmp_path / "file.toml"
    path.write_bytes(text.encode())
    table = tomllib.loads(text)
    edit_key(path, key, value, base=revision(value_at(table, key)))
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("key", "value", "lines"),
    [
        (("title",), "New", ['-  title   =   "T"   # why this one', '+  title   =   "New"   # why this one']),
        (("people", "scribe"), "B", ['- scribe="A"   # since nine', '+ scribe="B"   # since nine']),
        (("tags",), ["a", "b", "c"], ['+   "c",']),
        (("tags",), ["b"], ['- tags = [ "a",', "+ tags = ["]),
        (("tags",), None, ['- tags = [ "a",', '-   "b", # bee', "-  ]"]),
        (("team",), "Orders", ['+ team = "Orders"']),
        (("people", "technical_lead"), "C", ['+ technical_lead = "C"']),
        (("slo", "target"), 99.9, ["+ ", "+ [slo]", "+ target = 99.9"]),
    ],
)  # fmt: skip
def test_only_the_edited_key_changes(tmp_path, key, value, lines) -> None:
    """Odd spacing, quotes, comments and blank lines stay."""
    assert changed(ODD, edited(tmp_path, ODD, key, value)) == lines


def test_a_new_key_stands_below_its_example(tmp_path) -> None:
    """In the file that `workbench new` makes, a key comes to where its comment shows it, and not behind a table."""
    text = starter(id="I", title="T", severity="SEV-2")
    with_table = edited(tmp_path, text, ("people", "scribe"), "Aiko")
    assert set(changed(text, with_table)) == {"+ ", "+ [people]", '+ scribe = "Aiko"'}
    assert (
        with_table.index("# participants = []") < with_table.index("[people]\nscribe") < with_table.index("# [impact]")
    )
    with_both = edited(tmp_path, with_table, ("team",), "Orders")
    assert '# team = "Payments"\nteam = "Orders"\n# status' in with_both
    more = edited(tmp_path, with_both, ("people", "technical_lead"), "Bo")
    assert '[people]\nscribe = "Aiko"\ntechnical_lead = "Bo"\n\n# [impact]' in more


def test_what_is_set_and_taken_away_again_leaves_the_file_as_it_was(tmp_path) -> None:
    """A table that only came for the key goes with it."""
    text = starter(id="I", title="T", severity="SEV-2")
    for key in (("slo", "target"), ("services",), ("milestones", "started")):
        assert edited(tmp_path, edited(tmp_path, text, key, "x"), key, None) == text


@pytest.mark.parametrize("text", ['id = "I"\r\ntitle = "T"\r\n', 'id = "I"\ntitle = "T"', ""])
def test_line_ends_are_those_of_the_file(tmp_path, text) -> None:
    """A file of Windows keeps its ends, and one without a last one gets one before what is new."""
    made = edited(tmp_path, text, ("team",), "Orders")
    end = "\r\n" if "\r" in text else "\n"
    assert made == (f"{text}{end}" if text and not text.endswith("\n") else text) + f'team = "Orders"{end}'


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('people = {scribe="A"}\n', 'people = {scribe="A",technical_lead = "C"}\n'),
        ('people.scribe = "A"\nteam = "x"\n', 'people.scribe = "A"\npeople.technical_lead = "C"\nteam = "x"\n'),
    ],
)
def test_other_spellings_of_a_table_are_kept(tmp_path, text, made) -> None:
    """A table on one line, and keys with dots."""
    assert edited(tmp_path, text, ("people", "technical_lead"), "C") == made


def test_values_are_written_as_toml_has_them(tmp_path) -> None:
    """Times in UTC, text of several lines, signs that steer, quotes."""
    moment = datetime(2025, 11, 17, 14, 5, tzinfo=UTC)
    assert edited(tmp_path, "", ("milestones", "started"), moment) == "[milestones]\nstarted = 2025-11-17T14:05:00Z\n"
    for value in ('one\ntwo """ three', 'a "b" \\ \x00 \u202e', "# [people]\nx = 1", "<b>"):
        assert tomllib.loads(edited(tmp_path, ODD, ("cause",), value))["cause"] == value


def test_what_others_wrote_meanwhile_is_not_written_over(tmp_path) -> None:
    """The error has what stands there now; what is there already as it is wanted is fine, also a second time."""
    path = tmp_path / "file.toml"
    path.write_text('team = "theirs"\n', encoding="utf-8")
    with pytest.raises(KeyChangedError) as raised:
        edit_key(path, ("team",), "mine", base="")
    assert raised.value.current == "theirs"
    assert path.read_text(encoding="utf-8") == 'team = "theirs"\n'
    edit_key(path, ("team",), "theirs", base="")
    edit_key(path, ("team",), "mine", base=revision("theirs"))
    assert path.read_text(encoding="utf-8") == 'team = "mine"\n'


KEYS = st.sampled_from(
    [("team",), ("summary",), ("people", "scribe"), ("impact", "notes"), ("people", "technical_lead")]
)
EDITS = st.lists(st.tuples(KEYS, st.none() | st.text(st.characters(codec="utf-8"), max_size=12)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([ODD, starter(id="I", title="T", severity="SEV-2"), 'people = {scribe = "A"}\n']), EDITS)
def test_any_edits_one_after_another(tmp_path_factory, text, edits) -> None:
    """The file says what was wanted, and has every comment that it had."""
    path = tmp_path_factory.mktemp("keys")
    made, wanted = text, dict.fromkeys(("team", "summary"))
    for key, value in edits:
        made = edited(path, made, key, value)
        wanted[".".join(key)] = value
    table = tomllib.loads(made)
    assert {name: value_at(table, tuple(name.split("."))) for name in wanted} == wanted
    comments = [line for line in text.splitlines() if line.startswith("#") and '"""' not in line]
    assert [line for line in comments if line not in made.splitlines()] == []


@pytest.fixture
def folder(tmp_path):
    """An incident's facts as `workbench new` writes them."""
    (tmp_path / "incident.toml").write_text(starter(id="I", title="T", severity="SEV-2"), encoding="utf-8")
    return tmp_path


def test_a_fact_is_read_as_it_was_written(folder) -> None:
    """The file that a fact was written to is a good incident.toml."""
    edit_fact(folder, ("people", "scribe"), "Aiko", base="")
    edit_fact(folder, ("slo", "target"), 99.9, base="")
    incident = read_incident(folder)
    assert (incident.people.scribe, incident.slo.target) == ("Aiko", 99.9)


@pytest.mark.parametrize(
    ("key", "value"),
    [(("severity",), "SEV-9"), (("title",), None), (("slo", "window_days"), 30), (("impact", "customers_total"), -1)],
)
def test_a_fact_that_would_damage_the_file_is_refused(folder, key, value) -> None:
    """The sentence names the key, and nothing is written."""
    before = (folder / "incident.toml").read_bytes()
    with pytest.raises(FileProblemsError, match=key[-1] if key[0] != "slo" else "target"):
        edit_fact(
            folder, key, value, base=revision("SEV-2" if key == ("severity",) else "T" if value is None else None)
        )
    assert (folder / "incident.toml").read_bytes() == before


@pytest.mark.parametrize("text", ["id = \n", 'id = "I"\ntitle = "T"\nseverity = "SEV-2"\nwrong = 1\n', "people = 1\n"])
def test_a_damaged_file_is_left_alone(folder, text) -> None:
    """It is a sentence, and nothing is written."""
    (folder / "incident.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FolderError):
        edit_fact(folder, ("people", "scribe"), "Aiko", base="")
    assert (folder / "incident.toml").read_text(encoding="utf-8") == text


def test_signs_that_end_a_line_elsewhere_end_none_here(tmp_path) -> None:
    """A form feed or a line separator in a text moves no key to another place."""
    text = 'title = "a\u2028b\x85c"\n# team = "x"\n\n[people]\nscribe = "A"\n'
    made = edited(tmp_path, text, ("team",), "Orders")
    assert made == text.replace('# team = "x"\n', '# team = "x"\nteam = "Orders"\n')
    assert edited(tmp_path, made, ("people", "scribe"), None) == made.replace('\n[people]\nscribe = "A"\n', "")
