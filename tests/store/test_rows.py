"""One row of a people's file is changed alone: every other byte stays, and nobody's change is written over."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.rows import RowChangedError, RowEdit, edit_row, edit_rows, revision, rows, text_of

if TYPE_CHECKING:
    from pathlib import Path

FILE = """# head
[[factor]]  # first
id   =  "a"   # the id
text = "A"
because_of = [ "b" ,  # because
 "c" ]

# of the second
[[factor]]
id = "b"
text = "B"
[factor.accepted_risk]
by = "Z"

# tail
"""


@pytest.fixture
def path(tmp_path) -> Path:
    """A file as a person wrote it."""
    file = tmp_path / "factors.toml"
    file.write_text(FILE, encoding="utf-8")
    return file


def base(path: Path, name: str) -> str:
    """The revision of a row as it stands."""
    return revision(next(row for row in rows(path, "factor") if row["id"] == name))


def test_one_value_changes_and_every_other_byte_stays(path) -> None:
    """Comments, spaces and order are the person's."""
    edit_row(path, "factor", "b", {"text": "new"}, base=base(path, "b"))
    assert path.read_text() == FILE.replace('"B"', '"new"')


def test_the_same_edit_may_come_twice(path) -> None:
    """A browser that heard nothing asks again: the file is not touched, whatever the base is by then."""
    edit_row(path, "factor", "b", {"text": "new"}, base=base(path, "b"))
    before = path.stat().st_mtime_ns
    edit_row(path, "factor", "b", {"text": "new"}, base="stale")
    assert path.stat().st_mtime_ns == before


def test_what_somebody_changed_meanwhile_is_not_written_over(path) -> None:
    """The error has the row as it is now, and its sentence says where."""
    with pytest.raises(RowChangedError, match="changed by somebody else") as raised:
        edit_row(path, "factor", "a", {"text": "mine"}, base="another")
    assert (raised.value.current or {})["text"] == "A"
    assert path.read_text() == FILE


def test_a_row_that_is_gone_is_not_made_again_by_an_edit_of_it(path) -> None:
    """Whoever edits a removed row is told."""
    old = base(path, "b")
    edit_row(path, "factor", "b", None, base=old)
    with pytest.raises(RowChangedError, match="removed by somebody else"):
        edit_row(path, "factor", "b", {"text": "mine"}, base=old)


def test_a_removed_row_leaves_the_comments_around_it(path) -> None:
    """A comment between two rows may be about the next one."""
    edit_row(path, "factor", "a", None, base=base(path, "a"))
    assert path.read_text() == "# head\n\n# of the second" + FILE.partition("# of the second")[2]


def test_a_new_row_stands_after_the_one_that_is_named(path) -> None:
    """Else at the end; set apart by a blank line, and before the comment on the next row."""
    edit_row(path, "factor", "c", {"text": "C", "kind": None}, base="", after="a")
    assert path.read_text() == FILE.replace("# of", '[[factor]]\nid = "c"\ntext = "C"\n\n# of')
    edit_row(path, "factor", "d", {"text": "D"}, base="")
    assert path.read_text().endswith('# tail\n\n[[factor]]\nid = "d"\ntext = "D"\n')


@pytest.mark.parametrize("after", ["a", "b", None])
def test_a_row_that_comes_and_goes_leaves_no_trace(path, after) -> None:
    """Wherever it stood, and however the file ends."""
    for text in (FILE, FILE.removesuffix("\n# tail\n"), "# only\n"):
        path.write_text(text)
        edit_row(path, "factor", "c", {"text": "C"}, base="", after=after)
        edit_row(path, "factor", "c", None, base=base(path, "c"))
        assert path.read_text() == text


def test_a_file_that_is_not_there_begins_with_its_starter(tmp_path) -> None:
    """The comments that explain the keys come with the first row."""
    path = tmp_path / "factors.toml"
    edit_row(path, "factor", "a", {"text": "A"}, base="", starter="# what\n")
    assert path.read_text() == '# what\n\n[[factor]]\nid = "a"\ntext = "A"\n'


def test_rows_that_a_person_wrote_inline_stay_inline(tmp_path) -> None:
    """A list of inline tables grows and shrinks as such."""
    path = tmp_path / "factors.toml"
    path.write_text('factor = [{id="a", text="A"}]  # short\n')
    edit_row(path, "factor", "b", {"text": "B"}, base="")
    assert path.read_text() == 'factor = [{id="a", text="A"}, {id = "b", text = "B"}]  # short\n'
    edit_row(path, "factor", "a", None, base=base(path, "a"))
    assert [row["id"] for row in rows(path, "factor")] == ["b"]


def test_a_row_comes_back_first_of_all_and_with_its_comments(tmp_path) -> None:
    """What was taken out is put in again as it was written; a text that says something else is not."""
    path = tmp_path / "file.toml"
    text = '# ours\n\n[[row]]\n# about a\nid = "a"\nn   = 1 # one\n\n[[row]]\nid = "b"\n'
    path.write_text(text, encoding="utf-8")
    kept = text_of(path, "row", "a")
    base = revision({"id": "a", "n": 1})
    edit_row(path, "row", "a", None, base=base)
    edit_row(path, "row", "a", {"n": 1}, base="", after="", text=kept)
    assert path.read_text(encoding="utf-8") == text
    edit_row(path, "row", "a", None, base=base)
    edit_row(path, "row", "a", {"n": 2}, base="", after="", text=kept)
    assert path.read_text(encoding="utf-8") == '# ours\n\n[[row]]\nid = "a"\nn = 2\n\n[[row]]\nid = "b"\n'


