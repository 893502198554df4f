"""The allow-file: pairs of rule and fingerprint, each with a reason and a name, and never a value."""

from __future__ import annotations

import pytest

from workbench.store.allow_file import NAME, read_allowed
from workbench.store.schema_check import FileProblemsError

ROW = """[[allow]]
rule = "password"
fingerprint = "0123456789ABCDEF"
reason = "the name of a table"
who = "Priya Nair"
"""


def test_the_pairs_of_a_file(tmp_path):
    """Of the incident's own file, or of the one that the team names."""
    (tmp_path / NAME).write_text(ROW)
    other = tmp_path / "other.toml"
    other.write_text(ROW.replace("password", "token"))
    assert read_allowed(tmp_path) == {("password", "0123456789abcdef")}
    assert read_allowed(tmp_path, str(other)) == {("token", "0123456789abcdef")}


def test_a_missing_file_allows_nothing(tmp_path):
    """Most incidents need none."""
    assert read_allowed(tmp_path) == frozenset()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ROW.replace("0123456789ABCDEF", "hunter2"), "fingerprint.*16 hexadecimal digits"),
        (ROW.replace("who", "whom"), "whom"),
        (ROW.replace('reason = "the name of a table"\n', ""), "reason"),
        ("allow = 1\n", "allow"),
        (ROW.replace('"Priya Nair"', "7"), "who"),
    ],
)
def test_mistakes_are_told_with_their_key(tmp_path, wrong, said):
    """Unknown keys, wrong types, missing reasons; a value in the place of a fingerprint."""
    (tmp_path / NAME).write_text(wrong)
    with pytest.raises(FileProblemsError, match=f"(?s){said}"):
        read_allowed(tmp_path)
