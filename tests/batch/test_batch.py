"""A batch: every incident has its report, nothing is made twice, a failure stops none, and the index leads to all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbench import resources
from workbench.batch import made as making
from workbench.batch.made import make
from workbench.batch.order import Order
from workbench.batch.warm import made_warm
from workbench.cli import _status

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = "2025-11-17T14:00:00Z ERROR no connection\n2025-11-17T14:09:00Z INFO all well\n"
TITLE = "<img src=x onerror='window.hit=1'> failed"


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """Two incidents, one with a hostile title, and one whose facts are damaged."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text(LOG, encoding="utf-8")
    for name, title in (("a", TITLE), ("b", "cart failed")):
        assert _status(["new", f"all/{name}", "app.log", "--title", title, "--severity", "SEV-2"]) == 0
    broken = tmp_path / "all" / "c"
    broken.mkdir()
    (broken / "incident.toml").write_text("id = ", encoding="utf-8")
    return tmp_path / "all"


def told(capsys) -> dict:
    """The document that was printed."""
    return json.loads(capsys.readouterr().out)


def test_every_incident_has_its_report_and_one_failure_stops_none(root, capsys) -> None:
    """The failure has its reason; a second run makes nothing again."""
    capsys.readouterr()
    assert _status(["batch", str(root), "--to", "md", "--jobs", "2", "--json"]) == 1
    first = told(capsys)
    assert (first["made"], first["up_to_date"], first["failed"]) == (2, 0, 1)
    assert all(Path(file).exists() for each in first["reports"] for file in each["files"])
    assert "incident.toml:1: is not TOML" in first["reports"][2]["why"]
    assert _status(["batch", str(root), "--to", "md", "--json"]) == 1
    again = told(capsys)
    assert (again["made"], again["up_to_date"], again["failed"]) == (0, 2, 1)


def test_the_index_has_every_row_and_no_text_of_it_is_markup(root, capsys) -> None:
    """Addresses are relative, and where the root lies is not told."""
    capsys.readouterr()
    assert _status(["batch", str(root), "--to", "md", "--jobs", "1", "--json"]) == 1
    page = Path(told(capsys)["index"]).read_text("utf-8")
    assert "<img" not in page
    assert "&lt;img src=x onerror=" in page
    assert 'href="../b/output/postmortem.md"' in page
    assert str(root) not in page
    assert "Content-Security-Policy" in page


def test_a_report_is_up_to_date_by_content(root) -> None:
    """A touched file changes nothing; other words, another form or a changed report are made again."""
    order = Order(folder=root / "b", forms=("md",))
    assert make(order).fresh
    os.utime(root / "b" / "narrative.md")
    assert not make(order).fresh
    with (root / "b" / "narrative.md").open("a", encoding="utf-8") as stream:
        stream.write("\n## Lessons learned\n\nWatch the pool itself.\n")
    assert make(order).fresh
    (root / "b" / "output" / "postmortem.md").write_text("mine", encoding="utf-8")
    assert make(order).fresh
    assert make(Order(folder=root / "b", forms=("md", "html"))).fresh
    assert not make(order).fresh, "the other form's run leaves this one up to date"


def test_a_process_that_takes_too_long_is_one_reports_problem(root) -> None:
    """It is stopped, and said; with time enough the same order is made."""
    orders = [Order(folder=root / name, forms=("md",)) for name in ("a", "b")]
    assert all("was stopped" in one.why for one in made_warm(orders, 1, longest=-1.0))
    assert [one.why for one in made_warm(orders, 2)] == ["", ""]


def test_a_fault_of_ours_is_a_reason_and_no_traceback(root, monkeypatch) -> None:
    """Whatever goes wrong in one report is said of that one."""
    monkeypatch.setattr(making, "report_of", lambda *_args, **_more: 1 / 0)
    assert "a fault of the workbench: ZeroDivisionError" in make(Order(folder=root / "b", forms=("md",))).why


