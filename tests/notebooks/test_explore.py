"""The notebooks of `workbench lab` run as they ship, on the sample incident and on a tiny one."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("explore", "tables")


def notebook(name: str) -> Any:
    """A notebook as it is in the repository."""
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "tables") -> dict[str, Any]:
    """The names that the notebook's code leaves behind, and under `displayed` what each cell displayed, by cell id."""
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    displayed = names["displayed"] = {}
    for cell in notebook(name).cells:
        if cell.cell_type != "code":
            continue
        *body, last = ast.parse(cell.source).body
        tail = [last] if isinstance(last, ast.Expr) else []
        exec(compile(ast.Module([*body, *([] if tail else [last])], []), cell.id, "exec"), names)
        if tail:
            displayed[cell.id] = eval(compile(ast.Expression(tail[0].value), cell.id, "eval"), names)
    return names


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample incident's small files: without the edge log and the services' logs."""
    source = ROOT / "sample_data" / "connection-pool"
    target = tmp_path / "incident"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("output", "orders-1", "app-1", "jaeger*"))
    return target


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """An incident of two log lines: no milestone, no request, no alert."""
    folder = tmp_path / "tiny"
    (folder / "sources").mkdir(parents=True)
    (folder / "incident.toml").write_text('id = "T-1"\ntitle = "Queue is full"\nseverity = "SEV-3"\n')
    (folder / "sources" / "app.log").write_text(
        '{"ts":"2025-11-17T14:00:00Z","level":"info","msg":"up"}\n{"ts":"2025-11-17T14:01:00Z","level":"error","msg":"full"}\n'
    )
    return folder


def test_shows_the_sample_incident_from_sources_to_charts(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the sample every cell runs; tables have rows and both charts draw counted minutes, not single events."""
    names = run(sample, monkeypatch)
    assert "INC-2025-001" in names["displayed"]["open"]
    assert "web-1/access.log.gz" in set(names["sources"]["path"])
    assert {"started", "resolved"} <= set(" ".join(names["timeline"]["milestones"]).split())
    assert names["milestones"].loc["detected", "basis"] == "found"
    assert names["impact"]["requests"]["failed"] > 0
    assert names["pm"].folded["count"].sum() == len(names["pm"].events)
    assert {"burst", "told again"} <= set(names["folded"]["why"])
    for chart in ("chart-levels", "chart-failing"):
        drawn = names["displayed"][chart].to_dict(context={"post_transform": False})
        rows = sum(len(rows) for rows in drawn["datasets"].values())
        assert 0 < rows < 2_000, chart


def test_the_explorer_is_the_last_thing_that_explore_shows(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two short cells: which incident, and its explorer; they can be run again."""
    pytest.importorskip("anywidget")
    for _ in range(2):
        shown = run(tiny, monkeypatch, "explore")["displayed"]
        assert list(shown) == ["explorer"]
        assert "2 events" in shown["explorer"]._repr_mimebundle_()[0]["text/plain"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_finds_the_incident_from_its_notebooks_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """JupyterLab starts the kernel beside the notebook, in DIR/notebooks: the incident is the folder above."""
    pytest.importorskip("anywidget")
    (tiny / "notebooks").mkdir()
    assert run(tiny / "notebooks", monkeypatch, name)["pm"].folder.path == tiny.resolve()


def test_says_what_is_missing_where_there_is_little(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two log lines give two events, missing milestones with their reasons, and a sentence in place of a chart."""
    names = run(tiny, monkeypatch)
    assert list(names["pm"].events["message"]) == ["up", "full"]
    assert set(names["milestones"]["basis"]) == {"missing"}
    assert names["timeline"].empty
    assert names["displayed"]["chart-failing"] == "No access log here shows a 5xx answer."


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_ships_without_outputs_and_with_one_parameters_cell(name: str) -> None:
    """What a person opens first holds nobody's results, and papermill finds one cell of parameters."""
    cells = notebook(name).cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")
    parameters = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert [source.splitlines()[-1].split("  #")[0] for source in parameters] == ['incident = "."']
    assert len({cell.id for cell in cells}) == len(cells)
