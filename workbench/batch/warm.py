"""Reports in processes of their own, each forked from one that has imported everything and has done nothing else.

A process that has worked with polars or drawn a chart has threads, and a fork of it would hang: the warm one only
imports. Where a system cannot fork, each process is started anew, which is slower and otherwise the same.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from workbench.batch.order import Made, Order
from workbench.export.drawing import draw_beside, draws
from workbench.safe_path import safe_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.process import BaseProcess

LONGEST = 900.0  # seconds for one report
_PRELOADED = "workbench.batch.imported"


@dataclass(slots=True)
class _Running:
    process: BaseProcess
    order: Order
    began: float
    drawer: Connection


def made_warm(orders: Sequence[Order], jobs: int, *, longest: float = LONGEST) -> Iterator[Made]:
    """Each report as it is done, ``jobs`` at a time; a process that dies or takes too long is one report's problem."""
    context = _context()
    waiting = deque(orders)
    running: dict[Connection, _Running] = {}
    drawers = [_drawer(context) for _ in range(min(jobs, len(orders)))]  # ends when this process lets go of it
    try:
        while waiting or running:
            while waiting and drawers:
                end, started = _start(context, waiting.popleft(), drawers.pop())
                running[end] = started
            for end in [end for end, one in running.items() if time.monotonic() - one.began > longest]:
                running[end].drawer.close()
                drawers.append(_drawer(context))  # the old one may hang on what this report wanted
                yield _late(end, running.pop(end), longest)
            for ready in wait(list(running), timeout=1.0):
                assert isinstance(ready, Connection)
                drawers.append(running[ready].drawer)
                yield _finished(ready, running.pop(ready))
    finally:
        for one in running.values():
            one.process.kill()


def _context() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_PRELOADED])
    return context


def _drawer(context: Any) -> Connection:
    """The way to a process that draws charts, for one report after another."""
    ours: Connection
    ours, theirs = context.Pipe()
    with safe_path():
        context.Process(target=draws, args=(theirs,), daemon=True).start()
    theirs.close()
    return ours


def _start(context: Any, order: Order, drawer: Connection) -> tuple[Connection, _Running]:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(order, sender, drawer), daemon=False)
    with safe_path():
        process.start()
    sender.close()
    return receiver, _Running(process, order, time.monotonic(), drawer)


def _run(order: Order, sender: Connection, drawer: Connection) -> None:
    """In the process of its own."""
    from workbench.batch.made import make

    draw_beside(drawer)
    os.chdir(order.folder)
    sender.send(make(order))
    sender.close()


def _finished(end: Connection, one: _Running) -> Made:
    try:
        found = end.recv()
    except EOFError:
        one.process.join()
        why = f"its process ended with status {one.process.exitcode}: too little memory, or a fault of a library"
        found = Made(folder=one.order.folder, seconds=time.monotonic() - one.began, why=why)
    end.close()
    one.process.join()
    assert isinstance(found, Made)
    return found


def _late(end: Connection, one: _Running, longest: float) -> Made:
    one.process.kill()
    one.process.join()
    end.close()
    return Made(folder=one.order.folder, seconds=longest, why=f"it was not done after {longest:.0f} s, and was stopped")