def test_a_notebook_of_ones_own_is_run_in_a_kernel_of_its_own(root, capfd) -> None:
    """Its cells are in the report; what they leave behind in their kernel no other report sees."""
    cell = 'import builtins\nseen = getattr(builtins, "left", "nothing")\nbuiltins.left = "something"\nprint("found", seen)'
    model = json.loads(resources.notebook("postmortem").read_text("utf-8"))
    model["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "execution_count": None, "outputs": [], "source": cell})  # fmt: skip
    for name in ("a", "b"):
        (root / name / "notebooks").mkdir()
        (root / name / "notebooks" / "postmortem.ipynb").write_text(json.dumps(model), encoding="utf-8")
    capfd.readouterr()
    made = list(made_warm([Order(folder=root / name, forms=("md",)) for name in ("a", "b")], jobs=1))
    assert [one.why for one in made] == ["", ""]
    for name in ("a", "b"):
        assert "found nothing" in (root / name / "output" / "postmortem.md").read_text("utf-8")
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_a_batch_that_is_killed_leaves_no_kernel_behind(root) -> None:
    """Not even one whose cell never ends."""
    cell = "import os\nopen('pid.new', 'w').write(str(os.getpid()))\nos.rename('pid.new', 'pid')\nwhile True: pass"
    model = json.loads(resources.notebook("postmortem").read_text("utf-8"))
    model["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "execution_count": None, "outputs": [], "source": cell})  # fmt: skip
    (root / "a" / "notebooks").mkdir()
    (root / "a" / "notebooks" / "postmortem.ipynb").write_text(json.dumps(model), encoding="utf-8")
    running = subprocess.Popen([sys.executable, "-m", "workbench", "batch", str(root), "--to", "md", "--jobs", "1"])
    written = root / "a" / "pid"
    _until(written.exists)
    running.kill()
    running.wait()
    _until(lambda: not Path(f"/proc/{written.read_text()}").exists())


def _until(there: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_what_is_no_root_is_a_sentence(tmp_path, capsys) -> None:
    """No folder, or one without an incident."""
    assert _status(["batch", str(tmp_path / "none")]) == 1
    assert _status(["batch", str(tmp_path)]) == 1
    assert "holds no incident folder" in capsys.readouterr().err


@pytest.mark.slow
def test_a_dask_cluster_makes_the_same_and_survives_a_lost_worker(root, capsys) -> None:
    """A real scheduler and two workers on this machine, of which one is killed."""
    distributed = pytest.importorskip("distributed")
    capsys.readouterr()
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        worker = next(iter(cluster.workers.values()))
        os.kill(worker.pid, signal.SIGKILL)
        assert _status(["batch", str(root), "--to", "md", "--dask", cluster.scheduler_address, "--json"]) == 1
    found = told(capsys)
    assert (found["made"], found["failed"]) == (2, 1)


def test_no_scheduler_is_a_sentence(root, capsys, monkeypatch) -> None:
    """The address is named."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("workbench.batch.cluster._SECONDS", 1)
    assert _status(["batch", str(root), "--dask", "tcp://127.0.0.1:1"]) == 1
    assert "no scheduler answers" in capsys.readouterr().err


def test_what_is_kept_leads_to_no_other_file(root, tmp_path) -> None:
    """A copied folder makes its own reports, and a link in the place of a cache is replaced and not followed."""
    order = Order(folder=root / "b", forms=("md",))
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs", encoding="utf-8")
    cache = root / "b" / "output" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in ("batch.json", "contents.json", "review.json"):
        (cache / name).unlink(missing_ok=True)
        (cache / name).symlink_to(theirs)
    assert make(order).why == ""
    assert theirs.read_text("utf-8") == "theirs"
    copied = shutil.copytree(root / "b", tmp_path / "copied" / "b")
    (copied / "output" / "postmortem.md").unlink()
    again = make(Order(folder=copied, forms=("md",)))
    assert (again.fresh, again.files) == (True, (str(copied / "output" / "postmortem.md"),))


def test_modules_beside_the_incidents_are_not_imported(root, monkeypatch, capsys) -> None:
    """The folder of incidents is no place for code."""
    (root / "markupsafe.py").write_text("open('hit', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(root)
    capsys.readouterr()
    program = [sys.executable, "-P", "-m", "workbench", "batch", ".", "--to", "md", "--jobs", "2"]
    assert subprocess.run(program, capture_output=True, check=False).returncode == 1
    assert not (root / "hit").exists()
