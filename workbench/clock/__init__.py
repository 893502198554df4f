"""The only room that parses a time or names a zone; everything that leaves it is UTC."""

from __future__ import annotations

from workbench.clock.instant import Instant, format_utc, now_utc, parse_rfc3339, read_instant
from workbench.clock.layout import ParsedColumn, TimeLayout, layout, parse_column, parse_table
from workbench.clock.zone import Assumption, Zone, ZoneBasis, parse_zone

__all__ = [
    "Assumption",
    "Instant",
    "ParsedColumn",
    "TimeLayout",
    "Zone",
    "ZoneBasis",
    "format_utc",
    "layout",
    "now_utc",
    "parse_column",
    "parse_rfc3339",
    "parse_table",
    "parse_zone",
    "read_instant",
]
