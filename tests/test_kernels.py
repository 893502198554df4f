"""Kernels that are forked: each is a process of its own that ends with who asked for it, and the other way round."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from workbench import kernels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(not kernels.possible(), reason="there is no fork here")
client = pytest.importorskip("jupyter_client")
SERVED = "import sys; from workbench import kernels; kernels.served(sys.argv[1], lambda: None)"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where kernels are asked for."""
    place = tmp_path / "kernels"
    with subprocess.Popen([sys.executable, "-c", SERVED, str(place)]) as server:
        until(place.exists)
        yield str(place)
        server.kill()


def until(there: Any, seconds: float = 30) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def started(address: str, folder: Path, name: str) -> tuple[subprocess.Popen[bytes], int]:
    """A kernel that works in a folder: who asked for it, and its process."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.json"
    command = [part.format(connection_file=file) for part in kernels.command(address)]
    asked = subprocess.Popen(command, cwd=folder, env={**os.environ, "NAMED": name})
    until(file.exists)
    talk = client.BlockingKernelClient(connection_file=str(file))
    talk.load_connection_file()
    talk.start_channels()
    talk.wait_for_ready(timeout=30)
    talk.execute("import os; open(os.environ['NAMED'], 'w').write(f'{os.getpid()}')", reply=True, timeout=30)
    talk.stop_channels()
    return asked, int((folder / name).read_text())


def lives(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_kernel_has_the_folder_and_environment_of_who_asked_and_ends_with_it(address, tmp_path) -> None:
    """The other kernel goes on, until its own process is killed: then who asked for it ends."""
    first, one = started(address, tmp_path / "a", "one")
    second, two = started(address, tmp_path / "b", "two")
    assert len({one, two, first.pid, second.pid}) == 4
    first.kill()
    first.wait()
    until(lambda: not lives(one))
    assert lives(two)
    os.kill(two, signal.SIGKILL)
    assert second.wait(timeout=30) == 0
