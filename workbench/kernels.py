"""The kernel that runs our notebooks: this very interpreter, over local sockets, whatever kernels are installed."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager


class OwnKernel(AsyncKernelManager):
    """A kernel manager that needs no installed kernelspec: a wheel in any environment runs its own Python."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if sys.platform != "win32":
            self.transport = "ipc"

    @property
    def kernel_spec(self) -> KernelSpec:
        """Always ours."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")
