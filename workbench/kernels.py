"""Kernels that are there at once: forked from a process that has imported what they need, and has done nothing else.

A kernel otherwise reads the same modules for each notebook, which is most of what one waits for. What Jupyter starts in
its place (``command``) asks that process (``served``) for a kernel over a socket in the file system, hands its signals
on, and lives as long as the kernel: whoever ends first, the other one ends too. Each kernel is a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from importlib import import_module
from multiprocessing.connection import wait
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
    """Forks a kernel for each that asks, as long as the process lives that started this one as its own.

    ``prepare`` imports what the kernels need, and begins no thread.
    """
    import_module("ipykernel.kernelapp")  # here, so that the kernels have it
    prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel that has ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started all this
    parent = multiprocessing.parent_process()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{address}.new")
        listening.listen()
        Path(f"{address}.new").rename(address)  # where it is, it answers
        while True:
            if parent is not None and parent.sentinel in wait([listening, parent.sentinel]):
                return
            asking, _ = listening.accept()
            _forked(listening, asking)
            asking.close()


def _forked(listening: socket.socket, asking: socket.socket) -> None:
    try:
        child = os.fork()
    except OSError:  # no memory, too many processes: who asked starts a kernel without us
        return
    if child == 0:
        listening.close()
        _become(asking)


def _become(asking: socket.socket) -> None:
    """This process is the kernel that was asked for, in the folder and the environment of who asked."""
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with asking.makefile("rb") as lines:
        wanted = json.loads(lines.readline())
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # it would print there how others can connect
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    multiprocessing.current_process().daemon = False  # cells may start processes; a daemon's fork may not
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # else all kernels draw the same numbers
    asking.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=_outlived, args=(asking,), daemon=True).start()
    IPKernelApp.launch_instance(wanted["arguments"])
    os._exit(0)


def _outlived(asking: socket.socket) -> None:
    """Ends the kernel with the process that asked for it."""
    asking.recv(1)
    os._exit(1)


def _asked(address: str, arguments: Sequence[str]) -> None:
    """Asks for a kernel, hands on the signals that this process gets, and ends with it or with who started this."""
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as asking:
        kernel = _answer(asking, address, arguments)
        if kernel is None:
            alone = [sys.executable, "-P", "-m", "ipykernel_launcher", *arguments]
            os.execv(sys.executable, alone)  # noqa: S606 - our own interpreter, with what Jupyter gave this one
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda got, _frame: os.kill(kernel, got))
        asking.settimeout(1.0)
        while os.getppid() == parent:
            with contextlib.suppress(TimeoutError):
                if not asking.recv(1):
                    break


def _answer(asking: socket.socket, address: str, arguments: Sequence[str]) -> int | None:
    """The kernel's process; None where nobody gives one."""
    wanted = {"folder": str(Path.cwd()), "environment": dict(os.environ), "arguments": list(arguments)}
    try:
        asking.connect(address)
        asking.sendall(json.dumps(wanted).encode() + b"\n")
        line = asking.makefile("rb").readline()
    except OSError:
        return None
    return int(line) if line else None


if __name__ == "__main__":
    _asked(sys.argv[1], sys.argv[2:])
