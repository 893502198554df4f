"""When everything happened in the sample incident, in UTC, and the ways tools print a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

DAY = "2025-11-17"
NEW_YORK = timezone(timedelta(hours=-5))  # both are standard time in November
LOS_ANGELES = timezone(timedelta(hours=-8))


def at(text: str) -> datetime:
    """`14:00:41.318` on the day of the incident, or `2025-11-18 09:00:00` on another."""
    return datetime.fromisoformat(text if "-" in text else f"{DAY} {text}").replace(tzinfo=UTC)


def ms(moment: datetime) -> int:
    """Milliseconds since 1970, in whole numbers."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """The moment that lies `value` milliseconds after 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def zulu(moment: datetime, timespec: str = "milliseconds") -> str:
    """RFC 3339 with `Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def local(moment: datetime, zone: timezone, timespec: str = "milliseconds") -> str:
    """RFC 3339 with the zone's own offset."""
    return moment.astimezone(zone).isoformat(timespec=timespec)


LOGS_FROM = at("13:20:00")
LOGS_TO = at("15:00:00")

ONSET = at("14:00:04")
LAST_FAILURE = at("14:24:57")
PENDING = at("14:00:26.318")
FIRST_ALERT = at("14:00:41.318")
PAGED = at("14:00:49")
ACKNOWLEDGED = at("14:03:12")
IDENTIFIED = at("14:08:17")
COMMANDER_PAGED = at("14:12:06")
CHANNEL_CREATED = at("14:12:21")
DECLARED = at("14:12:24")
STATUS_INVESTIGATING = at("14:15:20")
STATUS_IDENTIFIED = at("14:19:05")
STATUS_MONITORING = at("14:24:10")
STATUS_RESOLVED = at("14:36:10")
ROLLOUT_BEGAN = at("14:20:58")
MITIGATED = at("14:22:21")
CONFIRMED = at("14:35:06")
RESOLVED = at("14:35:18")
