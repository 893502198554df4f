"""Reports in processes of their own, each forked from one that has imported everything and has done nothing else.

A process that has worked with polars or drawn a chart has threads, and a fork of it would hang: the warm one only
imports. Where a system cannot fork, each process is started anew, which is slower and otherwise the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections import deque
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from workbench import kernels
from workbench.batch.order import Made, Order
from workbench.export.drawing import draw_beside, draws, is_beside
from workbench.notebook import kernels_at
from workbench.safe_path import safe_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.process import BaseProcess

LONGEST = 900.0  # seconds for one report
_PATIENCE = 20.0  # seconds until kernels can be asked for
_PRELOADED, _PRELOADED_KERNELS = "workbench.batch.imported", "workbench.batch.imported_kernels"


@dataclass(slots=True)
class _Drawer:
    """A process that draws charts, and the way to it."""

    process: BaseProcess
    end: Connection

    def stop(self) -> None:
        self.end.close()
        self.process.kill()
        self.process.join()


@dataclass(slots=True)
class _Running:
    process: BaseProcess
    order: Order
    began: float
    drawer: _Drawer


def made_warm(orders: Sequence[Order], jobs: int, *, longest: float = LONGEST) -> Iterator[Made]:
    """Each report as it is done, ``jobs`` at a time; a process that dies or takes too long is one report's problem."""
    from workbench.publication import own_notebook

    own = kernels.possible() and any(own_notebook(one.folder) for one in orders)
    context = _context([_PRELOADED, *([_PRELOADED_KERNELS] if own else [])])
    with _kernels(context) if own else nullcontext("") as address:
        yield from _each(context, orders, jobs, longest, address)


def _each(context: Any, orders: Sequence[Order], jobs: int, longest: float, address: str) -> Iterator[Made]:
    waiting = deque(orders)
    running: dict[Connection, _Running] = {}
    drawers = [_drawer(context) for _ in range(min(jobs, len(orders)))]
    try:
        while waiting or running:
            while waiting and drawers:
                end, started = _start(context, waiting.popleft(), drawers.pop(), address)
                running[end] = started
            for end in [end for end, one in running.items() if time.monotonic() - one.began > longest]:
                late = running.pop(end)
                drawers.append(_drawer(context, instead=late.drawer))  # it may hang on what this report wanted
                yield _late(end, late, longest)
            for ready in wait(list(running), timeout=1.0):
                assert isinstance(ready, Connection)
                one = running.pop(ready)
                made, draws_on = _finished(ready, one)
                drawers.append(one.drawer if draws_on else _drawer(context, instead=one.drawer))
                yield made
    finally:
        for one in running.values():
            one.process.kill()
        for drawer in (*drawers, *(one.drawer for one in running.values())):
            drawer.stop()


def _context(preloaded: list[str]) -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded)
    return context


@contextmanager
def _kernels(context: Any) -> Iterator[str]:
    """Where kernels are asked for; empty where the process that forks them did not come up."""
    with tempfile.TemporaryDirectory(prefix="pmw-") as place:
        address = Path(place) / "kernels"
        with safe_path():
            server = context.Process(target=_serve_kernels, args=(str(address),), daemon=True)
            server.start()
        until = time.monotonic() + _PATIENCE
        while not address.exists() and server.is_alive() and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield str(address) if address.exists() else ""
        finally:
            server.kill()
            server.join()


def _serve_kernels(address: str) -> None:
    kernels.served(address, lambda: None)  # this process was forked from one that has imported everything


def _drawer(context: Any, *, instead: _Drawer | None = None) -> _Drawer:
    """A process that draws charts, for one report after another; ``instead`` of one that may have lost its place."""
    if instead is not None:
        instead.stop()
    ours, theirs = context.Pipe()
    process = context.Process(target=_draw, args=(theirs,), daemon=True)
    with safe_path():
        process.start()
    theirs.close()
    return _Drawer(process, ours)


def _draw(end: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started all this
    draws(end)


def _start(context: Any, order: Order, drawer: _Drawer, address: str) -> tuple[Connection, _Running]:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(order, sender, drawer.end, address), daemon=False)
    with safe_path():
        process.start()
    sender.close()
    return receiver, _Running(process, order, time.monotonic(), drawer)


def _run(order: Order, sender: Connection, drawer: Connection, address: str) -> None:
    """In the process of its own."""
    from workbench.batch.made import make

    Thread(target=_outlived, daemon=True).start()
    draw_beside(drawer)
    kernels_at(address)
    os.chdir(order.folder)
    sender.send((make(order), is_beside()))
    sender.close()


def _outlived() -> None:
    """Ends this process with the one that wants its report: nobody else would end a cell that never does."""
    if (parent := multiprocessing.parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


def _finished(end: Connection, one: _Running) -> tuple[Made, bool]:
    """What was made, and whether the process that drew for it can draw on."""
    draws_on = False
    try:
        found, draws_on = end.recv()
    except EOFError:
        one.process.join()
        why = f"its process ended with status {one.process.exitcode}: too little memory, or a fault of a library"
        found = Made(folder=one.order.folder, seconds=time.monotonic() - one.began, why=why)
    end.close()
    one.process.join()
    assert isinstance(found, Made)
    return found, draws_on


def _late(end: Connection, one: _Running, longest: float) -> Made:
    one.process.kill()
    one.process.join()
    end.close()
    return Made(folder=one.order.folder, seconds=longest, why=f"it was not done after {longest:.0f} s, and was stopped")
