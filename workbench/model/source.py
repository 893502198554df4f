"""What is known of one source: the row kept in sources.toml, and the account of how it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workbench.clock import format_utc

_SECOND = 1_000_000_000  # ns
_NAMED = 3  # sources of which one thing is said
SetOffset = tuple[float, float]  # what a person set of a clock: seconds ahead, and how unsure that is either way
# How much earlier and how much later (ns) than said a source's events may be, for its clock alone, by path.
ClockSlacks = Mapping[str, tuple[int, int]]
NO_CLOCKS: ClockSlacks = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A row of sources.toml. A person's row may hold no more than the path and what they set.

    ``link`` is the absolute path of a file that was recorded instead of copied; ``added`` is RFC 3339.
    """

    path: str
    sha256: str = ""
    size: int | None = None
    format: str = ""
    zone: str = ""
    zone_basis: str = ""
    year: int | None = None
    year_basis: str = ""
    clock_offset_seconds: float | None = None
    clock_offset_unsure_seconds: float | None = None
    added: str = ""
    link: str = ""

    @property
    def set_offset(self) -> SetOffset | None:
        """What a person set of its clock; None where nobody did."""
        if self.clock_offset_seconds is None:
            return None
        return self.clock_offset_seconds, self.clock_offset_unsure_seconds or 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetPiece:
    """A clock's offset, in seconds, for the times it shows before ``until`` (UTC ns; None: to the end)."""

    until: int | None
    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """A row of ``pieces`` in ``sources --json``."""
        return {"until": _utc(self.until), "value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """How far a source's clock is ahead of true time, in seconds, and how that is known.

    ``pieces`` say it for one stretch of time after the other, where the clock drifts or was set; else there are none.
    """

    value: float
    low: float
    high: float
    basis: str
    pieces: tuple[OffsetPiece, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The value of ``clock_offset_seconds`` in ``sources --json``."""
        pieces = {"pieces": [piece.as_json() for piece in self.pieces]} if self.pieces else {}
        return {"value": self.value, "low": self.low, "high": self.high, "basis": self.basis, **pieces}


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLine:
    """A line or record that is no event, and the reason."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """The account of one source: for text, lines = events + continuations + blank + rejected. Times in UTC ns."""

    path: str
    format: str
    kind: str
    zone: str = ""
    zone_basis: str = ""
    clock_offset: ClockOffset | None = None
    lines: int | None = None
    records: int | None = None
    events: int = 0
    continuations: int = 0
    blank: int = 0
    duplicates: int = 0
    rejected: int = 0
    first: int | None = None
    last: int | None = None
    sha256: str = ""
    notes: tuple[str, ...] = ()
    rejected_lines: tuple[RejectedLine, ...] = field(default=(), repr=False)

    @property
    def clock_slack(self) -> tuple[int, int]:
        """How much earlier and how much later than said its events may be, for its clock alone; ns.

        That is the same for all of them, or nearly so: it says nothing of how far they are from one another.
        """
        offset = self.clock_offset
        pieces = offset.pieces or (offset,) if offset else ()
        before, after = ([each.high - each.value for each in pieces], [each.value - each.low for each in pieces])
        return round(max(before, default=0) * _SECOND), round(max(after, default=0) * _SECOND)

    @property
    def adds_up(self) -> bool:
        """Whether every line of a text is accounted for; structured sources count records and always pass."""
        return self.lines is None or self.lines == self.events + self.continuations + self.blank + self.rejected

    def as_json(self) -> dict[str, Any]:
        """The row of ``sources --json``: ``lines`` for a text, ``records`` for a structured source."""
        counted = {"records": self.records} if self.lines is None else {"lines": self.lines}
        return {
            "path": self.path,
            "format": self.format,
            "kind": self.kind,
            "zone": self.zone or None,
            "zone_basis": self.zone_basis or None,
            "clock_offset_seconds": self.clock_offset.as_json() if self.clock_offset else None,
            **counted,
            "events": self.events,
            "continuations": self.continuations,
            "blank": self.blank,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "first": _utc(self.first),
            "last": _utc(self.last),
            "sha256": self.sha256,
            "notes": list(self.notes),
        }


def notes_of(reports: Iterable[SourceReport]) -> dict[str, str]:
    """Each note once, with the sources of which it is true: ``app.log, web.log, db.log and 4 more``."""
    said: dict[str, list[str]] = {}
    for report in reports:
        for note in report.notes:
            said.setdefault(note, []).append(report.path)
    return {note: _named(paths) for note, paths in said.items()}


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"{', '.join(paths[:_NAMED])}{more}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """A file that no reader takes, why, and the formats that came nearest."""

    path: str
    why: str
    nearest: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row of ``unrecognised`` in ``sources --json``."""
        return {"path": self.path, "why": self.why, "nearest": list(self.nearest)}


def _utc(ns: int | None) -> str | None:
    return None if ns is None else format_utc(ns)
