"""Writes the log files that the benchmarks read: four formats, any size, the same bytes for the same seed.

    python benchmarks/generate.py --size-mb 256 --to build/bench

Each line is a time stamp and a body drawn from a pool of some thousands, and carries an id of its own, so that no two
lines are equal. The modification time of a file is the time of its last
event, as a log file has it: that is where readers find the year that syslog does not write.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 2, 3, 6, 0, 0, tzinfo=UTC)
POOL = 4096
SERVICES = ("payments-api", "orders-api", "catalog-api", "auth-api", "edge")
HOSTS = tuple(f"{role}-{number}" for role in ("web", "app", "pay", "db") for number in range(1, 5))
PATHS = ("/api/v1/payments", "/api/v1/orders", "/api/v1/catalog/items", "/login", "/health", "/static/app.js")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "okhttp/4.12.0",
    "kube-probe/1.31",
    "curl/8.5.0",
)
CLASSES = ("PoolManager", "PaymentService", "OrderRepository", "RetryPolicy", "HttpClient", "CardValidator")
SENTENCES = (
    "connection acquired after {n} ms",
    "request finished in {n} ms",
    "retrying call {n} to upstream",
    "timeout after {n} ms waiting for a connection from the pool",
    "cache refreshed with {n} entries",
    "slow query took {n} ms: SELECT id, state FROM orders WHERE customer = $1",
    "rejected token of session {n}: expired",
)

Line = Callable[[random.Random], str]
Stamp = Callable[[datetime], str]
# A body holds one placeholder for its id; a stamp may hold one for the milliseconds.
Format = tuple[str, Stamp, Line, int]


def sentence(rng: random.Random) -> str:
    """One message such as services write, with a number in it."""
    return rng.choice(SENTENCES).format(n=rng.randrange(1, 30_000))


def syslog_body(rng: random.Random) -> str:
    """RFC 3164: host, program, process id, message."""
    return f" {rng.choice(HOSTS)} {rng.choice(SERVICES)}[{rng.randrange(300, 32000)}]: {sentence(rng)} req=%08x\n"


def nginx_line(rng: random.Random) -> str:
    """The combined format, whole: its time stands in the middle."""
    status = rng.choices((200, 201, 304, 404, 500, 502, 504), weights=(80, 5, 5, 4, 2, 2, 2))[0]
    address = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
    request = f"{rng.choice(('GET', 'GET', 'GET', 'POST'))} {rng.choice(PATHS)}?id=%08x HTTP/1.1"
    tail = f'"{request}" {status} {rng.randrange(120, 90_000)} "-" "{rng.choice(AGENTS)}"\n'
    return f"{address} - - [\0] {tail}"


def json_body(rng: random.Random) -> str:
    """One structured record as a JSON logger writes it."""
    level = rng.choices(("info", "debug", "warn", "error"), weights=(80, 10, 6, 4))[0]
    fields = f'"level":"{level}","service":"{rng.choice(SERVICES)}","host":"{rng.choice(HOSTS)}"'
    trace = f'"trace_id":"{rng.randrange(16**16):016x}%08x","duration_ms":{rng.randrange(1, 5000)}'
    return f'{fields},{trace},"message":"{sentence(rng)}"}}\n'


def java_body(rng: random.Random) -> str:
    """A logback line; one in twenty carries a stack trace of up to thirty frames and a cause."""
    thread = f"http-nio-8080-exec-{rng.randrange(1, 64)}"
    failed = rng.random() < 0.05
    level = "ERROR" if failed else rng.choices(("INFO", "DEBUG", "WARN"), weights=(80, 12, 8))[0]
    head = f" {level:<5} [{thread}] com.example.pay.{rng.choice(CLASSES)} - {sentence(rng)} req=%08x\n"
    return head + (stack_trace(rng) if failed else "")


def stack_trace(rng: random.Random) -> str:
    """An exception, its frames and the cause of it."""
    frames = "".join(frame(rng) for _ in range(rng.randrange(8, 30)))
    causes = "".join(frame(rng) for _ in range(rng.randrange(3, 10)))
    exception = "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available"
    cause = "Caused by: java.net.SocketTimeoutException: Read timed out"
    return f"{exception}\n{frames}{cause}\n{causes}\t... {rng.randrange(5, 60)} more\n"


def frame(rng: random.Random) -> str:
    """One `at` line."""
    name = rng.choice(CLASSES)
    return f"\tat com.example.pay.{name}.call{rng.randrange(40)}({name}.java:{rng.randrange(10, 900)})\n"


# Name of the file, how a second is written, what follows it, and mean number of events a second.
FORMATS: dict[str, Format] = {
    "syslog": ("syslog.log", lambda t: f"{t:%b} {t.day:>2} {t:%H:%M:%S}", syslog_body, 60),
    "nginx": ("nginx-access.log", lambda t: f"{t:%d/%b/%Y:%H:%M:%S} +0000", nginx_line, 60),
    "jsonl": ("app.jsonl", lambda t: f'{{"timestamp":"{t:%Y-%m-%dT%H:%M:%S}.%03dZ",', json_body, 60),
    "java": ("payments-java.log", lambda t: f"{t:%Y-%m-%d %H:%M:%S},%03d", java_body, 40),
}


def seconds(rng: random.Random, rate: int) -> Iterator[tuple[datetime, int]]:
    """Each second and how many events fall into it."""
    now = START
    while True:
        yield now, rng.randrange(rate // 2, rate * 3 // 2)
        now += timedelta(seconds=1)


def lines_of_second(stamp: str, bodies: list[str], rng: random.Random) -> Iterator[str]:
    """The events of one second, with their milliseconds where the format writes them, and their ids."""
    count = len(bodies)
    ids = [rng.getrandbits(32) for _ in bodies]
    if "%03d" in stamp:
        step = 1000 / count
        return ((stamp + body) % (int(n * step), i) for n, (body, i) in enumerate(zip(bodies, ids, strict=True)))
    if bodies and "\0" in bodies[0]:
        return (body.replace("\0", stamp) % i for body, i in zip(bodies, ids, strict=True))
    return (stamp + body % i for body, i in zip(bodies, ids, strict=True))


def pool_of(line: Line, rng: random.Random) -> list[str]:
    """The bodies that lines are drawn from; a per cent sign of their own is kept."""
    return [line(rng) for _ in range(POOL)]


def write(path: Path, form: Format, size: int, seed: int) -> int:
    """Writes `size` bytes (rounded up to whole events) and returns what was written."""
    rng = random.Random(f"{seed}:{path.name}")  # noqa: S311 - text for a benchmark, not a secret
    _, stamp, line, rate = form
    pool = pool_of(line, rng)
    written = 0
    with path.open("wb") as out:
        for now, count in seconds(rng, rate):
            block = "".join(lines_of_second(stamp(now), rng.choices(pool, k=count), rng)).encode()
            written += out.write(block)
            if written >= size:
                break
    os.utime(path, (now.timestamp(), now.timestamp()))
    return written


def ensure(folder: Path, name: str, size_mb: int, seed: int = 7) -> Path:
    """The file of this format and size: made once, then used again."""
    path = folder / f"{size_mb}mb" / FORMATS[name][0]
    wanted = size_mb * 1_000_000
    if not path.exists() or path.stat().st_size < wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / "workbench.toml").write_text('[zones]\n"*" = "UTC"\n', encoding="utf-8")
        write(path, FORMATS[name], wanted, seed)
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size-mb", type=int, default=256, help="megabytes of each file (default 256)")
    parser.add_argument("--to", type=Path, default=Path("build/bench"), help="folder (default build/bench)")
    parser.add_argument("--only", nargs="*", choices=FORMATS, default=list(FORMATS), help="these formats only")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    for name in chosen.only:
        began = time.perf_counter()
        path = ensure(chosen.to, name, chosen.size_mb, chosen.seed)
        print(f"{path}  {path.stat().st_size / 1e6:.0f} MB  {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
