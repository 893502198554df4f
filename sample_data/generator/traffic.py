"""The requests that reached the shop's API, each with its outcome; every log is cut from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import clock
from generator.draw import Draw, between

if TYPE_CHECKING:
    from collections.abc import Iterator

SYNTHETIC_AGENT = "acme-synthetic/1.0"
CUSTOMERS = 800
TRIES_A_SECOND = 12
SECOND = 1000
POOL_TIMEOUT_MS = 3000

_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    "ShopApp/7.4 (iOS 18.1)",
    "ShopApp/7.4 (Android 15)",
)
# service, method, path, weight, usual size in bytes, quickest answer in ms
_ROUTES = (
    ("catalog-api", "GET", "/v1/products", 24, 6100, 18),
    ("catalog-api", "GET", "/v1/products/featured", 10, 9800, 22),
    ("catalog-api", "GET", "/v1/search", 8, 4300, 35),
    ("auth-api", "POST", "/v1/login", 7, 880, 60),
    ("auth-api", "GET", "/v1/account", 6, 1240, 25),
    ("orders-api", "GET", "/v1/orders", 15, 3100, 40),
    ("orders-api", "POST", "/v1/orders", 9, 720, 70),
    ("orders-api", "PUT", "/v1/cart", 11, 1500, 45),
    ("checkout-api", "POST", "/v1/checkout", 10, 940, 95),
)
_DECK = tuple(route for route in _ROUTES for _ in range(route[3]))
_ON_ORDERS_DB = {"orders-api": 1.0, "checkout-api": 0.85}


def _points(*pairs: tuple[str, float]) -> tuple[tuple[int, float], ...]:
    return tuple((clock.ms(clock.at(when)), value) for when, value in pairs)


# Requests a second: a campaign mail goes out shortly before two o'clock.
_RATE = _points(("13:20", 3.8), ("13:54", 4.0), ("14:00", 6.2), ("14:40", 6.0), ("15:00", 4.9))
# Share of requests that find no free connection to orders-db.
_STARVED = _points(
    ("14:00:04", 0.24), ("14:01:00", 0.33), ("14:08:00", 0.37), ("14:21:00", 0.37),
    ("14:22:20", 0.33), ("14:23:30", 0.22), ("14:24:57", 0.13), ("14:24:58", 0.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the edge saw it; `end_ms` is when the answer left."""

    end_ms: int
    took_ms: int
    rid: str
    trace: str
    customer: str | None
    address: str
    agent: str
    method: str
    path: str
    service: str
    status: int
    size: int

    @property
    def start_ms(self) -> int:
        """When the request arrived."""
        return self.end_ms - self.took_ms

    @property
    def failed(self) -> bool:
        """Turned away for want of a connection."""
        return self.status == 503

    @property
    def pod(self) -> int:
        """Which of the three orders-api hosts served it, 1 to 3."""
        return int(self.rid[-3:], 16) % 3 + 1


def requests() -> list[Request]:
    """All requests in the order in which the edge wrote them."""
    draw = Draw("traffic")
    found = [*_pinned(draw), *_checks(draw)]
    for second in range(clock.ms(clock.LOGS_FROM), clock.ms(clock.LOGS_TO), SECOND):
        found.extend(_in_second(draw, second))
    return sorted(found, key=lambda request: (request.end_ms, request.rid))


def _in_second(draw: Draw, second: int) -> Iterator[Request]:
    likely = between(_RATE, second) / TRIES_A_SECOND
    for _ in range(TRIES_A_SECOND):
        if draw.chance(likely):
            yield _request(draw, second + draw.whole(0, 999))


def _pinned(draw: Draw) -> Iterator[Request]:
    """The first and the last failure, which fix the window of the impact."""
    for moment in (clock.ONSET, clock.LAST_FAILURE):
        yield _request(draw, clock.ms(moment) + 212, path="/v1/cart", status=503)


def _checks(draw: Draw) -> Iterator[Request]:
    """The shop's own probe of the catalogue, three times a minute; it is no customer."""
    for second in range(clock.ms(clock.LOGS_FROM) + 7000, clock.ms(clock.LOGS_TO), 20 * SECOND):
        yield _request(draw, second + 40, path="/v1/products", status=200, probe=True)


def _request(draw: Draw, end_ms: int, *, path: str = "", status: int = 0, probe: bool = False) -> Request:
    service, method, path, _, usual, quickest = _route(draw, path)
    status = status or _status(draw, service, end_ms)
    customer = None if probe else _customer(draw, service)
    return Request(
        end_ms=end_ms,
        took_ms=_took(draw, service, status, quickest, end_ms),
        rid=draw.hexes(12),
        trace=draw.hexes(32),
        customer=customer,
        address="10.20.0.9" if probe else _address(draw, customer),
        agent=SYNTHETIC_AGENT if probe else _agent(draw, customer),
        method=method,
        path=path,
        service=service,
        status=status,
        size=_size(draw, status, usual),
    )


def _route(draw: Draw, path: str) -> tuple[str, str, str, int, int, int]:
    if path:
        return next(route for route in _ROUTES if route[2] == path)
    return draw.pick(_DECK)


def _status(draw: Draw, service: str, end_ms: int) -> int:
    if draw.chance(between(_STARVED, end_ms) * _ON_ORDERS_DB.get(service, 0.0)):
        return 503
    luck = draw.share()
    if luck < 0.001:
        return 500
    return 404 if luck < 0.009 and service == "catalog-api" else 200


def _took(draw: Draw, service: str, status: int, quickest: int, end_ms: int) -> int:
    if status == 503:
        return POOL_TIMEOUT_MS + draw.whole(1, 19)
    if between(_STARVED, end_ms) and service in _ON_ORDERS_DB:
        return quickest + draw.whole(150, 2700)
    return int(quickest / (1 - 0.9 * draw.share()))


def _size(draw: Draw, status: int, usual: int) -> int:
    if status != 200:
        return {404: 153, 500: 170, 503: 190}[status]
    return usual + 16 * draw.whole(0, 60)


def _customer(draw: Draw, service: str) -> str | None:
    if draw.chance({"catalog-api": 0.4, "orders-api": 0.06}.get(service, 0.0)):
        return None
    luck = draw.share()  # cubed: some customers come far more often than others
    return f"cust_{1 + int(CUSTOMERS * luck * luck * luck):05d}"


def _number(customer: str) -> int:
    return int(customer.removeprefix("cust_")) * 7919


def _address(draw: Draw, customer: str | None) -> str:
    """A customer keeps one address of the documentation ranges; a stranger has any."""
    number = _number(customer) if customer else draw.whole(0, 9999)
    return f"{('198.51.100', '203.0.113', '192.0.2')[number % 3]}.{number // 3 % 254 + 1}"


def _agent(draw: Draw, customer: str | None) -> str:
    return _AGENTS[_number(customer) // 11 % len(_AGENTS)] if customer else draw.pick(_AGENTS)
