"""Zone abbreviations that mean one offset wherever they stand; the ambiguous ones (IST, CST, BST) are left out."""

from __future__ import annotations

_HOURS = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "CET": 1,
    "CEST": 2,
    "MET": 1,
    "MEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
}

# Seconds east of UTC. What writes an abbreviation may mean the region rather than the offset ("EST" in July),
# so readers widen the interval by an hour for all but UTC.
OFFSETS = {name: hours * 3600 for name, hours in _HOURS.items()}
