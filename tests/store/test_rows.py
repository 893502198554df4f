"""One row of a people's file is changed alone: every other byte stays, and nobody's change is written over."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import FolderError
from workbench.store.rows import RowChangedError, edit_row, revision, rows

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


def test_a_new_key_stands_with_its_row(path) -> None:
    """After the row's last key: before the tables below it, and not after the comment on the next row."""
    edit_row(path, "factor", "a", {"kind": "process", "text": "A2"}, base=base(path, "a"))
    edit_row(path, "factor", "b", {"kind": "tool"}, base=base(path, "b"))
    wanted = FILE.replace(' "c" ]\n', ' "c" ]\nkind = "process"\n').replace('"A"', '"A2"')
    assert path.read_text() == wanted.replace('text = "B"\n', 'text = "B"\nkind = "tool"\n')


def test_a_new_row_stands_after_the_one_that_is_named(path) -> None:
    """Else at the end; set apart by a blank line, and before the comment on the next row."""
    edit_row(path, "factor", "c", {"text": "C", "kind": None}, base="", after="a")
    assert path.read_text() == FILE.replace("# of", '[[factor]]\nid = "c"\ntext = "C"\n\n# of')
    edit_row(path, "factor", "d", {"text": "D"}, base="")
    assert path.read_text().endswith('# tail\n\n[[factor]]\nid = "d"\ntext = "D"\n')


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


def test_a_damaged_file_is_a_sentence_and_stays_as_it_is(path) -> None:
    """Nothing is written into what cannot be read."""
    path.write_text("[[factor]\n")
    with pytest.raises(FolderError, match="is not TOML"):
        edit_row(path, "factor", "a", {"text": "A"}, base="")
    path.write_text('factor = "none"\n')
    with pytest.raises(FolderError, match="no list of tables"):
        edit_row(path, "factor", "a", {"text": "A"}, base="")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(
    edits=st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | TEXTS, st.none() | st.sampled_from("abcd")), max_size=8
    )
)
def test_any_edits_give_the_rows_that_were_asked_for(tmp_path_factory, edits) -> None:
    """Whatever is set, added and removed in whatever order, the file says exactly that, and its comments are all there."""
    path = tmp_path_factory.mktemp("rows") / "factors.toml"
    path.write_text(FILE, encoding="utf-8")
    wanted = {row["id"]: row for row in tomllib.loads(FILE)["factor"]}
    for name, text, after in edits:
        values = None if text is None else {"text": text}
        edit_row(path, "factor", name, values, base=revision(wanted.get(name)), after=after)
        if values is None:
            wanted.pop(name, None)
        else:
            wanted[name] = wanted.get(name, {"id": name}) | values
    assert {row["id"]: row for row in rows(path, "factor")} == wanted
    for comment in ("# head", "# of the second", "# tail"):
        assert comment in path.read_text(encoding="utf-8")
