"""Charts from Vega-Lite to SVG and PNG: in this process, or by one beside it in which the drawing machine runs already.

The machine (V8) takes longer to start than to draw what a report has, and a process that has started it cannot be
forked. A batch therefore has processes that do nothing but draw, and lends one to each report. What they give is what
this process would draw; where one does not answer, this process draws.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pickle import UnpicklingError
from typing import TYPE_CHECKING

from workbench.errors import ReportError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PATIENCE = 30.0  # seconds until the other process is given up


@dataclass(slots=True)
class _Beside:
    """The way to the other process, where there is one."""

    end: Connection | None = None


_BESIDE = _Beside()


def draw_beside(end: Connection) -> None:
    """From now on the process at the other end draws for this one."""
    _BESIDE.end = end


def is_beside() -> bool:
    """Whether the other process answered all that was asked of it: then it can draw for others."""
    return _BESIDE.end is not None


def draws(end: Connection) -> None:
    """Draws for others until they are gone; in a process of its own."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            ticket, spec, scale = end.recv()
            drawn: tuple[bytes, str]
            try:
                drawn = (_machine(spec, scale), "")
            except ReportError as problem:
                drawn = (b"", problem.what)
            end.send((ticket, *drawn))


def svg(spec: str) -> str:
    """The chart of a specification (JSON) as SVG; raises ReportError where it cannot be drawn."""
    return _drawn(spec, 0).decode()


def png(spec: str, scale: float) -> bytes:
    """The chart as PNG, so many pixels a point; raises ReportError where it cannot be drawn."""
    return _drawn(spec, scale)


@lru_cache(maxsize=64)
def _drawn(spec: str, scale: float) -> bytes:
    found = None if _BESIDE.end is None else _asked(_BESIDE.end, spec, scale)
    return _machine(spec, scale) if found is None else found


def _asked(end: Connection, spec: str, scale: float) -> bytes | None:
    """What the other process has drawn; None where it cannot. An answer to who had it before has another ticket."""
    ticket = secrets.token_hex(8)
    with contextlib.suppress(EOFError, OSError, UnpicklingError, TypeError, ValueError):  # gone, or out of step
        end.send((ticket, spec, scale))
        while end.poll(_PATIENCE):
            answered, drawn, problem = end.recv()
            if answered == ticket:
                return None if problem else bytes(drawn)
    _BESIDE.end = None
    return None


def _machine(spec: str, scale: float) -> bytes:
    import vl_convert

    try:
        if not scale:
            return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])).encode()
        return bytes(vl_convert.vegalite_to_png(spec, scale=scale, allowed_base_urls=[]))
    except Exception as problem:
        first = (str(problem).strip().splitlines() or ["no reason given"])[0]
        raise ReportError(
            f"a chart in the notebook cannot be drawn ({first[:200]})", next_step="Mend or take out its cell."
        ) from problem
