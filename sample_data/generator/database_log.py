"""db-1/syslog: the database host's syslog, in UTC but without year or zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import clock
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Line = tuple[int, str]

_LIMIT_RAISED = clock.at("14:22:01")
_ROLE_FULL = 'FATAL:  too many connections for role "orders_app"'
_SLOW_QUERY = "SELECT id FROM orders WHERE state = $1"
_SLOTS = "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute"
_CLIENTS = "FATAL:  sorry, too many clients already"


def syslog() -> str:
    """The host's lines in order; one stands for three that the daemon folded."""
    draw = Draw("database log")
    lines = sorted([*_background(draw), *_refusals(draw), *_change()])
    texts = [_stamped(at_ms, text) for at_ms, text in lines]
    return "\n".join(_folded(texts)) + "\n"


def _stamped(at_ms: int, text: str) -> str:
    when = clock.from_ms(at_ms)
    return f"{when:%b} {when.day:2d} {when:%H:%M:%S} db-1 {text}"


def _every(draw: Draw, seconds: int, text: Callable[[Draw], str]) -> Iterator[Line]:
    """A line about this often, at uneven times."""
    end = clock.ms(clock.LOGS_TO)
    ts = clock.ms(clock.LOGS_FROM) + draw.whole(0, seconds * 1000)
    while ts < end:
        yield ts, text(draw)
        ts += draw.whole(seconds * 400, seconds * 1600)


def _background(draw: Draw) -> Iterator[Line]:
    yield from _every(draw, 60, lambda d: f"CRON[{d.whole(2000, 9999)}]: (root) CMD (/usr/lib/sysstat/sa1 1 1)")
    yield from _every(draw, 75, _login)
    yield from _every(draw, 300, _checkpoint)
    yield from _every(draw, 110, _slow)
    yield from _every(draw, 420, lambda _: "systemd[1]: Starting sysstat-collect.service...")


def _login(draw: Draw) -> str:
    port, pid = draw.whole(32768, 60999), draw.whole(2000, 9999)
    origin = f"10.20.4.{draw.whole(2, 30)} port {port}"
    return f"sshd[{pid}]: Accepted publickey for deploy from {origin} ssh2"


def _checkpoint(draw: Draw) -> str:
    return f"postgres[812]: LOG:  checkpoint complete: wrote {draw.whole(180, 990)} buffers"


def _slow(draw: Draw) -> str:
    took = draw.whole(210_000, 990_000) / 1000
    program = f"postgres[{draw.whole(3000, 3090)}]"
    return f"{program}: LOG:  duration: {took:.3f} ms  statement: {_SLOW_QUERY}"


def _refusals(draw: Draw) -> Iterator[Line]:
    """While the pools are full, whoever asks for one connection more is refused."""
    ts = clock.ms(clock.ONSET) + 9000
    while ts < clock.ms(_LIMIT_RAISED):
        text = draw.pick((_ROLE_FULL, _ROLE_FULL, _ROLE_FULL, _SLOTS, _CLIENTS))
        yield ts, f"postgres[{draw.whole(3100, 3990)}]: {text}"
        ts += draw.whole(4000, 18_000)


def _change() -> Iterator[Line]:
    """What the responders did on this host just before the pools were raised."""
    yield (
        clock.ms(clock.at("14:21:48")),
        "systemd[1]: Stopped report-worker.service - Report workers.",
    )
    yield (
        clock.ms(_LIMIT_RAISED),
        "postgres[3402]: LOG:  statement: ALTER ROLE orders_app CONNECTION LIMIT 200",
    )


def _folded(texts: list[str]) -> list[str]:
    """Put rsyslog's own shorthand after one of the refusals."""
    place = next(i for i, text in enumerate(texts) if "14:10:" in text and "FATAL" in text)
    stamp, _, tail = texts[place].partition(" db-1 ")
    program, _, message = tail.partition(": ")
    repeated = f"{stamp} db-1 {program}: message repeated 3 times: [ {message}]"
    return [*texts[: place + 1], repeated, *texts[place + 1 :]]
