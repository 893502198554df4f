"""The verb that opens JupyterLab on one incident's explorer: ``lab``."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING

from workbench import resources, terminal
from workbench.errors import WorkbenchError
from workbench.store.atomic import ABSENT, disk_problem, write_if_unchanged
from workbench.store.folder import open_folder

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.store.folder import IncidentFolder

NOTEBOOKS = ("explore", "tables")  # the first is what opens


def lab(directory: Path, *, browser: bool, port: int | None = None) -> int:
    """JupyterLab with the incident's explorer notebook, which is copied in once and is the person's from then on."""
    folder = open_folder(directory)
    if find_spec("jupyterlab") is None:
        raise WorkbenchError(
            "JupyterLab is not installed", next_step="Install it with `pip install 'postmortem-workbench[lab]'`."
        )
    notebook = _own_notebook(folder)
    if port is not None:
        _require_free(port)
    if _cells(notebook) != _cells(resources.notebook(NOTEBOOKS[0])):
        terminal.say(f"{notebook} is not as it was shipped, so it does not run by itself: look at it, then run it.")
    os.environ |= _environment()

    from jupyterlab.labapp import LabApp

    # Jupyter listens to Ctrl-C at a terminal only; elsewhere its kernels would be left behind.
    before = signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        LabApp.launch_instance(_arguments(folder, notebook, browser=browser, port=port))
    finally:
        signal.signal(signal.SIGINT, before)
    return 0


def _own_notebook(folder: IncidentFolder) -> Path:
    """The incident's explorer notebook; it and the tables' are copied in where there is none."""
    place, (first, *others) = folder.notebooks, NOTEBOOKS
    try:
        resources.own_file(folder.path, place.name)  # a link out of the folder is not followed
        place.mkdir(exist_ok=True)
    except OSError as problem:
        raise disk_problem(problem, "the explorer's notebook cannot be put there", place) from problem
    _put(folder, first)
    for name in others:
        with suppress(WorkbenchError):  # what opens is there
            _put(folder, name)
    return place / f"{first}.ipynb"


def _put(folder: IncidentFolder, name: str) -> None:
    """Copies a shipped notebook in, unless there is one of its name."""
    notebook = folder.notebooks / f"{name}.ipynb"
    if resources.own_file(folder.path, f"{folder.notebooks.name}/{notebook.name}") is None:
        write_if_unchanged(notebook, resources.notebook(name).read_bytes(), read_digest=ABSENT)


def _cells(notebook: Path) -> list[tuple[str, str]]:
    """What the cells of a notebook are and say, without what their runs left; none where it cannot be read."""
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _require_free(port: int) -> None:
    """Jupyter would take the next port, and the address that somebody relies on would be another's."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as problem:
            raise WorkbenchError(
                f"port {port} cannot be used: {problem.strerror.lower() if problem.strerror else problem}",
                where="--port", next_step="Name another one, or none: then a free one is looked for.",
            ) from problem  # fmt: skip


def _environment() -> dict[str, str]:
    """What the server and its kernels are to know from the start."""
    ours, theirs = str(resources.folder("lab") / "config"), os.environ.get("JUPYTER_CONFIG_PATH")
    return {
        # Files beside a notebook are no modules: a folder may come from anybody, and its explorer runs unasked.
        "PYTHONSAFEPATH": "1",
        "JUPYTER_PREFER_ENV_PATH": os.environ.get("JUPYTER_PREFER_ENV_PATH", "1"),  # this very interpreter's kernel
        # JupyterLab's settings before a person sets them: it does not ask whether it may fetch news.
        "JUPYTER_CONFIG_PATH": os.pathsep.join([ours, theirs] if theirs else [ours]),
    }


def _arguments(folder: IncidentFolder, notebook: Path, *, browser: bool, port: int | None) -> list[str]:
    """What JupyterLab is told; its token is not among it: Jupyter makes one and prints it with the address."""
    path = notebook.relative_to(folder.path).as_posix()
    told = {
        "ServerApp.root_dir": folder.path,
        "LabApp.default_url": f"/lab/workspaces/{workspace(folder.path)}/tree/{path}",
        "LabApp.extra_labextensions_path": resources.folder("lab") / "labextensions",
        "ServerApp.contents_manager_class": "workbench.commands.served.Contents",
        # What our extension may run by itself, if it is as it was shipped.
        "ServerApp.tornado_settings": {"page_config_data": {"workbenchRuns": path}},
        # Nothing is asked of the network: no news, no look for updates, no list of extensions.
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        # Language servers are looked for by starting programs in the folder that is shown, and who made that?
        "LanguageServerManager.autodetect": False,
        "ServerApp.answer_yes": True,  # one Ctrl-C ends it; what was said of events is on disk
        "ServerApp.log_level": "ERROR",
        "LabApp.log_level": "ERROR",
        "ServerApp.open_browser": browser,
        "KernelManager.transport": _transport(),
        # In a container people are root, and Jupyter refuses them unless told; it listens on this machine alone.
        "ServerApp.allow_root": getattr(os, "geteuid", lambda: 1)() == 0,
    } | ({} if port is None else {"ServerApp.port": port, "ServerApp.port_retries": 0})
    return [f"--{name}={value}" for name, value in told.items()]


def _transport() -> str:
    """Sockets in the file system where their paths are not too long for it: no open port, nothing to listen to."""
    from jupyter_core.paths import jupyter_runtime_dir

    return "ipc" if os.name == "posix" and len(os.fsencode(jupyter_runtime_dir())) < 50 else "tcp"


def workspace(incident: Path) -> str:
    """The name of an incident's own workspace: its folder's name for people, a hash of its path to tell two apart."""
    named = re.sub(r"[^A-Za-z0-9]+", "-", incident.name).strip("-").lower()[:40]
    return f"{named}-{sha256(os.fsencode(incident)).hexdigest()[:6]}".lstrip("-")
