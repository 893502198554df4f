"""Running a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from workbench import resources
from workbench.errors import ReportError
from workbench.notebook import checked_parameters, read_notebook, run_notebook, written_notebook
from workbench.report import NAMES


def made(folder: Path, *cells: str, tag: str = "parameters", name: str = "own.ipynb") -> Path:
    """A notebook with a parameters cell and these cells."""
    first = nbformat.v4.new_code_cell('incident = "."\nedition = "internal"')
    first.metadata["tags"] = [tag]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [first, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    nbformat.write(notebook, folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"x\nimport os": "1"}, "takes no parameter"),
        ({"quarter": "2025Q4"}, "takes no parameter 'quarter'. It takes: edition, incident."),
        ({"incident": Path("x")}, "is a PosixPath, not a text"),
        ({"incident": True}, "is a bool, not a text"),
        ({"incident": "a\nb"}, "control character"),
        ({"incident": "a" * 5000}, "too long"),
    ],
)
def test_parameters_are_checked_before_they_become_code(
    parameters: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    """papermill writes names and values into a cell: only known names and plain texts go there."""
    with pytest.raises(ReportError, match=sentence):
        checked_parameters(parameters, read_notebook(made(tmp_path)))


def test_a_notebook_without_the_tag_is_refused(tmp_path: Path) -> None:
    """papermill would put the parameters at the top, where the notebook's own cell overrides them."""
    with pytest.raises(ReportError, match="tagged “parameters”"):
        checked_parameters({"incident": "."}, read_notebook(made(tmp_path, tag="other")))


def test_what_is_no_notebook_is_a_sentence(tmp_path: Path) -> None:
    """A broken file and a missing one."""
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match="not a Jupyter notebook"):
        read_notebook(tmp_path / "broken.ipynb")
    with pytest.raises(ReportError, match="no such notebook"):
        read_notebook(tmp_path / "none.ipynb")


def test_the_built_in_notebook_shows_every_section() -> None:
    """One short cell a section, in the report's order."""
    notebook = read_notebook(resources.notebook("postmortem"))
    shown = [cell.source for cell in notebook.cells if cell.source.startswith("pm.section(")]
    assert shown == [f'pm.section("{name}")' for name in NAMES]


@pytest.mark.slow
def test_a_notebook_runs_in_its_folder_and_leaves_no_trace_of_the_run(tmp_path: Path) -> None:
    """Two runs give the same text; braces in a path are not templates; a stray json.py is no module."""
    (tmp_path / "json.py").write_text("raise SystemExit", encoding="utf-8")
    path = made(tmp_path, "import json, os\nprint(os.getcwd(), incident, edition)", name="own {x.__class__}.ipynb")
    texts = [
        written_notebook(run_notebook(path, {"incident": "'; quit()", "edition": "public"}, folder=tmp_path))
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert f"{tmp_path} '; quit() public" in texts[0]
    assert "papermill" not in texts[0]


@pytest.mark.slow
def test_a_failing_cell_is_named_by_its_first_line(tmp_path: Path) -> None:
    """The sentence has the exception's last line, not a traceback."""
    path = made(tmp_path, "x = 1\nraise ValueError('first\\nthe last line')")
    with pytest.raises(ReportError) as caught:
        run_notebook(path, {"incident": "."}, folder=tmp_path)
    assert "the cell that begins with “x = 1” failed: ValueError: the last line." in str(caught.value)
