"""Forked kernels: each in the folder and the environment of who asked, and gone when that is.

What would be a kernel here only writes down where it is: the real ones run in the tests of batches and of the explorer.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbench import kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(not kernels.possible(), reason="no fork, or no sockets in the file system")
_PATIENCE = 30.0


def told(arguments: list[str]) -> None:
    """In place of a kernel: writes down where it is, who it is, and that it was interrupted; then waits."""
    file = Path(arguments[1])
    facts = {"pid": os.getpid(), "folder": str(Path.cwd()), "word": os.environ.get("WORD"), "interrupts": 0}
    if os.environ.get("STARTS"):
        begun = multiprocessing.get_context("fork").Process(target=file.with_suffix(".child").touch)
        begun.start()
        begun.join(_PATIENCE)
    while True:
        try:
            file.with_suffix(".new").write_text(json.dumps(facts))
            file.with_suffix(".new").rename(file)
            if os.environ.get("ENDS"):
                return
            time.sleep(60)
        except KeyboardInterrupt:
            facts["interrupts"] += 1


def stand_in() -> None:
    """In the process that is forked: what it launches is no kernel."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance = told


def serve(address: str) -> None:
    """The process that forks."""
    kernels.served(address, stand_in)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where kernels can be asked for."""
    place = tmp_path / "kernels"
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(str(place),), daemon=True)
    process.start()
    wait_for(place.exists)
    yield str(place)
    process.kill()
    process.join()


def wait_for(true: Callable[[], Any]) -> None:
    """Until it is so; fails where it never is."""
    until = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < until, "it never was"
        time.sleep(0.02)


def asked(address: str, file: Path, **environment: str) -> subprocess.Popen:
    """What Jupyter starts, in the folder of the file."""
    argv = [str(file) if each == "{connection_file}" else each for each in kernels.command(address)]
    return subprocess.Popen(argv, cwd=file.parent, env={"PATH": os.environ["PATH"], **environment})


def facts(file: Path) -> dict[str, Any]:
    """What the kernel wrote down."""
    wait_for(file.exists)
    return json.loads(file.read_text())


def lives(pid: int) -> bool:
    """Whether a process is there; nobody has to wait for one that has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_kernel_is_a_process_of_its_own_where_it_was_asked_for(address, tmp_path) -> None:
    """Two have their folder and their environment each; when who asked is killed, it ends."""
    files = [tmp_path / name / "connection.json" for name in ("one", "two")]
    for file in files:
        file.parent.mkdir()
    stubs = [asked(address, file, WORD=file.parent.name) for file in files]
    found = [facts(file) for file in files]
    assert [each["folder"] for each in found] == [str(file.parent) for file in files]
    assert [each["word"] for each in found] == ["one", "two"]
    assert len({os.getpid(), *(each["pid"] for each in found), *(stub.pid for stub in stubs)}) == 5
    for stub, each in zip(stubs, found, strict=True):
        stub.kill()
        stub.wait(_PATIENCE)
        wait_for(lambda each=each: not lives(each["pid"]))


def test_signals_reach_the_kernel_and_its_end_is_the_end_of_who_asked(address, tmp_path) -> None:
    """An interrupt interrupts it, and SIGTERM ends both."""
    file = tmp_path / "connection.json"
    stub = asked(address, file)
    pid = facts(file)["pid"]
    stub.send_signal(signal.SIGINT)
    wait_for(lambda: facts(file)["interrupts"] == 1)
    assert stub.poll() is None
    stub.terminate()
    stub.wait(_PATIENCE)
    wait_for(lambda: not lives(pid))


def test_a_kernel_that_ends_by_itself_ends_who_asked(address, tmp_path) -> None:
    """Else Jupyter would believe that it still runs."""
    stub = asked(address, tmp_path / "connection.json", ENDS="1")
    assert stub.wait(_PATIENCE) == 0


def test_cells_of_a_forked_kernel_may_start_processes(address, tmp_path) -> None:
    """Though the process that was forked is a daemon's, which may not."""
    stub = asked(address, tmp_path / "connection.json", STARTS="1")
    wait_for((tmp_path / "connection.child").exists)
    stub.terminate()
    stub.wait(_PATIENCE)


def test_where_nobody_forks_a_kernel_is_started_as_ever(tmp_path) -> None:
    """The process that forks is gone: what was asked for is launched, in the same process."""
    argv = [*kernels.command(str(tmp_path / "nobody"))[:-2], "--version"]
    found = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE, check=True, cwd=tmp_path)
    assert found.stdout.strip()[0].isdigit()
