"""The hash of a file."""

from __future__ import annotations

import pytest

from workbench.errors import SourceError
from workbench.store.hashing import sha256_bytes, sha256_file


def test_a_file_and_its_bytes_have_one_hash(tmp_path):
    """The file's digest is that of its bytes."""
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_file(tmp_path / "a") == sha256_bytes(b"abc")


def test_a_missing_file_is_a_sentence(tmp_path):
    """A file that cannot be read is told by name."""
    with pytest.raises(SourceError, match="gone"):
        sha256_file(tmp_path / "gone")
