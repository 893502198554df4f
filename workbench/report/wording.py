"""Numbers, times and ranges as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workbench.clock import read_instant
from workbench.report.blocks import Run, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.report.blocks import Text

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
NOT_RECORDED = "not recorded"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _stamp(ns: int, pattern: str) -> str:
    return datetime.fromtimestamp(ns // SECOND, UTC).strftime(pattern)


def day(ns: int) -> str:
    """2025-11-17."""
    return _stamp(ns, "%Y-%m-%d")


def date(ns: int) -> str:
    """17 November 2025, as a letter has it."""
    at = datetime.fromtimestamp(ns // SECOND, UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def clock(ns: int, *, seconds: bool = False) -> str:
    """14:03, or 14:03:20 with ``seconds``."""
    return _stamp(ns, "%H:%M:%S" if seconds else "%H:%M")


def moment(ns: int, *, seconds: bool = False) -> str:
    """2025-11-17 14:03."""
    return f"{day(ns)} {clock(ns, seconds=seconds)}"


def span(start: int, end: int) -> str:
    """2025-11-17, 14:00 to 14:35 UTC; with both days where midnight lies between."""
    if day(start) == day(end):
        return f"{day(start)}, {clock(start)} to {clock(end)} UTC"
    return f"{moment(start)} to {moment(end)} UTC"


def clocks(start: int, end: int) -> str:
    """14:00 to 14:35 UTC; where midnight lies between, it is said."""
    days = end // (1440 * MINUTE) - start // (1440 * MINUTE)
    later = "" if not days else " the next day" if days == 1 else f", {days} days later"
    return f"{clock(start)} to {clock(end)} UTC{later}"


def ns_of(value: Any) -> int | None:
    """UTC ns of an RFC 3339 text, or None."""
    instant = read_instant(value) if isinstance(value, str) else None
    return instant.ns if instant else None


def minutes(value: float) -> str:
    """40 s, 3.5 min, 25 min, 8 h 5 min."""
    if value < 0:
        return f"-{minutes(-value)}"
    if value < 1 and round(value * 60) < 60:
        return f"{round(value * 60)} s"
    if value < 120:
        return f"{_number(value)} min"
    hours, rest = divmod(round(value), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _number(value: float) -> str:
    """One decimal below ten, none above, and no ``.0``."""
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"


def between(low: float | None, high: float | None) -> str:
    """6 to 11 min; nothing where both ends read the same."""
    if low is None or high is None or minutes(low) == minutes(high):
        return ""
    first, last = minutes(low), minutes(high)
    unit = last.rsplit(" ", 1)[1]
    same = first.endswith(f" {unit}") and " h " not in f"{first} {last}"
    return f"{first.removesuffix(f' {unit}') if same else first} to {last}"


def count(value: float) -> str:
    """12,345."""
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """A share of 1 as 15%, 3.4% or 0.02%."""
    value = share * 100
    if value == 0 or value >= 10:
        return f"{value:.0f}%"
    return f"{value:.1f}%".replace(".0%", "%") if value >= 0.1 else f"{value:.2g}%"


def counted(number: int, one: str, many: str = "") -> str:
    """1 line, 2 lines, 12,345 lines."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def joined(names: Iterable[str]) -> str:
    """a, b and c."""
    words = [name for name in names if name]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def sentence(text: str) -> str:
    """The text with a capital first and a full stop last."""
    plain_text = text.strip()
    if not plain_text:
        return ""
    end = "" if plain_text.endswith((".", "!", "?", ":", "…", "”")) else "."
    return f"{plain_text[0].upper()}{plain_text[1:]}{end}"


def references(refs: Iterable[str]) -> Text:
    """References to the timeline, each a link to its row, with a blank before each."""
    return tuple(run for ref in refs for run in (*plain(" "), Run(text=ref, ref=ref)))
