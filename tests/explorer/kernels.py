"""Real kernels with the explorer of an incident, asked over their sockets as a browser would: they can be killed."""

from __future__ import annotations

import os
import queue
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager
from lab_server import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOW = """
import os
import workbench as wb
widget = wb.show(wb.open_postmortem({folder!r}))
print(os.getpid(), widget.comm.comm_id)
"""
PATIENCE = 120  # seconds


class Asked:
    """A kernel with an explorer in it."""

    def __init__(self, manager: KernelManager, folder: Path) -> None:
        self._client = manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=PATIENCE)
        self.pid, self._comm = self._begun(folder)

    def _begun(self, folder: Path) -> tuple[int, str]:
        asked = self._client.execute(SHOW.format(folder=str(folder)))
        while True:
            message = self._client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                pid, comm = message["content"]["text"].split()
                return int(pid), comm

    def send(self, op: str, **message: Any) -> None:
        """Asks, and does not wait."""
        content = {
            "comm_id": self._comm,
            "data": {"method": "custom", "content": {"op": op, "seq": message.get("id"), **message}},
        }
        self._client.shell_channel.send(self._client.session.msg("comm_msg", content))

    def heard(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None where none comes in time. That files have changed is none."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                message = self._client.get_iopub_msg(timeout=left)
            except queue.Empty:
                return None
            data = message["content"].get("data", {}) if message["msg_type"] == "comm_msg" else {}
            if data.get("method") == "custom" and data["content"]["op"] != "changed":
                found: dict[str, Any] = data["content"]
                return found
        return None

    def ask(self, op: str, **message: Any) -> dict[str, Any]:
        """Asks, and waits for the answer."""
        self.send(op, **message)
        answer = self.heard(PATIENCE)
        assert answer is not None, f"no answer to {op}"
        return answer

    def kill(self) -> None:
        """As a power cut would, as far as a process can be: nothing is written any more."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def kernel(folder: Path, home: Path) -> Iterator[Asked]:
    """A kernel with the incident's explorer; gone at the end, if it was not before."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)}
    manager = KernelManager(kernel_name="python3")
    manager.connection_file = str(home / f"kernel-{time.monotonic_ns()}.json")
    manager.start_kernel(env=environment)
    asked = Asked(manager, folder)
    try:
        yield asked
    finally:
        asked._client.stop_channels()
        manager.shutdown_kernel(now=True)
