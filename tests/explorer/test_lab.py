"""`workbench lab` before any browser: the notebook it puts there, the sentences, and what it tells JupyterLab."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from lab_server import ROOT
from lab_verb import called

from workbench.commands import exploring
from workbench.commands.exploring import lab, workspace
from workbench.errors import WorkbenchError

pytest.importorskip("jupyterlab")

EXTENSION = ROOT / "lab" / "labextensions" / "postmortem-workbench"


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    """An incident of one log line."""
    folder = tmp_path / "pool"
    (folder / "sources").mkdir(parents=True)
    (folder / "incident.toml").write_text('id = "T-1"\ntitle = "Queue is full"\nseverity = "SEV-3"\n')
    (folder / "sources" / "app.log").write_text('{"ts":"2025-11-17T14:00:00Z","level":"error","msg":"full"}\n')
    return folder


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What JupyterLab is told, in place of its start."""
    calls: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", calls.append)
    monkeypatch.setattr(exploring.os, "environ", dict(os.environ))
    return calls


def test_two_incidents_of_one_name_have_two_workspaces() -> None:
    """What was open in one is not opened in the other; the name is fit for an address."""
    one, other = workspace(Path("/srv/a/Pool is full!")), workspace(Path("/srv/b/Pool is full!"))
    assert one != other
    assert all(each.startswith("pool-is-full-") and each.replace("-", "").isalnum() for each in (one, other))


def test_the_notebook_is_copied_in_once(incident, told, capsys) -> None:
    """What a person made of it stays, and is not called as shipped; outputs do not make it another notebook."""
    lab(incident, browser=False)
    notebook = incident / "notebooks" / "explore.ipynb"
    assert notebook.read_bytes() == (ROOT / "notebooks" / "explore.ipynb").read_bytes()
    ran = json.loads(notebook.read_text("utf-8"))
    ran["cells"][1]["execution_count"] = 7
    notebook.write_text(json.dumps(ran))
    lab(incident, browser=False)
    assert capsys.readouterr().err == ""
    ran["cells"][1]["source"] = "print('mine')"
    notebook.write_text(json.dumps(ran))
    lab(incident, browser=False)
    assert "is not as it was shipped, so it does not run by itself" in capsys.readouterr().err
    assert "mine" in notebook.read_text("utf-8")
    assert len(told) == 3


def test_nothing_is_asked_of_a_network_and_no_token_is_told(incident, told) -> None:
    """No news, no look for updates, no list of extensions; Jupyter makes the token itself."""
    lab(incident, browser=False)
    assert {
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly", "--ServerApp.open_browser=False",
    } <= set(told[0])  # fmt: skip
    assert not [each for each in told[0] if "token" in each]


def test_a_busy_port_is_a_sentence(incident, told) -> None:
    """It is not exchanged for another one: somebody relies on the address."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with pytest.raises(WorkbenchError, match=r"^--port: port \d+ cannot be used: address already in use\. Name "):
            lab(incident, browser=False, port=busy.getsockname()[1])
    assert told == []


def test_a_read_only_place_is_a_sentence(incident, told, monkeypatch) -> None:
    """It says where and what to do."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(
        WorkbenchError, match="notebooks: the explorer's notebook cannot be put there: the file system is read-only"
    ):
        lab(incident, browser=False)
    assert told == []


def test_a_link_out_of_the_folder_is_not_followed(incident, told, tmp_path) -> None:
    """Neither is another file opened, nor is one written, wherever a link of an unknown folder leads."""
    (incident / "notebooks").mkdir()
    (incident / "notebooks" / "explore.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    with pytest.raises(WorkbenchError, match="a link that leads out of its folder"):
        lab(incident, browser=False)
    assert not (tmp_path / "elsewhere.ipynb").exists()
    assert told == []


def answered(address: str) -> int:
    """The status of the page at an address; Jupyter prints the address a moment before it listens there."""
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return page.status
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_it_prints_the_whole_address_and_ctrl_c_ends_it(incident, tmp_path) -> None:
    """The address has the workspace, the notebook and the token; the token is in no command line; one Ctrl-C is enough."""
    with called(incident, tmp_path / "home") as running:
        place, _, token = running.address.partition("?token=")
        assert place.endswith(f"/lab/workspaces/{workspace(incident.resolve())}/tree/notebooks/explore.ipynb")
        assert len(token) >= 32
        assert token not in " ".join(running.process.args)
        assert answered(running.address) == 200
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=60) == 0
        assert "Traceback" not in running.said


def test_the_extension_ships_the_same_notebook_and_is_named_as_it_is_loaded() -> None:
    """What the extension compares with is what the verb copies; the files that JupyterLab is told of are there."""
    assert (EXTENSION / "static" / "explore.ipynb").read_bytes() == (ROOT / "notebooks" / "explore.ipynb").read_bytes()
    facts = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert facts["name"] == EXTENSION.name
    assert (EXTENSION / facts["jupyterlab"]["_build"]["load"]).is_file()
    assert f'NAME = "{facts["name"]}"' in (EXTENSION / "static" / "launcher.js").read_text("utf-8")
