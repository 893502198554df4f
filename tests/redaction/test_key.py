"""The key: made once for its owner alone, read ever after, and an error that says what to do."""

from __future__ import annotations

import os
import re

import pytest

from workbench.errors import RedactionError
from workbench.redaction.key import NAME, read_key


def test_a_key_is_made_when_it_is_first_needed(tmp_path):
    """Thirty-two random bytes in a file of the owner's; nothing else is left in the folder."""
    key = read_key(tmp_path)
    assert len(key) == 32
    assert [one.name for one in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n", (tmp_path / NAME).read_text())
    assert read_key(tmp_path) == key


def test_two_folders_have_two_keys(tmp_path):
    """What was hidden in one cannot be followed in the other."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert read_key(tmp_path / "a") != read_key(tmp_path / "b")


def test_the_teams_key_wins(tmp_path):
    """The file that workbench.toml names is read, or made, and the incident's folder gets none."""
    own = tmp_path / "team.key"
    assert read_key(tmp_path, str(own)) == bytes.fromhex(own.read_text())
    assert not (tmp_path / NAME).exists()


def test_what_another_made_meanwhile_is_kept(tmp_path, monkeypatch):
    """Two runs that both need the first key end with the same one."""
    link = os.link

    def later(source, target):
        target.write_text("ab" * 32)
        link(source, target)

    monkeypatch.setattr(os, "link", later)
    assert read_key(tmp_path) == b"\xab" * 32
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_a_file_system_without_links_has_keys_too(tmp_path, monkeypatch):
    """The file is renamed then."""

    def refused(source, target):
        raise PermissionError(1, "not permitted", str(source), None, str(target))

    monkeypatch.setattr(os, "link", refused)
    assert read_key(tmp_path) == read_key(tmp_path)


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, "ab" * 31])
def test_what_is_no_key_is_said_and_not_written_over(tmp_path, text):
    """The old key may be somewhere: a new one would give other tags."""
    (tmp_path / NAME).write_text(text)
    with pytest.raises(RedactionError, match="holds no key") as caught:
        read_key(tmp_path)
    assert "zz" not in str(caught.value)
    assert (tmp_path / NAME).read_text() == text


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    """Where the key cannot be made, the message names the file and the setting."""
    with pytest.raises(RedactionError, match=r"cannot be made.*key_file"):
        read_key(tmp_path / "none")
    (tmp_path / NAME).mkdir()
    with pytest.raises(RedactionError, match="cannot be read"):
        read_key(tmp_path)
