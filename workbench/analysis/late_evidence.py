"""Late evidence: what a new source changes of what a draft says: milestones, intervals, targets, impact and order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from workbench.clock import format_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workbench.analysis.curated import Entry
    from workbench.analysis.impact import Impact
    from workbench.analysis.intervals import Interval
    from workbench.analysis.summary import Metrics

SHOWN = 10  # rows of the timeline that are named; the rest is counted
MOVED = 1_000_000_000  # ns; a row that moves by less stays where it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a report stands on, each value as people read it; ``rows`` are id, time (UTC ns) and text."""

    milestones: dict[str, str]
    intervals: dict[str, str]
    targets: dict[str, str]
    impact: dict[str, str]
    rows: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was; ``before`` is empty for what is new, ``after`` for what is gone."""

    what: str  # milestone, interval, target, impact, row, order
    name: str
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """For people."""
        if self.what == "order":
            return f"The order is the other way round: {self.before}; now {self.after}"
        if not self.before:
            return f"{self.name}: new: {self.after}"
        return (
            f"{self.name}: {self.before}, now {self.after}" if self.after else f"{self.name}: no longer: {self.before}"
        )

    def as_json(self) -> dict[str, Any]:
        """A row of ``changed`` in ``add --json``."""
        return asdict(self)


def draft_of(measures: Metrics, impact: Impact, entries: Sequence[Entry]) -> Draft:
    """The values that a report shows."""
    found = measures.findings.milestones
    return Draft(
        milestones={
            name: _moment(one.time, one.earliest, one.latest) for name, one in found.items() if one.time is not None
        },
        intervals={name: _minutes(one) for name, one in measures.intervals.items() if one.minutes is not None},
        targets={one.name: str(one.verdict) for one in measures.targets},
        impact=dict(_impact(impact)),
        rows=tuple((entry.id, entry.time, entry.text) for entry in entries),
    )


def changes(before: Draft, after: Draft) -> list[Change]:
    """What differs, the figures first."""
    found = [
        Change(what=what, name=name.replace("_", " "), before=old.get(name, ""), after=new.get(name, ""))
        for what, old, new in (
            ("milestone", before.milestones, after.milestones),
            ("interval", before.intervals, after.intervals),
            ("target", before.targets, after.targets),
            ("impact", before.impact, after.impact),
        )
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    ]
    return [*found, *_rows(before, after), *_order(before, after)]


def _moment(time: int, earliest: int | None, latest: int | None) -> str:
    wide = earliest is not None and latest is not None and latest - earliest >= MOVED
    spread = f" ({_second(earliest or 0)[11:]} to {_second(latest or 0)[11:]})" if wide else ""
    return f"{_second(time)}{spread}"


def _second(ns: int) -> str:
    """``2025-02-19 13:36:29``, UTC as all times here."""
    return format_utc(ns)[:19].replace("T", " ")


def _minutes(one: Interval) -> str:
    return f"{one.minutes:.1f} min ({one.low:.1f} to {one.high:.1f})"


def _impact(impact: Impact) -> Iterator[tuple[str, str]]:
    if impact.failed is not None:
        yield "failed requests", f"{impact.failed:,} ({impact.failed_low:,} to {impact.failed_high:,})"
    if impact.affected is not None:
        yield "customers affected", f"{impact.affected:,}"


def _rows(before: Draft, after: Draft) -> Iterator[Change]:
    """Rows of the timeline that came, went or moved."""
    old, new = ({row[0]: row for row in draft.rows if row[0]} for draft in (before, after))
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was and now and abs(was[1] - now[1]) >= MOVED:
            yield Change(what="row", name=now[2], before=_second(was[1]), after=_second(now[1]))
        elif was is None or now is None:
            first, last = (f"{_second(row[1])} {row[2]}" if row else "" for row in (was, now))
            yield Change(what="row", name="timeline", before=first, after=last)


def _order(before: Draft, after: Draft) -> Iterator[Change]:
    """Pairs of neighbours in the draft that stand the other way round now."""
    place = {row[0]: at for at, row in enumerate(after.rows) if row[0]}
    kept = [row for row in before.rows if row[0] in place]
    for one, other in _neighbours(kept):
        if place[one[0]] > place[other[0]]:
            yield Change(
                what="order", name="order", before=f"{one[2]}, then {other[2]}", after=f"{other[2]}, then {one[2]}"
            )


def _neighbours(rows: Sequence[tuple[str, int, str]]) -> Iterable[tuple[tuple[str, int, str], tuple[str, int, str]]]:
    near = 5  # rows apart; what stood far apart and changed places has moved, which is said of each
    return (pair for at in range(len(rows)) for pair in combinations(rows[at : at + near], 2) if pair[0] is rows[at])
