"""The connection pool of orders-db as one host counts it, before and after the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import clock

if TYPE_CHECKING:
    from generator.draw import Draw

CAMPAIGN_MS = clock.ms(clock.at("13:55:00"))
FULL_MS = clock.ms(clock.ONSET) - 5000
RAISED_MS = clock.ms(clock.at("14:22:05"))
DRAINED_MS = clock.ms(clock.LAST_FAILURE) + 1000

EXCEPTION = "java.sql.SQLTransientConnectionException"


def complaint(at_ms: int) -> str:
    """What the pool says to a request that waited in vain; its name changes on restart."""
    name = "HikariPool-1" if at_ms < RAISED_MS else "HikariPool-2"
    return f"{name} - Connection is not available, request timed out after 3000ms."


def state(draw: Draw, at_ms: int) -> tuple[int, int, int]:
    """How big the pool is, how many connections are in use, and how many requests wait."""
    if at_ms < CAMPAIGN_MS:
        return 20, draw.whole(5, 11), 0
    if at_ms < FULL_MS:
        return 20, draw.whole(13, 19), 0
    if at_ms < RAISED_MS:
        return 20, 20, draw.whole(22, 47)
    if at_ms < DRAINED_MS:
        return 60, 60, draw.whole(2, 14)
    return 60, draw.whole(22, 35), 0
