"""app-1/app.jsonl and orders-1/orders.log: what the services wrote about the same requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generator import clock, pool
from generator.draw import Draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.traffic import Request

Dated = tuple[int, str]
ORDERS_1_AHEAD_MS = 41_300  # nobody had looked after this host's clock

_STACK = (
    "org.springframework.jdbc.CannotGetJdbcConnectionException: Failed to obtain JDBC Connection",
    "\tat org.springframework.jdbc.core.JdbcTemplate.execute(JdbcTemplate.java:371)",
    "\tat com.shop.orders.{repository}",
    "\tat com.shop.orders.OrderController.{handler}",
    f"Caused by: {pool.EXCEPTION}: {{complaint}}",
    "\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)",
    "\t... 12 more",
)
_FRAMES = {
    "/v1/orders": ("OrderRepository.find(OrderRepository.java:88)",
                   "list(OrderController.java:54)"),
    "/v1/cart": ("CartRepository.save(CartRepository.java:41)", "cart(OrderController.java:97)"),
    "/v1/checkout": ("OrderRepository.save(OrderRepository.java:63)",
                     "place(OrderController.java:121)"),
}  # fmt: skip
_RESTART = (
    ("14:22:02.114", "com.shop.orders.ConfigWatcher", "configuration changed, pool restarts"),
    ("14:22:03.871", "com.zaxxer.hikari.HikariDataSource", "HikariPool-1 - Shutdown completed."),
    ("14:22:04.406", "com.zaxxer.hikari.HikariDataSource", "HikariPool-2 - Starting..."),
    ("14:22:05.020", "com.zaxxer.hikari.HikariDataSource", "HikariPool-2 - Start completed."),
    ("14:22:05.033", "com.shop.orders.ConfigWatcher", "orders-db pool: maximumPoolSize 20 -> 60"),
)


def app_log(requests: Sequence[Request]) -> str:
    """JSON lines of the gateway: every error, one in twenty of the rest, two broken lines."""
    draw = Draw("app log")
    entries = [_entry(draw, request) for request in requests if request.status >= 500 or draw.chance(0.05)]
    lines = [line for _, line in sorted(entries)]
    lines.insert(len(lines) // 4, "--- app.jsonl rotated, continued from app.jsonl.1 ---")
    half = 3 * len(lines) // 4
    lines.insert(half, lines[half][:61])
    return "\n".join(lines) + "\n"


def _entry(draw: Draw, request: Request) -> Dated:
    failed = request.status >= 500
    ts = request.end_ms - draw.whole(1, 9) if failed else request.start_ms + draw.whole(1, 9)
    record = {
        "ts": ts,
        "level": "ERROR" if failed else "INFO",
        "service": request.service,
        "host": "app-1",
        "msg": _said(request) if failed else f"{request.method} {request.path}",
        "request_id": request.rid,
        "trace_id": request.trace,
    }
    return ts, json.dumps(record, separators=(",", ":"))


def _said(request: Request) -> str:
    return f"{request.path} answered {request.status} after {request.took_ms} ms"


def orders_log(requests: Sequence[Request]) -> str:
    """The log of one of three orders-api hosts, in its local time and without a zone."""
    draw = Draw("orders log")
    here = [r for r in requests if r.service in ("orders-api", "checkout-api") and r.pod == 1]
    entries = [*_failures(draw, here), *_successes(draw, here), *_pool(draw), *_restart()]
    return "\n".join(text for _, text in sorted(entries)) + "\n"


def _head(at_ms: int, level: str, thread: str, logger: str) -> str:
    shown = at_ms + ORDERS_1_AHEAD_MS
    when = clock.from_ms(shown).astimezone(clock.NEW_YORK)
    return f"{when:%Y-%m-%d %H:%M:%S},{shown % 1000:03d} {level:<5} [{thread}] {logger} -"


def _controller(draw: Draw, at_ms: int, level: str) -> str:
    thread = f"http-nio-8080-exec-{draw.whole(1, 60)}"
    return _head(at_ms, level, thread, "com.shop.orders.OrderController")


def _failures(draw: Draw, here: Sequence[Request]) -> Iterator[Dated]:
    for request in here:
        if request.failed:
            ts = request.end_ms - draw.whole(10, 18)
            head = _controller(draw, ts, "ERROR")
            yield ts, f"{head} rid={request.rid} no connection to orders-db\n{_stack(request)}"


def _stack(request: Request) -> str:
    repository, handler = _FRAMES[request.path]
    complaint = pool.complaint(request.end_ms)
    return "\n".join(_STACK).format(repository=repository, handler=handler, complaint=complaint)


def _successes(draw: Draw, here: Sequence[Request]) -> Iterator[Dated]:
    for request in here:
        if request.status == 200 and draw.chance(0.13):
            ts = request.end_ms - draw.whole(10, 18)
            head = _controller(draw, ts, "INFO")
            yield ts, f"{head} rid={request.rid} {request.method} {request.path} ok"


def _pool(draw: Draw) -> Iterator[Dated]:
    """The pool's own count, each half minute."""
    for ts in range(clock.ms(clock.LOGS_FROM) + 11_407, clock.ms(clock.LOGS_TO), 30_000):
        total, active, waiting = pool.state(draw, ts)
        head = _head(ts, "DEBUG", "HikariPool housekeeper", "com.zaxxer.hikari.pool.HikariPool")
        counts = f"total={total}, active={active}, idle={total - active}, waiting={waiting}"
        yield ts, f"{head} Pool stats ({counts})"


def _restart() -> Iterator[Dated]:
    for when, logger, text in _RESTART:
        ts = clock.ms(clock.at(when))
        yield ts, f"{_head(ts, 'INFO', 'config-watcher', logger)} {text}"
