"""A kernel of the browser tests that starts at once: forked from a process that has imported what all of them import.

A kernel would otherwise read the same modules for each of the hundred tests, which is most of what one waits for. What
Jupyter starts in its place (``python warm_kernel.py SOCKET -f FILE``) asks that process (``python warm_kernel.py SOCKET
--serve``) for a kernel, and lives as long as this does: whoever dies first, the other one ends too.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
from pathlib import Path

KERNELSPEC = {"display_name": "Python 3", "language": "python", "metadata": {"debugger": False}}


def kernelspec(address: str) -> str:
    """The ``kernel.json`` of a kernel that is asked for at this socket."""
    argv = [sys.executable, "-I", "-S", __file__, address, "-f", "{connection_file}"]
    return json.dumps(KERNELSPEC | {"argv": argv})


def served(address: str) -> None:
    """Forks a kernel for each that asks."""
    import workbench

    for module in pkgutil.walk_packages(workbench.__path__, "workbench."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # most are imported where they are needed
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel that has ended
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                become(asking)
            asking.close()


def become(asking: socket.socket) -> None:
    """This process is the kernel that was asked for, in the folder and the environment of who asked."""
    from ipykernel.kernelapp import IPKernelApp

    with asking.makefile("rb") as lines:
        wanted = json.loads(lines.readline())
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.setsid()
    sys.path[0] = ""
    asking.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=outlived, args=(asking,), daemon=True).start()
    IPKernelApp.launch_instance(wanted["arguments"])
    os._exit(0)


def outlived(asking: socket.socket) -> None:
    """Ends the kernel with the process that asked for it."""
    asking.recv(1)
    os._exit(1)


def asked(address: str, arguments: list[str]) -> None:
    """Asks for a kernel, hands on the signals that this process gets, and ends with it."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(address)
        wanted = {"folder": str(Path.cwd()), "environment": dict(os.environ), "arguments": arguments}
        asking.sendall(json.dumps(wanted).encode() + b"\n")
        kernel = int(asking.makefile("rb").readline())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: os.kill(kernel, number))
        while asking.recv(1):
            pass


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    if rest == ["--serve"]:
        served(place)
    else:
        asked(place, rest)
