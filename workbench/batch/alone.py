"""One report in a fresh process of this interpreter, for places whose own processes may have no children."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time

from workbench.batch.order import Made, Order
from workbench.batch.warm import LONGEST


def made_alone(order: Order) -> Made:
    """The report, or why there is none."""
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "workbench.batch.alone"]
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter
            command, input=pickle.dumps(order), capture_output=True, timeout=LONGEST, check=False
        )
        found = pickle.loads(ended.stdout)  # noqa: S301 - from our own process
        assert isinstance(found, Made)
    except subprocess.TimeoutExpired:
        why = f"it was not done after {LONGEST:.0f} s, and was stopped"
        return Made(folder=order.folder, seconds=LONGEST, why=why)
    except (EOFError, pickle.UnpicklingError):
        why = f"its process ended with status {ended.returncode}: too little memory, or a fault of a library"
        return Made(folder=order.folder, seconds=time.monotonic() - began, why=why)
    return found


def main() -> None:
    """In the process of its own: an order comes in, what was made goes out."""
    from workbench.batch.made import make

    order = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own process
    out = sys.stdout.buffer
    sys.stdout = sys.stderr
    out.write(pickle.dumps(make(order)))
    out.flush()


if __name__ == "__main__":
    main()
