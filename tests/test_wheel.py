"""The wheel works away from the clone: built, installed in a fresh environment, and the demo run from there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

CLONE = Path(__file__).resolve().parents[1]
REPORTS = ("*.md", "*.html", "*.docx")

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, seconds: int = 300) -> str:
    """The output of a command without our environment's variables; its error output stands in the failure."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the hatchling that is installed, so without a network."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--no-build-isolation", "--no-deps", "--wheel-dir", out, CLONE, cwd=out)
    return next(out.glob("postmortem_workbench-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; everything else it borrows from ours."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    scripts = home / "bin"
    target = Path(
        run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    )
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--no-deps", "--no-index", "--target", target, wheel, cwd=home)
    borrow(target)
    return scripts / "python"


def borrow(target: Path) -> None:
    """Puts our packages behind the fresh environment's own; a plain path, so that no `.pth` file there is obeyed."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (target / "borrowed.pth").write_text("\n".join(sorted(folders)) + "\n", encoding="utf-8")


def test_the_wheel_holds_its_data_and_not_the_generator(wheel: Path) -> None:
    """Notebooks, templates and the sample incident travel in the wheel; what makes the sample does not."""
    names = ZipFile(wheel).namelist()
    for folder in ("lab/", "notebooks/", "templates/", "sample_data/connection-pool/"):
        assert any(name.startswith(f"workbench/_data/{folder}") for name in names), folder
    assert {"workbench/explorer/static/explorer.js", "workbench/explorer/static/explorer.css"} <= set(names)
    shared = {name.split(".data/data/")[1] for name in names if ".data/data/" in name}
    place = "share/jupyter/labextensions/postmortem-workbench"  # where JupyterLab looks for the launcher's card
    assert {f"{place}/package.json", f"{place}/static/launcher.js", f"{place}/static/explore.ipynb"} <= shared
    assert not [name for name in names if "generat" in name and "sample_data" in name]


def test_the_imported_workbench_is_the_wheels(python: Path, tmp_path: Path) -> None:
    """An editable install of the clone must not stand in for the wheel."""
    found = Path(run(python, "-c", "import workbench; print(workbench.__file__)", cwd=tmp_path).strip())
    assert CLONE not in found.parents
    assert found.is_relative_to(python.parents[1])


def test_the_demo_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    """Three reports from the sample incident, in a folder away from the clone."""
    run(python, "-m", "workbench", "demo", tmp_path / "demo", cwd=tmp_path)
    for pattern in REPORTS:
        found = [path for path in (tmp_path / "demo").rglob(pattern) if "output" in path.parts and path.stat().st_size]
        assert found, f"no {pattern} below demo/**/output"
