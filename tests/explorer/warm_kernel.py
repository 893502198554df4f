"""The kernels of the browser tests are forked from a process that has imported all of the workbench.

python warm_kernel.py SOCKET
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

import workbench
from workbench import kernels


def kernelspec(address: str) -> str:
    """The ``kernel.json`` of a kernel that is asked for at this socket."""
    spec = {"display_name": "Python 3", "language": "python", "metadata": {"debugger": False}}
    return json.dumps(spec | {"argv": kernels.command(address)})


def imported() -> None:
    """All of the workbench: most of it is imported where it is needed."""
    for module in pkgutil.walk_packages(workbench.__path__, "workbench."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    sys.path[0] = ""


if __name__ == "__main__":
    kernels.served(sys.argv[1], imported)
