"""Kernels that are there at once: forked from a process that has imported what they need, and has done nothing else.

A kernel otherwise reads the same modules for each notebook, which is most of what one waits for. What Jupyter starts in
its place (``command``) asks that process (``served``) for a kernel over a socket in the file system, hands its signals
on, and lives as long as the kernel: whoever ends first, the other one ends too. Each kernel is a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def command(address: str) -> list[str]:
    """What starts a kernel that is asked for at this address; as in a kernelspec's ``argv``.

    It imports nothing but the standard library, and no file beside the notebook can stand in for a module of that.
    """
    return [sys.executable, "-I", "-S", __file__, address, "-f", "{connection_file}"]


def possible() -> bool:
    """Whether processes can be forked here, and sockets lie in the file system."""
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX")


def served(address: str, prepare: Callable[[], object]) -> None:
    """Forks a kernel for each that asks; ``prepare`` imports what they need, and begins no thread."""
    import ipykernel.kernelapp  # noqa: F401 - for the kernels

    prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel that has ended
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _become(asking)
            asking.close()


def _become(asking: socket.socket) -> None:
    """This process is the kernel that was asked for, in the folder and the environment of who asked."""
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with asking.makefile("rb") as lines:
        wanted = json.loads(lines.readline())
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # it would print there how others can connect
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    asking.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=_outlived, args=(asking,), daemon=True).start()
    IPKernelApp.launch_instance(wanted["arguments"])
    os._exit(0)


def _outlived(asking: socket.socket) -> None:
    """Ends the kernel with the process that asked for it."""
    asking.recv(1)
    os._exit(1)


def _asked(address: str, arguments: Sequence[str]) -> None:
    """Asks for a kernel, hands on the signals that this process gets, and ends with it."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(address)
        wanted = {"folder": str(Path.cwd()), "environment": dict(os.environ), "arguments": list(arguments)}
        asking.sendall(json.dumps(wanted).encode() + b"\n")
        kernel = int(asking.makefile("rb").readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda got, _frame: os.kill(kernel, got))
        while asking.recv(1):
            pass


if __name__ == "__main__":
    _asked(sys.argv[1], sys.argv[2:])
