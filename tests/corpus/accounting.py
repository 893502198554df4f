"""The sums that `sources --json` must keep, whatever the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from command import Json

COUNTS = ("lines", "records", "events", "continuations", "blank", "duplicates", "rejected")


def count(source: Json, name: str) -> int:
    """A count of a source; one that is not stated is nought."""
    value = source.get(name)
    return value if isinstance(value, int) else 0


def broken_sum(source: Json) -> str | None:
    """Why the counts of a source do not add up, or None."""
    if source.get("lines") is None and source.get("records") is None:
        return "states neither lines nor records"
    if min(count(source, name) for name in COUNTS) < 0:
        return "a count is negative"
    if count(source, "duplicates") > count(source, "events"):
        return "more duplicates than events"
    return broken_lines(source) if source.get("lines") is not None else broken_records(source)


def broken_lines(source: Json) -> str | None:
    """Each line is an event, a continuation, blank or rejected."""
    parts = {name: count(source, name) for name in ("events", "continuations", "blank", "rejected")}
    if source["lines"] == sum(parts.values()):
        return None
    return f"lines {source['lines']} are not " + " + ".join(f"{name} {value}" for name, value in parts.items())


def broken_records(source: Json) -> str | None:
    """A record may give several events, but none may be rejected twice."""
    return "more rejected than records" if count(source, "rejected") > count(source, "records") else None