def test_a_row_that_was_added_last_and_removed_leaves_the_file_as_it_was(tmp_path) -> None:
    """Also the blank line before it goes."""
    path = tmp_path / "file.toml"
    path.write_text(FILE, encoding="utf-8")
    edit_row(path, "factor", "z", {"text": "Z"}, base="")
    edit_row(path, "factor", "z", None, base=revision({"id": "z", "text": "Z"}))
    assert path.read_text(encoding="utf-8") == FILE


def test_a_damaged_file_is_a_sentence_and_stays_as_it_is(path) -> None:
    """Nothing is written into what cannot be read."""
    path.write_text("[[factor]\n")
    with pytest.raises(FolderError, match="is not TOML"):
        edit_row(path, "factor", "a", {"text": "A"}, base="")
    path.write_text('factor = "none"\n')
    with pytest.raises(FolderError, match="no list of tables"):
        edit_row(path, "factor", "a", {"text": "A"}, base="")


def test_a_list_of_several_lines_keeps_its_lines_and_comments(path) -> None:
    """Items come and go one by one."""
    edit_row(path, "factor", "a", {"because_of": ["b", "d", "c"]}, base=base(path, "a"))
    assert '[ "b" ,  # because\n "d",\n "c" ]' in path.read_text()


def test_new_keys_stand_with_their_row_and_not_after_the_next_ones_comment(path) -> None:
    """So do the tables below it, and what a table loses takes no comment along."""
    edit_row(path, "factor", "a", {"actions": ["X"]}, base=base(path, "a"))
    edit_row(path, "factor", "b", {"accepted_risk": None}, base=base(path, "b"))
    assert path.read_text() == FILE.replace(' "c" ]\n', ' "c" ]\nactions = ["X"]\n').replace(
        '[factor.accepted_risk]\nby = "Z"\n', ""
    )


def test_a_table_below_a_row_is_edited_key_by_key(path) -> None:
    """Inline or not, what is beside the other keys stays."""
    text = FILE.replace('by = "Z"', 'by = "Z"  # who').replace(
        'text = "A"', 'text = "A"\naccepted_risk = { by="Y" } # why'
    )
    path.write_text(text)
    for name in "ab":
        edit_row(path, "factor", name, {"accepted_risk": {"by": "Q"}}, base=base(path, name))
    assert path.read_text() == text.replace('"Z"', '"Q"').replace('"Y"', '"Q"')


def test_ends_of_lines_stay_those_of_the_file(path) -> None:
    """A file from Windows gets no other ones."""
    path.write_bytes(FILE.replace("\n", "\r\n").encode())
    edit_row(path, "factor", "b", {"text": "new"}, base=base(path, "b"))
    edit_row(path, "factor", "a", {"actions": ["X"]}, base=base(path, "a"))
    wanted = FILE.replace('"B"\n', '"new"\n').replace(' "c" ]\n', ' "c" ]\nactions = ["X"]\n')
    assert path.read_bytes() == wanted.replace("\n", "\r\n").encode()


def test_several_rows_are_written_all_or_none(path) -> None:
    """One that was changed meanwhile keeps the others from being written too."""
    both = [RowEdit("a", {"because_of": None}, base(path, "a")), RowEdit("b", None, "stale")]
    with pytest.raises(RowChangedError) as raised:
        edit_rows(path, "factor", both)
    assert raised.value.name == "b"
    assert path.read_text() == FILE
    edit_rows(path, "factor", [both[0], RowEdit("b", None, base(path, "b")), RowEdit("z", {"text": "Z"}, "", after="")])
    assert [row["id"] for row in rows(path, "factor")] == ["z", "a"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
VALUES = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "because_of": st.none() | st.lists(TEXTS, min_size=1, max_size=3),
        "accepted_risk": st.none() | st.dictionaries(st.sampled_from(["by", "reason"]), TEXTS, min_size=1),
    },
)


@settings(deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | VALUES, st.none() | st.sampled_from(["", *"abcd"])), max_size=8
    )
)
def test_any_edits_give_the_rows_that_were_asked_for(tmp_path_factory, edits) -> None:
    """Whatever is set, added and removed in whatever order, the file says exactly that, and its comments are all there."""
    path = tmp_path_factory.mktemp("rows") / "factors.toml"
    path.write_text(FILE, encoding="utf-8")
    wanted = {row["id"]: row for row in tomllib.loads(FILE)["factor"]}
    for name, values, after in edits:
        edit_row(path, "factor", name, values, base=revision(wanted.get(name)), after=after)
        if values is None:
            wanted.pop(name, None)
        else:
            row = wanted.get(name, {"id": name}) | values
            wanted[name] = {key: value for key, value in row.items() if value is not None}
    assert {row["id"]: row for row in rows(path, "factor")} == wanted
    for comment in ("# head", "# of the second", "# tail"):
        assert comment in path.read_text(encoding="utf-8")
