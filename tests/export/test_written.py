"""The output folder: all files or none, and no link is followed out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from workbench.errors import ReportError
from workbench.export.written import write_files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_in_the_place_of_a_file_is_replaced(tmp_path: Path) -> None:
    """What it leads to stays."""
    other, output = tmp_path / "other.txt", tmp_path / "output"
    other.write_text("keep", encoding="utf-8")
    output.mkdir()
    (output / "a.md").symlink_to(other)
    write_files({"a.md": b"new"}, output)
    assert other.read_text("utf-8") == "keep"
    assert (output / "a.md").read_text("utf-8") == "new"
    assert not (output / "a.md").is_symlink()


def test_a_folder_that_leads_out_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    """The files before it neither."""
    output = tmp_path / "output"
    output.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (output / "pictures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ReportError, match="link"):
        write_files({"a.md": b"new", "pictures/b.svg": b"x"}, output)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [one.name for one in output.iterdir()] == ["pictures"]
